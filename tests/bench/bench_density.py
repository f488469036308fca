"""What the density of all planes costs beyond its hits, in passes over the activations."""

from __future__ import annotations

import torch

import srm_widget as srm
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.store import SampleStore
from srm_widget.survey.search import PlaneSearch
from tests.bench.bench_engine import Row, heading, medians, ms, show
from tests.bench.bench_survey import paired, peaked

N, M = 20_000, 1_024


class Work:
    """An engine, one pass over what it holds, and the search for its hits alone.

    Parameters
    ----------
    activations
        (N, M).
    epsilon
        ε; None is the automatic one.
    """

    def __init__(self, activations: torch.Tensor, epsilon: float | None) -> None:
        self._activations = activations
        self.engine = srm.ResonanceEngine(activations)
        self.epsilon = self.engine.auto_epsilon() if epsilon is None else epsilon
        self._store = SampleStore(activations.shape[1], torch.float32, torch.device("cpu"))
        self._store.append(activations, "raise")
        self._pairs = PairGeometry.from_basis(self.engine.basis)

    def one_pass(self, _turn: int) -> object:
        return (self._activations * self._activations).sum()

    def hits(self, _turn: int) -> int:
        steps = PlaneSearch(self._store, self._pairs, self.epsilon).steps()
        found = (step.candidates for step in steps)
        return sum(len(each.planes) for each in found if each is not None)

    def raw(self, _turn: int) -> object:
        return self.engine.ensemble_density(epsilon=self.epsilon)

    def directions(self, _turn: int) -> object:
        return self.engine.ensemble_density(epsilon=self.epsilon, raw=False)


def row(name: str, activations: torch.Tensor, epsilon: float | None = None) -> list[Row]:
    """Return the rows of one kind of activations: raw coordinates, then directions."""
    work = Work(activations, epsilon)
    raw, directions, hits, one = medians(5, work.raw, work.directions, work.hits, work.one_pass)
    n_hits = work.engine.ensemble_density(epsilon=work.epsilon, raw=False).n_hits
    what = f"{name}, ε = {work.epsilon:g}, {n_hits:,} hits ({ms(hits)} to find them)"
    return [
        (
            f"{what}: {kind}",
            f"{ms(spent)} / {ms(one)}",
            f"{(spent - hits) / one:.1f} × beyond the hits",
        )
        for kind, spent in (("raw", raw), ("directions", directions))
    ]


def main() -> None:
    print(heading(f"density of all {M * (M - 1) // 2:,} planes, N = {N:,}, float32"))
    show(row("two strong directions a sample", paired(N, M), 0.9))
    show(row("relu of normals, power 4", peaked(N, M, 4)))
    show(row("relu of normals, power 8", peaked(N, M, 8)))
    show(row("relu of normals, power 8", peaked(N, M, 8), 0.8))


if __name__ == "__main__":
    main()

"""What all planes at once cost, as ratios measured in turns within one run: ``make bench``."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import torch
from scipy.linalg import expm

import srm_widget as srm
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.arcs import lit_arcs
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.count_histogram import BAND_QUANTILES, CountHistogram
from srm_widget.samples.store import SampleStore
from srm_widget.survey.scores import ScoreAccumulator
from srm_widget.survey.search import PlaneSearch
from tests.bench.bench_engine import Row, heading, medians, ms, show

K = 360


def peaked(n: int, d: int, power: float) -> torch.Tensor:
    """relu of normals to a power, rows normalised: the higher the power, the fewer stand out."""
    normals = torch.randn(n, d, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.normalize(normals.relu_().pow_(power), dim=1)


def literal_plane(activations: np.ndarray, i: int, j: int, epsilon: float) -> np.ndarray:
    """The definition as it stands: turn the direction by matrices, take all cosines, count."""
    d = activations.shape[1]
    bivector = np.zeros((d, d))
    bivector[j, i], bivector[i, j] = 1.0, -1.0
    counts = np.empty(K, dtype=np.int64)
    for k in range(K):
        probe = expm(2 * math.pi * k / K * bivector)[:, i]
        norms = np.linalg.norm(activations, axis=1) * np.linalg.norm(probe)
        counts[k] = (activations @ probe / norms >= epsilon).sum()
    return counts


def all_curves(seconds: float = 20.0) -> Row:
    """Full curves of all 2,016 planes, under the literal definition of as many as it can do."""
    n, d, epsilon = 50_000, 64, 0.75
    activations = peaked(n, d, 2)
    (spent,) = medians(5, lambda _turn: srm.spotlight_resonance(activations, epsilon=epsilon))
    found = srm.spotlight_resonance(activations, epsilon=epsilon)
    rows = activations.double().numpy()
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        i, j = plane_index.unrank(97 * done % plane_index.n_planes(d), d)
        counts = literal_plane(rows, i, j, epsilon)
        # Both round: a few samples of fifty thousand are ties.
        assert np.abs(counts - found.counts[plane_index.rank(i, j, d)]).max() <= 5
        done += 1
    literal = (time.perf_counter() - began) / done * len(found.planes)
    return (
        f"all 2,016 curves, N = {n:,}, M = {d}, ε = {epsilon}, power 2, under the literal one",
        f"{ms(spent)} / {literal:,.0f} s",
        f"{literal / spent:,.0f} × faster",
    )


class Work(NamedTuple):
    """An engine to survey, one pass over what it holds, and its hits' own arcs."""

    engine: srm.ResonanceEngine
    activations: torch.Tensor
    epsilon: float

    def survey(self, _turn: int) -> srm.Survey:
        # Of another resolution each time, or the counts of the last survey would be used.
        return self.engine.survey(epsilon=self.epsilon, resolution=K + 4 * (_turn % 2))

    def one_pass(self, _turn: int) -> object:
        return (self.activations * self.activations).sum()

    def arcs(self) -> tuple[int, float]:
        """Hits, and the seconds that their arcs alone take, counted in one go."""
        m = self.activations.shape[1]
        store = SampleStore(m, torch.float32, torch.device("cpu"))
        store.append(self.activations, "raise")
        pairs = PairGeometry.from_basis(srm.basis.standard(m))
        found = [
            step.candidates
            for step in PlaneSearch(store, pairs, self.epsilon).steps()
            if step.candidates
        ]
        a, c = torch.cat([pair.a for pair in found]), torch.cat([pair.c for pair in found])
        grid = AngularGrid.uniform(K)

        def count(_turn: int) -> None:
            arcs = lit_arcs(a, c, self.epsilon, math.pi / 2)
            grid.count(arcs.start, arcs.stop)

        return len(a), medians(3, count)[0]


def wide(m: int, epsilon: float, power: float) -> Row:
    """Ensemble and best hundred of a wide layer, over one pass and the hits' own arcs."""
    activations = peaked(20_000, m, power)
    work = Work(srm.ResonanceEngine(activations), activations, epsilon)
    spent, base = medians(4, work.survey, work.one_pass)
    survey = work.survey(0)
    n_hits, arcs = work.arcs()
    what = (
        f"mean ± sd and best 100 of {survey.n_planes:,} planes, M = {m:,}, N = 20,000, "
        f"ε = {epsilon}, power {power:g}: {n_hits:,} arcs in {survey.n_lit:,} planes "
        f"(their own {ms(arcs)})"
    )
    return (
        what,
        f"{ms(spent)} / {ms(base)}",
        f"{(spent - arcs) / base:.1f} × beyond the arcs",
    )


def histogram(m: int, epsilon: float, power: float) -> Row:
    """A survey, over one that does not count how many planes have which count at each angle."""
    work = Work(srm.ResonanceEngine(rows := peaked(20_000, m, power)), rows, epsilon)
    none = CountHistogram.of(np.zeros((0, K), dtype=np.int64))

    def without(turn: int) -> None:
        with mock.patch.object(ScoreAccumulator, "_histogram", return_value=none):
            work.survey(turn)

    spent, base = medians(5, work.survey, without)
    survey = work.survey(0)
    (asked,) = medians(3, lambda _turn: survey.quantiles(BAND_QUANTILES, lit=True))
    what = (
        f"quantiles of {survey.n_planes:,} planes, {survey.n_lit:,} lit, M = {m:,}, ε = {epsilon}, "
        f"power {power:g}: a survey over one without ({len(survey.histogram.key):,} differences "
        f"held, five quantiles of them {ms(asked)})"
    )
    return what, f"{ms(spent)} / {ms(base)}", f"{spent / base:.2f} ×"


def memory() -> Row:
    """Largest resident memory of a process that surveys 8.4 million planes, beyond its data."""
    code = "from tests.bench.bench_survey import grown; print(grown())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    grown = int(done.stdout)
    return (
        "the same, M = 4,096, ε = 0.9, power 6: memory at its highest beyond the engine's own",
        f"{grown / 2**20:,.0f} MiB",
        f"{grown / (20_000 * 4096 * 4):.1f} copies of the activations",
    )


def grown() -> int:
    """Bytes by which the process's largest memory grows with a survey; Linux only."""
    activations = peaked(20_000, 4096, 6)
    engine = srm.ResonanceEngine(activations)
    Path("/proc/self/clear_refs").write_text("5")  # forget the largest so far
    before = _resident()
    engine.survey(epsilon=0.9).matrix("peak", max_size=256)
    return _resident() - before


def _resident() -> int:
    """Largest resident memory, bytes."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return 1024 * int(found[1])


def paired(n: int, m: int) -> torch.Tensor:
    """Two strong directions a sample and small ones: it is lit in one plane, whatever M is."""
    generator = torch.Generator().manual_seed(0)
    weak = torch.randn(n, m, generator=generator)
    rows = 0.3 * torch.nn.functional.normalize(weak, dim=1)
    strong = torch.rand(n, m, generator=generator).topk(2, dim=1).indices
    rows.scatter_(1, strong, 0.675)
    return torch.nn.functional.normalize(rows, dim=1)


def growth() -> list[Row]:
    """M doubles, the hits stay."""
    n, epsilon, rows = 20_000, 0.9, []
    last = 0.0
    for m in (512, 1024, 2048, 4096):
        activations = paired(n, m)
        work = Work(srm.ResonanceEngine(activations), activations, epsilon)
        spent, base = medians(3, work.survey, work.one_pass)
        ratio = f"{spent / last:.2f} × the half of it" if last else ""
        last = spent
        what = f"N·M = {n:,} × {m:,}, one hit a sample, over one pass"
        rows.append((what, f"{ms(spent)} / {ms(base)}", ratio or f"{spent / base:.1f} ×"))
    return rows


def thomson(epsilon: float) -> Row:
    """An over-complete basis, against the loop over its planes."""
    rows = torch.randn(20_000, 16, generator=torch.Generator().manual_seed(0))
    basis = srm.basis.thomson(64, 16, 0)
    engine = srm.ResonanceEngine(rows, basis, cache_bytes=0)
    pairs = plane_index.all_pairs(64)[::20]

    def loop(_turn: int) -> None:
        for i, j in pairs.tolist():
            engine.curve(i, j, epsilon=epsilon, resolution=K)

    spent, some = medians(2, lambda _turn: engine.survey(epsilon=epsilon), loop)
    whole = some * plane_index.n_planes(64) / len(pairs)
    return (
        f"Thomson basis, M = 64 in D = 16, N = 20,000, ε = {epsilon}, under the loop over planes",
        f"{ms(spent)} / {ms(whole)}",
        f"{whole / spent:.1f} × faster",
    )


def main() -> None:
    print(heading("all planes, float32"))
    show([all_curves()])
    show([wide(1024, 0.8, power) for power in (4, 8)])
    show([wide(4096, 0.9, power) for power in (6, 8)])
    show([histogram(64, 0.3, 1), *(histogram(1024, 0.8, power) for power in (4, 8))])
    show([memory(), *growth(), *(thomson(epsilon) for epsilon in (0.5, 0.8))])


if __name__ == "__main__":
    main()

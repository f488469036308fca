"""What it costs to say which samples are lit, and of which class: ``make bench``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

import srm_widget as srm
from srm_widget.samples.labels import as_labels
from tests.bench.bench_engine import NARROW, WIDE, Data, K, N, Row, heading, medians, ms, show

THETA = 0.3


class Beams(Data):
    """A plane whose coordinates and curve the engine knows, and their polar form."""

    def __init__(self) -> None:
        super().__init__()
        self.r = torch.hypot(self.a, self.c).double()
        self.psi = torch.atan2(self.c, self.a).double()
        classes = np.random.default_rng(0).integers(0, 10, N)
        self.labels = as_labels(classes, N)

    def read(self, _turn: int) -> object:
        return self.r.sum() + self.psi.sum()

    def test(self, epsilon: float) -> Callable[[int], object]:
        return lambda _turn: (self.r * torch.cos(THETA - self.psi) >= epsilon).nonzero()


def inside(data: Beams, epsilon: float) -> list[Row]:
    engine = data.engine
    engine.curve(0, 1, epsilon=epsilon)

    def found(turn: int) -> np.ndarray:
        return engine.inside(0, 1, THETA + 1e-3 * turn, epsilon=epsilon)

    spent, read, test = medians(20, found, data.read, data.test(epsilon))
    n, lit = len(found(0)), data.lit(epsilon).float().mean()
    return [
        (
            f"`inside`, {lit:.1%} lit in the plane, {n:,} inside, over reading r and ψ once",
            f"{ms(spent)} / {ms(read)}",
            f"{spent / read:.1f} ×",
        ),
        (
            "the same, over `(r * cos(theta - psi) >= epsilon).nonzero()`",
            f"{ms(spent)} / {ms(test)}",
            f"{spent / test:.1f} ×",
        ),
    ]


def classes(data: Beams) -> list[Row]:
    """Both on planes that were not asked for lately, then both on one whose arcs are kept."""
    engine, planes = data.engine, data.planes

    def curve(turn: int) -> object:
        return engine.curve(*planes[turn % 60], epsilon=NARROW, resolution=K)

    def by_class(turn: int) -> object:
        pair = planes[60 + turn % 60]
        return engine.class_curves(*pair, data.labels, epsilon=NARROW, resolution=K)

    spent, base = medians(40, by_class, curve)
    again, once = medians(
        40,
        lambda turn: engine.class_curves(
            0, 1, data.labels, epsilon=NARROW, resolution=K + turn % 20
        ),
        lambda turn: engine.curve(0, 1, epsilon=NARROW, resolution=K + 20 + turn % 20),
    )
    lit = data.lit(NARROW).float().mean()
    return [
        (
            f"curves of 10 classes, {lit:.1%} lit, another plane, over the single curve",
            f"{ms(spent)} / {ms(base)}",
            f"{spent / base:.1f} ×",
        ),
        (
            "the same at another resolution, the arcs kept",
            f"{ms(again)} / {ms(once)}",
            f"{again / once:.1f} ×",
        ),
    ]


def others(data: Beams) -> list[Row]:
    spent, directions, base = medians(
        5,
        lambda turn: data.engine.density(*data.planes[turn]),
        lambda _turn: data.engine.directions(epsilon=NARROW, labels=data.labels),
        data.one_pass,
    )
    return [
        ("density of 128 × 128 cells, over one pass", ms(spent), f"{spent / base:.1f} ×"),
        ("all 32 directions by class, over one pass", ms(directions), f"{directions / base:.1f} ×"),
    ]


def main() -> None:
    print(heading(f"N = {N:,}, isotropic samples in {srm.ResonanceEngine.__name__}"))
    data = Beams()
    for epsilon in (NARROW, WIDE):
        show(inside(data, epsilon))
    show(classes(data))
    show(others(data))


if __name__ == "__main__":
    main()

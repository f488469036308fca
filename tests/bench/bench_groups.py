"""How often 95 % intervals hold the truth, with `groups=` and without; and what they cost.

``make bench-statistics``
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

import srm_widget as srm
from tests.bench.bench_engine import heading, isotropic, medians, ms, show
from tests.unit.support.clustered import NAMES, coverage, truth

GROUPS = 20, 50, 200
CORRELATIONS = 0.0, 0.2, 0.6
ENOUGH = 2_000_000
"""Independent samples that stand for the truth: their errors are a tenth of those looked at."""


def coverages(runs: int) -> None:
    expected = truth(ENOUGH)
    told = ", ".join(f"{name} = {value:.3f}" for name, value in zip(NAMES, expected, strict=True))
    print(f"Share of {runs:,} runs whose 95 % interval holds the truth: {told}\n")
    print("| groups | correlation |" + "".join(f" {name} | without groups |" for name in NAMES))
    print("|---" * (2 + 2 * len(NAMES)) + "|")
    for n_groups in GROUPS:
        for correlation in CORRELATIONS:
            both = (
                coverage(n_groups, correlation, expected, runs, grouped=grouped)
                for grouped in (True, False)
            )
            shares = [f"{100 * each:.1f} %" for pair in zip(*both, strict=True) for each in pair]
            print(f"| {n_groups} | {correlation} | {' | '.join(shares)} |", flush=True)


def costs() -> None:
    n, d = 100_000, 64
    activations = isotropic(n, d)
    rng = np.random.default_rng(0)
    engines = {
        n_groups: srm.ResonanceEngine(
            activations, groups=rng.integers(0, n_groups, n) if n_groups else None
        )
        for n_groups in (0, 100, 10_000, 100_000)
    }
    held = list(engines.values())
    times = medians(9, *map(_another_plane, held), *map(_layer, held))
    print("\n" + heading(f"Another plane at ε = 0.3, then the interval of A₄, N = {n:,}, D = {d}"))
    for k, seconds in enumerate(times):
        n_groups = list(engines)[k % len(engines)]
        first = times[k - k % len(engines)]
        what = "curve" if k < len(engines) else "A₄"
        name = f"{n_groups:,} groups" if n_groups else "without groups"
        show([(f"{what}, {name}", ms(seconds), f"{seconds / first:.1f} ×")])


def _another_plane(engine: srm.ResonanceEngine) -> Callable[[int], object]:
    planes = [(i, j) for i in range(engine.n_directions) for j in range(i)]
    return lambda turn: engine.curve(*planes[turn], epsilon=0.3)


def _layer(engine: srm.ResonanceEngine) -> Callable[[int], object]:
    return lambda _turn: engine.alignment_interval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    coverages(parser.parse_args().runs)
    costs()


if __name__ == "__main__":
    main()

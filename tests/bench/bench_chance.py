"""What tests against turned bases find, how often by mistake, and what they take."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

import srm_widget as srm
from notebooks.paper.functions import isotropic_tanh
from srm_widget import datasets

SEEDS = 10
LEVEL = 0.05
N, D = 50_000, 1_536

LAYERS = 1_000
NULL_N, NULL_D, NULL_EPSILON, NULL_ROTATIONS = 100, 6, 0.7, 19
"""Layers without a basis: samples, dimensions, ε, and turned bases that give a p of 5 %."""

POWER_N, POWER_D, POWER_EPSILON, POWER_ROTATIONS = 1_000, 16, 0.6, 39
POWER_LAYERS = 100
PLANTED = 0, 10, 15, 20, 25, 30, 40, 60
"""Samples of a layer that are planted halfway between its first two directions."""


ACTIVATIONS: dict[str, str | Callable[[Tensor], Tensor]] = {
    "tanh": "tanh",
    "relu": "relu",
    "isotropic tanh": isotropic_tanh,
}


def found(name: str, seeds: int) -> str:
    """A row of the table: in how many networks the default test finds alignment."""
    tests = [
        srm.ResonanceEngine(
            datasets.digits_autoencoder(ACTIVATIONS[name], seed=seed).activations
        ).rotation_test()
        for seed in range(seeds)
    ]
    below = sum(test.p <= LEVEL for test in tests)
    values = ", ".join(f"{test.statistic:+.2f}" for test in tests)
    largest = max(test.p for test in tests)
    return f"| {name} | {below} of {seeds} | {largest:.3f} | {values} |"


def false_alarms(scales: tuple[float, float], by: str, layers: int) -> str:
    """A row of the table: how often the least p of all planes is at the level, or below."""
    alarms = 0
    for seed in range(layers):
        rng = np.random.default_rng(seed)
        rows = rng.standard_normal((NULL_N, NULL_D)) * np.linspace(*scales, NULL_D)
        turned = srm.ResonanceEngine(rows @ np.asarray(srm.basis.rotated(NULL_D, seed)))
        found = turned.significance(
            epsilon=NULL_EPSILON, by=by, rotations=NULL_ROTATIONS, seed=seed + layers, top=1
        )
        alarms += bool(found.p.min(initial=1.0) <= LEVEL)
    share, error = alarms / layers, (LEVEL * (1 - LEVEL) / layers) ** 0.5
    kind = "isotropic" if scales[0] == scales[1] else f"scales {scales[0]:g} to {scales[1]:g}"
    return f"| {kind} | {by} | {alarms} of {layers:,} | {share:.1%} | ± {error:.1%} |"


def power(n_planted: int, by: str, layers: int) -> str:
    """A cell of the table: in how many layers the planted plane is found."""
    found = 0
    for seed in range(layers):
        rng = np.random.default_rng(seed)
        rows = rng.standard_normal((POWER_N, POWER_D))
        rows[:n_planted] *= 0.2
        rows[:n_planted, :2] += 2 * rng.choice([-1, 1], (n_planted, 2))
        tested = srm.ResonanceEngine(rows).significance(
            epsilon=POWER_EPSILON, by=by, rotations=POWER_ROTATIONS, seed=seed
        )
        p = tested.p[(tested.planes == [0, 1]).all(axis=1)]
        found += bool((p <= LEVEL).any())
    return f"{found / layers:.0%}"


def calibration(layers: int) -> None:
    began = time.perf_counter()
    print(
        f"\n{layers:,} layers without a basis of theirs, N = {NULL_N}, D = {NULL_D}, ε = "
        f"{NULL_EPSILON}, {NULL_ROTATIONS} turned bases with the mean kept: least p of "
        f"{NULL_D * (NULL_D - 1) // 2} planes at {LEVEL:.0%}\n"
    )
    print("| samples | by | false alarms | share | error of 5 % |\n|---|---|---|---|---|")
    for scales in ((1.0, 1.0), (1.0, 3.0)):
        for by in ("alignment", "peak"):
            print(false_alarms(scales, by, layers), flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s")


def power_curve(layers: int) -> None:
    began = time.perf_counter()
    print(
        f"\nOne plane of {POWER_D * (POWER_D - 1) // 2} planted in isotropic samples, N = "
        f"{POWER_N:,}, D = {POWER_D}, ε = {POWER_EPSILON}, {POWER_ROTATIONS} turned bases, "
        f"{layers} layers: found at {LEVEL:.0%} over all planes\n"
    )
    print("| planted samples | by alignment | by peak |\n|---|---|---|")
    for n_planted in PLANTED:
        cells = " | ".join(power(n_planted, by, layers) for by in ("alignment", "peak"))
        print(f"| {n_planted} | {cells} |", flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--layers", type=int, default=LAYERS, help="layers without a basis")
    parser.add_argument("--planted", type=int, default=POWER_LAYERS, help="layers with a plane")
    asked = parser.parse_args()
    calibration(asked.layers)
    power_curve(asked.planted)
    seeds: int = asked.seeds
    print(f"\nDigits' autoencoders, 16 wide, {seeds} seeds; the default test at {LEVEL:.0%}\n")
    print("| bottleneck | found in | largest p | A₄ |\n|---|---|---|---|")
    for name in ACTIVATIONS:
        print(found(name, seeds))
    wide = srm.ResonanceEngine(torch.randn(N, D, generator=torch.Generator().manual_seed(0)))
    began = time.perf_counter()
    test = wide.rotation_test()
    seconds = time.perf_counter() - began
    print(
        f"\nN = {N:,}, D = {D:,}: {len(test.null)} rotations in {seconds:.0f} s, "
        f"of {test.n_samples:,} samples drawn at random"
    )


if __name__ == "__main__":
    main()

"""Samples in groups that are alike, with a known intra-cluster correlation, and known truths."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import srm_widget as srm

D, PAIR = 8, (0, 1)
CONES: list[dict[str, Any]] = [
    {"epsilon": 0.2, "angles": [0.0]},
    {"epsilon": 0.4, "angles": [math.pi / 4]},
]
FEWEST, MOST = 5, 35
"""Samples of a group, every number alike often."""


NAMES = "f, ε = 0.2", "f, ε = 0.4", "A, ε = 0.4", "A₄"
"""What is looked at: f at one angle, the alignment of a plane, and that of the layer."""


def independent(rng: np.random.Generator, n: int) -> np.ndarray:
    """Samples that stand between the axes rather than on them."""
    return np.tanh(1.5 * rng.standard_normal((n, D))).astype(np.float32)


def clustered(
    rng: np.random.Generator, n_groups: int, correlation: float
) -> tuple[np.ndarray, np.ndarray]:
    """Samples of `n_groups` groups, and the group of each.

    Each is that of its group with the probability sqrt(ρ), else one of its own. Then any function
    of two samples of a group is correlated by ρ, and one sample alone is as it would be without.
    """
    sizes = rng.integers(FEWEST, MOST + 1, n_groups)
    groups = np.repeat(np.arange(n_groups), sizes)
    samples = independent(rng, len(groups))
    shared = rng.random(len(groups)) < np.sqrt(correlation)
    samples[shared] = independent(rng, n_groups)[groups[shared]]
    return samples, groups


def truth(n: int) -> list[float]:
    """What samples without end would give, as far as `n` of them tell."""
    engine = srm.ResonanceEngine(independent(np.random.default_rng(12_345), n))
    wide, narrow = (engine.curve(*PAIR, **cone) for cone in CONES)
    fractions = (float(curve.values[0, 0]) for curve in (wide, narrow))
    return [*fractions, float(narrow.alignment[0]), engine.alignment()]


def intervals(samples: np.ndarray, groups: np.ndarray | None) -> list[tuple[float, float]]:
    """The 95 % interval of each quantity."""
    engine = srm.ResonanceEngine(samples, groups=groups)
    wide, narrow = (engine.curve(*PAIR, **cone) for cone in CONES)
    ends = [[float(end[0, 0]) for end in curve.interval()] for curve in (wide, narrow)]
    ends += [[float(end[0]) for end in narrow.alignment_interval()]]
    return [*((low, high) for low, high in ends), engine.alignment_interval()]


def coverage(
    n_groups: int, correlation: float, expected: list[float], runs: int, *, grouped: bool
) -> np.ndarray:
    """Share of `runs` in which the interval of each quantity holds the truth, (4,)."""
    rng = np.random.default_rng([n_groups, int(10 * correlation)])
    held = np.zeros(len(NAMES))
    for _ in range(runs):
        samples, groups = clustered(rng, n_groups, correlation)
        found = intervals(samples, groups if grouped else None)
        held += [low <= value <= high for value, (low, high) in zip(expected, found, strict=True)]
    return held / runs

"""Planes whose two directions are active together: the result of `ResonanceEngine.coactive`."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64


class CoactivePlanes(NamedTuple):
    """Planes of pairs of directions that fire together beyond chance, most so first.

    Attributes
    ----------
    planes
        (n, 2) int64, (i, j), i < j.
    score
        (n,) float64, the coactivation: the signed root of the deviance of `n_between` from
        `expected`, see `Survey.scores`.
    n_between
        (n,) int64, samples that are lit and stand between the two directions.
    expected
        (n,) float64, E, how many would if the two directions had nothing to do with each other.
    epsilon
        ε.
    n_samples
        N.
    n_found
        Planes that a sample is lit and between in at all: those that were ranked.
    n_parallel, n_antipodal
        Pairs of directions that are the same, and that are opposite: they span no plane and are
        left out.
    n_dead
        Directions that are rows of zeros, whose pairs are left out too.
    """

    planes: Int64[np.ndarray, "best 2"]
    score: Float64[np.ndarray, " best"]
    n_between: Int64[np.ndarray, " best"]
    expected: Float64[np.ndarray, " best"]
    epsilon: float
    n_samples: int
    n_found: int
    n_parallel: int
    n_antipodal: int
    n_dead: int

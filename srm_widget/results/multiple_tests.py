"""p of several tests together."""

import numpy as np
from jaxtyping import Float64
from scipy.special import erfc


def two_sided_p(z: Float64[np.ndarray, " tests"]) -> Float64[np.ndarray, " tests"]:
    """Return the probability that a standard normal number is as far from 0; 1 for NaN."""
    return np.asarray(np.where(np.isnan(z), 1.0, erfc(np.abs(z) / np.sqrt(2))))


def holm(p: Float64[np.ndarray, " tests"]) -> Float64[np.ndarray, " tests"]:
    """Return p that hold for all tests together, however they depend on each other.

    Of n tests the k-th smallest p is multiplied by n + 1 - k, and is no smaller than those before
    it (Holm 1979).
    """
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted

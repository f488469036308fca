"""p of tests, and of several together."""

import numpy as np
from jaxtyping import Float64
from scipy.special import erfc, stdtr

SMALL_P = 0.05
"""p below which a result in words counts a test."""


def two_sided_p(
    z: Float64[np.ndarray, " tests"], degrees: Float64[np.ndarray, " tests"] | None = None
) -> Float64[np.ndarray, " tests"]:
    """Return the probability that a standard normal number is as far from 0; 1 for NaN.

    Parameters
    ----------
    z
        How far each test is from 0, in standard errors.
    degrees
        Degrees of freedom, for Student's t in place of the normal number; infinite ones are that.
    """
    p = erfc(np.abs(z) / np.sqrt(2))
    if degrees is not None:
        finite = np.isfinite(degrees)
        p = np.where(finite, 2 * stdtr(np.where(finite, degrees, 1.0), -np.abs(z)), p)
    return np.asarray(np.where(np.isnan(z), 1.0, p))


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


def p_text(p: float) -> str:
    """Return a p in words, "p 0.0036": two digits, as no test or count of draws knows more."""
    if np.isnan(p):
        return "p unknown"
    return f"p {p:.2g}" if p > 0 else f"p < {np.finfo(np.float64).tiny:.0e}"


def confirmed_text(p: Float64[np.ndarray, " tests"]) -> str:
    """Return how many of some p that `holm` made are small, in words; where none is known, that."""
    if len(p) and np.isnan(p).all():
        return "no p of samples in groups"
    over = f" (Holm over {len(p):,})" if len(p) > 1 else ""
    return f"{int((p < SMALL_P).sum()):,} with p < {SMALL_P:g}{over}"

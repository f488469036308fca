"""Wilson's score interval of fractions, and the quantiles that intervals are made with."""

import numpy as np
from jaxtyping import Float, Float64
from scipy.special import ndtri, stdtrit

from srm_widget.utils.text import brief
from srm_widget.utils.validation import number

CONFIDENCE = 0.95
"""Confidence of an interval, unless another is asked for."""

QUANTILE = 1.959963984540054
"""Quantile of the normal distribution for `CONFIDENCE`: to the last digit the same everywhere."""


def check_confidence(confidence: float) -> None:
    """Raise ``TypeError`` if `confidence` is no number, ``ValueError`` if it is not in (0, 1)."""
    try:
        number(confidence)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(
            f"expected confidence as a number in (0, 1), got {brief(confidence)}"
        ) from None
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"expected confidence in (0, 1), got {confidence}")


def normal_quantile(confidence: float) -> float:
    """Return the two-sided quantile of the normal distribution.

    Raises
    ------
    ValueError
        If `confidence` is not in (0, 1).
    """
    check_confidence(confidence)
    return QUANTILE if confidence == CONFIDENCE else float(ndtri(0.5 + confidence / 2))


def student_quantiles(
    degrees: Float64[np.ndarray, "*shape"], confidence: float
) -> Float64[np.ndarray, "*shape"]:
    """Return two-sided quantiles of Student's t; the normal one at infinite degrees of freedom."""
    known, places = np.unique(degrees, return_inverse=True)
    finite = np.isfinite(known)
    quantiles = stdtrit(np.where(finite, known, 1.0), 0.5 + confidence / 2)
    quantiles = np.where(finite, quantiles, normal_quantile(confidence))
    return np.asarray(quantiles[places].reshape(degrees.shape), dtype=np.float64)


def wilson_interval(
    fractions: Float64[np.ndarray, "*shape"],
    n: int | Float[np.ndarray, "*shape"],
    confidence: float = CONFIDENCE,
) -> tuple[Float64[np.ndarray, "*shape"], Float64[np.ndarray, "*shape"]]:
    """Return the pointwise Wilson score interval of fractions of n samples.

    Parameters
    ----------
    fractions
        In [0, 1], of any shape.
    n
        Samples, for all or for each of them; where they are not independent, how many independent
        ones tell as much.
    confidence
        In (0, 1).

    Returns
    -------
    low, high
        Fractions in [0, 1], of the same shape.

    Raises
    ------
    ValueError
        If `confidence` is not in (0, 1).
    """
    z, p = normal_quantile(confidence), fractions
    shrink = 1.0 / (1.0 + z * z / n)
    centre = (p + z * z / (2 * n)) * shrink
    spread = z * shrink * np.sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n))
    # At the ends the interval reaches 0 and 1 themselves; rounding would leave it short of them.
    low = np.where(p == 0.0, 0.0, np.maximum(centre - spread, 0.0))
    high = np.where(p == 1.0, 1.0, np.minimum(centre + spread, 1.0))
    return low, high

"""What isotropy gives, as a short series: for pages that have no special functions."""

import operator
from functools import lru_cache
from typing import SupportsIndex

import numpy as np
from jaxtyping import Float64
from numpy.polynomial.chebyshev import Chebyshev
from scipy.special import betainc, betaln

_DEGREES = 15, 31, 47, 63
_PRECISE = 1e-8
_UNDERFLOW = 1e-250


@lru_cache(maxsize=64)
def isotropic_series(n_dims: SupportsIndex) -> tuple[float, ...]:
    """Coefficients of a Chebyshev series for the isotropic fraction f0(ε) of D dimensions.

    With x = 2 asinh(ε √D) / asinh(√D) - 1 it is, for ε ≥ 0,

        f0 = (1 - ε²)^((D - 1) / 2) · exp(Σ c_k T_k(x)),

    where nothing underflows before f0 itself does; and 1 - f0(-ε) below.

    Parameters
    ----------
    n_dims
        D ≥ 2.
    """
    d = operator.index(n_dims)
    if d < 2:
        raise ValueError(f"expected n_dims ≥ 2, got {d}")
    between = np.cos(np.linspace(0.0, np.pi, 500))
    exact = _smooth(between, d)
    for degree in _DEGREES:
        series = Chebyshev.interpolate(lambda x: _smooth(x, d), degree)
        if np.abs(series(between) - exact).max() < _PRECISE:
            break
    return tuple(series.coef.tolist())


def _smooth(x: Float64[np.ndarray, " some"], d: int) -> Float64[np.ndarray, " some"]:
    """Logarithm of f0 without its power of 1 - ε²."""
    root = np.sqrt(d)
    epsilon = (np.sinh((x + 1) / 2 * np.arcsinh(root)) / root).clip(0.0, 1.0)
    power, lit = (d - 1) / 2, 1 - epsilon * epsilon
    whole = betainc(power, 0.5, lit)
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = np.log(whole / 2) - power * np.log1p(-epsilon * epsilon)
        # For where f0 is too small for a float: DLMF 8.17.8 after 15.8.1, whose series in z / D is
        # short there, and never too large for a float as 8.17.8 itself is.
        z = -lit / (epsilon * epsilon)
        tail = 1 + 2.5 / (power + 3) * z
        tail = 1 + 1.5 / (power + 2) * z * tail
        tail = 1 + 0.5 / (power + 1) * z * tail
        far = np.log(tail / (2 * power * epsilon)) - betaln(power, 0.5)
    return np.where(whole > _UNDERFLOW, direct, far)

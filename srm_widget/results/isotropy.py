"""What isotropic data would give: fraction lit and its Chebyshev series; and checks of ε."""

from functools import lru_cache
from typing import SupportsIndex

import numpy as np
from jaxtyping import Float64
from numpy.polynomial.chebyshev import Chebyshev
from scipy.special import betainc, betaln

from srm_widget.utils.text import brief
from srm_widget.utils.validation import integer

_DEGREES = 15, 31, 47, 63
"""Degrees of the series to try, until one is precise enough."""

_TOLERANCE = 1e-8
"""Largest error of the series, in the logarithm of f0."""

_UNDERFLOW = 1e-250


def checked_epsilon(
    epsilon: float | str, *, within: str = "[-1, 1]", or_auto: bool = False
) -> float:
    """Return ε as a float.

    Parameters
    ----------
    epsilon
        ε.
    within
        The range that makes sense where it is asked for, for the message.
    or_auto
        Whether the message names "auto" too, which who asks looks for itself.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it is NaN or outside [-1, 1].
    """
    try:
        if isinstance(epsilon, str | bytes | bool | np.bool_):
            raise TypeError
        value = float(epsilon)
    except (TypeError, ValueError, OverflowError):
        auto = ' or "auto"' if or_auto else ""
        raise TypeError(
            f"expected epsilon as a number in {within}{auto}, got {brief(epsilon)}"
        ) from None
    if not -1.0 <= value <= 1.0:
        raise ValueError(f"expected epsilon in {within}, got {value}{_degrees_hint(value)}")
    return value


def _degrees_hint(value: float) -> str:
    """Return what ε is, where it is so large that an angle may be meant."""
    if not value > 1.0:
        return ""
    degrees = value if 2.0 <= value <= 180.0 else 45.0
    return f"; it is the cosine of the half-angle: math.cos(math.radians({degrees:g}))"


def isotropic_fraction(epsilon: float, n_dims: SupportsIndex) -> float:
    """Return the fraction f0 of isotropic data that a spotlight lights, the same at every angle.

    A uniformly random direction in D dimensions lies within the cone of half-angle arccos ε with
    probability f0 = ½ I(1 - ε²; (D - 1) / 2, ½), I the regularised incomplete beta function, for
    ε ≥ 0, and 1 - f0(-ε) below (the area of a hyperspherical cap).

    Parameters
    ----------
    epsilon
        ε in [-1, 1].
    n_dims
        D ≥ 2.
    """
    value, d = checked_epsilon(epsilon), integer("n_dims", n_dims, least=2)
    cap = 0.5 * float(betainc((d - 1) / 2, 0.5, 1.0 - value * value))
    return cap if value >= 0 else 1.0 - cap


@lru_cache(maxsize=64)
def isotropic_series(n_dims: SupportsIndex) -> tuple[float, ...]:
    """Return the Chebyshev coefficients c_k of the isotropic fraction f0(ε) in D dimensions.

    The page computes f0 from them, having no special functions.

    With x = 2 asinh(ε √D) / asinh(√D) - 1 it is, for ε ≥ 0,

        f0 = (1 - ε²)^((D - 1) / 2) · exp(Σ c_k T_k(x)),

    where nothing underflows before f0 itself does; and 1 - f0(-ε) below.

    Parameters
    ----------
    n_dims
        D ≥ 2.
    """
    d = integer("n_dims", n_dims, least=2)
    tested = np.cos(np.linspace(0.0, np.pi, 500))
    exact = _log_factor(tested, d)
    for degree in _DEGREES:
        series = Chebyshev.interpolate(lambda x: _log_factor(x, d), degree)
        if np.abs(series(tested) - exact).max() < _TOLERANCE:
            break
    return tuple(series.coef.tolist())


def _log_factor(x: Float64[np.ndarray, " some"], d: int) -> Float64[np.ndarray, " some"]:
    """Return the logarithm of f0 divided by its power of 1 - ε², at the x of the series."""
    root = np.sqrt(d)
    epsilon = (np.sinh((x + 1) / 2 * np.arcsinh(root)) / root).clip(0.0, 1.0)
    power, squared_sine = (d - 1) / 2, 1 - epsilon * epsilon
    beta = betainc(power, 0.5, squared_sine)
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = np.log(beta / 2) - power * np.log1p(-epsilon * epsilon)
        # Where f0 underflows: DLMF 8.17.8 transformed by 15.8.1, whose series in z / D is short
        # there, and does not overflow as that of 8.17.8 itself does.
        z = -squared_sine / (epsilon * epsilon)
        tail = 1 + 2.5 / (power + 3) * z
        tail = 1 + 1.5 / (power + 2) * z * tail
        tail = 1 + 0.5 / (power + 1) * z * tail
        small = np.log(tail / (2 * power * epsilon)) - betaln(power, 0.5)
    return np.where(beta > _UNDERFLOW, direct, small)

"""What isotropic data would give: fraction lit, its Chebyshev series, density; and checks of ε."""

from functools import lru_cache
from typing import SupportsIndex

import numpy as np
from jaxtyping import Float64
from numpy.polynomial.chebyshev import Chebyshev
from scipy.special import betainc, betaincinv, betaln

from srm_widget.utils.text import brief
from srm_widget.utils.validation import integer

_DEGREES = 15, 31, 47, 63
"""Degrees of the series to try, until one is precise enough."""

_TOLERANCE = 1e-8
"""Largest error of the series, in the logarithm of f0."""

_UNDERFLOW = 1e-250
_NODES = 16
"""Quadrature nodes in a bin of the density."""

_NODES_FEW_DIMS = 96
"""The same in few dimensions, where the density is steep at the rim of the disc, or infinite."""


def checked_epsilon(epsilon: float | str) -> float:
    """Return ε as a float.

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
        raise TypeError(f"expected epsilon as a number in [-1, 1], got {brief(epsilon)}") from None
    if not -1.0 <= value <= 1.0:
        raise ValueError(f"expected epsilon in [-1, 1], got {value}")
    return value


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


@lru_cache(maxsize=8)
def isotropic_share(n_dims: int, bins: int) -> Float64[np.ndarray, "bins bins"]:
    """Return the share of isotropic data in D dimensions in each bin of the plane's unit disc.

    It is the expected density of in-plane coordinates (a, c).

    Of a random unit vector (1 + a) / 2 is Beta((D - 1) / 2, (D - 1) / 2) distributed, and, given a,
    so is (1 + c / √(1 - a²)) / 2 with D - 1 in place of D (marginals of the uniform distribution on
    the sphere). The first is integrated by Gauss-Legendre quadrature within each bin, the second is
    exact.

    Parameters
    ----------
    n_dims
        D ≥ 2.
    bins
        Number of equal bins from -1 to 1 along each coordinate.
    """
    ends = _left_ends(np.linspace(-1.0, 1.0, bins + 1))
    if n_dims == 2:
        return _circle_share(ends)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES if n_dims > 8 else _NODES_FEW_DIMS)
    half = (n_dims - 1) / 2
    start, stop = betainc(half, half, (1 + ends) / 2)
    share = stop - start
    quantile = betaincinv(half, half, start[:, None] + share[:, None] * (1 + nodes) / 2)
    width = 2 * np.sqrt(quantile * (1 - quantile))
    total = np.zeros((bins, bins))
    for k, weight in enumerate(weights / 2):
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = np.nan_to_num(ends[:, None, :] / width[None, :, k, None])
        low, high = betainc(half - 0.5, half - 0.5, (1 + scaled.clip(-1.0, 1.0)) / 2)
        total += weight * (high - low)
    result: np.ndarray = share[:, None] * total
    return (result + result.T) / 2  # quadrature is symmetric only nearly


def _left_ends(edges: Float64[np.ndarray, " edges"]) -> Float64[np.ndarray, "2 bins"]:
    """Return both ends of each bin, of bins right of 0 those of the mirror image left of it.

    The distributions are symmetric, and lower tails keep their digits.
    """
    start, stop = edges[:-1], edges[1:]
    right = start >= 0
    return np.stack([np.where(right, -stop, start), np.where(right, -start, stop)])


def _circle_share(ends: Float64[np.ndarray, "2 bins"]) -> Float64[np.ndarray, "bins bins"]:
    """Return the share of the unit circle in each bin, where the arcs of both bins overlap."""
    start, stop = -ends[0], -np.minimum(ends[1], 0.0)
    times = np.where(ends[1] > 0, 2.0, 1.0)  # the bin in the middle lies on both sides
    first = np.arccos(start)[:, None], np.arccos(stop)[:, None]
    second = np.arcsin(stop)[None, :], np.arcsin(start)[None, :]
    overlap = np.minimum(first[1], second[1]) - np.maximum(first[0], second[0])
    result: np.ndarray = overlap.clip(0.0) / (2 * np.pi) * np.outer(times, times)
    return result

"""What isotropy gives, as a short series: for pages that have no special functions."""

from functools import lru_cache
from typing import SupportsIndex

import numpy as np
from jaxtyping import Float64
from numpy.polynomial.chebyshev import Chebyshev
from scipy.special import betainc, betaincinv, betaln

from srm_widget.utils.text import brief
from srm_widget.utils.validation import integer

_DEGREES = 15, 31, 47, 63
_PRECISE = 1e-8
_UNDERFLOW = 1e-250
_NODES = 16
_NODES_NEAR_RIM = 96
"""In few dimensions the density is steep where the disc ends, or has a pole there."""


def checked_epsilon(epsilon: float | str) -> float:
    """Return ε as a float, or raise ``ValueError`` if it is NaN or outside [-1, 1]."""
    try:
        if isinstance(epsilon, str | bytes | bool | np.bool_):
            raise TypeError
        value = float(epsilon)
    except (TypeError, ValueError, OverflowError):
        came = brief(epsilon)
        raise TypeError(f"expected epsilon as a number in [-1, 1], got {came}") from None
    if not -1.0 <= value <= 1.0:
        raise ValueError(f"expected epsilon in [-1, 1], got {value}")
    return value


def isotropic_fraction(epsilon: float, n_dims: SupportsIndex) -> float:
    """Fraction f0 of isotropic data that a spotlight lights, the same at every angle.

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
    """Coefficients of a Chebyshev series for the isotropic fraction f0(ε) of D dimensions.

    With x = 2 asinh(ε √D) / asinh(√D) - 1 it is, for ε ≥ 0,

        f0 = (1 - ε²)^((D - 1) / 2) · exp(Σ c_k T_k(x)),

    where nothing underflows before f0 itself does; and 1 - f0(-ε) below.

    Parameters
    ----------
    n_dims
        D ≥ 2.
    """
    d = integer("n_dims", n_dims, least=2)
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


@lru_cache(maxsize=8)
def isotropic_share(n_dims: int, bins: int) -> Float64[np.ndarray, "bins bins"]:
    """Share of random directions in D dimensions whose in-plane coordinates fall into each bin.

    Of a random unit vector (1 + a) / 2 is Beta((D - 1) / 2, (D - 1) / 2) distributed, and, given a,
    so is (1 + c / √(1 - a²)) / 2 with D - 1 in place of D (marginals of the uniform distribution on
    the sphere). The first is integrated by
    Gauss-Legendre quadrature within each bin, the second is exact.

    Parameters
    ----------
    n_dims
        D ≥ 2.
    bins
        Equal bins from -1 to 1.
    """
    below = _lower(np.linspace(-1.0, 1.0, bins + 1))
    if n_dims == 2:
        return _circle(below)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES if n_dims > 8 else _NODES_NEAR_RIM)
    half = (n_dims - 1) / 2
    start, stop = betainc(half, half, (1 + below) / 2)
    share = stop - start
    quantile = betaincinv(half, half, start[:, None] + share[:, None] * (1 + nodes) / 2)
    width = 2 * np.sqrt(quantile * (1 - quantile))
    total = np.zeros((bins, bins))
    for k, weight in enumerate(weights / 2):
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.nan_to_num(below[:, None, :] / width[None, :, k, None])
        low, high = betainc(half - 0.5, half - 0.5, (1 + ends.clip(-1.0, 1.0)) / 2)
        total += weight * (high - low)
    result: np.ndarray = share[:, None] * total
    return (result + result.T) / 2  # what symmetry asks for, quadrature gives only nearly


def _lower(edges: Float64[np.ndarray, " edges"]) -> Float64[np.ndarray, "2 bins"]:
    """Ends of the bins, those right of the middle reflected: lower tails keep their digits."""
    start, stop = edges[:-1], edges[1:]
    right = start >= 0
    return np.stack([np.where(right, -stop, start), np.where(right, -start, stop)])


def _circle(below: Float64[np.ndarray, "2 bins"]) -> Float64[np.ndarray, "bins bins"]:
    """Share of the unit circle in each bin: the arcs of both of its coordinates overlap there."""
    start, stop = -below[0], -np.minimum(below[1], 0.0)
    times = np.where(below[1] > 0, 2.0, 1.0)  # the bin in the middle lies on both sides
    first = np.arccos(start)[:, None], np.arccos(stop)[:, None]
    second = np.arcsin(stop)[None, :], np.arcsin(start)[None, :]
    overlap = np.minimum(first[1], second[1]) - np.maximum(first[0], second[0])
    result: np.ndarray = overlap.clip(0.0) / (2 * np.pi) * np.outer(times, times)
    return result

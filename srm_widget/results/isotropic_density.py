r"""What isotropic data give in the square bins of a plane.

The in-plane radius r of a random unit vector in D dimensions is at least ρ with probability
(1 - ρ²)^((D - 2) / 2), and its angle is uniform. A bin's share is integrated in polar coordinates:
exactly along each ray, by Gauss-Legendre quadrature over the rays that meet the bin, piece by piece
between the angles of its corners and those at which a circle crosses its sides.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from jaxtyping import Float64

from srm_widget.utils.validation import integer

_AT, _WEIGHT = np.polynomial.legendre.leggauss(16)
_AT = (1 + _AT) / 2
_SMOOTH_AT, _SMOOTH_WEIGHT = _AT**2 * (3 - 2 * _AT), 3 * _AT * (1 - _AT) * _WEIGHT
"""Places between two angles, from 0 to 1, and their weights.

They gather at both ends: at the rim densities rise as a root does.
"""

_LENGTHS = 1024
"""Lengths that are told apart."""

_RADII = 4096
"""Radii at which the share of data of many lengths is computed, and between which it is read off.

There are sixty and more in a bin of 128.
"""

Survival = Callable[[Float64[np.ndarray, "*shape"]], Float64[np.ndarray, "*shape"]]
"""Share of the data, or their number, of at least some in-plane radius."""


@lru_cache(maxsize=16)
def isotropic_share(
    n_dims: int, bins: int, epsilon: float = 0.0, extent: float = 1.0
) -> Float64[np.ndarray, "bins bins"]:
    """Return the share of isotropic directions in D dimensions in each bin of a plane.

    It is the expected density of in-plane coordinates (a, c) = (x̂ · e1, x̂ · e2).

    Parameters
    ----------
    n_dims
        D ≥ 2.
    bins
        Number of equal bins from -extent to extent along each coordinate.
    epsilon
        Directions of a smaller in-plane radius are left out.
    extent
        End of the last bin.
    """
    d = integer("n_dims", n_dims, least=2)
    least = _least_radius(d, epsilon)
    circles = (1.0, least) if least > 0 else (1.0,)
    return _binned(bins, extent, lambda radius: _survival(np.maximum(radius, least), d), circles)


def isotropic_counts_of_lengths(
    lengths: Float64[np.ndarray, " samples"],
    n_dims: int,
    bins: int,
    epsilon: float,
    extent: float,
) -> Float64[np.ndarray, "bins bins"]:
    """Return the expected counts of isotropic directions of these lengths in each bin of a plane.

    Parameters
    ----------
    lengths
        ‖x‖ of the samples. Beyond 1,024 of them they are shared out among as many lengths, evenly
        spaced in the logarithm, each sample between the two next to it.
    n_dims, bins, extent
        As for `isotropic_share`.
    epsilon
        Least in-plane share ‖proj x‖ / ‖x‖.
    """
    counts = np.zeros((bins, bins))
    positive = lengths[lengths > 0]
    if epsilon <= 0 and bins:  # rows of zeros stay where they are
        counts[bins // 2, bins // 2] += len(lengths) - len(positive)
    if not len(positive):
        return counts
    values, weights = _grouped(positive)
    least = _least_radius(n_dims, epsilon)
    radii = np.linspace(0.0, extent * np.sqrt(2.0), _RADII)
    many = np.zeros(_RADII)
    for length, weight in zip(values, weights, strict=True):
        with np.errstate(over="ignore"):  # of a length next to 0
            many += weight * _survival(np.maximum(radii / length, least), n_dims)
    circles = {float(end * share) for end in (values[0], values[-1]) for share in (1.0, least)}
    found = _binned(
        bins,
        extent,
        lambda radius: np.interp(radius, radii, many),
        [circle for circle in sorted(circles) if circle > 0],
    )
    return counts + found


def _least_radius(n_dims: int, epsilon: float) -> float:
    """Return the least in-plane radius of what is lit: in two dimensions all have the radius 1."""
    return 0.0 if n_dims == 2 else max(0.0, epsilon)


def _survival(radius: Float64[np.ndarray, "*shape"], n_dims: int) -> Float64[np.ndarray, "*shape"]:
    short = np.minimum(radius, 1.0)
    result: np.ndarray = ((1 - short) * (1 + short)) ** ((n_dims - 2) / 2)
    return np.where(radius < 1, result, 0.0)


def _grouped(
    lengths: Float64[np.ndarray, " samples"],
) -> tuple[Float64[np.ndarray, " some"], Float64[np.ndarray, " some"]]:
    """Return some lengths, rising, and how many samples each stands for."""
    values, weights = np.unique(lengths, return_counts=True)
    if len(values) <= _LENGTHS:
        return values, weights.astype(np.float64)
    logs = np.log(values)
    place = (logs - logs[0]) * ((_LENGTHS - 1) / (logs[-1] - logs[0]))
    below = place.astype(np.int64).clip(0, _LENGTHS - 2)
    above = (place - below).clip(0.0, 1.0)
    shared = np.bincount(below, weights * (1 - above), _LENGTHS)
    shared += np.bincount(below + 1, weights * above, _LENGTHS)
    return np.exp(np.linspace(logs[0], logs[-1], _LENGTHS)), shared


def _binned(
    bins: int, extent: float, survival: Survival, circles: Sequence[float]
) -> Float64[np.ndarray, "bins bins"]:
    """Return what falls in each bin if angles are uniform and radii as `survival` says.

    It is the same in all four quadrants, and mirrored at their diagonals.
    """
    edges = extent * np.linspace(-1.0, 1.0, bins + 1)
    stop = edges[bins // 2 + 1 :]
    start = np.maximum(edges[bins // 2 : -1], 0.0)
    quadrant = _in_quadrant(start, stop, survival, circles)
    times = np.ones(len(stop))
    if bins % 2:  # the bin in the middle lies on both sides
        times[0] = 2.0
    quadrant *= np.outer(times, times)
    place = np.abs(np.arange(bins) - (bins - 1) / 2).astype(np.int64)
    return quadrant[np.ix_(place, place)]


def _in_quadrant(
    start: Float64[np.ndarray, " half"],
    stop: Float64[np.ndarray, " half"],
    survival: Survival,
    circles: Sequence[float],
) -> Float64[np.ndarray, "half half"]:
    """Return what falls in each bin of the quadrant of positive coordinates."""
    left, right = np.broadcast_arrays(start[:, None], start[None, :])
    low, high = np.broadcast_arrays(stop[:, None], stop[None, :])
    (x0, x1), (y0, y1) = (left, low), (right, high)
    first, last = np.arctan2(y0, x1), np.arctan2(y1, x0)
    knots = [np.arctan2(y0, x0), np.arctan2(y1, x1)]
    for radius in circles:
        with np.errstate(over="ignore"):
            knots += [np.arccos(np.minimum(x / radius, 1.0)) for x in (x0, x1)]
            knots += [np.arcsin(np.minimum(y / radius, 1.0)) for y in (y0, y1)]
    inner = np.sort([knot.clip(first, last) for knot in knots], axis=0)
    ends = np.stack([first, *inner, last])
    total = np.zeros(x0.shape)
    for begin, end in pairwise(ends):
        width = end - begin
        if not width.any():
            continue
        for place, weight in zip(_SMOOTH_AT, _SMOOTH_WEIGHT, strict=True):
            angle = begin + width * place
            # Nowhere 0 but for pieces without width.
            cosine, sine = (np.maximum(part(angle), 1e-300) for part in (np.cos, np.sin))
            with np.errstate(over="ignore"):
                near = np.maximum(x0 / cosine, y0 / sine)
                far = np.minimum(x1 / cosine, y1 / sine)
            # Rounding may swap them where a ray meets a corner alone.
            total += weight * width * (survival(near) - survival(far)).clip(0.0)
    result: np.ndarray = total / (2 * np.pi)
    return result

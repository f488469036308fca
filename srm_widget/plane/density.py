"""In-plane density: how many samples lie where in a plane (PPPM), beside what isotropy gives."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64, Num
from scipy.special import betainc, betaincinv
from torch import Tensor

_EXACT = {2**k for k in range(1, 12)}
_NODES = 16
_NODES_NEAR_RIM = 96
"""In few dimensions the density is steep where the disc ends, or has a pole there."""


@dataclass(frozen=True)
class Density:
    """Samples by in-plane coordinates.

    Attributes
    ----------
    counts
        (bins, bins) int64: ``counts[k, l]`` samples have their first coordinate in the k-th bin and
        their second in the l-th, as in ``numpy.histogram2d``.
    edges
        (bins + 1,) float64, of both coordinates.
    n_samples, n_dims
        N, all samples, and D.
    raw
        Whether the coordinates are those of the raw activations, (x · e1, x · e2), and not those
        of their directions, (x̂ · e1, x̂ · e2).
    """

    counts: Int64[np.ndarray, "bins bins"]
    edges: Float64[np.ndarray, " edges"]
    n_samples: int
    n_dims: int
    raw: bool

    @cached_property
    def isotropic(self) -> Float64[np.ndarray, "bins bins"]:
        """How many of N samples in random directions would be in each bin, on average.

        Raises
        ------
        ValueError
            If the coordinates are raw: they depend on how long the activations are, too.
        """
        if self.raw:
            raise ValueError("expected coordinates of directions, got raw ones: use raw=False")
        return self.n_samples * isotropic_share(self.n_dims, len(self.counts))


class Bins:
    """Equal bins from -extent to extent in both coordinates; the last one is closed.

    Parameters
    ----------
    bins
        How many a coordinate.
    extent
        Where they end.
    """

    def __init__(self, bins: int, extent: float, device: torch.device) -> None:
        self.edges = extent * np.linspace(-1.0, 1.0, bins + 1)
        self._edges = torch.from_numpy(self.edges).to(device)
        self._bins, self._extent = bins, extent
        # A power of two scales without rounding; a float32 still holds the number of each cell.
        self._exact = bins in _EXACT and extent == 1.0

    def count(
        self, a: Float[Tensor, " some"], c: Float[Tensor, " some"]
    ) -> Int64[Tensor, "bins bins"]:
        """Samples in each bin; those that rounding put outside are in the outermost ones."""
        place = self._of(a).mul_(self._bins).add_(self._of(c)).long()
        bins = self._bins
        return torch.bincount(place, minlength=bins * bins).view(bins, bins)

    def _of(self, values: Float[Tensor, " some"]) -> Num[Tensor, " some"]:
        last = self._bins - 1
        if self._exact:
            return (values * (self._bins // 2)).floor_().add_(self._bins // 2).clamp_(0, last)
        exact = values.double()
        found = (exact / self._extent).add_(1).mul_(self._bins / 2).long().clamp_(0, last)
        # Rounding may have moved a value across the edge that it lies at.
        found -= (exact < self._edges[found]).long()
        return found.add_(exact >= self._edges[found + 1]).clamp_(0, last)


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

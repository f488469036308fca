"""In-plane density (PPPM): samples counted in square bins, and what isotropy would give."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64, Num
from torch import Tensor

from srm_widget.results.isotropy import isotropic_share

_EXACT_BINS = {2**k for k in range(1, 12)}


@dataclass(frozen=True)
class Density:
    """In-plane density: samples counted in square bins of their in-plane coordinates.

    Attributes
    ----------
    counts
        (bins, bins) int64: ``counts[k, l]`` samples have their first coordinate in the k-th bin and
        their second in the l-th, as in ``numpy.histogram2d``.
    edges
        (bins + 1,) float64, edges of the bins of either coordinate.
    n_samples, n_dims
        N, all samples, and D.
    raw
        Whether the coordinates are those of the raw activations, (x · e1, x · e2), and not those
        of their directions, (x̂ · e1, x̂ · e2). Where the engine centres, x is centred too.
    """

    counts: Int64[np.ndarray, "bins bins"]
    edges: Float64[np.ndarray, " edges"]
    n_samples: int
    n_dims: int
    raw: bool

    @cached_property
    def isotropic(self) -> Float64[np.ndarray, "bins bins"]:
        """Expected counts of N isotropic samples in each bin, (bins, bins).

        Raises
        ------
        ValueError
            If the coordinates are raw: they depend on how long the activations are, too.
        """
        if self.raw:
            raise ValueError("expected coordinates of directions, got raw ones: use raw=False")
        return self.n_samples * isotropic_share(self.n_dims, len(self.counts))


class SquareBins:
    """Equal bins from -extent to extent in both coordinates; the last one is closed.

    Parameters
    ----------
    bins
        Number of bins of a coordinate.
    extent
        End of the last bin.
    device
        Device of the coordinates to be counted.
    """

    def __init__(self, bins: int, extent: float, device: torch.device) -> None:
        self.edges = extent * np.linspace(-1.0, 1.0, bins + 1)
        self._edges = torch.from_numpy(self.edges).to(device)
        self._bins, self._extent = bins, extent
        # A power of two scales without rounding; a float32 still holds the number of each cell.
        self._is_exact = bins in _EXACT_BINS and extent == 1.0

    def count(
        self, a: Float[Tensor, " some"], c: Float[Tensor, " some"]
    ) -> Int64[Tensor, "bins bins"]:
        """Count the samples in each bin; those that rounding put outside count in the outermost."""
        cell = self._bin(a).mul_(self._bins).add_(self._bin(c)).long()
        bins = self._bins
        return torch.bincount(cell, minlength=bins * bins).view(bins, bins)

    def _bin(self, values: Float[Tensor, " some"]) -> Num[Tensor, " some"]:
        last = self._bins - 1
        if self._is_exact:
            return (values * (self._bins // 2)).floor_().add_(self._bins // 2).clamp_(0, last)
        doubles = values.double()
        found = (doubles / self._extent).add_(1).mul_(self._bins / 2).long().clamp_(0, last)
        # Rounding may have moved a value across the edge that it lies at.
        found -= (doubles < self._edges[found]).long()
        return found.add_(doubles >= self._edges[found + 1]).clamp_(0, last)

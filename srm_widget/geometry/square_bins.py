"""Square bins of in-plane coordinates."""

import numpy as np
import torch
from jaxtyping import Float, Int64, Num
from torch import Tensor

_EXACT_BINS = {2**k for k in range(1, 12)}

_ROUNDING = 1e-12
"""Share of all bins by which rounding may move a value, and more."""


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
    closed
        Whether no sample can be outside but by rounding, and counts in the outermost bin then; else
        those outside are counted apart.

    Attributes
    ----------
    n_outside
        Samples outside so far.
    """

    def __init__(
        self, bins: int, extent: float, device: torch.device, *, closed: bool = True
    ) -> None:
        self.edges = extent * np.linspace(-1.0, 1.0, bins + 1)
        self.n_outside = 0
        self._edges = torch.from_numpy(self.edges).to(device)
        self._bins, self._extent, self._closed = bins, extent, closed
        # A power of two scales without rounding; a float32 still holds the number of each cell.
        self._is_exact = bins in _EXACT_BINS and extent == 1.0

    def count(
        self, a: Float[Tensor, " some"], c: Float[Tensor, " some"]
    ) -> Int64[Tensor, "bins bins"]:
        """Count the samples in each bin."""
        if not self._closed:
            inside = torch.maximum(a.abs(), c.abs()) <= self._extent
            a, c, n = a[inside], c[inside], len(a)
            self.n_outside += n - len(a)
        cell = self._bin(a).mul_(self._bins).add_(self._bin(c)).long()
        bins = self._bins
        return torch.bincount(cell, minlength=bins * bins).view(bins, bins)

    def _bin(self, values: Float[Tensor, " some"]) -> Num[Tensor, " some"]:
        last = self._bins - 1
        if self._is_exact:
            return (values * (self._bins // 2)).floor_().add_(self._bins // 2).clamp_(0, last)
        doubles = values.double()
        scaled = (doubles / self._extent).add_(1).mul_(self._bins / 2)
        found = scaled.long().clamp_(0, last)
        # Rounding may have moved a value across the edge that it lies at.
        off = scaled.sub_(scaled.round()).abs_()
        doubtful = (off <= _ROUNDING * self._bins).nonzero().squeeze(1)
        value, bin_ = doubles[doubtful], found[doubtful]
        bin_ -= (value < self._edges[bin_]).long()
        bin_ += (value >= self._edges[bin_ + 1]).long()
        found[doubtful] = bin_.clamp_(0, last)
        return found

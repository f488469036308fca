"""Counting the histograms of the samples' projections on every direction, which add up exactly."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.column_histograms import (
    BINS_PER_OCTAVE,
    LAST_BIN,
    LOWEST_OCTAVE,
    ColumnHistograms,
    bin_edge,
    least_binned,
)
from srm_widget.survey.large_entries import large_entries

_SLACK = 1e-5
r"""Bins begin a little below the least \|p\| that is needed: projections are rounded."""

_EXPONENT_BIAS = {torch.float32: 127, torch.float64: 1023}
_EXPONENT_AT = {torch.float32: 23, torch.float64: 52}
_BITS = {torch.float32: torch.int32, torch.float64: torch.int64}
_PART_BITS = BINS_PER_OCTAVE.bit_length() - 1


class ColumnCounter:
    """Counter of the projections on every direction, by bins of their magnitude.

    Parameters
    ----------
    pairs
        The directions.
    epsilon
        Lowest ε that planes are counted at.
    device
        Where to count.
    counts
        Of other samples, to be added to; None is none.

    Attributes
    ----------
    first
        Number of the first bin.
    counts
        (2, M, bins), of p > 0, then of p < 0.
    """

    def __init__(
        self,
        pairs: PairGeometry,
        epsilon: float,
        device: torch.device,
        counts: Int64[Tensor, "2 directions bins"] | None = None,
    ) -> None:
        self._basis = pairs.basis
        least = torch.tensor([least_binned(epsilon, pairs.basis)], dtype=torch.float64)
        self.first = max(0, int(_bins(least * (1 - _SLACK))[0]))
        shape = 2, pairs.n_directions, LAST_BIN + 1 - self.first
        self.counts = (
            torch.zeros(shape, dtype=torch.int64, device=device) if counts is None else counts
        )

    @property
    def least(self) -> float:
        r"""Least \|p\| that is counted: the lower edge of the first bin."""
        return bin_edge(self.first)

    def add_all(self, first: int, projected: Float[Tensor, "some samples"]) -> None:
        """Count the projections of some samples on some directions from number `first` on."""
        row, sample = large_entries(projected, self.least)
        self.add(range(first, first + len(projected)), row, projected[row, sample])

    def add(
        self, directions: range, row: Int64[Tensor, " large"], value: Float[Tensor, " large"]
    ) -> None:
        """Count projections on some directions.

        Parameters
        ----------
        directions
            Which.
        row, value
            Place among these of every projection that reaches `least`, and the projection.
        """
        n, n_bins = len(directions), self.counts.shape[2]
        own = _bins(value).clamp_(max=LAST_BIN).sub_(self.first)
        cells = own.add_(row, alpha=n_bins).add_(value < 0, alpha=n * n_bins)
        found = torch.bincount(cells, minlength=2 * n * n_bins).view(2, n, n_bins)
        self.counts[:, directions.start : directions.stop] += found

    def histograms(self, n_samples: int) -> ColumnHistograms:
        """Return the histograms of the `n_samples` counted."""
        return ColumnHistograms(self._basis, n_samples, self.first, self.counts.cpu().numpy())


def _bins(values: Float[Tensor, " some"]) -> Int64[Tensor, " some"]:
    """Return the numbers of the bins: exponent and first digits of the floating-point numbers."""
    dtype = values.dtype
    bits = values.abs().view(_BITS[dtype]) >> (_EXPONENT_AT[dtype] - _PART_BITS)
    return bits.long().sub_((_EXPONENT_BIAS[dtype] + LOWEST_OCTAVE) * BINS_PER_OCTAVE)

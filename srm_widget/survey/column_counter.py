"""Counting the histograms of the samples' projections on every direction, which add up exactly."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.results.column_histograms import (
    LAST_BIN,
    LOWEST_OCTAVE,
    PARTS_PER_BIN,
    PLACES_PER_PART,
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
_PART_BITS = PARTS_PER_BIN.bit_length() - 1
_PLACE_BITS = PLACES_PER_PART.bit_length() - 1


class ColumnCounts(NamedTuple):
    """Counts of projections, which add up; see `ColumnHistograms`.

    Attributes
    ----------
    counts
        (2, M, bins), of p > 0, then of p < 0.
    parts
        (2, 4 bins), of all directions together: how many in each part of a bin, and the sum of
        their places in it.
    """

    counts: Int64[Tensor, "2 directions bins"]
    parts: Int64[Tensor, "2 parts"]

    def plus(self, other: "ColumnCounts") -> "ColumnCounts":
        """Return the counts of the samples of both."""
        return ColumnCounts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class ColumnCounter:
    """Counter of the projections on every direction, by bins of their magnitude.

    Parameters
    ----------
    basis
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
        What is counted.
    """

    def __init__(
        self,
        basis: Basis,
        epsilon: float,
        device: torch.device,
        counts: ColumnCounts | None = None,
    ) -> None:
        self._basis = basis
        least = torch.tensor([least_binned(epsilon, basis)], dtype=torch.float64)
        self.first = max(0, int(_numbers(least * (1 - _SLACK))[0]) >> (_PART_BITS + _PLACE_BITS))
        n_bins = LAST_BIN + 1 - self.first
        shapes = (2, basis.n_directions, n_bins), (2, n_bins * PARTS_PER_BIN)
        self.counts = counts or ColumnCounts(
            *(torch.zeros(shape, dtype=torch.int64, device=device) for shape in shapes)
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
        counts, parts = self.counts
        n, n_bins = len(directions), counts.shape[2]
        number = _numbers(value).sub_(self.first << (_PART_BITS + _PLACE_BITS))
        # Rounding makes the length of a unit row a little more than 1.
        number.clamp_(max=(n_bins << (_PART_BITS + _PLACE_BITS)) - 1)
        part = number >> _PLACE_BITS
        place = number.bitwise_and_(PLACES_PER_PART - 1)
        parts[0] += torch.bincount(part, minlength=parts.shape[1])
        parts[1] += torch.bincount(part, place.double(), minlength=parts.shape[1]).long()
        own = part >> _PART_BITS
        cells = own.add_(row, alpha=n_bins).add_(value < 0, alpha=n * n_bins)
        found = torch.bincount(cells, minlength=2 * n * n_bins).view(2, n, n_bins)
        counts[:, directions.start : directions.stop] += found

    def histograms(self, n_samples: int) -> ColumnHistograms:
        """Return the histograms of the `n_samples` counted."""
        counts, parts = (each.cpu().numpy() for each in self.counts)
        return ColumnHistograms(self._basis, n_samples, self.first, counts, parts)


def _numbers(values: Float[Tensor, " some"]) -> Int64[Tensor, " some"]:
    """Return bin, part and place of magnitudes as one number: their bits as of float32."""
    dtype = values.dtype
    surplus = _EXPONENT_AT[dtype] - _EXPONENT_AT[torch.float32]
    bits = values.abs().view(_BITS[dtype]).long().bitwise_right_shift_(surplus)
    return bits.sub_((_EXPONENT_BIAS[dtype] + LOWEST_OCTAVE) << _EXPONENT_AT[torch.float32])

"""Fourth moments of all samples of a store as whole numbers, which add up exactly."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.samples.fourth_moments import FourthMoments
from srm_widget.samples.store import SampleStore

_UNIT = 1 << 30
"""A sample's moments are rounded, once, to whole numbers of 1 / _UNIT: sums of them are exact."""

_SAMPLES_AT_ONCE = 1 << 14
"""Samples of a step: a row of their coordinates stays in a processor's cache."""


class MomentSums(NamedTuple):
    """Sums over samples, in units of 2⁻³⁰: of Σ p_i⁴ and of (Σ p_i²)², p_i = x̂ · b̂_i."""

    fourth: int = 0
    squared: int = 0

    def plus(self, other: "MomentSums") -> "MomentSums":
        """Return the sums over the samples of both."""
        return MomentSums(self.fourth + other.fourth, self.squared + other.squared)

    def moments(self, n_directions: int) -> FourthMoments:
        """Return the moments, of M directions, as float64."""
        exact = (torch.tensor(each / _UNIT, dtype=torch.float64) for each in self)
        return FourthMoments(n_directions, *exact)


@dataclass
class MomentCounter:
    """Moments of the first `n_samples` of a store, extended as samples are appended.

    Attributes
    ----------
    n_samples
        Samples counted.
    sums
        Of these.
    """

    n_samples: int = 0
    sums: MomentSums = field(default_factory=MomentSums)

    def extend(self, store: SampleStore, basis: Basis) -> Iterator[float]:
        """Add the samples that came since, in short steps, in an orthonormal basis.

        Yields the share done. What a run does not reach is not kept.
        """
        since, sums = self.n_samples, self.sums
        n = len(store)
        for done, projected in _projections(store, basis, since):
            fourth, squared = _sample_moments(projected, spans=basis.n_directions == basis.n_dims)
            sums = sums.plus(MomentSums(int(fourth.sum()), int(squared.sum())))
            yield done / max(1, n - since)
        if self.n_samples == since:  # else another run has added them meanwhile
            self.n_samples, self.sums = n, sums


def _projections(
    store: SampleStore, basis: Basis, since: int
) -> Iterator[tuple[int, Float[Tensor, "directions samples"]]]:
    """Yield how many samples are done, and the projections of some."""
    directions = None
    if not basis.is_standard:
        directions = basis.directions.to(device=store.device, dtype=store.dtype)
    done = 0
    for _, block in store.blocks(since):
        for columns in torch.split(block, _SAMPLES_AT_ONCE, dim=1):
            done += columns.shape[1]
            yield done, columns if directions is None else directions @ columns


def _sample_moments(
    projected: Float[Tensor, "directions samples"], *, spans: bool
) -> tuple[Int64[Tensor, " samples"], Int64[Tensor, " samples"]]:
    """Return Σ p_i⁴ and (Σ p_i²)² of each sample, in units of 1 / `_UNIT`; 0 for rows of zeros."""
    length = torch.zeros(projected.shape[1], dtype=torch.float64, device=projected.device)
    fourth = torch.zeros_like(length)
    # Direction by direction: what is summed in one order comes out the same, however many samples.
    for values in projected:
        square = values.double().square()  # not in place: they may be the store's own
        length.add_(square)
        fourth.addcmul_(square, square)
    # Rows are unit rows only up to rounding: what a basis of the whole space sees of them is 1.
    total = length.square()
    scale = torch.where(total > 0, total, 1.0) if spans else 1.0
    return (fourth / scale * _UNIT).round().long(), (total / scale * _UNIT).round().long()

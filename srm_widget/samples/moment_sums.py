"""Fourth moments of all samples of a store as whole numbers, which add up exactly."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64, Int32, Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.samples.fourth_moments import FourthMoments
from srm_widget.samples.store import SampleStore

_UNIT = 1 << 30
"""A sample's moments are rounded, once, to whole numbers of 1 / _UNIT: sums of them are exact."""

_SAMPLES_AT_ONCE = 1 << 14
"""Samples of a step: a row of their coordinates stays in a processor's cache."""


def fourth_power_sums(projected: Float[Tensor, "some samples"]) -> Int64[Tensor, " some"]:
    """Sum p_i⁴ over samples, for each direction, in units of 2⁻³⁰; each is rounded once."""
    # Whole numbers below 2⁵³: their sum as float64 is exact in any order.
    return projected.double().square().square_().mul_(_UNIT).round_().sum(dim=1).long()


def kurtosis_of(sums: Int64[Tensor, " some"], n: int, n_dims: int) -> Float64[Tensor, " some"]:
    """Return κ_i = ⟨p_i⁴⟩ D (D + 2) / 3 from sums of p_i⁴ over n samples; NaN if there are none."""
    return sums.double() / _UNIT / n * (n_dims * (n_dims + 2) / 3)


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
        run, n_new = MomentRun(self, store, basis), len(store) - self.n_samples
        for done, projected in _projections(store, basis, self.n_samples):
            run.add(0, done, projected)
            yield done / max(1, n_new)
        run.finish()


class MomentRun:
    """One run over the samples that a counter has not counted yet.

    Parameters
    ----------
    counter
        Given the sums at the end, if all samples were read.
    store, basis
        Samples and directions.
    """

    def __init__(self, counter: MomentCounter, store: SampleStore, basis: Basis) -> None:
        self._counter, self._store = counter, store
        self._n_directions, self._spans = basis.n_directions, basis.n_directions == basis.n_dims
        self._since, self._sums = counter.n_samples, counter.sums
        self._n_read = self._rows_read = 0
        self._key: int | None = None
        self._length = self._fourth = torch.empty(0)

    def add(self, _first: int, key: int, projected: Float[Tensor, "some samples"]) -> None:
        """Read projections of some samples on the next directions; `key` tells which samples."""
        if key != self._key:
            self._key, self._rows_read = key, 0
            n, device = projected.shape[1], projected.device
            self._length = torch.zeros(n, dtype=torch.float64, device=device)
            self._fourth = torch.zeros(n, dtype=torch.float64, device=device)
        _add_powers(self._length, self._fourth, projected)
        self._rows_read += len(projected)
        if self._rows_read == self._n_directions:
            self._sums = self._sums.plus(_rounded(self._length, self._fourth, spans=self._spans))
            self._n_read += projected.shape[1]

    def finish(self) -> None:
        """Hand the sums to the counter, unless samples are missing or another run was quicker."""
        n = len(self._store)
        if self._since + self._n_read == n and self._counter.n_samples == self._since:
            self._counter.n_samples, self._counter.sums = n, self._sums


class GroupMoments(NamedTuple):
    """Sums over the samples of each group, in units of 2⁻³⁰, as `MomentSums`; (G,) each."""

    fourth: Int64[np.ndarray, " groups"]
    squared: Int64[np.ndarray, " groups"]

    def alignment_terms(
        self, n_directions: int
    ) -> tuple[Float64[np.ndarray, " groups"], Float64[np.ndarray, " groups"]]:
        """Return the sums of r⁴ cos 4ψ and of r⁴ over planes and samples of each group, (G,) each.

        A₄ is the sum of the former over that of the latter: see `FourthMoments.alignment`.
        """
        fourth, squared, m = self.fourth / _UNIT, self.squared / _UNIT, n_directions
        return (m + 2) * fourth - 3 * squared, (m - 2) * fourth + squared


def group_moment_steps(
    store: SampleStore, basis: Basis, codes: Int32[np.ndarray, " samples"], n_groups: int
) -> Generator[float, None, GroupMoments]:
    """Sum the fourth moments group by group in an orthonormal basis; yields the share done."""
    moments = GroupMoments(*np.zeros((2, n_groups), dtype=np.int64))
    spans, before = basis.n_directions == basis.n_dims, 0
    for done, projected in _projections(store, basis, 0):
        length, fourth = projected.new_zeros((2, projected.shape[1]), dtype=torch.float64)
        _add_powers(length, fourth, projected)
        whole = _whole(length, fourth, spans=spans)
        for total, values in zip(moments, whole, strict=True):
            np.add.at(total, codes[before:done], values.cpu().numpy())
        before = done
        yield done / len(codes)
    return moments


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


def _add_powers(
    length: Float64[Tensor, " samples"],
    fourth: Float64[Tensor, " samples"],
    projected: Float[Tensor, "some samples"],
) -> None:
    """Add the squares of projections on some directions to `length`, fourth powers to `fourth`."""
    # Direction by direction: what is summed in one order comes out the same, however many
    # samples. Not in place: projections may be the store's own columns.
    for values in projected:
        square = values.double().square()
        length.add_(square)
        fourth.addcmul_(square, square)


def _rounded(
    length: Float64[Tensor, " samples"], fourth: Float64[Tensor, " samples"], *, spans: bool
) -> MomentSums:
    """Return the sums over samples of Σ p_i⁴ and (Σ p_i²)², each rounded; rows of zeros add 0."""
    return MomentSums(*(int(each.sum()) for each in _whole(length, fourth, spans=spans)))


def _whole(
    length: Float64[Tensor, " samples"], fourth: Float64[Tensor, " samples"], *, spans: bool
) -> Iterator[Int64[Tensor, " samples"]]:
    """Yield Σ p_i⁴ and (Σ p_i²)² of each sample, rounded; rows of zeros have 0."""
    # Rows are unit rows only up to rounding: what a basis of the whole space sees of them is 1.
    total = length.square()
    scale = torch.where(total > 0, total, 1.0) if spans else 1.0
    for each in (fourth, total):
        yield (each / scale * _UNIT).round().long()

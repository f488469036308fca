"""Sums over all planes of a survey, and the scores of each lit plane."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from srm_widget.results.count_histogram import CountHistogram
from srm_widget.results.survey import LitPlanes
from srm_widget.survey.sparse_counts import SparseCounts

_DENSE = 8
"""Keys are counted where they are at least one in so many of all there could be, else sorted."""

_MOST_APART = 16
"""Histograms of chunks that are kept apart."""


class EnsembleSums(NamedTuple):
    """Sums over planes of their counts, and the scores of each lit one.

    Attributes
    ----------
    total, squares
        Sums of the counts, and of their squares, at each angle in rising order, as Python's
        integers.
    histogram
        How many planes have which count at each angle.
    lit
        Columns of `srm_widget.results.survey.LitPlanes`.
    """

    total: np.ndarray
    squares: np.ndarray
    histogram: CountHistogram
    lit: tuple[Int64[np.ndarray, " lit"], ...]

    @staticmethod
    def join(parts: "Sequence[EnsembleSums]") -> "EnsembleSums":
        """Return the sums over the planes of all parts, no two of which share a plane."""
        totals, squares, histograms, lit = zip(*parts, strict=True)
        columns = tuple(np.concatenate(part) for part in zip(*lit, strict=True))
        return EnsembleSums(
            reduce(add, totals),
            reduce(add, squares),
            CountHistogram.total(histograms),
            _sort_by_position(columns),
        )


def _sort_by_position(columns: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    if (np.diff(columns[0]) > 0).all():
        return columns
    order = np.argsort(columns[0])
    return tuple(part[order] for part in columns)


class ScoreAccumulator:
    """Accumulates counts of planes: sums at each angle, and each lit plane's peak and alignment.

    Parameters
    ----------
    n_angles
        K.
    """

    def __init__(self, n_angles: int) -> None:
        self._n_angles = n_angles
        # Python's integers: squares of counts of millions of planes pass 64 bits.
        self._sum = np.zeros(n_angles, dtype=object)
        self._squares = np.zeros(n_angles, dtype=object)
        self._histograms: list[CountHistogram] = []
        self._lit: list[tuple[np.ndarray, ...]] = []

    def add(self, sparse: SparseCounts) -> None:
        """Add planes, each of them once, with all of its cells."""
        for chunk in sparse.chunks(self._n_angles):
            self._add(chunk)

    def ensemble(self) -> "EnsembleSums":
        """Return the sums and scores of all planes added."""
        total, squares = np.cumsum(self._sum), np.cumsum(self._squares)
        nothing = np.empty(0, dtype=np.int64)
        if not self._lit:
            none = CountHistogram(self._n_angles, nothing, nothing)
            return EnsembleSums(total, squares, none, (nothing,) * len(LitPlanes._fields))
        columns = tuple(np.concatenate(part) for part in zip(*self._lit, strict=True))
        histogram = CountHistogram.total(self._histograms)
        return EnsembleSums(total, squares, histogram, _sort_by_position(columns))

    def _add(self, sparse: SparseCounts) -> None:
        n, width = self._n_angles, self._n_angles + 1
        origin = sparse.planes[0]
        cell = sparse.cell - origin * width
        # From the middle of a cell, so that rounding leads to no other plane.
        row = cell.double().add_(0.5).mul_(1 / width).long()
        angle = cell.sub_(row * width)
        through = _planes_through_zero(sparse, angle, n)
        change = sparse.change.clone()
        change[through.first] += through.n_arcs[through.has_cells]
        change[through.last] -= through.n_arcs[through.has_cells]
        counts = change.cumsum(0)  # all planes end at 0
        self._sum += self._sum_by_angle(angle, sparse.change)
        self._squares += self._sum_by_angle(angle, (2 * counts).sub_(change).mul_(change))
        self._add_through_zero(through, angle)
        self._histograms.append(self._histogram(counts, change, angle, through))
        self._merge_histograms()
        # The highest count, and of several angles the first.
        at_peak = counts.mul_(width).sub_(angle).add_(n)
        at_peak.masked_fill_(angle == n, 0)
        own = sparse.planes - origin
        peaks = torch.full((int(own[-1]) + 1,), n, dtype=torch.int64, device=own.device)
        peaks.scatter_reduce_(0, row, at_peak, "amax")
        at_zero = through.n_arcs * width + n - through.angle
        at_zero.masked_fill_(through.angle == n, 0)
        peaks.scatter_reduce_(0, own[through.plane], at_zero, "amax")
        peaks = peaks[own]
        count = torch.div(peaks, width, rounding_mode="floor")
        peak_angle = n - (peaks - count * width)
        sums = sparse.n_lit, sparse.n_between, sparse.fourfold
        lit = sparse.planes, *sums, count, peak_angle
        self._lit.append(tuple(part.cpu().numpy() for part in lit))

    def _add_through_zero(self, through: "_PlanesThroughZero", angle: Tensor) -> None:
        """Add the counts that planes begin and end with."""
        squared = through.n_arcs * through.n_arcs
        self._sum[0] += int(through.n_arcs.sum())
        self._squares[0] += int(squared.sum())
        # `_add` lets the count begin and end with 0.
        with_cells = squared[through.has_cells]
        self._squares -= self._sum_by_angle(angle[through.first], with_cells)
        self._squares += self._sum_by_angle(angle[through.last], with_cells)

    def _histogram(
        self, counts: Tensor, change: Tensor, angle: Tensor, through: "_PlanesThroughZero"
    ) -> CountHistogram:
        """Return how many planes have which count at each angle, of the counts from each cell on.

        What is added for the planes of `through` is as in `_add_through_zero`.
        """
        width = self._n_angles + 1
        own = through.n_arcs * width
        of_cells = own[through.has_cells]
        rises = torch.cat([counts * width + angle, own, of_cells + angle[through.last]])
        falls = torch.cat([(counts - change) * width + angle, of_cells + angle[through.first]])
        # Of a cell that comes several times, counts on the way may be below 0: twice, and cancel.
        found = _differences(rises.clamp_(min=0), falls.clamp_(min=0))
        key, changes = (part.cpu().numpy() for part in found)
        # Neither the count 0 nor the closing cell says anything.
        kept = (key >= width) & (key % width < self._n_angles)
        return CountHistogram(self._n_angles, key[kept], changes[kept])

    def _merge_histograms(self) -> None:
        """Add up the histograms of the chunks as soon as they are as large as the sum of others."""
        first, *others = self._histograms
        if len(others) >= _MOST_APART or sum(len(each.key) for each in others) > len(first.key):
            self._histograms = [CountHistogram.total(self._histograms)]

    def _sum_by_angle(self, angle: Tensor, values: Tensor) -> np.ndarray:
        total = torch.zeros(self._n_angles + 1, dtype=torch.int64, device=angle.device)
        total.index_add_(0, angle, values)
        return total[:-1].cpu().numpy().astype(object)


def _differences(rises: Tensor, falls: Tensor) -> tuple[Tensor, Tensor]:
    """Return the keys that do not come as often in both, rising, and how much more in `rises`."""
    if len(rises) + len(falls) == 0:
        return rises, falls
    n_cells = 1 + int(torch.cat([rises, falls]).max())
    if n_cells <= _DENSE * (len(rises) + len(falls)):
        change = torch.bincount(rises, minlength=n_cells)
        change -= torch.bincount(falls, minlength=n_cells)
        key = change.nonzero().squeeze(1)
        return key, change[key]
    keys = torch.cat([2 * rises + 1, 2 * falls]).sort().values
    signs = (keys & 1).mul_(2).sub_(1)
    key, sizes = torch.unique_consecutive(keys.bitwise_right_shift_(1), return_counts=True)
    sums = signs.cumsum(0)[sizes.cumsum(0) - 1]
    return key, sums.diff(prepend=sums.new_zeros(1))


class _PlanesThroughZero(NamedTuple):
    """Planes with arcs through the angle 0.

    Attributes
    ----------
    plane, n_arcs
        Their places among the lit planes, and how many arcs run through 0.
    has_cells
        Which of them have cells: the others have the same count at every angle.
    first, last
        The first and the last cell of those.
    angle
        Place of the first angle that has the count of the angle 0 itself, or K if none has.
    """

    plane: Int64[Tensor, " through"]
    n_arcs: Int64[Tensor, " through"]
    has_cells: Bool[Tensor, " through"]
    first: Int64[Tensor, " with_cells"]
    last: Int64[Tensor, " with_cells"]
    angle: Int64[Tensor, " through"]


def _planes_through_zero(sparse: SparseCounts, angle: Tensor, n_angles: int) -> _PlanesThroughZero:
    plane = sparse.through.nonzero().squeeze(1)
    start = sparse.planes[plane] * (n_angles + 1)
    low = torch.searchsorted(sparse.cell, start)
    high = torch.searchsorted(sparse.cell, start + n_angles + 1)
    has_cells = low < high
    first, last = low[has_cells], high[has_cells] - 1
    same_as_zero = torch.zeros_like(plane)
    same_as_zero[has_cells] = torch.where(angle[first] > 0, 0, angle[last])
    return _PlanesThroughZero(plane, sparse.through[plane], has_cells, first, last, same_as_zero)

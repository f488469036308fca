"""What a survey keeps of the planes: sums over all of them, and scores of each lit one."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from srm_widget.survey.sparse_counts import SparseCounts


class EnsembleSums(NamedTuple):
    """Sums over planes, and what is known of each lit one.

    Attributes
    ----------
    total, squares
        Sums of the counts, and of their squares, at each angle in rising order, as Python's
        integers.
    lit
        Columns of `srm_widget.results.survey.LitPlanes`.
    """

    total: np.ndarray
    squares: np.ndarray
    lit: tuple[Int64[np.ndarray, " lit"], ...]

    @staticmethod
    def together(parts: "Sequence[EnsembleSums]") -> "EnsembleSums":
        """Of several parts, no two of which have a plane in common."""
        totals, squares, lit = zip(*parts, strict=True)
        columns = tuple(np.concatenate(part) for part in zip(*lit, strict=True))
        return EnsembleSums(reduce(add, totals), reduce(add, squares), _by_position(columns))


def _by_position(columns: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    if (np.diff(columns[0]) > 0).all():
        return columns
    order = np.argsort(columns[0])
    return tuple(part[order] for part in columns)


class ScoreAccumulator:
    """Sums over planes at each angle, and every lit plane's peak and lit basis directions.

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
        self._lit: list[tuple[np.ndarray, ...]] = []

    def add(self, cells: SparseCounts) -> None:
        """Take planes into account, each of them once, with all of its cells."""
        for chunk in cells.chunks(self._n_angles):
            self._add(chunk)

    def ensemble(self) -> "EnsembleSums":
        """What became of all planes taken into account."""
        total, squares = np.cumsum(self._sum), np.cumsum(self._squares)
        if not self._lit:
            nothing = np.empty(0, dtype=np.int64)
            return EnsembleSums(total, squares, (nothing,) * 5)
        columns = tuple(np.concatenate(part) for part in zip(*self._lit, strict=True))
        return EnsembleSums(total, squares, _by_position(columns))

    def _add(self, cells: SparseCounts) -> None:
        n, width = self._n_angles, self._n_angles + 1
        origin = cells.planes[0]
        cell = cells.cell - origin * width
        # From the middle of a cell, so that rounding leads to no other plane.
        place = cell.double().add_(0.5).mul_(1 / width).long()
        angle = cell.sub_(place * width)
        passing = _passing(cells, angle, n)
        change = cells.change.clone()
        change[passing.first] += passing.times[passing.moves]
        change[passing.last] -= passing.times[passing.moves]
        counts = change.cumsum(0)  # all planes end at 0
        self._sum += self._by_angle(angle, cells.change)
        self._squares += self._by_angle(angle, (2 * counts).sub_(change).mul_(change))
        self._begin(passing, angle)
        # The highest count, and of several angles the first.
        at_peak = counts.mul_(width).sub_(angle).add_(n)
        at_peak.masked_fill_(angle == n, 0)
        own = cells.planes - origin
        peaks = torch.full((int(own[-1]) + 1,), n, dtype=torch.int64, device=own.device)
        peaks.scatter_reduce_(0, place, at_peak, "amax")
        still = passing.times * width + n - passing.angle
        still.masked_fill_(passing.angle == n, 0)
        peaks.scatter_reduce_(0, own[passing.plane], still, "amax")
        peaks = peaks[own]
        count = torch.div(peaks, width, rounding_mode="floor")
        where = n - (peaks - count * width)
        lit = cells.planes, cells.axes, cells.between, count, where
        self._lit.append(tuple(part.cpu().numpy() for part in lit))

    def _begin(self, passing: "_Passing", angle: Tensor) -> None:
        """Count what planes begin and end with."""
        squared = passing.times * passing.times
        self._sum[0] += int(passing.times.sum())
        self._squares[0] += int(squared.sum())
        # `_add` lets the count begin and end with 0.
        moved = squared[passing.moves]
        self._squares -= self._by_angle(angle[passing.first], moved)
        self._squares += self._by_angle(angle[passing.last], moved)

    def _by_angle(self, angle: Tensor, values: Tensor) -> np.ndarray:
        total = torch.zeros(self._n_angles + 1, dtype=torch.int64, device=angle.device)
        total.index_add_(0, angle, values)
        return total[:-1].cpu().numpy().astype(object)


class _Passing(NamedTuple):
    """Planes with arcs through the angle 0.

    Attributes
    ----------
    plane, times
        Their places among the lit planes, and how many arcs.
    moves
        Which of them have cells: the others have the same count at every angle.
    first, last
        The first and the last cell of those.
    angle
        Place of the first angle that has the count of the angle 0 itself, or K if none has.
    """

    plane: Int64[Tensor, " passing"]
    times: Int64[Tensor, " passing"]
    moves: Tensor
    first: Int64[Tensor, " moving"]
    last: Int64[Tensor, " moving"]
    angle: Int64[Tensor, " passing"]


def _passing(cells: SparseCounts, angle: Tensor, n_angles: int) -> _Passing:
    plane = cells.through.nonzero().squeeze(1)
    start = cells.planes[plane] * (n_angles + 1)
    low = torch.searchsorted(cells.cell, start)
    high = torch.searchsorted(cells.cell, start + n_angles + 1)
    moves = low < high
    first, last = low[moves], high[moves] - 1
    unmoved = torch.zeros_like(plane)
    unmoved[moves] = torch.where(angle[first] > 0, 0, angle[last])
    return _Passing(plane, cells.through[plane], moves, first, last, unmoved)

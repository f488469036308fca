"""Lit arcs in many planes at once, and counting them."""

import math
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int32, Int64
from torch import Tensor

from srm_widget.geometry.angular_grid import TURN, AngularGrid
from srm_widget.geometry.arcs import lit_arcs
from srm_widget.survey.candidate_pairs import CandidatePairs

_PLANES_AT_ONCE = 4096
"""Planes whose counts are written at once."""

_SPARSE = 4
"""Where arcs are fewer than a fourth of the cells their ends are sorted, else all cells filled."""


_BETWEEN_SHIFT = 32
_BETWEEN_UNIT = 1 << _BETWEEN_SHIFT
"""Unit of the samples between directions in a number that also holds all lit ones."""


class PlaneArcs:
    """Lit arcs at one ε, in many planes.

    Parameters
    ----------
    planes
        Position of each arc's plane.
    start, stop, fourfold
        Ends of each arc, and cos 4φ of its sample, as in `srm_widget.geometry.arcs.Arcs`.
    alpha
        α of the planes; one number if it is the same in all.
    """

    def __init__(
        self,
        planes: Int64[Tensor, " lit"],
        start: Float64[Tensor, " lit"],
        stop: Float64[Tensor, " lit"],
        fourfold: Int32[Tensor, " lit"],
        alpha: float | Float64[Tensor, " lit"],
    ) -> None:
        self.planes, self.start, self.stop = planes, start, stop
        self.fourfold, self.alpha = fourfold, alpha

    @staticmethod
    def from_candidates(candidates: CandidatePairs, epsilon: float) -> "PlaneArcs":
        """Return the arcs of those candidates that are lit."""
        alpha = math.pi / 2 if candidates.alpha is None else candidates.alpha
        arcs = lit_arcs(candidates.a, candidates.c, epsilon, alpha)
        planes = candidates.planes[arcs.samples]
        own = alpha if isinstance(alpha, float) else alpha[arcs.samples]
        return PlaneArcs(planes, arcs.start, arcs.stop, arcs.fourfold, own)

    @staticmethod
    def in_plane(
        position: int,
        a: Float[Tensor, " samples"],
        c: Float[Tensor, " samples"],
        alpha: float,
        epsilon: float,
    ) -> "PlaneArcs":
        """Return the arcs of samples at the coordinates (a, c) of the plane at `position`."""
        start, stop, samples, fourfold = lit_arcs(a, c, epsilon, alpha)
        return PlaneArcs(torch.full_like(samples, position), start, stop, fourfold, alpha)

    def mirrored(self, offset: int) -> "PlaneArcs":
        """Return the arcs in the planes (j, i): α - θ for θ, `offset` added to the positions."""
        full_circle = self.stop - self.start >= TURN
        start = _wrap(self.alpha - self.stop).masked_fill_(full_circle, 0.0)
        stop = _wrap(self.alpha - self.start).masked_fill_(full_circle, TURN)
        return PlaneArcs(self.planes + offset, start, stop, self.fourfold, self.alpha)

    def covered_probes(self) -> "Iterator[Bool[Tensor, ' lit']]":
        """Yield for each of a plane's eight probes whether each arc covers it.

        These are the basis directions 0, α, π and π + α, then the four bisectors between them.
        """
        alpha, in_order = self.alpha, self.start <= self.stop
        axes = 0.0, alpha, math.pi, math.pi + alpha
        doubled = alpha, math.pi + alpha, TURN + alpha, 3 * math.pi + alpha
        for angle in (*axes, *(angle / 2 for angle in doubled)):
            # Of an arc through 0 an angle is past one end or before the other, never both.
            yield (self.start <= angle) ^ (self.stop >= angle) ^ in_order


class ArcCounter:
    """Counter of arcs in a block of planes, at the angles of a grid.

    Parameters
    ----------
    planes
        Positions of the planes.
    grid
        Angles to count at.
    device
        Where to count.

    Attributes
    ----------
    through
        Arcs of each plane that run through the angle 0: the count before the first angle, and
        after the last.

    Notes
    -----
    A plane has K + 1 cells, in the order of rising angles, which hold how much the count changes
    from the angle before.
    """

    def __init__(self, planes: range, grid: AngularGrid, device: torch.device) -> None:
        self._planes, self._grid, self._device = planes, grid, device
        self._width = len(grid) + 1
        self._n_cells = len(planes) * self._width
        self.through = torch.zeros(len(planes), dtype=torch.int64, device=device)
        self._rises: list[Tensor] = []
        self._falls: list[Tensor] = []
        self._n_pending = 0
        self._dense: Tensor | None = None

    def add(self, arcs: PlaneArcs) -> None:
        """Count more arcs."""
        first, after = self._grid.bins(arcs.start, arcs.stop)
        row = arcs.planes - self._planes.start
        add_at(self.through, row[arcs.start > arcs.stop])
        origin = row.mul_(self._width)
        self._rises.append(first.add_(origin))
        self._falls.append(after.add_(origin))
        self._n_pending += len(origin)
        if self._n_pending > self._n_cells:
            self._fill_cells()

    def changes(self) -> tuple[Int64[Tensor, " cells"], Int64[Tensor, " cells"]]:
        """Return the cells where counts change, rising, numbered over all planes, and the changes.

        A cell may come several times, first where the count falls.
        """
        offset = self._planes.start * self._width
        if self._is_dense:
            changes = self._fill_cells()
            index = changes.nonzero().squeeze(1)
            return index + offset, changes[index]
        index, change = self._sorted_changes
        return index + offset, change

    @cached_property
    def _sorted_changes(self) -> tuple[Int64[Tensor, " cells"], Int64[Tensor, " cells"]]:
        """Cells of the block where the count changes, sorted, and the changes.

        Read only once all arcs are added.
        """
        # Twice the cell, and 1 more where an arc begins.
        ends = [part * 2 + 1 for part in self._rises] + [part * 2 for part in self._falls]
        if not ends:
            nothing = torch.empty(0, dtype=torch.int64, device=self._device)
            return nothing, nothing
        codes = _sort(torch.cat(ends))
        change = (codes & 1).mul_(2).sub_(1)
        return codes.bitwise_right_shift_(1), change

    def write(self, out: Int64[np.ndarray, "all angles"]) -> None:
        """Write the counts of the planes into their rows of `out`."""
        for low in range(0, len(self._planes), _PLANES_AT_ONCE):
            rows = slice(low, min(low + _PLANES_AT_ONCE, len(self._planes)))
            changes = self._plane_changes(rows)
            counts = changes[:, :-1].cumsum(1).add_(self.through[rows, None])
            first = self._planes.start + low
            out[first : first + len(counts)] = self._grid.unsorted(counts.cpu().numpy())

    def _plane_changes(self, rows: slice) -> Int64[Tensor, "planes cells"]:
        """Return the changes in all cells of some planes."""
        n = rows.stop - rows.start
        if self._is_dense:
            changes = self._fill_cells()
            return changes[rows.start * self._width : rows.stop * self._width].view(n, self._width)
        index, change = self._sorted_changes
        ends = torch.tensor([rows.start, rows.stop], device=index.device) * self._width
        here = slice(*torch.searchsorted(index, ends).tolist())
        changes = torch.zeros(n * self._width, dtype=torch.int64, device=index.device)
        changes.index_add_(0, index[here] - rows.start * self._width, change[here])
        return changes.view(n, self._width)

    @property
    def _is_dense(self) -> bool:
        """Whether to fill all cells costs less than to sort the ends of arcs."""
        return self._dense is not None or self._n_pending > self._n_cells // _SPARSE

    def _fill_cells(self) -> Int64[Tensor, " cells"]:
        """Return the changes in all cells, those that are 0 too."""
        if self._dense is None:
            self._dense = torch.zeros(self._n_cells, dtype=torch.int64, device=self._device)
        if self._rises:
            self._dense += torch.bincount(torch.cat(self._rises), minlength=self._n_cells)
            self._dense -= torch.bincount(torch.cat(self._falls), minlength=self._n_cells)
        self._rises, self._falls, self._n_pending = [], [], 0
        return self._dense


class FourfoldCounter:
    """Sums of what alignments are made of, of a block of planes.

    Parameters
    ----------
    planes
        Positions of the planes.
    device
        Where to sum.
    """

    def __init__(self, planes: range, device: torch.device) -> None:
        self._first = planes.start
        # Two counts in one number: to add up twice is what takes longest.
        self._counts = torch.zeros(len(planes), dtype=torch.int64, device=device)
        self._sums = torch.zeros_like(self._counts)

    def add(self, planes: Int64[Tensor, " lit"], fourfold: Int32[Tensor, " lit"]) -> None:
        """Add more lit samples: the position of each one's plane, and its cos 4φ."""
        row = planes - self._first
        self._counts.index_add_(0, row, (fourfold < 0).long().mul_(_BETWEEN_UNIT).add_(1))
        self._sums.index_add_(0, row, fourfold.long())

    def columns(
        self,
    ) -> tuple[Int64[Tensor, " planes"], Int64[Tensor, " planes"], Int64[Tensor, " planes"]]:
        """Return of each plane its lit samples, those between two directions, and Σ cos 4φ."""
        between = self._counts.bitwise_right_shift(_BETWEEN_SHIFT)
        return self._counts.bitwise_and(_BETWEEN_UNIT - 1), between, self._sums


def add_at(counts: Int64[Tensor, " all"], positions: Int64[Tensor, " some"], sign: int = 1) -> None:
    """Add 1, or with `sign` -1 take 1 away, at each of `positions`, which may repeat."""
    if len(positions) > len(counts):
        counts.add_(torch.bincount(positions, minlength=len(counts)), alpha=sign)
    else:
        counts.index_add_(0, positions, torch.full_like(positions, sign))


def _wrap(angles: Float64[Tensor, " arcs"]) -> Float64[Tensor, " arcs"]:
    """Wrap into [0, 2π), in place."""
    wrapped = angles.remainder_(TURN)
    return wrapped.masked_fill_(wrapped >= TURN, 0.0)


def _sort(values: Int64[Tensor, " ends"]) -> Int64[Tensor, " ends"]:
    """Sort, in place where possible: on a CPU NumPy is several times as fast as torch."""
    if values.device.type == "cpu":
        values.numpy().sort()
        return values
    return values.sort().values

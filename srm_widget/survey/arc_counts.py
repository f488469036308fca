"""Counting the arcs of many planes at once."""

import math
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry.angular_grid import TURN, AngularGrid
from srm_widget.geometry.arcs import lit_arcs
from srm_widget.survey.search import CandidatePairs

_PLANES_AT_ONCE = 4096

_SPARSE = 4
"""Fewer arcs than a fourth of the cells are sorted, more are laid out."""


class PlaneArcs:
    """Arcs that one ε lights, in many planes.

    Parameters
    ----------
    planes
        Position of each arc's plane.
    start, stop
        Ends, as in `srm_widget.geometry.arcs.Arcs`.
    alpha
        α of the planes; one number if it is the same in all.
    """

    def __init__(
        self,
        planes: Int64[Tensor, " lit"],
        start: Float64[Tensor, " lit"],
        stop: Float64[Tensor, " lit"],
        alpha: float | Float64[Tensor, " lit"],
    ) -> None:
        self.planes, self.start, self.stop, self.alpha = planes, start, stop, alpha

    @staticmethod
    def from_candidates(candidates: CandidatePairs, epsilon: float) -> "PlaneArcs":
        """Arcs of those candidates that are lit."""
        arcs = lit_arcs(candidates.a, candidates.c, epsilon)
        alpha = math.pi / 2 if candidates.alpha is None else candidates.alpha[arcs.samples]
        return PlaneArcs(candidates.planes[arcs.samples], arcs.start, arcs.stop, alpha)

    @staticmethod
    def in_plane(
        at: int,
        a: Float[Tensor, " samples"],
        c: Float[Tensor, " samples"],
        alpha: float,
        epsilon: float,
    ) -> "PlaneArcs":
        """Arcs of samples at the coordinates (a, c) of one plane, at position `at`."""
        arcs = lit_arcs(a, c, epsilon)
        return PlaneArcs(torch.full_like(arcs.samples, at), arcs.start, arcs.stop, alpha)

    def mirrored(self, offset: int) -> "PlaneArcs":
        """The planes (j, i), α - θ for θ, with `offset` added to their positions."""
        whole = self.stop - self.start >= TURN
        start = _wrapped(self.alpha - self.stop).masked_fill_(whole, 0.0)
        stop = _wrapped(self.alpha - self.start).masked_fill_(whole, TURN)
        return PlaneArcs(self.planes + offset, start, stop, self.alpha)

    def covered_probes(self) -> "Iterator[Bool[Tensor, ' lit']]":
        """Whether each arc covers its plane's basis directions 0, α, π and π + α, and bisectors."""
        alpha, plain = self.alpha, self.start <= self.stop
        axes = 0.0, alpha, math.pi, math.pi + alpha
        twice = alpha, math.pi + alpha, TURN + alpha, 3 * math.pi + alpha
        for angle in (*axes, *(angle / 2 for angle in twice)):
            # Of an arc through 0 an angle is past one end or before the other, never both.
            yield (self.start <= angle) ^ (self.stop >= angle) ^ plain

    def probes(self) -> tuple[Int64[Tensor, " lit"], Int64[Tensor, " lit"]]:
        """How many basis directions of its plane each arc covers, and how many bisectors."""
        times = torch.zeros((2, len(self.planes)), dtype=torch.uint8, device=self.planes.device)
        for k, covered in enumerate(self.covered_probes()):
            times[k // 4] += covered
        return times[0].long(), times[1].long()


class ArcCounter:
    """Counts of arcs in a block of planes.

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
        Arcs of each plane that run through the angle 0: with these the count begins and ends.
    """

    def __init__(self, planes: range, grid: AngularGrid, device: torch.device) -> None:
        self._planes, self._grid, self._device = planes, grid, device
        self._width = len(grid) + 1
        self._n_cells = len(planes) * self._width
        self.through = torch.zeros(len(planes), dtype=torch.int64, device=device)
        self._rises: list[Tensor] = []
        self._falls: list[Tensor] = []
        self._n_waiting = 0
        self._steps: Tensor | None = None

    def add(self, arcs: PlaneArcs) -> None:
        """Count more arcs."""
        first, after = self._grid.bins(arcs.start, arcs.stop)
        place = arcs.planes - self._planes.start
        add_at(self.through, place[arcs.start > arcs.stop])
        origin = place.mul_(self._width)
        self._rises.append(first.add_(origin))
        self._falls.append(after.add_(origin))
        self._n_waiting += len(origin)
        if self._n_waiting > self._n_cells:
            self._lay_out()

    def cells(self) -> tuple[Int64[Tensor, " cells"], Int64[Tensor, " cells"]]:
        """Positions, rising, of the cells of all planes that change the count, and their changes.

        A cell may come several times, first where the count falls.
        """
        offset = self._planes.start * self._width
        if self._crowded:
            steps = self._lay_out()
            index = steps.nonzero().squeeze(1)
            return index + offset, steps[index]
        index, change = self._sparse
        return index + offset, change

    @cached_property
    def _sparse(self) -> tuple[Int64[Tensor, " cells"], Int64[Tensor, " cells"]]:
        """Cells of the block that change, sorted, and their changes; once all arcs are there."""
        # Twice the cell, and 1 more where an arc begins.
        ends = [part * 2 + 1 for part in self._rises] + [part * 2 for part in self._falls]
        if not ends:
            nothing = torch.empty(0, dtype=torch.int64, device=self._device)
            return nothing, nothing
        whole = _sorted(torch.cat(ends))
        change = (whole & 1).mul_(2).sub_(1)
        return whole.bitwise_right_shift_(1), change

    def write(self, out: Int64[np.ndarray, "all angles"]) -> None:
        """Write the counts of the planes into their rows of `out`."""
        for low in range(0, len(self._planes), _PLANES_AT_ONCE):
            rows = slice(low, min(low + _PLANES_AT_ONCE, len(self._planes)))
            changes = self._laid_out(rows)
            counts = changes[:, :-1].cumsum(1).add_(self.through[rows, None])
            first = self._planes.start + low
            out[first : first + len(counts)] = self._grid.unsorted(counts.cpu().numpy())

    def _laid_out(self, rows: slice) -> Int64[Tensor, "planes cells"]:
        """Changes in all cells of some planes."""
        n = rows.stop - rows.start
        if self._crowded:
            steps = self._lay_out()
            return steps[rows.start * self._width : rows.stop * self._width].view(n, self._width)
        index, change = self._sparse
        ends = torch.tensor([rows.start, rows.stop], device=index.device) * self._width
        here = slice(*torch.searchsorted(index, ends).tolist())
        steps = torch.zeros(n * self._width, dtype=torch.int64, device=index.device)
        steps.index_add_(0, index[here] - rows.start * self._width, change[here])
        return steps.view(n, self._width)

    @property
    def _crowded(self) -> bool:
        """Whether to lay out all cells costs less than to sort those that change."""
        return self._steps is not None or self._n_waiting > self._n_cells // _SPARSE

    def _lay_out(self) -> Int64[Tensor, " cells"]:
        """Changes of all cells, also those that are 0."""
        if self._steps is None:
            self._steps = torch.zeros(self._n_cells, dtype=torch.int64, device=self._device)
        if self._rises:
            self._steps += torch.bincount(torch.cat(self._rises), minlength=self._n_cells)
            self._steps -= torch.bincount(torch.cat(self._falls), minlength=self._n_cells)
        self._rises, self._falls, self._n_waiting = [], [], 0
        return self._steps


def add_at(total: Int64[Tensor, " all"], places: Int64[Tensor, " some"], sign: int = 1) -> None:
    """Add 1, or with `sign` -1 take 1 away, at each of `places`, which may repeat."""
    if len(places) > len(total):
        total.add_(torch.bincount(places, minlength=len(total)), alpha=sign)
    else:
        total.index_add_(0, places, torch.full_like(places, sign))


def _wrapped(angles: Float64[Tensor, " arcs"]) -> Float64[Tensor, " arcs"]:
    wrapped = angles.remainder_(TURN)
    return wrapped.masked_fill_(wrapped >= TURN, 0.0)


def _sorted(values: Int64[Tensor, " ends"]) -> Int64[Tensor, " ends"]:
    """Sorted, in place where that is possible: on a CPU NumPy is several times as fast as torch."""
    if values.device.type == "cpu":
        values.numpy().sort()
        return values
    return values.sort().values

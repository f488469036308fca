"""Counting the arcs of many planes at once."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Bool, Float64, Int64
from torch import Tensor

from srm_widget.angles import TURN, AngularGrid
from srm_widget.arcs import lit_arcs
from srm_widget.hits import Hits

_PLANES_AT_ONCE = 4096

_SPARSE = 4
"""While arcs have fewer ends than a fourth of the cells, they are sorted; else laid out."""


class LitArcs:
    """Arcs that one ε lights, in many planes.

    Parameters
    ----------
    planes
        Position of each arc's plane.
    start, stop
        Ends, as in `srm_widget.arcs.Arcs`.
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
    def of(hits: Hits, epsilon: float) -> "LitArcs":
        """Arcs of those hits that are lit."""
        arcs = lit_arcs(hits.a, hits.c, epsilon)
        alpha = math.pi / 2 if hits.alpha is None else hits.alpha[arcs.samples]
        return LitArcs(hits.planes[arcs.samples], arcs.start, arcs.stop, alpha)

    def mirrored(self, offset: int) -> "LitArcs":
        """The planes (j, i), α - θ for θ, with `offset` added to their positions."""
        whole = self.stop - self.start >= TURN
        start = _wrapped(self.alpha - self.stop).masked_fill_(whole, 0.0)
        stop = _wrapped(self.alpha - self.start).masked_fill_(whole, TURN)
        return LitArcs(self.planes + offset, start, stop, self.alpha)

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


class Tally:
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
        self._ends: list[Tensor] = []  # twice the cell, and 1 more where an arc begins
        self._n_ends = 0
        self._steps: Tensor | None = None

    def add(self, arcs: LitArcs) -> None:
        """Count more arcs."""
        first, after = self._grid.bins(arcs.start, arcs.stop)
        place = arcs.planes - self._planes.start
        passing = place[arcs.start > arcs.stop]
        self.through += torch.bincount(passing, minlength=len(self._planes))
        origin = place.mul_(self._width)
        rises, falls = first.add_(origin), after.add_(origin)
        if self._steps is None:
            self._ends += [rises.mul_(2).add_(1), falls.mul_(2)]
            self._n_ends += 2 * len(rises)
            if self._n_ends > self._n_cells // _SPARSE:
                self._lay_out()
            return
        self._steps += self._count(rises, falls)

    def cells(self) -> tuple[Int64[Tensor, " cells"], Int64[Tensor, " cells"]]:
        """Positions, rising, of the cells of all planes that change the count, and their changes.

        A cell may come several times, first where the count falls.
        """
        offset = self._planes.start * self._width
        if self._steps is not None:
            index = self._steps.nonzero().squeeze(1)
            return index + offset, self._steps[index]
        if not self._ends:
            nothing = torch.empty(0, dtype=torch.int64, device=self._device)
            return nothing, nothing
        ends = _sorted(torch.cat(self._ends))
        change = (ends & 1).mul_(2).sub_(1)
        return ends.bitwise_right_shift_(1).add_(offset), change

    def write(self, out: Int64[np.ndarray, "all angles"]) -> None:
        """Write the counts of the planes into their rows of `out`."""
        index, change = self.cells()
        for low in range(self._planes.start, self._planes.stop, _PLANES_AT_ONCE):
            high = min(low + _PLANES_AT_ONCE, self._planes.stop)
            ends = torch.tensor([low, high], device=index.device) * self._width
            here = slice(*torch.searchsorted(index, ends).tolist())
            steps = torch.zeros((high - low, self._width), dtype=torch.int64, device=index.device)
            steps.view(-1).index_add_(0, index[here] - low * self._width, change[here])
            through = self.through[low - self._planes.start : high - self._planes.start]
            counts = steps[:, :-1].cumsum(1).add_(through[:, None])
            out[low:high] = self._grid.unsorted(counts.cpu().numpy())

    def _lay_out(self) -> None:
        self._steps = torch.zeros(self._n_cells, dtype=torch.int64, device=self._device)
        for ends in self._ends:
            cell = ends >> 1
            rises = (ends & 1).bool()
            self._steps += self._count(cell[rises], cell[~rises])
        self._ends = []

    def _count(self, rises: Tensor, falls: Tensor) -> Tensor:
        n = self._n_cells
        return torch.bincount(rises, minlength=n) - torch.bincount(falls, minlength=n)


def _wrapped(angles: Float64[Tensor, " arcs"]) -> Float64[Tensor, " arcs"]:
    wrapped = angles.remainder_(TURN)
    return wrapped.masked_fill_(wrapped >= TURN, 0.0)


def _sorted(values: Int64[Tensor, " ends"]) -> Int64[Tensor, " ends"]:
    """Sorted, in place where that is possible: on a CPU NumPy is several times as fast as torch."""
    if values.device.type == "cpu":
        values.numpy().sort()
        return values
    return values.sort().values

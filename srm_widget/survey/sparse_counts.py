"""Counts of many planes at once, kept as their changes from angle to angle."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

_AT_ONCE = 1 << 18


class SparseCounts(NamedTuple):
    """Where the counts of planes change, and how often their basis directions are lit.

    With K angles in rising order, cell ``plane (K + 1) + k`` holds how much the count at angle k
    differs from that at the angle before, cyclically: a plane's changes add up to 0. Cells that are
    not listed are 0, and so are planes. A cell may come several times, first where the count falls,
    so that running counts never pass the highest of them on the way.

    Attributes
    ----------
    cell, change
        Cells, rising, and their changes.
    planes, through, axes, between
        Planes with lit samples, rising; the counts that they begin and end with; how many times in
        all samples are lit at their four basis directions, and at the four bisectors between them.
    """

    cell: Int64[Tensor, " cells"]
    change: Int64[Tensor, " cells"]
    planes: Int64[Tensor, " lit"]
    through: Int64[Tensor, " lit"]
    axes: Int64[Tensor, " lit"]
    between: Int64[Tensor, " lit"]

    @property
    def nbytes(self) -> int:
        """Bytes of all."""
        return sum(part.nbytes for part in self)

    @staticmethod
    def none(device: torch.device) -> "SparseCounts":
        """No cells, no planes."""
        return SparseCounts(
            *(torch.empty(0, dtype=torch.int64, device=device) for _ in SparseCounts._fields)
        )

    @staticmethod
    def together(parts: "Sequence[SparseCounts]") -> "SparseCounts":
        """Cells of planes of which no two parts share one."""
        whole = SparseCounts(*(torch.cat(columns) for columns in zip(*parts, strict=True)))
        if bool((whole.planes.diff() > 0).all()):
            return whole
        cells, lit = whole.cell.argsort(stable=True), whole.planes.argsort()
        return SparseCounts(
            whole.cell[cells],
            whole.change[cells],
            *(part[lit] for part in whole[2:]),
        )

    def summed(self) -> "SparseCounts":
        """The same, each cell once, and only those whose change is not 0."""
        cell, change = _summed(self)
        kept = change[:, 0] != 0
        return SparseCounts(cell[kept], change[kept, 0], *self[2:])

    @staticmethod
    def added(parts: "Sequence[SparseCounts]") -> "SparseCounts":
        """Cells of the samples of all parts, each cell once and without zeros."""
        cell, change = _added(
            [part.cell for part in parts], [part.change[:, None] for part in parts]
        )
        kept = change[:, 0] != 0
        lit = [torch.stack(part[3:], dim=1) for part in parts]
        planes, sums = _added([part.planes for part in parts], lit)
        return SparseCounts(cell[kept], change[kept, 0], planes, *sums.unbind(1))

    def within(self, planes: range, n_angles: int) -> "SparseCounts":
        """Those of some planes."""
        width = n_angles + 1
        ends = torch.tensor([planes.start, planes.stop], device=self.cell.device)
        cells = slice(*torch.searchsorted(self.cell, ends * width).tolist())
        lit = slice(*torch.searchsorted(self.planes, ends).tolist())
        return SparseCounts(self.cell[cells], self.change[cells], *(part[lit] for part in self[2:]))

    def merged(self, more: "SparseCounts") -> "SparseCounts":
        """Cells of the samples of both; quickest where `more` is the smaller."""
        cell, change = _merged(*_summed(self), *_summed(more))
        own, theirs = (torch.stack(cells[3:], dim=1) for cells in (self, more))
        planes, lit = _merged(self.planes, own, more.planes, theirs)
        return SparseCounts(cell, change[:, 0], planes, *lit.unbind(1))

    def chunks(self, n_angles: int) -> "Iterator[SparseCounts]":
        """The same in parts of whole planes, not too large."""
        width = n_angles + 1
        low = lit = 0
        while low < len(self.cell):
            high = min(low + _AT_ONCE, len(self.cell))
            if high < len(self.cell):
                last = self.cell[high - 1] // width
                high = int(torch.searchsorted(self.cell, (last + 1) * width))
            end = len(self.planes)
            if high < len(self.cell):
                end = int(torch.searchsorted(self.planes, self.cell[high] // width))
            own = (part[lit:end] for part in self[2:])
            yield SparseCounts(self.cell[low:high], self.change[low:high], *own)
            low, lit = high, end
        if lit < len(self.planes):
            yield SparseCounts(self.cell[:0], self.change[:0], *(part[lit:] for part in self[2:]))


def _summed(cells: SparseCounts) -> tuple[Tensor, Tensor]:
    """Cells, each once, and their changes as a column."""
    if len(cells.cell) == 0:
        return cells.cell, cells.change[:, None]
    index, sizes = torch.unique_consecutive(cells.cell, return_counts=True)
    totals = cells.change.cumsum(0)[sizes.cumsum(0) - 1]
    return index, totals.diff(prepend=totals.new_zeros(1))[:, None]


def _added(keys: list[Tensor], values: list[Tensor]) -> tuple[Tensor, Tensor]:
    """All keys, sorted, each once, and the sums of their values."""
    unsorted = torch.cat(keys)
    order = _order(unsorted)
    found = unsorted[order]
    if not len(found):
        return found, torch.cat(values)
    key, sizes = torch.unique_consecutive(found, return_counts=True)
    totals = torch.cat(values)[order].cumsum(0)[sizes.cumsum(0) - 1]
    return key, totals.diff(dim=0, prepend=torch.zeros_like(totals[:1]))


def _order(keys: Tensor) -> Tensor:
    """Order that sorts keys of several sorted parts; NumPy merges these without sorting them."""
    if keys.device.type == "cpu":
        return torch.from_numpy(np.argsort(keys.numpy(), kind="stable"))
    return keys.argsort()


def _merged(keys: Tensor, values: Tensor, more: Tensor, added: Tensor) -> tuple[Tensor, Tensor]:
    """Sorted keys of both, and the sums of their values."""
    if len(more) == 0:
        return keys, values
    place = torch.searchsorted(keys, more)
    known = torch.zeros_like(more, dtype=torch.bool)
    inside = place < len(keys)
    known[inside] = keys[place[inside]] == more[inside]
    values = values.index_add(0, place[known], added[known])
    new, at, added = more[~known], place[~known], added[~known]
    where = at + torch.arange(len(new), device=at.device)
    old = torch.ones(len(keys) + len(new), dtype=torch.bool, device=keys.device)
    old[where] = False
    all_keys = keys.new_empty(len(old))
    all_values = values.new_empty((len(old), values.shape[1]))
    all_keys[old], all_values[old] = keys, values
    all_keys[where], all_values[where] = new, added
    return all_keys, all_values

"""Sparse counts of many planes: the angles where they change, and by how much."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

_AT_ONCE = 1 << 18
"""Cells of a chunk, beside those that complete its last plane."""


class SparseCounts(NamedTuple):
    """Sparse counts of planes: where they change, and how the lit samples stand.

    With K angles in rising order, cell ``plane (K + 1) + k`` holds how much the count at angle k
    differs from that at the angle before, cyclically: a plane's changes add up to 0. Cells that are
    not listed are 0, and so are planes. A cell may come several times, first where the count falls,
    so that running counts never pass the highest of them on the way.

    Attributes
    ----------
    cell, change
        Cells, rising, and their changes.
    planes, through
        Planes with lit samples, rising; the counts that they begin and end with.
    n_lit, n_between, fourfold
        Samples lit in each; those of them that stand between two directions; Σ cos 4φ over the lit
        ones, in units of 1 / `srm_widget.geometry.fourfold.FOURFOLD_UNIT`.
    """

    cell: Int64[Tensor, " cells"]
    change: Int64[Tensor, " cells"]
    planes: Int64[Tensor, " lit"]
    through: Int64[Tensor, " lit"]
    n_lit: Int64[Tensor, " lit"]
    n_between: Int64[Tensor, " lit"]
    fourfold: Int64[Tensor, " lit"]

    @property
    def nbytes(self) -> int:
        """Bytes of all columns."""
        return sum(part.nbytes for part in self)

    @staticmethod
    def empty(device: torch.device) -> "SparseCounts":
        """Return counts of no samples."""
        return SparseCounts(
            *(torch.empty(0, dtype=torch.int64, device=device) for _ in SparseCounts._fields)
        )

    @staticmethod
    def join(parts: "Sequence[SparseCounts]") -> "SparseCounts":
        """Return the counts of all planes of several parts, no two of which share a plane."""
        joined = SparseCounts(*(torch.cat(columns) for columns in zip(*parts, strict=True)))
        if bool((joined.planes.diff() > 0).all()):
            return joined
        cells, lit = joined.cell.argsort(stable=True), joined.planes.argsort()
        return SparseCounts(
            joined.cell[cells],
            joined.change[cells],
            *(part[lit] for part in joined[2:]),
        )

    def coalesce(self) -> "SparseCounts":
        """Return the same counts with each cell once, and only where the change is not 0."""
        cell, change = _sum_cells(self)
        kept = change[:, 0] != 0
        return SparseCounts(cell[kept], change[kept, 0], *self[2:])

    @staticmethod
    def total(parts: "Sequence[SparseCounts]") -> "SparseCounts":
        """Return the counts of the samples of all parts, each cell once and without zeros."""
        cell, change = _sum_by_key(
            [part.cell for part in parts], [part.change[:, None] for part in parts]
        )
        kept = change[:, 0] != 0
        lit = [torch.stack(part[3:], dim=1) for part in parts]
        planes, sums = _sum_by_key([part.planes for part in parts], lit)
        return SparseCounts(cell[kept], change[kept, 0], planes, *sums.unbind(1))

    def within(self, planes: range, n_angles: int) -> "SparseCounts":
        """Return the counts of some planes."""
        width = n_angles + 1
        ends = torch.tensor([planes.start, planes.stop], device=self.cell.device)
        cells = slice(*torch.searchsorted(self.cell, ends * width).tolist())
        lit = slice(*torch.searchsorted(self.planes, ends).tolist())
        return SparseCounts(self.cell[cells], self.change[cells], *(part[lit] for part in self[2:]))

    def merge(self, more: "SparseCounts") -> "SparseCounts":
        """Return the counts of the samples of both; quickest where `more` is the smaller."""
        cell, change = _merge(*_sum_cells(self), *_sum_cells(more))
        own, theirs = (torch.stack(counts[3:], dim=1) for counts in (self, more))
        planes, lit = _merge(self.planes, own, more.planes, theirs)
        return SparseCounts(cell, change[:, 0], planes, *lit.unbind(1))

    def chunks(self, n_angles: int) -> "Iterator[SparseCounts]":
        """Yield the counts in parts of whole planes, not too large."""
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


def _sum_cells(counts: SparseCounts) -> tuple[Tensor, Tensor]:
    """Return the cells, each once, and their changes as a column."""
    if len(counts.cell) == 0:
        return counts.cell, counts.change[:, None]
    index, sizes = torch.unique_consecutive(counts.cell, return_counts=True)
    totals = counts.change.cumsum(0)[sizes.cumsum(0) - 1]
    return index, totals.diff(prepend=totals.new_zeros(1))[:, None]


def _sum_by_key(keys: list[Tensor], values: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Return all keys, sorted, each once, and the sums of their values."""
    unsorted = torch.cat(keys)
    order = _argsort(unsorted)
    found = unsorted[order]
    if not len(found):
        return found, torch.cat(values)
    key, sizes = torch.unique_consecutive(found, return_counts=True)
    totals = torch.cat(values)[order].cumsum(0)[sizes.cumsum(0) - 1]
    return key, totals.diff(dim=0, prepend=torch.zeros_like(totals[:1]))


def _argsort(keys: Tensor) -> Tensor:
    """Return the order that sorts keys of several sorted parts, which NumPy only merges."""
    if keys.device.type == "cpu":
        return torch.from_numpy(np.argsort(keys.numpy(), kind="stable"))
    return keys.argsort()


def _merge(
    keys: Tensor, values: Tensor, new_keys: Tensor, new_values: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the sorted keys of both, and the sums of their values."""
    if len(new_keys) == 0:
        return keys, values
    position = torch.searchsorted(keys, new_keys)
    known = torch.zeros_like(new_keys, dtype=torch.bool)
    inside = position < len(keys)
    known[inside] = keys[position[inside]] == new_keys[inside]
    values = values.index_add(0, position[known], new_values[known])
    new_keys, position, new_values = new_keys[~known], position[~known], new_values[~known]
    inserted = position + torch.arange(len(new_keys), device=position.device)
    is_old = torch.ones(len(keys) + len(new_keys), dtype=torch.bool, device=keys.device)
    is_old[inserted] = False
    all_keys = keys.new_empty(len(is_old))
    all_values = values.new_empty((len(is_old), values.shape[1]))
    all_keys[is_old], all_values[is_old] = keys, values
    all_keys[inserted], all_values[inserted] = new_keys, new_values
    return all_keys, all_values

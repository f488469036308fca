"""Lit arcs of one plane at one ε, and the counts of lit samples made of them."""

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget.geometry.angular_grid import AngularGrid, wrap_angle
from srm_widget.geometry.arcs import ArcBlock, Arcs, lit_arcs
from srm_widget.geometry.basis import Plane
from srm_widget.geometry.fourfold import fourfold_sums
from srm_widget.plane.candidates import CandidateSamples
from srm_widget.plane.group_tally import GroupTally
from srm_widget.results.group_errors import GroupErrors
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.samples.groups import SampleGroups
from srm_widget.samples.labels import ClassCodes

_MERGE_BELOW = 1 << 16
"""Arcs of a kept piece, below which the next one is joined to it."""

_GRIDS_KEPT = 8

_FEW_LIT = 1 / 8
"""Share of lit samples up to which candidates for the next ε are worth keeping."""

_COSINE_MARGIN = 1e-4
"""Far more than rounding, in float32, moves a cosine."""


class PartialCounts(NamedTuple):
    """Counts of lit samples among `n_samples`, at the angles of several grids.

    Attributes
    ----------
    n_samples
        Samples counted.
    counts
        Lit samples at each angle of each grid.
    fourfold
        As `srm_widget.geometry.fourfold.fourfold_sums`, of the samples lit at some angle.
    """

    n_samples: int
    counts: Mapping[AngularGrid, Int64[np.ndarray, " angles"]]
    fourfold: Int64[np.ndarray, "3"]


class _GridCounts(NamedTuple):
    """The same of the first `n_samples` at the angles of one grid."""

    n_samples: int
    counts: Int64[np.ndarray, " angles"]
    fourfold: Int64[np.ndarray, "3"]


class BeamBlock(NamedTuple):
    """Samples inside the spotlight among the next `n_samples`, rising, with their (a, c)."""

    n_samples: int
    samples: Int64[Tensor, " inside"]
    a: Float64[Tensor, " inside"]
    c: Float64[Tensor, " inside"]


class PlaneCounts:
    """Lit arcs and counts of one plane (i < j) at one ε, extended as samples are appended.

    A new grid of angles counts the kept arcs again; new samples add their own arcs and counts.
    Where the arcs are too many to keep they are made anew each time.

    Parameters
    ----------
    plane
        The plane.
    epsilon
        ε.
    max_bytes
        Most bytes to keep.
    candidates
        Samples of the plane among which all lit ones are; None for all samples.
    """

    def __init__(
        self,
        plane: Plane,
        epsilon: float,
        max_bytes: int,
        candidates: CandidateSamples | None = None,
    ) -> None:
        self.plane, self.epsilon = plane, epsilon
        self._max_bytes = max_bytes
        self._candidates = candidates
        self._arcs: list[Arcs] | None = []
        self._n_samples = 0
        self._counts: LRUCache[AngularGrid, _GridCounts] = LRUCache(_GRIDS_KEPT)
        self._errors: LRUCache[AngularGrid, tuple[int, GroupErrors]] = LRUCache(_GRIDS_KEPT)

    @property
    def nbytes(self) -> int:
        """Bytes kept: arcs, counts and errors, angles, candidates and the plane's frame."""
        kept = self._counts.items()
        counts = sum(grid.nbytes + each.counts.nbytes for grid, each in kept)
        candidates = 0 if self._candidates is None else self._candidates.nbytes
        errors = sum(each.nbytes for _, each in self._errors.values())
        return self._arcs_nbytes + counts + errors + candidates + self.plane.nbytes

    def with_epsilon(self, epsilon: float) -> "PlaneCounts":
        """Return the counts of the same plane at another ε.

        Where few samples are lit, near this ε only candidates are read again.
        """
        candidates = self._candidates
        if candidates is None or epsilon < candidates.min_radius:
            lit = self._n_samples if self._arcs is None else sum(len(a.samples) for a in self._arcs)
            few = epsilon > 0 and lit <= _FEW_LIT * self._n_samples
            candidates = CandidateSamples(self.plane, epsilon) if few else None
        return PlaneCounts(self.plane, epsilon, self._max_bytes, candidates)

    @property
    def n_arcs(self) -> int:
        """Number of arcs kept."""
        return sum(len(arcs.samples) for arcs in self._arcs or [])

    def has_arcs(self, n_samples: int) -> bool:
        """Whether the arcs of the first `n_samples` are kept."""
        return self._arcs is not None and self._n_samples == n_samples

    def has_counts(self, n_samples: int, grid: AngularGrid) -> bool:
        """Whether the first `n_samples` are counted at the angles of `grid`."""
        return self._n_counted(grid) == n_samples

    def counted(self, grids: Sequence[AngularGrid]) -> PartialCounts:
        """Return the counts at the angles of `grids`, as of the last `count_steps` for them."""
        n_samples, _, fourfold = self._counts[grids[0]]
        return PartialCounts(n_samples, {g: self._counts[g].counts for g in grids}, fourfold)

    def count_steps(
        self, coordinates: PlaneCoordinates, n_samples: int, grids: Sequence[AngularGrid]
    ) -> Iterator[PartialCounts | None]:
        """Count the first `n_samples` at the angles of all `grids`, in short steps.

        Yields the counts so far; None where arcs are kept and only some grids are behind. Counts
        of a run that does not reach its end are not kept.
        """
        behind = [grid for grid in grids if self._n_counted(grid) < n_samples]
        if not behind:
            return
        # To make arcs takes longer than to count them: then all grids are counted together.
        counted = behind if self.has_arcs(n_samples) else list(grids)
        n_counted = {self._n_counted(grid) for grid in counted}
        n = since = n_counted.pop() if len(n_counted) == 1 else 0
        totals = {grid: self._counts_before(grid, since) for grid in counted}
        fourfold = self._counts[counted[0]].fourfold if since else np.zeros(3, dtype=np.int64)
        for block in self._arc_blocks(coordinates, n_samples, since, spread=True):
            for grid in counted:
                totals[grid] = totals[grid] + grid.count(block.arcs.start, block.arcs.stop)
            fourfold = fourfold + fourfold_sums(block.arcs.fourfold)
            n += block.n_samples
            whole = n and len(counted) == len(grids)
            yield PartialCounts(n, dict(totals), fourfold) if whole else None
        for grid in counted:
            if self._n_counted(grid) < n_samples:  # else another run has counted them meanwhile
                self._counts[grid] = _GridCounts(n_samples, totals[grid], fourfold)

    def error_steps(
        self, coordinates: PlaneCoordinates, groups: SampleGroups, grid: AngularGrid
    ) -> Generator[None, None, GroupErrors]:
        """Compute the errors of the samples that `groups` are of, in short steps."""
        n_samples = len(groups.codes)
        kept = self._errors.get(grid)
        if kept is not None and kept[0] == n_samples:
            return kept[1]
        tally = GroupTally(groups, grid)
        for _, _, arcs in self._arc_blocks(coordinates, n_samples, 0):
            tally.add(arcs)
            yield
        errors = yield from tally.error_steps()
        self._errors[grid] = n_samples, errors
        return errors

    def class_steps(
        self, coordinates: PlaneCoordinates, grid: AngularGrid, class_codes: ClassCodes
    ) -> Iterator[tuple[int, Int64[np.ndarray, "classes angles"]]]:
        """Count the lit samples of each class at the angles of `grid`, in short steps.

        Yields the number of samples counted, and the counts so far, in the same array each time.
        """
        total = np.zeros((class_codes.n_classes, len(grid)), dtype=np.int64)
        n = 0
        for _, new, arcs in self._arc_blocks(coordinates, len(class_codes.codes), 0):
            codes = class_codes.codes.index_select(0, arcs.samples).long()
            total += grid.count_classes(arcs.start, arcs.stop, codes, class_codes.n_classes)
            n += new
            yield n, total

    def inside_steps(
        self, coordinates: PlaneCoordinates, n_samples: int, theta: float
    ) -> Iterator[BeamBlock]:
        """Find the samples lit at `theta`, rising, in short steps."""
        angle = wrap_angle(theta)
        if self._arcs is None:
            yield from self._inside_without_arcs(coordinates, n_samples, angle)
            return
        for _, new, arcs in self._arc_blocks(coordinates, n_samples, 0):
            index = arcs.at(angle)
            yield BeamBlock(new, index, *coordinates.at(self.plane, index))

    def _inside_without_arcs(
        self, coordinates: PlaneCoordinates, n_samples: int, angle: float
    ) -> Iterator[BeamBlock]:
        """Find the lit samples without kept arcs: make those of the samples near the cone."""
        for offset, a, c in coordinates.pieces(self.plane, 0, n_samples):
            cosines = (a * math.cos(angle)).add_(c, alpha=math.sin(angle))
            near = (cosines >= self.epsilon - _COSINE_MARGIN).nonzero().squeeze(1)
            some = a.index_select(0, near), c.index_select(0, near)
            arcs = lit_arcs(*some, self.epsilon, self.plane.alpha)
            found = near[arcs.at(angle)]
            x, y = (part.index_select(0, found).double() for part in (a, c))
            yield BeamBlock(len(a), found + offset, x, y)

    def _n_counted(self, grid: AngularGrid) -> int:
        return self._counts[grid].n_samples if grid in self._counts else 0

    def _counts_before(self, grid: AngularGrid, since: int) -> Int64[np.ndarray, " angles"]:
        return self._counts[grid].counts if since else np.zeros(len(grid), dtype=np.int64)

    def _arc_blocks(
        self, coordinates: PlaneCoordinates, n_samples: int, since: int, *, spread: bool = False
    ) -> Iterator[ArcBlock]:
        """Yield the arcs of the samples since … n_samples - 1: those kept, then new ones.

        The new ones rise, or, with `spread`, come from everywhere; once they are all there they
        are kept too, unless they are too many. Where arcs of more samples are kept, as after an
        append between two steps, those beyond are left out.
        """
        kept = self._arcs
        known = since if kept is None else self._n_samples
        if kept and since < known:
            yield from _kept_blocks(kept, since, min(known, n_samples))
        if known >= n_samples:
            return
        new_arcs: dict[int, Arcs] = {}
        room = self._max_bytes - self._arcs_nbytes
        for block in self._new_blocks(coordinates, n_samples, known, spread=spread):
            if kept is not None:
                new_arcs[block.first] = block.arcs
                room -= block.arcs.nbytes
            if room < 0:
                kept, new_arcs = None, {}
            yield block
        # Together at the end, so that nothing is counted twice after an interrupt; and not over
        # what others may have found meanwhile, unless that is of fewer samples: of as many as are
        # counted there are always arcs.
        if self._n_samples >= n_samples:
            return
        self._arcs = None if kept is None else _join(kept, [a for _, a in sorted(new_arcs.items())])
        self._n_samples = n_samples

    def _new_blocks(
        self, coordinates: PlaneCoordinates, n_samples: int, since: int, *, spread: bool
    ) -> Iterator[ArcBlock]:
        candidates = self._candidates  # another run may drop it meanwhile
        if candidates is None:
            pieces = coordinates.pieces(self.plane, since, n_samples, spread=spread)
            for offset, a, c in pieces:
                arcs = lit_arcs(a, c, self.epsilon, self.plane.alpha, offset)
                yield ArcBlock(offset, len(a), arcs)
            return
        yield from candidates.arc_blocks(coordinates, n_samples, self.epsilon, since, spread=spread)
        if candidates.nbytes > self._max_bytes // 2:
            self._candidates = None

    @property
    def _arcs_nbytes(self) -> int:
        return _nbytes(self._arcs or [])


def _kept_blocks(kept: list[Arcs], since: int, n_samples: int) -> Iterator[ArcBlock]:
    """Yield the kept arcs of the samples since … n_samples - 1."""
    first = since
    for number, arcs in enumerate(kept, 1):
        low, high = (int(torch.searchsorted(arcs.samples, end)) for end in (since, n_samples))
        part = Arcs(*(column[low:high] for column in arcs))
        # Samples that are not listed between two arcs are dark.
        after_last = int(part.samples[-1]) + 1 if len(part.samples) else first
        end = n_samples if number == len(kept) else after_last
        yield ArcBlock(first, end - first, part)
        first = end


def _join(kept: list[Arcs], new_arcs: list[Arcs]) -> list[Arcs]:
    """Return all arcs, small pieces joined to the ones before."""
    joined = kept[:]
    for more in new_arcs:
        if joined and len(joined[-1].samples) < _MERGE_BELOW:
            pairs = zip(joined.pop(), more, strict=True)
            joined.append(Arcs(*(torch.cat(pair) for pair in pairs)))
        else:
            joined.append(more)
    return joined


def _nbytes(arcs: list[Arcs]) -> int:
    return sum(piece.nbytes for piece in arcs)

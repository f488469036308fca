"""One plane under the spotlight: its lit arcs at one ε, and the counts made of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget.geometry.angular_grid import AngularGrid, wrap_angle
from srm_widget.geometry.arcs import ArcBlock, Arcs, lit_arcs
from srm_widget.geometry.basis import Plane
from srm_widget.plane.candidates import CandidateSamples
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.samples.labels import ClassCodes

_MERGE_BELOW = 1 << 16
_GRIDS_KEPT = 8
_FEW = 1 / 8
"""Share of lit samples up to which the outer ones are worth keeping apart."""

_MARGIN = 1e-4
"""Far more than rounding, in float32, moves a cosine."""


class PartialCounts(NamedTuple):
    """Lit samples among `n_samples`, at the angles of several grids."""

    n_samples: int
    counts: Mapping[AngularGrid, Int64[np.ndarray, " angles"]]


class BeamBlock(NamedTuple):
    """Of the next `n_samples`, those inside the spotlight, rising, with their (a, c)."""

    n_samples: int
    samples: Int64[Tensor, " inside"]
    a: Float64[Tensor, " inside"]
    c: Float64[Tensor, " inside"]


class PlaneCounts:
    """Arcs and counts of one plane (i < j) at one ε, brought up to date as samples come.

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
    outer
        Samples of the plane among which all lit ones are; None for all samples.
    """

    def __init__(
        self, plane: Plane, epsilon: float, max_bytes: int, outer: CandidateSamples | None = None
    ) -> None:
        self.plane, self.epsilon = plane, epsilon
        self._max_bytes = max_bytes
        self._outer = outer
        self._arcs: list[Arcs] | None = []
        self._n_samples = 0
        self._counts: LRUCache[AngularGrid, tuple[int, np.ndarray]] = LRUCache(_GRIDS_KEPT)

    @property
    def nbytes(self) -> int:
        """Bytes kept: arcs, counts and their angles, outer samples and the plane's frame."""
        kept = self._counts.items()
        counts = sum(grid.nbytes + counts.nbytes for grid, (_, counts) in kept)
        outer = 0 if self._outer is None else self._outer.nbytes
        return self._arcs_nbytes + counts + outer + self.plane.nbytes

    def moved(self, epsilon: float) -> "PlaneCounts":
        """The same plane at another ε, near which less than all samples need be read again."""
        outer = self._outer
        if outer is None or epsilon < outer.reach:
            lit = self._n_samples if self._arcs is None else sum(len(a.samples) for a in self._arcs)
            few = epsilon > 0 and lit <= _FEW * self._n_samples
            outer = CandidateSamples(self.plane, epsilon) if few else None
        return PlaneCounts(self.plane, epsilon, self._max_bytes, outer)

    @property
    def n_kept(self) -> int:
        """Arcs that are kept."""
        return sum(len(arcs.samples) for arcs in self._arcs or [])

    def has_arcs(self, n_samples: int) -> bool:
        """Whether the arcs of the first `n_samples` are kept."""
        return self._arcs is not None and self._n_samples == n_samples

    def has_counts(self, n_samples: int, grid: AngularGrid) -> bool:
        """Whether the first `n_samples` are counted at the angles of `grid`."""
        return self._done(grid) == n_samples

    def counts(self, grid: AngularGrid) -> Int64[np.ndarray, " angles"]:
        """Lit samples at each angle of `grid`, as of the last `count_steps` for it."""
        counts: np.ndarray = self._counts[grid][1]
        return counts

    def count_steps(
        self, coordinates: PlaneCoordinates, n_samples: int, grids: Sequence[AngularGrid]
    ) -> Iterator[PartialCounts | None]:
        """Count the first `n_samples` at the angles of all `grids`, in short steps.

        Yields what is counted so far; None where arcs are at hand and only some grids are behind.
        What is not finished is forgotten.
        """
        behind = [grid for grid in grids if self._done(grid) < n_samples]
        if not behind:
            return
        # To make arcs takes longer than to count them: then all grids are counted, alike.
        counted = behind if self.has_arcs(n_samples) else list(grids)
        done = {self._done(grid) for grid in counted}
        n = since = done.pop() if len(done) == 1 else 0
        totals = {grid: self._total(grid, since) for grid in counted}
        for stretch in self._stretches(coordinates, n_samples, since, spread=True):
            for grid in counted:
                here = grid.count(stretch.arcs.start, stretch.arcs.stop)
                totals[grid] = totals[grid] + here
            n += stretch.n_samples
            yield PartialCounts(n, dict(totals)) if n and len(counted) == len(grids) else None
        for grid in counted:
            if self._done(grid) < n_samples:  # else they were counted by others meanwhile
                self._counts[grid] = n_samples, totals[grid]

    def class_steps(
        self, coordinates: PlaneCoordinates, grid: AngularGrid, coded: ClassCodes
    ) -> Iterator[tuple[int, Int64[np.ndarray, "classes angles"]]]:
        """Lit samples of each class at the angles of `grid`, in short steps.

        Yields how many samples are counted, and the counts so far, in the same array each time.
        """
        total = np.zeros((coded.n_classes, len(grid)), dtype=np.int64)
        n = 0
        for _, new, arcs in self._stretches(coordinates, len(coded.codes), 0):
            here = coded.codes.index_select(0, arcs.samples).long()
            total += grid.count_classes(arcs.start, arcs.stop, here, coded.n_classes)
            n += new
            yield n, total

    def inside_steps(
        self, coordinates: PlaneCoordinates, n_samples: int, theta: float
    ) -> Iterator[BeamBlock]:
        """Samples lit at `theta`, rising, in short steps."""
        angle = wrap_angle(theta)
        if self._arcs is None:
            yield from self._inside_unkept(coordinates, n_samples, angle)
            return
        for _, new, arcs in self._stretches(coordinates, n_samples, 0):
            index = arcs.at(angle)
            yield BeamBlock(new, index, *coordinates.at(self.plane, index))

    def _inside_unkept(
        self, coordinates: PlaneCoordinates, n_samples: int, angle: float
    ) -> Iterator[BeamBlock]:
        """Of too many arcs to keep, those of the samples that may be inside are made again."""
        for offset, a, c in coordinates.pieces(self.plane, 0, n_samples):
            cosines = (a * math.cos(angle)).add_(c, alpha=math.sin(angle))
            near = (cosines >= self.epsilon - _MARGIN).nonzero().squeeze(1)
            arcs = lit_arcs(a.index_select(0, near), c.index_select(0, near), self.epsilon)
            found = near[arcs.at(angle)]
            x, y = (part.index_select(0, found).double() for part in (a, c))
            yield BeamBlock(len(a), found + offset, x, y)

    def _done(self, grid: AngularGrid) -> int:
        return self._counts[grid][0] if grid in self._counts else 0

    def _total(self, grid: AngularGrid, since: int) -> Int64[np.ndarray, " angles"]:
        return self.counts(grid) if since else np.zeros(len(grid), dtype=np.int64)

    def _stretches(
        self, coordinates: PlaneCoordinates, n_samples: int, since: int, *, spread: bool = False
    ) -> Iterator[ArcBlock]:
        """Arcs of the samples since … n_samples - 1: those kept, then fresh ones.

        The fresh ones rise, or, with `spread`, come from everywhere; once they are all there they
        are kept too, unless they are too many. Of what is kept of more samples, as after an append
        between two steps, those beyond are left out.
        """
        kept, before = self._arcs, self._n_samples
        known = since if kept is None else before
        if kept and since < known:
            yield from _kept_stretches(kept, since, min(known, n_samples))
        if known >= n_samples:
            return
        fresh: dict[int, Arcs] = {}
        room = self._max_bytes - self._arcs_nbytes
        for stretch in self._fresh(coordinates, n_samples, known, spread=spread):
            if kept is not None:
                fresh[stretch.first] = stretch.arcs
                room -= stretch.arcs.nbytes
            if room < 0:
                kept, fresh = None, {}
            yield stretch
        # Together at the end, so that nothing is counted twice after an interrupt; and not over
        # what others may have found meanwhile, unless that is of fewer samples: of as many as are
        # counted there are always arcs.
        if self._n_samples >= n_samples:
            return
        self._arcs = None if kept is None else _joined(kept, [a for _, a in sorted(fresh.items())])
        self._n_samples = n_samples

    def _fresh(
        self, coordinates: PlaneCoordinates, n_samples: int, since: int, *, spread: bool
    ) -> Iterator[ArcBlock]:
        outer = self._outer  # others may give it up meanwhile
        if outer is None:
            pieces = coordinates.pieces(self.plane, since, n_samples, spread=spread)
            for offset, a, c in pieces:
                yield ArcBlock(offset, len(a), lit_arcs(a, c, self.epsilon, offset))
            return
        yield from outer.lit(coordinates, n_samples, self.epsilon, since, spread=spread)
        if outer.nbytes > self._max_bytes // 2:
            self._outer = None

    @property
    def _arcs_nbytes(self) -> int:
        return _nbytes(self._arcs or [])


def _kept_stretches(kept: list[Arcs], since: int, n_samples: int) -> Iterator[ArcBlock]:
    """The same arcs, those of the samples since … n_samples - 1."""
    first = since
    for number, arcs in enumerate(kept, 1):
        low, high = (int(torch.searchsorted(arcs.samples, end)) for end in (since, n_samples))
        here = Arcs(*(part[low:high] for part in arcs))
        # What is not listed between two arcs is dark.
        lit = int(here.samples[-1]) + 1 if len(here.samples) else first
        end = n_samples if number == len(kept) else lit
        yield ArcBlock(first, end - first, here)
        first = end


def _joined(kept: list[Arcs], fresh: list[Arcs]) -> list[Arcs]:
    """All arcs, in not too small pieces."""
    joined = kept[:]
    for more in fresh:
        if joined and len(joined[-1].samples) < _MERGE_BELOW:
            pairs = zip(joined.pop(), more, strict=True)
            joined.append(Arcs(*(torch.cat(pair) for pair in pairs)))
        else:
            joined.append(more)
    return joined


def _nbytes(arcs: list[Arcs]) -> int:
    return sum(piece.nbytes for piece in arcs)

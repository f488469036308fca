"""One plane under the spotlight: its lit arcs at one ε, and the counts made of them."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget.angles import AngularGrid, wrap, wrap_angle
from srm_widget.arcs import Arcs, lit_arcs
from srm_widget.basis import Plane
from srm_widget.coordinates import Coordinates
from srm_widget.labels import Coded
from srm_widget.outer import OuterSamples

_MERGE_BELOW = 1 << 16
_GRIDS_KEPT = 8
_FEW = 1 / 8
"""Share of lit samples up to which the outer ones are worth keeping apart."""

_MARGIN = 1e-4
"""Far more than rounding, in float32, moves a cosine."""


class Spotlight:
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
        self, plane: Plane, epsilon: float, max_bytes: int, outer: OuterSamples | None = None
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

    def moved(self, epsilon: float) -> "Spotlight":
        """The same plane at another ε, near which less than all samples need be read again."""
        outer = self._outer
        if outer is None or epsilon < outer.reach:
            lit = self._n_samples if self._arcs is None else sum(len(a.samples) for a in self._arcs)
            few = epsilon > 0 and lit <= _FEW * self._n_samples
            outer = OuterSamples(self.plane, epsilon) if few else None
        return Spotlight(self.plane, epsilon, self._max_bytes, outer)

    def counts(
        self, coordinates: Coordinates, n_samples: int, grid: AngularGrid
    ) -> Int64[np.ndarray, " angles"]:
        """Lit samples at each angle of `grid`, among the first `n_samples`."""
        done, total = self._counts.get(grid, (0, np.zeros(len(grid), dtype=np.int64)))
        if done < n_samples:
            for arcs in self.arcs(coordinates, n_samples, done):
                total = total + grid.count(arcs.start, arcs.stop)
            self._counts[grid] = n_samples, total
        return total

    def counts_at(
        self,
        coordinates: Coordinates,
        n_samples: int,
        grid: AngularGrid,
        angles: Float64[np.ndarray, " wanted"],
    ) -> Int64[np.ndarray, " wanted"]:
        """Lit samples at other `angles`: read off the counts on `grid` where they stand on it."""
        places = grid.positions(angles)
        if places is None:
            return self.counts(coordinates, n_samples, AngularGrid.at(wrap(angles)))
        return self.counts(coordinates, n_samples, grid)[places]

    def class_counts(
        self,
        coordinates: Coordinates,
        grid: AngularGrid,
        angles: Float64[np.ndarray, " wanted"],
        coded: Coded,
    ) -> Int64[np.ndarray, "classes wanted"]:
        """Lit samples of each class at `angles`: those of `grid`, or mirrored ones."""
        places = grid.positions(angles)
        counted = AngularGrid.at(wrap(angles)) if places is None else grid
        total = np.zeros((coded.n_classes, len(counted)), dtype=np.int64)
        for arcs in self.arcs(coordinates, len(coded.codes)):
            here = coded.codes.index_select(0, arcs.samples).long()
            total += counted.count_classes(arcs.start, arcs.stop, here, coded.n_classes)
        return total if places is None else total[:, places]

    def inside(
        self, coordinates: Coordinates, n_samples: int, theta: float
    ) -> Int64[Tensor, " inside"]:
        """Samples lit at `theta`, in rising order."""
        angle = wrap_angle(theta)
        if self._arcs is not None:
            return torch.cat([arcs.at(angle) for arcs in self.arcs(coordinates, n_samples)])
        # Too many arcs to keep: make again those of the samples that may be inside.
        found = []
        for offset, a, c in coordinates.pieces(self.plane):
            cosines = (a * math.cos(angle)).add_(c, alpha=math.sin(angle))
            near = (cosines >= self.epsilon - _MARGIN).nonzero().squeeze(1)
            arcs = lit_arcs(a.index_select(0, near), c.index_select(0, near), self.epsilon)
            found.append(near[arcs.at(angle)] + offset)
        return torch.cat(found)

    def arcs(self, coordinates: Coordinates, n_samples: int, since: int = 0) -> Iterator[Arcs]:
        """Arcs of the samples since … n_samples - 1."""
        if self._arcs is not None and self._n_samples < n_samples:
            fresh = self._fresh(coordinates, n_samples, self._n_samples)
            # Together at the end, so that nothing is counted twice after an interrupt.
            self._arcs, self._n_samples = self._joined(self._arcs, fresh), n_samples
        if self._arcs is None:
            yield from self._fresh(coordinates, n_samples, since)
            return
        for arcs in self._arcs:
            low = int(torch.searchsorted(arcs.samples, since))
            yield Arcs(*(part[low:] for part in arcs)) if low else arcs

    def _fresh(self, coordinates: Coordinates, n_samples: int, since: int) -> Iterator[Arcs]:
        if self._outer is None:
            for offset, a, c in coordinates.pieces(self.plane, since):
                yield lit_arcs(a, c, self.epsilon, offset)
            return
        yield from self._outer.lit(coordinates, n_samples, self.epsilon, since)
        if self._outer.nbytes > self._max_bytes // 2:
            self._outer = None

    def _joined(self, kept: list[Arcs], fresh: Iterator[Arcs]) -> list[Arcs] | None:
        """All arcs, in not too small pieces; None if they are too many to keep."""
        joined = kept[:]
        for more in fresh:
            if joined and len(joined[-1].samples) < _MERGE_BELOW:
                pairs = zip(joined.pop(), more, strict=True)
                joined.append(Arcs(*(torch.cat(pair) for pair in pairs)))
            else:
                joined.append(more)
            if _nbytes(joined) > self._max_bytes:
                return None
        return joined

    @property
    def _arcs_nbytes(self) -> int:
        return _nbytes(self._arcs or [])


def _nbytes(arcs: list[Arcs]) -> int:
    return sum(piece.nbytes for piece in arcs)

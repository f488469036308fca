"""One plane under the spotlight: its lit arcs at one ε, and the counts made of them."""

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

_MERGE_BELOW = 1 << 16
_GRIDS_KEPT = 8


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
        Most bytes of arcs to keep.
    """

    def __init__(self, plane: Plane, epsilon: float, max_bytes: int) -> None:
        self.plane, self.epsilon = plane, epsilon
        self._max_bytes = max_bytes
        self._arcs: list[Arcs] | None = []
        self._n_samples = 0
        self._counts: LRUCache[AngularGrid, tuple[int, np.ndarray]] = LRUCache(_GRIDS_KEPT)

    @property
    def nbytes(self) -> int:
        """Bytes kept: arcs, counts and the plane's frame."""
        counts = sum(counts.nbytes for _, counts in self._counts.values())
        return self._arcs_nbytes + counts + self.plane.nbytes

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

    def inside(
        self, coordinates: Coordinates, n_samples: int, theta: float
    ) -> Int64[Tensor, " inside"]:
        """Samples lit at `theta`, in rising order."""
        angle = wrap_angle(theta)
        return torch.cat([arcs.at(angle) for arcs in self.arcs(coordinates, n_samples)])

    def arcs(self, coordinates: Coordinates, n_samples: int, since: int = 0) -> Iterator[Arcs]:
        """Arcs of the samples since … n_samples - 1."""
        if self._arcs is not None and self._n_samples < n_samples:
            for fresh in self._fresh(coordinates, self._n_samples):
                self._keep(fresh)
            self._n_samples = n_samples
        if self._arcs is None:
            yield from self._fresh(coordinates, since)
            return
        for arcs in self._arcs:
            low = int(torch.searchsorted(arcs.samples, since))
            yield Arcs(*(part[low:] for part in arcs)) if low else arcs

    def _fresh(self, coordinates: Coordinates, since: int) -> Iterator[Arcs]:
        for offset, a, c in coordinates.pieces(self.plane, since):
            yield lit_arcs(a, c, self.epsilon, offset)

    def _keep(self, fresh: Arcs) -> None:
        if self._arcs is None:
            return
        if self._arcs and len(self._arcs[-1].samples) < _MERGE_BELOW:
            last = self._arcs.pop()
            fresh = Arcs(*(torch.cat(pair) for pair in zip(last, fresh, strict=True)))
        self._arcs.append(fresh)
        if self._arcs_nbytes > self._max_bytes:
            self._arcs = None

    @property
    def _arcs_nbytes(self) -> int:
        return sum(arcs.nbytes for arcs in self._arcs or ())

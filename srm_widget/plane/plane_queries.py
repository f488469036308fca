"""Resonance of single planes over a store of samples, keeping what the next question needs."""

import math
from collections.abc import Generator, Iterator
from typing import SupportsIndex

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.basis import Basis, Plane
from srm_widget.plane.curve_count import CurveCount, counted_at
from srm_widget.plane.plane_counts import PlaneCounts
from srm_widget.results.curves import Resonance
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.samples.labels import ClassCodes
from srm_widget.samples.store import SampleStore
from srm_widget.utils.caches import byte_lru, put


class PlaneQueries:
    """Computes in the planes i < j and answers for (j, i) by the mirror u_ji(θ) = u_ij(α - θ).

    Parameters
    ----------
    store, basis
        Samples and directions; the store may grow.
    """

    def __init__(self, store: SampleStore, basis: Basis) -> None:
        self.store, self.basis = store, basis
        self._coordinates = PlaneCoordinates(store, basis)
        self._spotlights: LRUCache[object, PlaneCounts] = byte_lru(0)

    @property
    def nbytes(self) -> int:
        """Bytes kept to save work."""
        return self._coordinates.nbytes + int(self._spotlights.currsize)

    def bound(self, max_bytes: int) -> None:
        """Keep at most `max_bytes`."""
        self._coordinates.bound(max_bytes * 2 // 3)
        self._spotlights = byte_lru(max_bytes // 3, self._spotlights)

    def curve(
        self, i: SupportsIndex, j: SupportsIndex, epsilon: float, grid: AngularGrid
    ) -> Resonance:
        """Resonance of the plane (i, j) at the angles of `grid`."""
        spotlight, counting = self._counting(i, j, epsilon, grid)
        for _ in counting.steps():
            pass
        put(self._spotlights, spotlight.plane.pair, spotlight)
        return counting.result()

    def curve_steps(
        self, i: SupportsIndex, j: SupportsIndex, epsilon: float, grid: AngularGrid
    ) -> Generator[Resonance | None, None, Resonance]:
        """`curve` in short steps, each with the resonance of the samples counted so far.

        None where it is not of the same samples at all angles, as only some are behind.
        """
        spotlight, counting = self._counting(i, j, epsilon, grid)

        def steps() -> Generator[Resonance | None, None, Resonance]:
            for sofar in counting.steps():
                yield None if sofar is None else counting.resonance(sofar)
            put(self._spotlights, spotlight.plane.pair, spotlight)
            return counting.result()

        return steps()

    def n_to_read(self, i: SupportsIndex, j: SupportsIndex, epsilon: float) -> tuple[int, int]:
        """Samples to go through for `curve` or `inside`, and projections to be made first."""
        plane, _ = self._canonical(i, j)
        spotlight = self._spotlight(plane, epsilon)
        if spotlight.has_arcs(len(self.store)):
            return spotlight.n_kept, 0
        return len(self.store), self._coordinates.n_missing(plane)

    def class_steps(
        self,
        pair: tuple[SupportsIndex, SupportsIndex],
        epsilon: float,
        grid: AngularGrid,
        coded: ClassCodes,
    ) -> Generator[float, None, Int64[np.ndarray, "classes angles"]]:
        """Lit samples of each class in the plane `pair` at the angles of `grid`, in short steps."""
        plane, mirrored = self._canonical(*pair)
        there = plane.alpha - grid.angles if mirrored else grid.angles
        counted, places = counted_at(grid, there)

        def steps() -> Generator[float, None, Int64[np.ndarray, "classes angles"]]:
            spotlight = self._spotlight(plane, epsilon)
            counts = np.zeros((coded.n_classes, len(counted)), dtype=np.int64)
            for n, so_far in spotlight.class_steps(self._coordinates, counted, coded):
                counts = so_far
                yield n / len(coded.codes)
            put(self._spotlights, plane.pair, spotlight)
            return counts if places is None else counts[:, places]

        return steps()

    def inside(
        self, i: SupportsIndex, j: SupportsIndex, theta: float, epsilon: float
    ) -> Iterator[tuple[float, Int64[np.ndarray, " inside"], Float64[np.ndarray, " inside"]]]:
        """Samples lit at `theta` in the plane (i, j), rising, and the cosines x̂ · u(θ).

        Of those held when it is called, piece by piece, each with the share of them that was gone
        through.
        """
        plane, mirrored = self._canonical(i, j)
        angle = plane.alpha - theta if mirrored else theta
        n_samples = len(self.store)

        def pieces() -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
            spotlight, done = self._spotlight(plane, epsilon), 0
            for new, index, a, c in spotlight.inside_steps(self._coordinates, n_samples, angle):
                cosines = a.mul_(math.cos(angle)).add_(c, alpha=math.sin(angle))
                done += new
                yield done / n_samples, index.cpu().numpy(), cosines.cpu().numpy()
            put(self._spotlights, plane.pair, spotlight)

        return pieces()

    def within(
        self, i: SupportsIndex, j: SupportsIndex, least: float
    ) -> Int64[np.ndarray, " some"]:
        """Samples whose in-plane radius is at least `least`, rising."""
        plane, _ = self._canonical(i, j)
        found = [
            (torch.hypot(a, c) >= least).nonzero().squeeze(1) + offset
            for offset, a, c in self._coordinates.pieces(plane)
        ]
        return torch.cat(found).cpu().numpy()

    def radii(self, i: SupportsIndex, j: SupportsIndex) -> Float64[np.ndarray, " samples"]:
        """In-plane radii of all samples."""
        plane, _ = self._canonical(i, j)
        pieces = self._coordinates.pieces(plane)
        found = [torch.hypot(a.double(), c.double()) for _, a, c in pieces]
        return torch.cat(found).cpu().numpy()

    def coordinates(
        self, i: SupportsIndex, j: SupportsIndex, index: Int64[np.ndarray, " some"]
    ) -> Float64[np.ndarray, "some 2"]:
        """(x̂ · e1, x̂ · e2) of the samples at `index` in the plane (i, j)."""
        plane, mirrored = self._canonical(i, j)
        rising, places = np.unique(index, return_inverse=True)
        at: Tensor = torch.from_numpy(rising).to(self.store.device)
        points = torch.stack(self._coordinates.at(plane, at), dim=1).cpu().numpy()[places]
        if not mirrored:
            return points
        return points @ np.array([[plane.cosine, plane.sine], [plane.sine, -plane.cosine]])

    def unit_disc(
        self, i: SupportsIndex, j: SupportsIndex, n_samples: int
    ) -> Iterator[tuple[int, Float[Tensor, " some"], Float[Tensor, " some"]]]:
        """(index of the first sample, x̂ · e1, x̂ · e2) in the plane (i, j), piece by piece.

        Of the first `n_samples`.
        """
        plane, mirrored = self._canonical(i, j)
        pieces = self._coordinates.pieces(plane, 0, n_samples)
        return _mirrored(pieces, plane) if mirrored else pieces

    def _counting(
        self, i: SupportsIndex, j: SupportsIndex, epsilon: float, grid: AngularGrid
    ) -> tuple[PlaneCounts, CurveCount]:
        plane, mirrored = self._canonical(i, j)
        spotlight = self._spotlight(plane, epsilon)
        coordinates = self._coordinates
        return spotlight, CurveCount(self.store, coordinates, spotlight, grid, mirrored=mirrored)

    def _canonical(self, i: SupportsIndex, j: SupportsIndex) -> tuple[Plane, bool]:
        """Plane i < j, and whether (j, i) was asked for."""
        plane = self.basis.plane(i, j)
        first, second = plane.pair
        return (plane, False) if first < second else (self.basis.plane(second, first), True)

    def _spotlight(self, plane: Plane, epsilon: float) -> PlaneCounts:
        kept = self._spotlights.get(plane.pair)
        if kept is not None:
            return kept if kept.epsilon == epsilon else kept.moved(epsilon)
        return PlaneCounts(plane, epsilon, int(self._spotlights.maxsize))


def _mirrored(
    pieces: Iterator[tuple[int, Float[Tensor, " some"], Float[Tensor, " some"]]], plane: Plane
) -> Iterator[tuple[int, Float[Tensor, " some"], Float[Tensor, " some"]]]:
    """Coordinates in the plane (i, j), as they are in (j, i)."""
    g, sine = plane.cosine, plane.sine
    for offset, a, c in pieces:
        if g == 0:
            yield offset, c, a
        else:
            x, y = a.double(), c.double()
            yield offset, x * g + y * sine, x * sine - y * g

"""Curves, beams and coordinates of single planes, with caches for the next question."""

import math
from collections.abc import Generator, Iterator
from typing import SupportsIndex

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.arcs import least_lit_radius
from srm_widget.geometry.basis import Basis, Plane
from srm_widget.plane.curve_count import CurveCount, locate_angles
from srm_widget.plane.plane_counts import PartialCounts, PlaneCounts
from srm_widget.results.curves import Resonance
from srm_widget.results.group_errors import GroupErrors
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.samples.groups import GroupEncoder, SampleGroups
from srm_widget.samples.labels import ClassCodes
from srm_widget.samples.store import SampleStore
from srm_widget.utils.caches import byte_lru, put


class PlaneQueries:
    """Answers questions about single planes over a store of samples.

    Arcs, counts and projections are kept, within a bound, for the next question. They are those of
    the planes i < j; (j, i) is read off by the mirror u_ji(θ) = u_ij(α - θ).

    Parameters
    ----------
    store, basis
        Samples and directions; the store may grow.
    groups
        Groups of the samples, which grow with it; None if they have none.
    """

    def __init__(
        self, store: SampleStore, basis: Basis, groups: GroupEncoder | None = None
    ) -> None:
        self.store, self.basis, self._encoder = store, basis, groups
        self._coordinates = PlaneCoordinates(store, basis)
        self._plane_counts: LRUCache[object, PlaneCounts] = byte_lru(0)

    @property
    def groups(self) -> SampleGroups | None:
        """Groups of all samples; None if they have none."""
        return None if self._encoder is None else self._encoder.groups

    @property
    def nbytes(self) -> int:
        """Bytes of the caches."""
        return self._coordinates.nbytes + int(self._plane_counts.currsize)

    def bound(self, max_bytes: int) -> None:
        """Keep at most `max_bytes` in the caches."""
        self._coordinates.bound(max_bytes * 2 // 3)
        self._plane_counts = byte_lru(max_bytes // 3, self._plane_counts)

    def curve_steps(
        self, i: SupportsIndex, j: SupportsIndex, epsilon: float, grid: AngularGrid
    ) -> Generator[Resonance | None, None, Resonance]:
        """Compute the resonance of the plane (i, j) at the angles of `grid`, in short steps.

        Yields the resonance of the samples counted so far, or None where only some of the angles
        are still to be counted.
        """
        plane_counts, curve_count = self._curve_count(i, j, epsilon, grid)

        def steps() -> Generator[Resonance | None, None, Resonance]:
            so_far, errors = None, None
            while True:
                for partial in curve_count.steps():
                    so_far = None if partial is None else self._so_far(curve_count, partial)
                    yield so_far
                groups = self.groups
                if groups is None:
                    break
                errors = yield from curve_count.error_steps(groups)
                if curve_count.is_done:  # else samples were appended meanwhile
                    break
            put(self._plane_counts, plane_counts.plane.pair, plane_counts)
            if errors is not None:
                return curve_count.result(errors)
            all_rows = len(self.store), self.store.n_dropped
            if so_far is not None and (so_far.n_samples, so_far.n_dropped) == all_rows:
                return so_far
            return curve_count.result()

        return steps()

    def n_to_read(self, i: SupportsIndex, j: SupportsIndex, epsilon: float) -> tuple[int, int]:
        """Return the samples to read for a curve or `inside`, and the projections to make first."""
        plane, _ = self._canonical(i, j)
        plane_counts = self._counts_of(plane, epsilon)
        if plane_counts.has_arcs(len(self.store)):
            return plane_counts.n_arcs, 0
        return len(self.store), self._coordinates.n_missing(plane)

    def class_steps(
        self,
        pair: tuple[SupportsIndex, SupportsIndex],
        epsilon: float,
        grid: AngularGrid,
        class_codes: ClassCodes,
    ) -> Generator[float, None, Int64[np.ndarray, "classes angles"]]:
        """Count the lit samples of each class in the plane `pair` at the angles of `grid`.

        Yields the share done.
        """
        plane, mirrored = self._canonical(*pair)
        angles = plane.alpha - grid.angles if mirrored else grid.angles
        counted, positions = locate_angles(grid, angles)

        def steps() -> Generator[float, None, Int64[np.ndarray, "classes angles"]]:
            plane_counts = self._counts_of(plane, epsilon)
            counts = np.zeros((class_codes.n_classes, len(counted)), dtype=np.int64)
            for n, so_far in plane_counts.class_steps(self._coordinates, counted, class_codes):
                counts = so_far
                yield n / len(class_codes.codes)
            put(self._plane_counts, plane.pair, plane_counts)
            return counts if positions is None else counts[:, positions]

        return steps()

    def inside(
        self, i: SupportsIndex, j: SupportsIndex, theta: float, epsilon: float
    ) -> Iterator[tuple[float, Int64[np.ndarray, " inside"], Float64[np.ndarray, " inside"]]]:
        """Find the samples lit at `theta` in the plane (i, j), rising, and their cosines.

        Yields the share of the samples read, then indices and cosines of a piece of them; samples
        that are appended after the call are left out.
        """
        plane, mirrored = self._canonical(i, j)
        angle = plane.alpha - theta if mirrored else theta
        n_samples = len(self.store)

        def pieces() -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
            plane_counts, n_read = self._counts_of(plane, epsilon), 0
            for n_new, index, a, c in plane_counts.inside_steps(
                self._coordinates, n_samples, angle
            ):
                cosines = a.mul_(math.cos(angle)).add_(c, alpha=math.sin(angle))
                n_read += n_new
                yield n_read / n_samples, index.cpu().numpy(), cosines.cpu().numpy()
            put(self._plane_counts, plane.pair, plane_counts)

        return pieces()

    def indices_beyond(
        self, i: SupportsIndex, j: SupportsIndex, epsilon: float
    ) -> Int64[np.ndarray, " some"]:
        """Return the samples that are lit at some angle, at ε, rising; for ε ≤ 0 all of them."""
        least = least_lit_radius(epsilon)
        return np.flatnonzero(self.radii(i, j) >= least)

    def radii(self, i: SupportsIndex, j: SupportsIndex) -> Float64[np.ndarray, " samples"]:
        """Return the in-plane radii of all samples."""
        plane, _ = self._canonical(i, j)
        pieces = self._coordinates.pieces(plane)
        found = [torch.hypot(a.double(), c.double()) for _, a, c in pieces]
        return torch.cat(found).cpu().numpy()

    def coordinates(
        self, i: SupportsIndex, j: SupportsIndex, index: Int64[np.ndarray, " some"]
    ) -> Float64[np.ndarray, "some 2"]:
        """Return the coordinates (x̂ · e1, x̂ · e2) of the samples at `index` in the plane (i, j)."""
        plane, mirrored = self._canonical(i, j)
        rising, positions = np.unique(index, return_inverse=True)
        places: Tensor = torch.from_numpy(rising).to(self.store.device)
        points = torch.stack(self._coordinates.at(plane, places), dim=1).cpu().numpy()[positions]
        if not mirrored:
            return points
        return points @ np.array([[plane.cosine, plane.sine], [plane.sine, -plane.cosine]])

    def coordinate_pieces(
        self, i: SupportsIndex, j: SupportsIndex, n_samples: int
    ) -> Iterator[tuple[int, Float[Tensor, " some"], Float[Tensor, " some"]]]:
        """Yield the in-plane coordinates of the first `n_samples`, piece by piece.

        Each piece is the index of its first sample, then x̂ · e1 and x̂ · e2 in the plane (i, j).
        """
        plane, mirrored = self._canonical(i, j)
        pieces = self._coordinates.pieces(plane, 0, n_samples)
        return _mirror_pieces(pieces, plane) if mirrored else pieces

    def _so_far(self, curve_count: CurveCount, partial: PartialCounts) -> Resonance:
        """Return the resonance of the samples counted, with errors that are not too small."""
        errors, groups = None, self.groups
        if groups is not None:
            errors = GroupErrors.of_groups_alike(
                (groups.n_groups, groups.mean_size),
                partial.n_samples,
                partial.fourfold[:1],
                curve_count.n_angles,
            )
        return curve_count.resonance(partial, errors)

    def _curve_count(
        self, i: SupportsIndex, j: SupportsIndex, epsilon: float, grid: AngularGrid
    ) -> tuple[PlaneCounts, CurveCount]:
        plane, mirrored = self._canonical(i, j)
        plane_counts = self._counts_of(plane, epsilon)
        coordinates = self._coordinates
        return plane_counts, CurveCount(
            self.store, coordinates, plane_counts, grid, mirrored=mirrored
        )

    def _canonical(self, i: SupportsIndex, j: SupportsIndex) -> tuple[Plane, bool]:
        """Return the plane i < j of the two directions, and whether (j, i) is its mirror image."""
        plane = self.basis.plane(i, j)
        first, second = plane.pair
        return (plane, False) if first < second else (self.basis.plane(second, first), True)

    def _counts_of(self, plane: Plane, epsilon: float) -> PlaneCounts:
        kept = self._plane_counts.get(plane.pair)
        if kept is not None:
            return kept if kept.epsilon == epsilon else kept.with_epsilon(epsilon)
        return PlaneCounts(plane, epsilon, int(self._plane_counts.maxsize))


def _mirror_pieces(
    pieces: Iterator[tuple[int, Float[Tensor, " some"], Float[Tensor, " some"]]], plane: Plane
) -> Iterator[tuple[int, Float[Tensor, " some"], Float[Tensor, " some"]]]:
    """Yield coordinates in the plane (i, j) as those in (j, i)."""
    g, sine = plane.cosine, plane.sine
    for offset, a, c in pieces:
        if g == 0:
            yield offset, c, a
        else:
            x, y = a.double(), c.double()
            yield offset, x * g + y * sine, x * sine - y * g

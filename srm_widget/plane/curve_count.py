"""Counting the curve of one plane, in short steps."""

import math
from collections.abc import Generator, Iterator

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.geometry.angular_grid import AngularGrid, wrap
from srm_widget.plane.plane_counts import PartialCounts, PlaneCounts
from srm_widget.results.curves import Resonance
from srm_widget.results.group_errors import GroupErrors
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.samples.groups import SampleGroups
from srm_widget.samples.store import SampleStore


class CurveCount:
    """Count of the lit samples at all angles that the `Resonance` of one plane is made of.

    Parameters
    ----------
    store
        Samples; those that are appended meanwhile are counted too.
    coordinates
        In-plane coordinates of the samples.
    plane_counts
        Arcs and counts of the plane i < j.
    grid
        Angles of the curve.
    mirrored
        Whether the curve is that of (j, i): u_ji(θ) = u_ij(α - θ).
    """

    def __init__(
        self,
        store: SampleStore,
        coordinates: PlaneCoordinates,
        plane_counts: PlaneCounts,
        grid: AngularGrid,
        *,
        mirrored: bool,
    ) -> None:
        self._store, self._coordinates, self._plane_counts = store, coordinates, plane_counts
        self._grid, self._mirrored = grid, mirrored
        alpha = plane_counts.plane.alpha
        angles = grid.angles, grid.angles + math.pi, _probes(alpha)
        self._located = [locate_angles(grid, alpha - each if mirrored else each) for each in angles]
        self._grids = list(dict.fromkeys(found for found, _ in self._located))

    @property
    def is_done(self) -> bool:
        """Whether all samples are counted."""
        n_samples = len(self._store)
        return all(self._plane_counts.has_counts(n_samples, grid) for grid in self._grids)

    def steps(self) -> Iterator[PartialCounts | None]:
        """Count all samples in short steps, as `PlaneCounts.count_steps`."""
        while not self.is_done:
            yield from self._plane_counts.count_steps(
                self._coordinates, len(self._store), self._grids
            )

    @property
    def n_angles(self) -> int:
        """K."""
        return len(self._grid)

    def error_steps(self, groups: SampleGroups) -> Generator[None, None, GroupErrors]:
        """Compute the errors of the samples that `groups` are of, in short steps."""
        grid, positions = self._located[0]
        errors = yield from self._plane_counts.error_steps(self._coordinates, groups, grid)
        return errors if positions is None else errors.at(positions)

    def result(self, errors: GroupErrors | None = None) -> Resonance:
        """Return the resonance, once all samples are counted."""
        return self.resonance(self._plane_counts.counted(self._grids), errors)

    def resonance(self, partial: PartialCounts, errors: GroupErrors | None = None) -> Resonance:
        """Return the resonance of the samples counted; rows of zeros are those of all samples."""
        counts, opposite, probes = (
            _pick(partial.counts[grid], positions)[None, :] for grid, positions in self._located
        )
        n_lit, n_between, fourfold = partial.fourfold[:, None]
        plane = self._plane_counts.plane
        return Resonance(
            planes=np.array([plane.pair[::-1] if self._mirrored else plane.pair], dtype=np.int64),
            angles=self._grid.angles,
            counts=counts,
            opposite=opposite,
            probes=probes,
            n_lit=n_lit,
            n_between=n_between,
            fourfold=fourfold,
            n_samples=partial.n_samples,
            n_dims=self._store.n_dims,
            n_zero=self._store.n_zero,
            n_dropped=self._store.n_dropped,
            epsilon=self._plane_counts.epsilon,
            basis_angles=np.array([plane.alpha]),
            n_short=self._store.n_short,
            preparation=self._store.preparation_text,
            groups=errors,
        )


def locate_angles(
    grid: AngularGrid, angles: Float64[np.ndarray, " wanted"]
) -> tuple[AngularGrid, Int64[np.ndarray, " wanted"] | None]:
    """Return the grid to count `angles` on, and their positions on it.

    That grid is `grid` where all of them are on it; else one of their own, with None.
    """
    positions = grid.positions(angles)
    return (AngularGrid.at(wrap(angles)), None) if positions is None else (grid, positions)


def _pick(
    counts: Int64[np.ndarray, " angles"], positions: Int64[np.ndarray, " wanted"] | None
) -> Int64[np.ndarray, " wanted"]:
    return counts if positions is None else counts[positions]


def _probes(alpha: float) -> Float64[np.ndarray, " 8"]:
    """Return the angles of a plane's basis directions 0, α, π, π + α, then of their bisectors."""
    axes = np.array([0.0, alpha, math.pi, math.pi + alpha])
    bisectors = np.array([alpha, math.pi + alpha, math.tau + alpha, 3 * math.pi + alpha]) / 2
    return np.concatenate([axes, bisectors])

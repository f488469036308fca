"""The curve of one plane while it is counted."""

import math
from collections.abc import Iterator

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.geometry.angular_grid import AngularGrid, wrap
from srm_widget.plane.plane_counts import PartialCounts, PlaneCounts
from srm_widget.results.curves import Resonance
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.samples.store import SampleStore


class CurveCount:
    """Counts the angles that one `Resonance` is made of.

    Parameters
    ----------
    store
        Samples; those that are appended meanwhile are counted too.
    coordinates, spotlight
        Of the samples, and of the plane i < j.
    mirrored
        Whether the curve of (j, i) is wanted: u_ji(θ) = u_ij(α - θ).
    grid
        Angles of the curve.
    """

    def __init__(
        self,
        store: SampleStore,
        coordinates: PlaneCoordinates,
        spotlight: PlaneCounts,
        grid: AngularGrid,
        *,
        mirrored: bool,
    ) -> None:
        self._store, self._coordinates, self._spotlight = store, coordinates, spotlight
        self._grid, self._mirrored = grid, mirrored
        alpha = spotlight.plane.alpha
        wanted = grid.angles, grid.angles + math.pi, _probes(alpha)
        self._placed = [counted_at(grid, alpha - w if mirrored else w) for w in wanted]
        self._grids = list(dict.fromkeys(found for found, _ in self._placed))

    @property
    def is_done(self) -> bool:
        """Whether all samples are counted."""
        n_samples = len(self._store)
        return all(self._spotlight.has_counts(n_samples, grid) for grid in self._grids)

    def steps(self) -> Iterator[PartialCounts | None]:
        """Count, in short steps; see `PlaneCounts.count_steps`."""
        while not self.is_done:
            yield from self._spotlight.count_steps(self._coordinates, len(self._store), self._grids)

    def result(self) -> Resonance:
        """The resonance, once all samples are counted."""
        counts = {grid: self._spotlight.counts(grid) for grid in self._grids}
        return self.resonance(PartialCounts(len(self._store), counts))

    def resonance(self, sofar: PartialCounts) -> Resonance:
        """The resonance of the samples that are counted; rows of zeros are those of all."""
        counts, opposite, probes = (
            _picked(sofar.counts[grid], places)[None, :] for grid, places in self._placed
        )
        plane = self._spotlight.plane
        return Resonance(
            planes=np.array([plane.pair[::-1] if self._mirrored else plane.pair], dtype=np.int64),
            angles=self._grid.angles,
            counts=counts,
            opposite=opposite,
            probes=probes,
            n_samples=sofar.n_samples,
            n_dims=self._store.n_dims,
            n_zero=self._store.n_zero,
            n_dropped=self._store.n_dropped,
            epsilon=self._spotlight.epsilon,
            basis_angles=np.array([plane.alpha]),
        )


def counted_at(
    grid: AngularGrid, angles: Float64[np.ndarray, " wanted"]
) -> tuple[AngularGrid, Int64[np.ndarray, " wanted"] | None]:
    """Where to count `angles`: on `grid` and at which places of it, or on a grid of their own."""
    places = grid.positions(angles)
    return (AngularGrid.at(wrap(angles)), None) if places is None else (grid, places)


def _picked(
    counts: Int64[np.ndarray, " angles"], places: Int64[np.ndarray, " wanted"] | None
) -> Int64[np.ndarray, " wanted"]:
    return counts if places is None else counts[places]


def _probes(alpha: float) -> Float64[np.ndarray, " 8"]:
    """Basis directions 0, α, π, π + α of a plane, then the bisectors between them."""
    axes = np.array([0.0, alpha, math.pi, math.pi + alpha])
    bisectors = np.array([alpha, math.pi + alpha, math.tau + alpha, 3 * math.pi + alpha]) / 2
    return np.concatenate([axes, bisectors])

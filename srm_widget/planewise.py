"""Resonance of single planes over a store of samples, keeping what the next question needs."""

import math
from collections.abc import Iterator
from typing import SupportsIndex

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.angles import AngularGrid
from srm_widget.basis import Basis, Plane
from srm_widget.caching import byte_bounded, keep
from srm_widget.coordinates import Coordinates
from srm_widget.labels import Coded
from srm_widget.resonance import Resonance
from srm_widget.samples import SampleStore
from srm_widget.spotlight import Spotlight


class Planewise:
    """Computes in the planes i < j and answers for (j, i) by the mirror u_ji(θ) = u_ij(α - θ).

    Parameters
    ----------
    store, basis
        Samples and directions; the store may grow.
    """

    def __init__(self, store: SampleStore, basis: Basis) -> None:
        self.store, self.basis = store, basis
        self._coordinates = Coordinates(store, basis)
        self._spotlights: LRUCache[object, Spotlight] = byte_bounded(0)

    @property
    def nbytes(self) -> int:
        """Bytes kept to save work."""
        return self._coordinates.nbytes + int(self._spotlights.currsize)

    def bound(self, max_bytes: int) -> None:
        """Keep at most `max_bytes`."""
        self._coordinates.bound(max_bytes * 2 // 3)
        self._spotlights = byte_bounded(max_bytes // 3, self._spotlights)

    def curve(
        self, i: SupportsIndex, j: SupportsIndex, epsilon: float, grid: AngularGrid
    ) -> Resonance:
        """Resonance of the plane (i, j) at the angles of `grid`."""
        plane, mirrored = self._canonical(i, j)
        spotlight = self._spotlight(plane, epsilon)

        def counts_at(wanted: Float64[np.ndarray, " wanted"]) -> Int64[np.ndarray, "1 wanted"]:
            there = plane.alpha - wanted if mirrored else wanted
            return spotlight.counts_at(self._coordinates, len(self.store), grid, there)[None, :]

        result = Resonance(
            planes=np.array([plane.pair[::-1] if mirrored else plane.pair], dtype=np.int64),
            angles=grid.angles,
            counts=counts_at(grid.angles),
            opposite=counts_at(grid.angles + math.pi),
            probes=counts_at(_probes(plane.alpha)),
            n_samples=len(self.store),
            n_dims=self.basis.n_dims,
            n_zero=self.store.n_zero,
            n_dropped=self.store.n_dropped,
            epsilon=epsilon,
            basis_angles=np.array([plane.alpha]),
        )
        keep(self._spotlights, plane.pair, spotlight)
        return result

    def class_counts(
        self,
        pair: tuple[SupportsIndex, SupportsIndex],
        epsilon: float,
        grid: AngularGrid,
        coded: Coded,
    ) -> Int64[np.ndarray, "classes angles"]:
        """Lit samples of each class in the plane `pair` at the angles of `grid`."""
        plane, mirrored = self._canonical(*pair)
        spotlight = self._spotlight(plane, epsilon)
        there = plane.alpha - grid.angles if mirrored else grid.angles
        counts = spotlight.class_counts(self._coordinates, grid, there, coded)
        keep(self._spotlights, plane.pair, spotlight)
        return counts

    def inside(
        self, i: SupportsIndex, j: SupportsIndex, theta: float, epsilon: float
    ) -> tuple[Int64[np.ndarray, " inside"], Float64[np.ndarray, " inside"]]:
        """Samples lit at `theta` in the plane (i, j), rising, and the cosines x̂ · u(θ)."""
        plane, mirrored = self._canonical(i, j)
        angle = plane.alpha - theta if mirrored else theta
        spotlight = self._spotlight(plane, epsilon)
        index = spotlight.inside(self._coordinates, len(self.store), angle)
        keep(self._spotlights, plane.pair, spotlight)
        a, c = self._coordinates.of(plane, index)
        cosines = a.mul_(math.cos(angle)).add_(c, alpha=math.sin(angle))
        return index.cpu().numpy(), cosines.cpu().numpy()

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
        points = torch.stack(self._coordinates.of(plane, at), dim=1).cpu().numpy()[places]
        if not mirrored:
            return points
        return points @ np.array([[plane.cosine, plane.sine], [plane.sine, -plane.cosine]])

    def unit_disc(
        self, i: SupportsIndex, j: SupportsIndex
    ) -> Iterator[tuple[int, Float[Tensor, " some"], Float[Tensor, " some"]]]:
        """(index of the first sample, x̂ · e1, x̂ · e2) in the plane (i, j), piece by piece."""
        plane, mirrored = self._canonical(i, j)
        g, sine = plane.cosine, plane.sine
        for offset, a, c in self._coordinates.pieces(plane):
            if not mirrored:
                yield offset, a, c
            elif g == 0:
                yield offset, c, a
            else:
                x, y = a.double(), c.double()
                yield offset, x * g + y * sine, x * sine - y * g

    def _canonical(self, i: SupportsIndex, j: SupportsIndex) -> tuple[Plane, bool]:
        """Plane i < j, and whether (j, i) was asked for."""
        plane = self.basis.plane(i, j)
        first, second = plane.pair
        return (plane, False) if first < second else (self.basis.plane(second, first), True)

    def _spotlight(self, plane: Plane, epsilon: float) -> Spotlight:
        kept = self._spotlights.get(plane.pair)
        if kept is not None:
            return kept if kept.epsilon == epsilon else kept.moved(epsilon)
        return Spotlight(plane, epsilon, int(self._spotlights.maxsize))


def _probes(alpha: float) -> Float64[np.ndarray, " 8"]:
    """Basis directions 0, α, π, π + α of a plane, then the bisectors between them."""
    axes = np.array([0.0, alpha, math.pi, math.pi + alpha])
    bisectors = np.array([alpha, math.pi + alpha, math.tau + alpha, 3 * math.pi + alpha]) / 2
    return np.concatenate([axes, bisectors])

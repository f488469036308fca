"""All pairs of directions of a basis: the cosines between them, and which span a plane."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.basis import MIN_SQUARED_SINE, Basis

_ORTHOGONAL = 1e-12
"""Largest |g| that is taken for the rounding of 0."""

NEAR_COSINE = 0.5
"""Largest |g| of pairs that are surely searched together; see `PairGeometry.near_parallel`."""


@dataclass(frozen=True, eq=False)
class PairGeometry:
    """Cosines of the M (M - 1) / 2 pairs of directions, and which pairs span a plane.

    Attributes
    ----------
    basis
        The M directions.
    cosines
        (M, M) float64 g, NaN where a pair is not to be searched with the others: on the diagonal,
        for the pairs in `parallel` and `near_parallel`, and those of a row of zeros. None if all
        directions are orthogonal.
    largest_cosine
        Largest |g| among the pairs that are searched together.
    parallel
        Pairs i < j of parallel or antiparallel directions, which span no plane.
    near_parallel
        Pairs i < j so near to parallel that they would make the search for the others slow; at
        most M of them, searched one by one.
    """

    basis: Basis
    cosines: Float[Tensor, "directions directions"] | None
    largest_cosine: float
    parallel: tuple[tuple[int, int], ...]
    near_parallel: tuple[tuple[int, int], ...]

    @property
    def n_directions(self) -> int:
        """M, directions of the basis."""
        return self.basis.n_directions

    @property
    def n_planes(self) -> int:
        """Number of pairs i < j that span a plane."""
        return plane_index.n_planes(self.n_directions) - self.n_skipped

    @property
    def n_skipped(self) -> int:
        """Number of pairs i < j that span none: parallel ones, and those of a row of zeros."""
        return len(self.parallel) + self.basis.n_dead_pairs

    def spans(self, planes: Int64[np.ndarray, "planes 2"]) -> Bool[np.ndarray, " planes"]:
        """Return which of some pairs span a plane."""
        m, skipped = self.n_directions, np.array(self.parallel, dtype=np.int64).reshape(-1, 2)
        codes = planes.min(axis=1) * m + planes.max(axis=1)
        on_one_line = np.isin(codes, skipped[:, 0] * m + skipped[:, 1])
        return np.asarray(~on_one_line & ~np.isin(planes, self.basis.dead).any(axis=1))

    def alphas(self, planes: Int64[np.ndarray, "planes 2"]) -> Float64[np.ndarray, " planes"]:
        """Return α of each of some planes, in radians."""
        if self.cosines is None:
            return np.full(len(planes), math.pi / 2)
        g = self.cosines.numpy()[planes[:, 0], planes[:, 1]]
        alphas = np.arctan2(np.sqrt(1 - g * g), g)
        for k in np.flatnonzero(np.isnan(g)):
            alphas[k] = self.basis.plane(*planes[k]).alpha
        return alphas

    def for_thread(self) -> "PairGeometry":
        """Return the same geometry with a basis for another thread alone."""
        return replace(self, basis=self.basis.for_thread())

    @staticmethod
    def from_basis(basis: Basis) -> "PairGeometry":
        """Return the geometry of the pairs of `basis`."""
        m = basis.n_directions
        if basis.is_standard:
            return PairGeometry(basis, None, 0.0, (), ())
        rows = basis.directions
        cosines = rows @ rows.T
        cosines.fill_diagonal_(0.0)
        if not basis.n_dead and float(cosines.abs().max()) <= _ORTHOGONAL:
            return PairGeometry(basis, None, 0.0, (), ())
        near = _pairs_above(cosines, NEAR_COSINE)
        # Whether they are parallel the basis decides; rounding of g hides none of them here.
        doubtful = [
            (i, j) for i, j in near if 1 - float(cosines[i, j]) ** 2 < 10 * MIN_SQUARED_SINE
        ]
        parallel = tuple(pair for pair in doubtful if not basis.spans(*pair))
        near_parallel = _most_parallel(cosines, near, set(parallel), m)
        for i, j in (*parallel, *near_parallel):
            cosines[i, j] = cosines[j, i] = torch.nan
        largest_cosine = float(cosines.nan_to_num().abs().max())
        cosines.fill_diagonal_(torch.nan)
        cosines[basis.dead] = cosines[:, basis.dead] = torch.nan
        return PairGeometry(basis, cosines, largest_cosine, parallel, near_parallel)


def _pairs_above(cosines: Tensor, least: float) -> list[tuple[int, int]]:
    """Return the pairs i < j with |g| > `least`."""
    found = (cosines.triu(1).abs() > least).nonzero()
    return [(i, j) for i, j in found.tolist()]


def _most_parallel(
    cosines: Tensor, near: list[tuple[int, int]], parallel: set[tuple[int, int]], most: int
) -> tuple[tuple[int, int], ...]:
    """Return at most `most` of the `near` pairs, those of the largest |g|, in lexicographic order.

    Parallel pairs are left out; of pairs with the same |g| either all are taken or none.
    """
    planes = [pair for pair in near if pair not in parallel]
    if len(planes) <= most:
        return tuple(planes)
    magnitudes = torch.stack([cosines[pair].abs() for pair in planes])
    bound = magnitudes.topk(most + 1).values[-1]
    return tuple(pair for pair, g in zip(planes, magnitudes, strict=True) if g > bound)

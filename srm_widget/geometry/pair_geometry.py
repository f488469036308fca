"""All pairs of a basis at once: the cosines between directions, and which planes they span."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.basis import PARALLEL, Basis

_ORTHOGONAL = 1e-12
"""Largest |g| that is taken for rounding."""

_NEAR = 0.5
"""Largest |g| of pairs that are searched together; the few beyond are gone through one by one."""


@dataclass(frozen=True, eq=False)
class PairGeometry:
    """Geometry of the M (M - 1) / 2 pairs of directions.

    Attributes
    ----------
    basis
        The basis.
    cosines
        (M, M) float64 g, NaN where a pair is not to be searched with the others: on the diagonal,
        and for the pairs in `parallel` and `near_parallel`. None if all directions are orthogonal.
    largest
        Largest |g| among the pairs that are searched together.
    parallel
        Pairs i < j that span no plane.
    near_parallel
        Pairs i < j so near to parallel that they would spoil the search for the others; at most M.
    """

    basis: Basis
    cosines: Float[Tensor, "directions directions"] | None
    largest: float
    parallel: tuple[tuple[int, int], ...]
    near_parallel: tuple[tuple[int, int], ...]

    @property
    def n_directions(self) -> int:
        """M."""
        return self.basis.n_directions

    @property
    def n_planes(self) -> int:
        """Planes i < j that exist."""
        return plane_index.n_planes(self.n_directions) - len(self.parallel)

    def alphas(self, planes: Int64[np.ndarray, "planes 2"]) -> Float64[np.ndarray, " planes"]:
        """α of some planes, radians."""
        if self.cosines is None:
            return np.full(len(planes), math.pi / 2)
        g = self.cosines.numpy()[planes[:, 0], planes[:, 1]]
        alphas = np.arctan2(np.sqrt(1 - g * g), g)
        for k in np.flatnonzero(np.isnan(g)):
            alphas[k] = self.basis.plane(*planes[k]).alpha
        return alphas

    def for_thread(self) -> "PairGeometry":
        """The same, with a basis whose cache is not shared with other threads."""
        return replace(self, basis=self.basis.for_thread())

    @staticmethod
    def from_basis(basis: Basis) -> "PairGeometry":
        """Pairs of `basis`."""
        m = basis.n_directions
        if basis.is_standard:
            return PairGeometry(basis, None, 0.0, (), ())
        rows = basis.directions
        cosines = rows @ rows.T
        cosines.fill_diagonal_(0.0)
        if float(cosines.abs().max()) <= _ORTHOGONAL:
            return PairGeometry(basis, None, 0.0, (), ())
        near = _between(cosines, _NEAR)
        # Rounding of g is far below what tells these from parallel ones; the basis decides.
        suspects = [(i, j) for i, j in near if 1 - float(cosines[i, j]) ** 2 < 10 * PARALLEL]
        parallel = tuple(pair for pair in suspects if not basis.spans(*pair))
        near_parallel = _nearest(cosines, near, set(parallel), m)
        for i, j in (*parallel, *near_parallel):
            cosines[i, j] = cosines[j, i] = torch.nan
        largest = float(cosines.nan_to_num().abs().max())
        cosines.fill_diagonal_(torch.nan)
        return PairGeometry(basis, cosines, largest, parallel, near_parallel)


def _between(cosines: Tensor, least: float) -> list[tuple[int, int]]:
    """Pairs i < j with |g| > `least`."""
    found = (cosines.triu(1).abs() > least).nonzero()
    return [(i, j) for i, j in found.tolist()]


def _nearest(
    cosines: Tensor, near: list[tuple[int, int]], parallel: set[tuple[int, int]], most: int
) -> tuple[tuple[int, int], ...]:
    """Those of `near` that exceed the rest, at most `most` of them; in lexicographic order."""
    known = [pair for pair in near if pair not in parallel]
    if len(known) <= most:
        return tuple(known)
    sizes = torch.stack([cosines[pair].abs() for pair in known])
    bound = sizes.topk(most + 1).values[-1]
    return tuple(pair for pair, size in zip(known, sizes, strict=True) if size > bound)

"""All pairs of directions of a basis: the cosines between them, and which span a plane."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.basis import MIN_SQUARED_SINE, Basis

_STEEP = 0.99
"""|g| from which 1 - g² is rounded too much for an angle."""

_ORTHOGONAL = 1e-12
"""Largest |g| that is taken for the rounding of 0."""

NEAR_COSINE = 0.5
"""Largest |g| of pairs that a page searches together."""

COSINE_LEVELS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""|g| above which pairs are counted, rising."""

_COSINES_AT_ONCE = 1 << 22
"""Cosines that something is made of at once."""


@dataclass(frozen=True, eq=False)
class PairGeometry:
    """Cosines of the M (M - 1) / 2 pairs of directions, and which pairs span a plane.

    Attributes
    ----------
    basis
        The M directions.
    cosines
        (M, M) float64 g, NaN where no plane is spanned: on the diagonal, for the pairs in
        `parallel`, and those of a row of zeros. None if all directions are orthogonal.
    largest_cosine
        Largest |g| among the pairs that span a plane.
    parallel
        Pairs i < j of parallel or antiparallel directions, which span no plane.
    n_above
        How many pairs have a larger |g| than each of `COSINE_LEVELS`.
    """

    basis: Basis
    cosines: Float[Tensor, "directions directions"] | None
    largest_cosine: float
    parallel: tuple[tuple[int, int], ...]
    n_above: Int64[np.ndarray, " levels"]

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

    @property
    def nbytes(self) -> int:
        """Bytes of the cosines."""
        return 0 if self.cosines is None else self.cosines.nbytes

    def alphas(self, planes: Int64[np.ndarray, "planes 2"]) -> Float64[np.ndarray, " planes"]:
        """Return α of each of some planes, in radians."""
        if self.cosines is None:
            return np.full(len(planes), math.pi / 2)
        g = self.cosines.numpy()[planes[:, 0], planes[:, 1]]
        alphas = np.arctan2(np.sqrt(1 - g * g), g)
        for k in np.flatnonzero(np.abs(g) > _STEEP):
            alphas[k] = self.basis.plane(*planes[k]).alpha
        return alphas

    def for_thread(self) -> "PairGeometry":
        """Return the same geometry with a basis for another thread alone."""
        return replace(self, basis=self.basis.for_thread())

    def closer_than(
        self, bound: float
    ) -> tuple[Int64[Tensor, " close"], Int64[Tensor, " close"], Float64[Tensor, " close"]]:
        r"""Return i, j and g of the pairs i < j that span a plane with \|g\| > `bound`, rising."""
        nothing = torch.empty(0, dtype=torch.int64)
        found = [(nothing, nothing, torch.empty(0, dtype=torch.float64))]
        if self.cosines is not None and bound < self.largest_cosine:
            for low, block in _row_blocks(self.cosines):
                row, j = (block.abs() > bound).nonzero().unbind(1)
                upper = j > row + low
                row, j = row[upper], j[upper]
                found.append((row + low, j, block[row, j]))
        i, j, g = (torch.cat(part) for part in zip(*found, strict=True))
        return i, j, g

    @staticmethod
    def from_basis(basis: Basis) -> "PairGeometry":
        """Return the geometry of the pairs of `basis`."""
        none_above = np.zeros(len(COSINE_LEVELS), dtype=np.int64)
        if basis.is_standard:
            return PairGeometry(basis, None, 0.0, (), none_above)
        rows = basis.directions
        cosines = rows @ rows.T
        cosines.fill_diagonal_(0.0)
        if not basis.n_dead and _largest(cosines) <= _ORTHOGONAL:
            return PairGeometry(basis, None, 0.0, (), none_above)
        parallel = tuple(_parallel(basis, cosines))
        for i, j in parallel:
            cosines[i, j] = cosines[j, i] = torch.nan
        cosines.fill_diagonal_(torch.nan)
        cosines[basis.dead] = cosines[:, basis.dead] = torch.nan
        n_above = none_above.copy()
        for _, block in _row_blocks(cosines):
            n_above += [int((block.abs() > level).sum()) for level in COSINE_LEVELS]
        return PairGeometry(basis, cosines, _largest(cosines), parallel, n_above // 2)


def _row_blocks(cosines: Float64[Tensor, "m m"]) -> Iterator[tuple[int, Float64[Tensor, "some m"]]]:
    """Yield rows, a few at a time, so that what is made of them is small beside the matrix."""
    step = max(1, _COSINES_AT_ONCE // len(cosines))
    for low in range(0, len(cosines), step):
        yield low, cosines[low : low + step]


def _largest(cosines: Float64[Tensor, "m m"]) -> float:
    r"""Return the largest \|g\| of a matrix, NaN left out."""
    return max(float(block.abs().nan_to_num_().max()) for _, block in _row_blocks(cosines))


def _parallel(basis: Basis, cosines: Float64[Tensor, "m m"]) -> Iterator[tuple[int, int]]:
    """Yield the pairs i < j that the basis says are parallel; rounding of g hides none of them."""
    least = math.sqrt(1 - 10 * MIN_SQUARED_SINE)
    for low, block in _row_blocks(cosines):
        for row, j in (block.abs() > least).nonzero().tolist():
            if low + row < j and not basis.spans(low + row, j):
                yield low + row, j

"""Privileged bases: unit directions, normalised and checked once."""

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, SupportsIndex

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float64
from scipy.linalg import helmert
from scipy.optimize import minimize
from scipy.spatial.distance import pdist, squareform
from scipy.stats import special_ortho_group
from torch import Tensor

from srm_widget.geometry.plane_index import checked_pair

PARALLEL = 1e-10
"""A plane exists only where 1 - g² reaches this, g the cosine between its two directions."""

_PLANES_KEPT = 16


@dataclass(frozen=True, eq=False)
class Plane:
    """The plane of two directions and the frame the spotlight turns in.

    Attributes
    ----------
    pair
        (i, j): the angle 0 is b_i, and angles grow from b_i towards b_j.
    e1, e2
        Orthonormal frame, (D,) float64 each: e1 = b_i, e2 the part of b_j orthogonal to it.
    cosine
        g = b_i · b_j.
    alpha
        α, the angle in radians at which b_j stands in the plane.
    """

    pair: tuple[int, int]
    e1: Float64[Tensor, " dims"]
    e2: Float64[Tensor, " dims"]
    cosine: float
    alpha: float

    @property
    def sine(self) -> float:
        """Sine of α."""
        return math.sqrt(1.0 - self.cosine * self.cosine)

    @property
    def nbytes(self) -> int:
        """Bytes of the frame."""
        return self.e1.nbytes + self.e2.nbytes


@dataclass(frozen=True, eq=False)
class Basis:
    """Unit directions b̂, one a row; made by `standard`, `rotated`, `simplex`, `thomson` or `of`.

    ``np.asarray`` and ``torch.as_tensor`` accept it where they accept an array.
    """

    n_directions: int
    n_dims: int
    name: str
    _rows: Float64[Tensor, "directions dims"] | None = field(default=None, repr=False)
    _planes: LRUCache[tuple[int, int], Plane] = field(
        default_factory=lambda: LRUCache(_PLANES_KEPT), repr=False
    )

    @property
    def is_standard(self) -> bool:
        """Whether the directions are the coordinate axes themselves, in order."""
        return self._rows is None

    @cached_property
    def directions(self) -> Float64[Tensor, "directions dims"]:
        """Unit rows b̂, (M, D) float64."""
        return torch.eye(self.n_dims, dtype=torch.float64) if self._rows is None else self._rows

    def direction(self, i: int) -> Float64[Tensor, " dims"]:
        """Unit vector b̂_i, (D,) float64."""
        if self._rows is not None:
            return self._rows[i]
        axis = torch.zeros(self.n_dims, dtype=torch.float64)
        axis[i] = 1.0
        return axis

    def plane(self, i: SupportsIndex, j: SupportsIndex) -> Plane:
        """Frame of the plane (i, j).

        Raises
        ------
        IndexError
            If i equals j or either is out of range.
        ValueError
            If the two directions are parallel or antiparallel, so that they span no plane.
        """
        pair = checked_pair(i, j, self.n_directions)
        if pair not in self._planes:
            self._planes[pair] = self._made(pair)
        return self._planes[pair]

    def plane_with(self, i: int, others: Sequence[int]) -> Plane:
        """Plane of b_i and the first direction that spans one with it, `others` first.

        Raises
        ------
        ValueError
            If all directions are parallel to b_i.
        """
        for j in (*others, *range(self.n_directions)):
            if j != i and self.spans(i, j):
                return self.plane(i, j)
        raise ValueError(f"expected a direction that is not parallel to direction {i}, got none")

    def for_thread(self) -> "Basis":
        """The same directions, with a cache that is not shared with other threads."""
        return Basis(self.n_directions, self.n_dims, self.name, self._rows)

    def _made(self, pair: tuple[int, int]) -> Plane:
        e1, cosine, rest, sine = self._parts(*pair)
        if sine * sine < PARALLEL:
            kind = "parallel" if cosine > 0 else "antiparallel"
            raise ValueError(
                f"expected two directions that span a plane, but {pair[0]} and {pair[1]} are "
                f"{kind} (1 - g² = {sine * sine:.2g}, at least {PARALLEL:g} is needed)"
            )
        return Plane(pair, e1, rest / sine, cosine, math.atan2(sine, cosine))

    def spans(self, i: SupportsIndex, j: SupportsIndex) -> bool:
        """Whether directions i and j span a plane: they are neither parallel nor antiparallel."""
        pair = checked_pair(i, j, self.n_directions)
        return self.is_standard or self._parts(*pair)[3] ** 2 >= PARALLEL

    def _parts(self, i: int, j: int) -> tuple[Tensor, float, Tensor, float]:
        """b_i, the cosine g, the part of b_j orthogonal to b_i, and its length sqrt(1 - g²)."""
        first, second = self.direction(i), self.direction(j)
        cosine = float(first @ second)
        rest = second - cosine * first
        return first, cosine, rest, float(torch.linalg.vector_norm(rest))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.directions.numpy(), dtype=dtype)

    def __len__(self) -> int:
        return self.n_directions


def standard(n_dims: SupportsIndex) -> Basis:
    """Standard basis of `n_dims` dimensions: the coordinate axes."""
    d = _size("n_dims", n_dims, 2)
    return Basis(d, d, "standard basis")


def rotated(n_dims: SupportsIndex, seed: int) -> Basis:
    """Orthonormal basis turned by a random rotation, uniform over SO(D) (Haar measure)."""
    d = _size("n_dims", n_dims, 2)
    rotation = special_ortho_group.rvs(d, random_state=np.random.default_rng(seed))
    return Basis(d, d, "rotated basis", torch.from_numpy(np.ascontiguousarray(rotation)))


def simplex(n_dims: SupportsIndex) -> Basis:
    """Corners of the regular simplex: D + 1 directions, every two at the cosine -1/D."""
    d = _size("n_dims", n_dims, 2)
    corners = torch.from_numpy(np.ascontiguousarray(helmert(d + 1).T))
    return Basis(d + 1, d, "simplex basis", _unit(corners))


def thomson(n_directions: SupportsIndex, n_dims: SupportsIndex, seed: int) -> Basis:
    """Directions spread over the sphere by repulsion (Thomson's problem).

    Minimises the Coulomb energy, the sum over pairs of 1 / ‖b_i - b_j‖, from a random start; it
    finds a local minimum, as is usual for this problem.

    Parameters
    ----------
    n_directions, n_dims
        M ≥ 2 directions in D ≥ 2 dimensions; M may exceed D.
    seed
        Of the random start.
    """
    m, d = _size("n_directions", n_directions, 2), _size("n_dims", n_dims, 2)
    start = np.random.default_rng(seed).standard_normal((m, d))
    found = minimize(_coulomb, start.ravel(), args=(m, d), jac=True, method="L-BFGS-B")
    spread = torch.from_numpy(found.x.reshape(m, d))
    return Basis(m, d, "Thomson basis", _unit(spread))


def _coulomb(flat: np.ndarray, m: int, d: int) -> tuple[float, np.ndarray]:
    """Energy and gradient on unnormalised coordinates, so that the search is unconstrained."""
    free = flat.reshape(m, d)
    norms = np.linalg.norm(free, axis=1, keepdims=True)
    points = free / norms
    inverse = 1.0 / pdist(points)
    pull = squareform(inverse**3)
    gradient = pull @ points - pull.sum(axis=1, keepdims=True) * points
    tangent = gradient - (gradient * points).sum(axis=1, keepdims=True) * points
    return float(inverse.sum()), (tangent / norms).ravel()


def of(matrix: Any) -> Basis:
    """Basis of the rows of `matrix`, each divided by its norm.

    Parameters
    ----------
    matrix
        (M, D), anything ``torch.as_tensor`` takes; M may be smaller than, equal to or larger
        than D, and the rows need not be orthogonal. A `Basis` is returned as it is.

    Raises
    ------
    ValueError
        If the shape is wrong, or a row is zero or not finite; the message names the row.
    TypeError
        If the entries are not real numbers.
    """
    if isinstance(matrix, Basis):
        return matrix
    rows = _dense(matrix)
    if rows.ndim != 2 or rows.shape[0] < 2 or rows.shape[1] < 2:
        raise ValueError(
            "expected a basis of shape (M, D) with M ≥ 2 and D ≥ 2, one direction a row, "
            f"got shape {tuple(rows.shape)}"
        )
    rows = rows.to(device="cpu", dtype=torch.float64, copy=True)
    largest = rows.abs().amax(dim=1, keepdim=True)
    for bad, what in ((~largest.isfinite(), "is not finite"), (largest == 0, "is zero")):
        if bad.any():
            raise ValueError(f"basis row {int(bad.flatten().nonzero()[0])} {what}")
    unit = _unit(rows / largest)
    if unit.shape[0] == unit.shape[1] and torch.equal(unit, torch.eye(len(unit)).to(unit)):
        return standard(len(unit))
    return Basis(unit.shape[0], unit.shape[1], "own basis", unit)


def _dense(matrix: Any) -> Tensor:
    if isinstance(matrix, Tensor):
        real = matrix.layout == torch.strided and not matrix.is_complex()
        kind = f"{matrix.dtype}, {matrix.layout}"
        values = matrix.detach()
    else:
        array = np.asarray(matrix)
        real, kind = array.dtype.kind in "biuf", f"{type(matrix).__name__} of {array.dtype}"
        values = torch.from_numpy(array.astype(np.float64)) if real else torch.empty(0)
    if not real:
        raise TypeError(f"expected a basis of dense real numbers, got {kind}")
    return values


def _unit(rows: Float64[Tensor, "directions dims"]) -> Float64[Tensor, "directions dims"]:
    return rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True)


def _size(name: str, value: SupportsIndex, least: int) -> int:
    size = operator.index(value)
    if size < least:
        raise ValueError(f"expected {name} ≥ {least}, got {size}")
    return size

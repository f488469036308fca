"""The privileged basis: unit directions, and the planes that pairs of them span."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, SupportsIndex

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.one_line import OneLine, pairs_on_one_line
from srm_widget.geometry.plane_index import checked_pair
from srm_widget.utils.text import first_few

MIN_SQUARED_SINE = 1e-10
"""Two directions span a plane only if 1 - g² reaches this, g the cosine between them."""

_ROUNDING = 1e-6
"""By which numbers of directions may be off, rounded to float32: cosines of orthogonal ones too."""

_PLANES_KEPT = 16
"""Planes a basis keeps the frames of."""


@dataclass(frozen=True, eq=False)
class Plane:
    """Plane spanned by two directions, and the orthonormal frame in which the spotlight turns.

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

    Examples
    --------
    >>> import math
    >>> import srm_widget as srm
    >>> plane = srm.basis.of([[1, 0], [1, 1]]).plane(0, 1)
    >>> plane.pair, round(math.degrees(plane.alpha), 3), plane.e2.tolist()
    ((0, 1), 45.0, [0.0, 1.0])
    """

    pair: tuple[int, int]
    e1: Float64[Tensor, " dims"]
    e2: Float64[Tensor, " dims"]
    cosine: float
    alpha: float

    def __repr__(self) -> str:
        degrees = math.degrees(self.alpha)
        return f"Plane({self.pair}, α = {degrees:.4g}°, in {len(self.e1)} dimensions)"

    @property
    def sine(self) -> float:
        """Sine of α."""
        return math.sqrt(1.0 - self.cosine * self.cosine)

    @property
    def nbytes(self) -> int:
        """Bytes of the frame e1, e2."""
        return self.e1.nbytes + self.e2.nbytes


@dataclass(frozen=True, eq=False)
class Basis:
    """Privileged basis: M unit directions b̂, one a row, in D dimensions.

    Made by `standard`, `rotated`, `simplex`, `thomson` or `of`. Rows of zeros, as of the dead
    latents of an autoencoder, keep their number and span no plane: see `dead`.

    ``np.asarray`` and ``torch.as_tensor`` accept it where they accept an array. Where a table gave
    the directions, ``names`` are the M names of its rows, or of the columns of the activations;
    else None.

    Examples
    --------
    >>> import numpy as np
    >>> import srm_widget as srm
    >>> simplex = srm.basis.simplex(2)
    >>> simplex.n_directions, simplex.n_dims, simplex.n_planes, simplex.is_orthonormal
    (3, 2, 3, False)
    >>> np.asarray(simplex).shape
    (3, 2)
    """

    n_directions: int
    n_dims: int
    name: str
    _source: Tensor | Callable[[], Tensor] | None = field(default=None, repr=False)
    names: tuple[str, ...] | None = field(default=None, repr=False)
    _planes: LRUCache[tuple[int, int], Plane] = field(
        default_factory=lambda: LRUCache(_PLANES_KEPT), repr=False
    )

    def __post_init__(self) -> None:
        if self.names is not None and len(self.names) != self.n_directions:
            object.__setattr__(self, "names", None)  # of a table with a column of arrays

    def __reduce__(self) -> tuple[type["Basis"], tuple[Any, ...]]:
        # Without what can be worked out anew, which another thread may just be doing.
        return Basis, (self.n_directions, self.n_dims, self.name, self._source, self.names)

    @property
    def _rows(self) -> Float64[Tensor, "directions dims"] | None:
        """The unit rows, made when they are needed where the basis has but a function for them."""
        return self._source() if callable(self._source) else self._source

    @property
    def is_standard(self) -> bool:
        """Whether the directions are the coordinate axes themselves, in order."""
        return self._source is None

    @cached_property
    def dead(self) -> Int64[np.ndarray, " dead"]:
        """Numbers of the directions that are rows of zeros, rising; they have no direction."""
        rows = self._rows
        if rows is None:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(~rows.any(dim=1).numpy())

    @property
    def n_dead(self) -> int:
        """Number of directions that are rows of zeros."""
        return len(self.dead)

    @property
    def n_dead_pairs(self) -> int:
        """Number of pairs i < j of which one is a row of zeros, so that they span no plane."""
        n_live = self.n_directions - self.n_dead
        return plane_index.n_planes(self.n_directions) - plane_index.n_planes(n_live)

    @cached_property
    def _one_line(self) -> OneLine:
        """How many pairs are of the same direction, and of opposite ones."""
        rows = self._rows
        return OneLine(0, 0) if rows is None else pairs_on_one_line(rows, MIN_SQUARED_SINE)

    @property
    def n_parallel(self) -> int:
        """Number of pairs i < j of the same direction, which span no plane."""
        return self._one_line.n_parallel

    @property
    def n_antipodal(self) -> int:
        """Number of pairs i < j of opposite directions, which span no plane."""
        return self._one_line.n_antipodal

    @property
    def n_planes(self) -> int:
        """Number of pairs i < j that span a plane."""
        pairs = plane_index.n_planes(self.n_directions) - self.n_dead_pairs
        return pairs - self.n_parallel - self.n_antipodal

    @property
    def no_plane_text(self) -> str:
        """What the directions are where no two of them span a plane, in words."""
        parallel = "parallel directions"
        return f"{parallel} and {self._dead_text}" if self.n_dead else f"{parallel} alone"

    @cached_property
    def is_orthonormal(self) -> bool:
        """Whether all are unit rows, every two orthogonal, up to the rounding of float32."""
        if self.is_standard:
            return True
        if self.n_directions > self.n_dims or self.n_dead:
            return False
        cosines = self.directions @ self.directions.T
        return bool((cosines.fill_diagonal_(0.0).abs() <= _ROUNDING).all())

    def is_same(self, other: "Basis") -> bool:
        """Return whether `other` has the same directions, up to the rounding of float32.

        Parameters
        ----------
        other
            Another basis, whatever it was made by.

        Examples
        --------
        >>> import srm_widget as srm
        >>> srm.basis.standard(2).is_same(srm.basis.of([[2, 0], [0, 5]]))
        True
        """
        if (self.n_directions, self.n_dims) != (other.n_directions, other.n_dims):
            return False
        return bool(((self.directions - other.directions).abs() <= _ROUNDING).all())

    @property
    def directions(self) -> Float64[Tensor, "directions dims"]:
        """Unit rows b̂, (M, D) float64; those of `dead` are zeros."""
        rows = self._rows
        return self._axes if rows is None else rows

    @cached_property
    def _axes(self) -> Float64[Tensor, "dims dims"]:
        return torch.eye(self.n_dims, dtype=torch.float64)

    def direction(self, i: int) -> Float64[Tensor, " dims"]:
        """Return the unit vector b̂_i, (D,) float64; zeros if it is one of `dead`.

        Parameters
        ----------
        i
            Number of the direction, 0 … M - 1.

        Examples
        --------
        >>> import srm_widget as srm
        >>> srm.basis.of([[3, 0], [0, -2]]).direction(1).tolist()
        [0.0, -1.0]
        """
        rows = self._rows
        if rows is not None:
            return rows[i]
        axis = torch.zeros(self.n_dims, dtype=torch.float64)
        axis[i] = 1.0
        return axis

    def plane(self, i: SupportsIndex, j: SupportsIndex) -> Plane:
        """Return the plane (i, j) with its frame.

        Parameters
        ----------
        i, j
            Two different directions, 0 … M - 1.

        Returns
        -------
        Plane
            With b_i at the angle 0.

        Raises
        ------
        TypeError
            If i or j is no integer.
        IndexError
            If i equals j or either is out of range.
        ValueError
            If the two directions span no plane: they are parallel or antiparallel, or one is a row
            of zeros.

        Examples
        --------
        >>> import srm_widget as srm
        >>> plane = srm.basis.simplex(2).plane(0, 1)
        >>> plane.pair, round(plane.cosine, 3)
        ((0, 1), -0.5)
        """
        pair = checked_pair(i, j, self.n_directions)
        if pair not in self._planes:
            self._planes[pair] = self._make_plane(pair)
        return self._planes[pair]

    def forget_planes(self) -> None:
        """Let go of the frames of planes, which are computed when they are needed."""
        self._planes.clear()

    def plane_with(self, i: int, others: Sequence[int]) -> Plane:
        """Return the plane of b_i and the first direction that spans one with it, `others` first.

        Raises
        ------
        ValueError
            If all directions are parallel to b_i or rows of zeros, or b_i is one.
        """
        if i in self.dead:
            raise ValueError(
                f"expected a direction that spans a plane with direction {i}, which is a row of "
                "zeros and has none"
            )
        for j in (*others, *range(self.n_directions)):
            if j != i and self.spans(i, j):
                return self.plane(i, j)
        raise ValueError(f"expected a direction that is not parallel to direction {i}, got none")

    def part(self, chosen: Int64[np.ndarray, " some"]) -> "Basis":
        """Return the basis of some of the directions, by their numbers."""
        if self.is_standard:
            rows = torch.zeros(len(chosen), self.n_dims, dtype=torch.float64)
            rows[torch.arange(len(chosen)), torch.from_numpy(chosen)] = 1.0
        else:
            rows = self.directions[chosen]
        names = self.names and tuple(self.names[k] for k in chosen)
        return Basis(len(chosen), self.n_dims, self.name, rows, names)

    def for_thread(self) -> "Basis":
        """Return the same directions with a cache of planes for another thread alone."""
        return Basis(self.n_directions, self.n_dims, self.name, self._source, self.names)

    def _make_plane(self, pair: tuple[int, int]) -> Plane:
        dead = [k for k in pair if k in self.dead]
        if dead:
            of_zeros = (
                f"{dead[0]} is a row of zeros, which has no direction"
                if len(dead) == 1
                else f"{dead[0]} and {dead[1]} are rows of zeros, which have no direction"
            )
            raise ValueError(f"expected two directions that span a plane, but {of_zeros}")
        e1, cosine, rest, sine = self._orthogonalised(*pair)
        if sine * sine < MIN_SQUARED_SINE:
            kind = "parallel" if cosine > 0 else "antiparallel"
            raise ValueError(
                f"expected two directions that span a plane, but {pair[0]} and {pair[1]} are "
                f"{kind} (1 - g² = {sine * sine:.2g}, at least {MIN_SQUARED_SINE:g} is needed)"
            )
        return Plane(pair, e1, rest / sine, cosine, math.atan2(sine, cosine))

    def spans(self, i: SupportsIndex, j: SupportsIndex) -> bool:
        """Return whether directions i and j span a plane.

        Those that are parallel or antiparallel do not, nor does a row of zeros with any other.

        Parameters
        ----------
        i, j
            Two different directions, 0 … M - 1.

        Examples
        --------
        >>> import srm_widget as srm
        >>> own = srm.basis.of([[1, 0], [-2, 0], [1, 1]])
        >>> own.spans(0, 1), own.spans(0, 2)
        (False, True)
        """
        pair = checked_pair(i, j, self.n_directions)
        if self.is_standard:
            return True
        first, _, _, sine = self._orthogonalised(*pair)
        return bool(first.any()) and sine * sine >= MIN_SQUARED_SINE

    def _orthogonalised(self, i: int, j: int) -> tuple[Tensor, float, Tensor, float]:
        """Return b_i, the cosine g, the part of b_j orthogonal to b_i, and its length √(1 - g²)."""
        first, second = self.direction(i), self.direction(j)
        cosine = float(first @ second)
        rest = second - cosine * first
        return first, cosine, rest, float(torch.linalg.vector_norm(rest))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.directions.numpy(), dtype=dtype)

    def __len__(self) -> int:
        return self.n_directions

    def __repr__(self) -> str:
        dead = f", {self._dead_text}" if self.n_dead else ""
        return (
            f"Basis({self.n_directions} directions in {self.n_dims} dimensions, {self.name}{dead})"
        )

    @property
    def _dead_text(self) -> str:
        rows = "row" if self.n_dead == 1 else "rows"
        return f"{self.n_dead:,} {rows} of zeros ({first_few(self.dead.tolist())})"

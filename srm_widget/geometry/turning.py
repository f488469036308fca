"""Turns of a basis: rotation matrices, and their powers Qᵗ from the identity to the whole turn."""

import math
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from cachetools import LRUCache
from jaxtyping import Float64
from scipy.linalg import schur
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.utils.inputs import as_numbers
from srm_widget.utils.ways_out import Wanted

_ROUNDING = 1e-6
"""By which an orthogonal matrix may be off, rounded to float32."""

_ROTATION = Wanted("a rotation of dense real numbers, (D, D)", "rotation", exact=True)

_KEPT = 2
"""Steps of a turn of which the rows are kept: the one that is looked at, and the one before."""


def as_rotation(rotation: Any, n_dims: int) -> Float64[np.ndarray, "dims dims"]:
    """Return a rotation of `n_dims` dimensions as float64, one direction a row.

    Parameters
    ----------
    rotation
        (D, D) orthogonal numbers of determinant +1, or a `Basis` of such rows.
    n_dims
        D.

    Raises
    ------
    ValueError
        If the shape is another, numbers are not finite, the matrix is not orthogonal, or it
        reflects, so that no turn leads to it.
    TypeError
        If the entries are not real numbers.
    """
    entries = _entries(rotation)
    if entries.shape != (n_dims, n_dims):
        raise ValueError(
            f"expected a rotation of shape ({n_dims}, {n_dims}), one direction of the activations' "
            f"space a row, got shape {entries.shape}"
        )
    found: np.ndarray = entries.astype(np.float64)
    if n_bad := int((~np.isfinite(found)).sum()):
        raise ValueError(
            f"expected a rotation of finite numbers, got NaN or infinity in {n_bad:,} of "
            f"{found.size:,} entries"
        )
    with np.errstate(over="ignore", invalid="ignore"):  # no product of large numbers is I
        off = float(np.abs(found @ found.T - np.eye(n_dims)).max())
    if not off <= _ROUNDING:
        raise ValueError(
            f"expected a rotation, Q Qᵀ = I up to {_ROUNDING:g}, got a matrix that is off by "
            f"{off:.2g}; numpy.linalg.qr(matrix).Q is orthogonal"
        )
    if np.linalg.det(found) < 0:
        raise ValueError(
            "expected a rotation, of determinant +1, got a reflection, of determinant −1, to which "
            "no turn leads; matrix[0] *= -1 makes it one: direction 0 then points the other way "
            "along its line"
        )
    return found


def _entries(rotation: Any) -> np.ndarray:
    """Return the numbers of a rotation, or raise ``TypeError`` if they are no real ones."""
    values = as_numbers(rotation, _ROTATION)
    if isinstance(values, np.ndarray):
        return values.astype(np.float64)
    return values.detach().to(device="cpu", dtype=torch.float64).numpy()


class Powers:
    """Powers Qᵗ of a rotation, the shortest way round.

    A rotation turns perpendicular planes, each by an angle of its own, which the real Schur form
    Q = Z T Zᵀ has on its diagonal; Qᵗ turns each by t times that. Z being orthogonal, so is Qᵗ,
    for half turns and for equal angles too, where planes are not unique and any will do.

    Parameters
    ----------
    rotation
        Orthogonal, of determinant +1, up to rounding.
    """

    def __init__(self, rotation: Float64[np.ndarray, "dims dims"]) -> None:
        form, self._axes = schur(rotation, output="real")
        planes, half = [], []
        k = 0
        while k < len(form):
            if k + 1 < len(form) and form[k + 1, k] != 0:
                sine, cosine = form[k + 1, k] - form[k, k + 1], form[k, k] + form[k + 1, k + 1]
                planes.append((k, k + 1, math.atan2(sine, cosine)))
                k += 2
            else:
                if form[k, k] < 0:
                    half.append(k)
                k += 1
        # Directions that are turned round come in pairs: a pair is a plane turned by half a circle.
        planes += [(p, q, math.pi) for p, q in zip(half[::2], half[1::2], strict=True)]
        first, second = (np.array([plane[at] for plane in planes], dtype=int) for at in (0, 1))
        self._first, self._second = first, second
        self._angles = np.array([plane[2] for plane in planes])

    def power(self, share: float) -> Float64[np.ndarray, "dims dims"]:
        """Return Qᵗ for t = `share` of the turn; 0 is the identity and 1 is Q, up to rounding."""
        cosines, sines = np.cos(share * self._angles), np.sin(share * self._angles)
        first, second = self._axes[:, self._first], self._axes[:, self._second]
        turned = self._axes.copy()
        turned[:, self._first] = first * cosines + second * sines
        turned[:, self._second] = second * cosines - first * sines
        return turned @ self._axes.T


def turned_bases(
    basis: Basis, last: Basis, rotation: Float64[np.ndarray, "dims dims"], n_steps: int
) -> Iterator[Basis]:
    """Yield `basis`, then it turned in equal steps towards `last`, B Qᵗ, and at the end `last`.

    Parameters
    ----------
    basis, last
        B and B Q: both ends are themselves, not what is computed of them.
    rotation
        Q, as `as_rotation` returns it.
    n_steps
        Steps, both ends among them, ≥ 2.
    """
    yield basis
    path, name = _Path(basis, rotation), f"{basis.name}, turned"
    for share in np.linspace(0.0, 1.0, n_steps)[1:-1].tolist():
        yield Basis(basis.n_directions, basis.n_dims, name, partial(path.rows, share))
    yield last


class _Path:
    """Rows of a basis on its way: made when a step is looked at, so that steps hold no matrices."""

    def __init__(self, start: Basis, rotation: Float64[np.ndarray, "dims dims"]) -> None:
        self.__setstate__((start, Powers(rotation)))

    def __getstate__(self) -> tuple[Basis, Powers]:
        return self._start, self._powers

    def __setstate__(self, state: tuple[Basis, Powers]) -> None:
        self._start, self._powers = state
        self._made: LRUCache[float, Tensor] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def rows(self, share: float) -> Float64[Tensor, "directions dims"]:
        """Return the unit rows at a share of the turn."""
        with self._lock:
            if share not in self._made:
                rows = self._start.directions.numpy() @ self._powers.power(share)
                self._made[share] = torch.from_numpy(np.ascontiguousarray(rows))
            return self._made[share]

"""Privileged bases to measure against: standard, rotated, simplex, Thomson, or your own rows."""

from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float64
from scipy.linalg import helmert
from scipy.spatial.distance import pdist, squareform
from torch import Tensor

from srm_widget.geometry.basis import Basis, Plane
from srm_widget.utils.calls import explained
from srm_widget.utils.inputs import as_matrix
from srm_widget.utils.tables import names_of_rows
from srm_widget.utils.text import first_few
from srm_widget.utils.validation import integer
from srm_widget.utils.ways_out import Wanted

__all__ = ["Basis", "Plane", "of", "rotated", "simplex", "standard", "thomson"]


_STANDARD = "standard basis"
_BASIS = Wanted("a basis of dense real numbers", "basis", exact=True)
_SHAPE = "a basis of shape (M, D) with M ≥ 2 and D ≥ 2, one direction a row, got shape"


@explained
def standard(n_dims: SupportsIndex) -> Basis:
    """Return the standard basis of `n_dims` dimensions: the coordinate axes.

    Parameters
    ----------
    n_dims
        D ≥ 2.

    Returns
    -------
    Basis
        M = D directions, the first of which is (1, 0, …).

    Raises
    ------
    TypeError, ValueError
        If `n_dims` is no integer or too small.

    Examples
    --------
    >>> import srm_widget as srm
    >>> srm.basis.standard(3).directions.tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    d = integer("n_dims", n_dims, least=2)
    return Basis(d, d, _STANDARD)


@explained
def rotated(n_dims: SupportsIndex, seed: int) -> Basis:
    """Return an orthonormal basis rotated at random, uniformly over SO(D) (Haar measure).

    Parameters
    ----------
    n_dims
        D ≥ 2.
    seed
        Of the rotation: the same seed gives the same basis, from the same version of SciPy.

    Returns
    -------
    Basis
        M = D orthonormal directions.

    Raises
    ------
    TypeError, ValueError
        If `n_dims` is no integer or too small.

    Examples
    --------
    >>> import srm_widget as srm
    >>> rotated = srm.basis.rotated(3, seed=0)
    >>> rotated
    Basis(3 directions in 3 dimensions, rotated basis)
    >>> rotated.is_orthonormal
    True
    """
    # It takes longer to import than all of the package, but for torch.
    from scipy.stats import special_ortho_group  # noqa: PLC0415

    d = integer("n_dims", n_dims, least=2)
    rotation = special_ortho_group.rvs(d, random_state=np.random.default_rng(seed))
    return Basis(d, d, "rotated basis", torch.from_numpy(np.ascontiguousarray(rotation)))


@explained
def simplex(n_dims: SupportsIndex) -> Basis:
    """Return the corners of a regular simplex: D + 1 directions, every two at the cosine -1/D.

    Parameters
    ----------
    n_dims
        D ≥ 2.

    Returns
    -------
    Basis
        M = D + 1 directions, whose sum is 0.

    Raises
    ------
    TypeError, ValueError
        If `n_dims` is no integer or too small.

    Examples
    --------
    >>> import srm_widget as srm
    >>> simplex = srm.basis.simplex(2)
    >>> simplex
    Basis(3 directions in 2 dimensions, simplex basis)
    >>> (simplex.directions @ simplex.directions.T).numpy().round(3).tolist()
    [[1.0, -0.5, -0.5], [-0.5, 1.0, -0.5], [-0.5, -0.5, 1.0]]
    """
    d = integer("n_dims", n_dims, least=2)
    corners = torch.from_numpy(np.ascontiguousarray(helmert(d + 1).T))
    return Basis(d + 1, d, "simplex basis", _unit(corners))


@explained
def thomson(n_directions: SupportsIndex, n_dims: SupportsIndex, seed: int) -> Basis:
    """Return M directions spread over the sphere by repulsion (Thomson's problem).

    They minimise the Coulomb energy, the sum over pairs of 1 / ‖b_i - b_j‖, from a random start:
    a local minimum, as is usual for this problem.

    Parameters
    ----------
    n_directions, n_dims
        M ≥ 2 directions in D ≥ 2 dimensions; M may exceed D.
    seed
        Of the random start.

    Returns
    -------
    Basis
        M unit directions in D dimensions.

    Raises
    ------
    TypeError, ValueError
        If one of them is no integer or too small.

    Examples
    --------
    >>> import srm_widget as srm
    >>> tetrahedron = srm.basis.thomson(4, 3, seed=0)  # spread furthest, four are its corners
    >>> tetrahedron
    Basis(4 directions in 3 dimensions, Thomson basis)
    >>> cosines = tetrahedron.directions @ tetrahedron.directions.T
    >>> cosines[0].numpy().round(3).tolist()
    [1.0, -0.333, -0.333, -0.333]
    """
    from scipy.optimize import minimize  # noqa: PLC0415

    m, d = integer("n_directions", n_directions, least=2), integer("n_dims", n_dims, least=2)
    start = np.random.default_rng(seed).standard_normal((m, d))
    found = minimize(_coulomb, start.ravel(), args=(m, d), jac=True, method="L-BFGS-B")
    spread = torch.from_numpy(found.x.reshape(m, d))
    return Basis(m, d, "Thomson basis", _unit(spread))


def _coulomb(flat: np.ndarray, m: int, d: int) -> tuple[float, np.ndarray]:
    """Return the Coulomb energy and its gradient in unnormalised, unconstrained coordinates."""
    free = flat.reshape(m, d)
    norms = np.linalg.norm(free, axis=1, keepdims=True)
    points = free / norms
    inverse = 1.0 / pdist(points)
    pull = squareform(inverse**3)
    gradient = pull @ points - pull.sum(axis=1, keepdims=True) * points
    tangent = gradient - (gradient * points).sum(axis=1, keepdims=True) * points
    return float(inverse.sum()), (tangent / norms).ravel()


@explained
def of(matrix: Any) -> Basis:
    """Return the basis of the rows of `matrix`, each divided by its norm.

    Parameters
    ----------
    matrix
        (M, D), anything that activations can be given as; M may be smaller than, equal to or larger
        than D, and the rows need not be orthogonal. Rows of zeros keep their number and span no
        plane: see `Basis.dead`. A `Basis` is returned as it is.

    Returns
    -------
    Basis
        M unit directions; the standard basis if the rows are the coordinate axes in order.

    Raises
    ------
    ValueError
        If the shape is wrong, rows are not finite, or all are zero; the message says which.
    TypeError
        If the entries are not real numbers.

    Examples
    --------
    >>> import srm_widget as srm
    >>> own = srm.basis.of([[3, 0], [0, 2], [1, 1]])
    >>> own
    Basis(3 directions in 2 dimensions, own basis)
    >>> own.directions.numpy().round(3).tolist(), own.is_orthonormal
    ([[1.0, 0.0], [0.0, 1.0], [0.707, 0.707]], False)
    """
    if isinstance(matrix, Basis):
        return matrix
    values = as_matrix(matrix, _BASIS, _SHAPE)
    if min(values.shape) < 2:
        raise ValueError(f"expected {_SHAPE} {tuple(values.shape)}")
    if isinstance(values, np.ndarray):
        values = torch.from_numpy(values.astype(np.float64))
    rows = values.detach().to(device="cpu", dtype=torch.float64, copy=True)
    largest = rows.abs().amax(dim=1, keepdim=True)
    _check_finite(largest.flatten())
    if not largest.any():
        raise ValueError(f"expected a basis with a direction, got {len(rows)} rows of zeros alone")
    unit, names = _unit(rows / largest.where(largest > 0, 1.0)), names_of_rows(matrix)
    if unit.shape[0] == unit.shape[1] and torch.equal(unit, torch.eye(len(unit)).to(unit)):
        return Basis(len(unit), len(unit), _STANDARD, names=names)
    return Basis(unit.shape[0], unit.shape[1], "own basis", unit, names)


def _check_finite(largest: Float64[Tensor, " directions"]) -> None:
    """Raise ``ValueError`` if the largest magnitude of a row is not finite."""
    bad = (~largest.isfinite()).nonzero().flatten().tolist()
    if bad:
        rows = "row" if len(bad) == 1 else "rows"
        raise ValueError(
            f"expected a basis of finite numbers, got NaN or infinity in {len(bad):,} {rows} of "
            f"{len(largest):,} ({first_few(bad)}); matrix[np.isfinite(matrix).all(axis=1)] leaves "
            "them out, and zeros in their place keep the numbers of the others: rows of zeros span "
            "no plane"
        )


def _unit(rows: Float64[Tensor, "directions dims"]) -> Float64[Tensor, "directions dims"]:
    norms = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return rows / norms.where(norms > 0, 1.0)

"""Privileged bases: unit rows, checked once."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

import srm_widget as srm
from srm_widget.geometry.basis import Basis


def gram(basis: Basis) -> np.ndarray:
    rows = np.asarray(basis)
    return np.asarray(rows @ rows.T)


MADE = {
    "standard": (lambda: srm.basis.standard(5), 5, 5),
    "rotated": (lambda: srm.basis.rotated(5, 1), 5, 5),
    "simplex": (lambda: srm.basis.simplex(5), 6, 5),
    "thomson": (lambda: srm.basis.thomson(12, 3, 1), 12, 3),
    "few": (lambda: srm.basis.of([[3.0, 4.0, 0.0], [0.0, -2.0, 0.0]]), 2, 3),
}


@pytest.mark.parametrize("kind", MADE)
def test_every_basis_has_unit_rows_of_its_shape(kind: str) -> None:
    make, many, dims = MADE[kind]
    basis = make()
    rows = np.asarray(basis)
    assert rows.shape == (many, dims) == (basis.n_directions, basis.n_dims)
    assert len(basis) == many
    assert rows.dtype == np.float64
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-14)
    for k in range(many):
        assert basis.direction(k).numpy().tolist() == rows[k].tolist()


def test_standard() -> None:
    assert np.asarray(srm.basis.standard(4)).tolist() == np.eye(4).tolist()


@pytest.mark.parametrize("dims", [2, 3, 10])
def test_rotated_is_a_rotation_and_seeded(dims: int) -> None:
    rows = np.asarray(srm.basis.rotated(dims, 7))
    assert rows @ rows.T == pytest.approx(np.eye(dims), abs=1e-12)
    assert np.linalg.det(rows) == pytest.approx(1.0)
    assert rows.tolist() == np.asarray(srm.basis.rotated(dims, 7)).tolist()
    assert not np.allclose(rows, np.asarray(srm.basis.rotated(dims, 8)))


def test_rotated_is_uniform() -> None:
    """By Haar, an entry t of a row in four dimensions has ½(t + 1) ~ Beta(3/2, 3/2)."""
    turned = np.stack([np.asarray(srm.basis.rotated(4, seed)) for seed in range(400)])
    for row, column in [(0, 0), (1, 3), (3, 2)]:
        entries = (turned[:, row, column] + 1) / 2
        assert stats.kstest(entries, stats.beta(1.5, 1.5).cdf).pvalue > 1e-4


@pytest.mark.parametrize("dims", [2, 3, 7])
def test_simplex_has_equal_angles(dims: int) -> None:
    basis = srm.basis.simplex(dims)
    expected = np.full((dims + 1, dims + 1), -1 / dims)
    np.fill_diagonal(expected, 1.0)
    assert gram(basis) == pytest.approx(expected, abs=1e-12)
    assert np.asarray(basis).sum(axis=0) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("many", "dims", "largest_cosine"),
    [
        (3, 2, -1 / 2),
        (4, 3, -1 / 3),
        (6, 3, 0.0),  # the octahedron
        (12, 3, math.sqrt(0.2)),  # the icosahedron
        (5, 2, math.cos(math.tau / 5)),
    ],
)
def test_thomson_finds_the_known_arrangements(many: int, dims: int, largest_cosine: float) -> None:
    cosines = gram(srm.basis.thomson(many, dims, 0))
    off_diagonal = cosines[~np.eye(many, dtype=bool)]
    assert off_diagonal.max() == pytest.approx(largest_cosine, abs=1e-3)


def test_thomson_is_seeded() -> None:
    first, again, other = (np.asarray(srm.basis.thomson(7, 4, seed)) for seed in (5, 5, 6))
    assert first.tolist() == again.tolist()
    assert not np.allclose(first, other)


SKEW = [[1.0, 2.0, 2.0], [0.0, -3.0, 4.0]]


@pytest.mark.parametrize(
    "matrix",
    [
        SKEW,
        np.array(SKEW),
        np.array(SKEW, dtype=np.float32) * 7,
        np.array(SKEW, dtype=np.int8),
        np.array(SKEW) * 1e300,
        np.array(SKEW) * 1e-300,
        np.asfortranarray(SKEW),
        torch.tensor(SKEW, dtype=torch.bfloat16),
        torch.tensor(SKEW, requires_grad=True),
    ],
    ids=["list", "float64", "float32", "int8", "huge", "tiny", "Fortran", "bfloat16", "grad"],
)
def test_of_divides_rows_by_their_norms(matrix: Any) -> None:
    expected = np.array([[1, 2, 2], [0, -3, 4]]) / [[3], [5]]
    assert np.asarray(srm.basis.of(matrix)) == pytest.approx(expected, abs=1e-15)


def test_of_takes_a_basis_as_it_is() -> None:
    basis = srm.basis.simplex(3)
    assert srm.basis.of(basis) is basis


@pytest.mark.parametrize("matrix", [np.diag([2.0, 5.0, 1e-9]), torch.eye(3) * 4])
def test_of_knows_the_axes(matrix: Any) -> None:
    assert srm.basis.of(matrix).is_standard
    assert not srm.basis.of(-matrix).is_standard
    assert not srm.basis.of(matrix[:2]).is_standard


def test_the_caller_keeps_a_matrix_of_their_own() -> None:
    array, tensor = np.array(SKEW), torch.tensor(SKEW, requires_grad=True)
    array.setflags(write=False)
    of_array, of_tensor = srm.basis.of(array), srm.basis.of(tensor)
    assert array.tolist() == tensor.tolist() == SKEW
    assert tensor.requires_grad
    assert tensor.grad is None
    assert not of_tensor.directions.requires_grad
    array.setflags(write=True)
    array[:], tensor.data[:] = 9.0, 9.0
    assert np.asarray(of_array) == pytest.approx(np.asarray(of_tensor))
    np.asarray(of_array)[:] = 0.0
    assert np.linalg.norm(np.asarray(of_array), axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("matrix", "error", "message"),
    [
        (np.zeros((3, 2)), ValueError, "a direction, got 3 rows of zeros alone"),
        ([[0.0, 0.0], [math.nan, 1.0]], ValueError, r"in 1 row of 2 \(1\);.*isfinite"),
        (np.full((7, 2), math.inf), ValueError, r"in 7 rows of 7 \(0, 1, 2, 3, 4, …\)"),
        ([1.0, 2.0], ValueError, r"\(M, D\).*got shape \(2,\)"),
        (np.eye(3)[None], ValueError, r"got shape \(1, 3, 3\)"),
        ([[1.0, 2.0]], ValueError, r"M ≥ 2.*got shape \(1, 2\)"),
        ([[1.0], [2.0]], ValueError, r"D ≥ 2.*got shape \(2, 1\)"),
        (4, ValueError, r"got shape \(\)"),
        (np.eye(2) + 0j, TypeError, "real.*complex128"),
        (np.eye(2).astype(object), TypeError, "object"),
        ("standard", TypeError, "str"),
        (torch.eye(2).to_sparse(), TypeError, "dense"),
    ],
)
def test_of_refuses(matrix: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        srm.basis.of(matrix)


@pytest.mark.parametrize(
    "make",
    [
        srm.basis.standard,
        lambda least: srm.basis.rotated(least, 0),
        srm.basis.simplex,
        lambda least: srm.basis.thomson(least, 3, 0),
        lambda least: srm.basis.thomson(3, least, 0),
    ],
)
@pytest.mark.parametrize("size", [1, 0, -3])
def test_sizes_too_small(make: Any, size: int) -> None:
    with pytest.raises(ValueError, match=f"≥ 2, got {size}"):
        make(size)


def test_rows_of_zeros_keep_their_number_and_span_no_plane() -> None:
    basis = srm.basis.of([[0, 0, 0], [1, 0, 0], [0, 3, 4], [0, 0, 0], [-2, 0, 0]])
    assert basis.dead.tolist() == [0, 3]
    assert (basis.n_directions, basis.n_dead, basis.n_dead_pairs) == (5, 2, 7)
    assert np.asarray(basis)[[0, 3]].tolist() == [[0, 0, 0]] * 2
    assert repr(basis) == "Basis(5 directions in 3 dimensions, own basis, 2 rows of zeros (0, 3))"
    assert [basis.spans(*pair) for pair in ((0, 1), (1, 0), (0, 3), (1, 2))] == [False] * 3 + [True]
    assert basis.plane_with(1, [0, 3, 4]).pair == (1, 2)
    with pytest.raises(ValueError, match="but 3 is a row of zeros, which has no direction"):
        basis.plane(1, 3)
    with pytest.raises(ValueError, match="but 0 and 3 are rows of zeros"):
        basis.plane(0, 3)
    with pytest.raises(ValueError, match="direction 3, which is a row of zeros"):
        basis.plane_with(3, [1])
    # As orthogonal as others are, but no unit rows.
    assert not srm.basis.of(np.diag([1.0, 1.0, 0.0])).is_orthonormal
    assert srm.basis.standard(3).n_dead == srm.basis.standard(3).n_dead_pairs == 0


@pytest.mark.parametrize(("sign", "kind"), [(2.0, "parallel"), (-0.5, "antiparallel")])
def test_parallel_directions_span_no_plane(sign: float, kind: str) -> None:
    basis = srm.basis.of([[1.0, 2.0, 3.0], [1.0, 0.0, 0.0], [sign, 2 * sign, 3 * sign]])
    with pytest.raises(ValueError, match=rf"\b0 and 2 are {kind}"):
        basis.plane(0, 2)
    assert not basis.spans(2, 0)
    assert basis.spans(0, 1)


@pytest.mark.parametrize(("lean", "exists"), [(0.9e-5, False), (1.1e-5, True)])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_plane_exists_where_its_directions_differ_enough(
    lean: float, exists: bool, sign: float
) -> None:
    basis = srm.basis.of([[1.0, 0.0, 0.0], [sign * math.cos(lean), 0.0, math.sin(lean)]])
    assert basis.spans(0, 1) == exists
    if exists:
        expected = lean if sign > 0 else math.pi - lean
        assert basis.plane(0, 1).alpha == pytest.approx(expected, abs=1e-10)


def test_the_frame_of_a_plane() -> None:
    basis = srm.basis.thomson(6, 4, 2)
    plane = basis.plane(4, 1)
    frame = np.stack([plane.e1.numpy(), plane.e2.numpy()])
    assert frame @ frame.T == pytest.approx(np.eye(2), abs=1e-14)
    turned = np.array([math.cos(plane.alpha), math.sin(plane.alpha)]) @ frame
    assert turned == pytest.approx(np.asarray(basis)[1], abs=1e-14)
    assert plane.e1.tolist() == np.asarray(basis)[4].tolist()
    assert math.cos(plane.alpha) == pytest.approx(gram(basis)[4, 1])


@pytest.mark.parametrize("seed", range(20))
def test_pairs_on_one_line_are_counted_without_all_cosines(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((30, int(rng.integers(2, 8))))
    copies = rng.integers(30, size=25)
    signs = rng.choice([-3.0, 0.5], (25, 1))
    apart = 10.0 ** rng.uniform(-9, -1, (25, 1)) * (rng.random((25, 1)) < 0.5)
    rows = np.vstack([rows, rows[copies] * signs + apart, np.zeros((2, rows.shape[1]))])
    basis = srm.basis.of(rows)
    kinds = {1: 0, -1: 0}
    for i in range(55):
        for j in range(i + 1, 55):
            if not basis.spans(i, j):
                kinds[1 if rows[i] @ rows[j] > 0 else -1] += 1
    assert (basis.n_parallel, basis.n_antipodal) == (kinds[1], kinds[-1])
    assert basis.n_planes == 57 * 56 // 2 - basis.n_dead_pairs - sum(kinds.values())


def test_axes_are_on_no_line_together() -> None:
    assert srm.basis.standard(5).n_planes == 10

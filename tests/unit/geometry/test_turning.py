"""Fractional powers of rotations, against the matrix exponential of a logarithm, and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import block_diag, expm
from scipy.stats import special_ortho_group

import srm_widget as srm
from srm_widget.geometry.turning import Powers, as_rotation

SHARES = np.array([0.0, 0.2, 0.5, 0.925, 1.0])
ANGLES = st.sampled_from([0.0, 1e-9, 0.3, 0.3, np.pi / 2, np.pi - 1e-7, np.pi, -2.0])


def generator(angle: float) -> np.ndarray:
    return angle * np.array([[0.0, -1.0], [1.0, 0.0]])


@settings(max_examples=60, deadline=None)
@given(st.lists(ANGLES, min_size=1, max_size=4), st.booleans(), st.integers(0, 10_000))
def test_powers_turn_each_plane_by_its_share(angles: list[float], odd: bool, seed: int) -> None:
    """Half turns and repeated angles have no unique planes, but powers that follow from them."""
    blocks = [generator(angle) for angle in angles] + [np.zeros((1, 1))] * odd
    d = sum(map(len, blocks))
    axes = special_ortho_group.rvs(d, random_state=seed) if d > 1 else np.eye(1)
    rotation = axes @ expm(block_diag(*blocks)) @ axes.T
    found = [Powers(rotation).power(share) for share in SHARES]
    for share, power in zip(SHARES, found, strict=True):
        np.testing.assert_allclose(power @ power.T, np.eye(d), atol=1e-13)
        assert np.linalg.det(power) == pytest.approx(1, abs=1e-12)
        if np.abs(angles).max() < np.pi - 1e-3:  # else the way round is a choice
            expected = axes @ expm(share * block_diag(*blocks)) @ axes.T
            np.testing.assert_allclose(power, expected, atol=1e-7)
    np.testing.assert_allclose(found[0], np.eye(d), atol=1e-13)
    np.testing.assert_allclose(found[-1], rotation, atol=1e-7)
    np.testing.assert_allclose(found[2] @ found[2], rotation, atol=1e-7)
    steps = np.linalg.norm(
        np.diff([Powers(rotation).power(t) for t in np.linspace(0, 1, 9)], axis=0), axis=(1, 2)
    )
    np.testing.assert_allclose(steps, steps[0], atol=1e-7)  # equal steps


REFUSED: list[tuple[Any, type[Exception], str]] = [
    (np.eye(4)[:3], ValueError, r"shape \(4, 4\), .* got shape \(3, 4\)"),
    (np.eye(5), ValueError, r"shape \(4, 4\), .* got shape \(5, 5\)"),
    (np.diag([1.0, np.nan, 1, 1]), ValueError, r"NaN or infinity in 1 of 16 entries"),
    (2 * np.eye(4), ValueError, r"off by 3; numpy.linalg.qr\(matrix\).Q"),
    (np.diag([1.0, 1, 1, -1]), ValueError, r"got a reflection.* matrix\[0\] \*= -1"),
    (srm.basis.thomson(4, 4, 0), ValueError, r"Q Qᵀ = I"),
    (np.eye(4) * 1j, TypeError, r"got complex128"),
    ("turn", TypeError, r"got the str 'turn'"),
    # Products of these are infinite, and their difference is no number.
    (np.kron(np.eye(2), 1e200 * np.array([[1, 1], [1, -1]])), ValueError, r"off by (inf|nan)"),
    ([[1, 2], [3]], ValueError, r"2 numbers in row 0 and 1 in row 1"),
    (torch.eye(4).to_sparse(), TypeError, r"got torch.float32, torch.sparse_coo"),
]


@pytest.mark.parametrize(("rotation", "kind", "said"), REFUSED)
def test_what_is_no_rotation_is_refused(rotation: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        srm.Timeline.turning(np.random.default_rng(0).standard_normal((9, 4)), rotation)


def test_the_call_that_a_refusal_names_helps() -> None:
    matrix = np.array(srm.basis.rotated(5, 0))
    matrix[2] *= -1
    with pytest.raises(ValueError, match="reflection"):
        as_rotation(matrix, 5)
    matrix[0] *= -1
    assert (as_rotation(matrix, 5) == matrix).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64])
def test_tensors_are_taken(dtype: torch.dtype) -> None:
    swap = torch.tensor([[0, -1], [1, 0]], dtype=dtype)
    assert as_rotation(swap, 2).tolist() == [[0, -1], [1, 0]]

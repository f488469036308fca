"""A₄ and kurtosis against the definition, plane by plane; their signs, their gradients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

import srm_widget as srm
from srm_widget.samples import activations as activations_module
from srm_widget.samples import fourth_moments as module
from srm_widget.samples.fourth_moments import fourth_moments
from tests.unit.support.oracle import unit


def by_planes(activations: Any, basis: Any) -> float:
    """Σ r⁴ cos 4ψ / Σ r⁴, over the planes and samples one after the other."""
    rows, directions = unit(activations), unit(basis)
    weighed = weights = 0.0
    for i in range(len(directions)):
        for j in range(i):
            a, c = (rows @ directions[k] for k in (j, i))
            r, psi = torch.hypot(a, c), torch.atan2(c, a)
            weighed += float((r**4 * torch.cos(4 * psi)).sum())
            weights += float((r**4).sum())
    return weighed / weights if weights else math.nan


def planted(kind: str, n_dims: int, noise: float, n: int = 400) -> np.ndarray:
    """Samples on axes, or at corners of the cube, of either sign, and some noise."""
    rng = np.random.default_rng(n_dims)
    signs = rng.choice([-1.0, 1.0], size=(n, n_dims))
    if kind == "axes":
        signs *= np.eye(n_dims)[rng.integers(n_dims, size=n)]
    return signs / np.linalg.norm(signs, axis=1, keepdims=True) + noise * rng.standard_normal(
        (n, n_dims)
    ) / math.sqrt(n_dims)


def own_basis(kind: str, n_dims: int) -> Any:
    rotated = np.asarray(srm.basis.rotated(n_dims, 4))
    return {"standard": np.eye(n_dims), "rotated": rotated, "part": rotated[: n_dims - 1]}[kind]


@given(
    st.sampled_from(["standard", "rotated", "part"]),
    st.integers(3, 7),
    st.integers(1, 40),
    st.integers(0, 1 << 32),
)
def test_alignment_is_the_sum_over_planes(kind: str, n_dims: int, n: int, seed: int) -> None:
    rows = np.random.default_rng(seed).standard_normal((n, n_dims)) ** 3
    basis = own_basis(kind, n_dims)
    found = srm.alignment(rows, basis)
    assert float(found) == pytest.approx(by_planes(rows, basis), rel=0, abs=1e-12)


@pytest.mark.parametrize("n_dims", [8, 16, 32, 64])
@pytest.mark.parametrize("noise", [0.0, 0.1, 0.3])
@pytest.mark.parametrize(("kind", "sign"), [("axes", 1), ("corners", -1)])
def test_the_sign_is_right(kind: str, sign: int, n_dims: int, noise: float) -> None:
    rows = planted(kind, n_dims, noise)
    found = float(srm.alignment(rows))
    assert sign * found > 0.5
    if noise == 0:
        assert found == pytest.approx(sign, abs=1e-12)
    turned = np.asarray(srm.basis.rotated(n_dims, 1))
    assert float(srm.alignment(rows @ turned, turned)) == pytest.approx(found, abs=1e-12)


def test_isotropic_samples_have_neither() -> None:
    rows = np.random.default_rng(0).standard_normal((200_000, 16))
    assert abs(float(srm.alignment(rows))) < 0.005
    np.testing.assert_allclose(srm.kurtosis(rows), 1, atol=0.03)
    np.testing.assert_allclose(srm.kurtosis(rows, srm.basis.simplex(16)), 1, atol=0.03)
    moments = fourth_moments(torch.from_numpy(rows), srm.basis.standard(16))
    assert float(moments.participation) == pytest.approx((16 + 2) / 3, rel=0.01)


@pytest.mark.parametrize(("n_directions", "expected"), [(1, 1.0), (2, 2.0), (5, 5.0), (16, 16.0)])
def test_participation_is_the_number_of_directions_that_a_sample_stands_on(
    n_directions: int, expected: float
) -> None:
    rows = np.zeros((10, 16))
    rows[:, :n_directions] = np.random.default_rng(0).choice([-3.0, 3.0], (10, n_directions))
    moments = fourth_moments(torch.from_numpy(rows), srm.basis.standard(16))
    assert float(moments.participation) == pytest.approx(expected)


@given(st.integers(2, 6), st.integers(2, 8), st.integers(1, 30), st.integers(0, 1 << 32))
def test_kurtosis_is_the_mean_fourth_power(m: int, n_dims: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, basis = rng.standard_normal((n, n_dims)), rng.standard_normal((m, n_dims))
    expected = (unit(rows) @ unit(basis).T).pow(4).mean(0) * n_dims * (n_dims + 2) / 3
    np.testing.assert_allclose(srm.kurtosis(rows, basis), expected, rtol=1e-12)


@pytest.mark.parametrize("function", [srm.alignment, srm.kurtosis])
@pytest.mark.parametrize("kind", ["standard", "rotated", "part"])
def test_gradients(function: Any, kind: str) -> None:
    rows = torch.randn(6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    basis = own_basis(kind, 4)
    assert torch.autograd.gradcheck(lambda x: function(x, basis), rows.requires_grad_())


@pytest.mark.parametrize("function", [srm.alignment, srm.kurtosis])
@pytest.mark.parametrize("basis", [None, srm.basis.rotated(5, 0)], ids=["standard", "rotated"])
def test_rows_of_zeros_change_nothing_and_have_no_gradient(function: Any, basis: Any) -> None:
    rows = torch.randn(9, 5, generator=torch.Generator().manual_seed(1))
    rows[4:6] = 0
    rows.requires_grad_()
    found = function(rows, basis)
    without = function(torch.cat([rows[:4], rows[6:]]).detach(), basis)
    torch.testing.assert_close(found.detach(), without)
    [gradient] = torch.autograd.grad(found.sum(), rows)
    assert bool(gradient.isfinite().all())
    assert not gradient[4:6].any()


def test_training_with_it_aligns_and_against_it_tears_apart() -> None:
    """What it is for: a term of a loss."""
    generator = torch.Generator().manual_seed(0)
    for sign in (-1.0, 1.0):
        rows = torch.randn(50, 6, dtype=torch.float64, generator=generator).requires_grad_()
        optimiser = torch.optim.Adam([rows], lr=0.05)
        for _ in range(200):
            optimiser.zero_grad()
            (-sign * srm.alignment(rows)).backward()
            optimiser.step()
        assert sign * float(srm.alignment(rows.detach())) > 0.95


@pytest.mark.parametrize("function", [srm.alignment, srm.kurtosis])
def test_lengths_do_not_matter_not_even_those_whose_powers_overflow(function: Any) -> None:
    rows = np.random.default_rng(2).standard_normal((30, 4))
    expected = function(rows)
    for power in (-300, -40, 40, 300):
        np.testing.assert_allclose(function(rows * 10.0**power), expected, rtol=1e-12)
    lengths = 10.0 ** np.random.default_rng(3).uniform(-30, 30, (30, 1))
    found = function((rows * lengths).astype(np.float32))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("function", [srm.alignment, srm.kurtosis])
@pytest.mark.parametrize("basis", [None, srm.basis.rotated(5, 0)], ids=["standard", "rotated"])
def test_blocks_add_up(function: Any, basis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(2).standard_normal((101, 5))
    expected = function(rows, basis)
    monkeypatch.setattr(activations_module, "_ENTRIES_AT_ONCE", 100)
    monkeypatch.setattr(module, "_ENTRIES_AT_ONCE", 35)
    np.testing.assert_allclose(function(rows, basis), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("rows", "dtype"),
    [
        (np.eye(3, dtype=np.float64), torch.float64),
        (np.eye(3, dtype=">f8"), torch.float64),
        (np.eye(3, dtype=np.float16), torch.float32),
        (np.eye(3, dtype=np.uint8), torch.float32),
        (np.eye(3, dtype=bool), torch.float32),
        (torch.eye(3, dtype=torch.bfloat16), torch.float32),
        (torch.eye(3, dtype=torch.int64), torch.float32),
        (np.eye(3).tolist(), torch.float32),
    ],
)
def test_kinds_of_activations(rows: Any, dtype: torch.dtype) -> None:
    found = srm.alignment(rows)
    assert (found.dtype, found.shape, float(found)) == (dtype, (), 1.0)
    kurtosis = srm.kurtosis(rows)
    assert (kurtosis.dtype, kurtosis.shape) == (dtype, (3,))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_sample_that_is_not_finite_makes_it_nan(bad: float) -> None:
    rows = np.random.default_rng(0).standard_normal((9, 4))
    rows[5, 2] = bad
    assert math.isnan(float(srm.alignment(rows)))
    assert bool(srm.kurtosis(rows).isnan().all())


def test_of_no_direction_nothing_is_said() -> None:
    assert math.isnan(float(srm.alignment(np.zeros((4, 3)))))
    assert bool(srm.kurtosis(np.zeros((4, 3))).isnan().all())


@pytest.mark.parametrize("basis", [srm.basis.simplex(4), srm.basis.thomson(9, 4, 0)])
def test_alignment_asks_for_an_orthonormal_basis(basis: srm.basis.Basis) -> None:
    rows = np.random.default_rng(0).standard_normal((9, 4))
    with pytest.raises(ValueError, match=r"expected an orthonormal basis.*srm\.kurtosis"):
        srm.alignment(rows, basis)
    assert srm.kurtosis(rows, basis).shape == (basis.n_directions,)


@pytest.mark.parametrize("function", [srm.alignment, srm.kurtosis])
@pytest.mark.usefixtures("as_users")
def test_refused(function: Any) -> None:
    with pytest.raises(ValueError, match=r"expected activations of shape \(N, D\), got \(3,\)"):
        function([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"expected activations of shape \(N, 5\)"):
        function(np.ones((3, 4)), srm.basis.rotated(5, 0))
    with pytest.raises(TypeError, match="dense real numbers"):
        function(np.ones((3, 4), complex))


@pytest.mark.cuda
def test_on_a_gpu() -> None:
    rows = torch.randn(3000, 12, generator=torch.Generator().manual_seed(0))
    for basis in (None, srm.basis.rotated(12, 0)):
        for function in (srm.alignment, srm.kurtosis):
            found: Tensor = function(rows.cuda(), basis)
            assert found.device.type == "cuda"
            torch.testing.assert_close(found.cpu(), function(rows, basis), rtol=1e-5, atol=1e-6)

"""The fraction f0 that a spotlight lights of isotropic data."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.results.isotropy import isotropic_fraction


@pytest.mark.parametrize(
    ("epsilon", "dims", "expected"), [(0.75, 8, 1.0e-2), (0.75, 64, 3e-13), (0.75, 512, 4e-94)]
)
def test_fractions_of_the_method(epsilon: float, dims: int, expected: float) -> None:
    found = isotropic_fraction(epsilon, dims)
    digits = -math.floor(math.log10(expected))
    assert round(found * 10.0**digits) == round(expected * 10.0**digits)


@pytest.mark.parametrize("dims", [2, 3, 8, 31])
@pytest.mark.parametrize("epsilon", [-0.6, -0.1, 0.0, 0.2, 0.5, 0.8])
def test_fractions_of_simulated_isotropy(epsilon: float, dims: int) -> None:
    samples = np.random.default_rng(dims).standard_normal((200_000, dims))
    share = np.mean(samples[:, 0] >= epsilon * np.linalg.norm(samples, axis=1))
    expected = isotropic_fraction(epsilon, dims)
    deviation = math.sqrt(expected * (1 - expected) / len(samples))
    assert share == pytest.approx(expected, abs=5 * deviation + 1e-9)


@given(epsilon=st.floats(-1, 1), dims=st.integers(2, 600))
def test_fraction_is_symmetric(epsilon: float, dims: int) -> None:
    both = isotropic_fraction(epsilon, dims) + isotropic_fraction(-epsilon, dims)
    assert both == pytest.approx(1.0)


@given(epsilon=st.floats(-1, 1))
def test_closed_forms(epsilon: float) -> None:
    assert isotropic_fraction(epsilon, 2) == pytest.approx(math.acos(epsilon) / math.pi, abs=1e-8)
    assert isotropic_fraction(epsilon, 3) == pytest.approx((1 - epsilon) / 2, abs=1e-8)


@pytest.mark.parametrize(("epsilon", "expected"), [(-1.0, 1.0), (0.0, 0.5), (1.0, 0.0)])
@pytest.mark.parametrize("dims", [2, 3, 4096])
def test_fractions_at_the_ends(epsilon: float, expected: float, dims: int) -> None:
    assert isotropic_fraction(epsilon, dims) == pytest.approx(expected, abs=1e-12)


@given(dims=st.integers(2, 600), epsilons=st.tuples(st.floats(-1, 1), st.floats(-1, 1)))
def test_fraction_falls_with_epsilon(dims: int, epsilons: tuple[float, float]) -> None:
    low, high = sorted(epsilons)
    assert 0 <= isotropic_fraction(high, dims) <= isotropic_fraction(low, dims) <= 1


def test_fraction_is_what_the_engine_counts() -> None:
    samples = np.random.default_rng(0).standard_normal((50_000, 6))
    curve = srm.ResonanceEngine(samples).curve(2, 5, epsilon=0.4, resolution=16)
    low, high = curve.interval(1 - 1e-6)
    assert (low <= curve.isotropic).all()
    assert (curve.isotropic <= high).all()


@pytest.mark.parametrize("dims", [1, 0, -2])
def test_fraction_needs_two_dimensions(dims: int) -> None:
    with pytest.raises(ValueError, match=f"≥ 2, got {dims}"):
        isotropic_fraction(0.5, dims)

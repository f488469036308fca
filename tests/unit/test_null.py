"""What isotropy gives, intervals, and the ε that data suggest."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

import srm_widget as srm
from srm_widget.results.curves import wilson_interval
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


@given(n=st.integers(1, 10_000), share=st.floats(0, 1), confidence=st.floats(0.01, 0.999))
def test_interval_is_wilsons(n: int, share: float, confidence: float) -> None:
    count = round(share * n)
    low, high = wilson_interval(np.array([count]), n, confidence)
    expected = binomtest(count, n).proportion_ci(confidence, method="wilson")
    assert low[0] == pytest.approx(expected.low, abs=1e-12)
    assert high[0] == pytest.approx(expected.high, abs=1e-12)
    assert 0 <= low[0] <= count / n <= high[0] <= 1


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95.0, math.nan])
def test_confidence_is_between_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match=rf"confidence in \(0, 1\), got {confidence}"):
        wilson_interval(np.array([1]), 2, confidence)


@pytest.mark.parametrize(("dims", "expected"), [(8, 0.71), (16, 0.59), (64, 0.37), (512, 0.17)])
@pytest.mark.parametrize("turned", [False, True])
def test_automatic_epsilon_of_isotropic_data(dims: int, expected: float, turned: bool) -> None:
    samples = np.random.default_rng(dims).standard_normal((10_000, dims)).astype(np.float32)
    basis = srm.basis.rotated(dims, 0) if turned else None
    found = srm.ResonanceEngine(samples, basis).auto_epsilon()
    assert found == pytest.approx(expected, abs=0.0101)
    assert round(found, 2) == found


@pytest.mark.parametrize("kind", ["standard", "rotated", "few", "peaked"])
def test_automatic_epsilon_lights_nine_samples_in_ten(kind: str) -> None:
    rng = np.random.default_rng(4)
    samples = rng.standard_normal((3000, 6))
    if kind == "peaked":
        samples **= 5
    basis = {"rotated": srm.basis.rotated(6, 1), "few": np.eye(6)[:4]}.get(kind)
    engine = srm.ResonanceEngine(samples, basis)
    lit = _lit_somewhere(engine, engine.auto_epsilon())
    assert 0.9 <= lit < 0.9 + 0.03
    assert _lit_somewhere(engine, engine.auto_epsilon() + 0.01) < 0.9


def _lit_somewhere(engine: srm.ResonanceEngine, epsilon: float) -> float:
    many = engine.n_directions
    lit = [engine.projection(i, j, epsilon=epsilon)[1] for i in range(many) for j in range(i)]
    return len(np.unique(np.concatenate(lit))) / engine.n_samples


def test_automatic_epsilon_of_a_skew_basis_is_a_radius() -> None:
    """The radius in the plane of the two nearest directions, however oblique they are."""
    basis = np.array([[1.0, 0.0, 0.0], [1.0, 0.2, 0.0], [0.0, 0.0, 1.0]])
    x = np.array([0.5, 0.7, 0.45])
    expected = math.hypot(0.5, 0.7) / np.linalg.norm(x)
    found = srm.ResonanceEngine(np.tile(x, (5, 1)), basis).auto_epsilon()
    assert found == math.floor(expected * 100) / 100


@pytest.mark.parametrize(
    "basis", [srm.basis.simplex(4), srm.basis.thomson(9, 4, 0)], ids=["simplex", "thomson"]
)
def test_automatic_epsilon_of_the_two_nearest_directions(basis: srm.basis.Basis) -> None:
    samples = np.random.default_rng(6).standard_normal((500, 4))
    samples /= np.linalg.norm(samples, axis=1, keepdims=True)
    rows = np.asarray(basis)
    radii = []
    for x in samples:
        pair = rows[np.argsort(-np.abs(rows @ x))[:2]].T
        radii.append(np.linalg.norm(pair @ np.linalg.lstsq(pair, x)[0]))
    expected = math.floor(np.quantile(radii, 0.1) * 100) / 100
    engine = srm.ResonanceEngine(samples, basis)
    assert engine.auto_epsilon() == expected
    assert _lit_somewhere(engine, expected) >= 0.9


@pytest.mark.parametrize("basis", [None, srm.basis.thomson(7, 5, 0)], ids=["axes", "thomson"])
@pytest.mark.parametrize("epsilon", [-0.3, 0.2, 0.6])
def test_gain_of_simulated_isotropy_is_one(basis: srm.basis.Basis | None, epsilon: float) -> None:
    samples = np.random.default_rng(1).standard_normal((40_000, 5))
    engine = srm.ResonanceEngine(samples, basis)
    f0 = isotropic_fraction(epsilon, 5)
    error = math.sqrt((1 - f0) / f0 / len(samples))
    curve = engine.curve(0, 1, epsilon=epsilon, resolution=12)
    assert curve.gain[0] == pytest.approx(np.ones(12), abs=5 * error)
    survey = engine.survey(epsilon=epsilon, resolution=12)
    assert survey.isotropic == f0
    assert survey.mean / f0 == pytest.approx(np.ones(12), abs=5 * error)
    best = survey.best("gain", 1)
    assert best.score[0] == best.peak[0] / f0 >= 1


@pytest.mark.parametrize("dims", [2, 7])
def test_automatic_epsilon_leaves_the_cone_some_width(dims: int) -> None:
    """In two dimensions, and for samples on the axes, every in-plane radius is 1."""
    angles = np.linspace(0, 6, 50)
    flat = np.pad(np.stack([np.cos(angles), np.sin(angles)], axis=1), ((0, 0), (0, dims - 2)))
    engine = srm.ResonanceEngine(flat)
    assert engine.auto_epsilon() == 0.95
    assert engine.curve(0, 1, epsilon="auto").counts.max() > 0


def test_automatic_epsilon_is_the_same_for_one_question() -> None:
    samples = np.random.default_rng(0).standard_normal((500, 6))
    engine = srm.ResonanceEngine(samples)
    assert engine.curve(0, 1, epsilon="auto").epsilon == engine.auto_epsilon()
    assert engine.resolved_epsilon("auto") == engine.auto_epsilon()
    assert srm.spotlight_resonance(samples).epsilon == engine.auto_epsilon()

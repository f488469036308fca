"""The ε that ``epsilon="auto"`` chooses."""

import math
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.results.isotropy import isotropic_fraction
from srm_widget.samples import auto_epsilon


@pytest.mark.parametrize(("dims", "expected"), [(8, 0.71), (16, 0.59), (64, 0.37), (512, 0.17)])
@pytest.mark.parametrize("turned", [False, True])
def test_automatic_epsilon_of_isotropic_data(dims: int, expected: float, turned: bool) -> None:
    samples = np.random.default_rng(dims).standard_normal((10_000, dims)).astype(np.float32)
    basis = srm.basis.rotated(dims, 0) if turned else None
    found = srm.ResonanceEngine(samples, basis).auto_epsilon()
    assert found == pytest.approx(expected, abs=0.0101)
    assert round(found, 2) == found


@pytest.mark.parametrize("kind", ["standard", "rotated", "peaked"])
def test_automatic_epsilon_lights_nine_samples_in_ten(kind: str) -> None:
    rng = np.random.default_rng(4)
    samples = rng.standard_normal((3000, 6))
    if kind == "peaked":
        samples **= 5
    basis = srm.basis.rotated(6, 1) if kind == "rotated" else None
    engine = srm.ResonanceEngine(samples, basis)
    lit = _lit_somewhere(engine, engine.auto_epsilon())
    assert 0.9 <= lit < 0.9 + 0.03
    assert _lit_somewhere(engine, engine.auto_epsilon() + 0.01) < 0.9


@pytest.mark.parametrize("kind", ["few directions", "some stand out"])
def test_with_the_automatic_epsilon_wide_arcs_are_rare(kind: str) -> None:
    """A sample of the radius r is lit on an arc of ±arccos(ε / r): beyond 45° it tells nothing."""
    rng = np.random.default_rng(4)
    samples = rng.standard_normal((3000, 6 if kind == "few directions" else 40))
    if kind == "some stand out":
        samples[::5, 0] += 30
    basis = np.eye(6)[:4] if kind == "few directions" else None
    engine = srm.ResonanceEngine(samples, basis)
    epsilon = engine.auto_epsilon()
    many = engine.n_directions
    largest = np.max([engine.radii(i, j) for i in range(many) for j in range(i)], axis=0)

    def wide(cosine: float) -> float:
        arcs = np.degrees(np.arccos(np.minimum(cosine / largest, 1)))
        return float((arcs > 45).mean())

    assert wide(epsilon + 0.01) < 0.05 < wide(epsilon - 0.001)
    assert np.quantile(largest, 0.1) < epsilon


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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_automatic_epsilon_of_a_radius_of_whole_hundredths(dtype: type) -> None:
    """However the radius was rounded, none is taken for the hundredth below."""
    for hundredths in range(5, 95):
        radius = hundredths / 100
        # Two directions of a plane, and what is left along one that is orthogonal to both.
        rows = np.tile([radius * 0.6, radius * 0.8, math.sqrt(1 - radius**2)], (9, 1))
        engine = srm.ResonanceEngine(rows.astype(dtype), np.eye(3)[:2])
        assert engine.auto_epsilon() == radius


@pytest.mark.parametrize("sign", [1, -1], ids=["parallel", "antiparallel"])
def test_automatic_epsilon_where_the_nearest_directions_span_no_plane(sign: int) -> None:
    """Then it is the projection on the one line that both are on."""
    basis = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 1.0]]) * [[1], [sign], [1]]
    x = np.array([1.0, 1.0, 0.5])
    expected = float(x @ basis[0]) / (np.linalg.norm(x) * np.linalg.norm(basis[0]))
    found = srm.ResonanceEngine(np.tile(x, (5, 1)), basis).auto_epsilon()
    assert found == math.floor(expected * 100) / 100


def test_of_very_many_directions_some_of_the_samples_tell_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = np.random.default_rng(8).standard_normal((3_000, 8)) ** 3
    basis = np.random.default_rng(9).standard_normal((50, 8))
    every_sixth = rows[::6]
    all_tell = srm.ResonanceEngine(rows, basis).auto_epsilon()
    monkeypatch.setattr(auto_epsilon, "MOST_PRODUCTS", 500 * 50 * 8)
    some_tell = srm.ResonanceEngine(rows, basis).auto_epsilon()
    assert some_tell == srm.ResonanceEngine(every_sixth, basis).auto_epsilon()
    assert abs(some_tell - all_tell) <= 0.03
    monkeypatch.setattr(auto_epsilon, "MOST_PRODUCTS", 1)
    monkeypatch.setattr(auto_epsilon, "FEWEST_SAMPLES", 500)
    assert srm.ResonanceEngine(rows, basis).auto_epsilon() == some_tell


def _expected_plane(
    engine: srm.ResonanceEngine, epsilon: float, first: tuple[int, int]
) -> tuple[int, int]:
    """The plane that most of the lit samples stand nearest to, one sample after another."""
    if (engine.radii(*first) >= epsilon).any():
        return first
    rows = np.asarray(engine.basis)
    votes: dict[tuple[int, int], int] = {}
    for n, x in enumerate(engine.unit_rows(engine.rows).double().numpy()):
        sizes = np.abs(rows @ x)
        one = int(sizes.argmax())
        sizes[one] = -1
        i, j = sorted((one, int(sizes.argmax())))
        if engine.basis.spans(i, j) and engine.radii(i, j)[n] >= epsilon:
            votes[i, j] = votes.get((i, j), 0) + 1
    return min(votes, key=lambda plane: (-votes[plane], plane)) if votes else first


@pytest.mark.parametrize(
    "basis",
    [None, srm.basis.rotated(6, 0), srm.basis.thomson(9, 6, 0), np.eye(6)[[0, 0, 1, 2, 3, 4, 5]]],
    ids=["axes", "rotated", "thomson", "parallel"],
)
@pytest.mark.parametrize("epsilon", [-0.5, 0.7, 0.8, 1.0])
def test_the_plane_shown_first_is_lit_where_one_is_known_to_be(basis: Any, epsilon: float) -> None:
    samples = np.random.default_rng(4).standard_normal((300, 6)) ** 3
    whole = srm.ResonanceEngine(samples, basis)
    outside = whole.radii(*whole.first_plane()) < 0.75
    engine = srm.ResonanceEngine(samples[outside], basis)
    expected = _expected_plane(engine, epsilon, engine.first_plane())
    found = engine.first_plane(epsilon=epsilon)
    assert found == expected
    if epsilon == 0.8:
        assert found != engine.first_plane()
        assert engine.curve(*found, epsilon=epsilon).n_lit[0] > 0


def test_the_plane_shown_first_has_two_directions_that_are_some() -> None:
    """Of a sample on one direction all others are as near, and rows of zeros too."""
    basis = np.concatenate([np.zeros((1, 4)), np.eye(4)])
    engine = srm.ResonanceEngine([[0, 0, 1, 0], [0, 0, 2, 0], [0, 0, 0, 1], [0, 0, 1, 9]], basis)
    assert engine.first_plane() == (1, 2)
    assert engine.first_plane(epsilon="auto") == (3, 4)
    empty = srm.ResonanceEngine(np.zeros((3, 4)), basis)
    assert empty.first_plane(epsilon=0.5) == (1, 2)

"""A survey equals the loop over all planes, integer for integer."""

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import srm_widget as srm
from tests.unit.support.plain_survey import VARIANTS, assert_equal, plain
from tests.unit.support.survey_problems import ANCHORED, CROWDED, SIZES, Problem, Sizes, problems

BASES: dict[str, np.ndarray | None] = {
    "standard": None,
    "rotated": np.asarray(srm.basis.rotated(6, 1)),
    "simplex": np.asarray(srm.basis.simplex(6)),
    "thomson": np.asarray(srm.basis.thomson(11, 6, 0)),
    "few": np.random.default_rng(3).standard_normal((3, 6)),
    "skew": np.random.default_rng(4).standard_normal((12, 6)),
    "near": np.vstack([np.eye(6), np.eye(6) + 1e-3]),
    "one bundle": 1 + 1e-2 * np.random.default_rng(5).standard_normal((7, 6)),
    "parallel": np.eye(6)[[0, 1, 1, 2, 0, 0]] * np.array([1, 1, -3, 1, -1, 2])[:, None],
}


def assert_plain(problem: Problem) -> None:
    found = problem.engine().survey(**problem.asked)
    assert_equal(found, plain(problem.engine(), **problem.asked))


@settings(max_examples=80)
@given(problem=problems(), sizes=SIZES)
def test_any_problem_in_parts_of_any_size(problem: Problem, sizes: Sizes) -> None:
    assume(problem.is_clear())
    event(f"basis: {'axes' if problem.basis is None else 'other'}")
    with sizes.used():
        assert_plain(problem)


@pytest.mark.parametrize(
    ("epsilon", "variant"), [*zip([-1.0, -0.4, 0.0, 0.3, 0.9, 1.0], 3 * VARIANTS, strict=True)]
)
@pytest.mark.parametrize("basis", BASES)
def test_every_kind_of_basis(basis: str, epsilon: float, variant: str) -> None:
    rows = np.random.default_rng(8).standard_normal((150, 6))
    rows[::40] = 0.0
    problem = Problem(rows, BASES[basis], epsilon, 45, variant)
    with Sizes().used():
        counted = plain(problem.engine(), **problem.asked)
    for crowded in (ANCHORED, CROWDED):
        with Sizes(crowded=crowded).used():
            assert_equal(problem.engine().survey(**problem.asked), counted)


@pytest.mark.parametrize("resolution", [4, 5, 7, 361, 2880])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("dims", [2, 5])
def test_any_resolution(resolution: int, dtype: type, dims: int) -> None:
    rows: np.ndarray = np.random.default_rng(resolution).standard_normal((400, dims)).astype(dtype)
    problem = Problem(rows, None, 0.6, resolution, "permutation")
    assert_plain(problem)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("epsilon", [-1.0, -0.5, 0.0, 0.5, np.sqrt(0.5), 1.0])
@pytest.mark.parametrize("variant", VARIANTS)
def test_samples_on_the_axes_and_between_them(dtype: type, epsilon: float, variant: str) -> None:
    """Every one of them a tie, and planes that share all of their counts."""
    rows = np.vstack([np.eye(5), -np.eye(5)[:3], np.eye(5) + np.eye(5)[::-1], np.zeros((2, 5))])
    assert_plain(Problem(rows.astype(dtype), None, float(epsilon), 24, variant))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("epsilon", [-0.2, 0.55])
def test_more_planes_than_are_tested_at_once(variant: str, epsilon: float) -> None:
    rows = np.random.default_rng(0).standard_normal((60, 24)) ** 3
    with Sizes(tests=1500, crowded=CROWDED).used():
        assert_plain(Problem(rows, None, epsilon, 12, variant))


@pytest.mark.parametrize("variant", VARIANTS)
def test_one_sample(variant: str) -> None:
    assert_plain(Problem(np.array([[0.6, 0.8, 0.1]]), None, 0.5, 9, variant))


@pytest.mark.parametrize("basis", [None, srm.basis.rotated(4, 0)], ids=["axes", "turned"])
def test_nothing_lit(basis: srm.basis.Basis | None) -> None:
    engine = srm.ResonanceEngine(np.zeros((3, 4)), basis)
    found = engine.survey(epsilon=0.5)
    assert (found.n_lit, found.n_empty, found.n_planes) == (0, 6, 6)
    assert found.planes.shape == (0, 2)
    assert found.score.shape == found.peak.shape == found.peak_angle.shape == (0,)
    assert not found.mean.any()
    assert not found.std.any()
    assert np.isnan(found.matrix("alignment")).all()
    assert np.array_equal(found.matrix("peak"), np.where(np.eye(4), np.nan, 0.0), equal_nan=True)


def test_the_description_says_how_much_it_is() -> None:
    found = srm.ResonanceEngine(np.eye(3)).survey(epsilon=0.5)
    assert repr(found) == (
        "Survey(3 planes, 3 of them lit, epsilon=0.5, 3 samples in 3 dimensions)"
    )


@settings(max_examples=40)
@given(problem=problems(max_samples=15), sizes=SIZES, free=st.booleans())
def test_all_curves_at_once_equal_one_after_another(
    problem: Problem, sizes: Sizes, free: bool
) -> None:
    """`spotlight_resonance` of all planes; at angles of its own it counts the opposite ones too."""
    assume(problem.is_clear())
    engine = problem.engine()
    at = {"angles": np.arange(problem.resolution)[::-1] * (np.pi / 12)} if free else {}
    assume(not free or problem.basis is None)
    asked = {**problem.asked, **at}
    with sizes.used():
        found = srm.spotlight_resonance(problem.samples, problem.basis, **asked)
        asked.pop("variant")
        pairs = [(i, j) for i, j in found.planes.tolist()]
        expected = srm.Resonance.stack([engine.curve(i, j, **asked) for i, j in pairs])
    assert pairs == sorted(pairs)
    for name in ("counts", "opposite", "probes", "angles", "n_lit", "n_between"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist(), name
    np.testing.assert_allclose(found.basis_angles, expected.basis_angles, rtol=1e-6)
    slack = plain(engine, epsilon=asked["epsilon"], resolution=4).slack.max(initial=0.0)
    assert np.abs(found.fourfold - expected.fourfold).max() <= slack
    assert (found.n_zero, found.n_samples) == (expected.n_zero, expected.n_samples)


@pytest.mark.parametrize("crowded", [ANCHORED, CROWDED], ids=["anchored", "crowded"])
@pytest.mark.parametrize("dims", [8, 9])
def test_samples_whose_radius_is_epsilon(dims: int, crowded: float) -> None:
    """Of two equal coordinates both are as small as those of an anchor can be."""
    pairs = [(i, j, sign) for i in range(dims) for j in range(i) for sign in (1, -1)]
    rows = np.zeros((len(pairs), dims))
    for k, (i, j, sign) in enumerate(pairs):
        rows[k, i], rows[k, j] = 0.43, sign * 0.43
        rows[k, next(d for d in range(dims) if d not in (i, j))] = 0.79
    engine = srm.ResonanceEngine(rows)
    for own in {float(engine.radii(i, j)[k]) for k, (i, j, _) in enumerate(pairs)}:
        for epsilon in (own, float(np.nextafter(own, 2))):
            with Sizes(crowded=crowded).used():
                assert_equal(
                    engine.survey(epsilon=epsilon, resolution=8),
                    plain(srm.ResonanceEngine(rows), epsilon=epsilon, resolution=8),
                )

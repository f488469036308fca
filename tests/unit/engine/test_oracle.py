"""Every count equals the definition's, integer for integer, but for samples on a tie."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import srm_widget as srm
from tests.unit.support import oracle
from tests.unit.support.cases import Case, cases, existing_planes

Pair = tuple[int, int]

pytestmark = pytest.mark.usefixtures("sample_blocks")


def assert_between(counts: np.ndarray, truth: oracle.Oracle) -> None:
    event(f"ties: {bool((truth.low != truth.high).any())}")
    assert counts.dtype == np.int64
    assert counts.shape == truth.low.shape
    assert (truth.low <= counts).all()
    assert (counts <= truth.high).all()


def truth_of(
    case: Case, find: Callable[..., oracle.Oracle] = oracle.counts, pair: Pair | None = None
) -> oracle.Oracle:
    return find(
        case.samples,
        case.directions,
        *(pair or case.pair),
        case.grid,
        epsilon=case.epsilon,
        tolerance=oracle.tolerance(case.samples.dtype),
    )


@settings(max_examples=300)
@given(case=cases())
def test_curve(case: Case) -> None:
    found = case.engine().curve(*case.pair, **case.asked)
    assert_between(found.counts[0], truth_of(case))
    assert found.planes.tolist() == [list(case.pair)]
    assert found.angles == pytest.approx(case.grid, abs=1e-12)
    assert found.epsilon == case.epsilon
    assert (found.n_samples, found.n_dims) == case.samples.shape
    assert found.n_zero == (~case.samples.any(axis=1)).sum()


@settings(max_examples=100)
@given(case=cases())
def test_signed_curve(case: Case) -> None:
    found = case.engine().curve(*case.pair, **case.asked)
    assert_between(found.signed_counts[0], truth_of(case, oracle.signed))
    assert found.signed[0] == pytest.approx(found.signed_counts[0] / len(case.samples))


@settings(max_examples=100)
@given(case=cases(), theta=st.one_of(st.floats(-20, 20), st.integers(-20, 20).map(float)))
def test_inside_is_what_is_lit_by_falling_cosine(case: Case, theta: float) -> None:
    tolerance = oracle.tolerance(case.samples.dtype)
    found = case.engine().inside(*case.pair, theta, epsilon=case.epsilon)
    cosines = oracle.cosines(case.samples, case.directions, *case.pair, [theta])[:, 0].numpy()
    surely = np.flatnonzero(cosines >= case.epsilon + tolerance)
    perhaps = np.flatnonzero(cosines >= case.epsilon - tolerance)
    assert found.dtype == np.int64
    assert len(set(found.tolist())) == len(found)
    assert set(surely) <= set(found.tolist()) <= set(perhaps)
    assert (np.diff(cosines[found]) <= tolerance).all()


@settings(max_examples=40)
@given(case=cases())
def test_inside_has_as_many_as_the_curve_counts(case: Case) -> None:
    assert_as_many(case.engine(), case)


@pytest.mark.parametrize("pair", [(0, 1), (1, 0)])
@pytest.mark.parametrize("epsilon", [-0.5, 0.0, 0.5, math.sqrt(0.5), math.sqrt(3) / 2])
def test_inside_has_as_many_as_the_curve_counts_at_ties(pair: Pair, epsilon: float) -> None:
    corners = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    case = Case(corners, None, pair, epsilon, 24, None)
    assert_as_many(case.engine(), case)


def assert_as_many(engine: srm.ResonanceEngine, case: Case) -> None:
    curve = engine.curve(*case.pair, **case.asked)
    inside = [
        len(engine.inside(*case.pair, theta, epsilon=case.epsilon))
        for theta in curve.angles.tolist()
    ]
    assert inside == curve.counts[0].tolist()


@settings(max_examples=100)
@given(case=cases())
def test_projection(case: Case) -> None:
    tolerance = oracle.tolerance(case.samples.dtype)
    points, found = case.engine().projection(*case.pair, epsilon=case.epsilon)
    expected, shares = oracle.projection(case.samples, case.directions, *case.pair)
    surely = set(np.flatnonzero(shares >= case.epsilon + tolerance))
    perhaps = set(np.flatnonzero(shares >= case.epsilon - tolerance))
    assert surely <= set(found.tolist()) <= perhaps
    assert (np.diff(found) > 0).all()
    lengths = np.linalg.norm(case.samples.astype(np.float64), axis=1)[found]
    assert points.shape == (len(found), 2)
    assert (np.abs(points - expected[found]).max(axis=1, initial=0) <= tolerance * lengths).all()


@settings(max_examples=40)
@given(case=cases(max_samples=6), variant=st.sampled_from(["combination", "permutation"]))
def test_all_planes_in_one_call(case: Case, variant: str) -> None:
    planes = [
        (i, j) for i, j in existing_planes(case.directions) if variant == "permutation" or i < j
    ]
    # The tolerance holds for planes whose directions are not all but parallel.
    assume(len(planes) == _existing(case.directions, variant))
    found = srm.spotlight_resonance(case.samples, case.basis, variant=variant, **case.asked)
    assert found.planes.tolist() == [list(pair) for pair in planes]
    for row, pair in enumerate(planes):
        assert_between(found.counts[row], truth_of(case, pair=pair))


def _existing(directions: np.ndarray, variant: str) -> int:
    cosines = np.triu(oracle.unit(directions) @ oracle.unit(directions).T, 1)
    upper = np.triu(np.ones_like(cosines, dtype=bool), 1)
    many = int((1 - cosines[upper] ** 2 >= 1e-10).sum())
    return many * 2 if variant == "permutation" else many


@settings(max_examples=50)
@given(
    tilt=st.tuples(st.sampled_from([-1, 1]), st.floats(-11, -0.3)),
    share=st.floats(0.05, 0.95),
    resolution=st.sampled_from([4, 8, 12, 360]),
    pair=st.sampled_from([(0, 1), (1, 0)]),
)
def test_directions_that_are_all_but_orthogonal(
    tilt: tuple[int, float], share: float, resolution: int, pair: Pair
) -> None:
    """The mirror of a grid that all but meets the grid is another grid still."""
    lean = tilt[0] * 10.0 ** tilt[1]
    basis = np.array([[1.0, 0.0], [lean, 1.0]])
    samples = np.array([[-1.0, lean * share], [1.0, -lean * share], [lean * share, 1.0]])
    found = srm.ResonanceEngine(samples, basis).curve(*pair, epsilon=0.0, resolution=resolution)
    truth = oracle.counts(samples, basis, *pair, found.angles, epsilon=0.0, tolerance=1e-12)
    assert_between(found.counts[0], truth)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("dims", [2, 3, 8])
def test_ties_are_rare_in_data_at_random(dims: int, dtype: type) -> None:
    """So that falling between the oracle's bounds means being equal to it."""
    rng = np.random.default_rng(dims)
    samples: np.ndarray = rng.standard_normal((200, dims)).astype(dtype)
    angles = rng.uniform(-9, 9, 90)
    loose = 0
    for epsilon in rng.uniform(-1, 1, 8):
        case = Case(samples, None, (0, 1), epsilon, 4, angles)
        low, high = truth_of(case)
        counts = case.engine().curve(0, 1, **case.asked).counts[0]
        assert (low == counts)[low == high].all()
        loose += (low != high).sum()
    assert loose <= 0.02 * 8 * len(angles)


@pytest.mark.parametrize("resolution", [4, 5, 90, 360, 2880])
@pytest.mark.parametrize("pair", [(0, 1), (2, 0)])
def test_many_samples_at_many_angles(resolution: int, pair: Pair) -> None:
    rng = np.random.default_rng(resolution)
    samples = rng.standard_normal((800, 5))
    basis = rng.standard_normal((4, 5))
    found = srm.ResonanceEngine(samples, basis).curve(*pair, epsilon=0.7, resolution=resolution)
    angles = np.arange(resolution) * (math.tau / resolution)
    truth = oracle.counts(samples, basis, *pair, angles, epsilon=0.7, tolerance=1e-12)
    assert truth.low.tolist() == truth.high.tolist() == found.counts[0].tolist()
    assert found.counts.max() > 0


def test_the_oracle_turns_from_the_first_direction_to_the_second() -> None:
    basis = np.array([[3.0, 0.0, 0.0], [2.0, 2.0, 0.0]])
    turned = oracle.spotlights(basis, 0, 1, [0.0, math.pi / 4, math.pi / 2, math.pi]).numpy()
    half = math.sqrt(0.5)
    expected = [[1, 0, 0], [half, half, 0], [0, 1, 0], [-1, 0, 0]]
    assert turned == pytest.approx(np.array(expected), abs=1e-14)

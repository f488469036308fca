"""A survey against the definition itself, by matrix exponentials."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from srm_widget.geometry import plane_index
from srm_widget.results.survey import Survey
from tests.unit.support import oracle
from tests.unit.support.cases import existing_planes
from tests.unit.support.plain_survey import VARIANTS
from tests.unit.support.survey_problems import SIZES, Problem, Sizes, problems

TOLERANCE = {np.dtype(np.float32): 1e-6, np.dtype(np.float64): 1e-12}


def truths(problem: Problem) -> dict[tuple[int, int], oracle.Oracle]:
    """Counts of every plane that exists, at the survey's angles."""
    pairs = existing_planes(problem.directions)
    if problem.variant == "combination":
        pairs = [(i, j) for i, j in pairs if i < j]
    angles = np.arange(problem.resolution) * (math.tau / problem.resolution)
    return {
        (i, j): oracle.counts(
            problem.samples,
            problem.directions,
            i,
            j,
            angles,
            epsilon=problem.epsilon,
            tolerance=TOLERANCE[problem.samples.dtype],
        )
        for i, j in pairs
    }


def assert_true(found: Survey, truth: dict[tuple[int, int], oracle.Oracle]) -> None:
    """Sums between the oracle's bounds; and where these are one, every plane's peak."""
    low = np.array([counts.low for counts in truth.values()])
    high = np.array([counts.high for counts in truth.values()])
    assert found.n_planes == len(truth)
    assert (low.sum(axis=0) <= found.total).all()
    assert (found.total <= high.sum(axis=0)).all()
    assert ((low**2).sum(axis=0) <= found.squares).all()
    assert (found.squares <= (high**2).sum(axis=0)).all()
    peaks = found.matrix("peak") * found.n_samples
    for (i, j), counts in truth.items():
        assert counts.low.max() <= round(peaks[i, j]) <= counts.high.max()
    if (low == high).all():
        for (i, j), angle in zip(found.planes.tolist(), found.peak_angle, strict=True):
            at = int(truth[i, j].low.argmax())
            assert angle == found.angles[at]


@settings(max_examples=30)
@given(problem=problems(max_samples=8), sizes=SIZES)
def test_small_problems(problem: Problem, sizes: Sizes) -> None:
    m = len(problem.directions)
    existing = len(existing_planes(problem.directions))
    # The tolerance holds where no two directions are all but parallel.
    assume(existing == plane_index.n_planes(m, "permutation"))
    with sizes.used():
        found = problem.engine().survey(**problem.asked, top=existing)
    assert_true(found, truths(problem))


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    epsilon=st.floats(-1, 1),
    variant=st.sampled_from(VARIANTS),
    turned=st.booleans(),
)
def test_float32(seed: int, epsilon: float, variant: str, turned: bool) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((40, 4)).astype(np.float32)
    basis = rng.standard_normal((5, 4)) if turned else None
    problem = Problem(rows, basis, epsilon, 12, variant)
    assume(len(existing_planes(problem.directions)) == (20 if turned else 12))
    assert_true(problem.engine().survey(**problem.asked), truths(problem))


@pytest.mark.parametrize("epsilon", [0.3, 0.8])
@pytest.mark.parametrize("variant", VARIANTS)
def test_many_samples(variant: str, epsilon: float) -> None:
    rng = np.random.default_rng(2)
    problem = Problem(rng.standard_normal((3000, 5)), None, epsilon, 36, variant)
    truth = truths(problem)
    assert all((counts.low == counts.high).all() for counts in truth.values())
    found = problem.engine().survey(**problem.asked)
    assert found.total.tolist() == sum(counts.low for counts in truth.values()).tolist()  # type: ignore[union-attr]
    assert_true(found, truth)


@pytest.mark.parametrize("sparse", [1, 1 << 40])
@pytest.mark.parametrize("variant", VARIANTS)
def test_all_that_is_lit_lies_between_the_angles(variant: str, sparse: int) -> None:
    problem = Problem(np.array([[math.cos(0.3), math.sin(0.3)]]), None, 0.9999, 4, variant)
    with Sizes(sparse=sparse).used():
        found = problem.engine().survey(**problem.asked)
    assert found.n_lit == found.n_planes
    assert not found.total.any()
    assert_true(found, truths(problem))

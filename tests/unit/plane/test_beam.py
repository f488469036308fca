"""Who is inside the spotlight, in which order, and of which class."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import srm_widget as srm
from srm_widget.plane.beam import Beam, argsort_descending
from tests.unit.support.labelled import Labelled, labelled

THETAS = st.one_of(
    st.floats(-20.0, 20.0), st.integers(-30, 30).map(lambda k: k * math.pi / 12), st.just(1e6)
)
CORNERS = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1], [1, 1], [-1, 1], [2, 0], [3, 3], [0, 0]])


def assert_ordered(beam: Beam) -> None:
    """By falling cosine, equal ones by rising row."""
    assert np.array_equal(np.lexsort((beam.indices, -beam.cosines)), np.arange(len(beam.indices)))


@pytest.mark.usefixtures("sample_layout")
@settings(max_examples=30)
@given(problem=labelled(), theta=THETAS)
def test_a_beam_is_what_the_oracle_lights(problem: Labelled, theta: float) -> None:
    epsilon, loose = problem.case.epsilon, problem.tolerance
    engine = problem.engine()
    beam = engine.beam(*problem.pair, theta, epsilon=epsilon, labels=problem.labels)
    cosines = problem.cosines([theta])[:, 0]
    surely, perhaps = (
        set(problem.kept[cosines[problem.kept] >= epsilon + slack]) for slack in (loose, -loose)
    )
    # At a great angle a unit in the last place is more than a tie.
    if theta < 100:
        assert surely <= set(beam.indices.tolist()) <= perhaps
        assert np.abs(beam.cosines - cosines[beam.indices]).max(initial=0) <= loose
    assert_ordered(beam)
    assert beam.indices.dtype == np.int64
    assert beam.n_lit == beam.n_listed == len(beam.indices)
    curve = engine.curve(*problem.pair, epsilon=epsilon, angles=[theta])
    assert beam.n_lit == curve.counts[0, 0]
    assert beam.by_class is not None
    of_all = np.bincount(problem.codes[beam.indices], minlength=len(problem.names))
    assert beam.by_class.tolist() == of_all.tolist()
    assert engine.inside(*problem.pair, theta, epsilon=epsilon).tolist() == beam.indices.tolist()


@pytest.mark.usefixtures("sample_layout")
@settings(max_examples=20)
@given(problem=labelled(), theta=THETAS, most=st.integers(0, 16), only=st.sets(st.integers(0, 3)))
def test_the_first_of_some_classes(
    problem: Labelled, theta: float, most: int, only: set[int]
) -> None:
    """They are the first of all of these classes; the numbers are of all that are lit."""
    engine = problem.engine()
    wanted = [code for code in only if code < len(problem.names)]
    ask: dict[str, Any] = {"epsilon": problem.case.epsilon, "labels": problem.labels}
    everyone = engine.beam(*problem.pair, theta, **ask)
    some = engine.beam(*problem.pair, theta, **ask, only=wanted, most=most)
    listed = np.isin(problem.codes[everyone.indices], wanted)
    assert some.indices.tolist() == everyone.indices[listed][:most].tolist()
    assert some.cosines.tolist() == everyone.cosines[listed][:most].tolist()
    assert (some.n_lit, some.n_listed) == (everyone.n_lit, listed.sum())
    assert some.by_class is not None
    assert everyone.by_class is not None
    assert some.by_class.tolist() == everyone.by_class.tolist()


@settings(max_examples=120)
@given(
    values=arrays(
        np.float64,
        st.integers(0, 30),
        elements=st.one_of(st.sampled_from([0.0, -0.0, 0.5, 1.0, -1.0]), st.floats(-1, 1)),
    ),
    most=st.one_of(st.none(), st.integers(0, 32)),
)
def test_falling_is_a_stable_sort(values: np.ndarray, most: int | None) -> None:
    found = argsort_descending(values, most)
    assert found.dtype == np.int64
    assert found.tolist() == np.argsort(-values, kind="stable")[:most].tolist()


@pytest.mark.parametrize("most", [0, 1, 499, 500, 501, 1500, 2999, 3000, 3001])
def test_falling_among_many_ties(most: int) -> None:
    values = np.random.default_rng(0).integers(0, 6, 3000) / 6
    expected = np.argsort(-values, kind="stable")[:most]
    assert np.array_equal(argsort_descending(values, most), expected)


@pytest.mark.usefixtures("sample_layout")
@pytest.mark.parametrize("cache_bytes", [None, 0], ids=["arcs kept", "arcs not kept"])
@pytest.mark.parametrize("epsilon", [-1.0, -0.5, 0.0, 0.6, math.sqrt(0.5)])
@pytest.mark.parametrize("pair", [(0, 1), (1, 0)])
def test_corners_by_hand(pair: tuple[int, int], epsilon: float, cache_bytes: int | None) -> None:
    """At every twelfth of a turn, ties among them; before and after more came."""
    rows = np.vstack([CORNERS] * 2)
    engine = srm.ResonanceEngine(CORNERS, cache_bytes=cache_bytes)
    engine.beam(*pair, 0.0, epsilon=epsilon)
    engine.append(CORNERS)
    norms = np.linalg.norm(rows, axis=1)
    unit = rows[:, list(pair)] / np.where(norms > 0, norms, 1)[:, None]
    for theta in np.arange(24) * (math.pi / 12):
        cosines = unit @ [math.cos(theta), math.sin(theta)]
        beam = engine.beam(*pair, float(theta), epsilon=epsilon)
        assert sorted(beam.indices) == np.flatnonzero(cosines >= epsilon - 1e-12).tolist()
        assert beam.cosines == pytest.approx(cosines[beam.indices], abs=1e-14)
        assert beam.by_class is None
        assert_ordered(beam)


def test_samples_of_one_direction_keep_their_order() -> None:
    """Whatever their lengths; a sample that ties with the last listed one comes after it."""
    rows = np.array([[4.0, 3.0], [1.0, 0.0], [0.5, 0.0], [8.0, 6.0], [16.0, 0.0], [2.0, 1.5]])
    engine = srm.ResonanceEngine(rows)
    expected = [1, 2, 4, 0, 3, 5]
    assert engine.inside(0, 1, 0.0, epsilon=0.5).tolist() == expected
    for most in range(8):
        beam = engine.beam(0, 1, 0.0, epsilon=0.5, most=np.int64(most))
        assert beam.indices.tolist() == expected[:most]
        assert beam.n_lit == beam.n_listed == 6


@pytest.mark.parametrize("at", [0.0, math.pi])
def test_nobody_is_inside(at: float) -> None:
    engine = srm.ResonanceEngine([[0.0, 1.0], [0.0, 0.0]])
    beam = engine.beam(0, 1, at, epsilon=0.5, labels=["x", "y"], only=[0], most=3)
    assert (beam.n_lit, beam.n_listed, len(beam.indices), len(beam.cosines)) == (0, 0, 0, 0)
    assert beam.by_class is not None
    assert beam.by_class.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"theta": math.nan}, ValueError, "finite angle theta, got nan"),
        ({"theta": math.inf}, ValueError, "finite angle theta, got inf"),
        ({"most": -1}, ValueError, "most ≥ 0, got -1"),
        ({"most": 1.5}, TypeError, "integer most ≥ 0, got 1.5"),
        ({"epsilon": 1.1}, ValueError, "1.1"),
        ({"labels": ["a"]}, ValueError, "expected 9 labels.*got 1"),
        ({"i": 1}, IndexError, "0 … 1"),
    ],
)
@pytest.mark.usefixtures("as_users")
def test_refused(asked: dict[str, Any], error: type[Exception], message: str) -> None:
    engine = srm.ResonanceEngine(CORNERS)
    with pytest.raises(error, match=message):
        engine.beam(**({"i": 0, "j": 1, "theta": 0.0, "epsilon": 0.5} | asked))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_samples_at_the_rim_of_the_cone_where_arcs_are_not_kept(dtype: type) -> None:
    """At an end of its arc a sample is as near to ε as rounding lets it be."""
    rng = np.random.default_rng(3)
    rows: np.ndarray = rng.standard_normal((3000, 4)).astype(dtype)
    engine = srm.ResonanceEngine(rows, cache_bytes=20_000)
    a, c = engine.coordinates(0, 1, range(300)).T
    radius = np.hypot(a, c)
    epsilon = 0.4
    reached = radius > epsilon
    ends = (np.arctan2(c, a) + np.arccos(np.minimum(epsilon / radius, 1)))[reached].tolist()
    assert len(ends) >= 60
    for theta in ends[:60]:
        expected = engine.curve(0, 1, epsilon=epsilon, angles=[theta]).counts[0, 0]
        assert len(engine.inside(0, 1, theta, epsilon=epsilon)) == expected

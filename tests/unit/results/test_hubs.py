"""Rankings with a bound on the planes of one direction, and the directions that would lead them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.results.survey import LEADING, MEASURES, PER_DIRECTION

HUB = 3


@pytest.fixture(scope="module")
def engine() -> srm.ResonanceEngine:
    """Every sample has much of one direction, and something of another."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((400, 12)) * 0.4
    rows[:, HUB] = 2.0
    return srm.ResonanceEngine(rows)


def greedy(survey: srm.Survey, by: str, cap: int) -> list[list[int]]:
    """All planes in order, one after another."""
    taken = [0] * survey.n_directions
    found = []
    for i, j in survey.best(by, survey.n_lit).planes.tolist():
        if taken[i] < cap and taken[j] < cap:
            taken[i] += 1
            taken[j] += 1
            found.append([i, j])
    return found


@pytest.mark.parametrize("by", MEASURES)
@given(seed=st.integers(0, 99), cap=st.integers(1, 5), top=st.integers(0, 40))
def test_a_direction_comes_so_often_and_no_more(seed: int, cap: int, top: int, by: str) -> None:
    rows = np.random.default_rng(seed).standard_normal((60, 12)) ** 3
    survey = srm.ResonanceEngine(rows).survey(epsilon=0.6, resolution=8)
    expected = greedy(survey, by, cap)[:top]
    assert survey.best(by, top, per_direction=cap).planes.tolist() == expected


@pytest.mark.parametrize("by", MEASURES)
def test_few_of_a_direction_lead_and_all_others_follow(by: str) -> None:
    rows = np.random.default_rng(3).standard_normal((200, 90)) ** 3
    rows[:, HUB] += 4.0
    survey = srm.ResonanceEngine(rows).survey(epsilon=0.5, resolution=8)
    assert survey.n_lit > 1000
    first = greedy(survey, by, PER_DIRECTION)[:LEADING]
    assert len(first) == LEADING
    others = [pair for pair in survey.best(by, survey.n_lit).planes.tolist() if pair not in first]
    found = survey.leading(by, survey.n_lit)
    assert found.planes.tolist() == first + others
    assert survey.leading(by, 7).planes.tolist() == first[:7]
    places = survey.ranked(by, leading=LEADING)
    assert survey.pairs(places).tolist() == found.planes.tolist()
    assert found.score.tolist() == survey.scores(by)[places].tolist()


def test_of_many_planes_the_last_ones_are_found_too(engine: srm.ResonanceEngine) -> None:
    """More than are looked at in one go, and all of the first ones through the hub."""
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((300, 60)) * 0.3
    rows[:, HUB] = 3.0
    survey = srm.ResonanceEngine(rows).survey(epsilon=0.3, resolution=8, top=0)
    assert survey.best("peak", 50).planes[:, 0].tolist().count(HUB) > 40
    found = survey.best("peak", 20, per_direction=1).planes.tolist()
    assert found == greedy(survey, "peak", 1)[:20]


def test_all_ways_to_a_survey_take_it(engine: srm.ResonanceEngine) -> None:
    asked: dict[str, Any] = {"by": "peak", "top": 5, "per_direction": 2}
    found = engine.survey(epsilon=0.6, resolution=12, **asked)
    assert found.per_direction == 2
    assert np.bincount(found.planes.ravel()).max() == 2
    counts = engine.counts(epsilon=0.6, resolution=12)
    assert counts.survey(**asked).planes.tolist() == found.planes.tolist()
    rows = engine.unit_rows(np.arange(400)).numpy()
    sharded = srm.sharded.survey(rows, epsilon=0.6, resolution=12, **asked)
    assert sharded.planes.tolist() == found.planes.tolist()
    assert (found.best(per_direction=1).planes == HUB).sum() == 1


def test_hubs_are_named_with_their_share(engine: srm.ResonanceEngine) -> None:
    survey = engine.survey(epsilon=0.8)
    hubs = survey.hubs(3)
    assert hubs.direction[0] == HUB
    lit = survey.pairs(slice(None))
    assert hubs.n_planes.tolist() == [(lit == k).any(axis=1).sum() for k in hubs.direction]
    assert hubs.share.tolist() == (hubs.n_planes / survey.n_lit).tolist()
    assert (np.diff(hubs.n_planes) <= 0).all()
    again = engine.hubs(epsilon=0.8, top=3)
    assert [column.tolist() for column in again] == [column.tolist() for column in hubs]
    assert len(engine.hubs(epsilon=1.0).direction) == 0


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [(0, ValueError, "per_direction ≥ 1, got 0"), (1.5, TypeError, "got 1.5")],
)
def test_refusals_repeat_what_came(
    engine: srm.ResonanceEngine, asked: Any, error: type[Exception], message: str
) -> None:
    for ask in (
        lambda: engine.survey(epsilon=0.5, per_direction=asked),
        lambda: engine.survey(epsilon=0.5).best(per_direction=asked),
        lambda: engine.counts(epsilon=0.5).survey(per_direction=asked),
    ):
        with pytest.raises(error, match=message):
            ask()

"""The scope's survey between the other tasks of an event loop."""

from __future__ import annotations

import pytest

import srm_widget as srm
from srm_widget.widget import survey_task
from tests.unit.support.event_loop import ROWS, done, lived, others, state, turns
from tests.unit.widget.test_survey_controller import assert_ranked

pytestmark = pytest.mark.usefixtures("wires", "many_steps")


def test_the_map_comes_while_the_scope_answers(begun: dict[str, list[float]]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        assert state(scope) == "running"
        assert scope._map == b""
        await turns(3)
        scope.set_state({"theta": 1.0})
        scope.position = 7
        assert (scope._frame["theta"], scope._frame["position"]) == (1.0, 7)
        assert state(scope) == "running"
        await done(scope)
        assert len(scope._map) == 2 * 16**2
        assert not others()

    lived(life)
    assert begun == {"begun": [0.5], "ended": [0.5]}


def test_nothing_is_computed_again_for_what_is_known(begun: dict[str, list[float]]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        scope.theta, scope.position, scope.resolution = 1.0, 3, 40
        scope.order = "peak"
        assert_map_of(scope, "peak")
        scope.order = "index"
        scope.navigator = False
        await turns(3)
        scope.navigator = True
        assert state(scope) == "done"
        await turns(3)

    lived(life)
    assert begun["begun"] == [0.5]


def assert_map_of(scope: srm.SRMScope, by: str) -> None:
    assert scope._map_frame["by"] == by
    assert scope._map_frame["epsilon"] == scope.epsilon


@pytest.mark.parametrize("soon", [1e9, -1.0], ids=["short surveys", "long surveys"])
def test_the_latest_epsilon_wins(
    begun: dict[str, list[float]], monkeypatch: pytest.MonkeyPatch, soon: float
) -> None:
    monkeypatch.setattr(survey_task, "QUICK", soon)
    monkeypatch.setattr(survey_task, "_PAUSE", 0)

    async def life(scope: srm.SRMScope) -> None:
        await turns(4)
        for epsilon in (0.52, 0.54, 0.56):
            scope.epsilon = epsilon
            assert state(scope) == "running"
        await done(scope)
        assert scope._map_frame["epsilon"] == 0.56
        assert not others()

    lived(life)
    ended = [0.5, 0.56] if soon > 0 else [0.56]
    assert begun == {"begun": [0.5, 0.56], "ended": ended}


@pytest.mark.parametrize("soon", [1e9, -1.0], ids=["short surveys", "long surveys"])
def test_there_and_back(
    begun: dict[str, list[float]], monkeypatch: pytest.MonkeyPatch, soon: float
) -> None:
    monkeypatch.setattr(survey_task, "QUICK", soon)
    monkeypatch.setattr(survey_task, "_PAUSE", 0)

    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        scope.epsilon = 0.6
        await turns(3)
        scope.epsilon = 0.5
        await done(scope)
        await turns(2)
        assert not others()

    lived(life)
    assert begun["ended"] == [0.5]


@pytest.mark.parametrize("order", ["index", "alignment", "peak"])
def test_planes_are_ranked_anew_when_the_survey_is_done(order: str) -> None:
    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        scope.order = order
        scope.position = 5
        pair = scope.pair
        scope.epsilon = 0.8
        assert scope.position == 5
        await done(scope)
        assert scope.pair == pair
        assert scope._frame["epsilon"] == 0.8
        assert_ranked(scope)
        scope.position = 0
        assert scope.pair == scope.ranking.plane(0)

    lived(life)


def test_positions_count_in_the_order_on_show_meanwhile() -> None:
    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        scope.order = "peak"
        old = scope.ranking
        scope.epsilon = 0.7
        await turns(2)
        scope.position = 9
        assert scope.pair == old.plane(9)
        await done(scope)
        assert scope.pair == old.plane(9)
        assert_ranked(scope)

    lived(life)


def test_a_ranking_that_was_awaited_comes_without_the_map_too() -> None:
    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        scope.order = "peak"
        scope.epsilon = 0.7
        await turns(2)
        scope.navigator = False
        assert_ranked(scope)

    lived(life)


def test_appended_samples_begin_the_survey_again(begun: dict[str, list[float]]) -> None:
    seen: list[str] = []

    async def life(scope: srm.SRMScope) -> None:
        scope.observe(lambda _: seen.append(state(scope)), "_map_frame")
        for _ in range(2):
            await turns(4)
            scope.engine.append(ROWS[:20])
            assert state(scope) == "running"
        await done(scope)
        assert scope.survey.n_samples == 240
        scope.order = "peak"
        scope.engine.append(ROWS[:10])
        assert_ranked(scope)
        await done(scope)
        assert scope.survey.n_samples == 250
        assert not others()

    lived(life)
    assert "failed" not in seen


def test_the_map_put_away_and_brought_back() -> None:
    async def life(scope: srm.SRMScope) -> None:
        await turns(3)
        scope.navigator = False
        assert state(scope) == "off"
        assert scope._map == b""
        await turns(3)
        assert not others()
        scope.epsilon = 0.6
        assert not others()
        scope.navigator = True
        assert state(scope) == "running"
        await done(scope)
        assert_map_of(scope, "alignment")

    lived(life)

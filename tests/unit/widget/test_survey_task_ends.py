"""Surveys that wait for a word, fail, or end with their scope."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Generator
from typing import Any

import pytest

import srm_widget as srm
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.widget import survey_demand
from tests.unit.support.event_loop import ROWS, done, lived, others, state, turns, until

pytestmark = pytest.mark.usefixtures("wires", "many_steps")


def ask_for_survey(scope: srm.SRMScope) -> None:
    data = {"method": "custom", "content": {"type": "survey"}}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})


def test_what_may_take_long_waits_for_a_word(
    monkeypatch: pytest.MonkeyPatch, begun: dict[str, list[float]]
) -> None:
    monkeypatch.setattr(survey_demand, "_COSTLY", 0)

    async def life(scope: srm.SRMScope) -> None:
        await turns(5)
        assert state(scope) == "waiting"
        assert "120 planes of 200 samples" in scope._map_frame["hint"]
        assert begun["begun"] == []
        scope.theta = 1.0
        assert state(scope) == "waiting"
        ask_for_survey(scope)
        assert state(scope) == "running"
        await turns(3)
        scope.theta = 2.0
        assert state(scope) == "running"
        await done(scope)
        assert scope._map_frame["hint"] == ""
        scope.epsilon = 0.6
        await turns(5)
        assert state(scope) == "waiting"
        assert scope._map_frame["epsilon"] == 0.5
        assert not others()

    lived(life)
    assert begun["begun"] == [0.5]


def test_few_samples_of_many_planes_wait_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where ε is about 0 every plane is tested."""
    monkeypatch.setattr(survey_demand, "_COSTLY", 200 * 16 + 1)

    async def life(scope: srm.SRMScope) -> None:
        assert state(scope) == "running"
        scope.epsilon = 0.0
        assert state(scope) == "waiting"
        await turns(3)
        assert not others()

    lived(life)


def test_a_survey_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> Generator[float, None, srm.Survey]:
        yield 0.1
        raise MemoryError("no room for planes")

    async def life(scope: srm.SRMScope) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(ResonanceEngine, "survey_steps", failing)
            await until(lambda: state(scope) == "failed")
        assert scope._map_frame["hint"] == "no room for planes"
        assert not others()
        scope.position = 4
        assert scope._frame["position"] == 4
        scope.epsilon = 0.6
        await done(scope)
        assert scope._map_frame["hint"] == ""

    lived(life)


@pytest.mark.parametrize("when", ["running", "done", "waiting"])
def test_closing_leaves_nothing_behind(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if when == "waiting":
        monkeypatch.setattr(survey_demand, "_COSTLY", 0)
    engine = srm.ResonanceEngine(ROWS)

    async def main() -> weakref.ref[srm.SRMScope]:
        scope = srm.SRMScope(engine, epsilon=0.5)
        await turns(4)
        await until(lambda: state(scope) == when)
        scope.close()
        alive = weakref.ref(scope)
        await turns(3)
        assert not others()
        return alive

    alive = asyncio.run(main())
    gc.collect()
    assert alive() is None
    assert len(engine.listeners) == 0


def test_a_closed_scope_computes_nothing() -> None:
    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        scope.close()
        scope.epsilon = 0.7
        await turns(1)
        assert not others()

    lived(life)


def test_the_window_follows_the_map() -> None:
    async def life(scope: srm.SRMScope) -> None:
        scope.set_state({"_window": [2, 3, 8]})
        assert scope._tile == b""
        await done(scope)
        assert scope._tile_frame["window"] == [2, 3, 8]
        scope.epsilon = 0.6
        await done(scope)
        assert scope._tile_frame["epsilon"] == 0.6
        assert len(scope._tile) == 2 * 8**2

    lived(life)


def test_a_survey_asked_for_is_there_at_once(begun: dict[str, list[float]]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        await turns(2)
        assert scope.survey.epsilon == 0.5
        assert state(scope) == "done"
        await turns(3)
        assert not others()

    lived(life)

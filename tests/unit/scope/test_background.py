"""The scope's survey between the other tasks of an event loop, as in a notebook's kernel."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable, Generator, Iterator
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget import atlas, hits
from srm_widget.engine import ResonanceEngine
from srm_widget.threads import at_most
from tests.unit.scope.test_navigator import assert_ranked

TURNS = 20_000
ROWS = np.random.default_rng(5).standard_normal((200, 16)).astype(np.float32) ** 3
Life = Callable[[srm.SRMScope], Awaitable[None]]


@pytest.fixture(autouse=True)
def many_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A survey takes as long as it takes, and not less than these steps."""
    monkeypatch.setattr(hits, "_TESTS", 400)
    monkeypatch.setattr(atlas, "_SOON", 1e9)
    with at_most(1):
        yield


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(TURNS):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("nothing came of it")


async def done(scope: srm.SRMScope) -> None:
    """The map shows the ε on show."""
    await until(lambda: state(scope) == "done")
    assert scope._map_frame["epsilon"] == scope.epsilon
    assert scope.survey.n_samples == scope.engine.n_samples


async def turns(many: int) -> None:
    for _ in range(many):
        await asyncio.sleep(0)


def state(scope: srm.SRMScope) -> str:
    return str(scope._map_frame["state"])


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


def lived(life: Life) -> None:
    """Make a scope in a loop and live with it."""

    async def main() -> None:
        await life(srm.SRMScope(ROWS, epsilon=0.5, theta=0.0))

    asyncio.run(main())


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """The ε of all surveys that were begun, and of those that came to their end."""
    found: dict[str, list[float]] = {"begun": [], "ended": []}
    original = ResonanceEngine.survey_steps

    def recorded(engine: ResonanceEngine, **asked: Any) -> Generator[float, None, srm.Survey]:
        found["begun"].append(asked["epsilon"])
        result = yield from original(engine, **asked)
        found["ended"].append(asked["epsilon"])
        return result

    monkeypatch.setattr(ResonanceEngine, "survey_steps", recorded)
    return found


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
        scope.order = "gain"
        assert_map_of(scope, "gain")
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
    monkeypatch.setattr(atlas, "_SOON", soon)

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
    monkeypatch.setattr(atlas, "_SOON", soon)

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


@pytest.mark.parametrize("order", ["index", "alignment", "peak", "gain"])
def test_planes_are_ranked_anew_when_the_survey_is_done(order: str) -> None:
    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        scope.order = order
        scope.position = 5
        pair, serial = scope.pair, scope._frame["serial"]
        scope.epsilon = 0.8
        assert scope.position == 5
        await done(scope)
        assert scope.pair == pair
        assert scope._frame["serial"] > serial
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


def ask_for_survey(scope: srm.SRMScope) -> None:
    data = {"method": "custom", "content": {"type": "survey"}}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})


def test_what_may_take_long_waits_for_a_word(
    monkeypatch: pytest.MonkeyPatch, begun: dict[str, list[float]]
) -> None:
    monkeypatch.setattr(atlas, "_COSTLY", 0)

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
    monkeypatch.setattr(atlas, "_COSTLY", 200 * 16 + 1)

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
        monkeypatch.setattr(atlas, "_COSTLY", 0)
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

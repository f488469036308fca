"""The table of directions between the other tasks of an event loop."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency import background
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.survey import directions
from srm_widget.widget import direction_table
from tests.unit.support.event_loop import ROWS, Life, others, turns, until

LABELS = np.arange(200) % 3
OTHERS = np.where(np.arange(200) % 2, "odd", "even")

pytestmark = pytest.mark.usefixtures("wires", "short_steps")


@pytest.fixture
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One direction a step, and none to wait for before the first."""
    monkeypatch.setattr(directions, "_AT_ONCE", 1)
    monkeypatch.setattr(background, "_PAUSE", 0)


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The ε of all tables that came to their end."""
    found: list[float] = []
    original = ResonanceEngine.directions_steps

    def recorded(engine: ResonanceEngine, **asked: Any) -> Generator[float, None, Any]:
        result = yield from original(engine, **asked)
        found.append(asked["epsilon"])
        return result

    monkeypatch.setattr(ResonanceEngine, "directions_steps", recorded)
    return found


def lived(life: Life, **asked: Any) -> None:
    async def main() -> None:
        scope = srm.SRMScope(ROWS, epsilon=0.5, theta=0.0, navigator=False, table=True, **asked)
        scope.table_by, scope.table_descending, scope.table_least = "direction", False, 0
        await life(scope)

    asyncio.run(main())


def state(scope: srm.SRMScope) -> str:
    return str(scope._table_frame["state"])


async def done(scope: srm.SRMScope) -> None:
    """The table is there, and nothing is under way any more."""
    await until(lambda: state(scope) == "done")
    frame = scope._table_frame
    assert (frame["epsilon"], frame["hint"]) == (scope.epsilon, "")
    assert frame["has_labels"] == (scope.labels is not None)
    assert not others()


async def right(scope: srm.SRMScope) -> None:
    """The table is that of what is on show."""
    await done(scope)
    rows, table = scope._table_frame["rows"], scope.directions
    assert [row[3] for row in rows] == table.count.tolist()
    assert [row[5] for row in rows] == table.label
    assert [row[4] for row in rows] == table.kurtosis.tolist()


def test_the_table_comes_while_the_scope_answers(ended: list[float]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        assert state(scope) == "running"
        assert "rows" not in scope._table_frame
        await turns(3)
        scope.set_state({"theta": 1.0})
        assert (scope._frame["theta"], state(scope)) == (1.0, "running")
        await done(scope)

    lived(life)
    assert ended == [0.5]


def test_the_latest_epsilon_wins(ended: list[float]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        for epsilon in (0.52, 0.54, 0.56):
            scope.epsilon = epsilon
            await turns(4)
            assert state(scope) == "running"
            assert scope._table_frame["epsilon"] == 0.5
        await done(scope)
        scope.epsilon = 0.6
        await turns(2)
        scope.epsilon = 0.56
        await done(scope)

    lived(life)
    assert ended[0] == 0.5
    assert set(ended[1:]) == {0.56}


@pytest.mark.parametrize("first", [None, LABELS, OTHERS], ids=["none", "three", "two"])
@pytest.mark.parametrize("then", [None, LABELS, OTHERS], ids=["none", "three", "two"])
def test_other_labels(first: Any, then: Any) -> None:
    """Meanwhile a row has the name that its class had when it was counted, or none."""

    async def life(scope: srm.SRMScope) -> None:
        await right(scope)
        names = [row[5] for row in scope._table_frame["rows"]]
        scope.labels = then
        for row, name in zip(scope._table_frame.get("rows", ()), names, strict=False):
            assert row[5] in (name, None)
        await right(scope)

    lived(life, labels=first)


@pytest.mark.parametrize("labels", [None, LABELS], ids=["none", "three"])
def test_appended_samples_are_counted(labels: Any) -> None:
    async def life(scope: srm.SRMScope) -> None:
        for _ in range(3):
            await turns(4)
            scope.engine.append(ROWS[:20])
            assert state(scope) == "running"
        await right(scope)
        scope.engine.append(ROWS[:40])
        await right(scope)
        assert scope.directions.n_samples == 300

    lived(life, labels=labels)


def test_a_table_that_fails_says_why_and_recovers(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> Generator[float, None, None]:
        yield 0.1
        raise MemoryError("no room for directions")

    async def life(scope: srm.SRMScope) -> None:
        await right(scope)
        with monkeypatch.context() as patch:
            patch.setattr(ResonanceEngine, "directions_steps", failing)
            scope.epsilon = 0.6
            await until(lambda: state(scope) == "failed")
        assert scope._table_frame["hint"] == "no room for directions"
        assert scope._table_frame["epsilon"] == 0.5
        assert not others()
        assert scope.error == ""
        scope.theta = 1.0
        await right(scope)
        scope.epsilon = 0.7
        await right(scope)

    lived(life)


def test_off_and_on_again(ended: list[float]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        await turns(3)
        scope.table = False
        assert scope._table_frame == {}
        await turns(3)
        assert not others()
        scope.epsilon = 0.6
        assert not others()
        scope.table = True
        assert state(scope) == "running"
        assert "rows" not in scope._table_frame
        await done(scope)

    lived(life)
    assert ended[0] == 0.6


def test_another_order_waits_for_nothing(ended: list[float]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        await done(scope)
        before = len(ended)
        scope.set_state({"table_by": "count", "table_descending": True})
        assert state(scope) == "done"
        counts = [row[3] for row in scope._table_frame["rows"]]
        assert counts == sorted(counts, reverse=True)
        await turns(3)
        assert len(ended) == before

    lived(life)


def test_what_takes_long_waits_until_it_is_asked_for(
    ended: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direction_table, "_TRIED", 0.0)

    async def life(scope: srm.SRMScope) -> None:
        await right(scope)
        monkeypatch.setattr(direction_table, "_LONG", 0.0)
        scope.epsilon = 0.6
        await until(lambda: state(scope) == "waiting")
        assert "directions of 200 samples: to count them takes some" in scope._table_frame["hint"]
        assert scope._table_frame["epsilon"] == 0.5  # what is known stays
        scope.theta = 1.0
        await turns(3)
        assert (state(scope), ended.count(0.6)) == ("waiting", 0)
        scope._handle_custom_msg({"type": "table"}, [])
        assert state(scope) == "running"
        scope.pair = (2, 3)  # and is not begun anew
        await done(scope)
        assert ended.count(0.6) == 1
        await right(scope)
        scope.epsilon = 0.7
        await until(lambda: state(scope) == "waiting")

    lived(life)


@pytest.mark.parametrize("when", ["running", "done"])
def test_closing_leaves_nothing_behind(when: str) -> None:
    engine = srm.ResonanceEngine(ROWS)

    async def main() -> weakref.ref[srm.SRMScope]:
        scope = srm.SRMScope(engine, epsilon=0.5, table=True, samples=str, labels=LABELS)
        await turns(3)
        await until(lambda: state(scope) == when)
        scope.close()
        alive = weakref.ref(scope)
        await turns(3)
        scope.epsilon = 0.7
        scope.table_by = "count"
        assert not others()
        return alive

    alive = asyncio.run(main())
    gc.collect()
    assert alive() is None
    assert len(engine.listeners) == 0

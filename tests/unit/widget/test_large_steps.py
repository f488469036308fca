"""Steps that are small each, and much to go through together."""

from __future__ import annotations

import asyncio
from typing import Any

import comm
import numpy as np
import pytest

import srm_widget as srm
from srm_widget.view import builder
from srm_widget.view.builder import ViewBuilder
from srm_widget.view.legend import LegendCache
from srm_widget.view.spec import ViewSpec
from srm_widget.widget import prefetcher
from tests.unit.support.event_loop import refine_all, until
from tests.unit.support.wire import Wire

pytestmark = [
    pytest.mark.usefixtures("as_users"),
    pytest.mark.filterwarnings(
        "ignore:metadata .* was set from the constructor:DeprecationWarning"
    ),
]

MANY = 400
ROWS = np.random.default_rng(9).standard_normal((MANY, 5))


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comm, "create_comm", Wire)


def two_steps(first: int = MANY, last: int = MANY) -> srm.SRMScope:
    timeline = srm.Timeline()
    for many in (first, last):
        timeline.record(ROWS[:many])
    return srm.SRMScope(timeline, epsilon=0.5, cloud="off", navigator=False)


def asked_of(scope: srm.SRMScope) -> ViewSpec:
    assert scope._view.spec is not None
    return scope._view.spec


def told(scope: srm.SRMScope, content: dict[str, Any]) -> list[str]:
    """A message of the page; the kinds of messages that it is answered by."""
    scope.comm.sent.clear()
    data = {"method": "custom", "content": content}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})
    return [(message.get("content") or {}).get("type", "") for message in scope.comm.sent]


def test_the_step_compared_with_is_counted_in(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = two_steps()
    assert (scope.step, scope.compare) == (1, 0)
    monkeypatch.setattr(builder, "LARGE", MANY + MANY // 2)
    asked = asked_of(scope)._replace(pair=(2, 3))
    painted = ViewBuilder(scope.timeline, [f"{k}" for k in range(5)], LegendCache())
    assert painted.is_large(asked)
    assert not painted.is_large(asked._replace(compare=-1))
    assert not painted.is_large(asked._replace(compare=1))
    painted.build(asked, 0)
    assert not painted.is_large(asked)


def test_a_step_without_the_plane_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = srm.Timeline()
    timeline.record(ROWS, basis=np.eye(5)[[0, 0, 1, 2]])
    timeline.record(ROWS, basis=np.eye(5)[:4])
    scope = srm.SRMScope(timeline, pair=(1, 2), epsilon=0.5, cloud="off", navigator=False)
    monkeypatch.setattr(builder, "LARGE", MANY + MANY // 2)
    painted = ViewBuilder(timeline, list("abcd"), LegendCache())
    assert not painted.is_large(asked_of(scope)._replace(pair=(0, 1)))
    assert painted.is_large(asked_of(scope)._replace(pair=(0, 3)))


@pytest.mark.usefixtures("wires")
@pytest.mark.parametrize(("first", "last"), [(10, MANY), (MANY, 10), (200, 201)])
def test_nothing_is_sent_on_speculation_where_both_steps_cost_much(
    first: int, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = two_steps(first, last)
    wish = {"type": "ahead", "era": scope._frame["era"], "planes": [[4, 0.5]]}
    assert told(scope, {"type": "hold"}) == ["held"]
    assert told(scope, wish) == ["ahead"]
    monkeypatch.setattr(prefetcher, "LARGE", MANY)
    assert told(scope, {"type": "hold"}) == []
    assert told(scope, wish) == []
    monkeypatch.setattr(prefetcher, "LARGE", first + last)
    monkeypatch.setattr(prefetcher, "_MOST_READ", 8 * (first + last) - 1)
    assert told(scope, wish) == []
    monkeypatch.setattr(prefetcher, "_MOST_READ", 8 * (first + last))
    assert told(scope, wish) == ["ahead"]


def test_radii_are_computed_once_a_plane_and_not_with_each_part_of_a_curve(
    monkeypatch: pytest.MonkeyPatch, spy: Any
) -> None:
    refine_all(monkeypatch)

    async def main() -> None:
        explorer = srm.SRMExplorer(ROWS, epsilon=0.5, navigator=False)
        scope = explorer.scope
        radii, shown = spy(srm.ResonanceEngine, "radii"), spy(explorer._curve, "show")
        scope.set_state({"pair": [3, 1]})  # as its page does
        await until(lambda: not scope._view.refining)
        assert len(shown) > 10
        assert [plane for _, *plane in radii] == [[3, 1]]
        scope.engine.append(ROWS[:10])
        assert [plane for _, *plane in radii] == [[3, 1]] * 2
        explorer.close()

    asyncio.run(main())

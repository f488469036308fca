"""Scopes made, moved and closed, over and over: nothing of them stays."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from typing import Any

import comm
import numpy as np
import pytest
from ipywidgets.widgets import widget

import srm_widget as srm
from tests.unit.support.event_loop import others, turns, until
from tests.unit.support.wire import Wire

pytestmark = pytest.mark.usefixtures("wires")

ROUNDS = 5
ROWS = np.random.default_rng(1).standard_normal((200, 6)).astype(np.float32) ** 3
ASKED: list[dict[str, Any]] = [
    {"position": 3},
    {"epsilon": 0.61},
    {"theta": 2.0},
    {"order": "peak"},
    {"table": True},
    {"pair": [9, 9]},
    {"_window": [0, 0, 3]},
]


def source(kind: str) -> Any:
    if kind == "counts":
        counts = srm.ResonanceCounts(epsilon=[0.5, 0.61])
        counts.append(ROWS)
        return counts
    if kind == "timeline":
        timeline = srm.Timeline()
        for power in (1, 2, 3):
            timeline.record(np.sign(ROWS) * np.abs(ROWS) ** power)
        return timeline
    return srm.ResonanceEngine(ROWS)


def made(kind: str) -> tuple[srm.SRMScope, list[weakref.ref[Any]]]:
    """A scope, and what is to die with it."""
    shown = source(kind)
    looks: dict[str, Any] = {"labels": np.arange(200) % 4, "samples": ["a"] * 200}
    scope = srm.SRMScope(shown, epsilon=0.5, **({} if kind == "counts" else looks))
    return scope, [weakref.ref(each) for each in (scope, scope.engine, shown, scope._view._builder)]


def live(scope: srm.SRMScope) -> None:
    for state in ASKED:
        data = {"method": "update", "state": state, "buffer_paths": []}
        scope.comm.handle_msg({"content": {"data": data}, "buffers": []})
    for content in ({"type": "survey"}, {"type": "direction", "direction": 1, "sign": 1}):
        data = {"method": "custom", "content": content}
        scope.comm.handle_msg({"content": {"data": data}, "buffers": []})


def left() -> dict[str, Any]:
    return {
        "comms": len(comm.get_comm_manager().comms),
        "widgets": len(widget._instances),
        "threads": sorted(thread.name for thread in threading.enumerate()),
    }


class Registered(Wire):
    """A wire that the kernel knows of, as it knows of its comms."""

    def publish_msg(self, msg_type: str, *arguments: Any, **more: Any) -> None:
        super().publish_msg(msg_type, *arguments, **more)
        self.sent.clear()


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch, quiet: None) -> None:
    monkeypatch.setattr(comm, "create_comm", Registered)


@pytest.mark.parametrize("kind", ["engine", "timeline", "counts"])
def test_scopes_leave_nothing_behind(kind: str) -> None:
    made(kind)[0].close()
    before, alive = left(), []
    for _ in range(ROUNDS):
        scope, watched = made(kind)
        alive += watched
        live(scope)
        scope.close()
        del scope
    gc.collect()
    assert not any(each() for each in alive)
    assert left() == before


@pytest.mark.parametrize("kind", ["engine", "timeline", "counts"])
@pytest.mark.parametrize("pause", [0, 3, 40])
def test_scopes_leave_nothing_behind_in_a_loop(kind: str, pause: int) -> None:
    """Closed at once, in the middle of what they compute, and when some of it is done."""

    async def life() -> list[weakref.ref[Any]]:
        alive = []
        for _ in range(ROUNDS):
            scope, watched = made(kind)
            alive += watched
            live(scope)
            await turns(pause)
            scope.close()
            del scope
        await until(lambda: not others())
        await turns(50)  # what was called off before it began takes its turns to end
        gc.collect()
        assert not any(each() for each in alive)
        return alive

    made(kind)[0].close()
    before = left()
    assert len(asyncio.run(life())) == 4 * ROUNDS
    assert left() == before


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of bqplot, when it is imported
def test_a_scope_prints_as_one_line_of_what_it_is_on(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, pair=(3, 1))
    n_samples, n_dims = activations.shape
    facts = f"{n_samples} samples in {n_dims} dimensions, {n_dims} directions"
    assert str(scope) == f"SRMScope({facts}, pair=(3, 1), epsilon=0.5)"
    turned = srm.Timeline.turning(activations, srm.basis.rotated(n_dims, seed=1), steps=3)
    assert repr(srm.SRMScope(turned, step=0)).startswith(f"SRMScope(step 't = 0' of 3, {facts}, ")
    counts = srm.ResonanceCounts(epsilon=[0.5])
    counts.append(activations)
    assert facts in repr(srm.SRMScope(counts))
    explorer = srm.SRMExplorer(activations, epsilon=0.5, pair=(3, 1))
    assert repr(explorer) == f"SRMExplorer({scope!r})"
    for each in (scope, explorer):
        each.close()
    assert (repr(scope), repr(explorer)) == ("SRMScope(closed)", "SRMExplorer(SRMScope(closed))")

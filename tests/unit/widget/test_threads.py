"""A kernel that handles messages in one thread and runs cells in another, as JupyterLab's does."""

from __future__ import annotations

import asyncio
import copy
import threading
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency.background import stepwise
from srm_widget.concurrency.locks import WatchedLock, widget_lock
from tests import waiting
from tests.unit.support.event_loop import ROWS, others, until
from tests.unit.support.wire import state_of

pytestmark = pytest.mark.usefixtures("wires")

MOVES = 60


def message(scope: srm.SRMScope, state: dict[str, Any]) -> None:
    data = {"method": "update", "state": state, "buffer_paths": []}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})


def together(*lives: Callable[[], None]) -> None:
    """Run all of them at once, and raise what one of them raises."""
    problems: list[BaseException] = []

    def guarded(life: Callable[[], None]) -> None:
        try:
            life()
        except BaseException as problem:  # noqa: BLE001 - raised below
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(life,)) for life in lives]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    for problem in problems:
        raise problem


def test_pages_and_cells_move_a_scope_at_once() -> None:
    engine = srm.ResonanceEngine(ROWS)
    scope = srm.SRMScope(engine, epsilon=0.5, theta=0.0, labels=np.arange(200) % 4)

    def page() -> None:
        for k in range(MOVES):
            message(scope, {"position": (7 * k) % 120})
            message(scope, {"epsilon": 0.3 + 0.01 * (k % 30)})

    def cell() -> None:
        for k in range(MOVES):
            scope.pair = (k % 7, 7 + k % 9)
            assert engine.curve(k % 5, 9, epsilon=0.4).counts.max() <= len(engine.rows)
            scope.theta = 0.1 * k

    together(page, cell)
    assert scope.error == ""
    alone = srm.SRMScope(
        engine, epsilon=scope.epsilon, theta=scope.theta, pair=scope.pair, labels=scope.labels
    )
    drawn, plain = state_of(scope), state_of(alone)
    for name in ("_counts", "_class_counts", "_points", "selected", "pair", "position"):
        assert drawn[name] == plain[name], name


def test_garbage_waits_for_no_lock() -> None:
    """It is collected in whatever thread allocates: here in one that another waits for."""
    engine = srm.ResonanceEngine(ROWS)
    scope = srm.SRMScope(engine, epsilon=0.5)
    counting, handling = threading.Event(), threading.Event()

    def cell() -> None:
        with engine._lock:
            counting.set()
            assert handling.wait(60)
            scope.__del__()

    def page() -> None:
        assert counting.wait(60)
        with widget_lock:
            handling.set()
            engine.curve(0, 1, epsilon=0.5)
            assert scope.comm is not None

    together(cell, page)
    waiting.until(lambda: scope.comm is None, 60, lambda: "it is not closed")


def test_samples_come_while_a_page_moves() -> None:
    engine = srm.ResonanceEngine(ROWS[:20])
    scope = srm.SRMScope(engine, epsilon=0.5, theta=0.0)

    def page() -> None:
        for k in range(MOVES):
            message(scope, {"position": (7 * k) % 120})

    def cell() -> None:
        for k in range(MOVES):
            engine.append(ROWS[2 * k : 2 * k + 3])

    together(page, cell)
    assert scope.resonance.n_samples == engine.n_samples == 20 + 3 * MOVES
    batches = [ROWS[2 * k : 2 * k + 3] for k in range(MOVES)]
    whole = srm.ResonanceEngine(np.concatenate([ROWS[:20], *batches]))
    expected = whole.curve(*scope.pair, epsilon=scope.epsilon)
    np.testing.assert_array_equal(scope.resonance.counts, expected.counts)


def test_an_engine_answers_several_threads() -> None:
    engine = srm.ResonanceEngine(ROWS, srm.basis.rotated(16, seed=1), cache_bytes=20_000)
    expected = {
        (i, j): srm.ResonanceEngine(ROWS, srm.basis.rotated(16, seed=1))
        .curve(i, j, epsilon=0.4)
        .counts
        for i in range(4)
        for j in range(5, 8)
    }

    def asker(start: int) -> Callable[[], None]:
        def life() -> None:
            for k in range(MOVES):
                pair = (start + k) % 4, 5 + (k % 3)
                counts = engine.curve(*pair, epsilon=0.4).counts
                np.testing.assert_array_equal(counts, expected[pair])
                engine.inside(*pair, 1.0, epsilon=0.4)
                engine.density(*pair)
                if k % 20 == 0:
                    engine.survey(epsilon=0.4)

        return life

    together(asker(0), asker(2))


def test_a_message_in_another_thread_is_worked_on_in_the_loop_of_the_cells() -> None:
    async def main() -> None:
        scope = srm.SRMScope(ROWS, epsilon=0.5, theta=0.0, table=True)
        await until(lambda: scope._map_frame["state"] == "done")
        thread = threading.Thread(target=message, args=(scope, {"epsilon": 0.4}))
        thread.start()
        thread.join()
        assert scope.epsilon == 0.4
        assert scope._map_frame["state"] == "running"
        await until(lambda: scope._map_frame["state"] == "done")
        assert scope._map_frame["epsilon"] == 0.4
        thread = threading.Thread(target=scope.close)
        thread.start()
        thread.join()
        await until(lambda: not others())

    asyncio.run(main())


def test_a_loop_that_ended_is_none_to_wait_for() -> None:
    """As that of a page's thread that is gone, or of a script."""

    async def made() -> srm.SRMScope:
        return srm.SRMScope(ROWS, epsilon=0.5, theta=0.0)

    scope = asyncio.run(made())

    async def later() -> None:
        scope.theta = 1.0
        await until(lambda: scope._map_frame["state"] == "done")
        assert scope._map_frame["epsilon"] == 0.5
        scope.epsilon = 0.6
        await until(lambda: scope._map_frame["state"] == "done")
        assert scope._map_frame["epsilon"] == 0.6

    asyncio.run(later())


def test_a_scope_waits_for_its_turn() -> None:
    scope = srm.SRMScope(ROWS, epsilon=0.5, theta=0.0)
    thread = threading.Thread(target=message, args=(scope, {"theta": 1.0}))
    with widget_lock:
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
        assert scope.theta == 0.0
    thread.join()
    assert scope.theta == 1.0


def test_it_is_known_whether_another_thread_waits() -> None:
    one, found = WatchedLock(), []

    def take() -> None:
        with one:
            found.append(one.is_awaited)

    thread = threading.Thread(target=take)
    with one, one:
        found.append(one.is_awaited)
        thread.start()
        while not one.is_awaited:
            thread.join(0.001)
    thread.join()
    assert found == [False, False]


def test_steps_make_way_for_a_thread_that_waits() -> None:
    """A lock alone would give the turn to the steps again and again."""
    done: list[int] = []
    taken: list[int] = []

    def take() -> None:
        with widget_lock:
            taken.append(len(done))

    def steps() -> Generator[float, None, None]:
        thread = threading.Thread(target=take)
        thread.start()
        while not widget_lock.is_awaited:
            thread.join(0.001)
        while not taken and len(done) < 1000:
            done.append(len(done))
            yield 0.0

    asyncio.run(stepwise(steps(), lambda _share, _seconds: None, lambda: True))
    assert taken == [1]


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy])
def test_copies_have_turns_of_their_own(copied: Callable[[WatchedLock], WatchedLock]) -> None:
    assert isinstance(copied(widget_lock), WatchedLock)
    assert copied(widget_lock) is not widget_lock

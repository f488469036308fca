"""What another thread does in the middle of something: it waits, or it is taken in afterwards."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import srm_widget as srm
from srm_widget.concurrency.locks import widget_lock
from srm_widget.export import html_page
from srm_widget.export.snapshot import ScopeSnapshot
from srm_widget.figures import polar_figure
from srm_widget.figures.plot_data import PlanePlot
from srm_widget.view.builder import ViewBuilder
from srm_widget.widget import scope as scope_module
from srm_widget.widget import validators
from srm_widget.widget.model import SAVED_TRAITS
from srm_widget.widget.survey_task import SurveyTask
from tests.unit.support.event_loop import others, refine_all, turns, until

pytestmark = pytest.mark.usefixtures("wires")

ROWS = np.random.default_rng(4).standard_normal((300, 6))
MORE = ROWS[:40]

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile() -> Iterator[Meanwhile]:
    """Do something in another thread, until it is done or has to wait for its turn."""
    threads: list[threading.Thread] = []
    problems: list[BaseException] = []

    def begin(act: Callable[[], object]) -> None:
        def guarded() -> None:
            try:
                act()
            except BaseException as problem:  # noqa: BLE001 - raised below
                problems.append(problem)

        threads.append(threading.Thread(target=guarded))
        threads[-1].start()
        while threads[-1].is_alive() and not widget_lock.is_awaited:
            threads[-1].join(0.001)

    yield begin
    for thread in threads:
        thread.join(60)
    assert threads
    assert problems == []


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """All data are large, and each step is shown."""
    refine_all(monkeypatch)


def ask(scope: srm.SRMScope, **values: Any) -> None:
    data = {"method": "update", "state": values, "buffer_paths": []}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})


def scope_on(engine: Any, **more: Any) -> srm.SRMScope:
    return srm.SRMScope(engine, **{"epsilon": 0.5, "theta": 0.0, "navigator": False, **more})


def in_the_end(condition: Callable[[], bool]) -> None:
    """What the other thread does comes to this, as soon as it had its turn."""
    for _ in range(5_000):
        if condition():
            return
        threading.Event().wait(0.001)
    pytest.fail("nothing came of it")


def assert_caught_up(scope: srm.SRMScope) -> None:
    """The samples appended by the other thread are shown."""
    in_the_end(lambda: scope.resonance.n_samples == len(ROWS) + len(MORE))


def after_drawing(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something as soon as the next picture is drawn, before it is shown."""
    original, first = ViewBuilder.build_steps, [True]

    def drawn(self: ViewBuilder, *asked: Any) -> Generator[Any, None, Any]:
        picture = yield from original(self, *asked)
        if first:
            first.clear()
            act()
        return picture

    monkeypatch.setattr(ViewBuilder, "build_steps", drawn)


def test_samples_that_come_while_a_picture_is_drawn_are_shown(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile
) -> None:
    engine = srm.ResonanceEngine(ROWS)
    scope = scope_on(engine)
    after_drawing(monkeypatch, lambda: meanwhile(lambda: engine.append(MORE)))
    scope.pair = (3, 1)
    assert_caught_up(scope)


@pytest.mark.usefixtures("large")
def test_samples_that_come_as_a_refined_picture_ends_are_shown(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile
) -> None:
    async def main() -> None:
        engine = srm.ResonanceEngine(ROWS)
        scope = scope_on(engine)
        after_drawing(monkeypatch, lambda: meanwhile(lambda: engine.append(MORE)))
        ask(scope, pair=[3, 1])
        assert scope._view.refining
        await until(lambda: not scope._view.refining)
        assert_caught_up(scope)
        scope.close()
        await turns(20)
        assert not others()

    asyncio.run(main())


@pytest.mark.usefixtures("large")
def test_samples_of_a_step_that_is_refined_are_shown_whatever_their_number() -> None:
    """The step on show before had as many as this one has now."""

    async def main() -> None:
        timeline = srm.Timeline()
        timeline.record(ROWS[:-40], "first")
        timeline.record(ROWS, "second")
        scope = scope_on(timeline, compare=None)
        ask(scope, step=0)
        # Its curve is counted, and does not go on with what comes now.
        await until(lambda: scope._frame["is_partial"] and scope._frame["n_samples"] == 260)
        await turns(1)
        assert scope._view.refining
        scope.timeline[0].append(MORE)
        await until(lambda: not scope._view.refining)
        expected = srm.ResonanceEngine(np.concatenate([ROWS[:-40], MORE])).curve(0, 1, epsilon=0.5)
        assert scope.resonance.counts.tolist() == expected.counts.tolist()
        scope.close()

    asyncio.run(main())


@pytest.mark.usefixtures("large")
def test_another_thread_never_gets_the_resonance_of_the_samples_so_far(
    meanwhile: Meanwhile,
) -> None:
    async def main() -> None:
        scope = scope_on(ROWS)
        here: list[int] = []
        there: list[int] = []

        def follow(change: Any) -> None:
            if change.new["is_partial"] and not here:
                meanwhile(lambda: there.append(scope.resonance.n_samples))
                here.append(scope.resonance.n_samples)

        scope.observe(follow, "_frame")
        ask(scope, pair=[3, 1])
        await until(lambda: not scope._view.refining and bool(there))
        assert 0 < here[0] < len(ROWS)
        assert there == [len(ROWS)]
        scope.close()

    asyncio.run(main())


@pytest.mark.usefixtures("large")
def test_values_set_as_a_page_would_wait_for_their_turn(meanwhile: Meanwhile) -> None:
    """As the explorer sets them; what Python sets meanwhile does not pass for the page's wish."""

    async def main() -> None:
        scope = scope_on(ROWS)
        with widget_lock:
            meanwhile(lambda: scope.set_state({"theta": 1.0}))
            scope.pair = (3, 1)
            assert not scope._view.refining
        await until(lambda: scope.theta == scope._frame["theta"] == 1.0)
        assert scope._frame["pair"] == (3, 1)
        scope.close()
        await turns(20)

    asyncio.run(main())


def test_the_spotlight_turns_to_a_direction_of_the_plane_on_show_by_then(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile
) -> None:
    scope = scope_on(ROWS)
    original = validators.direction

    def moved(*asked: Any) -> tuple[int, bool]:
        meanwhile(lambda: ask(scope, pair=[4, 3]))
        return original(*asked)

    monkeypatch.setattr(validators, "direction", moved)
    scope.turn_to(1)
    assert (scope.pair, scope.theta) == ((0, 1), np.pi / 2)
    in_the_end(lambda: scope._frame["pair"] == (4, 3))


def test_a_figure_is_of_one_picture(monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile) -> None:
    scope = scope_on(ROWS, labels=np.arange(len(ROWS)) % 3)
    plots: list[PlanePlot] = []

    def kept(plot: PlanePlot, **_: Any) -> Figure:
        plots.append(plot)
        return Figure()

    original = srm.SRMScope._snapshot

    def moved(self: srm.SRMScope) -> ScopeSnapshot:
        # The curve has been read by now.
        meanwhile(lambda: ask(self, resolution=90))
        return original(self)

    monkeypatch.setattr(srm.SRMScope, "_snapshot", moved)
    monkeypatch.setattr(polar_figure, "polar_figure", kept)
    scope.figure()
    assert plots[0].classes is not None
    assert plots[0].classes.counts.shape == (3, 360)
    assert plots[0].resonance.counts.shape == (1, 360)
    in_the_end(lambda: scope.resonance.counts.shape == (1, 90))


def test_a_saved_page_is_of_one_picture(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile
) -> None:
    scope = scope_on(ROWS)
    saved: list[dict[str, Any]] = []

    def kept(traits: dict[str, Any], _payload: Any) -> str:
        saved.append(traits)
        return "{}"

    moves = property(lambda self: meanwhile(lambda: ask(self, pair=[3, 1])))
    # By their names it is read between the plane and its position.
    monkeypatch.setattr(srm.SRMScope, "pair_moves", moves, raising=False)
    names = (*SAVED_TRAITS[:3], "pair_moves", *SAVED_TRAITS[3:])
    assert names.index("pair") < names.index("pair_moves") < names.index("position")
    monkeypatch.setattr(scope_module, "SAVED_TRAITS", names)
    monkeypatch.setattr(html_page, "saved_json", kept)
    scope.embed()
    assert (saved[0]["pair"], saved[0]["position"]) == ((0, 1), 0)
    in_the_end(lambda: scope.position == scope.ranking.position(3, 1))


def test_a_survey_is_credited_to_the_step_whose_samples_it_is_of(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile
) -> None:
    found: list[tuple[int, int]] = []
    original = SurveyTask._survey

    async def moved(self: SurveyTask, *aimed: Any) -> None:
        if not found:
            meanwhile(lambda: ask(scopes[0], step=1))
        await original(self, *aimed)
        assert self.survey is not None
        found.append((self.survey_step, self.survey.n_samples))

    monkeypatch.setattr(SurveyTask, "_survey", moved)
    scopes: list[srm.SRMScope] = []

    async def main() -> None:
        timeline = srm.Timeline()
        timeline.record(ROWS, "first")
        timeline.record(MORE, "second")
        scopes.append(scope_on(timeline, step=0, compare=None, navigator=True))
        await until(lambda: scopes[0]._map_frame["state"] == "done" and len(found) > 1)
        scopes[0].close()
        await turns(20)

    asyncio.run(main())
    assert found == [(0, len(ROWS)), (1, len(MORE))]

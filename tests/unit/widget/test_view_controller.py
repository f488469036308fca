"""The view on show follows the traits, without a widget."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.view.builder import ViewBuilder
from srm_widget.widget.view_controller import ViewController
from tests.unit.support.event_loop import refine_all, until
from tests.unit.support.parts import ROWS, Parts


class Followed(Parts):
    """Traits whose view is reconciled whenever one is set, as a scope does."""

    def __init__(self, activations: Any = ROWS, **traits: Any) -> None:
        super().__init__(activations, **traits)
        self.controller: ViewController = self.view()
        self.controller.reconcile()

    def ask(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.model, name, value)
        self.controller.reconcile()


def test_a_view_is_what_the_traits_ask_for() -> None:
    scope = Followed()
    scope.ask(pair=(3, 1), resolution=90)
    model, resonance = scope.model, scope.controller.resonance
    expected = model.engine.curve(3, 1, epsilon=0.5, resolution=90)
    assert np.array_equal(resonance.counts, expected.counts)
    assert np.array_equal(np.frombuffer(model._counts, "<i4"), expected.counts[0])
    assert model._frame["pair"] == (3, 1)
    assert model.position == model.ranking.position(3, 1)
    assert scope.shown == 2


def test_what_is_on_show_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = Followed()
    monkeypatch.setattr(ViewBuilder, "build", lambda *_: pytest.fail("built"))
    scope.controller.reconcile()
    scope.ask(theta=scope.model.theta)


def test_of_plane_and_position_the_one_that_was_set_counts() -> None:
    scope = Followed()
    scope.ask(position=5)
    assert scope.model.pair == scope.model.ranking.plane(5)
    scope.ask(pair=(4, 0))
    assert scope.model.position == scope.model.ranking.position(4, 0)


def test_what_cannot_be_shown_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = Followed()
    scope.ask(pair=(1, 2), epsilon=0.6)
    before = scope.model.trait_values()

    def failing(*_: Any, **_more: Any) -> Any:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(srm.ResonanceEngine, "curve_steps", failing)
        with pytest.raises(MemoryError):
            scope.ask(epsilon=0.9, position=0)
    after = scope.model.trait_values()
    assert {name for name in before if before[name] != after[name]} == set()
    assert scope.restored == 1


def test_an_observer_may_ask_for_another_view() -> None:
    scope = Followed()

    def answer(change: Any) -> None:
        if change["new"]["pair"] == (1, 2):
            scope.model.theta = 2.0
            scope.controller.reconcile()

    scope.model.observe(answer, "_frame")
    scope.ask(pair=(1, 2))
    assert (scope.model._frame["pair"], scope.model._frame["theta"]) == ((1, 2), 2.0)


def test_classes_switched_off_stay_off_by_name() -> None:
    scope = Followed(labels=np.array(["b", "c"])[np.arange(len(ROWS)) % 2])
    scope.ask(hidden_classes=[1])
    scope.ask(labels=np.array(["a", "b", "c"])[np.arange(len(ROWS)) % 3])
    assert scope.model.hidden_classes == [2]
    scope.ask(labels=None)
    assert scope.model.hidden_classes == []


def test_another_order_moves_the_position_and_not_the_plane() -> None:
    scope = Followed()
    scope.ask(pair=(2, 4))
    era = scope.controller.era
    scope.ask(order="peak")
    assert scope.model.pair == (2, 4)
    assert scope.controller.era == era + 1
    ranked = scope.order_for("peak", 0.7, samples_appended=False)
    scope.controller.reorder(ranked)
    assert scope.model.ranking is ranked
    assert scope.model.position == scope.model._frame["position"] == ranked.position(2, 4)
    assert scope.model._frame["era"] == scope.controller.era == era + 2
    scope.controller.reorder(scope.order_for("index", 0.7, samples_appended=False))
    assert scope.model.ranking is ranked


def test_appended_samples_are_shown() -> None:
    scope = Followed(srm.ResonanceEngine(ROWS))
    engine = scope.model.engine
    scope.controller.show_appended()
    assert scope.shown == 1
    engine.append(ROWS[:30])
    scope.controller.show_appended()
    assert scope.controller.resonance.n_samples == len(ROWS) + 30
    assert scope.shown == 2


def test_a_large_view_for_a_page_is_built_in_the_background(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refine_all(monkeypatch)

    async def main() -> None:
        scope = Followed()
        scope.for_page = True
        scope.ask(epsilon=0.3)
        assert scope.controller.refining
        assert scope.model._frame["epsilon"] == 0.5
        await until(lambda: scope.model._frame["is_partial"])
        assert scope.model._frame["epsilon"] == 0.3
        await until(lambda: not scope.controller.refining)
        assert not scope.model._frame["is_partial"]
        expected = scope.model.engine.curve(0, 1, epsilon=0.3)
        assert np.array_equal(scope.controller.resonance.counts, expected.counts)
        scope.ask(epsilon=0.4)
        refining = [scope.controller.refining]
        assert scope.controller.resonance.epsilon == 0.4  # Python does not wait
        refining.append(scope.controller.refining)
        scope.ask(epsilon=0.2)
        refining.append(scope.controller.refining)
        scope.controller.close()
        refining.append(scope.controller.refining)
        assert refining == [True, False, True, False]

    asyncio.run(main())


def test_a_large_view_that_fails_leaves_the_last_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refine_all(monkeypatch)

    def failing(*_: Any, **_more: Any) -> Any:
        yield None
        yield None
        raise MemoryError("no room")

    async def main() -> None:
        scope = Followed()
        scope.for_page = True
        monkeypatch.setattr(srm.ResonanceEngine, "curve_steps", failing)
        scope.ask(epsilon=0.3)
        assert scope.controller.refining
        await until(lambda: not scope.controller.refining)
        assert "no room" in scope.model.error
        assert scope.model.epsilon == scope.model._frame["epsilon"] == 0.5
        assert scope.restored == 1

    with caplog.at_level(logging.CRITICAL):
        asyncio.run(main())

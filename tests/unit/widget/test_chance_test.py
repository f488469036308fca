"""The rotation test that a page asks for, in the background."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.widget.chance_test import ChanceTest
from tests.unit.support.event_loop import until
from tests.unit.support.parts import ROWS, Parts


class WithTest(Parts):
    """Traits, and the test of the samples behind them."""

    def __init__(self, activations: Any = ROWS, **traits: Any) -> None:
        super().__init__(activations, **traits)
        self.test = ChanceTest(self.model, self.publisher)

    @property
    def frame(self) -> dict[str, Any]:
        found: dict[str, Any] = self.model._test_frame
        return found


def test_it_runs_beside_other_work_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srm_widget.widget.chance_test._SHOWN_EVERY", 0.0)

    async def main() -> None:
        scope = WithTest()
        assert scope.frame == {}
        scope.test.request()
        assert scope.frame == {"state": "running", "progress": 0.0, "step": 0, "hint": ""}
        await until(lambda: 0 < scope.frame["progress"] < 1)
        assert scope.frame["state"] == "running"
        await until(lambda: scope.frame["state"] == "done")
        found = scope.timeline.step(0).engine.rotation_test()  # type: ignore[attr-defined]
        assert scope.frame == {
            "state": "done",
            "progress": 1.0,
            "step": 0,
            "hint": "",
            "p": found.p,
            "effect": found.effect,
            "epsilon": None,
            "kept": "mean",
            "rotations": 200,
            "n_samples": len(ROWS),
        }
        scope.test.close()

    asyncio.run(main())


def test_without_an_orthonormal_basis_it_says_at_which_epsilon() -> None:
    engine = srm.ResonanceEngine(ROWS, srm.basis.simplex(5))
    scope = WithTest(engine)
    scope.test.request()
    assert scope.frame["epsilon"] == engine.auto_epsilon()


@pytest.mark.parametrize("change", ["step", "samples"])
def test_it_is_forgotten_with_what_was_tested(change: str) -> None:
    timeline = srm.Timeline()
    timeline.record(ROWS)
    timeline.record(ROWS**3)
    scope = WithTest(timeline, step=1)
    scope.test.request()
    scope.test.forget_others()
    assert (scope.frame["state"], scope.frame["step"]) == ("done", 1)
    if change == "step":
        scope.model.step = 0
    else:
        timeline[1].append(ROWS)
    scope.test.forget_others()
    assert scope.frame == {}
    scope.test.request()
    assert scope.frame["state"] == "done"
    assert scope.frame["n_samples"] == len(ROWS) * (1 if change == "step" else 2)


def test_counts_have_none_and_say_why() -> None:
    counts = srm.ResonanceCounts(epsilon=0.5)
    counts.append(ROWS)
    scope = WithTest(counts)
    scope.test.request()
    assert scope.frame["state"] == "failed"
    assert (
        scope.frame["hint"] == "expected samples for the rotation test, got counts, which keep none"
    )


def test_a_page_asks_for_it_by_a_message() -> None:
    scope = srm.SRMScope(np.random.default_rng(0).standard_normal((300, 5)) ** 3)
    scope._handle_custom_msg({"type": "test"}, [])
    assert scope.error == ""
    assert scope._test_frame["p"] == 1 / 201
    scope.engine.append(ROWS)
    assert scope._test_frame == {}
    scope.close()

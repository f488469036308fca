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

pytestmark = pytest.mark.usefixtures("as_users")
"""Annotations are enforced where tests of a layer and of planes are tested: here it takes long."""


class WithTest(Parts):
    """Traits, and the test of the samples behind them."""

    def __init__(self, activations: Any = ROWS, **traits: Any) -> None:
        super().__init__(activations, **traits)
        self.test = ChanceTest(self.model, self.publisher)

    @property
    def engine(self) -> Any:
        return self.model.engine

    @property
    def frame(self) -> dict[str, Any]:
        found: dict[str, Any] = self.model._test_frame
        return found


def test_it_runs_beside_other_work_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srm_widget.widget.pace.SHOWN_EVERY", 0.0)

    async def main() -> None:
        scope = WithTest()
        assert scope.frame == {}
        scope.test.request()
        assert scope.frame == {"state": "running", "progress": 0.0, "step": 0, "hint": ""}
        await until(lambda: 0 < scope.frame["progress"] < 1)
        assert scope.frame["state"] == "running"
        seen_without_planes = False

        def done() -> bool:
            nonlocal seen_without_planes
            if scope.frame["state"] == "running" and "p" in scope.frame:
                seen_without_planes = True
                assert scope.frame["planes"] is None
                assert 0.5 <= scope.frame["progress"] <= 1
            return bool(scope.frame["state"] == "done")

        await until(done)
        engine = scope.engine
        found, planes = engine.rotation_test(), engine.significance(epsilon=scope.model.epsilon)
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
            "planes": {
                "epsilon": scope.model.epsilon,
                "pair": scope.model.pair,
                "p": planes.p_of(*scope.model.pair),
                "n_planes": 10,
                "n_samples": len(ROWS),
                "hint": "",
            },
        }
        assert scope.test.planes is not None
        assert scope.test.planes.null.tolist() == planes.null.tolist()
        assert seen_without_planes
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


def test_p_is_of_the_plane_on_show_at_the_epsilon_that_was_tested() -> None:
    scope = WithTest()
    engine, epsilon = scope.engine, scope.model.epsilon
    assert scope.test.planes is None
    scope.test.request()
    found = engine.significance(epsilon=epsilon)
    for pair in [(0, 1), (3, 4), (4, 3)]:
        scope.model.pair = pair
        scope.test.show()
        assert scope.frame["planes"]["pair"] == pair
        assert scope.frame["planes"]["p"] == found.p_of(*pair)
    scope.model.epsilon = 0.55
    scope.test.show()
    assert scope.frame["planes"]["epsilon"] == epsilon
    assert scope.test.planes is None
    scope.test.request()
    assert scope.frame["planes"]["epsilon"] == 0.55
    assert scope.test.planes is not None


def test_the_layer_is_tested_once_whatever_epsilon(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = WithTest()
    scope.test.request()
    monkeypatch.setattr(srm.ResonanceEngine, "rotation_test_steps", lambda _self: 1 / 0)
    scope.model.epsilon = 0.55
    scope.test.request()
    assert (scope.frame["state"], scope.frame["planes"]["epsilon"]) == ("done", 0.55)


def test_it_can_be_stopped_and_what_is_known_of_the_layer_stays() -> None:
    async def main() -> None:
        scope = WithTest()
        scope.test.stop()
        assert scope.frame == {}
        scope.test.request()
        scope.test.stop()
        assert scope.frame == {}
        scope.test.request()
        await until(lambda: "p" in scope.frame)
        scope.test.stop()
        assert (scope.frame["state"], scope.frame["planes"]) == ("done", None)
        p = scope.frame["p"]
        scope.test.request()
        await until(lambda: scope.frame["state"] == "done")
        assert scope.frame["planes"]["epsilon"] == scope.model.epsilon
        scope.test.stop()
        assert scope.frame["planes"] is not None
        assert scope.frame["p"] == p
        scope.test.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("srm_widget.widget.pace.SHOWN_EVERY", 0.0)
        asyncio.run(main())


def test_where_turned_bases_light_nothing_p_says_little_and_that_is_said() -> None:
    scope = WithTest(np.eye(40), epsilon=0.9)
    scope.test.request()
    planes = scope.frame["planes"]
    assert planes["p"] == 1 / 201
    assert planes["hint"].startswith("turned bases light nothing at this ε")
    scope = WithTest(np.ones((4, 40)) + np.eye(4, 40), epsilon=0.9)
    scope.test.request()
    assert scope.frame["planes"]["p"] is None


def test_what_would_take_too_long_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = WithTest()
    monkeypatch.setattr("srm_widget.survey.significance.MOST_WORK", 1.0)
    scope.test.request()
    assert scope.frame["state"] == "done"
    planes = scope.frame["planes"]
    assert (planes["p"], planes["hint"]) == (
        None,
        "planes are not tested: too many dimensions, or too many planes lit at this ε",
    )
    assert scope.test.planes is None


def test_where_planes_fail_the_layer_is_said_with_what_went_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scope = WithTest()
    message = "expected more memory"

    def fail(_self: Any, **_asked: Any) -> None:
        raise ValueError(message)

    monkeypatch.setattr(srm.ResonanceEngine, "significance_steps", fail)
    scope.test.request()
    assert (scope.frame["state"], scope.frame["hint"]) == ("failed", message)
    assert scope.frame["p"] > 0


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
    assert repr(scope.significance).startswith("Significance(10 planes")
    assert scope._test_frame["planes"]["pair"] == scope.pair
    scope.pair = (2, 3)
    assert scope._test_frame["planes"]["pair"] == (2, 3)
    scope._handle_custom_msg({"type": "stop"}, [])
    assert scope.error == ""
    scope.engine.append(ROWS)
    assert scope._test_frame == {}
    assert scope.significance is None
    scope.close()

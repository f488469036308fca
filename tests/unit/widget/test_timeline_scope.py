"""A scope over a timeline, against plain scopes on the engines of its steps."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import comm
import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency import background
from srm_widget.engine.timeline import Timeline
from tests.unit.support.event_loop import until
from tests.unit.support.growing import rows, timeline
from tests.unit.support.wire import Wire, packed, state_of

STEPPED = {
    "step",
    "compare",
    "_steps",
    "_course_frame",
    "_course",
    "_course_error",
    "_course_ensemble",
    "_null_frame",
}
COMPARED = {"_compared_frame", "_compared", "_signed_compared"}
OTHERS = STEPPED | COMPARED | {"layout"}


@pytest.fixture(autouse=True)
def wires(monkeypatch: pytest.MonkeyPatch, as_users: None) -> Iterator[None]:
    monkeypatch.setattr(comm, "create_comm", Wire)
    yield
    srm.SRMScope.close_all()


def shown(made: Timeline, **more: Any) -> srm.SRMScope:
    scope = srm.SRMScope(made, **{"epsilon": 0.5, "theta": 0.0, **more})
    scope.comm.sent.clear()
    return scope


def plain(state: dict[str, Any]) -> dict[str, Any]:
    """What a scope on a single engine has too."""
    left = {name: state[name] for name in state.keys() - OTHERS}
    return left | {"_frame": {k: v for k, v in state["_frame"].items() if k != "step"}}


def assert_shows(scope: srm.SRMScope, step: int, **more: Any) -> None:
    """Everything is as in a plain scope on the engine of the step."""
    alone = srm.SRMScope(scope.timeline[step], epsilon=scope.epsilon, theta=scope.theta, **more)
    left, right = plain(state_of(scope)), plain(state_of(alone))
    for state in (left, right):
        for about in ("_map_frame", "_tile_frame"):
            state[about] = {k: v for k, v in state[about].items() if k != "surveyed"}
            state[about].pop("elapsed_ms", None)
    assert left == right
    assert scope._frame["step"] == scope.step == step
    assert scope.engine is scope.timeline[step]
    alone.close()


def test_the_last_step_is_shown_and_compared_with_the_first() -> None:
    scope = shown(timeline(3))
    assert (scope.step, scope.compare) == (2, 0)
    assert scope._steps == ["epoch 0", "epoch 1", "epoch 2"]
    assert_shows(scope, 2)


@pytest.mark.parametrize("pair", [(0, 1), (3, 1)])
def test_every_step_is_what_a_plain_scope_shows(pair: tuple[int, int]) -> None:
    made = timeline(3)
    scope = shown(made, pair=pair, table=True, cloud="density")
    for step in (0, 2, 1):
        scope.step = step
        assert_shows(scope, step, pair=pair, table=True, cloud="density")
        curve = made[step].curve(*pair, epsilon=0.5)
        np.testing.assert_array_equal(packed(scope, "counts", "<i4"), curve.counts[0])
        assert scope.selected == made[step].inside(*pair, 0.0, epsilon=0.5).tolist()


def test_it_starts_where_something_is_lit_in_the_step_on_show() -> None:
    early, late = np.eye(4)[[0, 1, 1]], np.eye(4)[[2, 3, 3]]
    made = Timeline()
    for activations in (early, late):
        made.record(activations)
    scope = srm.SRMScope(made, epsilon=0.9)
    assert (scope.step, scope.pair, scope.n_selected) == (1, (0, 3), 2)
    scope.step, scope.epsilon = 0, 0.8  # it does not move by itself
    assert scope.pair == (0, 3)
    assert srm.SRMScope(made, step=0, epsilon=0.9).pair == (0, 1)
    assert srm.SRMScope(made, pair=(0, 1), epsilon=0.9).pair == (0, 1)
    counted = srm.ResonanceCounts(4, epsilon=[0.5, 0.9], resolution=8)
    counted.append(late)
    assert srm.SRMScope(counted).pair == (0, 2)


def test_the_curve_compared_with_is_that_of_its_step() -> None:
    made = timeline(3)
    scope = shown(made, pair=(3, 1), resolution=45)
    for compare, epsilon in [(0, 0.5), (1, 0.5), (1, 0.8)]:
        scope.compare, scope.epsilon = compare, epsilon
        curve = made[compare].curve(3, 1, epsilon=epsilon, resolution=45)
        np.testing.assert_array_equal(packed(scope, "compared", "<i4"), curve.counts[0])
        signed = packed(scope, "signed_compared", "<i4")
        np.testing.assert_array_equal(signed, curve.signed_counts[0])
        assert scope._compared_frame == {
            "step": compare,
            "n_samples": 300,
            "isotropic": curve.isotropic,
            "peak": curve.counts.max(),
        }
    for none in (None, -1, 2):  # the step on show is not compared with itself
        scope.compare = none
        assert (scope._compared, scope._compared_frame) == (b"", {})


def test_an_engine_has_no_steps_to_choose() -> None:
    for scope in (srm.SRMScope(rows(0), epsilon=0.5), shown(timeline(1))):
        assert (scope.step, scope.compare, scope._steps, scope._course) == (0, -1, [], b"")


def test_alignment_over_steps_is_that_of_the_timeline() -> None:
    made = timeline(4)
    scope = shown(made)
    for pair, epsilon in [((0, 1), 0.5), ((4, 1), 0.5), ((4, 1), 0.75)]:
        scope.pair, scope.epsilon = pair, epsilon
        expected = made.alignment(*pair, epsilon=epsilon)
        np.testing.assert_array_equal(packed(scope, "course", "<f4"), expected.astype("<f4"))
        frame = {"pair": list(pair), "epsilon": epsilon, "layer_epsilon": None, "problem": ""}
        assert scope._course_frame == frame
        errors = [engine.curve(*pair, epsilon=epsilon).alignment_error[0] for engine in made]
        assert (
            packed(scope, "course_error", "<f4").tolist()
            == np.array(errors, dtype=np.float32).tolist()
        )
        assert np.isnan(packed(scope, "course_ensemble", "<f4")).all()


def test_another_step_computes_nothing_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    made = timeline(6)
    scope = shown(made)
    asked: list[Any] = []
    original = srm.ResonanceEngine.curve_steps

    def recorded(engine: Any, *one: Any, **more: Any) -> Any:
        asked.append(engine)
        return original(engine, *one, **more)

    monkeypatch.setattr(srm.ResonanceEngine, "curve_steps", recorded)
    for step in (3, 0, 5, 3):
        asked.clear()
        scope.step = step
        # At step 0 nothing is compared, so that its curve is made again afterwards.
        assert asked[0] is made[step]
        assert len(asked) == 1


def test_what_is_recorded_is_shown_if_the_last_step_was() -> None:
    made = timeline(1)
    scope = shown(made)
    made.record(rows(1), label="epoch 1")
    assert (scope.step, scope.compare, scope._steps) == (1, 0, made.labels)
    assert_shows(scope, 1)
    scope.step = 0
    made.record(rows(2), label="epoch 2")
    assert (scope.step, scope._steps) == (0, made.labels)
    np.testing.assert_array_equal(
        packed(scope, "course", "<f4"), made.alignment(0, 1, epsilon=0.5).astype("<f4")
    )
    scope.step = 2
    assert_shows(scope, 2)


def test_who_wants_no_comparison_gets_none_later() -> None:
    made = timeline(1)
    scope = shown(made, compare=None)
    made.record(rows(1))
    assert (scope.step, scope.compare) == (1, -1)


def test_one_record_is_one_message() -> None:
    made = timeline(2)
    scope = shown(made)
    made.record(rows(2))
    (update,) = scope.comm.updates()
    assert {"step", "_steps", "_frame", "_counts", "_course"} <= update.keys()
    scope.set_state({"step": 0})
    (update,) = scope.comm.updates()
    assert update["_frame"]["step"] == 0
    assert "_course" not in update


def test_each_step_says_what_was_done_to_its_own_activations() -> None:
    made = srm.Timeline()
    for more in ({}, {"center": "mean"}, {"center": rows(0)[0], "min_norm": 0.5}):
        made.record(srm.ResonanceEngine(rows(1), **more))
    scope = shown(made)
    said = []
    for step in (0, 1, 2):
        scope.set_state({"step": step})
        assert scope._layer["preparation"] == scope.resonance.preparation == made[step].preparation
        said.append(scope._layer["preparation"].split(" · ")[0])
    assert said == ["", "centred on the mean", "centred on a given vector"]
    made[2].append(rows(0)[:1])
    assert f" · {made[2].n_short} sample" in scope._layer["preparation"]


@pytest.mark.parametrize("grown", [0, 1, 2])
def test_samples_appended_to_any_step_are_followed(grown: int) -> None:
    made = timeline(3)
    scope = shown(made, step=1)
    made[grown].append(rows(9))
    assert_shows(scope, 1)
    compared = made[0].curve(0, 1, epsilon=0.5).counts[0]
    np.testing.assert_array_equal(packed(scope, "compared", "<i4"), compared)
    expected = made.alignment(0, 1, epsilon=0.5).astype("<f4")
    np.testing.assert_array_equal(packed(scope, "course", "<f4"), expected)
    assert scope._layer["n_samples"] == (600 if grown == 1 else 300)


@pytest.mark.parametrize(
    ("name", "value", "kind", "said"),
    [
        ("step", 3, ValueError, "expected step in 0 … 2, got 3"),
        ("step", -1, ValueError, "got -1"),
        ("step", "x", TypeError, "got 'x'"),
        ("compare", 3, ValueError, "expected compare in -1 … 2, got 3"),
        ("compare", 0.5, TypeError, "got 0.5"),
    ],
)
def test_what_is_refused_leaves_the_picture_as_it_was(
    name: str, value: Any, kind: type[Exception], said: str
) -> None:
    scope = shown(timeline(3), step=1)
    before = state_of(scope)
    with pytest.raises(kind, match=said):
        setattr(scope, name, value)
    assert state_of(scope) == before
    scope.set_state({name: value})
    assert said in scope.error
    assert state_of(scope) == before | {"error": scope.error}
    scope.set_state({"step": 2})
    assert scope.error == ""
    assert_shows(scope, 2)


def test_a_step_that_lacks_the_plane_or_the_sample_is_refused() -> None:
    made = timeline(1)
    made.record(rows(1), basis=np.vstack([np.eye(5)[:4], np.eye(5)[0]]))
    made.record(rows(2, n_samples=20))
    scope = shown(made, step=0, pair=(0, 4), compare=1)
    assert scope._compared == b""
    before = state_of(scope)
    with pytest.raises(ValueError, match="parallel"):
        scope.step = 1
    assert state_of(scope) == before
    course = packed(scope, "course", "<f4")
    assert np.isnan(course).tolist() == [False, True, False]
    scope.highlight = [250]
    with pytest.raises(IndexError, match=r"0 … 19.*got 250"):
        scope.step = 2
    assert (scope.step, scope.highlight) == (0, [250])
    with scope.hold_trait_notifications():
        scope.highlight = []
        scope.step, scope.pair = 1, (0, 1)
    assert (scope.step, scope._frame["step"]) == (1, 1)


def test_labels_and_samples_need_steps_of_equally_many_rows() -> None:
    made = timeline(2)
    labels, pictures = [k % 3 for k in range(300)], np.zeros((300, 2, 2))
    scope = shown(made, labels=labels, samples=pictures)
    for step in (0, 1):
        scope.step = step
        assert_shows(scope, step, labels=labels, samples=pictures)
    made.record(rows(2, n_samples=200), label="short")
    assert "expected labels for the 200 rows of step 'short', got those of 300" in scope.error
    assert (scope.step, scope._steps) == (1, ["epoch 0", "epoch 1", "short"])
    for name, value in [("labels", labels), ("samples", pictures)]:
        with pytest.raises(ValueError, match=rf"{name}, got 300 in step 0 .* and 200 in step 2"):
            setattr(scope, name, value)
    scope.labels = scope.samples = None
    scope.step = 2
    scope.samples = str
    assert scope._strip_frame["items"]
    scope.step = 0


def test_the_order_follows_the_step() -> None:
    made = timeline(3)
    scope = shown(made, order="alignment")
    for step in (0, 2):
        scope.step = step
        assert scope.ranking.plane(0) == tuple(made[step].survey(epsilon=0.5).planes[0].tolist())
        assert scope.survey.score.tolist() == made[step].survey(epsilon=0.5).score.tolist()
        scope.position = 0
        assert scope.pair == scope.ranking.plane(0)


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        ({"step": 3}, ValueError, "expected step in 0 … 2, got 3"),
        ({"basis": np.eye(5)}, TypeError, "no basis beside a timeline"),
        ({"stepp": 0}, TypeError, "did you mean 'step'"),
    ],
)
def test_a_scope_that_can_not_be_made_says_why(
    arguments: dict[str, Any], kind: type[Exception], said: str
) -> None:
    made = timeline(3)
    with pytest.raises(kind, match=said):
        srm.SRMScope(made, **arguments)
    assert len(made.listeners) == 0


def test_an_empty_timeline_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        srm.SRMScope(Timeline())


def test_closing_lets_go_of_all_engines() -> None:
    made = timeline(2)
    scope = shown(made)
    made.record(made[0], label="again")
    assert [len(engine.listeners) for engine in made] == [1, 1, 1]
    scope.close()
    assert [len(engine.listeners) for engine in made] == [0, 0, 0]
    assert len(made.listeners) == 0
    made.record(rows(3))
    assert scope.step == 2
    alive = weakref.ref(scope)
    del scope
    gc.collect()
    assert alive() is None


def test_all_planes_together_come_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_PAUSE", 0)
    made = timeline(5)

    async def life() -> None:
        scope = shown(made)
        assert scope._course_ensemble == b""
        expected = made.ensemble().astype("<f4")
        await until(lambda: packed(scope, "course_ensemble", "<f4").tolist() == expected.tolist())
        scope.step = 1
        await until(lambda: scope._map_frame["surveyed"] == 1)
        assert scope._map_frame["state"] == "done"
        np.testing.assert_array_equal(packed(scope, "course_ensemble", "<f4"), expected)
        made.record(rows(6))
        grown = made.alignment(0, 1, epsilon=0.5).astype("<f4")
        await until(lambda: packed(scope, "course", "<f4").tolist() == grown.tolist())
        scope.close()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(life())

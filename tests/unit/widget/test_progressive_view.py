"""What a page asks for of large data: drawn bit by bit, in a loop like a kernel's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.view import builder
from tests.unit.support.event_loop import others, refine_all, turns, until
from tests.unit.support.wire import packed, state_of

pytestmark = pytest.mark.usefixtures("wires")

MANY = 400
ROWS = np.random.default_rng(9).standard_normal((MANY, 5))
LABELS = np.arange(MANY) % 3


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    refine_all(monkeypatch)


Life = Callable[[srm.SRMScope], Awaitable[None]]


def failing_after(last: int) -> Callable[..., Iterator[Any]]:
    """The engine's `curve_steps`, of which the one after `last` fails."""
    original = srm.ResonanceEngine.curve_steps

    def failing(engine: Any, *plane: Any, **asked: Any) -> Iterator[Any]:
        for number, step in enumerate(original(engine, *plane, **asked)):
            yield step
            if number == last:
                raise MemoryError("no room")

    return failing


def lived(life: Life, **more: Any) -> None:
    """Make a scope in a loop and live with it, as its page may."""

    async def main() -> None:
        asked = {"epsilon": 0.5, "theta": 0.0, "navigator": False, "labels": LABELS, **more}
        scope = srm.SRMScope(
            more.pop("engine", ROWS), **{k: v for k, v in asked.items() if k != "engine"}
        )
        await turns(20)
        sent(scope)
        await life(scope)
        scope.close()
        await turns(20)
        assert not others()

    asyncio.run(main())


def ask(scope: srm.SRMScope, **values: Any) -> None:
    """A message of the page."""
    data = {"method": "update", "state": values, "buffer_paths": []}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})


def sent(scope: srm.SRMScope) -> list[dict[str, Any]]:
    """Frames sent since the last call."""
    return [update["_frame"] for update in scope.comm.updates() if "_frame" in update]


async def drawn(scope: srm.SRMScope) -> None:
    await until(lambda: not scope._view.refining)


def assert_as_at_once(scope: srm.SRMScope, **more: Any) -> None:
    """The scope shows what one shows that never knew of a page."""
    assert not scope._view.refining
    names = ("pair", "epsilon", "resolution", "theta", "labels", "cloud", "order", "max_selected")
    asked = {name: getattr(scope, name) for name in names}
    fresh = srm.SRMScope(
        scope.timeline if len(scope.timeline) > 1 else scope.engine,
        **{**asked, "navigator": False, **more},
    )
    expected, found = state_of(fresh), state_of(scope)
    for state in (expected, found):
        for name in ("_anywidget_id", "title", "_model_name", "layout", "tooltip", "tabbable"):
            state.pop(name, None)
        state.pop("_request")
    assert found == expected
    assert scope.resonance.counts.tolist() == fresh.resonance.counts.tolist()


def test_the_trait_is_set_at_once_and_the_picture_comes_bit_by_bit() -> None:
    async def life(scope: srm.SRMScope) -> None:
        before = scope._counts
        ask(scope, pair=[3, 1], epsilon=0.3, _request={"id": 5, "asked": {}})
        assert (scope.pair, scope.epsilon, scope.error) == ((3, 1), 0.3, "")
        assert scope.position == scope.ranking.position(3, 1)
        assert scope._counts == before
        assert sent(scope) == []
        await drawn(scope)
        frames = sent(scope)
        assert len(frames) > 10
        assert {(*frame["pair"], frame["epsilon"]) for frame in frames} == {(3, 1, 0.3)}
        assert [frame["is_partial"] for frame in frames] == [True] * (len(frames) - 1) + [False]
        counted = [frame["n_samples"] for frame in frames[:-1]]
        assert min(np.diff(counted)) > 0
        assert counted[-1] == MANY
        assert {frame["n_total"] for frame in frames} == {MANY}
        assert {frame["request"] for frame in frames} == {5}
        assert_as_at_once(scope)

    lived(life)


def test_of_the_samples_so_far_only_the_curve_is_of_this_plane() -> None:
    async def life(scope: srm.SRMScope) -> None:
        scope.highlight = [7]
        before = scope._density, scope._cloud_frame, scope._strip_frame
        ask(scope, position=4)
        await until(lambda: scope._frame["is_partial"])
        assert scope._frame["pair"] == scope.pair == (1, 2)
        assert 0 < scope._frame["n_samples"] < MANY
        assert (scope._frame["n_lit"], scope._frame["class_lit"]) == (0, [0, 0, 0])
        assert scope._class_counts == b""
        # These say what plane they are of.
        assert (scope._density, scope._cloud_frame, scope._strip_frame) == before
        assert scope._cloud_frame["pair"] == scope._strip_frame["pair"] == (0, 1)
        part = packed(scope, "counts", "<i4")
        marks = scope.engine.coordinates(1, 2, [7]).astype("<f4")
        assert packed(scope, "marks", "<f4").tolist() == marks[0].tolist()
        assert (part <= scope.resonance.counts[0]).all()
        assert part.sum() < scope.resonance.counts.sum()

    lived(life, samples=str, cloud="density")


@pytest.mark.parametrize("cloud", ["points", "ratio"])
def test_in_the_same_plane_its_samples_stay(cloud: str) -> None:
    async def life(scope: srm.SRMScope) -> None:
        before = scope._points, scope._density, scope._cloud_frame
        ask(scope, epsilon=0.3)
        await until(lambda: scope._frame["epsilon"] == 0.3)
        assert scope._view.refining
        assert (scope._points, scope._density, scope._cloud_frame) == before
        await drawn(scope)
        assert_as_at_once(scope)

    lived(life, cloud=cloud)


def test_a_newer_move_wins_and_the_last_value_arrives() -> None:
    async def life(scope: srm.SRMScope) -> None:
        for k in range(8):
            ask(scope, epsilon=0.4 - 0.02 * k)
            await turns(k)
        ask(scope, position=5)
        await drawn(scope)
        assert (scope.epsilon, scope.position) == (0.4 - 0.02 * 7, 5)
        assert_as_at_once(scope)
        frames = sent(scope)
        assert [frame["is_partial"] for frame in frames].count(False) == 1

    lived(life)


def test_the_spotlight_does_not_make_the_curve_begin_again(spy: Any) -> None:
    async def life(scope: srm.SRMScope) -> None:
        ask(scope, pair=[2, 4])
        await until(lambda: scope._frame["is_partial"] and scope._frame["n_samples"] > MANY // 2)
        sent(scope)
        ask(scope, theta=1.0)
        await drawn(scope)
        assert min(frame["n_samples"] for frame in sent(scope)) > MANY // 2
        assert_as_at_once(scope)
        counted = spy(srm.ResonanceEngine, "curve_steps")
        ask(scope, theta=2.0)
        await drawn(scope)
        assert {frame["n_samples"] for frame in sent(scope)} == {MANY}
        assert counted == []
        assert_as_at_once(scope)

    lived(life)


def test_another_resolution_counts_the_arcs_that_are_kept(spy: Any) -> None:
    from srm_widget.plane import plane_counts

    async def life(scope: srm.SRMScope) -> None:
        made = spy(plane_counts, "lit_arcs")
        ask(scope, resolution=90)
        await drawn(scope)
        assert made == []
        assert_as_at_once(scope)

    lived(life)


@pytest.mark.parametrize("question", ["resonance", "figure", "assignment"])
def test_python_is_answered_at_once(question: str) -> None:
    async def life(scope: srm.SRMScope) -> None:
        ask(scope, pair=[3, 1])
        await turns(4)
        assert scope._view.refining
        if question == "assignment":
            scope.theta = 1.0
        elif question == "figure":
            assert scope.figure().axes
        resonance = scope.resonance
        assert resonance.planes.tolist() == [[3, 1]]
        assert resonance.n_samples == MANY
        assert_as_at_once(scope)

    lived(life)


def test_what_python_sets_is_computed_at_once_and_what_it_hears_is_exact() -> None:
    async def life(scope: srm.SRMScope) -> None:
        heard: list[Any] = []

        def follow(change: Any) -> None:
            heard.append((change.new, scope.resonance.planes[0].tolist(), scope.resonance.epsilon))
            scope.epsilon = 0.25
            heard.append(scope._view.refining)

        scope.observe(follow, "pair")
        ask(scope, pair=[0, 4])
        assert heard == [((0, 4), [0, 4], 0.5), False]
        scope.unobserve_all()
        assert_as_at_once(scope)
        scope.epsilon = 0.35
        assert not scope._view.refining

    lived(life)


def test_observers_of_the_selection_hear_of_it_once_it_is_exact() -> None:
    async def life(scope: srm.SRMScope) -> None:
        heard: list[Any] = []
        scope.observe(lambda change: heard.append((change.new, scope.epsilon)), "n_selected")
        ask(scope, epsilon=0.2)
        assert heard == []
        await drawn(scope)
        assert heard == [(scope.n_selected, 0.2)]
        scope.unobserve_all()
        assert_as_at_once(scope)

    lived(life)


def test_without_a_loop_all_is_at_once() -> None:
    scope = srm.SRMScope(ROWS, epsilon=0.5, theta=0.0, labels=LABELS)
    scope.comm.sent.clear()
    ask(scope, pair=[3, 1])
    assert [frame["n_samples"] for frame in sent(scope)] == [MANY]
    assert_as_at_once(scope, navigator=True)


def test_what_is_small_is_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "LARGE", 2_000_000)

    async def life(scope: srm.SRMScope) -> None:
        ask(scope, pair=[3, 1])
        assert [frame["n_samples"] for frame in sent(scope)] == [MANY]
        assert_as_at_once(scope)

    lived(life)


@pytest.mark.parametrize(
    ("values", "said"),
    [({"pair": [0, 2]}, "parallel"), ({"epsilon": 3.0}, "[-1, 1]"), ({"position": 99}, "99")],
)
def test_a_refusal_comes_at_once_and_what_is_under_way_goes_on(
    values: dict[str, Any], said: str
) -> None:
    basis = np.eye(5)
    basis[2] = basis[0]

    async def life(scope: srm.SRMScope) -> None:
        ask(scope, epsilon=0.3)
        await turns(4)
        ask(scope, **values)
        assert said in scope.error
        assert (scope.pair, scope.epsilon, scope.position) == ((0, 1), 0.3, 0)
        await drawn(scope)
        assert_as_at_once(scope)

    lived(life, engine=srm.ResonanceEngine(ROWS, basis))


@pytest.mark.parametrize("after", [0, 1, 6])
def test_an_error_in_a_step_is_shown_and_the_last_good_picture_stays(
    after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def life(scope: srm.SRMScope) -> None:
        before = state_of(scope)
        with monkeypatch.context() as patch:
            patch.setattr(srm.ResonanceEngine, "curve_steps", failing_after(after))
            request = {"id": 1, "asked": {"position": 3, "epsilon": 0.2}}
            ask(scope, _request=request)
            await drawn(scope)
            assert scope.error == "no room"
            assert state_of(scope) == {**before, "error": "no room", "_request": request}
            assert scope.resonance.epsilon == 0.5
            answer = sent(scope)[-1]
            assert (answer["epsilon"], answer["request"]) == (0.5, 1)
            ask(scope, position=3)
            assert scope._view.refining
            assert scope.resonance.planes.tolist() == [[0, 1]]
            assert scope.error == "no room"
        ask(scope, position=3, epsilon=0.2)
        await drawn(scope)
        assert scope.error == ""
        assert_as_at_once(scope)

    lived(life)


def test_afterwards_python_finds_nothing_of_it() -> None:
    async def life(scope: srm.SRMScope) -> None:
        ask(scope, position=4)
        await drawn(scope)
        scope.pair = (3, 2)
        scope.theta = 1.0
        assert (scope.pair, scope.position) == ((3, 2), scope.ranking.position(2, 3))
        assert_as_at_once(scope)

    lived(life)


def test_closing_ends_it() -> None:
    async def life(scope: srm.SRMScope) -> None:
        ask(scope, pair=[3, 1])
        await turns(3)
        sent(scope)
        wire = scope.comm
        scope.close()
        wire.sent.clear()
        await turns(40)
        assert wire.sent == []

    lived(life)


def test_samples_appended_meanwhile_are_taken_in() -> None:
    async def life(scope: srm.SRMScope) -> None:
        ask(scope, pair=[3, 1])
        await turns(4)
        scope.engine.append(ROWS[:100])
        await drawn(scope)
        assert scope.resonance.n_samples == MANY + 100
        assert_as_at_once(scope)

    lived(life, labels=None)


def test_steps_recorded_meanwhile_are_taken_in() -> None:
    timeline = srm.Timeline()
    timeline.record(ROWS, "first")
    timeline.record(np.tanh(3 * ROWS), "second")

    async def life(scope: srm.SRMScope) -> None:
        assert (scope.step, scope.compare) == (1, 0)
        ask(scope, pair=[3, 1])
        await turns(4)
        timeline.record(np.tanh(9 * ROWS), "third")
        await drawn(scope)
        assert (scope.step, scope._frame["step"]) == (2, 2)
        ask(scope, step=0, epsilon=0.3)
        await until(lambda: scope._frame["is_partial"])
        assert (scope._cloud_frame, scope._strip_frame) == ({}, {})
        await drawn(scope)
        expected = timeline[0].curve(3, 1, epsilon=0.3)
        assert scope.resonance.counts.tolist() == expected.counts.tolist()
        assert len(scope._compared) == 0

    lived(life, engine=timeline, labels=None)


def test_planes_ranked_anew_meanwhile_are_numbered_anew() -> None:
    async def life(scope: srm.SRMScope) -> None:
        await until(lambda: scope.survey_state == "done")
        ask(scope, epsilon=0.3)
        await drawn(scope)
        await until(lambda: scope.survey_state == "done")
        ask(scope, position=6)
        await turns(2)
        assert scope._view.refining
        scope._view.reorder(scope.ranking)
        await drawn(scope)
        assert scope.position == scope._frame["position"] == scope.ranking.position(*scope.pair)

    lived(life, navigator=True, order="peak")


def test_values_that_change_nothing_are_answered_by_the_picture_to_come() -> None:
    async def life(scope: srm.SRMScope) -> None:
        ask(scope, pair=[3, 1])
        ask(scope, pair=[3, 1])
        assert sent(scope) == []
        await drawn(scope)
        assert sent(scope)[-1]["n_samples"] == MANY
        assert_as_at_once(scope)

    lived(life)


def test_counts_are_never_large() -> None:
    counts = srm.ResonanceCounts(epsilon=[0.4, 0.6])
    counts.append(ROWS)

    async def life(scope: srm.SRMScope) -> None:
        ask(scope, epsilon=0.6)
        assert [frame["epsilon"] for frame in sent(scope)] == [0.6]

    lived(life, engine=counts, labels=None, epsilon=0.4)


def test_who_hears_of_the_samples_so_far_sees_the_resonance_of_these() -> None:
    """The explorer draws it whenever there is another frame."""

    async def life(scope: srm.SRMScope) -> None:
        heard: list[tuple[int, int]] = []

        def follow(_change: Any) -> None:
            heard.append((scope.resonance.n_samples, scope._frame["n_samples"]))

        scope.observe(follow, "_frame")
        ask(scope, pair=[3, 1])
        await drawn(scope)
        scope.unobserve_all()
        assert len(heard) > 10
        assert [one for one, _ in heard] == [other for _, other in heard]

    lived(life)


class MishapError(Exception):
    """What an observer raises."""


def mishap(change: Any) -> None:
    raise MishapError(f"no use for {change.name}")


@pytest.mark.parametrize("name", ["n_selected", "selected", "_cloud_frame"])
def test_an_observer_that_fails_is_heard_of_and_the_picture_is_whole(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def life(scope: srm.SRMScope) -> None:
        scope.observe(mishap, name)
        ask(scope, pair=[3, 1], epsilon=0.2)
        await drawn(scope)
        scope.unobserve(mishap, name)
        assert scope.error == f"no use for {name}"
        assert f"no use for {name}" in caplog.text
        scope.set_trait("error", "")
        assert_as_at_once(scope)
        ask(scope, epsilon=0.3)
        await drawn(scope)
        assert scope.error == ""
        assert_as_at_once(scope)

    lived(life)


def test_an_observer_that_fails_on_the_way_does_not_end_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def life(scope: srm.SRMScope) -> None:
        failed: list[int] = []

        def fail(change: Any) -> None:
            if change.new["is_partial"]:
                failed.append(change.new["n_samples"])
                raise MishapError("no use for a part")

        scope.observe(fail, "_frame")
        ask(scope, pair=[3, 1])
        await drawn(scope)
        scope.unobserve(fail, "_frame")
        assert len(failed) > 10
        assert failed[-1] == MANY
        assert "no use for a part" in caplog.text
        assert scope.error == ""
        assert_as_at_once(scope)

    lived(life)


@pytest.mark.parametrize("works", [True, False])
def test_an_observer_that_always_fails_leaves_a_scope_that_goes_on(
    works: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def life(scope: srm.SRMScope) -> None:
        with monkeypatch.context() as patch:
            if not works:
                patch.setattr(srm.ResonanceEngine, "curve_steps", failing_after(4))
            scope.observe(mishap, "_frame")
            ask(scope, pair=[3, 1])
            await drawn(scope)
            scope.unobserve(mishap, "_frame")
        assert scope.error == ("no use for _frame" if works else "no room")
        assert "no use for _frame" in caplog.text
        assert scope.pair == tuple(scope._frame["pair"]) == ((3, 1) if works else (0, 1))
        ask(scope, pair=[2, 4])
        await drawn(scope)
        assert scope.error == ""
        assert_as_at_once(scope)

    lived(life)


def test_an_observer_that_fails_in_what_python_sets_is_heard_of_there() -> None:
    async def life(scope: srm.SRMScope) -> None:
        heard: list[Any] = []
        scope.observe(mishap, "n_selected")
        scope.observe(lambda change: heard.append(change.new), "selected")
        with pytest.raises(MishapError, match="n_selected"):
            scope.epsilon = 0.2
        assert heard == [scope.selected]
        scope.unobserve_all()
        assert_as_at_once(scope)

    lived(life)


def test_a_picture_shown_again_is_of_another_era_than_what_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def life(scope: srm.SRMScope) -> None:
        monkeypatch.setattr(srm.ResonanceEngine, "curve_steps", failing_after(6))
        ask(scope, highlight=[3], pair=[3, 1])
        await drawn(scope)
        assert scope.error == "no room"
        frames = sent(scope)
        parts = {frame["era"] for frame in frames if frame["is_partial"]}
        assert parts
        assert frames[-1]["era"] == scope._view.era > max(parts)

    lived(life)


def test_an_observer_that_asks_for_the_resonance_may_move_on() -> None:
    async def life(scope: srm.SRMScope) -> None:
        def follow(change: Any) -> None:
            if change.new == (1, 2):
                assert scope.resonance.n_samples == MANY
                scope.pair = (0, 4)

        scope.observe(follow, "pair")
        ask(scope, position=4)
        await drawn(scope)
        scope.unobserve_all()
        assert scope.pair == (0, 4)
        assert_as_at_once(scope)

    lived(life)

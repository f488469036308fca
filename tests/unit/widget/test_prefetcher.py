"""Planes sent to the page before they are asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.widget import prefetcher
from tests.unit.support.event_loop import others, turns, until
from tests.unit.support.wire import VOLATILE

pytestmark = pytest.mark.usefixtures("wires")

ROWS = np.random.default_rng(7).standard_normal((300, 6))
LABELS = np.arange(300) % 3
DRAWN = "counts", "signed_counts", "class_counts", "band", "points", "density", "marks"
OTHER = "compared", "signed_compared"


def made(**more: Any) -> srm.SRMScope:
    return srm.SRMScope(ROWS, **{"epsilon": 0.5, "theta": 1.0, "labels": LABELS, **more})


def wish(scope: srm.SRMScope, planes: Any, **more: Any) -> None:
    content = {"type": "ahead", "era": scope._frame["era"], "planes": planes, **more}
    data = {"method": "custom", "content": content}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})


def sent(scope: srm.SRMScope) -> list[dict[str, Any]]:
    """Pictures of planes that were sent since the last call."""
    found = []
    for message in scope.comm.sent:
        content = message.get("content") or {}
        if content.get("type") == "ahead":
            arrays = dict(zip(content["arrays"], message["buffers"], strict=True))
            found.append({**content["frames"], **arrays})
    scope.comm.sent.clear()
    return found


def assert_is_what_is_shown(scope: srm.SRMScope, picture: dict[str, Any]) -> None:
    frames = [
        {k: v for k, v in f.items() if k not in VOLATILE} for f in (picture["_frame"], scope._frame)
    ]
    assert frames[0] == frames[1]
    assert picture["_cloud_frame"] == scope._cloud_frame
    assert picture["_compared_frame"] == scope._compared_frame
    for name in (*DRAWN, *OTHER):
        assert bytes(picture[f"_{name}"]) == getattr(scope, f"_{name}"), name


@pytest.mark.parametrize("cloud", ["points", "density", "ratio", "off"])
def test_a_plane_ahead_is_what_the_scope_shows_there(cloud: str) -> None:
    scope = made(cloud=cloud, highlight=[3, 7])
    wish(scope, [[4, 0.5], [9, 0.3]])
    first, second = sent(scope)
    scope.position = 4
    assert_is_what_is_shown(scope, first)
    with scope.hold_trait_notifications():
        scope.position, scope.epsilon = 9, 0.3
    assert_is_what_is_shown(scope, second)


def test_the_order_on_show_is_that_of_the_planes_ahead() -> None:
    scope = made(order="peak")
    wish(scope, [[2, 0.5]])
    (picture,) = sent(scope)
    scope.position = 2
    assert scope.pair != srm.SRMScope(ROWS, epsilon=0.5).ranking.plane(2)
    assert_is_what_is_shown(scope, picture)


def test_of_a_timeline_the_step_on_show_beside_the_one_compared_with() -> None:
    timeline = srm.Timeline()
    for scale in (1.0, 3.0):
        timeline.record(np.tanh(scale * ROWS), f"{scale}")
    scope = srm.SRMScope(timeline, epsilon=0.5, theta=1.0)
    wish(scope, [[4, 0.5]])
    (picture,) = sent(scope)
    scope.position = 4
    assert len(scope._compared) > 0
    assert_is_what_is_shown(scope, picture)


def test_counts_have_planes_ahead_too_at_their_levels() -> None:
    counts = srm.ResonanceCounts(epsilon=[0.4, 0.6])
    counts.append(ROWS)
    scope = srm.SRMScope(counts, epsilon=0.4)
    wish(scope, [[0, 0.6], [3, 0.4]])
    first, second = sent(scope)
    scope.epsilon = 0.6
    assert_is_what_is_shown(scope, first)
    with scope.hold_trait_notifications():
        scope.position, scope.epsilon = 3, 0.4
    assert_is_what_is_shown(scope, second)


@pytest.mark.parametrize(
    "change",
    [
        {"step": 0},
        {"compare": 1},
        {"order": "peak"},
        {"highlight": [2]},
        {"labels": np.zeros(300, dtype=int)},
        {"cloud": "density"},
    ],
)
def test_what_changes_all_planes_begins_another_era(change: dict[str, Any]) -> None:
    timeline = srm.Timeline()
    for scale in (1.0, 3.0):
        timeline.record(np.tanh(scale * ROWS), f"{scale}")
    scope = srm.SRMScope(timeline, epsilon=0.5, labels=LABELS, compare=None)
    before = scope._frame["era"]
    for name, value in change.items():
        setattr(scope, name, value)
    assert scope._frame["era"] > before
    wish(scope, [[4, 0.5]], era=before)
    assert sent(scope) == []
    wish(scope, [[4, 0.5]])
    assert len(sent(scope)) == 1


@pytest.mark.parametrize(
    "change", [{"position": 3}, {"epsilon": 0.3}, {"resolution": 90}, {"theta": 2.0}]
)
def test_what_changes_one_plane_does_not(change: dict[str, Any]) -> None:
    scope = made()
    before = scope._frame["era"]
    for name, value in change.items():
        setattr(scope, name, value)
    assert scope._frame["era"] == before


def test_appended_samples_and_another_ranking_begin_another_era() -> None:
    engine = srm.ResonanceEngine(ROWS)
    scope = srm.SRMScope(engine, epsilon=0.5, order="peak")
    first = scope._frame["era"]
    engine.append(ROWS[:10])
    second = scope._frame["era"]
    scope.epsilon = 0.4
    assert first < second < scope._frame["era"]


def test_planes_that_are_none_are_left_out() -> None:
    basis = np.eye(6)
    basis[1] = basis[0]
    scope = srm.SRMScope(ROWS, basis, epsilon=0.5)
    wish(scope, [[0, 0.5], [99, 0.5], [-1, 0.5], [4, 0.5]])
    assert [picture["_frame"]["position"] for picture in sent(scope)] == [4]
    assert scope.error == ""


@pytest.mark.parametrize(
    "planes",
    [None, 3, "ab", [3], [[1]], [["x", 0.5]], [[1, "wide"]], [[1.5, 0.5]], [[0, 0.5]] * 65],
)
def test_a_wish_that_is_none_is_refused(planes: Any) -> None:
    scope = made()
    wish(scope, planes)
    assert sent(scope) == []
    assert scope.error.startswith("expected at most 64 planes")


def test_counts_have_no_samples_to_hold() -> None:
    counts = srm.ResonanceCounts(epsilon=0.4)
    counts.append(ROWS)
    scope = srm.SRMScope(counts)
    data = {"method": "custom", "content": {"type": "hold"}}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})
    assert "got counts, which keep none" in scope.error


def test_nothing_is_computed_on_speculation_where_a_plane_costs_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prefetcher, "_MOST_READ", 1000)
    scope = made()
    wish(scope, [[4, 0.5]])
    assert sent(scope) == []


def test_in_a_loop_the_latest_wish_wins() -> None:
    async def life() -> None:
        scope = made(navigator=False)
        await turns(20)
        sent(scope)
        wish(scope, [[k, 0.5] for k in range(10)])
        wish(scope, [[12, 0.5], [13, 0.5]])
        await until(lambda: scope._prefetcher._task.state == "done")
        places = [picture["_frame"]["position"] for picture in sent(scope)]
        assert places == [12, 13]
        scope.close()

    asyncio.run(life())


def test_another_era_ends_what_is_under_way_and_closing_does_too() -> None:
    async def life() -> None:
        scope = made(navigator=False)
        before = others()
        wish(scope, [[k, 0.5] for k in range(15)])
        scope.cloud = "density"
        await until(lambda: scope._prefetcher._task.state == "done")
        assert sent(scope) == []
        wish(scope, [[k, 0.5] for k in range(15)])
        scope.close()
        await turns(20)
        assert others() <= before

    asyncio.run(life())


def steps_sent(scope: srm.SRMScope) -> list[Any]:
    """What is sent of all steps together when a page asks for it: frame and bytes."""
    scope.comm.sent.clear()
    data = {"method": "custom", "content": {"type": "hold_steps"}}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})
    contents = [(m.get("content") or {}, m.get("buffers")) for m in scope.comm.sent]
    return [(c["frame"], bytes(b[0])) for c, b in contents if c.get("type") == "steps"]


def test_samples_that_steps_share_are_sent_once_for_all_of_them() -> None:
    turn = srm.Timeline.turning(ROWS, srm.basis.rotated(6, 0), 5)
    scope = srm.SRMScope(turn, epsilon=0.5, labels=LABELS)
    [(frame, data)] = steps_sent(scope)
    scope.freeze()
    held = scope._held_frame
    assert [frame[name] for name in ("steps", "labels", "n_rows")] == [
        held[name] for name in ("steps", "labels", "n_rows")
    ]
    assert data == scope._held
    assert len(data) < 2 * ROWS.size * 4 + 20_000


@pytest.mark.parametrize("kind", ["one step", "own samples", "counts", "too many"])
def test_steps_that_share_no_samples_or_too_many_are_not_sent(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source: Any = ROWS
    if kind == "own samples":
        source = srm.Timeline()
        source.record(ROWS)
        source.record(ROWS)
    elif kind == "counts":
        source = srm.ResonanceCounts(epsilon=0.5, resolution=8)
        source.append(ROWS)
    elif kind == "too many":
        monkeypatch.setattr(prefetcher, "_MOST_NUMBERS", 300 * 6)
        source = srm.Timeline.turning(ROWS, srm.basis.rotated(6, 0), 5)
    scope = srm.SRMScope(source, epsilon=0.5)
    assert steps_sent(scope) == []
    assert scope.error == ""

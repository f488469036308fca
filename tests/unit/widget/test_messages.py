"""Whatever a page sends: nothing escapes, the traits stay whole, and the page is told why."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

import srm_widget as srm
from tests.unit.support.event_loop import others, until
from tests.unit.support.messages import (
    ASKED,
    FORBIDDEN,
    LIKELY,
    Message,
    check_like_new,
    check_whole,
    made,
    messages,
    watched,
)

pytestmark = pytest.mark.usefixtures("wires", "as_users")

SCOPES = "plain", "labelled", "simplex", "timeline", "counts"
AT_ONCE = 25
MANY = int(os.environ.get("SRM_WIDGET_MESSAGES", "1500"))
"""Messages in all; `make soak` sends more."""

patient = hypothesis.settings(
    max_examples=max(1, MANY // (2 * len(SCOPES) * AT_ONCE)),
    suppress_health_check=list(hypothesis.HealthCheck),
)
some = st.lists(messages, min_size=AT_ONCE, max_size=AT_ONCE)
each_scope = pytest.mark.parametrize("kind", SCOPES)


def send(scope: srm.SRMScope, message: Message) -> None:
    """What a comm does, and what must hold after that."""
    scope.comm.handle_msg(message)
    check_whole(scope)


def honest(scope: srm.SRMScope, theta: float = 1.25) -> None:
    """What a page sends that means well is served."""
    data = {"method": "update", "state": {"theta": theta}, "buffer_paths": []}
    send(scope, {"content": {"data": data}, "buffers": []})
    assert scope.error == ""
    assert scope.theta == theta


@each_scope
@patient
@hypothesis.given(sent=some)
def test_random_messages(kind: str, sent: list[Message]) -> None:
    scope = made(kind)
    with watched() as escaped:
        for message in sent:
            send(scope, message)
        honest(scope)
        check_like_new(scope)
        scope.close()
        for message in sent:
            scope._handle_msg(message)
    assert escaped == []


@each_scope
@patient
@hypothesis.given(sent=some)
def test_random_messages_in_a_loop(kind: str, sent: list[Message]) -> None:
    async def life() -> None:
        scope = made(kind)
        for message in sent:
            send(scope, message)
            await asyncio.sleep(0)
        honest(scope)
        await asyncio.sleep(0)
        scope.close()
        for message in sent:
            scope._handle_msg(message)
        await until(lambda: not others())

    with watched() as escaped:
        asyncio.run(life())
    assert escaped == []


def update(**state: Any) -> Message:
    return {"content": {"data": {"method": "update", "state": state}}, "buffers": []}


REFUSED: list[tuple[Message, str]] = [
    (update(position=True), "expected an integer position in 0 … 9, got True"),
    (update(position=10**5000), "expected position in 0 … 9, got an integer of"),
    (update(theta="1.0"), "expected theta as a number of radians, got '1.0'"),
    (update(theta=True), "expected theta as a number of radians, got True"),
    (update(epsilon=False), 'expected epsilon as a number in [-1, 1] or "auto", got False'),
    (update(epsilon=10**400), 'expected epsilon as a number in [-1, 1] or "auto", got 1000'),
    (
        update(pair=[True, 0]),
        "expected a plane as a pair (i, j) of numbers or names, got [True, 0]",
    ),
    (
        update(pair=memoryview(b"\0\1")),
        "expected a plane as a pair (i, j) of numbers or names, got <memory",
    ),
    (update(pair=[0, 10**30]), "expected directions in 0 … 4, got (0, 1000"),
    (update(hidden_classes=""), "expected hidden_classes as positions in the legend, got ''"),
    (update(hidden_classes={}), "expected hidden_classes as positions in the legend, got {}"),
    (update(highlight={}), "expected sample indices, got {}"),
    (update(highlight=[0, True]), "expected sample indices, got True among them"),
    (update(highlight=[[1], [2, 3]]), "expected sample indices, got [1] among them"),
    (update(highlight=[1 << 63]), "expected sample indices below 2⁶³, got 9223372036854775808"),
    (update(highlight=[1 << 64]), "of object"),
    (update(_window=""), "expected a window [row, column, side] inside 0 … 5, got ''"),
    (update(title="t" * 10**7), "expected title with texts of at most 100,000 characters"),
    (
        update(order="p" * 90_000),
        "expected order as one of 'index', 'alignment', 'coactivation', 'peak', got 'pp",
    ),
    (update(title="a\ud800"), r"expected title as well-formed text, got 'a\ud800'"),
    (update(pair=[[[[[[0]]]]]]), "expected values and lists of values, got ["),
    (update(nonsense=1), "expected values that a scope has, got 'nonsense'"),
    (update(_esm="alert(1)"), "_esm is read-only for the page"),
    (update(_model_name="Other"), "_model_name is read-only for the page"),
    ({"content": {"data": None}}, "expected a message of a widget, got {"),
    ({"content": {"data": {"state": {}}}}, "expected a message of a widget, got {"),
    ({"content": {"data": {"method": "delete"}}}, "expected a message update, request_state, c"),
    ({"content": {"data": {"method": "custom"}}}, "expected a message with content, got None"),
    ({"content": {"data": {"method": "update", "state": [1]}}}, "expected values by their names"),
]


@pytest.mark.parametrize(("message", "expected"), REFUSED)
def test_nonsense_is_refused_and_said(message: Message, expected: str) -> None:
    scope = made("plain")
    with watched() as escaped:
        send(scope, message)
    assert expected in scope.error
    assert scope.comm.sent[-1]["state"]["error"] == scope.error
    assert len(str(scope.comm.sent[-1])) < 2_000
    assert escaped == []
    honest(scope)


@pytest.mark.parametrize("paths", [[["theta"]], [["x", "y"]], [[0]], [[]], [None], "theta", 3])
def test_binary_values_are_refused(paths: Any) -> None:
    scope = made("plain")
    message = update(theta=2.0)
    message["content"]["data"]["buffer_paths"] = paths
    with watched() as escaped:
        for buffers in ([memoryview(b"12345678")], []):
            send(scope, {**message, "buffers": buffers})
            assert "expected no binary values from a page" in scope.error
            assert scope.theta != 2.0
    assert escaped == []


def test_a_good_value_beside_a_bad_one_is_not_served() -> None:
    scope = made("labelled")
    before = scope.get_state()
    for bad in ({"epsilon": 10**400}, {"highlight": [1 << 70]}, {"unknown": 1}, {"pair": None}):
        send(scope, update(theta=3.0, **bad))
        assert scope.error
        assert {**scope.get_state(), "_frame": 0, "error": 0} == {**before, "_frame": 0, "error": 0}


@each_scope
def test_every_likely_value_is_served_or_refused(kind: str) -> None:
    scope = made(kind)
    with watched() as escaped:
        for name, value in [*LIKELY, *FORBIDDEN.items()]:
            send(scope, update(**{name: value}))
            assert scope.error or name in ASKED
        check_like_new(scope)
        honest(scope)
    assert escaped == []

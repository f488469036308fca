"""Hosts that hand over what the page sends twice: as a message, then as a value."""

from __future__ import annotations

from typing import Any

import pytest

import srm_widget as srm

pytestmark = pytest.mark.usefixtures("wires")


def message(scope: srm.SRMScope, state: dict[str, Any]) -> list[dict[str, Any]]:
    """What the scope sends upon a message of the page."""
    data = {"method": "update", "state": state, "buffer_paths": []}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})
    return answers(scope)


def answers(scope: srm.SRMScope) -> list[dict[str, Any]]:
    return [update for update in scope.comm.updates() if "_frame" in update or len(update) == 1]


@pytest.mark.parametrize("state", [{"theta": 1.0}, {"pair": [1, 1]}, {"epsilon": 0.5}])
def test_what_is_handed_over_twice_is_answered_once(
    scope: srm.SRMScope, state: dict[str, Any]
) -> None:
    assert message(scope, state)
    error = scope.error
    scope.set_state(dict(state))
    assert answers(scope) == []
    assert scope.error == error


def test_the_same_message_again_is_answered_again(scope: srm.SRMScope) -> None:
    for number in range(1, 4):
        asked = {"theta": 1.0, "_request": {"id": number, "asked": {}}}
        assert message(scope, asked)[-1]["_frame"]["request"] == number


def test_a_number_that_was_served_is_not_served_again(scope: srm.SRMScope) -> None:
    old = {"theta": 1.0, "_request": {"id": 1, "asked": {}}}
    message(scope, old)
    message(scope, {"theta": 2.0, "_request": {"id": 2, "asked": {}}})
    scope.set_state(dict(old))
    assert scope.theta == 2.0
    scope.theta = 3.0
    scope.set_state(dict(old))
    assert scope.theta == 3.0


def test_an_old_message_is_served_anew_once_python_has_changed_something(
    scope: srm.SRMScope,
) -> None:
    message(scope, {"theta": 1.0})
    scope.theta = 2.0
    scope.set_state({"theta": 1.0})
    assert scope.theta == 1.0

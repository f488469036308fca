"""Numbers of requests: what the page asked for last, and what the kernel has answered."""

from __future__ import annotations

from typing import Any

import pytest

import srm_widget as srm

pytestmark = pytest.mark.usefixtures("wires")


def ask(scope: srm.SRMScope, number: int, by: str = "pair", **values: Any) -> dict[str, Any]:
    """What the scope sends upon a request, all its messages taken together."""
    scope.set_state({**values, "_request": {"id": number, "by": by}})
    sent: dict[str, Any] = {}
    for update in scope.comm.updates():
        sent.update(update)
    return sent


def test_frames_carry_the_highest_number_heard(scope: srm.SRMScope) -> None:
    assert ask(scope, 5, theta=1.0)["_frame"]["request"] == 5
    late = ask(scope, 3, theta=2.0)["_frame"]
    assert (late["request"], late["theta"]) == (5, 2.0)
    scope.theta = 0.5
    assert scope._frame["request"] == 5


def test_a_number_alone_is_answered_and_ends_an_error(scope: srm.SRMScope) -> None:
    assert ask(scope, 1, epsilon=2)["_frame"]["request"] == 1
    assert scope.error
    answer = ask(scope, 2)
    assert (answer["_frame"]["request"], answer["error"]) == (2, "")


@pytest.mark.parametrize(("by", "pair", "position"), [("pair", (3, 1), 5), ("position", (1, 2), 4)])
def test_of_plane_and_position_the_one_that_is_meant_counts(
    scope: srm.SRMScope, by: str, pair: tuple[int, int], position: int
) -> None:
    answer = ask(scope, 1, by, pair=[3, 1], position=4, theta=1.0)
    assert (scope.pair, scope.position, scope.theta) == (pair, position, 1.0)
    ignored = "position" if by == "pair" else "pair"
    assert answer[ignored] == scope.get_state([ignored])[ignored]


@pytest.mark.parametrize("more", [{}, {"theta": 1.0}])
def test_the_page_hears_of_the_plane_that_it_did_not_mean(
    scope: srm.SRMScope, more: dict[str, float]
) -> None:
    """Also where nothing becomes another: the page has set its own value to what it sent."""
    answer = ask(scope, 1, "position", pair=[3, 1], position=0, **more)
    assert (scope.pair, tuple(answer["pair"])) == ((0, 1), (0, 1))


@pytest.mark.parametrize(
    ("by", "other"), [("pair", {"position": 4}), ("position", {"pair": [3, 1]})]
)
def test_what_is_not_meant_is_left_out_alone_too(
    scope: srm.SRMScope, by: str, other: dict[str, Any]
) -> None:
    answer = ask(scope, 1, by, theta=1.0, **other)
    assert (scope.pair, scope.position, scope.theta) == ((0, 1), 0, 1.0)
    [name] = other
    assert answer[name] == scope.get_state([name])[name]


def test_without_a_number_the_one_that_moved_counts(scope: srm.SRMScope) -> None:
    scope.set_state({"pair": [0, 1], "position": 4})
    assert scope.pair == (1, 2)
    scope.set_state({"pair": [3, 1], "position": 9})
    assert scope.pair == (3, 1)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"id": -1, "by": "pair"}, "id of a request"),
        ({"id": 1 << 53, "by": "pair"}, "id of a request"),
        ({"id": "1", "by": "pair"}, "id of a request"),
        ({"id": 1, "by": "theta"}, "expected by as one of 'pair', 'position', got 'theta'"),
        ({"id": 1}, "expected a request with id and by"),
        ([1, "pair"], "expected a request with id and by"),
    ],
)
def test_what_is_no_number_is_refused_with_all_that_came_with_it(
    scope: srm.SRMScope, request_: Any, message: str
) -> None:
    scope.set_state({"theta": 1.0, "_request": request_})
    assert message in scope.error
    assert (scope.theta, scope._frame["request"]) == (0.0, 0)

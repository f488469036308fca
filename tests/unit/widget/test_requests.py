"""Requests: their numbers, which answers carry too, and what they ask for, which counts."""

from __future__ import annotations

from typing import Any

import pytest

import srm_widget as srm

pytestmark = pytest.mark.usefixtures("wires")


def ask(
    scope: srm.SRMScope, number: int, asked: dict[str, Any] | None = None, **sent: Any
) -> dict[str, Any]:
    """What the scope sends upon a request, all its messages taken together.

    The page's host sends `sent` beside the request, or just what it asks for.
    """
    asked = sent if asked is None else asked
    scope.set_state({**sent, "_request": {"id": number, "asked": asked}})
    answer: dict[str, Any] = {}
    for update in scope.comm.updates():
        answer.update(update)
    return answer


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


OLDER: list[dict[str, Any]] = [
    {},
    {"order": "index"},
    {"order": "alignment"},
    {"order": "nonsense"},
]


@pytest.mark.parametrize("older", OLDER)
def test_what_a_request_asks_for_counts_whatever_the_host_sends_beside_it(
    scope: srm.SRMScope, older: dict[str, Any]
) -> None:
    """A host sends what it takes for unsent, which after an echo need not be what was set last."""
    answer = ask(scope, 1, {"order": "peak"}, theta=1.0, **older)
    assert (scope.order, scope.theta, scope.error) == ("peak", 1.0, "")
    assert answer["_frame"]["order"] == "peak"
    assert answer["order"] == "peak"


@pytest.mark.parametrize("older", OLDER)
def test_a_page_is_sent_what_holds_where_its_host_sent_something_else(
    scope: srm.SRMScope, older: dict[str, Any]
) -> None:
    """Also where nothing becomes another, and where the request is refused."""
    assert ask(scope, 1, {"order": "index"}, **older)["order"] == "index"
    assert ask(scope, 2, {"order": "index", "epsilon": 2}, **older)["order"] == "index"
    assert scope.error.startswith("expected epsilon")


@pytest.mark.parametrize(
    ("asked", "pair", "position"),
    [({"pair": [3, 1]}, (3, 1), 5), ({"position": 4}, (1, 2), 4)],
)
def test_of_plane_and_position_the_one_that_is_asked_for_counts(
    scope: srm.SRMScope, asked: dict[str, Any], pair: tuple[int, int], position: int
) -> None:
    answer = ask(scope, 1, asked, pair=[3, 1], position=4, theta=1.0)
    assert (scope.pair, scope.position, scope.theta) == (pair, position, 1.0)
    [ignored] = {"pair", "position"} - asked.keys()
    assert answer[ignored] == scope.get_state([ignored])[ignored]


@pytest.mark.parametrize("more", [{}, {"theta": 1.0}])
def test_the_page_hears_of_the_plane_that_it_did_not_mean(
    scope: srm.SRMScope, more: dict[str, float]
) -> None:
    """Also where nothing becomes another: the page has set its own value to what it sent."""
    answer = ask(scope, 1, {"position": 0}, pair=[3, 1], position=0, **more)
    assert (scope.pair, tuple(answer["pair"])) == ((0, 1), (0, 1))


@pytest.mark.parametrize("sent", [{"position": 4}, {"pair": [1, 2]}])
def test_a_plane_that_was_sent_counts_where_the_request_asks_for_none(
    scope: srm.SRMScope, sent: dict[str, Any]
) -> None:
    """It is of an older request that a host has held back, or of a widget linked to the scope."""
    ask(scope, 1, {"theta": 1.0}, theta=1.0, **sent)
    assert (scope.pair, scope.position, scope.theta) == ((1, 2), 4, 1.0)


def test_without_a_number_the_one_that_moved_counts(scope: srm.SRMScope) -> None:
    scope.set_state({"pair": [0, 1], "position": 4})
    assert scope.pair == (1, 2)
    scope.set_state({"pair": [3, 1], "position": 9})
    assert scope.pair == (3, 1)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"id": -1, "asked": {}}, "id of a request"),
        ({"id": 1 << 53, "asked": {}}, "id of a request"),
        ({"id": "1", "asked": {}}, "id of a request"),
        ({"id": 1, "asked": {"cloud": "off"}}, "expected what is asked for as one of 'step', "),
        ({"id": 1, "asked": {"selected": []}}, "expected what is asked for as one of 'step', "),
        ({"id": 1, "asked": {"epsilon": "wide"}}, "expected epsilon"),
        ({"id": 1, "asked": {"order": "\ud800"}}, "expected _request as well-formed text"),
        ({"id": 1, "asked": ["theta"]}, "expected what is asked for by its names, got ['theta']"),
        ({"id": 1}, "expected a request with id and asked"),
        ([1, "pair"], "expected a request with id and asked"),
    ],
)
def test_what_is_no_request_is_refused_with_all_that_came_with_it(
    scope: srm.SRMScope, request_: Any, message: str
) -> None:
    scope.set_state({"theta": 1.0, "_request": request_})
    assert message in scope.error
    assert scope.theta == 0.0
    assert scope._request == {"id": 0, "asked": {}}

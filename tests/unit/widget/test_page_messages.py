"""What a page sends, received without a widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from srm_widget.widget.messages import PageMessages
from tests.unit.support.parts import Parts


class Received(Parts):
    """Traits that a page sets, and the messages that were served."""

    def __init__(self) -> None:
        super().__init__()
        self.served: list[Mapping[str, Any]] = []
        self.is_answered = False
        self.messages = PageMessages(
            self.model,
            self.publisher,
            is_answered=lambda: self.is_answered,
            handlers={"hold": self.served.append, "ahead": self.refuse},
        )

    def refuse(self, message: Mapping[str, Any]) -> None:
        raise ValueError(f"expected less, got {len(message)} fields")

    def update(self, **state: Any) -> None:
        """A message with these values, as a widget handles it."""
        message = {"content": {"data": {"method": "update", "state": state}}, "buffers": []}
        self.messages.receive(message, lambda _: self.set(state))

    def set(self, state: dict[str, Any]) -> None:
        self.messages.set_state(state, self.apply)

    def apply(self, state: dict[str, Any]) -> None:
        assert self.messages.asked_by_page
        for name, value in state.items():
            setattr(self.model, name, value)


@pytest.fixture
def page() -> Received:
    return Received()


def test_values_are_set_and_awaited_ones_answered(page: Received) -> None:
    page.update(theta=1.0)
    assert page.model.theta == 1.0
    assert page.heard.states == [["theta"]]
    page.update(title="new")
    assert page.model.title == "new"
    assert page.heard.states == [["theta"]]
    page.is_answered = True
    page.update(theta=2.0)
    assert page.heard.states == [["theta"]]
    assert not page.messages.asked_by_page


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"_frame": {}}, "_frame is read-only for the page"),
        ({"labels": [1]}, "expected values that a scope has, got 'labels'"),
        ({"theta": "north"}, "expected theta as a number of radians, got 'north'"),
        ({"title": "\ud800"}, "expected title as well-formed text"),
        ({"title": "x" * 100_001}, "expected title with texts of at most 100,000 characters"),
        ({"highlight": [[[[[[1]]]]]]}, "expected values and lists of values"),
    ],
)
def test_a_refusal_is_an_answer(page: Received, state: dict[str, Any], says: str) -> None:
    before = page.model.trait_values()
    page.update(**state)
    assert says in page.model.error
    changed = {k for k, v in page.model.trait_values().items() if v != before[k]}
    assert changed == {"error", "_frame"}
    page.update(theta=0.5)
    assert page.model.error == ""


def test_the_echo_of_a_message_is_not_answered_again(page: Received) -> None:
    page.update(theta=1.0)
    frame = page.publisher.frame
    page.set({"theta": 1.0})  # as marimo does
    assert page.publisher.frame is frame
    page.set({"theta": 1.5})
    assert page.model.theta == 1.5
    assert page.publisher.frame is not frame


def test_a_request_is_answered_with_its_number_also_if_it_is_refused(page: Received) -> None:
    page.update(theta=1.0, _request={"id": 4, "asked": {}})
    assert page.model._frame["request"] == 4
    page.update(theta="north", _request={"id": 5, "asked": {}})
    assert page.model._frame["request"] == 5
    assert page.model.error.startswith("expected theta")
    page.update(theta=0.5, _request={"id": 2, "asked": {}})  # another page, which counts behind
    assert page.model._frame["request"] == 5
    page.update(_request={"id": "6", "asked": {}})
    assert (page.model._frame["request"], page.model._request["id"]) == (5, 2)
    assert page.model.error.startswith("expected an integer id of a request")


@pytest.mark.parametrize(
    ("asked", "meant"), [({"pair": [1, 2]}, (1, 2)), ({"position": 3}, (0, 1))]
)
def test_of_plane_and_position_the_request_says_which_is_meant(
    page: Received, asked: dict[str, Any], meant: tuple[int, int]
) -> None:
    set_by_page: list[str] = []
    page.model.observe(lambda change: set_by_page.append(change["name"]), ["pair", "position"])
    page.update(pair=[1, 2], position=3, _request={"id": 1, "asked": asked})
    assert set_by_page == list(asked)
    assert page.model.pair == meant


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"content": {"data": {"method": "delete"}}},
        {"content": {"data": {"method": "custom", "content": 3}}},
        {"content": {"data": {"method": "update", "state": [1]}}},
        {"content": {"data": {"method": "update", "state": {}, "buffer_paths": [["x"]]}}},
        {"content": {"data": {"method": "update", "state": {}}}, "buffers": [b"1"]},
    ],
)
def test_what_is_no_message_is_answered_and_not_handled(
    page: Received, message: dict[str, Any]
) -> None:
    page.messages.receive(message, lambda _: pytest.fail("handled"))
    assert page.model.error.startswith("expected ")


def test_custom_messages_are_served_by_their_type(page: Received) -> None:
    assert page.messages.handle({"type": "hold", "more": 1})
    assert page.served == [{"type": "hold", "more": 1}]
    for other in ({"type": "no such"}, {"type": ["hold"]}, {}, "hold", None):
        assert not page.messages.handle(other)
    assert page.messages.handle({"type": "ahead"})
    assert page.model.error == "expected less, got 1 fields"


def test_observers_are_python_code(page: Received) -> None:
    heard: list[bool] = []
    page.model.observe(
        lambda _: page.messages.tell(lambda: heard.append(page.messages.asked_by_page)), "theta"
    )
    page.update(theta=1.0)
    assert heard == [False]

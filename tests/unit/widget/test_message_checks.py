"""What a page may send, checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ipywidgets import DOMWidget

from srm_widget.widget.messages import MOST_TEXT, check_message, check_state

pytestmark = pytest.mark.usefixtures("as_users")


def message(**data: Any) -> dict[str, Any]:
    return {"content": {"data": data}, "buffers": []}


@pytest.fixture
def widget() -> Iterator[DOMWidget]:
    """Any widget: what is checked is names and texts, whatever they are for."""
    widget = DOMWidget()
    yield widget
    widget.close()


@pytest.mark.parametrize(
    "sent",
    [
        message(method="update", state={"theta": 1.0}),
        message(method="update", state={}, buffer_paths=[]),
        message(method="request_state"),
        message(method="custom", content={"type": "survey"}),
        {"content": {"data": {"method": "update", "state": {}}}},
    ],
)
def test_messages_of_a_page_pass(sent: dict[str, Any]) -> None:
    check_message(sent)


@pytest.mark.parametrize("paths", [{}, {"buffer_paths": []}], ids=["no paths", "empty paths"])
def test_binary_values_without_their_places_are_refused(paths: dict[str, Any]) -> None:
    sent = message(method="update", state={"theta": 1.0}, **paths)
    with pytest.raises(TypeError, match="expected no binary values from a page, got some for"):
        check_message({**sent, "buffers": [memoryview(b"1234")]})


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (message(method="update", state={}, buffer_paths=[["theta"]]), "no binary values"),
        (message(method="update", state=[("theta", 1.0)]), "expected values by their names"),
        (message(method="update", state=None), "expected values by their names, got None"),
        (message(method="Update", state={}), "a message update, request_state, custom, got 'Up"),
        (message(method=None), "got None"),
        (message(method="custom"), "expected a message with content, got None"),
        (message(method="custom", content=["survey"]), "expected a message with content"),
        (message(state={}), "expected a message of a widget"),
        ({"content": {}}, "expected a message of a widget"),
        ({"content": {"data": "update"}}, "expected a message of a widget"),
        (None, "expected a message of a widget, got None"),
        ([], "expected a message of a widget"),
    ],
)
def test_other_messages_are_refused(sent: Any, expected: str) -> None:
    with pytest.raises(TypeError, match=expected):
        check_message(sent)


@pytest.mark.parametrize(
    "value",
    [
        {"\ud800": 1},
        {"good": {"also good": 1, "\udfff": 2}},
        [{"\ud800": [1]}],
        {"key": "\ud800"},
        [[["a", "\udc00b"]]],
        ("good", "\ud800"),
        "\ud800",
    ],
)
def test_text_that_is_not_well_formed_is_refused_wherever_it_stands(
    widget: DOMWidget, value: Any
) -> None:
    with pytest.raises(ValueError, match="expected layout as well-formed text, got"):
        check_state({"layout": value}, widget)


@pytest.mark.parametrize("inside", [str, lambda x: [x], lambda x: {x: 1}, lambda x: {"k": (x,)}])
def test_text_may_have_so_many_characters_and_no_more(widget: DOMWidget, inside: Any) -> None:
    check_state({"layout": inside("x" * MOST_TEXT)}, widget)
    with pytest.raises(ValueError, match="at most 100,000 characters, got 100,001"):
        check_state({"layout": inside("x" * (MOST_TEXT + 1))}, widget)


def nested(depth: int, inner: Any, kind: str = "list") -> Any:
    for _ in range(depth):
        inner = [inner, "a"] if kind == "list" else {"a": inner}
    return inner


@pytest.mark.parametrize("kind", ["list", "mapping"])
def test_lists_may_be_nested_so_deep_and_no_deeper(widget: DOMWidget, kind: str) -> None:
    check_state({"layout": nested(4, "text", kind)}, widget)
    for depth in (5, 6, 100_000 if kind == "list" else 900):
        with pytest.raises(ValueError, match="expected values and lists of values"):
            check_state({"layout": nested(depth, "text", kind)}, widget)


@pytest.mark.parametrize("name", ["_frame", "selected", "error"])
def test_names_that_the_kernel_sets_are_refused(widget: DOMWidget, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is read-only for the page"):
        check_state({name: None}, widget)


def test_other_names_and_identities_are_refused(widget: DOMWidget) -> None:
    with pytest.raises(TypeError, match="expected values that a scope has, got 'log'"):
        check_state({"log": None}, widget)
    with pytest.raises(ValueError, match="_model_name is read-only for the page"):
        check_state({"_model_name": "Other"}, widget)
    check_state({"_model_name": widget._model_name}, widget)

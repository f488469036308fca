"""Checks of the messages that a page sends, and of the values in them."""

from collections.abc import Iterator, Mapping
from typing import Any

from ipywidgets import Widget

from srm_widget.utils.text import brief, well_formed

MOST_TEXT = 100_000
"""Characters of any text that a page may send."""

_METHODS = "update", "request_state", "custom"
_WIDGET_IDENTITY = frozenset(
    {"_esm", "_css", "_anywidget_id", "_model_module", "_model_module_version", "_model_name"}
    | {"_view_module", "_view_module_version", "_view_name"}
)
"""Traits that say what the widget is; a host may send them back as they are."""

_PLAIN_TYPES = {int, float, bool, type(None)}


def check_message(message: Any) -> None:
    """Raise ``TypeError`` unless `message` is one that a widget's page sends.

    Parameters
    ----------
    message
        Message of the comm: a method, and the values to be updated, without binary ones, or the
        content of a custom message.
    """
    try:
        data = message["content"]["data"]
        method, content = data["method"], data.get("content")
        state, paths = data.get("state", {}), data.get("buffer_paths", [])
    except (TypeError, KeyError, AttributeError):
        raise TypeError(f"expected a message of a widget, got {brief(message)}") from None
    if method not in _METHODS:
        raise TypeError(f"expected a message {', '.join(_METHODS)}, got {brief(method)}")
    if method == "custom" and not isinstance(content, Mapping):
        raise TypeError(f"expected a message with content, got {brief(content)}")
    if method == "update" and not isinstance(state, dict):
        raise TypeError(f"expected values by their names, got {brief(state)}")
    if method == "update" and (paths or message.get("buffers")):
        raise TypeError(f"expected no binary values from a page, got some for {brief(paths)}")


def check_state(values: Mapping[str, Any], widget: Widget, read_only: frozenset[str]) -> None:
    """Raise ``TypeError`` or ``ValueError`` for names and texts that a page may not send.

    Parameters
    ----------
    values
        Values that a page asks for, by the traits' names.
    widget
        The widget that is asked.
    read_only
        Names of the traits that the kernel alone sets.
    """
    for name in sorted(read_only.intersection(values)):
        raise ValueError(f"{name} is read-only for the page")
    for name, value in values.items():
        if name not in widget.keys:
            raise TypeError(f"expected values that a scope has, got {brief(name)}")
        if name in _WIDGET_IDENTITY and value != getattr(widget, name):
            raise ValueError(f"{name} is read-only for the page")
        for text in _texts(value):
            if len(text) > MOST_TEXT:
                raise ValueError(
                    f"expected {name} with texts of at most {MOST_TEXT:,} characters, "
                    f"got {len(text):,}"
                )
            if text != well_formed(text):
                raise ValueError(f"expected {name} as well-formed text, got {brief(text)}")


def _texts(value: Any, depth: int = 4) -> Iterator[str]:
    """Yield all texts in a value; raise ``ValueError`` if its lists are nested beyond `depth`."""
    if isinstance(value, str):
        yield value
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if not isinstance(value, list | tuple) or _PLAIN_TYPES.issuperset(map(type, value)):
        return
    if depth == 0:
        raise ValueError(f"expected values and lists of values, got {brief(value)}")
    for each in value:
        yield from _texts(each, depth - 1)

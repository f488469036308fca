"""`PageMessages`: what a page sends is checked, handled and answered."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import traitlets

from srm_widget.concurrency.locks import widget_lock
from srm_widget.utils.text import brief, error_text, well_formed
from srm_widget.widget import validators
from srm_widget.widget.model import ASKED, READ_ONLY, ScopeModel, is_synced
from srm_widget.widget.publisher import Publisher

MOST_TEXT = 100_000
"""Characters of any text that a page may send."""

_METHODS = "update", "request_state", "custom"
_WIDGET_IDENTITY = frozenset(
    {
        "_esm",
        "_script",
        "_css",
        "_anywidget_id",
        "_model_module",
        "_model_module_version",
        "_model_name",
    }
    | {"_view_module", "_view_module_version", "_view_name"}
)
"""Traits that say what the widget is; a host may send them back as they are."""

_SAME_PLANE = {"pair", "position"}
"""Traits that both say which plane is shown."""

_LATEST = 8
"""Messages of a page that are known again when they are handed over once more."""

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


def check_state(values: Mapping[str, Any], model: traitlets.HasTraits) -> None:
    """Raise ``TypeError`` or ``ValueError`` for names and texts that a page may not send.

    Parameters
    ----------
    values
        Values that a page asks for, by the traits' names.
    model
        The traits.
    """
    for name in sorted(READ_ONLY.intersection(values)):
        raise ValueError(f"{name} is read-only for the page")
    for name, value in values.items():
        if not is_synced(model, name):
            raise TypeError(f"expected values that a scope has, got {brief(name)}")
        if name in _WIDGET_IDENTITY and value != getattr(model, name):
            raise ValueError(f"{name} is read-only for the page")
        for text in _texts(value):
            if len(text) > MOST_TEXT:
                raise ValueError(
                    f"expected {name} with texts of at most {MOST_TEXT:,} characters, "
                    f"got {len(text):,}"
                )
            if text != well_formed(text):
                raise ValueError(f"expected {name} as well-formed text, got {brief(text)}")


class PageMessages:
    """Receiver of a page's messages, which knows whether a page or Python code sets traits.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    is_answered
        Whether an answer to what the page asked for is under way already.
    handlers
        What serves a custom message, by its type; it may raise an error, which the page is told.

    Attributes
    ----------
    asked_by_page
        Whether traits are being set for a page, which can wait for its view.
    """

    def __init__(
        self,
        model: ScopeModel,
        publisher: Publisher,
        is_answered: Callable[[], bool],
        handlers: Mapping[str, Callable[[Mapping[str, Any]], None]],
    ) -> None:
        self._model, self._publisher = model, publisher
        self._is_answered, self._handlers = is_answered, dict(handlers)
        self._served: deque[tuple[Any, dict[str, Any]]] = deque(maxlen=_LATEST)
        self._receiving = False
        self.asked_by_page = False

    def receive(self, message: Any, handle: Callable[[Any], None]) -> None:
        """Check a message of the page, and have the widget `handle` it."""
        with self._asked_by(page=True):
            try:
                check_message(message)
            except TypeError as error:
                self._publisher.log.warning("The scope refused a message: %s", error)
                self._publisher.answer((), str(error))
                return
            self._receiving = True
            try:
                handle(message)
            finally:
                self._receiving = False
            state = message["content"]["data"].get("state")
            self._served.append((state, self._publisher.frame))

    def set_state(self, values: dict[str, Any], apply: Callable[[dict[str, Any]], None]) -> None:
        """Have the widget `apply` what the page sets, or refuse it and tell the page why."""
        with widget_lock, self._asked_by(page=True):
            if not self._receiving and self._is_handed_over_again(values):
                return
            before, meant = self._publisher.frame, self._as_meant(values)
            try:
                check_state(values, self._model)
                with self._publisher.hold():
                    apply(meant)
                    self._publisher.publish(error="")
            except Exception as error:
                self._publisher.log.warning("The scope refused %s", brief(values), exc_info=True)
                self._publisher.answer({**values, **meant}, error_text(error))
                return
            is_answered = self._publisher.frame is not before or self._is_answered()
            if not is_answered and any(name in values for name in (*ASKED, "_request")):
                self._publisher.answer({**values, **meant}, "")
            elif meant != values:
                others = {**values, **meant}
                self._publisher.send_back(
                    name for name in others if meant.get(name) != values.get(name)
                )

    def handle(self, content: Any) -> bool:
        """Serve a custom message of the page; return whether it is one of the scope's own."""
        kind = content.get("type") if isinstance(content, dict) else None
        handler = self._handlers.get(kind) if isinstance(kind, str) else None
        if handler is None:
            return False
        try:
            handler(content)
        except Exception as error:
            self._publisher.log.warning("The scope refused %s", brief(content), exc_info=True)
            self._publisher.answer((), error_text(error))
        return True

    def tell(self, observers: Callable[[], None]) -> None:
        """Call observers of a trait, which are Python code."""
        with self._asked_by(page=False):
            self._publisher.tell(observers)

    def _as_meant(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what a page means by `values`, and note the number of its request.

        From now on frames are answers to that, refusals too. What the request asks for counts: a
        host sends what has become another for it since it sent something last, so that beside the
        request an older value may stand, or none. Plane and position say the same thing.
        """
        try:
            request = validators.request(values["_request"], ASKED)
        except (KeyError, TypeError, ValueError):
            return values  # without a request, or refused with the other values
        self._publisher.latest_request = max(self._publisher.latest_request, request["id"])
        asked = request["asked"]
        stale = _SAME_PLANE if _SAME_PLANE.intersection(asked) else ()
        return {name: value for name, value in values.items() if name not in stale} | asked

    def _is_handed_over_again(self, values: Mapping[str, Any]) -> bool:
        """Return whether these are the values of a message that was served already.

        marimo hands over the values of a message a second time, as the value of its element. A
        second answer would take the page back to them. A number is used once; values without one
        are known again as long as nothing else is shown.
        """
        return any(
            values == served and ("_request" in values or frame is self._publisher.frame)
            for served, frame in self._served
        )

    @contextmanager
    def _asked_by(self, *, page: bool) -> Iterator[None]:
        before, self.asked_by_page = self.asked_by_page, page
        try:
            yield
        finally:
            self.asked_by_page = before


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

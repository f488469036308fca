"""`Publisher`: what the kernel says to the page, as traits, answers and messages."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

from srm_widget.utils.text import printable
from srm_widget.widget.model import ScopeModel, is_synced

_LONGEST_ERROR = 300
"""Characters of an error that a page shows."""


class Wire(NamedTuple):
    """How a widget speaks to its page.

    Attributes
    ----------
    hold
        Returns a context in which changed traits are collected, to be sent together at its end.
    send_state
        Sends the values of the traits of these names, changed or not.
    send
        Sends a message and its binary values.
    log
        Where errors go that nobody else hears of.
    """

    hold: Callable[[], AbstractContextManager[None]]
    send_state: Callable[[list[str]], None]
    send: Callable[[dict[str, Any], Sequence[bytes]], None]
    log: logging.Logger


class Publisher:
    """Writer of the traits that a page reads; it sends what belongs together at once.

    Parameters
    ----------
    model
        The traits.
    wire
        Way to the page.

    Attributes
    ----------
    latest_request
        Highest number of a page's request so far; frames say it, and so are answers.
    log
        Where errors go that nobody else hears of.
    """

    def __init__(self, model: ScopeModel, wire: Wire) -> None:
        self._model, self._wire = model, wire
        self._observer_errors: list[Exception] | None = None
        self._frame: dict[str, Any] = {}
        self.latest_request = 0
        self.log = wire.log

    @property
    def frame(self) -> dict[str, Any]:
        """Frame of the curve that was sent last; a new object with every frame and answer."""
        return self._frame

    def hold(self) -> AbstractContextManager[None]:
        """Return a context in which changed traits are collected, to be sent together."""
        return self._wire.hold()

    def publish(self, **values: Any) -> None:
        """Set traits, those too that are read-only for others, and send them together."""
        with self.hold():
            for name, value in values.items():
                self._model.set_trait(name, value)

    def show(
        self, frames: Mapping[str, dict[str, Any]], arrays: Mapping[str, bytes], era: int
    ) -> None:
        """Send the page frames and arrays to draw; it keeps those that are not given.

        Parameters
        ----------
        frames
            By the names of their traits without the underscore; that of the curve is "frame".
        arrays
            By the names of their traits without the underscore.
        era
            Era of the view, see `ViewController`.
        """
        others = {f"_{name}": frame for name, frame in frames.items() if name != "frame"}
        self._frame = {**frames["frame"], "request": self.latest_request, "era": era}
        named_arrays = {f"_{name}": array for name, array in arrays.items()}
        self.publish(**others, _frame=self._frame, **named_arrays)

    def change_frame(self, **values: Any) -> None:
        """Send the page the frame on show with other values in it."""
        self._frame = {**self._frame, **values, "request": self.latest_request}
        self.publish(_frame=self._frame)

    def answer(self, names: Iterable[str], error: str) -> None:
        """Answer a page: send it the values that hold of the traits that it set, and an error.

        The frame says the number of the request; that itself is not sent back: it is the page's.

        Parameters
        ----------
        names
            Names that the page sent.
        error
            Why they were refused, "" if they were not.
        """
        self.send_back(name for name in names if name != "_request")
        with self.hold():
            self.publish(error=printable(error, _LONGEST_ERROR))
            self.change_frame()

    def send_back(self, names: Iterable[str]) -> None:
        """Send the values of the traits of these names, changed or not; others are left out."""
        self._wire.send_state([name for name in names if is_synced(self._model, name)])

    def send(self, message: dict[str, Any], arrays: Sequence[bytes]) -> None:
        """Send the page a message with binary values."""
        self._wire.send(message, arrays)

    def tell(self, observers: Callable[[], None]) -> None:
        """Call observers of a trait; what they raise is kept while errors are collected."""
        try:
            observers()
        except Exception as error:
            if self._observer_errors is None:
                raise
            self._observer_errors.append(error)

    @contextmanager
    def collecting_observer_errors(self) -> Iterator[None]:
        """Raise observers' errors at the end: else half a view would be shown for another."""
        if self._observer_errors is not None:
            yield
            return
        errors: list[Exception] = []
        self._observer_errors = errors
        try:
            yield
        finally:
            self._observer_errors = None
            for error in errors[1:]:
                self.log.warning("Another observer of the scope failed", exc_info=error)
        if errors:
            raise errors[0]

    @contextmanager
    def logging_errors(self) -> Iterator[None]:
        """Log errors: nobody else would hear of those raised in a task of the event loop."""
        try:
            yield
        except Exception:
            self.log.warning("The scope could not go on as it should", exc_info=True)

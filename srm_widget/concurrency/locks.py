"""Locks of engines and widgets: what holds them, and what waits for them."""

import sys
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar, runtime_checkable

from srm_widget.concurrency.torch_threads import free_threads
from srm_widget.utils.users_line import told_briefly

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Step = TypeVar("_Step")
_Result = TypeVar("_Result")


class WatchedLock:
    """Reentrant lock that knows whether another thread waits for it; a copy of it is not held."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._waiting: set[int] = set()

    @property
    def is_awaited(self) -> bool:
        """Whether another thread waits for the lock, which it gets in no particular order."""
        return bool(self._waiting)

    def acquire_at_once(self) -> bool:
        """Take the lock if no other thread holds it; return whether it was taken."""
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Release the lock, which this thread holds."""
        self._lock.release()

    def __enter__(self) -> None:
        if self.acquire_at_once():
            return
        thread = threading.get_ident()
        self._waiting.add(thread)
        try:
            self._lock.acquire()
        finally:
            self._waiting.discard(thread)

    def __exit__(self, *_: object) -> None:
        self.release()

    def __reduce__(self) -> tuple[type["WatchedLock"], tuple[()]]:
        return WatchedLock, ()


widget_lock = WatchedLock()
"""Held while a scope handles a message or a trait change, and while a step is computed for it.

Frontends may have a kernel handle messages in another thread than the one that runs cells, as
JupyterLab does in subshells.
"""


def close_without_waiting(close: Callable[[], object]) -> None:
    """Call `close` under the scopes' lock: now if it is free, else in a thread that waits for it.

    For finalisers: garbage is collected in whatever thread happens to allocate, also in one with an
    engine's lock, for which another waits that has the scopes' lock. When the interpreter ends
    nothing is called: the modules it needs may be gone.
    """
    if sys.is_finalizing():
        return
    if not widget_lock.acquire_at_once():
        with suppress(RuntimeError):  # the interpreter ends: there are no more threads
            threading.Thread(target=close, daemon=True).start()
        return
    try:
        close()
    finally:
        widget_lock.release()


@runtime_checkable
class HasLock(Protocol):
    """Object whose methods run in one thread at a time."""

    _lock: WatchedLock


_S = TypeVar("_S", bound=HasLock)


def locked(method: Callable[Concatenate[_S, _P], _T]) -> Callable[Concatenate[_S, _P], _T]:
    """Decorate a method to run while it holds the lock of its object, on cores that are free."""

    @wraps(method)
    @told_briefly
    def with_lock(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with self._lock, free_threads():
            return method(self, *args, **kwargs)

    return with_lock


def locked_steps(
    method: Callable[Concatenate[_S, _P], Generator[_Step, None, _Result]],
) -> Callable[Concatenate[_S, _P], Generator[_Step, None, _Result]]:
    """Decorate a method that returns a generator: so runs each of its steps."""

    @wraps(method)
    def with_lock(
        self: _S, /, *args: _P.args, **kwargs: _P.kwargs
    ) -> Generator[_Step, None, _Result]:
        with self._lock, free_threads():
            steps = method(self, *args, **kwargs)
        return _locked_generator(self._lock, steps)

    return with_lock


def _locked_generator(
    lock: WatchedLock, steps: Generator[_Step, None, _Result]
) -> Generator[_Step, None, _Result]:
    try:
        while True:
            with lock, free_threads():
                try:
                    step = next(steps)
                except StopIteration as end:
                    result: _Result = end.value
                    return result
            yield step
    finally:
        with lock:
            steps.close()

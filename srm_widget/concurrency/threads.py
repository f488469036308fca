"""Whose turn it is, and how many of torch's threads to use."""

import os
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar, runtime_checkable

import torch

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Step = TypeVar("_Step")
_Result = TypeVar("_Result")


class WatchedLock:
    """What one thread holds at a time, which may hold it once more; copies are free."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._waiting: set[int] = set()

    @property
    def is_awaited(self) -> bool:
        """Whether another thread waits for it; a lock knows no order, and may leave it waiting."""
        return bool(self._waiting)

    def __enter__(self) -> None:
        if self._lock.acquire(blocking=False):
            return
        thread = threading.get_ident()
        self._waiting.add(thread)
        try:
            self._lock.acquire()
        finally:
            self._waiting.discard(thread)

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def __reduce__(self) -> tuple[type["WatchedLock"], tuple[()]]:
        return WatchedLock, ()


widget_lock = WatchedLock()
"""Held while a scope takes in a message or a value, or a step is computed for it: frontends may
have a kernel handle messages in a thread beside the one that runs cells, as JupyterLab does in
subshells."""


@runtime_checkable
class HasLock(Protocol):
    """What is asked by one thread at a time."""

    _turn: WatchedLock


_S = TypeVar("_S", bound=HasLock)


def locked(method: Callable[Concatenate[_S, _P], _T]) -> Callable[Concatenate[_S, _P], _T]:
    """Have a method run in the turn of its object."""

    @wraps(method)
    def alone(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with self._turn:
            return method(self, *args, **kwargs)

    return alone


def locked_steps(
    method: Callable[Concatenate[_S, _P], Generator[_Step, None, _Result]],
) -> Callable[Concatenate[_S, _P], Generator[_Step, None, _Result]]:
    """Have each step of what a method returns run in the turn of its object."""

    @wraps(method)
    def alone(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> Generator[_Step, None, _Result]:
        with self._turn:
            steps = method(self, *args, **kwargs)
        return _stepping(self._turn, steps)

    return alone


def _stepping(
    turn: WatchedLock, steps: Generator[_Step, None, _Result]
) -> Generator[_Step, None, _Result]:
    try:
        while True:
            with turn:
                try:
                    step = next(steps)
                except StopIteration as end:
                    result: _Result = end.value
                    return result
            yield step
    finally:
        with turn:
            steps.close()


@contextmanager
def limit_threads(threads: int) -> Iterator[None]:
    """Compute on at most so many threads meanwhile."""
    before = torch.get_num_threads()
    torch.set_num_threads(min(before, threads))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def spare_threads() -> int:
    """Threads that leave room for others: torch's wait for each other where a core is busy."""
    return max(1, (os.cpu_count() or 1) // 2)

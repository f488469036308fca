"""How many threads torch uses for the engine's work: as many as there are free cores.

torch cuts an operation into equal parts, one a thread, and the threads wait for each other. Where a
core is busy with something else, one part is late, by far more than the other threads save.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import perf_counter

import torch

from srm_widget.utils.processors import Usage, free_cores, usable_cores, usage

_WATCHED = 0.05
"""Seconds over which it is looked how busy the cores are; they are counted in hundredths."""

_KNOWN_FOR = 1.0
"""Seconds for which that can stand for now."""


@contextmanager
def limit_threads(threads: int) -> Iterator[None]:
    """Have torch use at most `threads` threads inside the ``with`` block."""
    before = torch.get_num_threads()
    if threads >= before:
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def free_threads() -> Iterator[None]:
    """Have torch use one thread inside the ``with`` block, or one for each core that is free.

    It is one until it is known how many are free: what is short is not worth finding out.
    """
    if torch.get_num_threads() == 1 or getattr(_within, "block", False):
        yield
        return
    threads = _free.threads()
    began = perf_counter()
    _within.block = True
    try:
        with limit_threads(threads):
            yield
    finally:
        _within.block = False
        _free.spent(threads * (perf_counter() - began))


@cache
def spare_threads() -> int:
    """Return half the number of cores that may be used: for work beside something that is seen."""
    return max(1, usable_cores() // 2)


class _FreeCores:
    """How many cores are free, looked at now and then while work is done.

    What is not this work's own counts as others': also what the process does in other threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._before: Usage | None = None
        self._own = 0.0  # at most: seconds of its threads since then, waiting for each other too
        self._threads = 1

    def threads(self) -> int:
        """Return how many threads to use."""
        with self._lock:
            age = _KNOWN_FOR if self._before is None else perf_counter() - self._before.at
            if age >= _WATCHED:
                self._look(too_old=age >= _KNOWN_FOR)
            return self._threads

    def spent(self, seconds: float) -> None:
        """Note that threads were used, for so many seconds in all."""
        with self._lock:
            self._own += seconds

    def _look(self, *, too_old: bool) -> None:
        now = usage()
        if self._before is None or too_old:
            self._threads = 1
        else:
            own = min(self._own, now.own - self._before.own)
            self._threads = max(1, round(free_cores(self._before, now, own)))
        self._before, self._own = now, 0.0


_free = _FreeCores()
_within = threading.local()

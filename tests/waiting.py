"""Waiting for a condition."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(what: Callable[[], T], timeout: float, why: Callable[[], str], pause: float = 0.02) -> T:
    """The first true value of `what`; TimeoutError after `timeout` seconds.

    It is asked every 20 ms; where that is dear ever less often, at last every `pause` seconds.
    """
    end = time.monotonic() + timeout
    waited = 0.02
    while not (value := what()):
        if time.monotonic() > end:
            raise TimeoutError(why())
        time.sleep(waited)
        waited = min(1.5 * waited, pause)
    return value

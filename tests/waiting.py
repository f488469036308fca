"""Waiting for a condition."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(what: Callable[[], T], timeout: float, why: Callable[[], str]) -> T:
    """The first true value of `what`, asked every 20 ms; TimeoutError after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not (value := what()):
        if time.monotonic() > end:
            raise TimeoutError(why())
        time.sleep(0.02)
    return value

"""Whose turn it is, and how many of torch's threads to use."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

turn = threading.RLock()
"""Held while a scope takes in a message or a value, or a step is computed for it: frontends may
have a kernel handle messages in a thread beside the one that runs cells, as JupyterLab does in
subshells."""


@contextmanager
def at_most(threads: int) -> Iterator[None]:
    """Compute on at most so many threads meanwhile."""
    before = torch.get_num_threads()
    torch.set_num_threads(min(before, threads))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def spare() -> int:
    """Threads that leave room for others: torch's wait for each other where a core is busy."""
    return max(1, (os.cpu_count() or 1) // 2)

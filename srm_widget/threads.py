"""How many of torch's threads to use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


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

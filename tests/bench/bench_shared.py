"""What questions cost beside busy processes, and with more threads than cores: ``make bench``.

Each is asked in turns on the machine as it is, with busy processes beside it, one for each core,
and as in a container that sees many cores and may use these.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import torch

import srm_widget as srm
from tests.bench.bench_engine import heading, isotropic, ms, show

D = 16
SEEN = 64
"""Cores that the container sees."""

ROUNDS = 5
EPSILON = count()

Question = Callable[[], object]


@contextmanager
def busy(n: int) -> Iterator[None]:
    """So many processes that do nothing but use a core each."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


@contextmanager
def threads(n: int) -> Iterator[None]:
    """Have torch take so many threads for granted."""
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def fresh(epsilon: float) -> float:
    """An ε that nothing is kept of."""
    return epsilon + 1e-6 * next(EPSILON)


def median(question: Question, asked: int) -> float:
    times = []
    for _ in range(asked):
        began = time.perf_counter()
        question()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def measured(name: str, question: Question, asked: int) -> None:
    cores = os.cpu_count() or 1
    found: list[list[float]] = [[], [], []]
    question()
    for _ in range(ROUNDS):
        found[0].append(median(question, asked))
        with busy(cores):
            found[1].append(median(question, asked))
        with threads(SEEN):
            found[2].append(median(question, asked))
    quiet, beside, many = map(statistics.median, found)
    show(
        [
            (
                name,
                f"{ms(quiet)}; {ms(beside)}; {ms(many)}",
                f"{beside / quiet:.1f} × and {many / quiet:.1f} ×",
            )
        ]
    )


def main() -> None:
    print(heading(f"alone; beside {os.cpu_count()} busy processes; torch on {SEEN} threads"))
    for n in (20_000, 100_000, 1_000_000):
        engine = srm.ResonanceEngine(isotropic(n, D))
        for share, epsilon in (("few", 0.7), ("40 %", 0.35)):
            measured(
                f"one plane, N = {n:,}, {share} lit",
                lambda engine=engine, epsilon=epsilon: engine.curve(0, 1, epsilon=fresh(epsilon)),  # type: ignore[misc]
                20,
            )
    layer = srm.ResonanceEngine(isotropic(50_000, 64))
    measured("survey of 2,016 planes", lambda: layer.survey(epsilon=fresh(0.7)), 3)
    measured("directions", lambda: layer.directions(epsilon=fresh(0.6)), 3)
    measured("20 turned bases", lambda: layer.rotation_test(rotations=20), 1)


if __name__ == "__main__":
    main()

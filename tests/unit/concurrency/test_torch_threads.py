"""How many threads torch uses for the engine's work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import srm_widget as srm
from srm_widget.concurrency import torch_threads
from srm_widget.concurrency.torch_threads import free_threads, limit_threads
from srm_widget.utils.processors import Usage


class Machine:
    """Eight cores; a moment is as long as it is said to be, and others are as busy."""

    def __init__(self) -> None:
        self.now = Usage(at=1.0, cores=8, busy=100.0, groups=(), own=0.0)

    def goes_on(self, seconds: float, *, others: float, own: float = 1.0) -> None:
        """Others keep so many cores busy for so long, and the process itself as many as `own`."""
        self.now = Usage(
            self.now.at + seconds,
            8,
            self.now.busy + seconds * (others + own),
            (),
            self.now.own + seconds * own,
        )


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    machine = Machine()
    monkeypatch.setattr(torch_threads, "_free", torch_threads._FreeCores())
    monkeypatch.setattr(torch_threads, "usage", lambda: machine.now)
    monkeypatch.setattr(torch_threads, "perf_counter", lambda: machine.now.at)
    before = torch.get_num_threads()
    torch.set_num_threads(8)
    try:
        yield machine
    finally:
        torch.set_num_threads(before)


def used(machine: Machine, seconds: float, *, others: float) -> int:
    """Threads that a step may use which takes so long."""
    with free_threads():
        threads = torch.get_num_threads()
        machine.goes_on(seconds, others=others, own=threads)
    assert torch.get_num_threads() == 8
    return threads


def test_what_is_short_takes_one_thread_and_what_is_long_those_that_are_free(
    machine: Machine,
) -> None:
    steps = [used(machine, 0.02, others=0.0) for _ in range(6)]
    assert steps == [1, 1, 1, 8, 8, 8]
    steps = [used(machine, 0.02, others=6.0) for _ in range(6)]
    assert steps == [8, 8, 8, 2, 2, 2]
    machine.goes_on(3.0, others=0.0, own=0.0)
    assert used(machine, 0.02, others=0.0) == 1
    assert [used(machine, 0.1, others=9.0) for _ in range(3)] == [1, 1, 1]


def test_other_threads_of_the_process_are_others(machine: Machine) -> None:
    used(machine, 0.1, others=0.0)
    machine.goes_on(0.1, others=0.0, own=4.0)  # somebody trains, and nothing is asked
    assert used(machine, 0.1, others=0.0) == 6


def test_never_more_than_torch_was_told(machine: Machine) -> None:
    with limit_threads(3):
        for expected in (1, 3, 3):
            with free_threads():
                assert torch.get_num_threads() == expected
                with free_threads(), limit_threads(16):
                    assert torch.get_num_threads() == expected
                machine.goes_on(0.1, others=0.0)
    assert torch.get_num_threads() == 8


def test_threads_are_what_they_were_after_an_error(machine: Machine) -> None:
    with pytest.raises(RuntimeError, match="mine"), free_threads():
        raise RuntimeError("mine")
    assert torch.get_num_threads() == 8
    used(machine, 0.1, others=0.0)
    assert used(machine, 0.1, others=0.0) == 8


QUESTIONS: dict[str, Callable[[srm.ResonanceEngine], object]] = {
    "append": lambda engine: engine.append(np.ones((20, 5))),
    "curve": lambda engine: engine.curve(0, 1, epsilon=0.5),
    "progress_curve": lambda engine: list(engine.progress_curve(0, 2, epsilon=0.5)),
    "inside": lambda engine: engine.inside(0, 1, 0.3, epsilon=0.5),
    "survey": lambda engine: engine.survey(epsilon=0.7),
    "directions": lambda engine: engine.directions(epsilon=0.7),
    "rotation_test": lambda engine: engine.rotation_test(rotations=3),
    "ensemble_density": lambda engine: engine.ensemble_density(epsilon=0.7),
}


class Watch(TorchDispatchMode):
    """How many threads torch had for each of its operations."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.threads.add(torch.get_num_threads())
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_the_engine_takes_no_more_threads_than_are_free(
    machine: Machine, ask: Callable[[srm.ResonanceEngine], object]
) -> None:
    engine = srm.ResonanceEngine(np.random.default_rng(0).normal(size=(300, 5)))
    with Watch() as watch:
        ask(engine)
    assert watch.threads == {1}


def test_several_threads_leave_torch_as_it_was(machine: Machine) -> None:
    def work() -> None:
        for _ in range(200):
            with free_threads():
                torch.ones(3).sum()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert torch.get_num_threads() == 8

"""Scopes that live in an event loop, as in a notebook's kernel, and whose surveys take a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.samples import coordinates, store
from srm_widget.view import builder
from srm_widget.widget import progressive_task

PATIENCE = 60.0
"""Seconds that a condition may take on a busy machine."""
ROWS = np.random.default_rng(5).standard_normal((200, 16)).astype(np.float32) ** 3
Life = Callable[[srm.SRMScope], Awaitable[None]]


async def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            pytest.fail("nothing came of it")
        await asyncio.sleep(0)


async def done(scope: srm.SRMScope) -> None:
    """The map shows the ε on show."""
    await until(lambda: state(scope) == "done")
    assert scope._map_frame["epsilon"] == scope.epsilon
    assert scope.survey.n_samples == scope.engine.n_samples


async def turns(many: int) -> None:
    for _ in range(many):
        await asyncio.sleep(0)


def state(scope: srm.SRMScope) -> str:
    return str(scope._map_frame["state"])


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


def lived(life: Life) -> None:
    """Make a scope in a loop and live with it."""

    async def main() -> None:
        await life(srm.SRMScope(ROWS, epsilon=0.5, theta=0.0))

    asyncio.run(main())


def refine_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take all data for large: blocks of 16 samples, a step at a time, and each is shown."""
    for owner in (store, coordinates):
        monkeypatch.setattr(owner, "BLOCK", 16)
    monkeypatch.setattr(builder, "LARGE", -1)
    for name in ("_SLICE", "_PAUSE", "_LOOP_TURNS", "_FIRST_AFTER", "_SHOW_EVERY"):
        monkeypatch.setattr(progressive_task, name, 0)
    # One step a slice, however fast the clock is.
    monkeypatch.setattr(
        progressive_task.ProgressiveTask, "_slice", lambda _self, steps: next(steps)
    )

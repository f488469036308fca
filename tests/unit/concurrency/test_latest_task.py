"""Work between other tasks, on its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest

from srm_widget.concurrency import background
from srm_widget.concurrency.background import LatestTask
from tests.unit.support.event_loop import others, turns, until


class Work:
    """A `LatestTask`, what was begun, ended and closed of it, and the states it went through."""

    def __init__(self) -> None:
        self.begun: list[Any] = []
        self.ended: list[Any] = []
        self.closed: list[Any] = []
        self.states: list[str] = []
        self.background: LatestTask[Any] = LatestTask(self._changed)

    def do(self, key: Any, error: Exception | None = None) -> None:
        self.background.request(key, lambda: self._steps(key, error))

    def _changed(self) -> None:
        self.states.append(self.background.state)

    def _steps(self, key: Any, error: Exception | None) -> Generator[float, None, Any]:
        self.begun.append(key)
        try:
            for done in range(5):
                yield done / 5
            if error is not None:
                raise error
            self.ended.append(key)
            return key
        finally:
            self.closed.append(key)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_PAUSE", 0)


def lived(work: Work, life: Callable[[Work], Awaitable[None]]) -> None:
    async def main() -> None:
        await life(work)
        assert not others()

    asyncio.run(main())


async def finished(work: Work, state: str = "done") -> None:
    await until(lambda: work.background.state == state)


def test_at_once_where_there_is_no_loop(work: Work) -> None:
    assert (work.background.state, work.background.result) == ("off", None)
    for key in (1, 1, 2, 2, 1):
        work.do(key)
        assert (work.background.state, work.background.result) == ("done", key)
    assert work.begun == work.ended == work.closed == [1, 2, 1]


def test_what_fails_at_once_is_not_taken_for_done(work: Work) -> None:
    work.do(1)
    with contextlib.suppress(MemoryError):
        work.do(2, MemoryError("no room"))
    assert work.background.state != "done"
    work.do(2)
    assert (work.background.state, work.background.result) == ("done", 2)


def test_step_by_step_in_a_loop(work: Work) -> None:
    async def life(work: Work) -> None:
        work.do(1)
        assert (work.background.state, work.begun) == ("running", [])
        await turns(3)
        assert (work.begun, work.ended) == ([1], [])
        work.do(1)
        await finished(work)
        work.do(1)
        assert work.background.result == 1

    lived(work, life)
    assert work.begun == work.ended == work.closed == [1]
    assert work.states == ["running", "done"]


def test_the_latest_wish_wins(work: Work) -> None:
    async def life(work: Work) -> None:
        work.do(1)
        await turns(4)
        work.do(2)
        work.do(3)
        await turns(4)
        assert work.closed == [1]
        work.do(1)
        await finished(work)
        assert work.background.result == 1
        work.do(4)
        assert (work.background.state, work.background.result) == ("running", 1)
        await turns(4)
        work.do(1)
        await finished(work)
        assert work.background.result == 1

    lived(work, life)
    assert 2 not in work.begun
    assert set(work.ended) == {1}
    assert sorted(work.begun) == sorted(work.closed)


@pytest.mark.parametrize(
    ("error", "problem"), [(ValueError("too wide"), "too wide"), (MemoryError(), "MemoryError")]
)
def test_what_fails_says_why_and_may_be_asked_for_again(
    work: Work, error: Exception, problem: str
) -> None:
    async def life(work: Work) -> None:
        work.do(1)
        await finished(work)
        work.do(2, error)
        await finished(work, "failed")
        assert (work.background.problem, work.background.result) == (problem, 1)
        assert not others()
        work.do(2)
        await finished(work)
        assert work.background.result == 2

    lived(work, life)
    assert work.closed == [1, 2, 2]
    assert work.states == ["running", "done", "running", "failed", "running", "done"]


def test_steps_that_can_not_begin_fail_too(work: Work) -> None:
    def unable() -> Generator[float, None, Any]:
        raise TypeError("expected labels")

    async def life(work: Work) -> None:
        work.background.request(1, unable)
        await finished(work, "failed")
        assert work.background.problem == "expected labels"

    lived(work, life)


@pytest.mark.parametrize("waited", [0, 4, 100])
def test_put_away(work: Work, waited: int) -> None:
    async def life(work: Work) -> None:
        work.do(1)
        await turns(waited)
        work.background.clear()
        assert (work.background.state, work.background.result) == ("off", None)
        await until(lambda: not others())
        work.do(1)
        await finished(work)

    lived(work, life)
    assert sorted(work.begun) == sorted(work.closed)
    assert work.background.result == 1


@pytest.mark.parametrize("waited", [0, 4, 100])
def test_closed(work: Work, waited: int) -> None:
    async def life(work: Work) -> None:
        work.do(1)
        await turns(waited)
        told = len(work.states)
        work.background.close()
        work.do(2)
        work.background.clear()
        work.background.close()
        await turns(3)
        assert len(work.states) == told

    lived(work, life)
    assert 2 not in work.begun
    assert work.begun == work.closed

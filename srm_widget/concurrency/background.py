"""Background tasks: work done in short steps between the event loop's other tasks."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from typing import Any, Generic, Literal, TypeVar, get_args

from srm_widget.concurrency.locks import widget_lock
from srm_widget.concurrency.torch_threads import limit_threads, spare_threads
from srm_widget.utils.text import error_text

Work = TypeVar("Work")
State = Literal["off", "waiting", "running", "done", "failed"]
STATES: tuple[State, ...] = get_args(State)

_PAUSE = 0.1
"""Seconds `LatestTask` waits before it begins, unless told otherwise."""

_LOCK_PAUSE = 0.001
"""Seconds between two looks at whether another thread still waits for the lock."""


async def stepwise(
    steps: Generator[float, None, Work],
    report: Callable[[float, float], None],
    wanted: Callable[[], bool],
) -> Work:
    """Run a generator between the event loop's other tasks, a step at a time.

    Parameters
    ----------
    steps
        Yields the share done, 0 … 1.
    report
        Called after each step with that share and the seconds the step took.
    wanted
        Whether the work is still wanted: another thread may have cancelled it.

    Returns
    -------
    result
        What the generator returns.

    Raises
    ------
    asyncio.CancelledError
        Once the work is not wanted any more.
    """
    try:
        while True:
            with widget_lock:
                if not wanted():
                    raise asyncio.CancelledError
                began = time.perf_counter()
                with limit_threads(spare_threads()):
                    share = next(steps)
                report(share, time.perf_counter() - began)
            await asyncio.sleep(0)
            while widget_lock.is_awaited:
                await asyncio.sleep(_LOCK_PAUSE)
    except StopIteration as end:
        result: Work = end.value
        return result
    finally:
        steps.close()


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that runs in this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class BackgroundWorker:
    """One background task at a time, and its state.

    The task runs in the event loop of the thread that made the worker, in a notebook that of the
    kernel's cells: the loops of other threads may end with the page that they serve.

    Parameters
    ----------
    changed
        Called when the state or the result changed.

    Attributes
    ----------
    state
        "off", "waiting", "running", "done" or "failed".
    problem
        Message of the last error, "" if there was none.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._closed = False
        self._own_loop = running_loop()
        self._task: Future[None] | None = None
        self._task_loop: asyncio.AbstractEventLoop | None = None
        self._task_number = 0
        self.state: State = "off"
        self.problem = ""

    @property
    def in_background(self) -> bool:
        """Whether there is a running event loop to compute in."""
        return self._loop is not None

    @property
    def _busy(self) -> bool:
        """Whether there is a task whose event loop still runs."""
        alive = self._task_loop is not None and self._task_loop.is_running()
        return self._task is not None and alive

    @property
    def _loop(self) -> asyncio.AbstractEventLoop | None:
        own = self._own_loop
        return own if own is not None and own.is_running() else running_loop()

    def close(self) -> None:
        """Stop for good; `changed` is not called any more."""
        self._stop()
        self._closed = True
        self._changed = _do_nothing

    def _start(self, work: Callable[[Callable[[], bool]], Coroutine[Any, Any, None]]) -> bool:
        """Begin `work` in the event loop; return whether there is one.

        `work` is called with a function that says whether it is still wanted.
        """
        self._stop()
        loop, number = self._loop, self._task_number
        if loop is None:
            return False
        self._task_loop = loop
        self._task = asyncio.run_coroutine_threadsafe(
            work(lambda: number == self._task_number), loop
        )
        return True

    def _stop(self) -> None:
        self._task_number += 1
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _set_state(self, state: State) -> None:
        self.state = state
        self._changed()

    def _fail(self, error: Exception) -> None:
        self._task = None
        self.problem = error_text(error)
        self._set_state("failed")


class LatestTask(BackgroundWorker, Generic[Work]):
    """Background task of which only the latest request counts.

    With a running event loop, as in a notebook's kernel, the work is done step by step between the
    loop's other tasks; without one, at once.

    Parameters
    ----------
    changed
        Called when the state or the result changed.
    pause
        Seconds to wait first, so that while a value moves only the last one is worked on; None is
        0.1.

    Attributes
    ----------
    result
        What the last work that was done returned; None if there is none.
    """

    def __init__(self, changed: Callable[[], None], pause: float | None = None) -> None:
        super().__init__(changed)
        self._pause = pause
        self._key: object = None
        self.result: Work | None = None

    def request(self, key: object, steps: Callable[[], Generator[float, None, Work]]) -> None:
        """Begin the work `steps` unless that for the same `key` is under way or done."""
        served = key == self._key and (self._busy or self.state == "done")
        if self._closed or served:
            return
        self._key = key
        if self._start(lambda wanted: self._run(steps, wanted)):
            self._set_state("running")
        else:
            self._run_now(steps())

    def clear(self) -> None:
        """Stop the work, and forget its result."""
        self._stop()
        self._key = self.result = None
        self._set_state("off")

    def _run_now(self, steps: Generator[float, None, Work]) -> None:
        try:
            while True:
                next(steps)
        except StopIteration as end:
            self.result = end.value
            self._set_state("done")
        except Exception as error:  # noqa: BLE001 - it is shown
            self._fail(error)

    async def _run(
        self, steps: Callable[[], Generator[float, None, Work]], wanted: Callable[[], bool]
    ) -> None:
        result, problem = None, None
        try:
            await asyncio.sleep(_PAUSE if self._pause is None else self._pause)
            result = await stepwise(steps(), lambda _share, _seconds: None, wanted)
        except Exception as error:  # noqa: BLE001 - it is shown
            problem = error
        with widget_lock:
            if not wanted():
                return
            if problem is not None:
                self._fail(problem)
                return
            self._task, self.result = None, result
            self._set_state("done")


def _do_nothing() -> None: ...

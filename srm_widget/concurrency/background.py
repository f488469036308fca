"""What is computed between a kernel's other tasks, in short steps."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from typing import Any, Generic, Literal, TypeVar

from srm_widget.concurrency.threads import limit_threads, spare_threads, widget_lock
from srm_widget.utils.text import error_text

Work = TypeVar("Work")
State = Literal["off", "waiting", "running", "done", "failed"]

_PAUSE = 0.1
_GIVE_WAY = 0.001


async def stepwise(
    steps: Generator[float, None, Work],
    report: Callable[[float, float], None],
    wanted: Callable[[], bool],
) -> Work:
    """Take the steps between the event loop's other tasks; what they return in the end.

    Parameters
    ----------
    steps
        Yields the share done.
    report
        Called with that share and the seconds of each step.
    wanted
        Whether the work is still to be done: another thread may have called it off.
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
                await asyncio.sleep(_GIVE_WAY)
    except StopIteration as end:
        done: Work = end.value
        return done
    finally:
        steps.close()


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of this thread, if it runs."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class BackgroundWorker:
    """One task at a time, and how far it is.

    It runs in the event loop of the thread that made the worker, as that of a kernel's cells, since
    those of other threads may end with the page that they serve.

    Parameters
    ----------
    changed
        Called when there is something new to show.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._closed = False
        self._home = running_loop()
        self._task: Future[None] | None = None
        self._within: asyncio.AbstractEventLoop | None = None
        self._number = 0
        self.state: State = "off"
        self.problem = ""

    @property
    def in_background(self) -> bool:
        """Whether there is an event loop to compute in."""
        return self._loop is not None

    @property
    def _busy(self) -> bool:
        """Whether there is a task, and its loop has not ended with it under way."""
        alive = self._within is not None and self._within.is_running()
        return self._task is not None and alive

    @property
    def _loop(self) -> asyncio.AbstractEventLoop | None:
        home = self._home
        return home if home is not None and home.is_running() else running_loop()

    def close(self) -> None:
        """Compute nothing any more, and tell nobody."""
        self._stop()
        self._closed = True
        self._changed = _nothing

    def _start(self, work: Callable[[Callable[[], bool]], Coroutine[Any, Any, None]]) -> bool:
        """Begin `work` in the event loop, if there is one; it is told whether it is wanted."""
        self._stop()
        loop, number = self._loop, self._number
        if loop is None:
            return False
        self._within = loop
        self._task = asyncio.run_coroutine_threadsafe(work(lambda: number == self._number), loop)
        return True

    def _stop(self) -> None:
        self._number += 1
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _turn(self, state: State) -> None:
        self.state = state
        self._changed()

    def _fail(self, error: Exception) -> None:
        self._task = None
        self.problem = error_text(error)
        self._turn("failed")


class LatestTask(BackgroundWorker, Generic[Work]):
    """Work of which the latest wish wins.

    With an event loop about, as in a notebook's kernel, it is done step by step between the loop's
    other tasks; without one, at once.

    Parameters
    ----------
    changed
        Called when the state or the result changed.
    pause
        Seconds to wait first: while a value moves, only the last one is worked on. None is a tenth.
    """

    def __init__(self, changed: Callable[[], None], pause: float | None = None) -> None:
        super().__init__(changed)
        self._pause = pause
        self._key: object = None
        self.result: Work | None = None

    def do(self, key: object, steps: Callable[[], Generator[float, None, Work]]) -> None:
        """Do the work that `steps` begins, unless it is what `key` was last asked for."""
        known = key == self._key and (self._busy or self.state == "done")
        if self._closed or known:
            return
        self._key = key
        if self._start(lambda wanted: self._run(steps, wanted)):
            self._turn("running")
        else:
            self._at_once(steps())

    def put_away(self) -> None:
        """Do nothing, and forget what was done."""
        self._stop()
        self._key = self.result = None
        self._turn("off")

    def _at_once(self, steps: Generator[float, None, Work]) -> None:
        try:
            while True:
                next(steps)
        except StopIteration as end:
            self.result = end.value
            self._turn("done")
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
            self._turn("done")


def _nothing() -> None: ...

"""What is computed between a kernel's other tasks, in short steps; the latest wish wins."""

import asyncio
from collections.abc import Callable, Generator
from typing import Generic, Literal, TypeVar

from srm_widget.threads import at_most, spare

Work = TypeVar("Work")
State = Literal["off", "running", "done", "failed"]

_PAUSE = 0.1


class Background(Generic[Work]):
    """Work on one thing at a time.

    With an event loop about, as in a notebook's kernel, it is done step by step between the loop's
    other tasks; without one, at once.

    Parameters
    ----------
    changed
        Called when the state or the result changed.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed: Callable[[], None] | None = changed
        self._task: asyncio.Task[None] | None = None
        self._key: object = None
        self.state: State = "off"
        self.result: Work | None = None
        self.problem = ""

    def do(self, key: object, steps: Callable[[], Generator[float, None, Work]]) -> None:
        """Do the work that `steps` begins, unless it is what `key` was last asked for."""
        if self._changed is None or (key == self._key and self.state in ("running", "done")):
            return
        self._stop()
        self._key = key
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._at_once(steps())
        else:
            self._task = loop.create_task(self._run(steps))
            self._turn("running")

    def put_away(self) -> None:
        """Do nothing, and forget what was done."""
        self._stop()
        self._key = self.result = None
        self._turn("off")

    def close(self) -> None:
        """Do nothing any more, and tell nobody."""
        self._stop()
        self._changed = None

    def _at_once(self, steps: Generator[float, None, Work]) -> None:
        try:
            while True:
                next(steps)
        except StopIteration as end:
            self.result = end.value
            self._turn("done")

    async def _run(self, steps: Callable[[], Generator[float, None, Work]]) -> None:
        try:
            await asyncio.sleep(_PAUSE)  # while a value moves, only the last one is worked on
            self.result = await self._worked(steps())
        except Exception as error:  # noqa: BLE001 - it is shown
            self.problem = str(error) or type(error).__name__
            self._task = None
            self._turn("failed")
        else:
            self._task = None
            self._turn("done")

    async def _worked(self, steps: Generator[float, None, Work]) -> Work:
        try:
            while True:
                with at_most(spare()):
                    next(steps)
                await asyncio.sleep(0)
        except StopIteration as end:
            done: Work = end.value
            return done
        finally:
            steps.close()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _turn(self, state: State) -> None:
        self.state = state
        if self._changed is not None:
            self._changed()

"""A picture that is drawn between a kernel's other tasks, and seen while it becomes exact."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from srm_widget.concurrency.background import BackgroundWorker
from srm_widget.concurrency.generators import run
from srm_widget.concurrency.threads import limit_threads, spare_threads, widget_lock
from srm_widget.results.curves import Resonance
from srm_widget.view.spec import ScopeView, ViewSteps

_SLICE = 0.01
"""Seconds of steps after which others have their turn."""

_BREATH = 0.001
_TURNS = 12
"""Seconds that they have then, for other threads, and turns of the event loop: a message goes
through several hands before it is answered."""

_FIRST = 0.04
_EVERY = 0.125
"""Seconds before the first picture of the samples so far, and between two of them."""


class ProgressiveTask(BackgroundWorker):
    """One picture at a time, of which the latest that was wanted wins.

    Parameters
    ----------
    glimpsed
        Called with the resonance of the samples so far, now and then.
    done
        Called with the picture in the end.
    failed
        Called with what a step has raised, in its place.
    """

    def __init__(
        self,
        glimpsed: Callable[[Resonance], None],
        done: Callable[[ScopeView], None],
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__(lambda: None)
        self._glimpsed, self._done, self._failed = glimpsed, done, failed
        self._steps: ViewSteps[ScopeView] | None = None
        self._stepping = False

    @property
    def under_way(self) -> bool:
        """Whether there is a picture to come."""
        return self._steps is not None

    def begin(self, steps: ViewSteps[ScopeView]) -> ScopeView | None:
        """Take the first step now, and the others in the event loop; the picture if it was one.

        What the first step raises is raised, and what was under way before goes on.
        """
        with limit_threads(spare_threads()):
            try:
                next(steps)
            except StopIteration as end:
                picture: ScopeView = end.value
                self.cancel()
                return picture
        self._steps = steps
        self._start(self._run)
        return None

    def cancel(self) -> None:
        """Draw no further."""
        self._steps = None
        self._stop()

    def close(self) -> None:
        """Draw nothing any more, and tell nobody."""
        self.cancel()
        super().close()

    def finish(self) -> None:
        """Take all the steps that are left now."""
        steps = self._steps
        if steps is None or self._stepping:
            return
        self.cancel()
        try:
            picture = run(steps)
        except Exception as error:  # noqa: BLE001 - it is shown
            self._failed(error)
        else:
            self._done(picture)

    async def _run(self, wanted: Callable[[], bool]) -> None:
        shown = time.perf_counter() + _FIRST - _EVERY
        found: Resonance | None = None
        while True:
            await asyncio.sleep(_BREATH)
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            with widget_lock:
                if not wanted() or self._steps is None:
                    return
                try:
                    found = self._slice(self._steps) or found
                except StopIteration as end:
                    self._end(wanted, partial(self._done, end.value))
                    return
                except Exception as error:  # noqa: BLE001 - it is shown
                    self._end(wanted, partial(self._failed, error))
                    return
                if found and wanted() and time.perf_counter() - shown > _EVERY:
                    self._glimpsed(found)
                    found, shown = None, time.perf_counter()

    def _slice(self, steps: ViewSteps[ScopeView]) -> Resonance | None:
        """Take steps for a while; the last resonance that they gave."""
        found = None
        end = time.perf_counter() + _SLICE
        self._stepping = True
        try:
            with limit_threads(spare_threads()):
                while time.perf_counter() < end:
                    found = next(steps) or found
        finally:
            self._stepping = False
        return found

    def _end(self, wanted: Callable[[], bool], tell: Callable[[], Any]) -> None:
        """Tell what came of it, unless another was wanted meanwhile."""
        if wanted():
            self._steps = self._task = None
            tell()

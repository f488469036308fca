"""Background task that builds a view in short steps, and shows it while it becomes exact."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from srm_widget.concurrency.background import BackgroundWorker
from srm_widget.concurrency.generators import run
from srm_widget.concurrency.locks import widget_lock
from srm_widget.concurrency.torch_threads import limit_threads, spare_threads
from srm_widget.results.curves import Resonance
from srm_widget.utils.callbacks import ignore
from srm_widget.view.spec import ScopeView, ViewSteps

_SLICE = 0.01
"""Seconds of steps between two pauses."""

_PAUSE = 0.001
_LOOP_TURNS = 12
"""Seconds of a pause, for other threads, and rounds of the event loop in it: a message takes
several before it is answered."""

_FIRST_AFTER = 0.04
_SHOW_EVERY = 0.125
"""Seconds before the first curve of the samples so far, and between two of them."""


class ProgressiveTask(BackgroundWorker):
    """Background task that builds one view at a time; the latest that was begun wins.

    Parameters
    ----------
    on_partial
        Called with the resonance of the samples so far, now and then.
    on_done
        Called with the view in the end.
    on_failed
        Called in place of `on_done` with the error that a step has raised.
    """

    def __init__(
        self,
        on_partial: Callable[[Resonance], None],
        on_done: Callable[[ScopeView], None],
        on_failed: Callable[[Exception], None],
    ) -> None:
        super().__init__(lambda: None)
        self._on_partial, self._on_done, self._on_failed = on_partial, on_done, on_failed
        self._steps: ViewSteps[ScopeView] | None = None
        self._stepping = False

    @property
    def under_way(self) -> bool:
        """Whether there is a view to come."""
        return self._steps is not None

    def begin(self, steps: ViewSteps[ScopeView]) -> ScopeView | None:
        """Take the first step now, and the others in the event loop.

        An error of the first step is raised, and what was under way before goes on.

        Returns
        -------
        view
            The view if there was no other step, else None.
        """
        with limit_threads(spare_threads()):
            try:
                next(steps)
            except StopIteration as end:
                view: ScopeView = end.value
                self.cancel()
                return view
        self._steps = steps
        self._start(self._run)
        return None

    def cancel(self) -> None:
        """Stop building, and forget what was built."""
        self._steps = None
        self._stop()

    def close(self) -> None:
        """Cancel for good; nothing is called any more, and nobody held who would be."""
        self.cancel()
        super().close()
        self._on_partial = self._on_done = self._on_failed = ignore

    def finish(self) -> None:
        """Take all the steps that are left now, and call `on_done` or `on_failed`."""
        steps = self._steps
        if steps is None or self._stepping:
            return
        self.cancel()
        try:
            view = run(steps)
        except Exception as error:  # noqa: BLE001 - it is shown
            self._on_failed(error)
        else:
            self._on_done(view)

    async def _run(self, wanted: Callable[[], bool]) -> None:
        """Take the steps that are left, pausing for the event loop's other tasks."""
        shown = time.perf_counter() + _FIRST_AFTER - _SHOW_EVERY
        partial_curve: Resonance | None = None
        while True:
            await asyncio.sleep(_PAUSE)
            for _ in range(_LOOP_TURNS):
                await asyncio.sleep(0)
            with widget_lock:
                if not wanted() or self._steps is None:
                    return
                try:
                    partial_curve = self._slice(self._steps) or partial_curve
                except StopIteration as end:
                    self._end(wanted, partial(self._on_done, end.value))
                    return
                except Exception as error:  # noqa: BLE001 - it is shown
                    self._end(wanted, partial(self._on_failed, error))
                    return
                if partial_curve and wanted() and time.perf_counter() - shown > _SHOW_EVERY:
                    self._on_partial(partial_curve)
                    partial_curve, shown = None, time.perf_counter()

    def _slice(self, steps: ViewSteps[ScopeView]) -> Resonance | None:
        """Take steps for `_SLICE` seconds; return the last resonance that they gave, or None."""
        latest = None
        end = time.perf_counter() + _SLICE
        self._stepping = True
        try:
            with limit_threads(spare_threads()):
                while time.perf_counter() < end:
                    latest = next(steps) or latest
        finally:
            self._stepping = False
        return latest

    def _end(self, wanted: Callable[[], bool], callback: Callable[[], Any]) -> None:
        """Call back with the outcome, unless another view was begun meanwhile."""
        if wanted():
            self._steps = self._task = None
            callback()

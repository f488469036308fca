"""Surveys for a scope: made between a kernel's other tasks, the latest one wins."""

import asyncio
import time
from collections.abc import Callable
from typing import Literal

from srm_widget.engine import ResonanceEngine
from srm_widget.survey import Survey
from srm_widget.threads import at_most, spare

State = Literal["off", "waiting", "running", "done", "failed"]

RESOLUTION = 360
"""K of a scope's surveys, whatever that of its curve."""

_COSTLY = 2.5e8
"""Projections, or for ε about 0 samples times planes, above which a survey waits for a word."""

_SOON = 1.0
"""Seconds: a survey that takes less is finished although a newer one is wanted, so that the map
follows a moving ε."""

_REPORTED = 0.1
_PAUSE = 0.15


class Atlas:
    """The survey of an engine's planes at the ε that was last asked for.

    With an event loop about, as in a notebook's kernel, it is computed step by step between the
    loop's other tasks; without one, when it is asked for.

    Parameters
    ----------
    engine
        Of the activations.
    changed
        Called when there is something new to show.
    """

    def __init__(self, engine: ResonanceEngine, changed: Callable[[], None]) -> None:
        self._engine, self._changed = engine, changed
        self.state: State = "off"
        self.progress = 0.0
        self.elapsed = 0.0
        self.problem = ""
        self.survey: Survey | None = None
        self._ready: tuple[Survey, float] | None = None
        self._closed = False
        self._epsilon: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._spent = 0.0

    @property
    def in_background(self) -> bool:
        """Whether there is an event loop to compute in."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return False
        return True

    def knows(self, epsilon: float) -> bool:
        """Whether the survey at `epsilon` is there."""
        return self.survey is not None and self.survey.epsilon == epsilon

    def forget(self) -> None:
        """Samples were added: what was computed does not hold any more."""
        self._stop()
        self.survey = self._ready = self._epsilon = None

    def aim(self, epsilon: float, *, costly: bool = False) -> None:
        """Ask for the survey at `epsilon`, even where it may take long if `costly` is true."""
        if self._closed:
            return
        if self._ready is not None and self._ready[0].epsilon == epsilon:
            self.survey, self.elapsed = self._ready
            self._ready = None
        elif epsilon == self._epsilon and self.state != "off" and not costly:
            return
        self._epsilon = epsilon
        if self.knows(epsilon):
            self._stop()
            self._turn("done")
        elif not costly and self._cost() > _COSTLY:
            self._stop()
            self._turn("waiting")
        else:
            self._begin()

    def finished(self, epsilon: float) -> Survey:
        """The survey at `epsilon`, computed now if need be; the next `aim` there shows it."""
        if self.survey is not None and self.survey.epsilon == epsilon:
            return self.survey
        if self._ready is None or self._ready[0].epsilon != epsilon:
            began = time.perf_counter()
            survey = self._engine.survey(epsilon=epsilon, resolution=RESOLUTION)
            self._ready = survey, time.perf_counter() - began
        return self._ready[0]

    def put_away(self) -> None:
        """Compute nothing until the next `aim`."""
        self._stop()
        self._epsilon = None
        self._turn("off")

    def close(self) -> None:
        """Compute nothing any more, and tell nobody."""
        self._stop()
        self._closed = True
        self._changed = _nothing

    def _cost(self) -> float:
        dense = self._epsilon is not None and self._epsilon < 0.05
        return float(
            self._engine.n_samples * (self._engine.n_planes if dense else self._engine.n_directions)
        )

    def _begin(self) -> None:
        if self._task is not None and self._spent < _SOON:
            return  # the task goes on with what is wanted by then
        self._stop()
        if self.in_background:
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._turn("running")
        else:
            self._turn("off")

    async def _run(self) -> None:
        while self._epsilon is not None:
            try:
                # While a value moves, what takes long would only be begun, and stand in the way.
                await asyncio.sleep(_PAUSE if self._spent > _SOON else 0)
                epsilon = self._epsilon
                await self._follow(epsilon)
            except Exception as error:  # noqa: BLE001 - it is shown
                self._task = None
                self.problem = str(error) or type(error).__name__
                self._turn("failed")
                return
            if epsilon == self._epsilon:
                self._task = None
                self._turn("done")
                return
            self._changed()

    async def _follow(self, epsilon: float) -> None:
        """Survey at `epsilon`, step by step."""
        reported = time.perf_counter()
        self._spent = 0.0
        steps = self._engine.survey_steps(epsilon=epsilon, resolution=RESOLUTION)
        try:
            while True:
                began = time.perf_counter()
                with at_most(spare()):
                    self.progress = next(steps)
                now = time.perf_counter()
                self._spent += now - began
                if now - reported > _REPORTED:
                    reported = now
                    self._changed()
                await asyncio.sleep(0)
        except StopIteration as end:
            self.survey, self.elapsed = end.value, self._spent
        finally:
            steps.close()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _turn(self, state: State) -> None:
        self.state = state
        self.progress = 1.0 if state == "done" else 0.0
        self._changed()


def _nothing() -> None: ...

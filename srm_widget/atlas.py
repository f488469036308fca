"""Surveys for a scope: made between a kernel's other tasks, the latest one wins."""

import asyncio
import time
from collections.abc import Callable

from srm_widget.background import State, Worker, stepwise
from srm_widget.engine import ResonanceEngine
from srm_widget.survey import Survey

RESOLUTION = 360
"""K of a scope's surveys, whatever that of its curve."""

_COSTLY = 2.5e8
"""Projections, or for ε about 0 samples times planes, above which a survey waits for a word."""

_SOON = 1.0
"""Seconds: a survey that takes less is finished although a newer one is wanted, so that the map
follows a moving ε."""

_REPORTED = 0.1
_PAUSE = 0.15


class Atlas(Worker):
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
        super().__init__(changed)
        self._engine = engine
        self.progress = 0.0
        self.elapsed = 0.0
        self.survey: Survey | None = None
        self._ready: tuple[Survey, float] | None = None
        self._epsilon: float | None = None
        self._spent = 0.0

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
                self._fail(error)
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

        def report(share: float, seconds: float) -> None:
            nonlocal reported
            self.progress = share
            self._spent += seconds
            if time.perf_counter() - reported > _REPORTED:
                reported = time.perf_counter()
                self._changed()

        steps = self._engine.survey_steps(epsilon=epsilon, resolution=RESOLUTION)
        self.survey, self.elapsed = await stepwise(steps, report), self._spent

    def _turn(self, state: State) -> None:
        self.progress = 1.0 if state == "done" else 0.0
        super()._turn(state)

"""Surveys for a scope: made between a kernel's other tasks, the latest one wins."""

import asyncio
import time
from collections.abc import Callable

from srm_widget.concurrency.background import BackgroundWorker, State, stepwise
from srm_widget.concurrency.threads import widget_lock
from srm_widget.engine.counts_source import CountsSource, ResonanceSource
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.results.survey import Survey

_COSTLY = 2.5e8
"""Projections, or for ε about 0 samples times planes, above which a survey waits for a word."""

_DENSE = 0.05
"""Below this ε most samples are lit in most planes."""

_SOON = 1.0
"""Seconds: a survey that takes less is finished although a newer one is wanted, so that the map
follows a moving ε."""

_REPORTED = 0.1
_PAUSE = 0.15


def is_costly(engine: ResonanceSource, epsilon: float) -> bool:
    """Whether the survey of an engine at `epsilon` may take so long that it waits for a word."""
    if isinstance(engine, CountsSource):
        return False  # what there is to count is counted
    each = engine.n_planes if epsilon < _DENSE else engine.n_directions
    return float(engine.n_samples * each) > _COSTLY


class SurveyTask(BackgroundWorker):
    """The survey of an engine's planes at the ε that was last asked for.

    With an event loop about, as in a notebook's kernel, it is computed step by step between the
    loop's other tasks; without one, when it is asked for.

    Parameters
    ----------
    engine
        Of the activations.
    changed
        Called when there is something new to show.

    Attributes
    ----------
    step, surveyed
        Number of the engine among those of a timeline, and of that which `survey` is of.
    """

    def __init__(self, engine: ResonanceSource, changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._engine = engine
        self.step = 0
        self.surveyed = 0
        self.progress = 0.0
        self.elapsed = 0.0
        self.survey: Survey | None = None
        self._ready: tuple[Survey, float] | None = None
        self._epsilon: float | None = None
        self._spent = 0.0

    def knows(self, epsilon: float) -> bool:
        """Whether the survey at `epsilon` is there."""
        found = self.survey
        return found is not None and (self.surveyed, found.epsilon) == (self.step, epsilon)

    def forget(self) -> None:
        """Samples were added: what was computed does not hold any more."""
        self._stop()
        self.survey = self._ready = self._epsilon = None

    def move_to(self, step: int, engine: ResonanceSource) -> None:
        """Survey the engine of another step from the next `aim` on."""
        if step != self.step:
            self.step, self._engine = step, engine
            self._ready = self._epsilon = None

    def aim(self, epsilon: float, *, costly: bool = False) -> None:
        """Ask for the survey at `epsilon`, even where it may take long if `costly` is true."""
        if self._closed:
            return
        if self._ready is not None and self._ready[0].epsilon == epsilon:
            self.survey, self.elapsed = self._ready
            self.surveyed, self._ready = self.step, None
        elif epsilon == self._epsilon and not costly and self._is_served:
            return
        self._epsilon = epsilon
        if self.knows(epsilon):
            self._stop()
            self._set_state("done")
        elif not costly and is_costly(self._engine, epsilon):
            self._stop()
            self._set_state("waiting")
        else:
            self._begin()

    @property
    def _is_served(self) -> bool:
        """Whether what is aimed at is under way, done, or waits."""
        return self._busy if self.state == "running" else self.state != "off"

    def finished(self, epsilon: float) -> Survey:
        """The survey at `epsilon`, computed now if need be; the next `aim` there shows it."""
        if self.survey is not None and self.knows(epsilon):
            return self.survey
        if self._ready is None or self._ready[0].epsilon != epsilon:
            began = time.perf_counter()
            survey = self._engine.survey(epsilon=epsilon, resolution=DEFAULT_RESOLUTION)
            self._ready = survey, time.perf_counter() - began
        return self._ready[0]

    def put_away(self) -> None:
        """Compute nothing until the next `aim`."""
        self._stop()
        self._epsilon = None
        self._set_state("off")

    def _begin(self) -> None:
        if self._busy and self._spent < _SOON:
            return  # the task goes on with what is wanted by then
        self._set_state("running" if self._start(self._run) else "off")

    async def _run(self, wanted: Callable[[], bool]) -> None:
        while True:
            # While a value moves, what takes long would only be begun, and stand in the way.
            await asyncio.sleep(_PAUSE if self._spent > _SOON else 0)
            with widget_lock:
                step, epsilon, engine = self.step, self._epsilon, self._engine
            problem = None
            try:
                if epsilon is not None:
                    await self._follow(step, engine, epsilon, wanted)
            except Exception as error:  # noqa: BLE001 - it is shown
                problem = error
            with widget_lock:
                if not wanted():
                    return
                if (step, epsilon) == (self.step, self._epsilon):
                    self._task = None
                    if epsilon is not None:
                        self._end(problem)
                    return
                self._changed()

    def _end(self, problem: Exception | None) -> None:
        if problem is None:
            self._set_state("done")
        else:
            self._fail(problem)

    async def _follow(
        self, step: int, engine: ResonanceSource, epsilon: float, wanted: Callable[[], bool]
    ) -> None:
        """Survey `engine`, that of `step`, at `epsilon`, bit by bit."""
        reported = time.perf_counter()
        self._spent = 0.0

        def report(share: float, seconds: float) -> None:
            nonlocal reported
            self.progress = share
            self._spent += seconds
            if time.perf_counter() - reported > _REPORTED:
                reported = time.perf_counter()
                self._changed()

        steps = engine.survey_steps(epsilon=epsilon, resolution=DEFAULT_RESOLUTION)
        survey = await stepwise(steps, report, wanted)
        with widget_lock:
            if wanted():
                self.survey, self.elapsed, self.surveyed = survey, self._spent, step

    def _set_state(self, state: State) -> None:
        self.progress = 1.0 if state == "done" else 0.0
        super()._set_state(state)

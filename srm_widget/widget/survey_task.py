"""Background task that surveys all planes of a scope; the latest ε asked for wins."""

import asyncio
import time
from collections.abc import Callable

from srm_widget.concurrency.background import BackgroundWorker, State, stepwise
from srm_widget.concurrency.locks import widget_lock
from srm_widget.engine.source import ResonanceSource
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.results.survey import Survey
from srm_widget.widget.pace import Pace
from srm_widget.widget.survey_demand import SurveyDemand, survey_demand

QUICK = 1.0
"""Seconds: a survey that takes less is finished although a newer one is wanted, so that the map
follows a moving ε."""

_PAUSE = 0.15
"""Seconds to wait for ε to stand still where surveys are not quick."""


class SurveyTask(BackgroundWorker):
    """Background task that surveys an engine's planes at the ε that was last requested.

    With an event loop, as in a notebook's kernel, it is computed step by step between the loop's
    other tasks; without one, when `result_now` asks for it.

    Parameters
    ----------
    engine
        Engine of the activations.
    changed
        Called when there is something new to show.

    Attributes
    ----------
    step
        Position of the engine in a timeline.
    survey
        Latest survey that was done, at whatever ε; None if there is none.
    survey_step
        Position in the timeline of the engine that `survey` is of.
    progress
        Share done, 0 … 1, of the survey under way.
    elapsed
        Seconds that `survey` took.
    """

    def __init__(self, engine: ResonanceSource, changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._engine = engine
        self.step = 0
        self.survey_step = 0
        self.progress = 0.0
        self.elapsed = 0.0
        self.survey: Survey | None = None
        self._ready: tuple[Survey, float] | None = None
        self._epsilon: float | None = None
        self._seconds = 0.0
        self._demand: tuple[object, SurveyDemand] | None = None

    def has(self, epsilon: float) -> bool:
        """Return whether `survey` is the one at `epsilon`, of the engine of now."""
        survey = self.survey
        return survey is not None and (self.survey_step, survey.epsilon) == (self.step, epsilon)

    def forget(self) -> None:
        """Forget all surveys: samples were appended, and they do not hold any more."""
        self._stop()
        self.survey = self._ready = self._epsilon = None

    def move_to(self, step: int, engine: ResonanceSource) -> None:
        """Survey the engine of another step of the timeline from the next `request` on."""
        if step != self.step:
            self.step, self._engine = step, engine
            self._ready = self._epsilon = None

    def request(self, epsilon: float, *, costly: bool = False) -> None:
        """Begin the survey at `epsilon`.

        One that may take long, or much memory, only if `costly` is true; one that takes more
        memory than there is not even then.
        """
        if self._closed:
            return
        if self._ready is not None and self._ready[0].epsilon == epsilon:
            self.survey, self.elapsed = self._ready
            self.survey_step, self._ready = self.step, None
        elif epsilon == self._epsilon and not costly and self._is_handled:
            return
        self._epsilon = epsilon
        if self.has(epsilon):
            self._stop()
            self._set_state("done")
        elif not self._may_begin(epsilon, costly=costly):
            self._stop()
            self._set_state("waiting")
        else:
            self._begin()

    def demand(self, epsilon: float) -> SurveyDemand:
        """Return what a survey at `epsilon` takes."""
        key = self.step, self._engine.n_samples, epsilon
        if self._demand is None or self._demand[0] != key:
            self._demand = key, survey_demand(self._engine, epsilon)
        return self._demand[1]

    def _may_begin(self, epsilon: float, *, costly: bool) -> bool:
        demand = self.demand(epsilon)
        return not demand.is_too_large and (costly or not demand.is_costly)

    @property
    def _is_handled(self) -> bool:
        """Whether the survey last requested is under way, done, failed, or waits for the user."""
        return self._busy if self.state == "running" else self.state != "off"

    def result_now(self, epsilon: float) -> Survey:
        """Return the survey at `epsilon`, computed now if need be; the next `request` shows it."""
        if self.survey is not None and self.has(epsilon):
            return self.survey
        if self._ready is None or self._ready[0].epsilon != epsilon:
            began = time.perf_counter()
            survey = self._engine.survey(epsilon=epsilon, resolution=DEFAULT_RESOLUTION)
            self._ready = survey, time.perf_counter() - began
        return self._ready[0]

    def clear(self) -> None:
        """Stop, and compute nothing until the next `request`."""
        self._stop()
        self._epsilon = None
        self._set_state("off")

    def _begin(self) -> None:
        if self._busy and self._seconds < QUICK:
            return  # the task under way goes on with the latest request
        self._set_state("running" if self._start(self._run) else "off")

    async def _run(self, wanted: Callable[[], bool]) -> None:
        while True:
            # While ε moves, a survey that takes long would be begun in vain.
            await asyncio.sleep(_PAUSE if self._seconds > QUICK else 0)
            with widget_lock:
                step, epsilon, engine = self.step, self._epsilon, self._engine
            problem = None
            try:
                if epsilon is not None:
                    await self._survey(step, engine, epsilon, wanted)
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

    async def _survey(
        self, step: int, engine: ResonanceSource, epsilon: float, wanted: Callable[[], bool]
    ) -> None:
        """Survey `engine`, that of `step`, at `epsilon`, between the event loop's other tasks."""
        pace = Pace()
        self._seconds = 0.0

        def report(share: float, seconds: float) -> None:
            self.progress = share
            self._seconds += seconds
            if pace.is_due():
                self._changed()

        steps = engine.survey_steps(epsilon=epsilon, resolution=DEFAULT_RESOLUTION)
        survey = await stepwise(steps, report, wanted)
        with widget_lock:
            if wanted():
                self.survey, self.elapsed, self.survey_step = survey, self._seconds, step

    def _set_state(self, state: State) -> None:
        self.progress = 1.0 if state == "done" else 0.0
        super()._set_state(state)

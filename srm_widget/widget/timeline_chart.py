"""The scope's share of the steps: their names, which to compare with, and alignment over all."""

import time
from collections.abc import Generator
from typing import Any

import numpy as np
import traitlets

from srm_widget.concurrency.background import LatestTask
from srm_widget.engine.timeline import Timeline
from srm_widget.engine.timeline_step import TimelineStep
from srm_widget.widget import validators
from srm_widget.widget.direction_table import DirectionTable
from srm_widget.widget.survey_task import is_costly
from srm_widget.widget.traits import Checked

STEPPED = "_steps", "_course_frame", "_course", "_course_ensemble"

_SHOWN_EVERY = 0.2
"""Seconds between two pictures of a chart that fills."""


class TimelineChart(DirectionTable):
    """Traits that show what becomes of a plane, and of all planes, from step to step.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Of the M directions.
    **traits
        For the widget.
    """

    compare = Checked(validators.compare, -1).tag(sync=True)

    _steps = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _course_frame = traitlets.Dict().tag(sync=True)
    _course = traitlets.Bytes().tag(sync=True)
    _course_ensemble = traitlets.Bytes().tag(sync=True)

    def __init__(self, timeline: Timeline, names: list[str], **traits: Any) -> None:
        self._chart_task: LatestTask[None] = LatestTask(self._show_trouble)
        self._trace_key: tuple[object, ...] = ()
        self._changes = 0
        super().__init__(timeline, names, **traits)

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_chart_task" in self.__dict__:  # else it was refused while it was made
            self._chart_task.close()
        super().close()

    def _show_chart(self) -> None:
        super()._show_chart()
        self._trace()

    def _trace(self) -> None:
        """Bring the alignment over steps up to date with the plane and ε on show."""
        if len(self._timeline) < 2:
            return
        self._take_survey()
        wanted = self.pair, self.epsilon, self._changes
        # The map of the step on show comes first.
        state = self._survey_task.state
        together = self.navigator and self._survey_task.in_background and state != "running"
        if wanted == self._trace_key[:3] and (self._trace_key[3] or not together):
            return
        self._trace_key = *wanted, together
        if self._is_known():
            self._show_course()
        self._chart_task.request(self._trace_key, lambda: self._tracing(together=together))

    def _tracing(self, *, together: bool) -> Generator[float, None, None]:
        """The plane's alignment in all steps, then that of all planes, in short steps."""
        timeline, epsilon = self._timeline, self.epsilon
        yield from timeline.alignment_steps(*self.pair, epsilon=epsilon)
        self._show_course()
        if not together:
            return
        shown = time.perf_counter()
        for k in range(len(timeline)):
            step = timeline.step(k)
            if step.known_ensemble(epsilon) is None and _is_cheap(step, epsilon):
                yield from step.ensemble_steps(epsilon)
                if time.perf_counter() - shown > _SHOWN_EVERY:
                    self._show_course()
                    shown = time.perf_counter()
        self._show_course()

    def _take_survey(self) -> None:
        """Let the timeline know what the map has found of a step."""
        task, survey = self._survey_task, self._survey_task.survey
        if survey is not None and task.surveyed < len(self._timeline):
            step = self._timeline.step(task.surveyed)
            current = survey.n_samples == step.engine.n_samples
            if current and step.known_ensemble(survey.epsilon) is None:
                step.note_survey(survey)

    def _is_known(self) -> bool:
        """Whether the plane's alignment is known in all steps, as while they are recorded."""
        steps = (self._timeline.step(k) for k in range(len(self._timeline)))
        return all(step.known_alignment(self.pair, self.epsilon) is not None for step in steps)

    def _show_course(self) -> None:
        """Show the alignments that are known; those that are not are gaps."""
        pair, epsilon = self.pair, self.epsilon
        steps = [self._timeline.step(k) for k in range(len(self._timeline))]
        line = [step.known_alignment(pair, epsilon) for step in steps]
        ensemble = [step.known_ensemble(epsilon) for step in steps]
        with self.hold_sync():
            self._course_frame = {"pair": list(pair), "epsilon": epsilon, "problem": ""}
            self._course, self._course_ensemble = _packed(line), _packed(ensemble)

    def _show_trouble(self) -> None:
        """Say why the chart could not be filled."""
        if self._chart_task.state == "failed":
            self._course_frame = {**self._course_frame, "problem": self._chart_task.problem}


def _is_cheap(step: TimelineStep, epsilon: float) -> bool:
    return step.has_survey and not is_costly(step.engine, epsilon)


def _packed(values: list[float | None]) -> bytes:
    return np.array([np.nan if value is None else value for value in values], "<f4").tobytes()

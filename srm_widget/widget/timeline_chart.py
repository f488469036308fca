"""The scope's traits of the timeline: names of the steps, and the chart of alignment over steps."""

import time
from collections.abc import Generator
from typing import Any

import numpy as np
import traitlets

from srm_widget.concurrency.background import LatestTask
from srm_widget.engine.timeline import Timeline
from srm_widget.engine.timeline_step import TimelineStep
from srm_widget.utils.arrays import to_bytes
from srm_widget.widget import validators
from srm_widget.widget.direction_table import DirectionTable
from srm_widget.widget.survey_task import is_costly
from srm_widget.widget.traits import Checked

TIMELINE_TRAITS = "_steps", "_course_frame", "_course", "_course_ensemble"
"""Traits that the kernel sets from the steps."""

_SHOWN_EVERY = 0.2
"""Seconds between two updates of the chart while it is computed."""


class TimelineChart(DirectionTable):
    """Scope with the traits that show the alignment of a plane, and of all, from step to step.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Names of the M directions.
    **traits
        Traits of the widget.
    """

    compare = Checked(validators.compare, -1).tag(sync=True)

    _steps = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _course_frame = traitlets.Dict().tag(sync=True)
    _course = traitlets.Bytes().tag(sync=True)
    _course_ensemble = traitlets.Bytes().tag(sync=True)

    def __init__(self, timeline: Timeline, names: list[str], **traits: Any) -> None:
        self._chart_task: LatestTask[None] = LatestTask(self._show_chart_problem)
        self._chart_key: tuple[object, ...] = ()
        self._n_changes = 0
        super().__init__(timeline, names, **traits)

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_chart_task" in self.__dict__:  # else it was refused while it was made
            self._chart_task.close()
        super().close()

    def _show_map(self) -> None:
        super()._show_map()
        self._request_chart()

    def _request_chart(self) -> None:
        """Bring the chart up to date with the plane and ε on show, in the background."""
        if len(self._timeline) < 2:
            return
        self._note_survey()
        key = self.pair, self.epsilon, self._n_changes
        # The map of the step on show comes first.
        state = self._survey_task.state
        all_planes = self.navigator and self._survey_task.in_background and state != "running"
        if key == self._chart_key[:3] and (self._chart_key[3] or not all_planes):
            return
        self._chart_key = *key, all_planes
        if self._is_chart_known():
            self._show_alignments()
        self._chart_task.request(self._chart_key, lambda: self._chart_steps(all_planes=all_planes))

    def _chart_steps(self, *, all_planes: bool) -> Generator[float, None, None]:
        """Compute the plane's alignment in all steps, then that of all planes, in short steps."""
        timeline, epsilon = self._timeline, self.epsilon
        yield from timeline.alignment_steps(*self.pair, epsilon=epsilon)
        self._show_alignments()
        if not all_planes:
            return
        shown = time.perf_counter()
        for k in range(len(timeline)):
            step = timeline.step(k)
            if step.known_ensemble(epsilon) is None and _is_cheap(step, epsilon):
                yield from step.ensemble_steps(epsilon)
                if time.perf_counter() - shown > _SHOWN_EVERY:
                    self._show_alignments()
                    shown = time.perf_counter()
        self._show_alignments()

    def _note_survey(self) -> None:
        """Give the map's survey to the timeline, whose step keeps the ensemble's alignment."""
        task, survey = self._survey_task, self._survey_task.survey
        if survey is not None and task.survey_step < len(self._timeline):
            step = self._timeline.step(task.survey_step)
            current = survey.n_samples == step.engine.n_samples
            if current and step.known_ensemble(survey.epsilon) is None:
                step.note_survey(survey)

    def _is_chart_known(self) -> bool:
        """Return whether the plane's alignment is known in all steps."""
        steps = (self._timeline.step(k) for k in range(len(self._timeline)))
        return all(step.known_alignment(self.pair, self.epsilon) is not None for step in steps)

    def _show_alignments(self) -> None:
        """Send the page the alignments that are known; the others are gaps in the chart."""
        pair, epsilon = self.pair, self.epsilon
        steps = [self._timeline.step(k) for k in range(len(self._timeline))]
        line = [step.known_alignment(pair, epsilon) for step in steps]
        ensemble = [step.known_ensemble(epsilon) for step in steps]
        with self.hold_sync():
            self._course_frame = {"pair": list(pair), "epsilon": epsilon, "problem": ""}
            self._course, self._course_ensemble = _float_bytes(line), _float_bytes(ensemble)

    def _show_chart_problem(self) -> None:
        """Send the page the error that ended the chart's task, if there was one."""
        if self._chart_task.state == "failed":
            self._course_frame = {**self._course_frame, "problem": self._chart_task.problem}


def _is_cheap(step: TimelineStep, epsilon: float) -> bool:
    return step.has_survey and not is_costly(step.engine, epsilon)


def _float_bytes(values: list[float | None]) -> bytes:
    """Return `values` as little-endian float32, NaN for None."""
    return to_bytes(np.array([np.nan if value is None else value for value in values]), "<f4")

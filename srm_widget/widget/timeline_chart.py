"""`TimelineChart`: the chart of alignment over the steps of a timeline."""

from collections.abc import Generator
from typing import Any

import numpy as np

from srm_widget.concurrency.background import LatestTask
from srm_widget.engine.timeline_step import TimelineStep
from srm_widget.utils.arrays import to_bytes
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.pace import Pace
from srm_widget.widget.publisher import Publisher
from srm_widget.widget.survey_controller import SurveyController
from srm_widget.widget.survey_demand import is_quick, survey_demand


class TimelineChart:
    """Chart of the alignment of the plane on show, and of the layer, from step to step.

    The layer's is A₄, which needs no ε; if a basis is not orthonormal, A(ε) of all planes.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    surveys
        Surveys of the step on show, which tell its alignment of all planes too.
    """

    def __init__(self, model: ScopeModel, publisher: Publisher, surveys: SurveyController) -> None:
        self._model, self._publisher, self._surveys = model, publisher, surveys
        self._task: LatestTask[None] = LatestTask(self._show_problem)
        self._key: tuple[object, ...] = ()
        self._frame: dict[str, Any] = {}

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self) -> None:
        """Bring the chart up to date with the plane and ε on show, in the background."""
        model = self._model
        if len(model.timeline) < 2:
            return
        self._note_survey()
        n_samples = tuple(step.engine.n_samples for step in self._timeline_steps)
        key = model.pair, model.epsilon, n_samples
        # The map of the step on show comes first.
        background, state = self._surveys.in_background, self._surveys.state
        with_layer = background and state != "running"
        if self._layer_epsilon is not None:
            with_layer = with_layer and model.navigator
        if key == self._key[:3] and (self._key[3] or not with_layer):
            return
        self._key = *key, with_layer
        if self._is_known():
            self._show()
        self._task.request(self._key, lambda: self._steps(with_layer=with_layer))

    def _steps(self, *, with_layer: bool) -> Generator[float, None, None]:
        """Compute the plane's alignment in all steps, then that of the layer, in short steps."""
        timeline, layer_epsilon = self._model.timeline, self._layer_epsilon
        yield from timeline.alignment_steps(*self._model.pair, epsilon=self._model.epsilon)
        self._show()
        if not with_layer:
            return
        pace = Pace()
        for k in range(len(timeline)):
            step = timeline.step(k)
            if step.known_layer(layer_epsilon) is None and _is_cheap(step, layer_epsilon):
                yield from step.layer_steps(layer_epsilon)
                if pace.is_due():
                    self._show()
        self._show()

    def _note_survey(self) -> None:
        """Give the map's survey to the timeline, whose step keeps the ensemble's alignment."""
        timeline, done = self._model.timeline, self._surveys.latest_done
        if done is not None and done[0] < len(timeline):
            step, survey = timeline.step(done[0]), done[1]
            current = survey.n_samples == step.engine.n_samples
            if current and step.known_layer(survey.epsilon) is None:
                step.note_survey(survey)

    @property
    def _layer_epsilon(self) -> float | None:
        """ε that the layer's alignment is taken at; None for A₄."""
        return None if self._model.timeline.is_orthonormal else self._model.epsilon

    def _is_known(self) -> bool:
        """Return whether the plane's alignment is known in all steps."""
        pair, epsilon = self._model.pair, self._model.epsilon
        return all(step.known_alignment(pair, epsilon) is not None for step in self._timeline_steps)

    @property
    def _timeline_steps(self) -> list[TimelineStep]:
        timeline = self._model.timeline
        return [timeline.step(k) for k in range(len(timeline))]

    def _show(self) -> None:
        """Send the page the alignments that are known; the others are gaps in the chart."""
        pair, epsilon = self._model.pair, self._model.epsilon
        line = [step.known_alignment(pair, epsilon) for step in self._timeline_steps]
        ensemble = [step.known_layer(self._layer_epsilon) for step in self._timeline_steps]
        self._frame = {
            "pair": list(pair),
            "epsilon": epsilon,
            "layer_epsilon": self._layer_epsilon,
            "problem": "",
        }
        self._publisher.publish(
            _course_frame=self._frame,
            _course=_float_bytes([None if each is None else each.alignment for each in line]),
            _course_error=_float_bytes([None if each is None else each.error for each in line]),
            _course_ensemble=_float_bytes(ensemble),
        )

    def _show_problem(self) -> None:
        """Send the page the error that ended the chart's task, if there was one."""
        if self._task.state == "failed":
            self._frame = {**self._frame, "problem": self._task.problem}
            self._publisher.publish(_course_frame=self._frame)


def _is_cheap(step: TimelineStep, epsilon: float | None) -> bool:
    """Return whether the layer's alignment does not take long; A₄ reads all projections once."""
    if epsilon is None:
        return is_quick(step.engine.survey_cost(1.0))
    return step.engine.has_survey and not survey_demand(step.engine, epsilon).is_costly


def _float_bytes(values: list[float | None]) -> bytes:
    """Return `values` as little-endian float32, NaN for None."""
    return to_bytes(np.array([np.nan if value is None else value for value in values]), "<f4")

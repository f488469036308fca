"""The scope's share of all planes: its map, its ensemble, and the order of its slider."""

from typing import Any

import anywidget
import numpy as np
import traitlets

from srm_widget.concurrency.background import State
from srm_widget.concurrency.threads import widget_lock
from srm_widget.engine.counts_source import CountsSource, ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.results.survey import Survey, checked_measure
from srm_widget.view.plane_map import PlaneOrder, ScoreMap
from srm_widget.widget import validators
from srm_widget.widget.survey_task import SurveyTask
from srm_widget.widget.traits import Checked

CHARTED = ("_map_frame", "_map", "_map_best", "_tile_frame", "_tile", "_tile_best", "_ensemble")


class SurveyController(anywidget.AnyWidget):
    """Traits that show all planes at the ε on show.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    **traits
        For the widget.
    """

    step = Checked(validators.step, 0).tag(sync=True)
    navigator = Checked(validators.navigator, True).tag(sync=True)
    order = Checked(validators.order, "index").tag(sync=True)
    epsilon = Checked(validators.epsilon, 0.5).tag(sync=True)

    _window = Checked(validators.window, []).tag(sync=True)
    _map_frame = traitlets.Dict().tag(sync=True)
    _map = traitlets.Bytes().tag(sync=True)
    _map_best = traitlets.Bytes().tag(sync=True)
    _tile_frame = traitlets.Dict().tag(sync=True)
    _tile = traitlets.Bytes().tag(sync=True)
    _tile_best = traitlets.Bytes().tag(sync=True)
    _ensemble = traitlets.Bytes().tag(sync=True)

    def __init__(self, timeline: Timeline, **traits: Any) -> None:
        self._timeline = timeline
        self._survey_task = SurveyTask(self._engine, self._show_chart)
        self._chart: ScoreMap | None = None
        self._about: dict[str, Any] = {}
        self._ranking = PlaneOrder(timeline.n_directions, "index")
        super().__init__(**traits)
        self._own_layout = self.layout

    @property
    def engine(self) -> ResonanceSource:
        """The engine behind the scope; of the step on show, if there are several."""
        return self._engine

    @property
    def timeline(self) -> Timeline:
        """Steps behind the scope; a single one for an engine."""
        return self._timeline

    @property
    def _engine(self) -> ResonanceSource:
        return self._timeline.step(self.step).engine

    @property
    def survey(self) -> Survey:
        """All planes at the ε on show, with K = 360; computed now if it is not known yet."""
        with widget_lock:
            survey = self._survey_task.finished(self.epsilon)
            if self.navigator:
                self._aim()
        return survey

    @property
    def latest_survey(self) -> Survey | None:
        """`survey` if it is known; else, while it is computed, one at an earlier ε; else None."""
        return None if self._survey_task.state == "off" else self._survey_task.survey

    @property
    def survey_state(self) -> State:
        """How far the survey at the ε on show is; "off" is also one that nothing computes yet."""
        return self._survey_task.state

    @property
    def ranking(self) -> PlaneOrder:
        """Planes in the order that `position` counts through."""
        return self._ranking

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_survey_task" in self.__dict__:  # else it was refused while it was made
            self._survey_task.close()
        if "_own_layout" in self.__dict__:
            self._own_layout.close()  # a widget of its own, which else is kept for good
        super().close()

    def _aim(self, *, costly: bool = False) -> None:
        """Have all planes surveyed at the ε on show, if they are to be seen."""
        self._survey_task.move_to(self.step, self._engine)
        if self.navigator:
            self._survey_task.aim(self.epsilon, costly=costly)
        else:
            self._survey_task.put_away()
            # Nothing under way any more that the order could wait for.
            self._reordered(self._ranked(self.order, self.epsilon, anew=False))

    def _ranked(self, order: str, epsilon: float, *, anew: bool) -> PlaneOrder:
        """Planes in `order`; in that of an older ε or step as long as a survey is under way."""
        self._survey_task.move_to(self.step, self._engine)
        if anew:
            self._survey_task.forget()
        if order == "index":
            return PlaneOrder(self._engine.n_directions, order)
        awaited = self.navigator and self._survey_task.in_background and not anew
        ranked = self._ranking.step, self._ranking.epsilon
        known = ranked == (self.step, epsilon) and not anew
        if order == self._ranking.order and (awaited or known):
            return self._ranking
        return PlaneOrder(
            self._engine.n_directions, order, self._survey_task.finished(epsilon), self.step
        )

    def _reordered(self, ranking: PlaneOrder) -> None:
        """Take note that the planes are ranked anew."""
        raise NotImplementedError

    def _show_chart(self) -> None:
        """Show how far the survey is, and what came of it."""
        survey = self.latest_survey
        by = "alignment" if self.order == "index" else checked_measure(self.order)
        with self.hold_sync():
            if survey is None:
                self._clear()
            elif not (self._chart and self._chart.survey is survey and self._chart.by == by):
                self._draw(ScoreMap(survey, by))
            self._map_frame = {
                **self._about,
                "state": self._survey_task.state,
                "progress": round(self._survey_task.progress, 3),
                "n_directions": self._engine.n_directions,
                "hint": self._hint(),
            }

    def _show_tile(self) -> None:
        """Show the window of the map that was spec for."""
        if self._chart is None or not self._window:
            return
        tile = self._chart.window(*self._window)
        with self.hold_sync():
            survey = self._chart.survey
            about = {"window": self._window, "by": self._chart.by, "epsilon": survey.epsilon}
            self._tile_frame = {**about, "surveyed": self._about["surveyed"], **tile.frame}
            self._tile, self._tile_best = tile.scores, tile.best

    def _draw(self, chart: ScoreMap) -> None:
        self._chart, survey = chart, chart.survey
        whole = chart.whole()
        self._about = {
            **whole.frame,
            "by": chart.by,
            "surveyed": self._survey_task.surveyed,
            "epsilon": survey.epsilon,
            "n_planes": survey.n_planes,
            "n_lit": survey.n_lit,
            "n_skipped": survey.n_skipped,
            "isotropic": survey.isotropic,
            "resolution": survey.resolution,
            "elapsed_ms": 1e3 * self._survey_task.elapsed,
        }
        self._map, self._map_best = whole.scores, whole.best
        self._ensemble = np.concatenate([survey.mean, survey.std]).astype("<f4").tobytes()
        self._show_tile()
        if self.order != "index":
            step = self._survey_task.surveyed
            self._reordered(PlaneOrder(self._engine.n_directions, self.order, survey, step))

    def _clear(self) -> None:
        self._chart, self._about = None, {}
        self._map = self._map_best = self._tile = self._tile_best = self._ensemble = b""
        self._tile_frame = {}

    def _hint(self) -> str:
        survey, state = self._survey_task.survey, self._survey_task.state
        if state == "failed":
            return self._survey_task.problem
        if state == "waiting":
            n_planes, n_samples = self._engine.n_planes, self._engine.n_samples
            return f"{n_planes:,} planes of {n_samples:,} samples: this may take a while."
        if state != "done" or survey is None or survey.n_lit:
            return ""
        hint = f"No plane is lit at ε = {survey.epsilon:.4g}."
        if isinstance(self._engine, CountsSource):
            return hint
        return f"{hint} At ε = {self._engine.auto_epsilon():.2f} nine samples in ten are."

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and content.get("type") == "survey":
            self._aim(costly=True)
        else:
            super()._handle_custom_msg(content, buffers)

"""The scope's traits of all planes: the map, the ensemble, and the order of the plane slider."""

from typing import Any

import anywidget
import numpy as np
import traitlets

from srm_widget.concurrency.background import State
from srm_widget.concurrency.threads import widget_lock
from srm_widget.engine.counts_source import CountsSource, ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.results.survey import Survey, checked_measure
from srm_widget.utils.arrays import to_bytes
from srm_widget.view.plane_map import PlaneOrder, ScoreMap
from srm_widget.widget import validators
from srm_widget.widget.survey_task import SurveyTask
from srm_widget.widget.traits import Checked

MAP_TRAITS = ("_map_frame", "_map", "_map_best", "_tile_frame", "_tile", "_tile_best", "_ensemble")
"""Traits that the kernel sets from a survey."""


class SurveyController(anywidget.AnyWidget):
    """Widget with the traits that show all planes at the ε on show.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    **traits
        Traits of the widget.
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
        self._survey_task = SurveyTask(self._engine, self._show_map)
        self._score_map: ScoreMap | None = None
        self._map_facts: dict[str, Any] = {}
        self._plane_order = PlaneOrder(timeline.n_directions, "index")
        super().__init__(**traits)
        self._own_layout = self.layout

    @property
    def engine(self) -> ResonanceSource:
        """Engine behind the scope; that of the step on show, if there are several."""
        return self._engine

    @property
    def timeline(self) -> Timeline:
        """Timeline behind the scope; of a single step if the scope is on one engine."""
        return self._timeline

    @property
    def _engine(self) -> ResonanceSource:
        return self._timeline.step(self.step).engine

    @property
    def survey(self) -> Survey:
        """Survey of all planes at the ε on show, with K = 360; computed now if it is not known."""
        with widget_lock:
            survey = self._survey_task.result_now(self.epsilon)
            if self.navigator:
                self._request_survey()
        return survey

    @property
    def latest_survey(self) -> Survey | None:
        """`survey` if it is known; while it is computed, one of an earlier ε or step; else None."""
        return None if self._survey_task.state == "off" else self._survey_task.survey

    @property
    def survey_state(self) -> State:
        """State of the survey at the ε on show; "off" also if nothing computes it yet."""
        return self._survey_task.state

    @property
    def ranking(self) -> PlaneOrder:
        """Planes in the order that `position` counts through."""
        return self._plane_order

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_survey_task" in self.__dict__:  # else it was refused while it was made
            self._survey_task.close()
        if "_own_layout" in self.__dict__:
            self._own_layout.close()  # a widget too, which ipywidgets would keep for good
        super().close()

    def _request_survey(self, *, costly: bool = False) -> None:
        """Have all planes surveyed at the ε on show in the background, if the map is shown.

        Parameters
        ----------
        costly
            Whether to begin even where that may take long.
        """
        self._survey_task.move_to(self.step, self._engine)
        if self.navigator:
            self._survey_task.request(self.epsilon, costly=costly)
        else:
            self._survey_task.clear()
            # No survey is under way any more that the order could wait for.
            self._reorder(self._order_for(self.order, self.epsilon, samples_appended=False))

    def _order_for(self, order: str, epsilon: float, *, samples_appended: bool) -> PlaneOrder:
        """Return the planes in `order`; those of an older ε or step while a survey is under way.

        Parameters
        ----------
        order
            One of `ORDERS`.
        epsilon
            ε of the survey that ranks them.
        samples_appended
            Whether samples were appended, so that earlier surveys do not hold any more.
        """
        self._survey_task.move_to(self.step, self._engine)
        if samples_appended:
            self._survey_task.forget()
        if order == "index":
            return PlaneOrder(self._engine.n_directions, order)
        awaited = self.navigator and self._survey_task.in_background and not samples_appended
        ranked_at = self._plane_order.step, self._plane_order.epsilon
        known = ranked_at == (self.step, epsilon) and not samples_appended
        if order == self._plane_order.order and (awaited or known):
            return self._plane_order
        return PlaneOrder(
            self._engine.n_directions, order, self._survey_task.result_now(epsilon), self.step
        )

    def _reorder(self, plane_order: PlaneOrder) -> None:
        """Take a new order of the planes."""
        raise NotImplementedError

    def _show_map(self) -> None:
        """Send the page the state of the survey, and the map if there is a new one."""
        survey = self.latest_survey
        by = "alignment" if self.order == "index" else checked_measure(self.order)
        with self.hold_sync():
            if survey is None:
                self._clear_map()
            elif not (
                self._score_map and self._score_map.survey is survey and self._score_map.by == by
            ):
                self._set_map(ScoreMap(survey, by))
            self._map_frame = {
                **self._map_facts,
                "state": self._survey_task.state,
                "progress": round(self._survey_task.progress, 3),
                "n_directions": self._engine.n_directions,
                "hint": self._map_hint(),
            }

    def _show_tile(self) -> None:
        """Send the page the window of the map that it asked for."""
        if self._score_map is None or not self._window:
            return
        tile = self._score_map.tile(*self._window)
        with self.hold_sync():
            survey = self._score_map.survey
            facts = {"window": self._window, "by": self._score_map.by, "epsilon": survey.epsilon}
            self._tile_frame = {**facts, "surveyed": self._map_facts["surveyed"], **tile.frame}
            self._tile, self._tile_best = tile.scores, tile.best

    def _set_map(self, score_map: ScoreMap) -> None:
        """Send the page a map and its ensemble; take the order of the planes from its survey."""
        self._score_map, survey = score_map, score_map.survey
        overview = score_map.overview()
        self._map_facts = {
            **overview.frame,
            "by": score_map.by,
            "surveyed": self._survey_task.survey_step,
            "epsilon": survey.epsilon,
            "n_planes": survey.n_planes,
            "n_lit": survey.n_lit,
            "n_skipped": survey.n_skipped,
            "isotropic": survey.isotropic,
            "resolution": survey.resolution,
            "elapsed_ms": 1e3 * self._survey_task.elapsed,
        }
        self._map, self._map_best = overview.scores, overview.best
        self._ensemble = to_bytes(np.concatenate([survey.mean, survey.std]), "<f4")
        self._show_tile()
        if self.order != "index":
            step = self._survey_task.survey_step
            self._reorder(PlaneOrder(self._engine.n_directions, self.order, survey, step))

    def _clear_map(self) -> None:
        self._score_map, self._map_facts = None, {}
        self._map = self._map_best = self._tile = self._tile_best = self._ensemble = b""
        self._tile_frame = {}

    def _map_hint(self) -> str:
        """Return a sentence on why there is no map, or nothing in it; "" if there is no need."""
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
            self._request_survey(costly=True)
        else:
            super()._handle_custom_msg(content, buffers)

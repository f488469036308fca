"""`SurveyController`: all planes at the ε on show, as map, ensemble and order of the planes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from srm_widget.concurrency.background import State
from srm_widget.concurrency.locks import widget_lock
from srm_widget.engine.timeline import Timeline
from srm_widget.results.count_histogram import BAND_QUANTILES
from srm_widget.results.survey import HUB, LEAST_OF_HUB, MOST_HUBS, Survey, checked_measure
from srm_widget.utils.arrays import to_bytes
from srm_widget.utils.memory import available_bytes, bytes_text
from srm_widget.view.plane_map import MAP_BYTES, PlaneOrder, ScoreMap
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.publisher import Publisher
from srm_widget.widget.survey_demand import MOST_UNASKED, SurveyDemand, is_testable
from srm_widget.widget.survey_task import SurveyTask


class SurveyController:
    """Keeper of the survey of all planes: begins it, and sends the page its map and ensemble.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    timeline
        Engines of the activations.
    on_ranked
        Called with a new order of the planes.
    on_changed
        Called when the state of the survey changed.
    """

    def __init__(
        self,
        model: ScopeModel,
        publisher: Publisher,
        timeline: Timeline,
        *,
        on_ranked: Callable[[PlaneOrder], None],
        on_changed: Callable[[], None],
    ) -> None:
        self._model, self._publisher = model, publisher
        self._on_ranked, self._on_changed = on_ranked, on_changed
        self._task = SurveyTask(timeline.step(0).engine, self._show_change)
        self._score_map: ScoreMap | None = None
        self._map_facts: dict[str, Any] = {}

    @property
    def state(self) -> State:
        """State of the survey at the ε on show; "off" also if nothing computes it yet."""
        return self._task.state

    @property
    def step(self) -> int:
        """Position in the timeline of the step that is surveyed."""
        return self._task.step

    @property
    def in_background(self) -> bool:
        """Whether there is a running event loop to compute in."""
        return self._task.in_background

    @property
    def latest(self) -> Survey | None:
        """Latest survey that was done, at whatever ε; None if the map is off."""
        return None if self._task.state == "off" else self._task.survey

    @property
    def latest_done(self) -> tuple[int, Survey] | None:
        """Latest survey that was done, also if the map is off since, and the step it is of."""
        survey = self._task.survey
        return None if survey is None else (self._task.survey_step, survey)

    def compute(self) -> Survey:
        """Return the survey at the ε on show; computed now if it is not known."""
        with widget_lock:
            survey = self._task.result_now(self._model.epsilon)
            if self._model.navigator:
                self.request()
        return survey

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self, *, costly: bool = False) -> None:
        """Have all planes surveyed at the ε on show in the background, if the map is shown.

        Parameters
        ----------
        costly
            Whether to begin even where that may take long.
        """
        model = self._model
        self._task.move_to(model.step, model.engine)
        if model.navigator:
            self._task.request(model.epsilon, costly=costly)
        else:
            self._task.clear()
            # No survey is under way any more that the order could wait for.
            self._on_ranked(self.order_for(model.order, model.epsilon, samples_appended=False))

    def order_for(self, order: str, epsilon: float, *, samples_appended: bool) -> PlaneOrder:
        """Return the planes in `order`; those of an older ε or step while a survey is under way.

        Parameters
        ----------
        order
            One of `ORDERS`.
        epsilon
            ε of the survey that ranks them.
        samples_appended
            Whether samples were appended, so that earlier surveys do not hold any more.

        Raises
        ------
        ValueError
            If that takes a survey which has to be asked for, for the memory that it takes.
        """
        model, ranking = self._model, self._model.ranking
        self._task.move_to(model.step, model.engine)
        if samples_appended:
            self._task.forget()
        if order == "index":
            return PlaneOrder(model.engine.n_directions, order)
        awaited = model.navigator and self._task.in_background and not samples_appended
        known = (ranking.step, ranking.epsilon) == (model.step, epsilon) and not samples_appended
        if order == ranking.order and (awaited or known):
            return ranking
        demand = self._task.demand(epsilon)
        if demand.is_large and not self._task.has(epsilon):
            if order == ranking.order:
                return ranking
            raise ValueError(
                f"expected a survey of all planes before they are ordered by {order}, got none "
                f"yet: {demand.text}{'' if demand.is_too_large else ' `scope.survey` makes it.'}"
            )
        return PlaneOrder(
            model.engine.n_directions, order, self._task.result_now(epsilon), model.step
        )

    def show(self) -> None:
        """Send the page the state of the survey, and the map if there is a new one."""
        survey, order = self.latest, self._model.order
        by = "alignment" if order == "index" else checked_measure(order)
        with self._publisher.hold():
            if survey is None:
                self._clear_map()
            elif not self._has_map(survey, by):
                self._score_map = None  # room for the next one
                if self._fits(survey):
                    self._set_map(ScoreMap(survey, by))
                else:
                    self._clear_map()
            facts = {
                **self._map_facts,
                "state": self._task.state,
                "progress": round(self._task.progress, 3),
                "n_directions": self._model.engine.n_directions,
                "hint": self._hint(),
                "too_large": self._task.state == "waiting" and self._demand.is_too_large,
                "testable": is_testable(self._model.engine, lambda: self._demand),
            }
            self._publisher.publish(_map_frame=facts)

    def show_tile(self) -> None:
        """Send the page the window of the map that it asked for."""
        window = self._model.window
        if self._score_map is None or not window:
            return
        tile, survey = self._score_map.tile(*window), self._score_map.survey
        facts = {"window": window, "by": self._score_map.by, "epsilon": survey.epsilon}
        self._publisher.publish(
            _tile_frame={**facts, "surveyed": self._map_facts["surveyed"], **tile.frame},
            _tile=tile.scores,
            _tile_best=tile.best,
            _tile_lit=tile.lit,
        )

    def _has_map(self, survey: Survey, by: str) -> bool:
        score_map = self._score_map
        return score_map is not None and (score_map.survey is survey and score_map.by == by)

    @staticmethod
    def _fits(survey: Survey) -> bool:
        """Return whether there is room for the map of a survey."""
        n_bytes, room = MAP_BYTES * survey.n_directions**2, available_bytes()
        return n_bytes <= MOST_UNASKED or room is None or n_bytes <= room

    @property
    def _demand(self) -> SurveyDemand:
        return self._task.demand(self._model.epsilon)

    def _show_change(self) -> None:
        self.show()
        self._on_changed()

    def _set_map(self, score_map: ScoreMap) -> None:
        """Send the page a map and its ensemble; take the order of the planes from its survey."""
        self._score_map, survey = score_map, score_map.survey
        overview = score_map.overview()
        self._map_facts = {
            **overview.frame,
            "by": score_map.by,
            "surveyed": self._task.survey_step,
            "epsilon": survey.epsilon,
            "n_planes": survey.n_planes,
            "n_lit": survey.n_lit,
            "n_skipped": survey.n_skipped,
            "n_dead": survey.basis.n_dead,
            "isotropic": survey.isotropic,
            "resolution": survey.resolution,
            "alignment": _finite(survey.fourth_moment_alignment),
            "orthonormal": survey.participation is not None,
            "participation": _finite(survey.participation),
            "hubs": _hubs(survey),
            "elapsed_ms": 1e3 * self._task.elapsed,
        }
        bands = survey.quantiles(BAND_QUANTILES, lit=True) if survey.n_lit else np.empty(0)
        self._publisher.publish(
            _map=overview.scores,
            _map_best=overview.best,
            _map_lit=overview.lit,
            _ensemble=to_bytes(bands, "<f4"),
        )
        self.show_tile()
        model = self._model
        if model.order != "index":
            step = self._task.survey_step
            self._on_ranked(PlaneOrder(model.engine.n_directions, model.order, survey, step))

    def _clear_map(self) -> None:
        self._score_map, self._map_facts = None, {}
        arrays = "_map", "_map_best", "_map_lit", "_tile", "_tile_best", "_tile_lit", "_ensemble"
        self._publisher.publish(**dict.fromkeys(arrays, b""), _tile_frame={})

    def _hint(self) -> str:
        """Return a sentence on why there is no map, or nothing in it; "" if there is no need."""
        survey, state, engine = self._task.survey, self._task.state, self._model.engine
        if state == "failed":
            return self._task.problem
        if state == "waiting":
            return self._demand.text
        if state != "done" or survey is None or survey.n_lit:
            return "" if survey is None or self._score_map else _no_room(survey)
        hint = f"No plane is lit at ε = {survey.epsilon:.4g}."
        if not engine.has_samples:
            return hint
        return f"{hint} The automatic ε would be {engine.auto_epsilon():.2f}."


def _no_room(survey: Survey) -> str:
    n_bytes = bytes_text(MAP_BYTES * survey.n_directions**2)
    return f"The planes are surveyed; there is no room for their map, some {n_bytes}."


def _hubs(survey: Survey) -> list[tuple[int, float]]:
    """Return the directions that are in far more lit planes than others, and in which share."""
    found = survey.hubs(MOST_HUBS)
    least = max(LEAST_OF_HUB, HUB * 2 / survey.n_directions * survey.n_lit)
    is_hub = found.n_planes >= least
    return list(zip(found.direction[is_hub].tolist(), found.share[is_hub].tolist(), strict=True))


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else value

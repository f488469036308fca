"""`ChanceTest`: layer and planes on show against turned bases, in the background as a page asks."""

import math
from collections.abc import Generator
from typing import Any, NamedTuple

from srm_widget.concurrency.background import LatestTask
from srm_widget.concurrency.generators import as_part, reported
from srm_widget.engine.source import ResonanceSource
from srm_widget.survey.rotation_test import RotationTest
from srm_widget.survey.significance import Significance
from srm_widget.view.wire import PlanesTest
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.pace import Pace
from srm_widget.widget.publisher import Publisher
from srm_widget.widget.survey_demand import is_testable, survey_demand

_MOST_PLANES = 100_000
"""Planes whose p is kept."""

_MOST_COST = 10.0
"""Cost, as `ResonanceEngine.significance_cost`, above which planes are not tested."""

_TOO_COSTLY = "planes are not tested: too many dimensions, or too many planes lit at this ε"
_NULL_IS_DARK = "turned bases light nothing at this ε: p says only that this basis lights something"


class _Tested(NamedTuple):
    """What a test is of: a step, its samples, and for planes ε."""

    step: int
    n_samples: int
    epsilon: float


class ChanceTest:
    """Test of the alignment of all samples, then of planes at the ε on show, as a page is sent it.

    It holds for one step and the samples that there were: with others it is forgotten.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    """

    def __init__(self, model: ScopeModel, publisher: Publisher) -> None:
        self._model, self._publisher = model, publisher
        self._task: LatestTask[Significance | None] = LatestTask(self.show, pause=0.0)
        self._tested: _Tested | None = None
        self._layer: RotationTest | None = None
        self._progress, self._pace = 0.0, Pace()

    @property
    def planes(self) -> Significance | None:
        """Planes tested, if it was at the ε, the step and with the samples on show."""
        is_done = self._task.state == "done" and self._tested == self._on_show
        return self._task.result if is_done else None

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self) -> None:
        """Test what is on show, unless that is under way or done.

        Raises
        ------
        ValueError
            If that takes surveys of more planes than a survey begins unasked with.
        """
        engine, epsilon = self._model.engine, self._model.epsilon
        if not is_testable(engine, lambda: survey_demand(engine, epsilon)):
            raise ValueError(
                f"expected fewer planes for a test against turned bases, got {engine.n_planes:,}: "
                "each of its turned bases would be surveyed; the list of pairs has a p of each"
            )
        self.forget_others()
        self._tested, self._progress = self._on_show, 0.0
        self._pace.start()
        self._task.request(self._tested, lambda: self._steps(engine, epsilon))

    def stop(self) -> None:
        """End a test that is under way; what is known of the layer stays."""
        if self._task.state == "running":
            self._task.clear()

    def forget_others(self) -> None:
        """Forget the test of another step, or of fewer samples."""
        if self._tested is not None and self._tested[:2] != self._on_show[:2]:
            self._tested = self._layer = None
            self._task.clear()

    def show(self) -> None:
        """Send the page the state of the test, and what was found."""
        state, layer = self._task.state, self._layer
        if self._tested is None or (state == "off" and layer is None):
            self._publisher.publish(_test_frame={})
            return
        is_over = state in ("off", "done")
        frame: dict[str, Any] = {
            "state": "done" if is_over else state,
            "progress": 1.0 if is_over else self._progress,
            "step": self._tested.step,
            "hint": self._task.problem if state == "failed" else "",
        }
        if layer is not None:
            frame |= {
                "p": layer.p,
                "effect": layer.effect if math.isfinite(layer.effect) else None,
                "epsilon": layer.epsilon,
                "kept": layer.kept,
                "rotations": len(layer.null),
                "n_samples": layer.n_samples,
                "planes": self._planes_frame() if state == "done" else None,
            }
        self._publisher.publish(_test_frame=frame)

    def _planes_frame(self) -> PlanesTest:
        found, pair = self._task.result, self._model.pair
        p = math.nan if found is None else found.p_of(*pair)
        hint = _TOO_COSTLY if found is None else "" if found.null.any() else _NULL_IS_DARK
        return {
            "epsilon": self._on_show.epsilon if self._tested is None else self._tested.epsilon,
            "pair": pair,
            "p": None if math.isnan(p) else p,
            "n_planes": 0 if found is None else found.n_planes,
            "n_samples": 0 if found is None else found.n_samples,
            "hint": hint,
        }

    @property
    def _on_show(self) -> _Tested:
        model = self._model
        return _Tested(model.step, model.engine.n_samples, model.epsilon)

    def _steps(
        self, engine: ResonanceSource, epsilon: float
    ) -> Generator[float, None, Significance | None]:
        """Test the samples of `engine`, then its planes, and tell the page how far that is."""
        return (yield from reported(self._both(engine, epsilon), self._hear, "rotations"))

    def _both(
        self, engine: ResonanceSource, epsilon: float
    ) -> Generator[float, None, Significance | None]:
        if self._layer is None:
            self._layer = yield from as_part(engine.rotation_test_steps(), 0, 2)
        is_large = survey_demand(engine, epsilon).is_large
        if is_large or engine.significance_cost(epsilon) > _MOST_COST:
            return None
        planes = engine.significance_steps(epsilon=epsilon, top=_MOST_PLANES)
        return (yield from as_part(planes, 1, 2))

    def _hear(self, share: float) -> None:
        self._progress = share
        if self._pace.is_due():
            self.show()

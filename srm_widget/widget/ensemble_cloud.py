"""`EnsembleCloud`: the density of all planes laid over one another, counted in the background."""

from collections.abc import Generator
from typing import Any, NamedTuple

from srm_widget.concurrency.background import LatestTask
from srm_widget.concurrency.generators import TooLong, reported, unless_long
from srm_widget.engine.source import ResonanceSource
from srm_widget.results.density import Density
from srm_widget.utils.text import seconds_text
from srm_widget.view.samples_in_plane import BINS, ensemble_kind, ensemble_picture
from srm_widget.view.wire import EnsembleCloudProgress
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.pace import Pace
from srm_widget.widget.publisher import Publisher

_TRIED = 0.5
"""Seconds of counting after which what is left is estimated."""

_LONG = 120.0
"""Seconds: planes whose counting would take longer are not counted for the picture."""


class _Wanted(NamedTuple):
    """What planes are laid over one another of: a step, its samples, and ε."""

    step: int
    n_samples: int
    epsilon: float


class EnsembleCloud:
    """Density of all planes at the ε on show, as the page is sent it.

    What was counted last is kept until the next is: the page says what it is of. Nothing is counted
    unless `cloud_of` is "all".

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    """

    def __init__(self, model: ScopeModel, publisher: Publisher) -> None:
        self._model, self._publisher = model, publisher
        self._task: LatestTask[Density | TooLong] = LatestTask(self._take)
        self._under_way: _Wanted | None = None
        self._counted: tuple[_Wanted, Density] | None = None
        self._drawn: tuple[object, dict[str, Any], bytes] | None = None
        self._refusal = ""
        self._progress, self._pace = 0.0, Pace()

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self) -> None:
        """Have all planes counted in the background, if they are to be drawn."""
        wanted = self._wanted
        if not self._is_shown or (self._counted and self._counted[0] == wanted):
            self._under_way, self._refusal = None, ""
            self._task.clear()
        elif wanted != self._under_way:
            self._under_way, self._refusal, self._progress = wanted, "", 0.0
            self._pace.start()
            engine = self._model.engine
            self._task.request(wanted, lambda: self._steps(engine, wanted))
        self.show()

    def show(self) -> None:
        """Send the page how far all planes are counted, and what was counted last."""
        if not self._is_shown:
            self._publisher.publish(_ensemble_cloud_frame={}, _ensemble_cloud=b"")
            return
        state = self._task.state
        progress: EnsembleCloudProgress = {"state": "done", "progress": 1.0, "hint": ""}
        if self._refusal or state == "failed":
            hint = self._refusal or self._task.problem
            progress = {"state": "failed", "progress": 0.0, "hint": hint}
        elif self._under_way is not None:
            progress = {"state": "running", "progress": round(self._progress, 2), "hint": ""}
        frame, cells = self._picture()
        self._publisher.publish(_ensemble_cloud_frame={**frame, **progress}, _ensemble_cloud=cells)

    @property
    def _is_shown(self) -> bool:
        model = self._model
        return model.cloud_of == "all" and model.cloud != "off" and model.engine.has_samples

    @property
    def _wanted(self) -> _Wanted:
        model = self._model
        return _Wanted(model.step, model.engine.n_samples, model.epsilon)

    def _steps(
        self, engine: ResonanceSource, wanted: _Wanted
    ) -> Generator[float, None, Density | TooLong]:
        counting = engine.ensemble_density_steps(epsilon=wanted.epsilon, raw=False, bins=BINS)
        steps = unless_long(counting, _LONG, tried=_TRIED)
        return (yield from reported(steps, self._hear, "planes"))

    def _hear(self, share: float) -> None:
        self._progress = share
        if self._pace.is_due():
            self.show()

    def _take(self) -> None:
        """Keep what was counted, and show how the counting stands."""
        result, wanted = self._task.result, self._under_way
        if self._task.state == "done" and wanted is not None and result is not None:
            if isinstance(result, TooLong):
                self._refusal = _refusal(self._model.engine, wanted.epsilon, result.seconds)
            else:
                self._counted, self._under_way = (wanted, result), None
        self.show()

    def _picture(self) -> tuple[dict[str, Any], bytes]:
        """Return what was counted last, drawn as the scope's samples are: facts, and cells."""
        if self._counted is None:
            return {}, b""
        wanted, density = self._counted
        kind = ensemble_kind(self._model.cloud)
        key = wanted, kind
        if self._drawn is None or self._drawn[0] != key:
            picture = ensemble_picture(density, kind, step=wanted.step, epsilon=wanted.epsilon)
            self._drawn = key, *picture
        return self._drawn[1:]


def _refusal(engine: ResonanceSource, epsilon: float, seconds: float) -> str:
    """Return why all planes are not counted, as a sentence."""
    return (
        f"{engine.n_planes:,} planes of {engine.n_samples:,} samples: to lay them over one another "
        f"takes some {seconds_text(seconds)}. "
        f"engine.ensemble_density(epsilon={epsilon:.4g}, raw=False) does it."
    )

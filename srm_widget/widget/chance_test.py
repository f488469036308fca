"""`ChanceTest`: the rotation test of the layer on show, run in the background as a page asks."""

import math
import time
from collections.abc import Generator
from typing import Any

from srm_widget.concurrency.background import LatestTask
from srm_widget.concurrency.generators import reported
from srm_widget.engine.source import ResonanceSource
from srm_widget.survey.rotation_test import RotationTest
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.publisher import Publisher

_SHOWN_EVERY = 0.2
"""Seconds between two reports of the progress."""


class ChanceTest:
    """Rotation test of the alignment of all samples, as the page is sent it.

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
        self._task: LatestTask[RotationTest] = LatestTask(self.show, pause=0.0)
        self._tested: tuple[int, int] | None = None
        self._progress = self._told = 0.0

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self) -> None:
        """Test the samples on show, unless that is under way or done."""
        self._tested, self._progress = self._on_show, 0.0
        self._told = time.perf_counter()
        engine = self._model.engine
        self._task.request(self._tested, lambda: self._steps(engine))

    def forget_others(self) -> None:
        """Forget the test of another step, or of fewer samples."""
        if self._tested is not None and self._tested != self._on_show:
            self._tested = None
            self._task.clear()

    def show(self) -> None:
        """Send the page the state of the test, and what was found."""
        result, state = self._task.result, self._task.state
        if self._tested is None or state == "off":
            self._publisher.publish(_test_frame={})
            return
        frame: dict[str, Any] = {
            "state": state,
            "progress": 1.0 if state == "done" else self._progress,
            "step": self._tested[0],
            "hint": self._task.problem if state == "failed" else "",
        }
        if state == "done" and result is not None:
            frame |= {
                "p": result.p,
                "effect": result.effect if math.isfinite(result.effect) else None,
                "epsilon": result.epsilon,
                "kept": result.kept,
                "rotations": len(result.null),
                "n_samples": result.n_samples,
            }
        self._publisher.publish(_test_frame=frame)

    @property
    def _on_show(self) -> tuple[int, int]:
        return self._model.step, self._model.engine.n_samples

    def _steps(self, engine: ResonanceSource) -> Generator[float, None, RotationTest]:
        """Test the samples of `engine`, and tell the page how far that is."""
        return (yield from reported(engine.rotation_test_steps(), self._hear, "rotations"))

    def _hear(self, share: float) -> None:
        self._progress = share
        if time.perf_counter() - self._told > _SHOWN_EVERY:
            self._told = time.perf_counter()
            self.show()

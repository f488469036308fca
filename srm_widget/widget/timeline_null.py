"""`TimelineNull`: where A₄ lies in turned bases, over the steps of a timeline."""

import math
from collections.abc import Generator
from typing import Any

from srm_widget.concurrency.background import LatestTask
from srm_widget.engine.source import ResonanceSource
from srm_widget.engine.timeline_step import TestKey
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.pace import Pace
from srm_widget.widget.publisher import Publisher

ROTATIONS = 100
"""Turned bases of each step."""

SHARE = 0.95
"""Share of them that lie in the band."""

_KEY: TestKey = (ROTATIONS, "mean", 0)

_MOST_UNASKED = 4e9
"""Multiplications above which the bases are turned only if somebody asks for it: some seconds."""


class TimelineNull:
    """Band of A₄ of turned bases, in the background: by itself if that is quick, else if asked for.

    It depends on no plane and no ε, so that it is computed once for the samples that there are.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    """

    def __init__(self, model: ScopeModel, publisher: Publisher) -> None:
        self._model, self._publisher = model, publisher
        self._task: LatestTask[None] = LatestTask(self._show_state)
        self._asked = False

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self, *, costly: bool = False) -> None:
        """Bring the band up to date, unless it takes long and nobody has asked: then say so.

        Parameters
        ----------
        costly
            Whether a user asks for it, so that it may take long.

        Raises
        ------
        ValueError
            If a user asks for what there is not: for one step, counts, or oblique directions.
        """
        timeline = self._model.timeline
        self._asked = self._asked or costly
        if len(timeline) < 2 or not self._has_null:
            if costly:
                raise ValueError(
                    "expected a timeline of activations in orthonormal bases to compare with "
                    f"turned bases, got {timeline!r}"
                )
            return
        if not (self._asked or self._is_quick):
            self._show("waiting")
        elif self._task.in_background or self._asked:
            self._task.request(self._n_samples, self._steps)

    def complete(self) -> None:
        """Compute the band now for a page that is saved, unless it takes long."""
        if len(self._model.timeline) > 1 and self._has_null and self._is_quick:
            for _ in self._steps():
                pass
            self._show("done")

    @property
    def _n_samples(self) -> tuple[int, ...]:
        return tuple(engine.n_samples for engine in self._engines)

    @property
    def _engines(self) -> list[ResonanceSource]:
        timeline = self._model.timeline
        return [timeline.step(k).engine for k in range(len(timeline))]

    @property
    def _has_null(self) -> bool:
        has_samples = all(engine.has_samples for engine in self._engines)
        return has_samples and self._model.timeline.is_orthonormal

    @property
    def _is_quick(self) -> bool:
        products = sum(each.n_samples * each.n_dims * each.n_directions for each in self._engines)
        return ROTATIONS * products <= _MOST_UNASKED

    def _steps(self) -> Generator[float, None, None]:
        pace, timeline = Pace(), self._model.timeline
        for k in range(len(timeline)):
            yield from timeline.step(k).test_steps(_KEY)
            if pace.is_due():
                self._show("running")

    def _show_state(self) -> None:
        state = self._task.state
        if state != "off":
            self._show(state)

    def _show(self, state: str) -> None:
        """Send the page the state, and the band as far as it is known."""
        band = self._model.timeline.known_null_band(_KEY, SHARE)
        frame: dict[str, Any] = {
            "state": state,
            "low": _known(band.low.tolist()),
            "high": _known(band.high.tolist()),
            "kept": band.kept,
            "rotations": band.rotations,
            "share": band.share,
            "n_samples": band.n_samples,
            "hint": self._task.problem if state == "failed" else "",
        }
        self._publisher.publish(_null_frame=frame)


def _known(values: list[float]) -> list[float | None]:
    """Return `values` to six decimals, None for NaN."""
    return [None if math.isnan(value) else round(value, 6) for value in values]

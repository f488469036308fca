"""`DirectionTable`: the table of directions ±b_i beside the picture, counted in the background."""

import math
from collections.abc import Generator
from typing import Any, NamedTuple

from srm_widget.concurrency.background import LatestTask
from srm_widget.concurrency.generators import TooLong, unless_long
from srm_widget.concurrency.locks import widget_lock
from srm_widget.engine.source import ResonanceSource
from srm_widget.survey.directions import Directions
from srm_widget.utils.text import seconds_text
from srm_widget.view.direction_names import DirectionNames
from srm_widget.view.direction_table import TableSpec, listing, table_rows
from srm_widget.view.legend import Legend
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.publisher import Publisher

_TRIED = 0.5
"""Seconds of counting after which what is left is estimated."""

_LONG = 30.0
"""Seconds: a table that would take longer waits until the user asks for it."""


class _Counted(NamedTuple):
    """Table that was counted, with the legend of its labels; or how long it would take."""

    table: Directions | None
    legend: Legend | None
    seconds: float = 0.0


class DirectionTable:
    """Table of the samples along every direction ±b_i, as the page is sent it.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    """

    def __init__(self, model: ScopeModel, publisher: Publisher) -> None:
        self._model, self._publisher = model, publisher
        self._counted: _Counted | None = None
        self._asked: object = None
        self._task: LatestTask[_Counted] = LatestTask(self.show)

    def compute(self) -> Directions:
        """Return the table at the ε on show, with the scope's labels; computed now."""
        model, legend = self._model, self._model.legend
        labels = None if legend is None else legend.labels
        with widget_lock:
            return model.engine.directions(epsilon=model.epsilon, labels=labels)

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self, *, costly: bool = False) -> None:
        """Have the directions counted at the ε on show in the background, if the table is shown.

        What turns out to take long is counted only if `costly` is true.
        """
        model = self._model
        if not model.table:
            self._task.clear()
            return
        engine, legend, epsilon = model.engine, model.legend, model.epsilon
        labels = None if legend is None else legend.labels

        key = model.step, epsilon, labels, engine.n_samples
        if costly:
            self._asked = key
        most = math.inf if key == self._asked else _LONG

        def steps() -> Generator[float, None, _Counted]:
            counting = engine.directions_steps(epsilon=epsilon, labels=labels)
            result = yield from unless_long(counting, most, tried=_TRIED)
            if isinstance(result, TooLong):
                return _Counted(None, legend, result.seconds)
            return _Counted(result, legend)

        self._task.request((key, most), steps)

    def show(self) -> None:
        """Send the page the state of the table, and its rows as far as they are known."""
        model, result, state = self._model, self._task.result, self._task.state
        if state == "off":
            self._counted = None
            self._publisher.publish(_table_frame={})
            return
        hint = self._task.problem if state == "failed" else ""
        if state == "done" and result is not None:
            if result.table is None:
                state, hint = "waiting", _demand(model.engine, result.seconds)
            else:
                self._counted = result
        spec = TableSpec(
            model.table_by, model.table_descending, model.table_least, model.table_search
        )
        frame: dict[str, Any] = {
            "state": state,
            **spec._asdict(),
            "n_rows": 2 * model.engine.n_directions,
            "hint": hint,
        }
        if self._counted is not None:
            frame |= _rows_frame(self._counted, spec, model.names)
        self._publisher.publish(_table_frame=frame)


def _rows_frame(counted: _Counted, spec: TableSpec, names: DirectionNames) -> dict[str, Any]:
    """Return the fields of a frame that say what was counted."""
    table = counted.table
    if table is None:
        return {}
    listed = listing(table, spec, names)
    return {
        "epsilon": table.epsilon,
        "has_labels": bool(table.classes),
        "fewest": listed.fewest,
        "n_few": listed.n_few,
        "n_listed": len(listed.rows),
        "rows": table_rows(table, listed.rows, names.all, counted.legend),
    }


def _demand(engine: ResonanceSource, seconds: float) -> str:
    """Return what the table takes, as a sentence."""
    return (
        f"{engine.n_directions:,} directions of {engine.n_samples:,} samples: to count them takes "
        f"some {seconds_text(seconds)}."
    )

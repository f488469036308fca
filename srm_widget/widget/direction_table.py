"""`DirectionTable`: the table of directions ±b_i beside the picture, counted in the background."""

from collections.abc import Generator
from typing import Any

from srm_widget.concurrency.background import LatestTask
from srm_widget.concurrency.threads import widget_lock
from srm_widget.survey.directions import Directions
from srm_widget.view.direction_table import table_rows
from srm_widget.view.legend import Legend
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.publisher import Publisher


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
        self._task: LatestTask[tuple[Directions, Legend | None]] = LatestTask(self.show)

    def compute(self) -> Directions:
        """Return the table at the ε on show, with the scope's labels; computed now."""
        model, legend = self._model, self._model.legend
        labels = None if legend is None else legend.labels
        with widget_lock:
            return model.engine.directions(epsilon=model.epsilon, labels=labels)

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self) -> None:
        """Have the directions counted at the ε on show in the background, if the table is shown."""
        model = self._model
        if not model.table:
            self._task.clear()
            return
        engine, legend, epsilon = model.engine, model.legend, model.epsilon
        labels = None if legend is None else legend.labels

        def steps() -> Generator[float, None, tuple[Directions, Legend | None]]:
            table = yield from engine.directions_steps(epsilon=epsilon, labels=labels)
            return table, legend

        self._task.request((model.step, epsilon, labels, engine.n_samples), steps)

    def show(self) -> None:
        """Send the page the state of the table, and its rows as far as they are known."""
        model, result, state = self._model, self._task.result, self._task.state
        if state == "off":
            self._publisher.publish(_table_frame={})
            return
        frame: dict[str, Any] = {
            "state": state,
            "by": model.table_by,
            "descending": model.table_descending,
            "n_rows": 2 * model.engine.n_directions,
            "hint": self._task.problem if state == "failed" else "",
        }
        if result is not None:
            table, legend = result
            rows = table_rows(
                table, model.table_by, model.table_descending, model.names.all, legend
            )
            frame |= {"epsilon": table.epsilon, "has_labels": bool(table.classes), "rows": rows}
        self._publisher.publish(_table_frame=frame)

"""The scope's traits of samples, classes and clouds, and its table of directions ±b_i."""

from collections.abc import Generator
from typing import Any

import traitlets

from srm_widget.concurrency.background import LatestTask
from srm_widget.concurrency.threads import widget_lock
from srm_widget.engine.timeline import Timeline
from srm_widget.survey.directions import Directions
from srm_widget.view import direction_table
from srm_widget.view.builder import ViewBuilder
from srm_widget.view.legend import Legend
from srm_widget.widget import validators
from srm_widget.widget.survey_controller import SurveyController
from srm_widget.widget.traits import Checked

TABLE_TRAITS = "table", "table_by", "table_descending"
"""Traits on which the table alone depends."""


class DirectionTable(SurveyController):
    """Scope with the traits that show the samples in the plane and along the directions.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Names of the M directions.
    **traits
        Traits of the widget.
    """

    labels = Checked(validators.labels, None)
    samples = Checked(validators.samples, None)
    cloud = Checked(validators.cloud, "points").tag(sync=True)
    by_class = Checked(validators.by_class, True).tag(sync=True)
    hidden_classes = Checked(validators.hidden_classes, []).tag(sync=True)
    table = Checked(validators.table, False).tag(sync=True)
    table_by = Checked(validators.table_by, "direction").tag(sync=True)
    table_descending = Checked(validators.table_descending, False).tag(sync=True)

    _legend = traitlets.Dict().tag(sync=True)
    _class_counts = traitlets.Bytes().tag(sync=True)
    _cloud_frame = traitlets.Dict().tag(sync=True)
    _points = traitlets.Bytes().tag(sync=True)
    _point_groups = traitlets.Bytes().tag(sync=True)
    _density = traitlets.Bytes().tag(sync=True)
    _strip_frame = traitlets.Dict().tag(sync=True)
    _strip = traitlets.Bytes().tag(sync=True)
    _table_frame = traitlets.Dict().tag(sync=True)

    def __init__(self, timeline: Timeline, names: list[str], **traits: Any) -> None:
        self._direction_names = names
        self._builder = ViewBuilder(timeline, names)
        self._table_task: LatestTask[tuple[Directions, Legend | None]] = LatestTask(
            self._show_table
        )
        super().__init__(timeline, **traits)

    @property
    def legend(self) -> Legend | None:
        """Classes as they are drawn and switched on and off; None without labels."""
        return self._builder.legend(self.labels, self.step)

    @property
    def directions(self) -> Directions:
        """Table of ±b_i at the ε on show, with the scope's labels; computed now."""
        legend = self.legend
        labels = None if legend is None else legend.labels
        with widget_lock:
            return self._engine.directions(epsilon=self.epsilon, labels=labels)

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_table_task" in self.__dict__:  # else it was refused while it was made
            self._table_task.close()
        super().close()

    def _request_table(self) -> None:
        """Have the directions counted at the ε on show in the background, if the table is shown."""
        if not self.table:
            self._table_task.clear()
            return
        engine, legend, epsilon = self._engine, self.legend, self.epsilon
        labels = None if legend is None else legend.labels

        def steps() -> Generator[float, None, tuple[Directions, Legend | None]]:
            table = yield from engine.directions_steps(epsilon=epsilon, labels=labels)
            return table, legend

        self._table_task.request((self.step, epsilon, labels, engine.n_samples), steps)

    def _show_table(self) -> None:
        """Send the page the state of the table, and its rows as far as they are known."""
        result, state = self._table_task.result, self._table_task.state
        if state == "off":
            self._table_frame = {}
            return
        frame: dict[str, Any] = {
            "state": state,
            "by": self.table_by,
            "descending": self.table_descending,
            "n_rows": 2 * self._engine.n_directions,
            "hint": self._table_task.problem if state == "failed" else "",
        }
        if result is not None:
            table, legend = result
            frame |= {
                "epsilon": table.epsilon,
                "has_labels": bool(table.classes),
                "rows": direction_table.table_rows(
                    table, self.table_by, self.table_descending, self._direction_names, legend
                ),
            }
        self._table_frame = frame

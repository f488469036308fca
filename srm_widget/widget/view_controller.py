"""The scope's view of one plane: traits that ask for it, and those that hold what is shown."""

from collections.abc import Iterable
from typing import Any

import traitlets

from srm_widget.concurrency.threads import widget_lock
from srm_widget.engine.timeline import Timeline
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.results.curves import Resonance
from srm_widget.utils.text import brief, error_text, printable
from srm_widget.view.plane_map import PlaneOrder
from srm_widget.view.spec import ScopeView, ViewSpec
from srm_widget.widget import validators
from srm_widget.widget.direction_table import TABLE_TRAITS
from srm_widget.widget.messages import check_message, check_state
from srm_widget.widget.survey_controller import MAP_TRAITS
from srm_widget.widget.timeline_chart import TIMELINE_TRAITS, TimelineChart
from srm_widget.widget.traits import Checked

ASKED = "step", "pair", "order", "position", "epsilon", "resolution", "theta"
"""Traits of which a page awaits an answer, also where nothing changes."""

_VIEW_TRAITS = frozenset(ViewSpec._fields) | {"position"}
"""Traits on which the view depends."""

_LONGEST_ERROR = 300
"""Characters of an error that a page shows."""

_LIST_TRAITS = "highlight", "hidden_classes"
_FRAMES = "layer", "legend", "cloud_frame", "strip_frame", "compared_frame"
_CURVE_ARRAYS = "counts", "signed_counts", "class_counts", "band", "compared", "signed_compared"
_ARRAYS = *_CURVE_ARRAYS, "points", "point_groups", "density", "marks", "strip"
RowCounts = tuple[int, int]
"""Rows of the step on show, and of the compared step."""

_READ_ONLY = frozenset(
    {
        "selected",
        "n_selected",
        "error",
        "_frame",
        "_names",
        "_table_frame",
        *MAP_TRAITS,
        *TIMELINE_TRAITS,
    }
    | {"_held", "_held_frame"}
    | {f"_{name}" for name in (*_FRAMES, *_ARRAYS)}
)


class ViewController(TimelineChart):
    """Scope with the traits that say what is shown of one plane, and those that hold the view.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Names of the M directions.
    **traits
        Traits of the widget.
    """

    title = Checked(validators.title, "").tag(sync=True)
    pair = Checked(validators.pair, (0, 1)).tag(sync=True)
    position = Checked(validators.position, 0).tag(sync=True)
    resolution = Checked(validators.resolution, DEFAULT_RESOLUTION).tag(sync=True)
    theta = Checked(validators.theta, 0.0).tag(sync=True)
    signed = Checked(validators.signed, False).tag(sync=True)
    scale = Checked(validators.scale, "fraction").tag(sync=True)
    highlight = Checked(validators.highlight, []).tag(sync=True)
    max_selected = Checked(validators.max_selected, 1000)
    # No list of integers: to check each of a thousand would cost more than the curve.
    selected = traitlets.Any(default_value=[], read_only=True).tag(sync=True)
    n_selected = traitlets.Int(read_only=True).tag(sync=True)
    error = traitlets.Unicode(read_only=True).tag(sync=True)

    _names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _layer = traitlets.Dict().tag(sync=True)
    _frame = traitlets.Dict().tag(sync=True)
    _counts = traitlets.Bytes().tag(sync=True)
    _signed_counts = traitlets.Bytes().tag(sync=True)
    _band = traitlets.Bytes().tag(sync=True)
    _compared_frame = traitlets.Dict().tag(sync=True)
    _compared = traitlets.Bytes().tag(sync=True)
    _signed_compared = traitlets.Bytes().tag(sync=True)
    _marks = traitlets.Bytes().tag(sync=True)

    def __init__(self, timeline: Timeline, names: list[str], **traits: Any) -> None:
        self._view: ScopeView | None = None
        self._shown_spec: ViewSpec | None = None
        self._class_names: tuple[str, ...] = ()
        self._shown_rows = 0, 0
        self._serial = 0
        self._era = 0
        self._era_key: tuple[object, ...] = ()
        self._reconciling = False
        self._served: tuple[Any, int] | None = None
        super().__init__(timeline, names, **traits)

    @property
    def resonance(self) -> Resonance:
        """Resonance on show, P = 1."""
        if self._view is None:
            raise RuntimeError("expected a scope that has been set up")
        return self._view.resonance

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Set traits from the page, or refuse the values and show why."""
        if self._served == (sync_data, self._serial):
            # marimo hands over the values of a message a second time, as the value of its element.
            # A second answer would take the page back to them.
            return
        before = self._serial
        try:
            check_state(sync_data, self, _READ_ONLY)
            with self.hold_sync():
                super().set_state(sync_data)
                self.set_trait("error", "")
        except Exception as error:
            self.log.warning("The scope refused %s", brief(sync_data), exc_info=True)
            self._answer(sync_data, error_text(error))
        else:
            is_new = self._serial != before or self._refining
            if not is_new and any(name in sync_data for name in ASKED):
                self._answer(sync_data, "")

    def _handle_msg(self, msg: Any) -> None:
        with widget_lock:
            self._receive(msg)

    def _receive(self, msg: Any) -> None:
        """Check a message of a page, and handle it."""
        if self.comm is None:
            return  # closed: nobody hears an answer
        self._served = None
        try:
            check_message(msg)
        except TypeError as error:
            self.log.warning("The scope refused a message: %s", error)
            self._answer((), str(error))
            return
        super()._handle_msg(msg)
        self._served = msg["content"]["data"].get("state"), self._serial

    def notify_change(self, change: Any) -> None:
        """Build the view, then call observers; no observer itself, which users could remove."""
        with widget_lock:
            self._react(change)
            self._tell_observers(change)

    def _tell_observers(self, change: Any) -> None:
        """Call the observers of a change."""
        super().notify_change(change)

    def _react(self, change: Any) -> None:
        """Bring what depends on a changed trait up to date."""
        if change["name"] in _VIEW_TRAITS:
            self._reconcile()
        elif change["name"] == "navigator" and self._shown_spec:
            self._request_survey()
        elif change["name"] == "_window":
            self._show_tile()
        elif change["name"] in TABLE_TRAITS and self._shown_spec:
            self._request_table()
            self._show_table()

    def _reconcile(self, *, samples_appended: bool = False, force: bool = False) -> None:
        """Show what the traits ask for; on an error set them back to what is shown.

        Parameters
        ----------
        samples_appended
            Whether samples were appended to the step on show.
        force
            Whether to build the view although the traits ask for what is shown already.
        """
        if self._reconciling:
            return
        self._reconciling = True
        try:
            # Observers of the view may ask for another one.
            while True:
                plane_order = self._order_for(
                    self.order, self.epsilon, samples_appended=samples_appended
                )
                spec = self._wanted_spec(plane_order)
                if spec == self._shown_spec and not (samples_appended or force):
                    break
                self._show(spec, plane_order)
                samples_appended = force = False
        except BaseException:
            self._restore_traits()
            raise
        finally:
            self._reconciling = False

    def _wanted_spec(self, plane_order: PlaneOrder) -> ViewSpec:
        """Return what the traits ask for; of `pair` and `position` the one that was set counts."""
        pair, shown = self.pair, self._shown_spec
        if shown and pair == shown.pair and self.position != self._position:
            pair = plane_order.plane(self.position)
        return ViewSpec(
            self.step,
            self.compare,
            pair,
            self.order,
            self.epsilon,
            self.resolution,
            self.theta,
            tuple(self.highlight),
            self.max_selected,
            self.labels,
            self.samples,
            self.cloud,
            self.by_class,
            self._hidden_by_name(),
        )

    def _hidden_by_name(self) -> tuple[int, ...]:
        """Return the classes that are switched off; after new labels, those of the same names."""
        names = () if self.legend is None else self.legend.groups.names
        before, hidden = self._class_names, tuple(self.hidden_classes)
        if self._shown_spec is None or hidden != self._shown_spec.hidden_classes or before == names:
            return tuple(position for position in hidden if position < len(names))
        kept = [before[position] for position in hidden if position < len(before)]
        return tuple(sorted(names.index(name) for name in kept if name in names))

    @property
    def _position(self) -> int:
        """Position in the order of the plane that is asked for."""
        position: int = self._frame["position"]
        return position

    @property
    def _refining(self) -> bool:
        """Whether a view is under way in the background."""
        return False

    def _show(self, spec: ViewSpec, plane_order: PlaneOrder) -> None:
        """Build the view that `spec` asks for, and publish it."""
        # Read before: rows that come while the view is built may be missing in it.
        position, row_counts = plane_order.position(*spec.pair), self._row_counts()
        self._publish(self._builder.build(spec, position), spec, plane_order, row_counts)

    def _publish(
        self, view: ScopeView, spec: ViewSpec, plane_order: PlaneOrder, row_counts: RowCounts
    ) -> None:
        self._view, self._shown_spec, self._plane_order, self._shown_rows = (
            view,
            spec,
            plane_order,
            row_counts,
        )
        self._update_era()
        with self.hold_sync():
            self._set_frames(view.frames, view.arrays)
            self._set_dependent_traits(spec, self._frame["position"])
            self.set_trait("error", "")
            self.set_trait("n_selected", view.n_selected)
            self.set_trait("selected", view.selected)
            self._request_survey()
            self._show_map()
            self._request_table()

    def _set_frames(self, frames: dict[str, dict[str, Any]], arrays: dict[str, bytes]) -> None:
        """Send the page frames and arrays to draw; it keeps those that are not given."""
        self._serial += 1
        for name in _FRAMES:
            self.set_trait(f"_{name}", frames.get(name, getattr(self, f"_{name}")))
        self._frame = {**frames["frame"], "serial": self._serial, "era": self._era}
        for name in _ARRAYS:
            self.set_trait(f"_{name}", arrays.get(name, getattr(self, f"_{name}")))

    def _set_dependent_traits(self, spec: ViewSpec, position: int) -> None:
        """Set the traits that follow from others: plane, position and classes switched off."""
        self.pair, self.position = spec.pair, position
        self._class_names = () if self.legend is None else self.legend.groups.names
        self.hidden_classes = list(spec.hidden_classes)

    def _row_counts(self) -> RowCounts:
        """Return the rows of the step on show, and of the one that it is compared to."""
        compared = 0 if self.compare < 0 else self._timeline.step(self.compare).engine.n_rows
        return self._engine.n_rows, compared

    def _update_era(self) -> None:
        """Begin another era if views sent ahead, or positions, do not hold any more."""
        shown, plane_order = self._shown_spec, self._plane_order
        if shown is None:
            return
        order = shown.order, plane_order.step, plane_order.epsilon
        content = shown.step, shown.compare, shown.highlight, shown.labels, shown.cloud
        key = *order, *content, *self._shown_rows
        if key != self._era_key:
            self._era_key, self._era = key, self._era + 1

    def _reorder(self, plane_order: PlaneOrder) -> None:
        """Take a new order of the planes, and the position of the plane on show in it."""
        if self._shown_spec is None or self._shown_spec.order != plane_order.order:
            return
        self._plane_order = plane_order
        position = plane_order.position(*self._shown_spec.pair)
        before = self._era
        self._update_era()
        if position != self._frame["position"] or before != self._era:
            self._serial += 1
            changed = {"serial": self._serial, "era": self._era, "position": position}
            self._frame = {**self._frame, **changed}
            self.position = position

    def _restore_traits(self) -> None:
        """Set the traits back to what is shown."""
        if self._shown_spec is None:
            return
        with self.hold_sync():
            self.step = self._shown_spec.step  # what a position may be depends on it
            self.position = self._position
            for name, value in self._shown_spec._asdict().items():
                self.set_trait(name, list(value) if name in _LIST_TRAITS else value)
            if self._survey_task.step != self.step:
                self._request_survey()

    def _answer(self, names: Iterable[str], error: str) -> None:
        """Answer a page: send it the values that hold of the traits that it set, and an error.

        Parameters
        ----------
        names
            Names that the page sent.
        error
            Why they were refused, "" if they were not.
        """
        self.send_state([name for name in names if name in self.keys])
        self._serial += 1
        with self.hold_sync():
            self.set_trait("error", printable(error, _LONGEST_ERROR))
            self._frame = {**self._frame, "serial": self._serial}

"""What the scope shows of one plane, kept in step with what its traits ask for."""

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
from srm_widget.widget.direction_table import TABULATED
from srm_widget.widget.messages import check_message, check_state
from srm_widget.widget.survey_controller import CHARTED
from srm_widget.widget.timeline_chart import STEPPED, TimelineChart
from srm_widget.widget.traits import Checked

_ANSWERED = frozenset({"step", "pair", "order", "position", "epsilon", "resolution", "theta"})
_COMPUTED = frozenset(ViewSpec._fields) | {"position"}
_LONGEST_ERROR = 300
_LISTS = "highlight", "hidden_classes"
_FRAMES = "layer", "legend", "cloud_frame", "strip_frame", "compared_frame"
_CURVES = "counts", "signed_counts", "class_counts", "band", "compared", "signed_compared"
_ARRAYS = *_CURVES, "points", "point_groups", "density", "marks", "strip"
Rows = tuple[int, int]
_KERNEL_SETS = frozenset(
    {"selected", "n_selected", "error", "_frame", "_names", "_table_frame", *CHARTED, *STEPPED}
    | {"_held", "_held_frame"}
    | {f"_{name}" for name in (*_FRAMES, *_ARRAYS)}
)


class ViewController(TimelineChart):
    """Traits that say what is shown, and those that hold the picture of it.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Of the M directions.
    **traits
        For the widget.
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
    # Of no element trait: the check of each of a thousand integers would cost more than the curve.
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
        self._picture: ScopeView | None = None
        self._shown: ViewSpec | None = None
        self._class_names: tuple[str, ...] = ()
        self._rows_shown = 0, 0
        self._serial = 0
        self._era = 0
        self._era_key: tuple[object, ...] = ()
        self._settling = False
        self._served: tuple[Any, int] | None = None
        super().__init__(timeline, names, **traits)

    @property
    def resonance(self) -> Resonance:
        """The resonance on show, P = 1."""
        if self._picture is None:
            raise RuntimeError("expected a scope that has been set up")
        return self._picture.resonance

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take values from the page: serve them, or refuse them and say why."""
        if self._served == (sync_data, self._serial):
            # marimo hands over what a message has brought once more, as the value of its element.
            # A second answer would take the page back to it.
            return
        before = self._serial
        try:
            check_state(sync_data, self, _KERNEL_SETS)
            with self.hold_sync():
                super().set_state(sync_data)
                self.set_trait("error", "")
        except Exception as error:
            self.log.warning("The scope refused %s", brief(sync_data), exc_info=True)
            self._answer(sync_data, error_text(error))
        else:
            is_new = self._serial != before or self._refining
            if not is_new and _ANSWERED.intersection(sync_data):
                self._answer(sync_data, "")

    def _handle_msg(self, msg: Any) -> None:
        with widget_lock:
            self._take_in(msg)

    def _take_in(self, msg: Any) -> None:
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
        """Compute before observers hear; itself no observer, which ``unobserve_all`` would end."""
        with widget_lock:
            self._take_note(change)
            self._tell(change)

    def _tell(self, change: Any) -> None:
        """Let observers hear."""
        super().notify_change(change)

    def _take_note(self, change: Any) -> None:
        if change["name"] in _COMPUTED:
            self._settle()
        elif change["name"] == "navigator" and self._shown:
            self._aim()
        elif change["name"] == "_window":
            self._show_tile()
        elif change["name"] in TABULATED and self._shown:
            self._tabulate()
            self._show_table()

    def _settle(self, *, anew: bool = False, again: bool = False) -> None:
        """Show what the traits ask for; on an error they are as they were.

        Parameters
        ----------
        anew
            Samples were added to the step on show.
        again
            To show what is on show already once more.
        """
        if self._settling:
            return
        self._settling = True
        try:
            # Observers of what is shown may ask for something else in turn.
            while True:
                ranking = self._ranked(self.order, self.epsilon, anew=anew)
                spec = self._spec(ranking)
                if spec == self._shown and not (anew or again):
                    break
                self._show(spec, ranking)
                anew = again = False
        except BaseException:
            self._take_back()
            raise
        finally:
            self._settling = False

    def _spec(self, ranking: PlaneOrder) -> ViewSpec:
        """What the traits ask for; of plane and position the one that was set."""
        pair, shown = self.pair, self._shown
        if shown and pair == shown.pair and self.position != self._position:
            pair = ranking.plane(self.position)
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
            self._hidden(),
        )

    def _hidden(self) -> tuple[int, ...]:
        """Classes switched off; where there are others now, those of the same name."""
        names = () if self.legend is None else self.legend.groups.names
        before, hidden = self._class_names, tuple(self.hidden_classes)
        if self._shown is None or hidden != self._shown.hidden_classes or before == names:
            return tuple(position for position in hidden if position < len(names))
        kept = [before[position] for position in hidden if position < len(before)]
        return tuple(sorted(names.index(name) for name in kept if name in names))

    @property
    def _position(self) -> int:
        """Where the plane that is spec for stands in the order."""
        position: int = self._frame["position"]
        return position

    @property
    def _refining(self) -> bool:
        """Whether an answer is under way."""
        return False

    def _show(self, spec: ViewSpec, ranking: PlaneOrder) -> None:
        # Rows that come while it is drawn may be missing in the picture.
        position, rows = ranking.position(*spec.pair), self._rows()
        self._publish(self._builder.build(spec, position), spec, ranking, rows)

    def _publish(self, picture: ScopeView, spec: ViewSpec, ranking: PlaneOrder, rows: Rows) -> None:
        self._picture, self._shown, self._ranking, self._rows_shown = picture, spec, ranking, rows
        self._date()
        with self.hold_sync():
            self._hand_out(picture.frames, picture.arrays)
            self._say(spec, self._frame["position"])
            self.set_trait("error", "")
            self.set_trait("n_selected", picture.n_selected)
            self.set_trait("selected", picture.selected)
            self._aim()
            self._show_chart()
            self._tabulate()

    def _hand_out(self, frames: dict[str, dict[str, Any]], arrays: dict[str, bytes]) -> None:
        """Give the page something to draw; what is not there it goes on with."""
        self._serial += 1
        for name in _FRAMES:
            self.set_trait(f"_{name}", frames.get(name, getattr(self, f"_{name}")))
        self._frame = {**frames["frame"], "serial": self._serial, "era": self._era}
        for name in _ARRAYS:
            self.set_trait(f"_{name}", arrays.get(name, getattr(self, f"_{name}")))

    def _say(self, spec: ViewSpec, position: int) -> None:
        """Set what follows from the traits that were set."""
        self.pair, self.position = spec.pair, position
        self._class_names = () if self.legend is None else self.legend.groups.names
        self.hidden_classes = list(spec.hidden_classes)

    def _rows(self) -> Rows:
        """Rows of the step on show, and of the one it is compared to."""
        compared = 0 if self.compare < 0 else self._timeline.step(self.compare).engine.n_rows
        return self._engine.n_rows, compared

    def _date(self) -> None:
        """Begin another era if what planes look like, or where they stand, is not as it was."""
        shown, ranking = self._shown, self._ranking
        if shown is None:
            return
        order = shown.order, ranking.step, ranking.epsilon
        drawn = shown.step, shown.compare, shown.highlight, shown.labels, shown.cloud
        key = *order, *drawn, *self._rows_shown
        if key != self._era_key:
            self._era_key, self._era = key, self._era + 1

    def _reordered(self, ranking: PlaneOrder) -> None:
        """Number the plane on show anew."""
        if self._shown is None or self._shown.order != ranking.order:
            return
        self._ranking = ranking
        position = ranking.position(*self._shown.pair)
        before = self._era
        self._date()
        if position != self._frame["position"] or before != self._era:
            self._serial += 1
            changed = {"serial": self._serial, "era": self._era, "position": position}
            self._frame = {**self._frame, **changed}
            self.position = position

    def _take_back(self) -> None:
        """Set the traits to what is shown."""
        if self._shown is None:
            return
        with self.hold_sync():
            self.step = self._shown.step  # what a position may be depends on it
            self.position = self._position
            for name, value in self._shown._asdict().items():
                self.set_trait(name, list(value) if name in _LISTS else value)
            if self._survey_task.step != self.step:
                self._aim()

    def _answer(self, spec: Any, error: str) -> None:
        """Send back what holds instead of what the page `spec` for, and why."""
        self.send_state([name for name in spec if name in self.keys])
        self._serial += 1
        with self.hold_sync():
            self.set_trait("error", printable(error, _LONGEST_ERROR))
            self._frame = {**self._frame, "serial": self._serial}

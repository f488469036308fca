"""`ViewController`: from what the traits ask for to the view that they and the page then show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from srm_widget.concurrency.locks import widget_lock
from srm_widget.results.curves import Resonance
from srm_widget.utils.text import error_text
from srm_widget.view.builder import ViewBuilder
from srm_widget.view.plane_map import PlaneOrder
from srm_widget.view.spec import ScopeView, ViewSpec
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.progressive_view import OnShow, ProgressiveView, RowCounts
from srm_widget.widget.publisher import Publisher

_LIST_TRAITS = "highlight", "hidden_classes"


class ViewController:
    """Keeper of the view on show: it follows the traits, and sets them back where it cannot.

    A view of large data that a page asks for is built in the background: the page sees the curve
    of the samples counted so far, and then the whole view. Python code, and every request where no
    event loop runs, is answered at once.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    builder
        Builder of the views.
    order_for
        Returns the planes in an order at an ε, see `SurveyController.order_for`.
    is_for_page
        Whether traits are being set for a page, which can wait for its view.
    on_shown
        Called after a view was published, in the same message to the page.
    on_restored
        Called after traits were set back to what is shown.

    Attributes
    ----------
    era
        Number of the era: planes sent ahead, and positions, hold for one.
    """

    def __init__(
        self,
        model: ScopeModel,
        publisher: Publisher,
        builder: ViewBuilder,
        *,
        order_for: Callable[..., PlaneOrder],
        is_for_page: Callable[[], bool],
        on_shown: Callable[[], None],
        on_restored: Callable[[], None],
    ) -> None:
        self._model, self._publisher, self._builder = model, publisher, builder
        self._order_for, self._is_for_page = order_for, is_for_page
        self._on_shown, self._on_restored = on_shown, on_restored
        self._progressive = ProgressiveView(
            builder, self._show_partial, self._show_exact, self._show_failure
        )
        self._exact: OnShow | None = None
        self._view: ScopeView | None = None
        self._class_names: tuple[str, ...] = ()
        self._reconciling = False
        self.era = 0
        self._era_key: tuple[object, ...] = ()

    @property
    def resonance(self) -> Resonance:
        """Resonance of what the traits say, P = 1; a view under way is finished first."""
        with widget_lock:
            partial = self._progressive.partial_or_finished()
            if partial is not None:
                return partial
            if self._view is None:
                raise RuntimeError("expected a scope that has been set up")
            return self._view.resonance

    @property
    def spec(self) -> ViewSpec | None:
        """What is on show, or under way; None before the first view."""
        on_show = self._on_show
        return None if on_show is None else on_show.spec

    @property
    def refining(self) -> bool:
        """Whether a view is under way in the background."""
        return self._progressive.under_way

    @property
    def _on_show(self) -> OnShow | None:
        return self._progressive.pending or self._exact

    def close(self) -> None:
        """End what is computed."""
        self._progressive.close()

    def reconcile(self, *, samples_appended: bool = False, force: bool = False) -> None:
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
                order, epsilon = self._model.order, self._model.epsilon
                plane_order = self._order_for(order, epsilon, samples_appended=samples_appended)
                spec = self._wanted_spec(plane_order)
                if spec == self.spec and not (samples_appended or force):
                    break
                self._show(spec, plane_order)
                samples_appended = force = False
        except BaseException:
            self._restore_traits()
            raise
        finally:
            self._reconciling = False

    def show_appended(self) -> None:
        """Show samples that were appended since the view on show, or under way, was begun."""
        if self._on_show is None:
            return
        before, row_counts = self._on_show.row_counts, self._row_counts()
        if row_counts != before:
            self.reconcile(samples_appended=row_counts[0] != before[0], force=True)

    def reorder(self, plane_order: PlaneOrder) -> None:
        """Take a new order of the planes, and the position of the plane on show in it."""
        on_show = self._on_show
        if on_show is None or on_show.spec.order != plane_order.order:
            return
        self._model.ranking = plane_order
        position = plane_order.position(*on_show.spec.pair)
        if self._progressive.pending is not None:
            self._progressive.reorder(plane_order, position)
            self._publisher.publish(position=position)
            return
        self._exact = on_show._replace(plane_order=plane_order, position=position)
        before = self.era
        self._update_era()
        if position != on_show.position or before != self.era:
            self._publisher.change_frame(era=self.era, position=position)
            self._publisher.publish(position=position)

    def _wanted_spec(self, plane_order: PlaneOrder) -> ViewSpec:
        """Return what the traits ask for; of `pair` and `position` the one that was set counts."""
        model, on_show = self._model, self._on_show
        pair = model.pair
        if on_show and pair == on_show.spec.pair and model.position != on_show.position:
            pair = plane_order.plane(model.position)
        values = {name: getattr(model, name) for name in ViewSpec._fields}
        changed = {"highlight": tuple(model.highlight), "hidden_classes": self._hidden_by_name()}
        return ViewSpec(**{**values, "pair": pair, **changed})

    def _hidden_by_name(self) -> tuple[int, ...]:
        """Return the classes that are switched off; after new labels, those of the same names."""
        names = self._legend_names()
        before, hidden = self._class_names, tuple(self._model.hidden_classes)
        spec = self.spec
        if spec is None or hidden != spec.hidden_classes or before == names:
            return tuple(position for position in hidden if position < len(names))
        kept = [before[position] for position in hidden if position < len(before)]
        return tuple(sorted(names.index(name) for name in kept if name in names))

    def _legend_names(self) -> tuple[str, ...]:
        legend = self._model.legend
        return () if legend is None else legend.groups.names

    def _row_counts(self) -> RowCounts:
        """Return the rows of the step on show, and of the compared step."""
        timeline, compare = self._model.timeline, self._model.compare
        compared = 0 if compare < 0 else timeline.step(compare).engine.n_rows
        return self._model.engine.n_rows, compared

    def _show(self, spec: ViewSpec, plane_order: PlaneOrder) -> None:
        """Build the view that `spec` asks for, at once or in the background, and publish it."""
        # Rows are counted before: those that come while the view is built may be missing in it.
        position, row_counts = plane_order.position(*spec.pair), self._row_counts()
        wanted = OnShow(spec, plane_order, position, row_counts)
        can_wait = self._is_for_page() and self._view is not None
        if can_wait and self._progressive.in_background and self._builder.is_large(spec):
            view = self._progressive.begin(wanted)
            if view is None:
                self._model.ranking = plane_order
                self._publisher.publish(**self._dependent_traits(wanted))
                return
        else:
            view = self._builder.build(spec, position)
        self._publish(wanted, view)

    def _publish(self, shown: OnShow, view: ScopeView) -> None:
        """Show a whole view, and set the traits that follow from it."""
        self._progressive.cancel()
        self._exact, self._view, self._model.ranking = shown, view, shown.plane_order
        self._update_era()
        with self._publisher.collecting_observer_errors(), self._publisher.hold():
            self._publisher.show(view.frames, view.arrays, self.era)
            selected = {"n_selected": view.n_selected, "selected": view.selected}
            self._publisher.publish(**self._dependent_traits(shown), error="", **selected)
            self._on_shown()

    def _dependent_traits(self, shown: OnShow) -> dict[str, Any]:
        """Return the traits that follow from others: plane, position and classes switched off."""
        self._class_names = self._legend_names()
        hidden = list(shown.spec.hidden_classes)
        return {"pair": shown.spec.pair, "position": shown.position, "hidden_classes": hidden}

    def _restore_traits(self) -> None:
        """Set the traits back to what is shown."""
        on_show = self._on_show
        if on_show is None:
            return
        spec = on_show.spec._asdict()
        values = {name: list(spec[name]) if name in _LIST_TRAITS else spec[name] for name in spec}
        with self._publisher.hold():
            # The step comes first: what a position may be depends on it.
            first = {"step": spec["step"], "position": on_show.position}
            self._publisher.publish(**{**first, **values})
            self._on_restored()

    def _update_era(self) -> None:
        """Begin another era if views sent ahead, or positions, do not hold any more."""
        on_show = self._on_show
        if on_show is None:
            return
        spec, plane_order = on_show.spec, on_show.plane_order
        order = spec.order, plane_order.step, plane_order.epsilon
        content = spec.step, spec.compare, spec.highlight, spec.labels, spec.cloud
        key = *order, *content, *on_show.row_counts
        if key != self._era_key:
            self._era_key, self.era = key, self.era + 1

    def _show_partial(self, pending: OnShow, resonance: Resonance) -> None:
        """Show the curve of the samples so far; an error does not end the counting."""
        spec = pending.spec
        exact = None if self._exact is None else self._exact.spec
        with self._publisher.logging_errors():
            plane = self._builder.partial_view(spec, pending.position, resonance)
            # The page marks samples of another plane, and keeps them; not those of another step.
            same = exact is not None and (exact.step, exact.labels) == (spec.step, spec.labels)
            empty: dict[str, Any] = {} if same else {"cloud_frame": {}, "strip_frame": {}}
            frames = {**empty, **plane.frames}
            with self._serving_observers_afterwards(), self._progressive.showing(resonance):
                self._update_era()
                self._publisher.show(frames, plane.arrays, self.era)

    def _show_exact(self, pending: OnShow, view: ScopeView) -> None:
        """Show the whole view; an error is shown too."""
        # The plane's position may have changed meanwhile.
        frame = {**view.frames["frame"], "position": pending.position}
        exact = view._replace(frames={**view.frames, "frame": frame})
        with self._publisher.logging_errors():
            try:
                with self._serving_observers_afterwards():
                    self._publish(pending, exact)
            except Exception as error:
                self._publisher.answer((), error_text(error))
                raise

    def _show_failure(self, error: Exception) -> None:
        """Show the last whole view again, and why there is no other."""
        publisher, view = self._publisher, self._view
        publisher.log.warning("The scope could not show what was asked for", exc_info=error)
        if view is None or self._exact is None:
            return
        frame = {**view.frames["frame"], "position": self._exact.position}
        with (
            publisher.logging_errors(),
            publisher.collecting_observer_errors(),
            publisher.hold(),
        ):
            with self._serving_observers_afterwards():
                self._model.ranking = self._exact.plane_order
                self._update_era()
                publisher.show({**view.frames, "frame": frame}, view.arrays, self.era)
                self._restore_traits()
            self.show_appended()
            publisher.answer((), error_text(error))

    @contextmanager
    def _serving_observers_afterwards(self) -> Iterator[None]:
        """Serve what observers of a view ask for only after the view is shown."""
        with self._publisher.collecting_observer_errors():
            before, self._reconciling = self._reconciling, True
            try:
                yield
            except BaseException:
                self._restore_traits()
                raise
            finally:
                self._reconciling = before
            self.reconcile()

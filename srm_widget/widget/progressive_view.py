"""Views of large data, built in the background: the page sees the samples counted so far."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from srm_widget.concurrency.threads import widget_lock
from srm_widget.engine.timeline import Timeline
from srm_widget.results.curves import Resonance
from srm_widget.utils.text import error_text
from srm_widget.view.plane_map import PlaneOrder
from srm_widget.view.spec import ScopeView, ViewSpec
from srm_widget.widget.progressive_task import ProgressiveTask
from srm_widget.widget.view_controller import RowCounts, ViewController


class _Pending(NamedTuple):
    """View that is under way, and what the traits say meanwhile."""

    spec: ViewSpec
    plane_order: PlaneOrder
    position: int
    row_counts: RowCounts


class ProgressiveView(ViewController):
    """Scope that builds a view in the background where a page asks for it and it takes long.

    Steps are taken between the event loop's other tasks: the page sees the curve of the samples
    counted so far, and then the whole view. Python code, and every request where no event loop
    runs, is answered at once.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Names of the M directions.
    **traits
        Traits of the widget.
    """

    def __init__(self, timeline: Timeline, names: list[str], **traits: Any) -> None:
        self._task = ProgressiveTask(self._show_partial, self._show_exact, self._show_failure)
        self._pending: _Pending | None = None
        self._last_exact: tuple[ViewSpec, PlaneOrder, RowCounts] | None = None
        self._partial_resonance: Resonance | None = None
        self._asked_by_page = False
        self._observer_errors: list[Exception] | None = None
        super().__init__(timeline, names, **traits)

    @property
    def resonance(self) -> Resonance:
        """Resonance of what the traits say, P = 1; a view under way is finished first."""
        with widget_lock:
            if self._partial_resonance is not None:
                return self._partial_resonance  # an observer of this partial view asks
            self._task.finish()
            return super().resonance

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_task" in self.__dict__:  # else it was refused while it was made
            self._task.close()
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Set traits from the page, or refuse the values and show why."""
        with widget_lock, self._asked_by(page=True):
            super().set_state(sync_data)

    def _receive(self, msg: Any) -> None:
        with self._asked_by(page=True):
            super()._receive(msg)

    def _tell_observers(self, change: Any) -> None:
        try:
            with self._asked_by(page=False):  # an observer is Python code
                super()._tell_observers(change)
        except Exception as error:
            if self._observer_errors is None:
                raise
            self._observer_errors.append(error)

    @contextmanager
    def _collecting_observer_errors(self) -> Iterator[None]:
        """Raise observers' errors at the end: else half a view would be shown for another."""
        if self._observer_errors is not None:
            yield
            return
        errors: list[Exception] = []
        self._observer_errors = errors
        try:
            yield
        finally:
            self._observer_errors = None
            for error in errors[1:]:
                self.log.warning("Another observer of the scope failed", exc_info=error)
        if errors:
            raise errors[0]

    @contextmanager
    def _asked_by(self, *, page: bool) -> Iterator[None]:
        """Note whether a page, which can wait for its view, or Python code sets traits."""
        before, self._asked_by_page = self._asked_by_page, page
        try:
            yield
        finally:
            self._asked_by_page = before

    @property
    def _refining(self) -> bool:
        return self._task.under_way

    @property
    def _position(self) -> int:
        return super()._position if self._pending is None else self._pending.position

    def _show(self, spec: ViewSpec, plane_order: PlaneOrder) -> None:
        can_wait = self._asked_by_page and self._view is not None
        if can_wait and self._task.in_background and self._builder.is_large(spec):
            self._refine(spec, plane_order)
        else:
            super()._show(spec, plane_order)

    def _publish(
        self, view: ScopeView, spec: ViewSpec, plane_order: PlaneOrder, row_counts: RowCounts
    ) -> None:
        self._task.cancel()
        self._pending, self._last_exact = None, (spec, plane_order, row_counts)
        with self._collecting_observer_errors():
            super()._publish(view, spec, plane_order, row_counts)

    def _show_appended(self) -> None:
        """Show samples that were appended since the view on show, or under way, was begun."""
        before, row_counts = self._shown_rows, self._row_counts()
        if row_counts != before:
            self._reconcile(samples_appended=row_counts[0] != before[0], force=True)

    def _refine(self, spec: ViewSpec, plane_order: PlaneOrder) -> None:
        """Begin to build what `spec` shows in the background; the traits say so at once."""
        position, row_counts = plane_order.position(*spec.pair), self._row_counts()
        view = self._task.begin(self._builder.build_steps(spec, position))
        if view is not None:
            self._publish(view, spec, plane_order, row_counts)
            return
        self._pending = _Pending(spec, plane_order, position, row_counts)
        self._shown_spec, self._plane_order, self._shown_rows = spec, plane_order, row_counts
        with self.hold_sync():
            self._set_dependent_traits(spec, position)

    def _show_partial(self, resonance: Resonance) -> None:
        """Show the curve of the samples so far; an error does not end the counting."""
        if self._pending is not None:
            with self._logging_errors():
                self._publish_partial(self._pending, resonance)

    def _publish_partial(self, pending: _Pending, resonance: Resonance) -> None:
        spec = pending.spec
        plane = self._builder.partial_view(spec, pending.position, resonance)
        exact = None if self._last_exact is None else self._last_exact[0]
        # The page marks samples of another plane, and keeps them; those of another step it can not.
        same_samples = exact is not None and (exact.step, exact.labels) == (spec.step, spec.labels)
        empty: dict[str, dict[str, Any]] = (
            {} if same_samples else {"cloud_frame": {}, "strip_frame": {}}
        )
        with self._collecting_observer_errors(), self._reconciling_afterwards():
            self._partial_resonance = resonance
            try:
                self._update_era()
                with self.hold_sync():
                    self._set_frames({**empty, **plane.frames}, plane.arrays)
            finally:
                self._partial_resonance = None

    def _show_exact(self, view: ScopeView) -> None:
        """Show the whole view; an error is shown too."""
        if self._pending is None:
            return
        with self._logging_errors():
            try:
                self._publish_exact(self._pending, view)
            except Exception as error:
                self._answer((), error_text(error))
                raise

    def _publish_exact(self, pending: _Pending, view: ScopeView) -> None:
        # The plane's position may have changed meanwhile.
        frame = {**view.frames["frame"], "position": pending.position}
        frames = {**view.frames, "frame": frame}
        with self._collecting_observer_errors(), self._reconciling_afterwards():
            view = view._replace(frames=frames)
            self._publish(view, pending.spec, pending.plane_order, pending.row_counts)

    def _show_failure(self, error: Exception) -> None:
        """Show the last whole view again, and why there is no other."""
        self.log.warning("The scope could not show what was asked for", exc_info=error)
        view, exact, self._pending = self._view, self._last_exact, None
        if view is None or exact is None:
            return
        with self._logging_errors(), self._collecting_observer_errors(), self.hold_sync():
            with self._reconciling_afterwards():
                self._shown_spec, self._plane_order, self._shown_rows = exact
                self._update_era()
                self._set_frames(view.frames, view.arrays)
                self._restore_traits()
            self._show_appended()
            self._answer((), error_text(error))

    @contextmanager
    def _logging_errors(self) -> Iterator[None]:
        """Log errors: nobody else would hear of those raised in a task of the event loop."""
        try:
            yield
        except Exception:
            self.log.warning("The scope could not go on as it should", exc_info=True)

    @contextmanager
    def _reconciling_afterwards(self) -> Iterator[None]:
        """Serve what observers of a view ask for only after the view is shown."""
        before, self._reconciling = self._reconciling, True
        try:
            yield
        except BaseException:
            self._restore_traits()
            raise
        finally:
            self._reconciling = before
        self._reconcile()

    def _reorder(self, plane_order: PlaneOrder) -> None:
        if self._pending is None:
            super()._reorder(plane_order)
        elif self._pending.spec.order == plane_order.order:
            position = plane_order.position(*self._pending.spec.pair)
            self._pending = self._pending._replace(plane_order=plane_order, position=position)
            self._plane_order, self.position = plane_order, position

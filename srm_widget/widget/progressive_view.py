"""The scope's share of large data: what a page asks for is drawn bit by bit."""

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
from srm_widget.widget.view_controller import Rows, ViewController


class _Sought(NamedTuple):
    """What is drawn bit by bit."""

    spec: ViewSpec
    ranking: PlaneOrder
    position: int
    rows: Rows


class ProgressiveView(ViewController):
    """A drawing that keeps nobody waiting where there is much to count.

    What a page asks for, and what would take long, is computed between the event loop's other
    tasks: the page sees the curve of the samples counted so far, and then the picture. Python code,
    and all where no event loop runs, is answered at once.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Of the M directions.
    **traits
        For the widget.
    """

    def __init__(self, timeline: Timeline, names: list[str], **traits: Any) -> None:
        self._task = ProgressiveTask(self._glimpse, self._complete, self._give_up)
        self._sought: _Sought | None = None
        self._exact: tuple[ViewSpec, PlaneOrder, Rows] | None = None
        self._partial: Resonance | None = None
        self._page_asks = False
        self._troubles: list[Exception] | None = None
        super().__init__(timeline, names, **traits)

    @property
    def resonance(self) -> Resonance:
        """The resonance of what the traits say, P = 1; what is under way is finished first."""
        with widget_lock:
            if self._partial is not None:
                return self._partial  # to those who are just told of it
            self._task.finish()
            return super().resonance

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_task" in self.__dict__:  # else it was refused while it was made
            self._task.close()
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take values from the page: serve them, or refuse them and say why."""
        with widget_lock, self._asking(page=True):
            super().set_state(sync_data)

    def _take_in(self, msg: Any) -> None:
        with self._asking(page=True):
            super()._take_in(msg)

    def _tell(self, change: Any) -> None:
        try:
            with self._asking(page=False):  # an observer is Python code
                super()._tell(change)
        except Exception as error:
            if self._troubles is None:
                raise
            self._troubles.append(error)

    @contextmanager
    def _all_told(self) -> Iterator[None]:
        """What observers raise is raised in the end: half a picture would be shown for another."""
        if self._troubles is not None:
            yield
            return
        troubles: list[Exception] = []
        self._troubles = troubles
        try:
            yield
        finally:
            self._troubles = None
            for other in troubles[1:]:
                self.log.warning("Another observer of the scope failed", exc_info=other)
        if troubles:
            raise troubles[0]

    @contextmanager
    def _asking(self, *, page: bool) -> Iterator[None]:
        """Whether a page can wait for what is set meanwhile."""
        before, self._page_asks = self._page_asks, page
        try:
            yield
        finally:
            self._page_asks = before

    @property
    def _refining(self) -> bool:
        return self._task.under_way

    @property
    def _position(self) -> int:
        return super()._position if self._sought is None else self._sought.position

    def _show(self, spec: ViewSpec, ranking: PlaneOrder) -> None:
        can_wait = self._page_asks and self._picture is not None
        if can_wait and self._task.in_background and self._builder.is_large(spec):
            self._refine(spec, ranking)
        else:
            super()._show(spec, ranking)

    def _publish(self, picture: ScopeView, spec: ViewSpec, ranking: PlaneOrder, rows: Rows) -> None:
        self._task.cancel()
        self._sought, self._exact = None, (spec, ranking, rows)
        with self._all_told():
            super()._publish(picture, spec, ranking, rows)

    def _catch_up(self) -> None:
        """Show the samples that are not in the picture on show, or to come."""
        shown, rows = self._rows_shown, self._rows()
        if rows != shown:
            self._settle(anew=rows[0] != shown[0], again=True)

    def _refine(self, spec: ViewSpec, ranking: PlaneOrder) -> None:
        """Begin to draw what `spec` shows; the traits say so at once."""
        position, rows = ranking.position(*spec.pair), self._rows()
        picture = self._task.begin(self._builder.build_steps(spec, position))
        if picture is not None:
            self._publish(picture, spec, ranking, rows)
            return
        self._sought = _Sought(spec, ranking, position, rows)
        self._shown, self._ranking, self._rows_shown = spec, ranking, rows
        with self.hold_sync():
            self._say(spec, position)

    def _glimpse(self, resonance: Resonance) -> None:
        """Show the curve of the samples so far; what goes wrong does not end the counting."""
        if self._sought is not None:
            with self._logged():
                self._show_part(self._sought, resonance)

    def _show_part(self, sought: _Sought, resonance: Resonance) -> None:
        spec = sought.spec
        plane = self._builder.partial_view(spec, sought.position, resonance)
        before = None if self._exact is None else self._exact[0]
        # Samples of another plane say so, and stay until others come; those of another step do not.
        alike = before is not None and (before.step, before.labels) == (spec.step, spec.labels)
        empty: dict[str, dict[str, Any]] = {} if alike else {"cloud_frame": {}, "strip_frame": {}}
        with self._all_told(), self._settled():
            self._partial = resonance
            try:
                self._date()
                with self.hold_sync():
                    self._hand_out({**empty, **plane.frames}, plane.arrays)
            finally:
                self._partial = None

    def _complete(self, picture: ScopeView) -> None:
        """Show the picture; what goes wrong is shown too."""
        if self._sought is None:
            return
        with self._logged():
            try:
                self._show_whole(self._sought, picture)
            except Exception as error:
                self._answer((), error_text(error))
                raise

    def _show_whole(self, sought: _Sought, picture: ScopeView) -> None:
        # Where the plane stands may have changed meanwhile.
        placed = {**picture.frames["frame"], "position": sought.position}
        frames = {**picture.frames, "frame": placed}
        with self._all_told(), self._settled():
            picture = picture._replace(frames=frames)
            self._publish(picture, sought.spec, sought.ranking, sought.rows)

    def _give_up(self, error: Exception) -> None:
        """Show the last picture again, and why there is no other."""
        self.log.warning("The scope could not show what was asked for", exc_info=error)
        picture, exact, self._sought = self._picture, self._exact, None
        if picture is None or exact is None:
            return
        with self._logged(), self._all_told(), self.hold_sync():
            with self._settled():
                self._shown, self._ranking, self._rows_shown = exact
                self._date()
                self._hand_out(picture.frames, picture.arrays)
                self._take_back()
            self._catch_up()
            self._answer((), error_text(error))

    @contextmanager
    def _logged(self) -> Iterator[None]:
        """What is raised in a task of the event loop nobody else would hear of."""
        try:
            yield
        except Exception:
            self.log.warning("The scope could not go on as it should", exc_info=True)

    @contextmanager
    def _settled(self) -> Iterator[None]:
        """What observers of what is shown ask for comes after it."""
        before, self._settling = self._settling, True
        try:
            yield
        except BaseException:
            self._take_back()
            raise
        finally:
            self._settling = before
        self._settle()

    def _reordered(self, ranking: PlaneOrder) -> None:
        if self._sought is None:
            super()._reordered(ranking)
        elif self._sought.spec.order == ranking.order:
            position = ranking.position(*self._sought.spec.pair)
            self._sought = self._sought._replace(ranking=ranking, position=position)
            self._ranking, self.position = ranking, position

"""The scope's share of large data: what a page asks for is drawn bit by bit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from srm_widget.concurrency.threads import turn
from srm_widget.engine.timeline import Timeline
from srm_widget.results.curves import Resonance
from srm_widget.utils.text import reason
from srm_widget.view.plane_map import Ranking
from srm_widget.view.spec import Asked, Picture
from srm_widget.widget.drawing import Drawing, Rows
from srm_widget.widget.progressive_view import Refinement


class _Sought(NamedTuple):
    """What is drawn bit by bit."""

    asked: Asked
    ranking: Ranking
    position: int
    rows: Rows


class Refining(Drawing):
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
        self._refinement = Refinement(self._glimpse, self._complete, self._give_up)
        self._sought: _Sought | None = None
        self._exact: tuple[Asked, Ranking, Rows] | None = None
        self._partial: Resonance | None = None
        self._page_asks = False
        self._troubles: list[Exception] | None = None
        super().__init__(timeline, names, **traits)

    @property
    def resonance(self) -> Resonance:
        """The resonance of what the traits say, P = 1; what is under way is finished first."""
        with turn:
            if self._partial is not None:
                return self._partial  # to those who are just told of it
            self._refinement.finish()
            return super().resonance

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_refinement" in self.__dict__:  # else it was refused while it was made
            self._refinement.close()
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take values from the page: serve them, or refuse them and say why."""
        with turn, self._asking(page=True):
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
        return self._refinement.under_way

    @property
    def _position(self) -> int:
        return super()._position if self._sought is None else self._sought.position

    def _show(self, asked: Asked, ranking: Ranking) -> None:
        can_wait = self._page_asks and self._picture is not None
        if can_wait and self._refinement.in_background and self._painter.is_large(asked):
            self._refine(asked, ranking)
        else:
            super()._show(asked, ranking)

    def _publish(self, picture: Picture, asked: Asked, ranking: Ranking, rows: Rows) -> None:
        self._refinement.cancel()
        self._sought, self._exact = None, (asked, ranking, rows)
        with self._all_told():
            super()._publish(picture, asked, ranking, rows)

    def _catch_up(self) -> None:
        """Show the samples that are not in the picture on show, or to come."""
        shown, rows = self._rows_shown, self._rows()
        if rows != shown:
            self._settle(anew=rows[0] != shown[0], again=True)

    def _refine(self, asked: Asked, ranking: Ranking) -> None:
        """Begin to draw what `asked` shows; the traits say so at once."""
        position, rows = ranking.position(*asked.pair), self._rows()
        picture = self._refinement.begin(self._painter.draw_steps(asked, position))
        if picture is not None:
            self._publish(picture, asked, ranking, rows)
            return
        self._sought = _Sought(asked, ranking, position, rows)
        self._shown, self._ranking, self._rows_shown = asked, ranking, rows
        with self.hold_sync():
            self._say(asked, position)

    def _glimpse(self, resonance: Resonance) -> None:
        """Show the curve of the samples so far; what goes wrong does not end the counting."""
        if self._sought is not None:
            with self._logged():
                self._show_part(self._sought, resonance)

    def _show_part(self, sought: _Sought, resonance: Resonance) -> None:
        asked = sought.asked
        plane = self._painter.glimpse(asked, sought.position, resonance)
        before = None if self._exact is None else self._exact[0]
        # Samples of another plane say so, and stay until others come; those of another step do not.
        alike = before is not None and (before.step, before.labels) == (asked.step, asked.labels)
        empty: dict[str, dict[str, Any]] = {} if alike else {"cloud_frame": {}, "strip_frame": {}}
        with self._all_told(), self._settled():
            self._partial = resonance
            try:
                self._date()
                with self.hold_sync():
                    self._hand_out({**empty, **plane.frames}, plane.arrays)
            finally:
                self._partial = None

    def _complete(self, picture: Picture) -> None:
        """Show the picture; what goes wrong is shown too."""
        if self._sought is None:
            return
        with self._logged():
            try:
                self._show_whole(self._sought, picture)
            except Exception as error:
                self._answer((), reason(error))
                raise

    def _show_whole(self, sought: _Sought, picture: Picture) -> None:
        # Where the plane stands may have changed meanwhile.
        placed = {**picture.frames["frame"], "position": sought.position}
        frames = {**picture.frames, "frame": placed}
        with self._all_told(), self._settled():
            picture = picture._replace(frames=frames)
            self._publish(picture, sought.asked, sought.ranking, sought.rows)

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
            self._answer((), reason(error))

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

    def _reordered(self, ranking: Ranking) -> None:
        if self._sought is None:
            super()._reordered(ranking)
        elif self._sought.asked.order == ranking.order:
            position = ranking.position(*self._sought.asked.pair)
            self._sought = self._sought._replace(ranking=ranking, position=position)
            self._ranking, self.position = ranking, position

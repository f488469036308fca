"""`ProgressiveView`: a view of large data that is built bit by bit in the background."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from srm_widget.results.curves import Resonance
from srm_widget.utils.callbacks import ignore
from srm_widget.view.builder import ViewBuilder
from srm_widget.view.plane_map import PlaneOrder
from srm_widget.view.spec import ScopeView, ViewSpec
from srm_widget.widget.progressive_task import ProgressiveTask

RowCounts = tuple[int, int]
"""Rows of the step on show, and of the compared step."""


class OnShow(NamedTuple):
    """What the traits ask for, once it is on show or while it is under way.

    Attributes
    ----------
    spec
        What is shown.
    plane_order
        Order of the planes.
    position
        Position in it of the plane.
    row_counts
        Rows that there were when the view was begun.
    """

    spec: ViewSpec
    plane_order: PlaneOrder
    position: int
    row_counts: RowCounts


class ProgressiveView:
    """View that is built between the event loop's other tasks, if there is one under way.

    Parameters
    ----------
    builder
        Builder of the view.
    on_partial
        Called with what is under way and the resonance of the samples so far, now and then.
    on_exact
        Called with what was under way and its view in the end.
    on_failed
        Called in place of `on_exact` with the error that ended the building.

    Attributes
    ----------
    pending
        What is under way; None if nothing is.
    """

    def __init__(
        self,
        builder: ViewBuilder,
        on_partial: Callable[[OnShow, Resonance], None],
        on_exact: Callable[[OnShow, ScopeView], None],
        on_failed: Callable[[Exception], None],
    ) -> None:
        self._builder = builder
        self._on_partial, self._on_exact, self._on_failed = on_partial, on_exact, on_failed
        self._task = ProgressiveTask(self._tell_partial, self._tell_exact, self._tell_failed)
        self._partial: Resonance | None = None
        self.pending: OnShow | None = None

    @property
    def in_background(self) -> bool:
        """Whether there is a running event loop to build in."""
        return self._task.in_background

    @property
    def under_way(self) -> bool:
        """Whether there is a view to come."""
        return self._task.under_way

    def begin(self, wanted: OnShow) -> ScopeView | None:
        """Begin to build a view; an error of the first step is raised, and changes nothing.

        Returns
        -------
        view
            The view if it took no more than one step, else None.
        """
        view = self._task.begin(self._builder.build_steps(wanted.spec, wanted.position))
        self.pending = wanted if view is None else None
        return view

    def reorder(self, plane_order: PlaneOrder, position: int) -> None:
        """Take another order for what is under way, and the position of its plane in it."""
        if self.pending is not None:
            self.pending = self.pending._replace(plane_order=plane_order, position=position)

    def cancel(self) -> None:
        """Stop building, and forget what was built."""
        self._task.cancel()
        self.pending = None

    def close(self) -> None:
        """Stop for good, and hold nobody who would be told."""
        self._task.close()
        self._on_partial = self._on_exact = self._on_failed = ignore

    def partial_or_finished(self) -> Resonance | None:
        """Return the partial resonance that observers are told of, or finish what is under way."""
        if self._partial is None:
            self._task.finish()
        return self._partial

    @contextmanager
    def showing(self, partial: Resonance) -> Iterator[None]:
        """Have observers that ask meanwhile be given the partial resonance."""
        self._partial = partial
        try:
            yield
        finally:
            self._partial = None

    def _tell_partial(self, resonance: Resonance) -> None:
        if self.pending is not None:
            self._on_partial(self.pending, resonance)

    def _tell_exact(self, view: ScopeView) -> None:
        if self.pending is not None:
            self._on_exact(self.pending, view)

    def _tell_failed(self, error: Exception) -> None:
        self.pending = None
        self._on_failed(error)

"""What the plane slider runs through: all planes, in index order or best first."""

from typing import Literal, get_args

import numpy as np

from srm_widget.geometry import plane_index as planes
from srm_widget.results.survey import Survey, checked_measure

Order = Literal["index", "alignment", "peak", "gain"]
ORDERS: tuple[str, ...] = get_args(Order)


class Ranking:
    """All planes i < j in some order.

    Parameters
    ----------
    n_directions
        M.
    order
        One of `ORDERS`.
    survey
        Scores of the planes, for an order other than "index". Lit planes come best first, then the
        others in index order.
    step
        Of the timeline, whose survey it is.
    """

    def __init__(
        self, n_directions: int, order: str, survey: Survey | None = None, step: int = 0
    ) -> None:
        self.order, self.step = order, step
        self.epsilon = None if survey is None else survey.epsilon
        self._n_directions = n_directions
        self._lit = np.empty(0, dtype=np.int64)
        self._places = self._lit
        self._ranks = self._lit
        if order != "index":
            if survey is None:
                raise ValueError(f"expected a survey to order planes by {order}, got none")
            self._lit = survey.lit.position
            self._places = survey.ranked(checked_measure(order))
            self._ranks = np.empty_like(self._places)
            self._ranks[self._places] = np.arange(len(self._places))

    def plane(self, position: int) -> tuple[int, int]:
        """Plane (i, j), i < j, at `position`."""
        n_lit = len(self._lit)
        if position < n_lit:
            return planes.unrank(int(self._lit[self._places[position]]), self._n_directions)
        dark = position - n_lit
        before = int(np.searchsorted(self._lit - np.arange(n_lit), dark, side="right"))
        return planes.unrank(dark + before, self._n_directions)

    def position(self, i: int, j: int) -> int:
        """Where the plane of directions i and j stands: the inverse of `plane`."""
        index = planes.rank(i, j, self._n_directions)
        before = int(np.searchsorted(self._lit, index))
        if before < len(self._lit) and self._lit[before] == index:
            return int(self._ranks[before])
        return len(self._lit) + index - before

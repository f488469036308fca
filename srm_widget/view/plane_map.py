"""What the page is shown of all planes: a map of their scores, in whole and in windows."""

from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float32

from srm_widget.geometry import plane_index
from srm_widget.results.survey import Measure, Survey, checked_measure
from srm_widget.utils.arrays import block_extremes, block_side

MOST_CELLS = 256
"""Rows and columns of a map as it is sent."""

_STEPS = 65_534
Order = Literal["index", "alignment", "peak", "gain"]
ORDERS: tuple[Order, ...] = get_args(Order)


class MapTile(NamedTuple):
    """A square of the map.

    Attributes
    ----------
    frame
        Its geometry and the range of its scores.
    scores
        Little-endian uint16: 0 where there is none, else 1 at the lowest to 65,535 at the highest.
    best
        Little-endian uint16: which plane of a cell the score belongs to; empty for cells of one.
    """

    frame: dict[str, Any]
    scores: bytes
    best: bytes


class ScoreMap:
    """The (M, M) scores of a survey by one measure.

    Parameters
    ----------
    survey
        All planes.
    by
        Measure; planes that light nothing have no score here.
    """

    def __init__(self, survey: Survey, by: Measure) -> None:
        self.survey, self.by = survey, by
        matrix = survey.matrix(by).astype(np.float32)
        matrix[~np.isfinite(matrix)] = np.nan
        if by != "alignment":
            matrix[matrix == 0] = np.nan
        self._matrix: Float32[np.ndarray, "directions directions"] = matrix
        known = matrix[~np.isnan(matrix)]
        self._range = (float(known.min()), float(known.max())) if len(known) else (None, None)

    def whole(self) -> MapTile:
        """All of it."""
        return self.window(0, 0, self.survey.n_directions)

    def window(self, row: int, column: int, side: int) -> MapTile:
        """The square of `side` directions that begins at a row and a column."""
        part = self._matrix[row : row + side, column : column + side]
        step = block_side(side, MOST_CELLS)
        best = b""
        if step > 1:
            part, places = block_extremes(part, step)
            best = places.astype("<u2").tobytes()
        low, high = self._range
        frame = {"step": step, "size": max(part.shape), "low": low, "high": high}
        return MapTile(frame, self._packed(part), best)

    def _packed(self, scores: np.ndarray) -> bytes:
        low, high = self._range
        packed = np.zeros(scores.shape, dtype="<u2")
        if low is not None and high is not None:
            known = ~np.isnan(scores)
            span = high - low or 1.0
            packed[known] = 1 + np.rint((scores[known] - low) * (_STEPS / span))
        return packed.tobytes()


class PlaneOrder:
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
            return plane_index.unrank(int(self._lit[self._places[position]]), self._n_directions)
        dark = position - n_lit
        before = int(np.searchsorted(self._lit - np.arange(n_lit), dark, side="right"))
        return plane_index.unrank(dark + before, self._n_directions)

    def position(self, i: int, j: int) -> int:
        """Where the plane of directions i and j stands: the inverse of `plane`."""
        index = plane_index.rank(i, j, self._n_directions)
        before = int(np.searchsorted(self._lit, index))
        if before < len(self._lit) and self._lit[before] == index:
            return int(self._ranks[before])
        return len(self._lit) + index - before

"""All planes as the page is shown them: the map of their scores, and their order on the slider."""

from typing import NamedTuple, get_args

import numpy as np
from jaxtyping import Float32, Int32

from srm_widget.geometry import plane_index
from srm_widget.results.survey import LEADING, Measure, Survey, checked_measure
from srm_widget.utils.arrays import block_extremes, block_side, pick_of_blocks, to_bytes
from srm_widget.view.wire import MapTileFacts, Order

MAP_BYTES = 16
"""Bytes that a map takes of every pair of directions, in both orders, while it is made."""

MOST_CELLS = 256
"""Most rows, and columns, of a map as the page is sent it."""

MOST_LIT = 65_535
"""Most lit samples of a cell that the page is told."""

SCORE_CODES = 65_535
"""Largest code of a score; the lowest score is 1, and 0 is none."""

ORDERS: tuple[Order, ...] = get_args(Order)


class MapTile(NamedTuple):
    """Square of the map of scores, in at most `MOST_CELLS` rows and columns of cells.

    Attributes
    ----------
    frame
        Its geometry and the range of the map's scores.
    scores
        Little-endian uint16: 0 where there is none, else 1 at the lowest to `SCORE_CODES` at the
        highest.
    best
        Little-endian uint16: plane of a cell that the score belongs to, as row · step + column in
        the cell; empty where every cell is one plane. Of several planes it is the one with the
        largest `Survey.weights` in magnitude.
    lit
        Little-endian uint16: samples lit in that plane, at most `MOST_LIT`; 0 where there is no
        score.
    """

    frame: MapTileFacts
    scores: bytes
    best: bytes
    lit: bytes


class ScoreMap:
    """Map of the (M, M) scores of a survey by one measure.

    Parameters
    ----------
    survey
        Survey of all planes.
    by
        Measure; planes that light nothing have no score here.
    """

    def __init__(self, survey: Survey, by: Measure) -> None:
        self.survey, self.by = survey, by
        scores = survey.scores(by).astype(np.float32)
        self._matrix: Float32[np.ndarray, "directions directions"]
        self._n_lit: Int32[np.ndarray, "directions directions"]
        self._matrix = _symmetric(survey, scores, np.float32(np.nan))
        self._n_lit = _symmetric(survey, survey.lit.n_lit.astype(np.int32), np.int32(0))
        known = scores[~np.isnan(scores)]
        self._range = (float(known.min()), float(known.max())) if len(known) else (None, None)

    def overview(self) -> MapTile:
        """Return the whole map as one tile."""
        return self.tile(0, 0, self.survey.n_directions)

    def tile(self, row: int, column: int, side: int) -> MapTile:
        """Return the square of `side` directions that begins at a row and a column."""
        square = slice(row, row + side), slice(column, column + side)
        scores, n_lit = self._matrix[square], self._n_lit[square]
        step = block_side(side, MOST_CELLS)
        best = b""
        if step > 1:
            weights = scores * np.sqrt(2.0 * n_lit) if self.by == "alignment" else scores
            best_in_block = block_extremes(weights, step)
            scores, n_lit = (pick_of_blocks(each, best_in_block, step) for each in (scores, n_lit))
            best = to_bytes(best_in_block, "<u2")
        low, high = self._range
        frame: MapTileFacts = {
            "step": step,
            "size": max(scores.shape),
            "low": low,
            "high": high,
        }
        lit = to_bytes(np.minimum(n_lit, MOST_LIT), "<u2")
        return MapTile(frame, self._quantized(scores), best, lit)

    def _quantized(self, scores: np.ndarray) -> bytes:
        """Return scores as `MapTile.scores`."""
        low, high = self._range
        levels = np.zeros(scores.shape, dtype="<u2")
        if low is not None and high is not None:
            known = ~np.isnan(scores)
            span = high - low or 1.0
            levels[known] = 1 + np.rint((scores[known] - low) * ((SCORE_CODES - 1) / span))
        return levels.tobytes()


def _symmetric(survey: Survey, values: np.ndarray, dark: np.generic) -> np.ndarray:
    """Return values of the lit planes as an (M, M) matrix of their dtype, `dark` elsewhere."""
    m = survey.n_directions
    full = np.full((m, m), dark, dtype=values.dtype)
    i, j = survey.pairs(slice(None)).T
    full[i, j] = full[j, i] = values
    return full


class PlaneOrder:
    """All planes i < j in the order that the plane slider runs through.

    Parameters
    ----------
    n_directions
        M.
    order
        One of `ORDERS`.
    survey
        Scores of the planes, for an order other than "index". Lit planes come best first, with few
        of one direction among the first: see `Survey.ranked`; then the others in index order.
    step
        Position in the timeline of the step that the survey is of.

    Raises
    ------
    ValueError
        If an order other than "index" comes without a survey.
    """

    def __init__(
        self, n_directions: int, order: str, survey: Survey | None = None, step: int = 0
    ) -> None:
        self.order, self.step = order, step
        self.epsilon = None if survey is None else survey.epsilon
        self._n_directions = n_directions
        self._lit = np.empty(0, dtype=np.int64)
        self._best_first = self._lit
        self._rank = self._lit
        if order != "index":
            if survey is None:
                raise ValueError(f"expected a survey to order planes by {order}, got none")
            self._lit = survey.lit.position
            self._best_first = survey.ranked(checked_measure(order), leading=LEADING)
            self._rank = np.empty_like(self._best_first)
            self._rank[self._best_first] = np.arange(len(self._best_first))

    def plane(self, position: int) -> tuple[int, int]:
        """Return the plane (i, j), i < j, at `position`."""
        n_lit = len(self._lit)
        if position < n_lit:
            return plane_index.unrank(
                int(self._lit[self._best_first[position]]), self._n_directions
            )
        unlit = position - n_lit
        lit_before = int(np.searchsorted(self._lit - np.arange(n_lit), unlit, side="right"))
        return plane_index.unrank(unlit + lit_before, self._n_directions)

    def position(self, i: int, j: int) -> int:
        """Return the position of the plane of directions i and j: the inverse of `plane`."""
        index = plane_index.rank(i, j, self._n_directions)
        lit_before = int(np.searchsorted(self._lit, index))
        if lit_before < len(self._lit) and self._lit[lit_before] == index:
            return int(self._rank[lit_before])
        return len(self._lit) + index - lit_before

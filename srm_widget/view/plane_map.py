"""What the page is shown of all planes: a map of their scores, in whole and in windows."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32

from srm_widget.results.survey import Measure, Survey
from srm_widget.utils.arrays import block_side, reduced

MOST_CELLS = 256
"""Rows and columns of a map as it is sent."""

_STEPS = 65_534


class Cells(NamedTuple):
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


class Chart:
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

    def whole(self) -> Cells:
        """All of it."""
        return self.window(0, 0, self.survey.n_directions)

    def window(self, row: int, column: int, side: int) -> Cells:
        """The square of `side` directions that begins at a row and a column."""
        part = self._matrix[row : row + side, column : column + side]
        step = block_side(side, MOST_CELLS)
        best = b""
        if step > 1:
            part, places = reduced(part, step)
            best = places.astype("<u2").tobytes()
        low, high = self._range
        frame = {"step": step, "size": max(part.shape), "low": low, "high": high}
        return Cells(frame, self._packed(part), best)

    def _packed(self, scores: np.ndarray) -> bytes:
        low, high = self._range
        packed = np.zeros(scores.shape, dtype="<u2")
        if low is not None and high is not None:
            known = ~np.isnan(scores)
            span = high - low or 1.0
            packed[known] = 1 + np.rint((scores[known] - low) * (_STEPS / span))
        return packed.tobytes()

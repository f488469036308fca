"""Rows of the list of pairs that fire together, as the page is sent them."""

from collections.abc import Sequence

import numpy as np

from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.view.wire import PairRow

MOST_PAIRS = 100
"""Pairs that the page is sent."""


def pair_rows(found: CoactivePlanes, of: int | None, names: Sequence[str]) -> list[PairRow]:
    """List pairs in their order; those of one direction with that direction first.

    Parameters
    ----------
    found
        The pairs.
    of
        The direction that all of them are of, if there is one.
    names
        Names of the M directions.
    """
    rows: list[PairRow] = []
    for k, (low, high) in enumerate(found.planes.tolist()):
        i, j = (high, low) if high == of else (low, high)
        scored = float(found.score[k]), int(found.n_between[k]), float(found.expected[k])
        p = None if np.isnan(found.p[k]) else float(found.p[k])
        rows.append((i, j, (names[i], names[j]), *scored, p))
    return rows

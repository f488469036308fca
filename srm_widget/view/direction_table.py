"""Rows of the table of directions ±b_i, as the page lists them."""

from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.survey.directions import Directions
from srm_widget.view.legend import Legend

COLUMNS = "direction", "count", "label", "purity", "coverage"
MOST_ROWS = 500


def row_order(table: Directions, by: str, descending: bool) -> Int64[np.ndarray, " rows"]:
    """Rows in the order of a column, what is missing last; equal ones by count, then direction.

    Parameters
    ----------
    table
        The table.
    by
        One of `COLUMNS`.
    descending
        Whether the largest comes first.
    """
    place = np.arange(len(table))
    values: Float64[np.ndarray, " rows"]
    if by == "direction":
        values = place.astype(np.float64)
    elif by == "label":
        values = np.where(table.code < 0, np.nan, table.code)
    else:
        values = getattr(table, by).astype(np.float64)
    missing = np.isnan(values)
    signed = np.where(missing, 0.0, -values if descending else values)
    return np.lexsort((place, -table.count, signed, missing))


def table_rows(
    table: Directions, by: str, descending: bool, names: list[str], legend: Legend | None
) -> list[list[Any]]:
    """First `MOST_ROWS` rows: direction, sign, name, count, label, group, purity, coverage."""
    listed = []
    for row in row_order(table, by, descending)[:MOST_ROWS].tolist():
        direction, code = int(table.direction[row]), int(table.code[row])
        known = legend is not None and code >= 0
        label, group = legend.of_class(code) if legend is not None and known else (None, None)
        purity, coverage = float(table.purity[row]), float(table.coverage[row])
        fixed = [direction, int(table.sign[row]), names[direction], int(table.count[row])]
        shares = [purity, coverage] if known else [None, None]
        listed.append([*fixed, label, group, *shares])
    return listed

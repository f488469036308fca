"""Rows of the table of directions ±b_i, in the order in which the page lists them."""

from collections.abc import Sequence
from typing import get_args

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.survey.directions import Directions
from srm_widget.view.legend import Legend
from srm_widget.view.wire import Sign, TableColumn, TableRow

TABLE_COLUMNS: tuple[TableColumn, ...] = get_args(TableColumn)
MOST_ROWS = 500
"""Rows that the page is sent."""


def row_order(table: Directions, by: str, descending: bool) -> Int64[np.ndarray, " rows"]:
    """Sort the rows by a column, missing values last; equal ones by count, then direction.

    Parameters
    ----------
    table
        The table.
    by
        Column, one of `TABLE_COLUMNS`.
    descending
        Whether the largest comes first.

    Returns
    -------
    rows
        Indices of the rows of `table` in that order.
    """
    row = np.arange(len(table))
    values: Float64[np.ndarray, " rows"]
    if by == "direction":
        values = row.astype(np.float64)
    elif by == "label":
        values = np.where(table.code < 0, np.nan, table.code)
    else:
        values = getattr(table, by).astype(np.float64)
    missing = np.isnan(values)
    rising = np.where(missing, 0.0, -values if descending else values)
    return np.lexsort((row, -table.count, rising, missing))


def table_rows(
    table: Directions, by: str, descending: bool, names: Sequence[str], legend: Legend | None
) -> list[TableRow]:
    """List the first `MOST_ROWS` rows in that order, as the page is sent them.

    Each is direction, sign, name, count, kurtosis, label, group, purity, coverage.
    """
    rows: list[TableRow] = []
    for row in row_order(table, by, descending)[:MOST_ROWS].tolist():
        direction, code = int(table.direction[row]), int(table.code[row])
        known = legend is not None and code >= 0
        label, group = legend.of_class(code) if legend is not None and known else (None, None)
        sign: Sign = 1 if table.sign[row] > 0 else -1
        purity = float(table.purity[row]) if known else None
        coverage = float(table.coverage[row]) if known else None
        kurtosis = None if np.isnan(table.kurtosis[row]) else float(table.kurtosis[row])
        of_all = direction, sign, names[direction], int(table.count[row]), kurtosis
        rows.append((*of_all, label, group, purity, coverage))
    return rows

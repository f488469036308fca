"""Rows of the table of directions ±b_i, in the order in which the page lists them."""

from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

import numpy as np
from jaxtyping import Bool, Float64, Int64

from srm_widget.survey.directions import Directions
from srm_widget.utils.text import folded
from srm_widget.view.direction_names import DirectionNames
from srm_widget.view.legend import Legend
from srm_widget.view.wire import ClassShare, Sign, TableColumn, TableRow

TABLE_COLUMNS: tuple[TableColumn, ...] = get_args(TableColumn)
LABEL_COLUMNS: tuple[TableColumn, ...] = ("label", "purity", "coverage")
"""Columns that need labels."""

MOST_ROWS = 500
"""Rows that the page is sent."""

LEAST_COUNT = 10
"""Samples that a row has at least, unless told otherwise: of fewer a purity says little."""

_SIGNS = {"+": 1, "-": -1, "−": -1}


class TableSpec(NamedTuple):
    """What of the table is listed, and in which order.

    Attributes
    ----------
    by
        Column, one of `TABLE_COLUMNS`; of `LABEL_COLUMNS` where there are no labels, the kurtosis,
        the largest first.
    descending
        Whether the largest comes first.
    least
        Least number of samples of a row.
    search
        Text that names and labels contain, or the number of a direction; it may begin with a sign.
        "" for all rows.
    """

    by: str
    descending: bool
    least: int
    search: str


class TableListing(NamedTuple):
    """Rows listed, and what is said of the others.

    Attributes
    ----------
    rows
        Indices of the rows of the table, in order.
    fewest
        Least number of samples that holds: where no row has as many as asked for, half of what the
        fullest has, so that there is something to list.
    n_few
        Number of the rows that were found and have fewer.
    """

    rows: Int64[np.ndarray, " listed"]
    fewest: int
    n_few: int


def row_order(table: Directions, by: str, descending: bool) -> Int64[np.ndarray, " rows"]:
    """Sort the rows by a column, missing values last; equal ones by count, then direction.

    Parameters
    ----------
    table
        The table.
    by, descending
        As in `TableSpec`.

    Returns
    -------
    rows
        Indices of the rows of `table` in that order.
    """
    if by in LABEL_COLUMNS and not table.classes:
        by, descending = "kurtosis", True
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


def rows_found(table: Directions, search: str, names: DirectionNames) -> Bool[np.ndarray, " rows"]:
    """Return which rows a text is found in: their names, numbers, or three first classes.

    Upper case and accents do not matter. A sign at its start asks for directions of that sign,
    unless it is part of the name.
    """
    wanted = folded(search.strip())
    if not wanted:
        return np.ones(len(table), dtype=np.bool_)
    named = np.fromiter((wanted in name for name in names.folded), np.bool_, len(names))
    sign = _SIGNS.get(wanted[0])
    if sign is not None:
        wanted = wanted[1:].lstrip()
    of_name = np.fromiter((wanted in name for name in names.folded), np.bool_, len(names))
    found = of_name[table.direction] | _rows_of_label(table, wanted)
    if wanted.isascii() and wanted.isdigit():
        found |= table.direction == min(int(wanted[:20]), len(names))
    if sign is not None:
        found &= table.sign == sign
    return found | named[table.direction]


def _rows_of_label(table: Directions, wanted: str) -> Bool[np.ndarray, " rows"]:
    """Return which rows have a class with this text in its name among their first three."""
    is_wanted = np.array([wanted in folded(name) for name in table.classes] + [False])
    return is_wanted[table.top_code].any(axis=1)


def listing(table: Directions, spec: TableSpec, names: DirectionNames) -> TableListing:
    """Return the rows that are listed, and what is said of the others."""
    found = rows_found(table, spec.search, names)
    most = int(table.count.max(initial=0))
    fewest = spec.least if most >= spec.least else (most + 1) // 2
    full = found & (table.count >= fewest)
    order = row_order(table, spec.by, spec.descending)
    return TableListing(order[full[order]], fewest, int(found.sum()) - int(full.sum()))


def table_rows(
    table: Directions,
    listed: Int64[np.ndarray, " listed"],
    names: Sequence[str],
    legend: Legend | None,
) -> list[TableRow]:
    """List the first `MOST_ROWS` of some rows, as the page is sent them.

    Each is direction, sign, name, count, kurtosis, label, group, purity, coverage, and the next two
    classes.
    """
    rows: list[TableRow] = []
    for row in listed[:MOST_ROWS].tolist():
        direction = int(table.direction[row])
        sign: Sign = 1 if table.sign[row] > 0 else -1
        kurtosis = None if np.isnan(table.kurtosis[row]) else float(table.kurtosis[row])
        of_all = direction, sign, names[direction], int(table.count[row]), kurtosis
        rows.append((*of_all, *_classes_of_row(table, row, legend)))
    return rows


def _classes_of_row(table: Directions, row: int, legend: Legend | None) -> Any:
    """Return label, group, purity, coverage and the next two classes of a row."""
    code = int(table.code[row])
    if legend is None or code < 0:
        return None, None, None, None, []
    count = int(table.count[row])
    others: list[ClassShare] = [
        (*legend.of_class(other), own / count)
        for other, own in zip(
            table.top_code[row, 1:].tolist(), table.top_count[row, 1:].tolist(), strict=True
        )
        if other >= 0
    ]
    shares = float(table.purity[row]), float(table.coverage[row])
    return *legend.of_class(code), *shares, others

"""Columns of tables of planes: the numbers of their directions, and the names."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Int64

from srm_widget.geometry.basis import Basis
from srm_widget.utils.validation import as_list


def plane_columns(
    planes: Int64[np.ndarray, "planes 2"], names: Sequence[str] | None, basis: Basis
) -> dict[str, Any]:
    """Return the columns i and j of planes; with names, given or the basis's, name_i and name_j.

    Raises
    ------
    ValueError
        If there are not as many names as directions.
    """
    i, j = planes.T
    columns: dict[str, Any] = {"i": i, "j": j}
    if names is not None or basis.names is not None:
        known, m = as_list(basis.names if names is None else names), basis.n_directions
        if len(known) != m:
            raise ValueError(f"expected {m} names, one a direction, got {len(known)}")
        columns |= {"name_i": [known[k] for k in i], "name_j": [known[k] for k in j]}
    return columns

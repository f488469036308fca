"""Tables of planes: the numbers of their directions, the names, and what is known of each plane."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Int64

from srm_widget.geometry.basis import Basis
from srm_widget.utils.validation import as_list

if TYPE_CHECKING:
    import pandas as pd


def plane_table(
    planes: Int64[np.ndarray, "planes 2"],
    names: Sequence[str] | None,
    basis: Basis,
    columns: Mapping[str, np.ndarray],
) -> "pd.DataFrame":
    """Return i and j of planes and more columns; with names, given or the basis's, those too.

    Raises
    ------
    ValueError
        If there are not as many names as directions.
    """
    import pandas as pd  # noqa: PLC0415

    i, j = planes.T
    first: dict[str, Any] = {"i": i, "j": j}
    if names is not None or basis.names is not None:
        known, m = as_list(basis.names if names is None else names), basis.n_directions
        if len(known) != m:
            raise ValueError(f"expected {m} names, one a direction, got {len(known)}")
        first |= {"name_i": [known[k] for k in i], "name_j": [known[k] for k in j]}
    return pd.DataFrame(first | dict(columns))


def ends_text(planes: Int64[np.ndarray, "planes 2"], told: Callable[[int], str]) -> str:
    """Return how many planes a ranking has, its first and its last, in words: "3: (0, 1) …".

    Parameters
    ----------
    planes
        (i, j), the first ones first.
    told
        Says of the plane at a place, or counted from the end, what it is ranked by.
    """
    places = (0, -1)[: len(planes)]
    ends = " … ".join("({}, {}) {}".format(*planes[k], told(k)) for k in places)
    return f"{len(planes):,}" + (f": {ends}" if ends else "")

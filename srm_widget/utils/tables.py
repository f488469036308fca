"""Tables of pandas, polars and Arrow as arrays of numbers; missing entries are NaN."""

from typing import Any

import numpy as np
from torch import Tensor

from srm_widget.utils.arrays import is_real_dtype
from srm_widget.utils.room import check_room
from srm_widget.utils.text import brief
from srm_widget.utils.ways_out import Wanted, type_name

_NAMED = 5


def is_table(given: Any) -> bool:
    """Return whether `given` is a table of named columns: pandas, polars or Arrow."""
    kind = type(given)
    if hasattr(kind, "iloc"):
        return hasattr(kind, "columns")
    return hasattr(kind, "get_columns") or (
        hasattr(kind, "column_names") and hasattr(kind, "columns") and hasattr(kind, "schema")
    )


def is_column(given: Any) -> bool:
    """Return whether `given` is a column of a pandas table, which may have missing entries."""
    kind = type(given)
    return hasattr(kind, "to_numpy") and hasattr(kind, "isna") and not is_table(given)


def column_names(given: Any) -> list[Any]:
    """Return the names of the columns of a table."""
    return [name for name, _ in _columns(given)]


def names_of_columns(given: Any) -> tuple[str, ...] | None:
    """Return the names of a table's columns; None if it is none, or they are not all text."""
    return _texts(column_names(given)) if is_table(given) else None


def names_of_rows(given: Any) -> tuple[str, ...] | None:
    """Return the names of the rows of a table of pandas; None if it is none, or has no such."""
    return _texts(list(given.index)) if is_table(given) and hasattr(type(given), "iloc") else None


def _texts(names: list[Any]) -> tuple[str, ...] | None:
    return tuple(names) if all(isinstance(name, str) for name in names) else None


def column_call(given: Any, name: str) -> str:
    """Return what takes a column out of a table that came as the argument `name`."""
    names = column_names(given)
    first = names[0] if names else "name"
    return f"{name}[{first!r:.60}] is a column of it"


def _columns(given: Any) -> list[tuple[Any, Any]]:
    """Return the columns of a table with their names."""
    if hasattr(type(given), "iloc"):
        return list(given.items())
    if hasattr(type(given), "get_columns"):
        return [(column.name, column) for column in given.get_columns()]
    return list(zip(given.column_names, given.columns, strict=True))


def table_array(given: Any, wanted: Wanted) -> np.ndarray:
    """Return the numbers of a table, (N, D); a column of arrays if that is all it has.

    The index of a pandas table is left out. A table whose columns are of one dtype of NumPy is not
    copied.

    Raises
    ------
    TypeError
        If there are columns of anything else; the message names them.
    """
    columns = _columns(given)
    if hasattr(type(given), "iloc") and len({str(dtype) for dtype in given.dtypes}) == 1:
        dtype = given.dtypes.iloc[0]
        if isinstance(dtype, np.dtype) and is_real_dtype(dtype):
            return np.asarray(given)
    check_room(8 * len(columns) * len(given), wanted, f"a {type_name(given)}")
    arrays = [column_array(column) for _, column in columns]
    strange = [k for k, array in enumerate(arrays) if not is_real_dtype(array.dtype)]
    if len(strange) == len(columns) == 1:
        return arrays[0]
    if strange:
        named = ", ".join(
            f"{columns[k][0]!r:.60} ({_dtype_text(columns[k][1])})" for k in strange[:_NAMED]
        )
        more = f" and {len(strange) - _NAMED:,} more" if len(strange) > _NAMED else ""
        raise TypeError(
            f"expected {wanted.numbers}, got a {type_name(given)} in which {len(strange):,} of "
            f"{len(columns):,} columns hold other objects: {named}{more}; "
            f"{_way_out(given, {columns[k][0]: arrays[k] for k in strange}, wanted.name)}"
        )
    if any(array.dtype.kind == "f" for array in arrays) and all(map(_is_of_integers, columns)):
        return np.column_stack(arrays).astype(np.float32)
    return np.column_stack(arrays) if arrays else np.empty((0, 0))


def _dtype_text(column: Any) -> str:
    return str(getattr(column, "dtype", getattr(column, "type", "")))


def _way_out(given: Any, strange: dict[Any, np.ndarray], name: str) -> str:
    """Return the call that gives one of the columns that are no numbers, or leaves them out."""
    for column, array in strange.items():
        if _holds_rows(array):
            return f"{name}[{column!r:.60}] is a column of arrays"
    is_pandas = hasattr(type(given), "iloc")
    if all(map(_reads_as_numbers, strange.values())):
        call = f"{name}.astype(float)" if is_pandas else "a cast to floats"
        return f"{call} makes real numbers of them"
    some = brief(list(strange))
    return f"{name}.drop({'columns=' if is_pandas else ''}{some}) leaves them out"


def _holds_rows(array: np.ndarray) -> bool:
    return any(isinstance(each, list | tuple | np.ndarray | Tensor) for each in array[:1])


def _reads_as_numbers(array: np.ndarray) -> bool:
    try:
        array.astype(float)
    except (TypeError, ValueError):
        return False
    return array.dtype.kind in "OUST"


def _plain_dtype(column: Any) -> Any:
    """Return the dtype of NumPy that one of pandas stands for; other dtypes as they are."""
    dtype = getattr(column, "dtype", None)
    return getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype))


def _is_of_integers(column: tuple[Any, Any]) -> bool:
    plain = _plain_dtype(column[1])
    return isinstance(plain, np.dtype) and plain.kind in "biu"


def column_array(column: Any) -> np.ndarray:
    """Return the entries of a column as an array, NaN where an entry of a number is missing.

    Integers with missing entries become float32, in which integers are computed.
    """
    plain = _plain_dtype(column)
    if isinstance(plain, np.dtype) and plain.kind in "biuf" and plain is not column.dtype:
        if column.isna().any():
            kind = plain if plain.kind == "f" else np.dtype(np.float32)
            return np.asarray(column.to_numpy(dtype=kind, na_value=np.nan))
        return np.asarray(column.to_numpy(dtype=plain))
    return np.asarray(column)

"""Entries, one a row, as users have them: lists, arrays, columns of tables, batches of these."""

from collections.abc import Iterable, KeysView, Mapping, Set, Sized
from itertools import chain, islice
from typing import Any

import numpy as np
import torch
import torch.utils.dlpack
from torch import Tensor

from srm_widget.utils.arrays import as_countable, is_of_objects
from srm_widget.utils.tables import column_call, is_table
from srm_widget.utils.text import brief
from srm_widget.utils.ways_out import refused_tensor, type_name

_DEEPEST = 4
"""Lists in lists that are looked into."""

_SINGLE = {str, bytes, bool, int, float, type(None)}
"""Classes whose values are single entries and stay as they are."""

_NO_SEQUENCES = str, bytes, bytearray, Mapping, Set


def flat_entries(values: Any, what: str, n_rows: int, depth: int = 0) -> Any:
    """Return entries, one a row, as an array, a column of pandas or a list.

    Parameters
    ----------
    values
        Any sequence, array, tensor or column of a table, or a list of batches of such.
    what
        Plural of what they are, for messages.
    n_rows
        How many there should be; it bounds what is read of an iterator.
    depth
        In how many lists they are.

    Raises
    ------
    TypeError
        If they are no sequence, or there are several of them a row.
    ValueError
        If they have another number of axes.
    """
    if isinstance(values, Tensor):
        values = _array_of_tensor(values, what)
    if is_table(values):
        raise ValueError(
            f"expected {what} of one dimension, got shape {tuple(values.shape)}, a table; "
            f"{column_call(values, what)}"
        )
    ordered = isinstance(values, KeysView)
    if (isinstance(values, _NO_SEQUENCES) and not ordered) or not np.iterable(values):
        listed = f"; list({what}.values()) is one" if isinstance(values, Mapping) else ""
        raise TypeError(f"expected {what} as a sequence, one a row, got {values!r:.200}{listed}")
    shape = tuple(getattr(values, "shape", (0,)))
    if len(shape) != 1:
        raise ValueError(f"expected {what} of one dimension, got shape {shape}{_hint(shape, what)}")
    return _flat(values, what, n_rows, depth)


def _flat(values: Any, what: str, n_rows: int, depth: int) -> Any:
    """Return entries that have one axis."""
    if isinstance(values, np.ndarray):
        return _of_array(values, what, n_rows, depth)
    kind = type(values)
    if getattr(values, "nlevels", 1) > 1:
        raise TypeError(
            f"expected {what} of one level, got {values.nlevels}; {what}.get_level_values(0) is one"
        )
    if hasattr(kind, "isna"):  # of pandas, whose categories and missing entries it tells itself
        is_plain = is_of_objects(values)
        return _of_list(list(values), what, n_rows, depth) if is_plain else _usual(values)
    for method in ("to_pylist", "to_list"):  # of Arrow and polars
        if hasattr(kind, method):
            return _of_list(getattr(values, method)(), what, n_rows, depth)
    if hasattr(kind, "__array__") or hasattr(kind, "__array_interface__"):
        return _of_array(np.asarray(values), what, n_rows, depth)
    if hasattr(kind, "__dlpack__"):
        values = _array_of_tensor(torch.utils.dlpack.from_dlpack(values), what)
        return _of_array(values, what, n_rows, depth)
    # An iterator may have no end.
    some = list(islice(values, None if isinstance(values, Sized) else n_rows + 1))
    if len(some) > n_rows and not isinstance(values, Sized):
        raise ValueError(
            f"expected {n_rows} {what}, one a row of activations, got a {kind.__name__} that gives "
            "more"
        )
    return _of_list(some, what, n_rows, depth)


def _hint(shape: tuple[int, ...], what: str) -> str:
    if len(shape) == 2 and shape[1] == 1:
        return f"; {what}.reshape(-1) has one axis"
    return f"; {what}.argmax(1) of rows of scores, one a class" if len(shape) == 2 else ""


def _array_of_tensor(values: Tensor, what: str) -> np.ndarray:
    refused = refused_tensor(values, what)
    if refused:
        raise TypeError(f"expected integers, strings or categories as {what}, got {refused}")
    return as_countable(values)


def _of_array(values: np.ndarray, what: str, n_rows: int, depth: int) -> Any:
    if is_of_objects(values):
        return _of_list(values.tolist(), what, n_rows, depth)
    return _usual(as_countable(values))


def _usual(values: Any) -> Any:
    """Return an array or a column with float16 and long doubles, of which pandas has no classes."""
    is_odd = values.dtype in (np.float16, np.longdouble) and values.dtype != np.float64
    return values.astype(np.float64) if is_odd else values


def _of_list(values: list[Any], what: str, n_rows: int, depth: int) -> list[Any]:
    """Return entries of a list: single ones as they are, batches of them joined."""
    if set(map(type, values)) <= _SINGLE:
        return values
    entries = [_without_axes(value) for value in values]
    batches = [_is_batch(entry) for entry in entries]
    if not any(batches):
        _check_classes(entries, what)
        return entries
    if depth > _DEEPEST:
        raise TypeError(f"expected {what} in one list, got lists in lists, {depth} deep")
    if not all(batches):
        k = batches.index(not batches[0])
        raise TypeError(
            f"expected {what} as single ones or as batches, got both: {brief(entries[0])} and, "
            f"entry {k}, {brief(entries[k])}"
        )
    if len(entries) == n_rows and all(isinstance(entry, list | tuple) for entry in entries):
        raise TypeError(
            f"expected integers, strings or categories as {what}, one a row, got a "
            f"{type(entries[0]).__name__} in every row; [row[0] for row in {what}] takes the first"
        )
    _check_no_pairs(entries, what)
    parts = [_listed(flat_entries(entry, what, n_rows, depth + 1)) for entry in entries]
    return list(chain.from_iterable(parts))


def _check_classes(entries: list[Any], what: str) -> None:
    """Raise ``TypeError`` for single entries that can not be told apart as classes are."""
    for at, entry in enumerate(entries):
        if type(entry).__hash__ is not None:
            continue
        found, call = brief(entry), f"[str(each) for each in {what}] makes text of them"
        if isinstance(entry, Mapping):
            found = f"a {type_name(entry)} of {brief(list(entry))}"
            key = next(reversed(list(entry)), "name")
            call = f"[each[{key!r:.60}] for each in {what}] takes one of its entries"
        raise TypeError(
            f"expected integers, strings or categories as {what}, got {found} in entry {at}; {call}"
        )


def _check_no_pairs(batches: list[Any], what: str) -> None:
    """Raise ``TypeError`` for batches of inputs and labels, as loaders give them."""
    for at, batch in enumerate(batches):
        parts = batch if isinstance(batch, list | tuple) else ()
        axes = [len(getattr(part, "shape", ())) for part in parts]
        if 1 in axes and max(axes) > 1:
            raise TypeError(
                f"expected {what} as single ones or as batches, got an entry {at} of {len(parts)} "
                f"parts, as loaders give inputs and labels; [each[{axes.index(1)}] for each in "
                f"{what}] takes one of them"
            )


def _without_axes(value: Any) -> Any:
    """Return arrays of no axis, and scalars of Arrow, as what they hold; bytes of any class."""
    if value is np.ma.masked:
        return None
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if hasattr(type(value), "as_py"):
        return value.as_py()
    is_scalar = getattr(value, "shape", None) == () and hasattr(type(value), "item")
    return value.item() if is_scalar and not isinstance(value, np.generic) else value


def _is_batch(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return True
    return len(getattr(value, "shape", ())) > 0 and isinstance(value, Iterable)


def _listed(entries: Any) -> list[Any]:
    found: list[Any] = entries.tolist() if hasattr(entries, "tolist") else list(entries)
    return found

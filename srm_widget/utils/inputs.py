"""Numbers as users have them: from anything one dense tensor or array, or refused with a way out.

Whatever takes data asks `as_numbers` or `as_matrix`, so that a kind is taken everywhere or nowhere.
Protocols decide, seldom types: no other library has to be installed.
"""

import math
import os
import warnings
from array import array
from collections import deque
from collections.abc import Mapping, Sequence, ValuesView
from operator import attrgetter
from typing import Any

import numpy as np
import torch
import torch.utils.dlpack
from torch import Tensor

from srm_widget.utils.arrays import is_real_dtype
from srm_widget.utils.batches import joined
from srm_widget.utils.room import check_room
from srm_widget.utils.tables import column_array, column_names, is_column, is_table, table_array
from srm_widget.utils.text import brief, error_text, shorten_middle
from srm_widget.utils.ways_out import (
    Wanted,
    entries_text,
    helper_text,
    refused_array,
    refused_tensor,
    shape_hint,
    text_of_no_numbers,
    type_name,
)

_LISTS = list, tuple, deque, ValuesView
_PROTOCOLS = "__array__", "__dlpack__", "__array_interface__", "__cuda_array_interface__"
_KIND_OF_TENSOR = attrgetter(
    *("dtype", "device", "layout", "is_nested"), *(["names"] if hasattr(Tensor, "names") else [])
)
"""What tensors of one class are taken or refused by; early versions of torch name axes too."""

_CPU = 1
"""Type of the CPU in DLPack."""

_DEEPEST = 4
"""Lists and mappings in one another that are looked into."""

_FAILURES = TypeError, ValueError, RuntimeError, BufferError, OverflowError, AssertionError


def as_matrix(given: Any, wanted: Wanted, expected: str) -> Tensor | np.ndarray:
    """Return `as_numbers` if it has two axes.

    Parameters
    ----------
    given, wanted
        As for `as_numbers`.
    expected
        What is, for the message, up to the shape that came: "activations of shape (N, D), got".

    Raises
    ------
    ValueError
        If it has any other number of axes; the message names calls that make two of them.
    """
    values = as_numbers(given, wanted)
    if values.ndim != 2:
        raise ValueError(
            f"expected {expected} {tuple(values.shape)}"
            f"{shape_hint(tuple(values.shape), wanted.name)}"
        )
    return values


def as_numbers(given: Any, wanted: Wanted) -> Tensor | np.ndarray:
    """Return what a user gives as one dense tensor or array of real numbers, of any shape.

    Arrays and tensors are neither copied nor moved, and keep their gradients. Rows and batches in a
    list are joined, which copies them once. Masked and missing numbers become NaN.

    Parameters
    ----------
    given
        A tensor, an array, a table, a list of those, a mapping with a single entry, or anything
        that speaks ``__array__``, ``__dlpack__``, ``__array_interface__`` or
        ``__cuda_array_interface__``.
    wanted
        What it is to be, for messages.

    Raises
    ------
    TypeError
        If it is anything else; the message names a call that helps, where there is one.
    ValueError
        If rows or batches do not fit together.
    MemoryError
        If there is no room for what has to be copied or read.
    """
    return _as_numbers(given, wanted, 0)


def _as_numbers(  # noqa: PLR0911 - one line a kind
    given: Any, wanted: Wanted, depth: int
) -> Tensor | np.ndarray:
    if isinstance(given, Tensor):
        return _of_tensor(given, wanted)
    if isinstance(given, np.ndarray):
        return _of_array(given, wanted, depth)
    if depth > _DEEPEST:
        raise TypeError(f"expected {wanted.numbers}, got lists in lists, {depth} deep")
    if is_table(given):
        return _of_array(table_array(given, wanted), wanted, depth)
    if is_column(given):
        return _of_array(column_array(given), wanted, depth)
    reason = text_of_no_numbers(given, wanted.name)
    if reason:
        raise TypeError(f"expected {wanted.numbers}, got {reason}")
    if isinstance(given, Mapping) or _is_keyed(given):
        return _of_mapping(given, wanted, depth)
    if isinstance(given, _LISTS) or (isinstance(given, Sequence) and not is_array(given)):
        return _of_list(list(given), wanted, depth, type_name(given))
    return _of_protocols(given, wanted, depth)


def is_array(value: Any) -> bool:
    """Return whether `value` is an array with an axis, of any library; not a single number."""
    if isinstance(value, Tensor | np.ndarray):
        return value.ndim > 0
    if isinstance(value, np.generic):
        return False
    return isinstance(value, memoryview | array) or any(
        hasattr(type(value), name) for name in _PROTOCOLS
    )


def _is_keyed(given: Any) -> bool:
    """Return whether `given` is read by keys though it is no ``Mapping``, as groups of Zarr."""
    return callable(getattr(type(given), "keys", None)) and not is_array(given)


def _of_tensor(values: Tensor, wanted: Wanted) -> Tensor:
    refused = refused_tensor(values, wanted.name)
    if refused:
        raise TypeError(f"expected {wanted.numbers}, got {refused}")
    # Later versions of torch have no names of axes any more.
    named: Any = values
    return named.rename(None) if any(getattr(values, "names", ())) else values


def _of_array(given: np.ndarray, wanted: Wanted, depth: int) -> Tensor | np.ndarray:
    values = np.asarray(given)
    if values.dtype == object and values.ndim in (1, 2) and values.size == len(values) > 0:
        entries = list(values.ravel())
        if any(map(_is_row, entries)):
            return _of_list(_checked_rows(entries, wanted), wanted, depth, "column")
    if not is_real_dtype(values.dtype):
        raise TypeError(f"expected {wanted.numbers}, got {refused_array(values, wanted.name)}")
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        kind = values.dtype if values.dtype.kind == "f" else np.dtype(np.float32)
        return np.ma.filled(np.ma.asarray(given).astype(kind), np.nan)
    return values


def _is_row(value: Any) -> bool:
    return isinstance(value, list | tuple) or is_array(value)


def _checked_rows(entries: list[Any], wanted: Wanted) -> list[Any]:
    """Return entries of a column of arrays, or raise ``TypeError`` if some are none."""
    strange = [k for k, entry in enumerate(entries) if not _is_row(entry)]
    if strange:
        raise TypeError(
            f"expected {wanted.numbers}, got a column of arrays in which {len(strange):,} of "
            f"{len(entries):,} entries are none, as {brief(entries[strange[0]])} in row "
            f"{strange[0]}; {wanted.name}.dropna(), or drop_nulls(), leaves out such rows"
        )
    return entries


def _of_mapping(given: Any, wanted: Wanted, depth: int) -> Tensor | np.ndarray:
    keys = list(given.keys())
    if len(keys) == 1 and hasattr(type(given), "__getitem__"):
        value = given[keys[0]]
        if _is_row(value) or isinstance(value, Mapping) or is_table(value) or _is_keyed(value):
            entry = wanted._replace(name=f"{wanted.name}[{keys[0]!r:.60}]")
            return _as_numbers(value, entry, depth + 1)
    raise TypeError(f"expected {wanted.numbers}, got {entries_text(given, keys, wanted.name)}")


def _of_list(values: list[Any], wanted: Wanted, depth: int, kind: str) -> Tensor | np.ndarray:
    if not any(map(_holds_arrays, values)):
        return _of_plain_list(values, wanted, depth, kind)
    if _are_alike(values):
        first = _as_numbers(values[0], wanted._replace(name=f"{wanted.name}[0]"), depth + 1)
        if first is values[0]:  # and so would each of the others be
            return joined(values, wanted, kind)
    _check_same_entries(values, wanted, kind)
    parts = [
        _as_numbers(value, wanted._replace(name=f"{wanted.name}[{at}]"), depth + 1)
        for at, value in enumerate(values)
    ]
    return joined(parts, wanted, kind)


def _are_alike(values: list[Any]) -> bool:
    """Return whether all are tensors, or all arrays, that are taken alike or refused alike."""
    first = type(values[0])
    if first is not np.ndarray and not issubclass(first, Tensor):
        return False
    if len(set(map(type, values))) > 1:
        return False
    kind = attrgetter("dtype") if first is np.ndarray else _KIND_OF_TENSOR
    return len(set(map(kind, values))) == 1


def _holds_arrays(value: Any, depth: int = 0) -> bool:
    """Return whether `value` is an array or a table, or a list that begins with one or two."""
    if isinstance(value, list | tuple):
        return depth < _DEEPEST and any(_holds_arrays(each, depth + 1) for each in value[:2])
    return (
        is_array(value)
        or isinstance(value, Mapping)
        or is_table(value)
        or hasattr(type(value), "toarray")
    )


def _check_same_entries(values: list[Any], wanted: Wanted, kind: str) -> None:
    """Raise for entries of a list that hold more than the rows of a batch."""
    columns = None
    for at, value in enumerate(values):
        reason = _why_no_rows(values, at, wanted.name)
        if reason:
            raise TypeError(f"expected {wanted.numbers}, got a {kind} with {reason}")
        if is_table(value):
            found = column_names(value)
            if columns is not None and found != columns:
                raise ValueError(
                    f"expected {wanted.numbers}, tables of the same columns, got {brief(columns)} "
                    f"in entry 0 and {brief(found)} in entry {at}; pd.concat({wanted.name}) joins "
                    "tables of pandas by the names of their columns"
                )
            columns = found


def _why_no_rows(values: list[Any], at: int, name: str) -> str:
    """Return what an entry of a list is that is no rows, and the way out; "" if it may be some."""
    value = values[at]
    if value is None:
        return f"None in entry {at}; [each for each in {name} if each is not None] leaves it out"
    if isinstance(value, list | tuple) and _is_unlike(value):
        if at and not isinstance(values[0], list | tuple):
            return f"unlike parts, such as a layer gives beside its states; {name}[0] is the first"
        k = next(k for k, each in enumerate(value) if is_array(each))
        return (
            f"an entry {at} of {len(value)} parts, as loaders give inputs and labels; "
            f"[each[{k}] for each in {name}] takes one of them"
        )
    if isinstance(value, Mapping) and len(value) > 1:
        keys = list(value)
        call = f"[each[{keys[0]!r:.60}] for each in {name}] takes one of them"
        if not _is_row(value[keys[0]]):
            call = f"pd.DataFrame({name}) makes columns of them"
        return f"a {type_name(value)} of {brief(keys)} in entry {at}; {call}"
    if hasattr(type(value), "toarray"):
        return f"{type_name(value)}; scipy.sparse.vstack({name}).toarray() is one array"
    return ""


def _is_unlike(values: Sequence[Any]) -> bool:
    """Return whether there is more than rows: a batch beside others, or a row beside a label."""
    if len(values) < 2 or not any(map(is_array, values)):
        return False
    batches = any(is_array(each) and len(getattr(each, "shape", ())) > 1 for each in values)
    return batches or not all(map(_is_row, values))


def _of_plain_list(values: list[Any], wanted: Wanted, depth: int, kind: str) -> Tensor | np.ndarray:
    """Return a list of numbers, or of lists of them, as a tensor."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            found = torch.as_tensor(values)
            if wanted.exact and found.is_floating_point() and _is_of_python(values):
                found = torch.as_tensor(values, dtype=torch.float64)
    except _FAILURES as error:
        of_numpy = _by_numpy(values)
        if of_numpy is not None:
            return of_numpy
        if values and all(isinstance(value, list | tuple | range) for value in values):
            parts = [_as_numbers(list(value), wanted, depth + 1) for value in values]
            return joined(parts, wanted, kind)
        raise TypeError(
            f"expected {wanted.numbers}, got {kind} of {_kinds_text(values)} "
            f"({error_text(error)}){_numbers_hint(values, wanted.name)}"
        ) from None
    return _of_tensor(found, wanted)


def _by_numpy(values: list[Any]) -> np.ndarray | None:
    """Return a list of numbers that torch cannot read, such as arrays of no axis; None if none."""
    try:
        found = np.asarray(values)
    except _FAILURES:
        return None
    return found if is_real_dtype(found.dtype) else None


def _is_of_python(value: Any) -> bool:
    """Return whether a list of numbers, or of lists of them, begins with one of Python."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, float | int)


def _kinds_text(values: list[Any]) -> str:
    kinds = list(dict.fromkeys(map(type_name, values)))
    return " and ".join(kinds[:3]) + (" and more" if len(kinds) > 3 else "")


def _numbers_hint(values: list[Any], name: str) -> str:
    if any(isinstance(value, list | tuple) for value in values):
        return "; rows and single numbers are mixed"
    if any(value is None for value in values):
        return "; float('nan') stands for a missing number"
    try:
        np.asarray(values, dtype=float)
    except _FAILURES:
        is_text = all(isinstance(value, str | os.PathLike) for value in values)
        return f"; [np.load(path) for path in {name}] reads files" if is_text else ""
    return f"; np.asarray({name}, dtype=float) makes numbers of them"


def _of_protocols(given: Any, wanted: Wanted, depth: int) -> Tensor | np.ndarray:
    """Return what speaks a protocol of arrays, on its device if torch can read it there."""
    check_room(_bytes_of(given), wanted, f"a {type_name(given)}")
    elsewhere = _is_elsewhere(given)
    ways = (_from_dlpack, _from_cuda, _from_array) if elsewhere else (_from_array, _from_dlpack)
    failures = []
    for read in ways:
        try:
            found = read(given)
        except _FAILURES as error:
            failures.append(shorten_middle(error_text(error), 120))
            continue
        if isinstance(found, Tensor):
            return _of_tensor(found, wanted)
        if found is not None and (found.dtype != object or found.ndim > 0):
            return _of_array(found, wanted, depth)
    if hasattr(type(given), "__float__") or hasattr(type(given), "__index__"):
        return _of_plain_list([given], wanted, depth, type_name(given))[0]
    reason = f" ({failures[0]})" if failures else ""
    raise TypeError(
        f"expected {wanted.numbers}, got {type_name(given)}{reason}"
        f"{helper_text(given, wanted.name)}"
    )


def _bytes_of(given: Any) -> int:
    """Return how many bytes `given` has in memory, as far as it tells."""
    shape, dtype = getattr(given, "shape", ()), getattr(given, "dtype", None)
    try:
        return math.prod(map(int, shape)) * int(getattr(dtype, "itemsize", 8))
    except (TypeError, ValueError):
        return 0


def _is_elsewhere(given: Any) -> bool:
    """Return whether an array says that it is not in the memory of the CPU."""
    if not hasattr(type(given), "__dlpack_device__"):
        return hasattr(type(given), "__cuda_array_interface__")
    try:
        device, _ = given.__dlpack_device__()
    except _FAILURES:
        return False
    return int(device) != _CPU


def _from_array(given: Any) -> np.ndarray | None:
    if hasattr(type(given), "__array__") or hasattr(given, "__array_interface__"):
        return np.asanyarray(given)
    try:
        return np.asarray(memoryview(given))
    except TypeError:
        return None


def _from_dlpack(given: Any) -> Tensor | None:
    return torch.utils.dlpack.from_dlpack(given) if hasattr(type(given), "__dlpack__") else None


def _from_cuda(given: Any) -> Tensor | None:
    if not hasattr(type(given), "__cuda_array_interface__"):
        return None
    return torch.as_tensor(given, device="cuda")

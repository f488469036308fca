"""What the sample of a row is: a picture or a text, in whatever holds the samples of all rows."""

import math
import numbers
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date, time, timedelta
from functools import singledispatch
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from srm_widget.utils.tables import column_names, is_table
from srm_widget.utils.text import brief, decoded
from srm_widget.utils.ways_out import one_a_row_hint
from srm_widget.view.marked_text import MarkedText
from srm_widget.view.pictures import SINGLE_CHANNEL, as_array, read_encoded
from srm_widget.view.tokens import Tokens

EXPECTED = (
    "pictures (N, H, W), (N, H, W, C) or (N, C, H, W), a list or dataset of pictures or texts, or "
    "a function of the row"
)
_EXPECTED_ONE = "a picture (H, W), (H, W, C) or (C, H, W), a text or a MarkedText"

_NAMES = (
    *("image", "img", "pixel_values", "picture", "photo", "jpg", "jpeg", "png", "webp", "images"),
    *("text", "sentence", "content", "caption", "question", "prompt"),
)
"""Names that rows of data sets have for what is seen of them; the first counts most."""

_MISSING = "NAType", "NaTType"
"""Classes of what pandas has in place of a missing value."""

_DEPTH = 4
"""How deep a picture or text is looked for in pairs and mappings."""

_RICH = str, bytes, bytearray, MarkedText, Image.Image, os.PathLike, Mapping
_ENCODED_IMAGE = {"bytes", "path"}
"""Keys of an image of Hugging Face's datasets that is not decoded."""

_TOKENS_HINT = (
    " tokens; srm.tokens(input_ids, tokenizer, acts.origins(name)) has those of a captured layer's "
    "rows, padding and a choice of them taken into account"
)


class Sample(NamedTuple):
    """What is shown of a row.

    Attributes
    ----------
    kind
        "array" for a picture of numbers; "image" for one of Pillow in colours or with opacity;
        "text"; "marked"; "missing" where there is none.
    value
        The array or tensor, the image, the string or the `MarkedText`.
    """

    kind: str
    value: Any = None

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture."""
        return self.kind in ("array", "image")


class SampleRows(NamedTuple):
    """Samples of all rows.

    Attributes
    ----------
    read
        Returns what was given for a row.
    n_rows
        Rows that have a sample; None if any may be asked for.
    stack
        Array or tensor of all pictures; None where they come one by one.
    """

    read: Callable[[int], Any]
    n_rows: int | None
    stack: Any = None


def rows_of(source: Any, n_rows: int, n_dims: int | None = None) -> SampleRows:
    """Return the samples of `n_rows` rows of whatever was given for them, or raise.

    Raises
    ------
    TypeError, ValueError
        If they are nothing that has samples, or not one a row; the message names the call that
        helps.
    """
    _refuse_what_has_no_rows(source)
    if callable(source):
        return SampleRows(source, None)
    source = _column(source)
    if hasattr(source, "to_numpy"):  # a Series, whose items go by another name
        source = source.to_numpy()
    if isinstance(source, Tensor) and source.is_nested:
        source = source.unbind()
    # A data set of Hugging Face has a shape too, of rows and columns.
    is_array = hasattr(source, "shape") and hasattr(source, "dtype")
    shape = tuple(source.shape) if is_array else ()
    if (is_array and not shape) or not hasattr(type(source), "__getitem__"):
        hint = _figure_hint(source)
        raise TypeError(f"expected samples as {EXPECTED}, got {_described(source)}{hint}")
    batches = _Batches.of(source, n_rows) if isinstance(source, list | tuple) else None
    if batches is not None:
        return SampleRows(batches.read, n_rows)
    has_length = bool(shape) or hasattr(type(source), "__len__")
    length = shape[0] if shape else len(source) if has_length else None
    if length is not None and length != n_rows:
        is_list = isinstance(source, list | tuple) and length > 0
        hint = _batches_hint(source) if is_list else _length_hint(source, shape, n_rows)
        if ";" not in hint:
            hint += one_a_row_hint(length, n_rows, n_dims, "samples")
        raise ValueError(f"expected {n_rows} samples, one a row, got {length}{hint}")
    stack = source if len(shape) > 1 else None
    if shape and stack is None and as_array(source[:0]).dtype.kind == "c":
        raise TypeError(f"expected samples as {EXPECTED}, got shape {shape} of complex numbers")
    return SampleRows(source.__getitem__, length, stack)


class _Batches:
    """Batches of pictures or texts, as a loop over a loader leaves them in a list."""

    def __init__(self, batches: Sequence[Any]) -> None:
        self._batches = batches
        self._ends = np.cumsum([len(each) for each in batches])

    @classmethod
    def of(cls, source: Sequence[Any], n_rows: int) -> "_Batches | None":
        """Return a list as batches, if it holds as many samples as rows only if it is one."""
        if len(source) in (0, n_rows) or not all(map(_is_batch, source)):
            return None
        batches = cls(source)
        return batches if batches._ends[-1] == n_rows else None

    def read(self, row: int) -> Any:
        """Return the sample of a row."""
        at = int(np.searchsorted(self._ends, row, side="right"))
        return self._batches[at][row - int(self._ends[at])]  # counted from the batch's end


def _is_batch(part: Any) -> bool:
    if isinstance(part, list | tuple):
        return len(part) > 0 and all(isinstance(each, str | bytes) for each in part)
    return len(getattr(part, "shape", ())) > 2


def _refuse_what_has_no_rows(source: Any) -> None:
    hint = ""
    if isinstance(source, DataLoader):
        hint = (
            "; samples=loader.dataset has the samples one by one, in the order of the rows unless "
            "the loader shuffles"
        )
    elif isinstance(source, IterableDataset):
        hint = "; samples=list(dataset) has rows, if its samples are few"
    elif isinstance(source, str | bytes | bytearray | os.PathLike | MarkedText | Image.Image):
        folder = "; samples=sorted(folder.glob('*.png')) are the files of a folder"
        hint = folder if isinstance(source, os.PathLike) else "; give a list of them, one a row"
    elif isinstance(source, Set):
        hint = "; a set has no order: give a list"
    elif isinstance(source, Iterable) and hasattr(source, "__next__"):
        hint = "; samples=list(…) of it has rows"
    else:
        return
    raise TypeError(f"expected samples as {EXPECTED}, got {_described(source)}{hint}")


def _figure_hint(value: Any) -> str:
    """Return the end of the refusal of a figure of Matplotlib."""
    if not hasattr(value, "savefig"):
        return ""
    return "; np.asarray(figure.canvas.buffer_rgba()) is a picture of a figure"


def _column(source: Any) -> Any:
    """Return the column of a table or a mapping of columns that pictures or texts are in."""
    of_table = is_table(source)
    if not of_table and not isinstance(source, Mapping):
        return source
    names = column_names(source) if of_table else list(source)
    found = next((name for name in _NAMES if name in names), None)
    if found is None and len(names) == 1 and of_table:
        found = names[0]
    if found is None and of_table:
        array = np.asarray(source)
        if array.dtype.kind in "biuf":
            return array
    if found is None:
        listed = ", ".join(map(brief, names[:8]))
        raise TypeError(
            f"expected samples as {EXPECTED}, got {type(source).__name__} of {listed or 'nothing'}"
            "; give the column that is seen, such as samples=table['image']"
        )
    return source[found]


def _length_hint(source: Any, shape: tuple[int, ...], n_rows: int) -> str:
    if isinstance(source, Tokens):
        return _TOKENS_HINT
    if len(shape) in (3, 4) and shape[-1] == n_rows:
        return f" of shape {shape}; np.moveaxis(samples, -1, 0) has the rows first"
    if len(shape) > 1:
        return f" of shape {shape}"
    if hasattr(source, "select"):
        return "; dataset.select(rows) has those of the rows that the activations are of"
    if not shape and not isinstance(source, Sequence):
        return (
            "; torch.utils.data.Subset(dataset, rows) has those of the rows that the activations "
            "are of"
        )
    return ""


def _batches_hint(source: Sequence[Any]) -> str:
    """Return how many samples are in a list of batches, or the call that takes them out of it."""
    if all(map(_is_batch, source)):
        return f" batches of {sum(map(len, source)):,} in all"
    first = source[0]
    parts = enumerate(first) if isinstance(first, list | tuple) else ()
    for key, part in first.items() if isinstance(first, Mapping) else parts:
        if _is_batch(part):
            return (
                f" batches of {len(first)} parts, as loaders give inputs and labels; "
                f"samples=[each[{key!r:.60}] for each in batches] takes those that are seen"
            )
    return ""


def sample_of(item: Any) -> Sample:
    """Return what is shown of an item as data sets, lists and functions give them, or raise.

    Of a pair or mapping, such as (image, label), the first picture is shown, else the first text;
    names such as "image" and "text" count first.

    Raises
    ------
    TypeError, ValueError, OSError
        If it is nothing that can be shown; the message repeats what came.
    """
    found = _found(item, _DEPTH)
    if found is None:
        raise TypeError(f"expected {_EXPECTED_ONE}, got {_described(item)}{_figure_hint(item)}")
    return found


@singledispatch
def _found(item: Any, depth: int) -> Sample | None:
    """Return what is shown of an item, None if there is nothing that can be."""
    if item is None or type(item).__name__ in _MISSING:
        return Sample("missing")
    if not hasattr(item, "shape") and not hasattr(item, "__array__"):
        return None
    array = as_array(item)
    if array.ndim > 0:
        return Sample("array", item)
    return None if array.dtype.kind == "O" else _found(array.item(), depth)


@_found.register
def _of_text(item: str, _depth: int) -> Sample:
    return Sample("text", str(item))


@_found.register
def _of_marked_text(item: MarkedText, _depth: int) -> Sample:
    return Sample("marked", item)


@_found.register
def _of_image(item: Image.Image, _depth: int) -> Sample:
    is_grey = item.mode in SINGLE_CHANNEL
    return Sample("array", np.asarray(item)) if is_grey else Sample("image", item)


@_found.register
def _of_bytes(item: bytes | bytearray | memoryview, depth: int) -> Sample:
    image = read_encoded(bytes(item))
    if image is None:
        return Sample("text", decoded(item))
    return _of_image(image, depth)


@_found.register(os.PathLike)
def _of_file(item: Any, depth: int) -> Sample | None:
    return _found(read_encoded(Path(item)), depth)


@_found.register
def _of_value(item: numbers.Number | date | time | timedelta | np.generic, _depth: int) -> Sample:
    if isinstance(item, np.void):
        return Sample("array", item)
    is_missing = isinstance(item, float | np.floating) and math.isnan(item)
    is_missing |= isinstance(item, np.datetime64 | np.timedelta64) and bool(np.isnat(item))
    # No time at all is a date for Python too.
    is_missing |= type(item).__name__ in _MISSING
    return Sample("missing") if is_missing else Sample("text", str(item))


@_found.register(list)
@_found.register(tuple)
def _of_parts(item: Sequence[Any], depth: int) -> Sample | None:
    """Return nested lists of numbers as a picture, else what is seen among the parts."""
    if not any(map(_is_rich, item)):
        try:
            array = np.asarray(item)
        except ValueError:  # rows of unequal length
            return _first_seen(item, depth)
        return Sample("array", array) if array.ndim > 1 else None
    return _first_seen(item, depth)


@_found.register(Mapping)
def _of_mapping(item: Mapping[Any, Any], depth: int) -> Sample | None:
    if item and item.keys() <= _ENCODED_IMAGE:
        data, path = item.get("bytes"), item.get("path")
        return _found(Path(path) if data is None and path is not None else data, depth)
    known = [item[name] for name in _NAMES if name in item]
    return _first_seen([*known, *item.values()], depth)


def _is_rich(part: Any) -> bool:
    """Return whether a part of a list is more than a number or a list of such."""
    return isinstance(part, _RICH) or len(getattr(part, "shape", ())) > 0


def _first_seen(parts: Sequence[Any], depth: int) -> Sample | None:
    """Return the first picture in `parts`, else the first text."""
    if depth == 0:
        return None
    texts, vectors = [], []
    for part in parts:
        n_axes = len(getattr(part, "shape", (0, 0)))
        if isinstance(part, numbers.Number) or n_axes == 0:
            continue
        if n_axes == 1:
            vectors.append(Sample("array", part))
            continue
        sample = _found(part, depth - 1)
        if sample is not None and sample.is_picture:
            return sample
        if sample is not None and sample.kind != "missing":
            texts.append(sample)
    # A vector is no picture, and its refusal names the call that makes it one.
    return next(iter([*texts, *vectors]), None)


def _described(value: Any) -> str:
    """Return what a value is, for a refusal."""
    shape = getattr(value, "shape", None)
    if isinstance(value, Tensor | np.ndarray) and shape is not None:
        return f"shape {tuple(shape)} of {value.dtype}"
    if isinstance(value, Mapping):
        return f"{type(value).__name__} of {', '.join(map(brief, list(value)[:8]))}"
    return brief(value)

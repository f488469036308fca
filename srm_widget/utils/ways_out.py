"""What is no dense array of real numbers, in words, with the call that makes one of it."""

import os
from collections.abc import Iterator, Sequence, Set, Sized
from functools import cache
from io import IOBase
from pathlib import PurePath
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.utils.data import DataLoader, Dataset

from srm_widget.utils.memory import available_bytes, bytes_text
from srm_widget.utils.text import brief, shorten_middle


class Wanted(NamedTuple):
    """What data are to be, as messages say it.

    Attributes
    ----------
    numbers
        What is expected: "activations of dense real numbers".
    name
        Of the argument, as calls that help write it: "activations".
    exact
        Whether numbers of Python keep all their digits, as float64, and are no float32.
    """

    numbers: str
    name: str
    exact: bool = False


_READERS = {
    ".npy": "np.load({path})",
    ".npz": "np.load({path})['name']",
    ".pt": "torch.load({path})",
    ".pth": "torch.load({path})",
    ".bin": "torch.load({path})",
    ".ckpt": "torch.load({path})",
    ".safetensors": "safetensors.torch.load_file({path})['name']",
    ".csv": "pd.read_csv({path})",
    ".tsv": "pd.read_csv({path}, sep='\\t')",
    ".parquet": "pd.read_parquet({path})",
    ".feather": "pd.read_feather({path})",
    ".arrow": "pd.read_feather({path})",
    ".pkl": "pd.read_pickle({path})",
    ".h5": "h5py.File({path})['name']",
    ".hdf5": "h5py.File({path})['name']",
    ".mat": "scipy.io.loadmat({path})['name']",
    ".zarr": "zarr.open({path})",
    ".txt": "np.loadtxt({path})",
    ".json": "pd.read_json({path})",
}
"""Calls that read files, by the ends of their names."""

_METHODS = (
    "to_dense",
    "toarray",
    "to_numpy",
    "numpy",
    "get",
    "copy_to_host",
    "to_pandas",
    "collect",
    "compute",
    "as_matrix",
    "read",
)
"""Methods by which objects of other libraries give arrays of themselves, the best first."""

_ENTRIES_NAMED = 5
_ROWS_AT_ONCE = 65_536


def type_name(value: Any) -> str:
    """Return the name of the class of a value."""
    return "None" if value is None else type(value).__name__


def refused_tensor(values: Tensor, name: str) -> str:  # noqa: PLR0911 - a list of kinds
    """Return what a tensor is that holds no dense real numbers, and the way out; "" if it does."""
    text = str(values.dtype)
    if is_lazy(values):
        return f"{type_name(values)}, which has no numbers before the model is called"
    if values.is_nested:
        return f"{text}, nested; torch.cat({name}.unbind()) joins its parts"
    if values.is_quantized:
        return f"{text}, quantized; {name}.dequantize() makes real numbers of it"
    if values.is_meta or hasattr(values, "fake_mode"):
        return f"{text}, on the meta device or fake, which holds no numbers"
    if hasattr(values, "full_tensor"):
        return f"{text}, of which this process has a part; {name}.full_tensor() is the whole"
    if hasattr(values, "get_mask"):
        return f"{text}, with a mask; {name}.to_tensor(float('nan')) makes NaN of what is masked"
    if values.is_complex():
        return f"{text}; {_of_complex(name, 'torch.view_as_real({name}).flatten(1)')}"
    if values.layout != torch.strided:
        return f"{text}, {values.layout}; {_densely(values, name, 'to_dense', 'coalesce')}"
    if not _has_numbers(values.dtype):
        return f"{text}, of which torch reads no numbers; unpack it to float32 or an 8-bit dtype"
    return ""


@cache
def _has_numbers(dtype: torch.dtype) -> bool:
    """Return whether torch reads numbers of a dtype, as of none with several in a byte."""
    try:
        torch.empty(1, dtype=dtype).to(torch.float32)
    except (NotImplementedError, RuntimeError, TypeError):
        return False
    return True


def refused_array(values: np.ndarray, name: str) -> str:
    """Return what an array is that holds no real numbers, and the way out."""
    dtype, way_out = values.dtype, f"{name}.astype(float) makes real numbers of it"
    if dtype.kind in "cW":
        way_out = _of_complex(name, "np.concatenate([{name}.real, {name}.imag], axis=1)")
    elif dtype.kind in "Mm":
        way_out = f"{name}.astype('int64') counts its units"
    elif dtype.kind == "f":
        way_out = f"{name}.astype(np.float64) rounds it"
    elif dtype.names is not None:
        chosen = f"{name}[{list(dtype.names)!r:.80}]"
        call = f"np.lib.recfunctions.structured_to_unstructured({chosen})"
        way_out = f"{call} makes columns of the fields"
    elif dtype.kind == "V":
        way_out = (
            f"if they are numbers that NumPy does not know, as it stores bfloat16, "
            f"{name}.view(ml_dtypes.bfloat16) says so"
        )
    elif dtype.kind == "O":
        return _objects_text(values, name)
    return f"{dtype}; {way_out}"


def _objects_text(values: np.ndarray, name: str) -> str:
    """Return what an array of objects holds, and the way out."""
    if values.ndim == 0:
        return f"object ({brief(values.item())})"
    strange = _first_that_is_no_number(values)
    if strange is _ALL:
        return f"object; {name}.astype(float) makes real numbers of it"
    if isinstance(strange, str) and strange.lstrip().startswith("["):
        return f"text; {name}.map(json.loads) reads lists that are text, {brief(strange)}"
    if strange is None or str(strange) == "<NA>":
        return "object; of a table, to_numpy(dtype=float, na_value=np.nan) makes NaN of gaps"
    return f"object, with {brief(strange)} in it"


_ALL = object()
"""Nothing that is no number."""


def _first_that_is_no_number(values: np.ndarray) -> Any:
    """Return the first entry that is no number, `_ALL` if all are."""
    for value in values.flat:
        try:
            float(value)
        except (TypeError, ValueError):
            return value
    return _ALL


def _of_complex(name: str, both: str) -> str:
    return f"abs({name}), or both parts side by side, {both.format(name=name)}, are real"


def _densely(values: Any, name: str, method: str, slicing: str = "") -> str:
    """Return the call that makes a sparse matrix dense, and what that takes."""
    shape = tuple(values.shape)
    n_bytes = int(np.prod(shape, dtype=object)) * int(values.dtype.itemsize)
    room = available_bytes()
    if room is None or n_bytes <= room:
        return f"{name}.{method}() makes an array of {bytes_text(n_bytes)}"
    part = f"{name}[k:k + {_ROWS_AT_ONCE}]"
    if slicing:
        rows = f"torch.arange(k, min(k + {_ROWS_AT_ONCE}, {shape[0]}))"
        part = f"{name}.index_select(0, {rows})"
    return (
        f"dense it would take {bytes_text(n_bytes)}, and {bytes_text(room)} are left: give it in "
        f"parts, counts.append({part}.{method}()) for k in range(0, {shape[0]}, {_ROWS_AT_ONCE}), "
        "to a ResonanceCounts, which keeps no samples"
    )


def entries_text(given: Any, keys: list[Any], name: str) -> str:
    """Return what a mapping holds, and how to give one of its entries."""
    if hasattr(type(given), "origins") and hasattr(type(given), "engine"):
        layers = ", ".join(map(repr, keys[:_ENTRIES_NAMED]))
        of = repr(keys[0]) if keys else "'name'"
        return (
            f"the layers {layers}{_more(keys)}, captured; acts[{of}] are the activations of one, "
            f"and acts.engine({of}) is an engine of them"
        )
    kind = type_name(given)
    if not keys:
        return f"{kind} without an entry"
    shown = ", ".join(f"{key!r:.60}{_shape_text(given, key)}" for key in keys[:_ENTRIES_NAMED])
    entries = "entry" if len(keys) == 1 else "entries"
    text = f"{kind} of {len(keys):,} {entries}: {shown}{_more(keys)}; "
    if hasattr(type(given), "get_tensor"):
        return f"{text}give one of them, {name}.get_tensor({keys[0]!r:.60})"
    if _holds_columns(given, keys):
        return f"{text}pd.DataFrame({name}) makes columns of them"
    return f"{text}give one of them, {name}[{keys[0]!r:.60}]"


def _more(keys: list[Any]) -> str:
    rest = len(keys) - _ENTRIES_NAMED
    return f" and {rest:,} more" if rest > 0 else ""


def _shape_text(given: Any, key: Any) -> str:
    # Only what is in memory: a file would read it.
    value = given[key] if isinstance(given, dict) else None
    shape = getattr(value, "shape", None)
    return "" if shape is None else f" {tuple(shape)}"


def _holds_columns(given: Any, keys: list[Any]) -> bool:
    """Return whether a dictionary has equally long lists of numbers, as a table's columns."""
    if not isinstance(given, dict) or len(keys) < 2:
        return False
    lengths = set()
    for value in given.values():
        is_list = isinstance(value, list | tuple) and not any(map(_is_sized, value[:1]))
        if not is_list and getattr(value, "ndim", 0) != 1:
            return False
        lengths.add(len(value))
    return len(lengths) == 1


def _is_sized(value: Any) -> bool:
    return isinstance(value, Sized)


def text_of_no_numbers(given: Any, name: str) -> str:  # noqa: C901, PLR0911 - a list of kinds
    """Return what a value is that can hold no numbers, and the way out; "" if it may hold some."""
    kind = type_name(given)
    if given is None:
        return "None"
    if isinstance(given, str | os.PathLike):
        return _path_text(given)
    if isinstance(given, bytes | bytearray):
        return f"{kind}; np.frombuffer({name}, dtype=…).reshape(-1, D) reads numbers from bytes"
    if isinstance(given, type):
        return f"the class {given.__name__} itself"
    if isinstance(given, nn.Module):
        return _module_text(given, name)
    if isinstance(given, Set) and not isinstance(given, Sequence):
        return f"{kind}, which has no order; a list has one"
    if isinstance(given, tuple) and type(given) is not tuple:
        return _named_tuple_text(given, name)
    if isinstance(given, DataLoader):
        return (
            f"{kind}; torch.cat([batch[0] for batch in {name}]) joins the first of what it gives, "
            "and srm.capture(model, layer) takes what a model makes of it"
        )
    if isinstance(given, Dataset):
        tensors = getattr(given, "tensors", None)
        first = f"{name}.tensors[0]" if tensors else f"torch.stack([each[0] for each in {name}])"
        return f"{kind}; {first} is the first of what it holds"
    if isinstance(given, IOBase):
        return f"an open file, {kind}; np.load({name}) reads one of NumPy"
    if isinstance(given, Iterator):
        return (
            f"{kind}, which can be read once; torch.cat(list({name})) joins batches of tensors, "
            f"and for batch in {name}: engine.append(batch) adds them to a ResonanceEngine, or to "
            "ResonanceCounts, which keep no samples"
        )
    if hasattr(type(given), "toarray") and hasattr(given, "nnz"):
        return f"{kind} of shape {tuple(given.shape)}; {_densely(given, name, 'toarray')}"
    return ""


def _path_text(path: str | os.PathLike[Any]) -> str:
    """Return that a path came, and the call that reads such a file."""
    text = os.fspath(path)
    text = text if isinstance(text, str) else os.fsdecode(text)
    shown = repr(shorten_middle(text, 100))
    reader = _READERS.get(PurePath(text).suffix.lower())
    if reader is None:
        return (
            f"the {type_name(path)} {shown}; np.load reads a file of NumPy, torch.load one of torch"
        )
    return f"the path {shown}; {reader.format(path=shown)} reads it"


def _module_text(module: nn.Module, name: str) -> str:
    kind = type_name(module)
    weight = getattr(module, "weight", None)
    if isinstance(weight, Tensor) and weight.ndim == 2:
        return f"{kind}; {name}.weight is its matrix, {tuple(weight.shape)}, with a row an output"
    if isinstance(module, nn.ParameterList):
        return f"{kind}; list({name}) is a list of tensors"
    return f"{kind}; srm.capture(model, layer) takes the activations of a model's layer"


def _named_tuple_text(given: Any, name: str) -> str:
    """Return the fields of a tuple that names them, which are no rows or batches."""
    fields = getattr(given, "_fields", None)
    if fields is None and type(given).__module__ == "torch.return_types":
        names = [each for each in dir(given) if isinstance(getattr(given, each), Tensor)]
        fields = [each for part in given for each in names if getattr(given, each) is part]
    if not fields:
        return ""
    named = ", ".join(fields)
    return f"{type_name(given)} of {named}; give one of them, {name}.{fields[0]}"


def helper_text(given: Any, name: str) -> str:
    """Return the call of a method by which an object gives its numbers, as far as it has one."""
    if hasattr(type(given), "curve_steps"):
        return "; what is asked of activations is a method of it too, as engine.alignment()"
    for method in _METHODS:
        if callable(getattr(type(given), method, None)):
            return f"; {name}.{method}() may give its numbers"
    if hasattr(type(given), "__iter__"):
        return f"; torch.cat(list({name})) joins batches of tensors"
    return ""


def one_a_row_hint(n: int, n_rows: int, n_dims: int | None, name: str) -> str:
    """Return the way out where there are `n` entries of the argument `name`, and not one a row.

    As many as columns hint at samples in columns; more than rows, or as many for each, at rows that
    `capture` chose, or of which it gave several an item.
    """
    if n == n_dims:
        return f"; activations.T has {n} rows, if samples are columns"
    if n > n_rows or (n > 1 and n_rows % n == 0):
        return f"; for rows of srm.capture, {name}[acts.origins(layer)[:, 0]] has that of each item"
    return ""


def wide_hint(n_samples: int, n_dims: int) -> str:
    """Return the way out where there are fewer samples than dimensions, as if transposed."""
    if n_samples >= n_dims:
        return ""
    return (
        f"; there are {n_samples:,} samples in {n_dims:,} dimensions: activations.T has them the "
        "other way round, if samples are columns"
    )


def shape_hint(shape: tuple[int, ...], name: str) -> str:
    """Return how to make two axes of any others."""
    if len(shape) == 0 or 0 in shape:
        return ""
    if len(shape) == 1:
        return f"; {name}.reshape(1, -1) makes one row of them, {name}.reshape(-1, D) rows of D"
    last, positions = shape[-1], int(np.prod(shape[:-1], dtype=object))
    each = f"{name}.reshape({positions}, {last}) makes a row of every position"
    if len(shape) > 3:
        each = (
            f"np.moveaxis({name}, 1, -1).reshape(-1, {shape[1]}) makes a row of every position if "
            f"the {shape[1]} channels are first, {name}.reshape(-1, {last}) if they are last"
        )
    return f"; reshape to one a row: {each}, {name}.reshape({shape[0]}, -1) one of every item"

"""Activations in shards: dask arrays, Zarr, files of NumPy, read in the task that counts them."""

import glob
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
from dask.delayed import delayed
from torch import Tensor

from srm_widget.samples.activations import as_activations
from srm_widget.utils.arrays import as_countable, is_real_dtype
from srm_widget.utils.inputs import is_array
from srm_widget.utils.tables import is_column, is_table

_SHARD_BYTES = 64 << 20


@dataclass(frozen=True)
class Shard:
    """Some rows of the activations: where they are from, and their shape.

    Attributes
    ----------
    name
        Where the rows are from, for messages.
    n_rows, n_dims
        Shape of the rows.
    """

    name: str
    n_rows: int
    n_dims: int


class ShardSource(ABC):
    """Source of activations in shards, each read in the task that works on it and not kept."""

    @property
    @abstractmethod
    def shards(self) -> list[Shard]:
        """Shards, in order."""

    @abstractmethod
    def apply(
        self, function: Callable[..., Any], arguments: Sequence[Any], **shared: Any
    ) -> list[Any]:
        """Return ``function(rows, arguments[k], **shared)`` of every shard k, delayed.

        The rows of a shard are (n, D).
        """


def sources_of(data: Any, rows: int | None) -> list[ShardSource]:
    """Return the sources of activations, in order.

    Parameters
    ----------
    data
        A dask array, a Zarr array or any other with a shape and slices; a path of a ``.npy`` file,
        of a folder or a pattern of them, or of a Zarr array; or a sequence of all these.
    rows
        Most rows in a shard; None is what takes 64 MiB, and for dask arrays their own chunks.

    Raises
    ------
    FileNotFoundError
        If a path or a pattern leads to nothing.
    TypeError, ValueError
        If the pieces are no real numbers, not two-dimensional, or not equally wide.
    """
    found = [_as_source(piece, rows) for piece in _resolve(data)]
    shards = [shard for source in found for shard in source.shards]
    if not any(shard.n_rows for shard in shards):
        raise ValueError(f"expected activations of at least one sample, got {data!r}")
    widths = {shard.n_dims: shard.name for shard in shards}
    if len(widths) > 1:
        kinds = ", ".join(f"{n_dims} in {name}" for n_dims, name in widths.items())
        raise ValueError(f"expected shards of the same number of dimensions D, got {kinds}")
    return found


class _FileSource(ShardSource):
    """Source of a ``.npy`` file, in ranges of rows."""

    def __init__(self, path: Path, rows: int | None) -> None:
        array = np.load(path, mmap_mode="r")
        _check_array(array.shape, array.dtype, str(path))
        self._path, self._n_dims = str(path), array.shape[1]
        self._ranges = _ranges(len(array), _n_rows_at_once(array, rows))

    @property
    def shards(self) -> list[Shard]:
        return [
            Shard(f"{self._path}, rows {low} … {high - 1}", high - low, self._n_dims)
            for low, high in self._ranges
        ]

    def apply(
        self, function: Callable[..., Any], arguments: Sequence[Any], **shared: Any
    ) -> list[Any]:
        task = delayed(_apply_to_file, pure=False)
        return [
            task(self._path, low, high, function, argument, **shared)
            for (low, high), argument in zip(self._ranges, arguments, strict=True)
        ]


class _DaskSource(ShardSource):
    """Source of a dask array, in its chunks of rows."""

    def __init__(self, array: Any, rows: int | None) -> None:
        if np.isnan(array.shape).any():
            array = array.compute_chunk_sizes()
        if rows is not None:
            array = array.rechunk({0: rows})
        self._array = array.rechunk({1: -1})

    @property
    def shards(self) -> list[Shard]:
        ends = np.cumsum((0, *self._array.chunks[0])).tolist()
        n_dims = int(self._array.shape[1])
        return [Shard(f"rows {a} … {b - 1}", b - a, n_dims) for a, b in pairwise(ends)]

    def apply(
        self, function: Callable[..., Any], arguments: Sequence[Any], **shared: Any
    ) -> list[Any]:
        # By map_blocks, so that Dask reads a block in the task that counts it.
        ones = (1,) * self._array.numblocks[0]
        boxes = self._array.map_blocks(
            _apply_to_block,
            function=function,
            arguments=list(arguments),
            dtype=object,
            chunks=(ones, (1,)),
            meta=np.empty((0, 0), dtype=object),
            **shared,
        )
        unpack = delayed(_unpack, pure=False)
        return [unpack(box) for box in boxes.to_delayed().ravel()]


def _apply_to_file(
    path: str, low: int, high: int, function: Callable[..., Any], argument: Any, **shared: Any
) -> Any:
    return function(np.load(path, mmap_mode="r")[low:high], argument, **shared)


def _apply_to_block(
    rows: Any, *, function: Callable[..., Any], arguments: list[Any], block_id: Any, **shared: Any
) -> np.ndarray:
    box = np.empty((1, 1), dtype=object)
    box[0, 0] = function(rows, arguments[block_id[0]], **shared)
    return box


def _unpack(box: np.ndarray) -> Any:
    return box[0, 0]


def _resolve(data: Any) -> list[Any]:
    """Return arrays and files in order, paths and sequences resolved."""
    if isinstance(data, str | PathLike):
        return _files(fspath(data))
    is_list = isinstance(data, list | tuple) and not _is_of_rows(data)
    if is_list or isinstance(data, Iterator):
        return [piece for part in data for piece in _resolve(part)]
    if _is_sliced(data):
        return [data]
    if not isinstance(data, Iterable) and not is_array(data):
        raise TypeError(
            "expected a dask or Zarr array, paths of .npy files, or a sequence of arrays, got "
            f"{type(data).__name__}"
        )
    return [as_activations(data)]


def _is_sliced(data: Any) -> bool:
    """Return whether `data` is an array of which some rows can be read, in a file too."""
    if isinstance(data, Tensor):
        return True
    if is_table(data) or is_column(data) or not hasattr(data, "shape"):
        return False
    try:
        return np.dtype(data.dtype) != object
    except (AttributeError, TypeError):
        return False


def _is_of_rows(data: Sequence[Any]) -> bool:
    """Return whether a list is of rows, which together are one array, and not of arrays."""
    if not data or isinstance(data[0], str | PathLike):
        return False
    if isinstance(data[0], list | tuple):
        return bool(data[0]) and isinstance(data[0][0], Real)
    return len(getattr(data[0], "shape", (1, 1))) == 1


def _files(path: str) -> list[Any]:
    if path.endswith(".npy") and Path(path).is_file():
        return [Path(path)]
    if glob.has_magic(path):
        names = sorted(glob.glob(path))  # noqa: PTH207 - a pattern may be absolute
    else:
        if not Path(path).exists():
            raise FileNotFoundError(f"expected a .npy file, a folder of them or a Zarr, got {path}")
        names = sorted(map(str, Path(path).glob("*.npy")))
    if names:
        return [Path(name) for name in names]
    if not Path(path).is_dir():
        raise FileNotFoundError(f"expected .npy files, got none at {path}")
    try:
        return [da.from_zarr(path)]
    except (OSError, ValueError) as error:  # which of them differs between versions of zarr
        raise FileNotFoundError(
            f"expected .npy files or a Zarr array, got the folder {path}; "
            f"of a Zarr group, name its array: {Path(path) / 'name'}"
        ) from error


def _as_source(piece: Any, rows: int | None) -> ShardSource:
    if isinstance(piece, Path):
        return _FileSource(piece, rows)
    if isinstance(piece, Tensor):
        piece = as_countable(piece)
    _check_array(
        piece.shape, piece.dtype, "a dask array" if isinstance(piece, da.Array) else "an array"
    )
    if not isinstance(piece, da.Array):
        piece = da.from_array(piece, chunks=(_n_rows_at_once(piece, rows), -1))
    return _DaskSource(piece, rows)


def _ranges(n: int, step: int) -> list[tuple[int, int]]:
    return [(low, min(low + step, n)) for low in range(0, n, step)]


def _n_rows_at_once(array: Any, rows: int | None) -> int:
    if rows is not None:
        return rows
    return max(1, _SHARD_BYTES // max(1, array.shape[1] * array.dtype.itemsize))


def _check_array(shape: tuple[Any, ...], dtype: Any, name: str) -> None:
    if len(shape) != 2:
        raise ValueError(f"expected activations of shape (N, D), got {tuple(shape)} in {name}")
    if not is_real_dtype(np.dtype(dtype)):
        raise TypeError(f"expected activations that are real numbers, got {dtype} in {name}")

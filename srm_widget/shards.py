"""Activations in pieces: dask arrays, Zarr, files of NumPy, read where they are counted."""

import glob
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
from dask.delayed import delayed
from torch import Tensor

_BYTES_AT_ONCE = 64 << 20


@dataclass(frozen=True)
class Shard:
    """Some rows of the activations.

    Attributes
    ----------
    name
        Where they are from, for messages.
    n_rows, n_dims
        Their shape.
    rows
        Delayed (n, D) array.
    """

    name: str
    n_rows: int
    n_dims: int
    rows: Any


def shards_of(data: Any, rows: int | None) -> list[Shard]:
    """Return activations as shards of (n, D) each, in order.

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
    found = [shard for piece in _pieces(data) for shard in _cut(piece, rows)]
    if not found:
        raise ValueError(f"expected activations in at least one shard, got {data!r}")
    widths = {shard.n_dims: shard.name for shard in found}
    if len(widths) > 1:
        kinds = ", ".join(f"{n_dims} in {name}" for n_dims, name in widths.items())
        raise ValueError(f"expected shards of the same number of dimensions D, got {kinds}")
    return [shard for shard in found if shard.n_rows]


def _pieces(data: Any) -> list[Any]:
    """What there is, paths resolved."""
    if isinstance(data, str | PathLike):
        return _files(fspath(data))
    if isinstance(data, list | tuple) or not hasattr(data, "shape"):
        if not isinstance(data, Iterable):
            raise TypeError(
                "expected a dask or Zarr array, paths of .npy files, or a sequence of arrays, got "
                f"{type(data).__name__}"
            )
        return [piece for part in data for piece in _pieces(part)]
    return [data]


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
    return [da.from_zarr(path)]


def _cut(piece: Any, rows: int | None) -> list[Shard]:
    if isinstance(piece, Path):
        return _file_shards(piece, rows)
    if isinstance(piece, Tensor):
        piece = piece.detach().cpu().numpy()
    if not isinstance(piece, da.Array):
        _check(piece.shape, piece.dtype, type(piece).__name__)
        piece = da.from_array(piece, chunks=(_at_once(piece, rows), -1))
    _check(piece.shape, piece.dtype, "a dask array")
    if rows is not None:
        piece = piece.rechunk({0: rows})
    if np.isnan(piece.shape).any():
        piece = piece.compute_chunk_sizes()
    whole = piece.rechunk({1: -1})
    blocks = whole.to_delayed().ravel()
    ends = np.cumsum((0, *whole.chunks[0]))
    return [
        Shard(f"rows {low} … {high - 1}", int(high - low), whole.shape[1], block)
        for block, low, high in zip(blocks, ends[:-1], ends[1:], strict=True)
    ]


def _file_shards(path: Path, rows: int | None) -> list[Shard]:
    array = np.load(path, mmap_mode="r")
    _check(array.shape, array.dtype, str(path))
    step = _at_once(array, rows)
    n, d = array.shape
    read = delayed(_read)
    return [
        Shard(f"{path}, rows {low} … {high - 1}", high - low, d, read(str(path), low, high))
        for low, high in ((low, min(low + step, n)) for low in range(0, n, step))
    ]


def _read(path: str, low: int, high: int) -> np.ndarray:
    return np.load(path, mmap_mode="r")[low:high]


def _at_once(array: Any, rows: int | None) -> int:
    if rows is not None:
        return rows
    return max(1, _BYTES_AT_ONCE // max(1, array.shape[1] * array.dtype.itemsize))


def _check(shape: tuple[Any, ...], dtype: Any, name: str) -> None:
    if len(shape) != 2:
        raise ValueError(f"expected activations of shape (N, D), got {tuple(shape)} in {name}")
    if np.dtype(dtype).kind not in "biuf":
        raise TypeError(f"expected activations that are real numbers, got {dtype} in {name}")

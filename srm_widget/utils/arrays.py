"""Small helpers for arrays: block-reduced matrices, evenly spread indices, raw bytes."""

import math
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor


def block_side(n: int, max_size: int) -> int:
    """Return the smallest side of square blocks of which n rows make at most `max_size`."""
    return math.ceil(n / max_size)


def block_extremes(
    weights: Float[np.ndarray, "rows columns"], side: int
) -> Int64[np.ndarray, "some others"]:
    """Find the entry of largest magnitude in every block of `side` × `side`.

    Parameters
    ----------
    weights
        NaN where there is nothing.
    side
        Rows and columns of a block; the last blocks may be smaller.

    Returns
    -------
    best
        Where in its block the entry stands, row · side + column; the first of equal ones, and 0
        where there is none.
    """
    rows, columns = (math.ceil(n / side) for n in weights.shape)
    best = np.empty((rows, columns), dtype=np.int64)
    for row in range(rows):
        strip = np.full((side, columns * side), np.nan, dtype=weights.dtype)
        block_rows = weights[row * side : (row + 1) * side]
        strip[: len(block_rows), : block_rows.shape[1]] = block_rows
        blocks = strip.reshape(side, columns, side).transpose(1, 0, 2).reshape(columns, -1)
        best[row] = np.where(np.isnan(blocks), -1.0, np.abs(blocks)).argmax(axis=1)
    return best


def pick_of_blocks(
    matrix: Shaped[np.ndarray, "rows columns"], best: Int64[np.ndarray, "some others"], side: int
) -> Shaped[np.ndarray, "some others"]:
    """Return one entry of every block, at the places that `block_extremes` found."""
    rows, columns = np.indices(best.shape)
    return np.asarray(matrix[rows * side + best // side, columns * side + best % side])


def bit_reversed_order(n: int) -> list[int]:
    """Return 0 … n - 1 in bit-reversed order: the first of them are always spread evenly."""
    digits = max(n - 1, 1).bit_length()
    return sorted(range(n), key=lambda k: int(f"{k:0{digits}b}"[::-1], 2))


def to_bytes(values: np.ndarray, dtype: str) -> bytes:
    """Return `values` as raw bytes, row by row, in a NumPy `dtype` such as "<f4"."""
    return np.ascontiguousarray(values, dtype=dtype).tobytes()


def evenly_spaced(n: int, most: int) -> Int64[np.ndarray, " some"]:
    """Return at most `most` of the indices 0 … n - 1, evenly spaced and rising."""
    return np.arange(n) if n <= most else np.arange(most) * n // most


def as_countable(values: Tensor | np.ndarray) -> np.ndarray:
    """Return a dense tensor or an array as one whose numbers NumPy itself can count with.

    It shares memory where it can. What NumPy has not, such as bfloat16 and smaller floats, becomes
    float32; what are no numbers stays as it is.
    """
    if isinstance(values, Tensor):
        whole = values.detach().cpu()
        is_known = whole.is_complex() or not whole.is_floating_point()
        is_known |= whole.dtype in (torch.float16, torch.float32, torch.float64)
        return (whole.resolve_conj().resolve_neg() if is_known else whole.float()).numpy()
    if values.dtype.kind == "V" and is_real_dtype(values.dtype):
        return values.astype(np.float32)
    return values


def is_of_objects(values: Any) -> bool:
    """Return whether an array or a column holds objects of Python."""
    dtype = getattr(values, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind == "O"


def is_real_dtype(dtype: np.dtype) -> bool:
    """Return whether entries are real numbers that a float64 holds.

    Those of NumPy's extensions are, such as bfloat16 of ml_dtypes, which NumPy has for bytes.
    """
    if dtype.kind in "biuf":
        return dtype.itemsize <= 8
    return dtype.kind == "V" and dtype.names is None and np.can_cast(dtype, np.float32)

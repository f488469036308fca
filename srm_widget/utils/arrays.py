"""Small helpers for arrays: block-reduced matrices, evenly spread indices, raw bytes."""

import math

import numpy as np
from jaxtyping import Float, Int64


def block_side(n: int, max_size: int) -> int:
    """Return the smallest side of square blocks of which n rows make at most `max_size`."""
    return math.ceil(n / max_size)


def block_extremes(
    matrix: Float[np.ndarray, "rows columns"], side: int
) -> tuple[Float[np.ndarray, "some others"], Int64[np.ndarray, "some others"]]:
    """Reduce a matrix to the entry of largest magnitude in every block of `side` × `side`.

    Parameters
    ----------
    matrix
        NaN where there is nothing.
    side
        Rows and columns of a block; the last blocks may be smaller.

    Returns
    -------
    values
        One entry a block; NaN where a block has nothing else.
    best
        Where in its block the entry stands, row · side + column; the first of equal ones.
    """
    rows, columns = (math.ceil(n / side) for n in matrix.shape)
    values = np.empty((rows, columns), dtype=matrix.dtype)
    best = np.empty((rows, columns), dtype=np.int64)
    every_column = np.arange(columns)
    for row in range(rows):
        strip = np.full((side, columns * side), np.nan, dtype=matrix.dtype)
        block_rows = matrix[row * side : (row + 1) * side]
        strip[: len(block_rows), : block_rows.shape[1]] = block_rows
        blocks = strip.reshape(side, columns, side).transpose(1, 0, 2).reshape(columns, -1)
        best[row] = np.where(np.isnan(blocks), -1.0, np.abs(blocks)).argmax(axis=1)
        values[row] = blocks[every_column, best[row]]
    return values, best


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

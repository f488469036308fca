"""Large square matrices made small: the most telling entry of every block."""

import math

import numpy as np
from jaxtyping import Float, Int64


def block_side(n: int, max_size: int) -> int:
    """Least side of blocks that n rows fall into at most `max_size` of."""
    return math.ceil(n / max_size)


def block_extremes(
    matrix: Float[np.ndarray, "rows columns"], side: int
) -> tuple[Float[np.ndarray, "some others"], Int64[np.ndarray, "some others"]]:
    """Entry of largest magnitude in every block of `side` × `side`, and where in it it stands.

    Parameters
    ----------
    matrix
        NaN where there is nothing.
    side
        Of a block; those at the end may be smaller.

    Returns
    -------
    values
        NaN where a block has nothing.
    best
        Place row · side + column inside the block; of several the first.
    """
    rows, columns = (math.ceil(n / side) for n in matrix.shape)
    values = np.empty((rows, columns), dtype=matrix.dtype)
    best = np.empty((rows, columns), dtype=np.int64)
    across = np.arange(columns)
    for row in range(rows):
        strip = np.full((side, columns * side), np.nan, dtype=matrix.dtype)
        part = matrix[row * side : (row + 1) * side]
        strip[: len(part), : part.shape[1]] = part
        blocks = strip.reshape(side, columns, side).transpose(1, 0, 2).reshape(columns, -1)
        best[row] = np.where(np.isnan(blocks), -1.0, np.abs(blocks)).argmax(axis=1)
        values[row] = blocks[across, best[row]]
    return values, best


def bit_reversed_order(n: int) -> list[int]:
    """0 … n - 1 in an order in which the first ones are evenly spread at any time."""
    digits = max(n - 1, 1).bit_length()
    return sorted(range(n), key=lambda k: int(f"{k:0{digits}b}"[::-1], 2))


def to_bytes(values: np.ndarray, dtype: str) -> bytes:
    """`values` as bytes, row by row."""
    return np.ascontiguousarray(values, dtype=dtype).tobytes()


def evenly_spaced(n: int, most: int) -> Int64[np.ndarray, " some"]:
    """At most `most` of the indices 0 … n - 1, evenly spaced."""
    return np.arange(n) if n <= most else np.arange(most) * n // most

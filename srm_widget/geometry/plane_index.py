"""Numbering of planes: position of the pair (i, j), and back, without listing all pairs.

The ``M (M - 1) / 2`` pairs ``i < j`` are numbered in lexicographic order, so that pair (0, 1) has
position 0, (0, 2) position 1 and (M - 2, M - 1) comes last.
"""

import math
import operator
from collections.abc import Iterable
from typing import Any, Literal, SupportsIndex, get_args

import numpy as np
from jaxtyping import Int64

from srm_widget.utils.text import brief
from srm_widget.utils.validation import choice

Variant = Literal["combination", "permutation"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
"""With "combination" a plane is i < j, with "permutation" both orders of every pair are planes."""


def n_planes(n_directions: int, variant: Variant = "combination") -> int:
    """Return the number of planes that pairs of M = `n_directions` directions span."""
    ordered = n_directions * (n_directions - 1)
    return ordered if checked_variant(variant) == "permutation" else ordered // 2


def checked_variant(variant: str) -> Variant:
    """Return `variant` if it is one of `VARIANTS`, or raise ``ValueError``."""
    return choice("variant", variant, VARIANTS)


def checked_pair(i: SupportsIndex, j: SupportsIndex, n_directions: int) -> tuple[int, int]:
    """Return the plane (i, j) as two ints, or raise an error.

    Raises
    ------
    IndexError
        If i equals j or either lies outside 0 … `n_directions` - 1.
    TypeError
        If either is not an integer.
    """
    try:
        pair = operator.index(i), operator.index(j)
    except TypeError:
        named = next((name for name in (i, j) if isinstance(name, str)), None)
        hint = (
            f"; list(names).index({named!r:.60}) is the number of a name, and scope.pair takes both"
        )
        raise TypeError(
            f"expected a plane (i, j) of two integers, got ({brief(i)}, {brief(j)})"
            f"{'' if named is None else hint}"
        ) from None
    if pair[0] == pair[1] or not all(0 <= k < n_directions for k in pair):
        raise IndexError(
            "expected a plane (i, j) of two different directions in "
            f"0 … {n_directions - 1}, got {pair}"
        )
    return pair


def checked_pairs(planes: Any, n_directions: int) -> list[tuple[int, int]]:
    """Return a sequence of planes (i, j) as tuples of ints, or raise an error.

    Raises
    ------
    TypeError, ValueError
        If it is no sequence of pairs, or empty.
    IndexError
        As for `checked_pair`.
    """
    if isinstance(planes, str) or not isinstance(planes, Iterable):
        raise TypeError(f"expected planes 'all' or a sequence of (i, j), got {planes!r}")
    found = []
    for pair in planes:
        try:
            i, j = pair
        except (TypeError, ValueError):
            raise ValueError(
                f"expected planes as a sequence of pairs, [(i, j), …], got {pair!r} among them"
            ) from None
        found.append(checked_pair(i, j, n_directions))
    if not found:
        raise ValueError("expected at least one plane, got none")
    return found


def rank(i: int, j: int, n_directions: int) -> int:
    """Return the position of the plane spanned by directions i and j, in either order."""
    low, high = sorted(checked_pair(i, j, n_directions))
    return first_position(low, n_directions) + (high - low - 1)


def first_position(i: int, n_directions: int) -> int:
    """Return the position of the plane (i, i + 1), the first of direction i.

    Of the last direction, which begins no plane, it is the number of planes.
    """
    return i * n_directions - i * (i + 1) // 2


def unrank(position: SupportsIndex, n_directions: int) -> tuple[int, int]:
    """Return the plane (i, j), i < j, at `position`: the inverse of `rank`.

    Raises
    ------
    IndexError
        If there is no such position.
    """
    total = n_planes(n_directions)
    k = operator.index(position)
    if not 0 <= k < total:
        raise IndexError(f"expected a position in 0 … {total - 1}, got {k}")
    # Counted from the end, row i starts at a triangular number.
    tail = total - 1 - k
    row = (math.isqrt(8 * tail + 1) - 1) // 2
    i = n_directions - 2 - row
    j = n_directions - 1 - (tail - row * (row + 1) // 2)
    return i, j


def unrank_many(
    positions: Int64[np.ndarray, " some"], n_directions: int
) -> Int64[np.ndarray, "some 2"]:
    """Return the planes (i, j), i < j, at many `positions`, as (n, 2) int64."""
    i = np.arange(n_directions, dtype=np.int64)
    starts = first_positions(i, n_directions)
    first = np.searchsorted(starts[:-1], positions, side="right") - 1
    second = positions - starts[first] + first + 1
    return np.stack([first, second], axis=1)


def first_positions(i: Int64[np.ndarray, " some"], n_directions: int) -> Int64[np.ndarray, " some"]:
    """Return `first_position` of many directions, (n,) int64."""
    return i * n_directions - i * (i + 1) // 2


def all_pairs(n_directions: int, variant: Variant = "combination") -> Int64[np.ndarray, "planes 2"]:
    """Return all planes in lexicographic order, as (P, 2) int64."""
    if checked_variant(variant) == "combination":
        return np.stack(np.triu_indices(n_directions, 1), axis=1).astype(np.int64)
    first, second = np.nonzero(~np.eye(n_directions, dtype=bool))
    return np.stack([first, second], axis=1).astype(np.int64)

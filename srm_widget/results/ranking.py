"""Rankings of planes in which no direction leads them all."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Int64

RankedPart = tuple[Int64[np.ndarray, " some"], Int64[np.ndarray, "some 2"]]
"""Some planes in their order: by what they are known, and their directions (i, j)."""


def capped(
    parts: Iterable[RankedPart], most: int, per_direction: int, n_directions: int
) -> Int64[np.ndarray, " best"]:
    """Return the first planes, going on where a direction of a plane was taken too often already.

    Parameters
    ----------
    parts
        The planes in their order, part by part; no more are asked for than are needed.
    most
        How many planes at most.
    per_direction
        Most planes of one direction.
    n_directions
        M.
    """
    taken = np.zeros(n_directions, dtype=np.int64)
    found: list[int] = []
    for places, pairs in parts:
        open_still = (taken[pairs] < per_direction).all(axis=1)
        for place, (i, j) in zip(places[open_still], pairs[open_still].tolist(), strict=True):
            if len(found) < most and taken[i] < per_direction and taken[j] < per_direction:
                taken[[i, j]] += 1
                found.append(int(place))
        if len(found) >= most:
            break
    return np.array(found, dtype=np.int64)

"""The samples inside the spotlight, by falling cosine."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64


@dataclass(frozen=True)
class Beam:
    """Samples with x̂ · u(θ) ≥ ε.

    Attributes
    ----------
    n_lit
        How many there are.
    n_listed
        How many of them are of the classes that were asked for.
    indices
        (n,) int64, the first of those by falling cosine: rows of the activations as they were
        given.
    cosines
        (n,) float64, theirs.
    by_class
        (C,) int64, how many of all that are lit are of each class; None without labels.
    """

    n_lit: int
    n_listed: int
    indices: Int64[np.ndarray, " first"]
    cosines: Float64[np.ndarray, " first"]
    by_class: Int64[np.ndarray, " classes"] | None = None


def falling(values: Float64[np.ndarray, " n"], most: int | None = None) -> Int64[np.ndarray, " m"]:
    """Places of the `most` largest values, falling, equal ones in the order they stand in.

    None is all of them.
    """
    if most == 0:
        return np.empty(0, dtype=np.int64)
    if most is not None and most < len(values):
        least = np.partition(values, len(values) - most)[len(values) - most]
        largest = np.flatnonzero(values >= least)
        return largest[falling(values[largest])[:most]]
    order = np.argsort(-values)  # a stable sort would take four times as long
    ranked = values[order]
    if (ranked[1:] == ranked[:-1]).any():
        tied = np.concatenate([[0], (ranked[1:] != ranked[:-1]).cumsum()])
        order = order[np.argsort(tied * len(values) + order)]
    return order

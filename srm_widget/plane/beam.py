"""The samples inside the spotlight, by falling cosine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.samples.labels import ClassCodes


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


class BeamBuilder:
    """The samples inside the spotlight, put together piece by piece.

    Parameters
    ----------
    coded
        Classes of all samples, if there are any.
    only
        Positions of the classes whose samples to list; None is all of them.
    most
        How many samples to list; None is all of them.
    """

    def __init__(
        self, coded: ClassCodes | None, only: Iterable[int] | None, most: int | None
    ) -> None:
        self._coded, self._most = coded, most
        self._only = None if only is None else tuple(only)
        self._by_class = None if coded is None else np.zeros(coded.n_classes, dtype=np.int64)
        self._n_lit = self._n_listed = 0
        self._index: list[np.ndarray] = []
        self._cosines: list[np.ndarray] = []

    def add(
        self, index: Int64[np.ndarray, " inside"], cosines: Float64[np.ndarray, " inside"]
    ) -> None:
        """Take more samples, rising and after all before, with their cosines."""
        self._n_lit += len(index)
        if self._coded is not None:
            self._by_class += self._coded.sizes_of(index)
            if self._only is not None:
                listed = self._coded.in_classes(index, self._only)
                index, cosines = index[listed], cosines[listed]
        self._n_listed += len(index)
        if self._most is not None and len(index) > self._most:
            first = np.sort(argsort_descending(cosines, self._most))
            index, cosines = index[first], cosines[first]
        self._index.append(index)
        self._cosines.append(cosines)

    def beam(self, rows: Callable[[np.ndarray], np.ndarray]) -> Beam:
        """The samples so far; `rows` says which rows of the activations they are."""
        index, cosines = np.concatenate(self._index), np.concatenate(self._cosines)
        first = argsort_descending(cosines, self._most)
        return Beam(self._n_lit, self._n_listed, rows(index[first]), cosines[first], self._by_class)


def argsort_descending(
    values: Float64[np.ndarray, " n"], most: int | None = None
) -> Int64[np.ndarray, " m"]:
    """Places of the `most` largest values, falling, equal ones in the order they stand in.

    None is all of them.
    """
    if most == 0:
        return np.empty(0, dtype=np.int64)
    if most is not None and most < len(values):
        least = np.partition(values, len(values) - most)[len(values) - most]
        largest = np.flatnonzero(values >= least)
        return largest[argsort_descending(values[largest])[:most]]
    order = np.argsort(-values)  # a stable sort would take four times as long
    ranked = values[order]
    if (ranked[1:] == ranked[:-1]).any():
        tied = np.concatenate([[0], (ranked[1:] != ranked[:-1]).cumsum()])
        order = order[np.argsort(tied * len(values) + order)]
    return order

"""The beam: samples inside the spotlight, by falling cosine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.samples.labels import ClassCodes
from srm_widget.utils.text import span_text


@dataclass(frozen=True)
class Beam:
    """Samples inside the spotlight: those with x̂ · u(θ) ≥ ε.

    Attributes
    ----------
    n_lit
        Number of samples lit.
    n_listed
        Number of those of the classes to be listed.
    indices
        (n,) int64, rows of the activations as they were given: the samples listed, by falling
        cosine, at most as many as asked for.
    cosines
        (n,) float64, their cosines x̂ · u(θ).
    by_class
        (C,) int64, samples lit of each class, listed or not; None without labels.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> beam = engine.beam(0, 1, 0.7, epsilon=0.8)
    >>> beam.n_lit, beam.indices.tolist(), beam.cosines.round(3).tolist()
    (2, [0, 1], [0.929, 0.853])
    """

    n_lit: int
    n_listed: int
    indices: Int64[np.ndarray, " first"]
    cosines: Float64[np.ndarray, " first"]
    by_class: Int64[np.ndarray, " classes"] | None = None

    def __repr__(self) -> str:
        listed = f"{len(self.indices):,} of {self.n_listed:,} listed"
        return f"Beam({self.n_lit:,} samples lit, {listed}, cosines {span_text(self.cosines)})"


class BeamBuilder:
    """Builds a `Beam` piece by piece.

    Parameters
    ----------
    class_codes
        Classes of all samples; None without labels.
    only
        Positions of the classes whose samples to list; None is all of them.
    most
        How many samples to list; None is all of them.
    """

    def __init__(
        self, class_codes: ClassCodes | None, only: Iterable[int] | None, most: int | None
    ) -> None:
        self._class_codes, self._most = class_codes, most
        self._only = None if only is None else tuple(only)
        self._by_class = (
            None if class_codes is None else np.zeros(class_codes.n_classes, dtype=np.int64)
        )
        self._n_lit = self._n_listed = 0
        self._indices: list[np.ndarray] = []
        self._cosines: list[np.ndarray] = []

    def add(
        self, indices: Int64[np.ndarray, " inside"], cosines: Float64[np.ndarray, " inside"]
    ) -> None:
        """Add lit samples, rising and after all before, with their cosines."""
        self._n_lit += len(indices)
        if self._class_codes is not None:
            self._by_class += self._class_codes.sizes_of(indices)
            if self._only is not None:
                listed = self._class_codes.in_classes(indices, self._only)
                indices, cosines = indices[listed], cosines[listed]
        self._n_listed += len(indices)
        if self._most is not None and len(indices) > self._most:
            first = np.sort(argsort_descending(cosines, self._most))
            indices, cosines = indices[first], cosines[first]
        self._indices.append(indices)
        self._cosines.append(cosines)

    def beam(self, rows: Callable[[np.ndarray], np.ndarray]) -> Beam:
        """Return the beam of the samples added.

        Parameters
        ----------
        rows
            Gives the rows of the activations for indices of samples.
        """
        indices, cosines = np.concatenate(self._indices), np.concatenate(self._cosines)
        first = argsort_descending(cosines, self._most)
        return Beam(
            self._n_lit, self._n_listed, rows(indices[first]), cosines[first], self._by_class
        )


def argsort_descending(
    values: Float64[np.ndarray, " n"], most: int | None = None
) -> Int64[np.ndarray, " m"]:
    """Return the indices of the `most` largest values, falling, equal ones in their order.

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

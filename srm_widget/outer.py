"""The outer samples of a plane: all that a slightly different ε can light."""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.arcs import Arcs, lit_arcs
from srm_widget.basis import Plane
from srm_widget.coordinates import Coordinates

_MARGIN = 0.85


class OuterSamples:
    """Samples at an in-plane radius of at least `reach`, with their coordinates.

    While ε moves above `reach`, what it lights is found among these, and the others are not read
    again.

    Parameters
    ----------
    plane
        The plane.
    epsilon
        ε > 0 that is asked for now; `reach` is somewhat less.
    """

    def __init__(self, plane: Plane, epsilon: float) -> None:
        self.plane = plane
        self.reach = _MARGIN * epsilon
        self._n_samples = 0
        self._index: Int64[Tensor, " outer"] | None = None
        self._a: Float[Tensor, " outer"]
        self._c: Float[Tensor, " outer"]

    @property
    def nbytes(self) -> int:
        """Bytes of indices and coordinates."""
        if self._index is None:
            return 0
        return self._index.nbytes + self._a.nbytes + self._c.nbytes

    def lit(
        self, coordinates: Coordinates, n_samples: int, epsilon: float, since: int
    ) -> Iterator[Arcs]:
        """Arcs that `epsilon` ≥ `reach` lights, of the samples since … n_samples - 1."""
        self._extend(coordinates, n_samples)
        assert self._index is not None
        first = int(torch.searchsorted(self._index, since))
        for low in range(first, max(len(self._index), first + 1), coordinates.piece):
            piece = slice(low, low + coordinates.piece)
            arcs = lit_arcs(self._a[piece], self._c[piece], epsilon)
            yield arcs._replace(samples=self._index[piece][arcs.samples])

    def _extend(self, coordinates: Coordinates, n_samples: int) -> None:
        if self._n_samples == n_samples:
            return
        parts = [] if self._index is None else [(self._index, self._a, self._c)]
        for offset, a, c in coordinates.pieces(self.plane, self._n_samples):
            here = ((a * a).addcmul_(c, c) >= self.reach**2).nonzero().squeeze(1)
            parts.append((here + offset, a[here], c[here]))
        index, a, c = (torch.cat(column) for column in zip(*parts, strict=True))
        self._index, self._a, self._c, self._n_samples = index, a, c, n_samples

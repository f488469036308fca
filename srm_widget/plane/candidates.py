"""The outer samples of a plane: all that a slightly different ε can light."""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.geometry.arcs import ArcBlock, Arcs, lit_arcs
from srm_widget.geometry.basis import Plane
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.utils.arrays import bit_reversed_order

_MARGIN = 0.85

_Samples = tuple[Int64[Tensor, " outer"], Float[Tensor, " outer"], Float[Tensor, " outer"]]


class CandidateSamples:
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
        self._kept: _Samples | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of indices and coordinates."""
        return 0 if self._kept is None else sum(part.nbytes for part in self._kept)

    def lit(
        self,
        coordinates: PlaneCoordinates,
        n_samples: int,
        epsilon: float,
        since: int,
        *,
        spread: bool = False,
    ) -> Iterator[ArcBlock]:
        """Arcs that `epsilon` ≥ `reach` lights, of the samples since … n_samples - 1.

        They rise, or, with `spread`, those found before and then those found now come from
        everywhere.
        """
        known = self._n_samples
        if since < known:
            until = min(known, n_samples)
            yield from self._among_kept(
                coordinates.piece_size, epsilon, since, until, spread=spread
            )
        if known >= n_samples:
            return
        parts = {} if self._kept is None else {0: self._kept}
        for offset, a, c in coordinates.pieces(self.plane, known, n_samples, spread=spread):
            here = ((a * a).addcmul_(c, c) >= self.reach**2).nonzero().squeeze(1)
            parts[offset] = part = here + offset, a[here], c[here]
            first, end = max(offset, since), offset + len(a)
            if first < end:
                yield ArcBlock(first, end - first, _lit(part, epsilon, since))
        if self._n_samples >= n_samples:
            return  # others have found them meanwhile
        # Together at the end, so that none is there twice after an interrupt.
        columns = zip(*(part for _, part in sorted(parts.items())), strict=True)
        index, x, y = (torch.cat(column) for column in columns)
        self._kept, self._n_samples = (index, x, y), n_samples

    def _among_kept(
        self, piece: int, epsilon: float, since: int, until: int, *, spread: bool
    ) -> Iterator[ArcBlock]:
        assert self._kept is not None
        index, a, c = self._kept
        start, stop = (int(torch.searchsorted(index, end)) for end in (since, until))
        # A piece ends where the next one begins: what is not listed between is dark.
        ends = [since, *index[start + piece : stop : piece].tolist(), until]
        many = len(ends) - 1
        for k in bit_reversed_order(many) if spread else range(many):
            part = slice(start + k * piece, min(start + (k + 1) * piece, stop))
            arcs = _lit((index[part], a[part], c[part]), epsilon, since)
            yield ArcBlock(ends[k], ends[k + 1] - ends[k], arcs)


def _lit(outer: _Samples, epsilon: float, since: int) -> Arcs:
    index, a, c = outer
    low = int(torch.searchsorted(index, since))
    arcs = lit_arcs(a[low:], c[low:], epsilon)
    return arcs._replace(samples=index[low:][arcs.samples])

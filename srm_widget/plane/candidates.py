"""Candidate samples of a plane: those far enough out for a slightly different ε to light them."""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.geometry.arcs import ArcBlock, Arcs, lit_arcs, may_reach
from srm_widget.geometry.basis import Plane
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.utils.arrays import bit_reversed_order

_MIN_RADIUS_SHARE = 0.85
"""Least radius of the candidates, as a share of ε."""

_Candidates = tuple[
    Int64[Tensor, " candidates"], Float[Tensor, " candidates"], Float[Tensor, " candidates"]
]
"""Indices of samples, rising, and their in-plane coordinates a and c."""


class CandidateSamples:
    """Samples at an in-plane radius of at least `min_radius`, with their coordinates.

    While ε moves above `min_radius`, the samples that it lights are found among these, and the
    others are not read again.

    Parameters
    ----------
    plane
        The plane.
    epsilon
        ε > 0 of now; `min_radius` is somewhat less.
    """

    def __init__(self, plane: Plane, epsilon: float) -> None:
        self.plane = plane
        self.min_radius = _MIN_RADIUS_SHARE * epsilon
        self._n_samples = 0
        self._kept: _Candidates | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of indices and coordinates."""
        return 0 if self._kept is None else sum(part.nbytes for part in self._kept)

    def arc_blocks(
        self,
        coordinates: PlaneCoordinates,
        n_samples: int,
        epsilon: float,
        since: int,
        *,
        spread: bool = False,
    ) -> Iterator[ArcBlock]:
        """Yield the arcs lit at `epsilon` ≥ `min_radius` of the samples since … n_samples - 1.

        The samples rise; or, with `spread`, the blocks of candidates kept before, and then those
        of the others, come from everywhere.
        """
        known = self._n_samples
        if since < known:
            until = min(known, n_samples)
            yield from self._kept_blocks(
                coordinates.piece_size, epsilon, since, until, spread=spread
            )
        if known >= n_samples:
            return
        parts = {} if self._kept is None else {0: self._kept}
        for offset, a, c in coordinates.pieces(self.plane, known, n_samples, spread=spread):
            far = may_reach(a, c, self.min_radius).nonzero().squeeze(1)
            parts[offset] = part = far + offset, a[far], c[far]
            first, end = max(offset, since), offset + len(a)
            if first < end:
                yield ArcBlock(first, end - first, self._arcs_since(part, epsilon, since))
        if self._n_samples >= n_samples:
            return  # another run has found them meanwhile
        # Together at the end, so that none is there twice after an interrupt.
        columns = zip(*(part for _, part in sorted(parts.items())), strict=True)
        index, x, y = (torch.cat(column) for column in columns)
        self._kept, self._n_samples = (index, x, y), n_samples

    def _kept_blocks(
        self, piece: int, epsilon: float, since: int, until: int, *, spread: bool
    ) -> Iterator[ArcBlock]:
        assert self._kept is not None
        index, a, c = self._kept
        start, stop = (int(torch.searchsorted(index, end)) for end in (since, until))
        # A block ends where the next one begins: samples that are not listed between are dark.
        ends = [since, *index[start + piece : stop : piece].tolist(), until]
        n_blocks = len(ends) - 1
        for k in bit_reversed_order(n_blocks) if spread else range(n_blocks):
            part = slice(start + k * piece, min(start + (k + 1) * piece, stop))
            arcs = self._arcs_since((index[part], a[part], c[part]), epsilon, since)
            yield ArcBlock(ends[k], ends[k + 1] - ends[k], arcs)

    def _arcs_since(self, candidates: _Candidates, epsilon: float, since: int) -> Arcs:
        """Return the arcs of those candidates that are lit, from the sample `since` on."""
        index, a, c = candidates
        low = int(torch.searchsorted(index, since))
        arcs = lit_arcs(a[low:], c[low:], epsilon, self.plane.alpha)
        return arcs._replace(samples=index[low:][arcs.samples])

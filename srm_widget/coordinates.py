"""In-plane coordinates (a, c) of every sample, from a bounded cache of projections."""

from collections.abc import Iterator

import torch
from cachetools import LRUCache
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.basis import Basis, Plane
from srm_widget.caching import byte_bounded, keep
from srm_widget.samples import BLOCK, SampleStore

_WELL_CONDITIONED = 0.5
"""Largest |g| at which c is put together from two projections; above, rounding would show in
float32, and e2 is projected on itself."""


_TOO_SMALL_TO_SHARE = 1 << 15
"""Samples that torch leaves to one thread. Up to `BLOCK` of them are gone through in such pieces:
two threads save a fraction of a millisecond there, and lose many when the other core is busy, as
it is with drawing while a slider moves."""


class Column:
    """Projection x̂ · v of the samples on one vector, block by block, extended as they come."""

    def __init__(self, vector: Float64[Tensor, " dims"]) -> None:
        self.vector = vector
        self.n_samples = 0
        self._parts: list[Tensor] = []  # one a block of the store

    @property
    def nbytes(self) -> int:
        """Bytes of the vector and its projections."""
        return self.vector.nbytes + sum(part.nbytes for part in self._parts)

    def extend(self, store: SampleStore) -> None:
        """Project the samples that came since."""
        vector = self.vector.to(device=store.device, dtype=store.dtype)
        parts = self._parts[:]
        for offset, columns in store.blocks(self.n_samples):
            projected = vector @ columns
            if offset % BLOCK:
                parts[-1] = torch.cat([parts[-1], projected])
            else:
                parts.append(projected)
        self._parts, self.n_samples = parts, len(store)

    def part(self, offset: int) -> Float[Tensor, " samples"]:
        """Projections of the samples from `offset` to the end of their block."""
        return self._parts[offset // BLOCK][offset % BLOCK :]


class Coordinates:
    """Coordinates of the stored samples in any plane of a basis.

    Those of the standard basis are columns of the store itself and cost nothing; others are
    projected once and kept while there is room.

    Parameters
    ----------
    store, basis
        Samples and directions.
    """

    def __init__(self, store: SampleStore, basis: Basis) -> None:
        self._store, self._basis = store, basis
        self._columns: LRUCache[object, Column] = byte_bounded(0)

    @property
    def nbytes(self) -> int:
        """Bytes of projections kept."""
        return int(self._columns.currsize)

    @property
    def piece(self) -> int:
        """Most samples to go through at once."""
        shared = len(self._store) > BLOCK or self._store.device.type != "cpu"
        return BLOCK if shared else _TOO_SMALL_TO_SHARE

    def bound(self, max_bytes: int) -> None:
        """Keep at most `max_bytes` of projections."""
        self._columns = byte_bounded(max_bytes, self._columns)

    def pieces(
        self, plane: Plane, since: int = 0
    ) -> Iterator[tuple[int, Float[Tensor, " samples"], Float[Tensor, " samples"]]]:
        """(index of the first sample, a, c), piece by piece, from sample `since` on."""
        step = self.piece
        for offset, a, c in self._blocks(plane, since):
            for low in range(0, len(a), step):
                yield offset + low, a[low : low + step], c[low : low + step]

    def of(
        self, plane: Plane, index: Int64[Tensor, " some"]
    ) -> tuple[Float64[Tensor, " some"], Float64[Tensor, " some"]]:
        """(a, c) of the samples at `index`, which rises."""
        blocks = list(self._blocks(plane))
        ends = torch.tensor([offset + len(x) for offset, x, _ in blocks], device=index.device)
        sizes = torch.searchsorted(index, ends).diff(prepend=ends.new_zeros(1)).tolist()
        parts = []
        for (offset, x, y), here in zip(blocks, torch.split(index, sizes), strict=True):
            local = here - offset
            parts.append((x.index_select(0, local), y.index_select(0, local)))
        a, c = (torch.cat(part).double() for part in zip(*parts, strict=True))
        return a, c

    def _blocks(
        self, plane: Plane, since: int = 0
    ) -> Iterator[tuple[int, Float[Tensor, " samples"], Float[Tensor, " samples"]]]:
        i, j = plane.pair
        if self._basis.is_standard:
            for offset, columns in self._store.blocks(since):
                yield offset, columns[i], columns[j]
            return
        g = plane.cosine
        composed = abs(g) <= _WELL_CONDITIONED
        key, vector = (j, self._basis.direction(j)) if composed else (plane.pair, plane.e2)
        first, second = self._column(i, plane.e1), self._column(key, vector)
        for offset, _ in self._store.blocks(since):
            a, c = first.part(offset), second.part(offset)
            if composed and g:
                c = (c - g * a).mul_((1 - g * g) ** -0.5)
            yield offset, a, c

    def _column(self, key: object, vector: Float64[Tensor, " dims"]) -> Column:
        column = self._columns.get(key) or Column(vector)
        if column.n_samples < len(self._store):
            column.extend(self._store)
        keep(self._columns, key, column)
        return column

"""In-plane coordinates (a, c) of every sample, from a bounded cache of projections."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from cachetools import LRUCache
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis, Plane
from srm_widget.samples.store import BLOCK, SampleStore
from srm_widget.utils.arrays import bit_reversed_order
from srm_widget.utils.caches import byte_lru, put

_WELL_CONDITIONED = 0.5
"""Largest |g| at which c is put together from two projections; above, rounding would show in
float32, and e2 is projected on itself."""

_TOO_SMALL_TO_SHARE = 1 << 15
"""Samples that torch leaves to one thread. Up to `BLOCK` of them are gone through in such pieces:
two threads save a fraction of a millisecond there, and lose many when the other core is busy, as
it is with drawing while a slider moves."""

_PROJECTED = 1 << 25
"""Bytes of directions that are projected at once: some milliseconds."""


class StoreBlock(NamedTuple):
    """Samples of a block of the store as it is now: its number, its first sample, its columns."""

    number: int
    offset: int
    columns: Float[Tensor, "dims samples"]

    @property
    def size(self) -> int:
        """How many samples."""
        return self.columns.shape[1]


class VectorProjection:
    """Projection x̂ · v of the samples on one vector, block by block, extended as it is needed."""

    def __init__(self, vector: Float64[Tensor, " dims"]) -> None:
        self.vector = vector
        self._parts: list[Tensor] = []  # one a block of the store
        self._done: list[int] = []  # samples of each that are projected

    @property
    def nbytes(self) -> int:
        """Bytes of the vector and its projections."""
        return self.vector.nbytes + sum(part.nbytes for part in self._parts)

    @property
    def n_samples(self) -> int:
        """Samples projected."""
        return sum(self._done)

    def lacks(self, block: StoreBlock, stop: int) -> bool:
        """Whether one of the first `stop` samples of a block is not projected."""
        return block.number >= len(self._done) or self._done[block.number] < stop

    def extend(self, block: StoreBlock, stop: int) -> None:
        """Project the first `stop` samples of a block, those that are not projected yet."""
        while len(self._done) <= block.number:
            self._parts.append(block.columns.new_empty(0))
            self._done.append(0)
        part, done = self._parts[block.number], self._done[block.number]
        if len(part) < stop:
            with torch.inference_mode(mode=False):
                grown = block.columns.new_empty(block.size)
            grown[:done] = part[:done]
            part = self._parts[block.number] = grown
        vector = self.vector.to(device=part.device, dtype=part.dtype)
        part[done:stop] = vector @ block.columns[:, done:stop]
        self._done[block.number] = stop

    def part(self, block: StoreBlock, samples: slice) -> Float[Tensor, " samples"]:
        """Projections of some samples of a block, made now if need be."""
        if self.lacks(block, samples.stop):
            self.extend(block, samples.stop)
        return self._parts[block.number][samples]


class PlaneProjection:
    """What the coordinates in a plane are put together from.

    Parameters
    ----------
    plane
        The plane.
    columns
        Of the two vectors that `vectors` names; None where coordinates are the store's own.
    """

    def __init__(
        self, plane: Plane, columns: tuple[VectorProjection, VectorProjection] | None
    ) -> None:
        self._pair, self._g, self.columns = plane.pair, plane.cosine, columns
        self._composed = columns is not None and plane.cosine != 0 and _is_composed(plane)

    @staticmethod
    def vectors(
        plane: Plane, second: Float64[Tensor, " dims"]
    ) -> tuple[tuple[object, Float64[Tensor, " dims"]], ...]:
        """The vectors to project on, each under the name to keep it by; `second` is b_j."""
        i, j = plane.pair
        other = (j, second) if _is_composed(plane) else (plane.pair, plane.e2)
        return (i, plane.e1), other

    def lack(self, block: StoreBlock, stop: int) -> bool:
        """Whether one of the first `stop` samples of a block is to be projected first."""
        return self.columns is not None and any(c.lacks(block, stop) for c in self.columns)

    def raw(
        self, block: StoreBlock, samples: slice
    ) -> tuple[Float[Tensor, " samples"], Float[Tensor, " samples"]]:
        """Projections of some samples of a block."""
        if self.columns is None:
            i, j = self._pair
            return block.columns[i, samples], block.columns[j, samples]
        first, second = self.columns
        return first.part(block, samples), second.part(block, samples)

    def composed(
        self, x: Float[Tensor, " some"], y: Float[Tensor, " some"]
    ) -> tuple[Float[Tensor, " some"], Float[Tensor, " some"]]:
        """(a, c) of their projections."""
        if not self._composed:
            return x, y
        return x, (y - self._g * x).mul_((1 - self._g * self._g) ** -0.5)


def _is_composed(plane: Plane) -> bool:
    return abs(plane.cosine) <= _WELL_CONDITIONED


class PlaneCoordinates:
    """Coordinates of the stored samples in any plane of a basis.

    Those of the standard basis are columns of the store itself and cost nothing; others are
    projected once, as they are gone through, and kept while there is room.

    Parameters
    ----------
    store, basis
        Samples and directions.
    """

    def __init__(self, store: SampleStore, basis: Basis) -> None:
        self._store, self._basis = store, basis
        self._columns: LRUCache[object, VectorProjection] = byte_lru(0)

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
        self._columns = byte_lru(max_bytes, self._columns)

    def n_missing(self, plane: Plane) -> int:
        """Projections that are to be made before all samples have coordinates in `plane`."""
        if self._basis.is_standard:
            return 0
        known = (self._columns.get(key) for key, _ in self._vectors(plane))
        return sum(len(self._store) - (0 if c is None else c.n_samples) for c in known)

    def pieces(
        self, plane: Plane, since: int = 0, until: int | None = None, *, spread: bool = False
    ) -> Iterator[tuple[int, Float[Tensor, " samples"], Float[Tensor, " samples"]]]:
        """(index of the first sample, a, c), piece by piece, of the samples since … until - 1.

        Parameters
        ----------
        plane
            The plane.
        since, until
            Which samples; None is up to the last one.
        spread
            Whether to take blocks from everywhere, so that the first ones can stand for all;
            else the samples come in their order.
        """
        end = len(self._store) if until is None else until
        blocks = [b for b in self._blocks() if b.offset < end and since < b.offset + b.size]
        axes = self._axes(plane)
        try:
            for block in (blocks[k] for k in bit_reversed_order(len(blocks))) if spread else blocks:
                low, high = max(since - block.offset, 0), min(end - block.offset, block.size)
                step = min(self.piece, self._projected) if axes.lack(block, high) else self.piece
                for first in range(low, high, step):
                    samples = slice(first, min(first + step, high))
                    yield block.offset + first, *axes.composed(*axes.raw(block, samples))
        finally:
            self._keep(plane, axes)

    def of(
        self, plane: Plane, index: Int64[Tensor, " some"]
    ) -> tuple[Float64[Tensor, " some"], Float64[Tensor, " some"]]:
        """(a, c) of the samples at `index`, which rises."""
        blocks, axes = self._blocks(), self._axes(plane)
        ends = torch.tensor([b.offset + b.size for b in blocks], device=index.device)
        sizes = torch.searchsorted(index, ends).diff(prepend=ends.new_zeros(1)).tolist()
        nothing = blocks[0].columns.new_empty(0)
        parts = [(nothing, nothing)]
        for block, here in zip(blocks, torch.split(index, sizes), strict=True):
            if len(here):
                x, y = axes.raw(block, slice(0, block.size))
                local = here - block.offset
                parts.append(axes.composed(x.index_select(0, local), y.index_select(0, local)))
        self._keep(plane, axes)
        a, c = (torch.cat(part).double() for part in zip(*parts, strict=True))
        return a, c

    @property
    def _projected(self) -> int:
        """Samples to be projected at once."""
        return max(1, _PROJECTED // (self._store.n_dims * self._store.dtype.itemsize))

    def _blocks(self) -> list[StoreBlock]:
        return [
            StoreBlock(offset // BLOCK, offset, columns) for offset, columns in self._store.blocks()
        ]

    def _vectors(self, plane: Plane) -> tuple[tuple[object, Float64[Tensor, " dims"]], ...]:
        return PlaneProjection.vectors(plane, self._basis.direction(plane.pair[1]))

    def _axes(self, plane: Plane) -> PlaneProjection:
        if self._basis.is_standard:
            return PlaneProjection(plane, None)
        vectors = self._vectors(plane)
        first, second = (
            self._columns.get(key) or VectorProjection(vector) for key, vector in vectors
        )
        return PlaneProjection(plane, (first, second))

    def _keep(self, plane: Plane, axes: PlaneProjection) -> None:
        """Keep what was projected, while there is room."""
        if axes.columns is not None:
            for (key, _), column in zip(self._vectors(plane), axes.columns, strict=True):
                put(self._columns, key, column)

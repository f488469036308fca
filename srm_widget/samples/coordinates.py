"""In-plane coordinates (a, c) of the samples, from a bounded cache of their projections."""

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

WELL_CONDITIONED = 0.5
"""Largest |g| at which c is computed from the projections on b_i and b_j; above, rounding would
show in float32, and the samples are projected on e2 itself."""

_TOO_SMALL_TO_SHARE = 1 << 15
"""Samples that torch leaves to one thread. Up to `BLOCK` samples come in pieces of this size: two
threads would save a fraction of a millisecond, and lose many when the other core is busy, as it is
with drawing while a slider moves."""

_PROJECTED_BYTES = 1 << 25
"""Bytes of unit samples that are projected at once: some milliseconds."""


class StoreBlock(NamedTuple):
    """A block of the store as it is now: its number, its first sample and its unit columns."""

    number: int
    offset: int
    columns: Float[Tensor, "dims samples"]

    @property
    def size(self) -> int:
        """Number of samples in the block."""
        return self.columns.shape[1]


class VectorProjection:
    """Projections x̂ · v of the samples on one vector v, computed as they are needed and kept."""

    def __init__(self, vector: Float64[Tensor, " dims"]) -> None:
        self.vector = vector
        self._parts: list[Tensor] = []  # one a block of the store
        self._done: list[int] = []  # samples of each that are projected

    @property
    def nbytes(self) -> int:
        """Bytes of the vector and of the projections on it."""
        return self.vector.nbytes + sum(part.nbytes for part in self._parts)

    @property
    def n_samples(self) -> int:
        """Number of samples projected so far."""
        return sum(self._done)

    def lacks(self, block: StoreBlock, stop: int) -> bool:
        """Return whether one of the first `stop` samples of a block is not projected yet."""
        return block.number >= len(self._done) or self._done[block.number] < stop

    def extend(self, block: StoreBlock, stop: int) -> None:
        """Project those of the first `stop` samples of a block that are not projected yet."""
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

    def project(self, block: StoreBlock, samples: slice) -> Float[Tensor, " samples"]:
        """Return the projections of some samples of a block, computed now if need be."""
        if self.lacks(block, samples.stop):
            self.extend(block, samples.stop)
        return self._parts[block.number][samples]


class PlaneProjection:
    """Projection of the samples on a plane, from their projections on two vectors.

    Parameters
    ----------
    plane
        The plane to project on.
    projections
        On the two vectors that `vectors` returns; None for the standard basis, where the
        coordinates are columns of the store.
    """

    def __init__(
        self, plane: Plane, projections: tuple[VectorProjection, VectorProjection] | None
    ) -> None:
        self._pair, self._g, self.projections = plane.pair, plane.cosine, projections
        self._oblique = projections is not None and plane.cosine != 0 and _uses_b_j(plane)

    @staticmethod
    def vectors(
        plane: Plane, second: Float64[Tensor, " dims"]
    ) -> tuple[tuple[object, Float64[Tensor, " dims"]], ...]:
        """Return the two vectors to project on, each with its cache key; `second` is b_j."""
        i, j = plane.pair
        other = (j, second) if _uses_b_j(plane) else (plane.pair, plane.e2)
        return (i, plane.e1), other

    def lacks(self, block: StoreBlock, stop: int) -> bool:
        """Return whether one of the first `stop` samples of a block is not projected yet."""
        return self.projections is not None and any(p.lacks(block, stop) for p in self.projections)

    def project(
        self, block: StoreBlock, samples: slice
    ) -> tuple[Float[Tensor, " samples"], Float[Tensor, " samples"]]:
        """Return the projections of some samples of a block on the two vectors."""
        if self.projections is None:
            i, j = self._pair
            return block.columns[i, samples], block.columns[j, samples]
        first, second = self.projections
        return first.project(block, samples), second.project(block, samples)

    def coordinates(
        self, x: Float[Tensor, " some"], y: Float[Tensor, " some"]
    ) -> tuple[Float[Tensor, " some"], Float[Tensor, " some"]]:
        """Return the in-plane coordinates (a, c) of samples from their two projections."""
        if not self._oblique:
            return x, y
        return x, (y - self._g * x).mul_((1 - self._g * self._g) ** -0.5)


def _uses_b_j(plane: Plane) -> bool:
    """Return whether the second vector to project on is b_j, and not e2."""
    return abs(plane.cosine) <= WELL_CONDITIONED


class PlaneCoordinates:
    """In-plane coordinates (a, c) of the stored samples, in any plane of a basis.

    For the standard basis they are columns of the store and cost nothing; for others the samples
    are projected once, as they are needed, and the projections kept while there is room.

    Parameters
    ----------
    store, basis
        Samples and directions.
    """

    def __init__(self, store: SampleStore, basis: Basis) -> None:
        self._store, self._basis = store, basis
        self._projections: LRUCache[object, VectorProjection] = byte_lru(0)

    @property
    def nbytes(self) -> int:
        """Bytes of the projections kept."""
        return int(self._projections.currsize)

    @property
    def piece_size(self) -> int:
        """Samples of a piece, at most."""
        whole_blocks = len(self._store) > BLOCK or self._store.device.type != "cpu"
        return BLOCK if whole_blocks else _TOO_SMALL_TO_SHARE

    def bound(self, max_bytes: int) -> None:
        """Keep at most `max_bytes` of projections from now on."""
        self._projections = byte_lru(max_bytes, self._projections)

    def n_missing(self, plane: Plane) -> int:
        """Return how many projections are to be computed for the coordinates in `plane`."""
        if self._basis.is_standard:
            return 0
        known = (self._projections.get(key) for key, _ in self._vectors(plane))
        return sum(len(self._store) - (0 if p is None else p.n_samples) for p in known)

    def pieces(
        self, plane: Plane, since: int = 0, until: int | None = None, *, spread: bool = False
    ) -> Iterator[tuple[int, Float[Tensor, " samples"], Float[Tensor, " samples"]]]:
        """Yield (first sample, a, c) of the samples since … until - 1, a piece at a time.

        Parameters
        ----------
        plane
            The plane they are projected on.
        since, until
            Range of samples; None is up to the last one.
        spread
            Whether blocks come in an order in which the first ones are spread over all samples and
            can stand for them; else the samples come in order.
        """
        end = len(self._store) if until is None else until
        blocks = [b for b in self._blocks() if b.offset < end and since < b.offset + b.size]
        projection = self._projection(plane)
        try:
            for block in (blocks[k] for k in bit_reversed_order(len(blocks))) if spread else blocks:
                low, high = max(since - block.offset, 0), min(end - block.offset, block.size)
                step = self.piece_size
                if projection.lacks(block, high):
                    step = min(step, self._projected_at_once)
                for first in range(low, high, step):
                    samples = slice(first, min(first + step, high))
                    x, y = projection.project(block, samples)
                    yield block.offset + first, *projection.coordinates(x, y)
        finally:
            self._keep(plane, projection)

    def at(
        self, plane: Plane, index: Int64[Tensor, " some"]
    ) -> tuple[Float64[Tensor, " some"], Float64[Tensor, " some"]]:
        """Return (a, c), (n,) float64 each, of the samples at `index`, which rises."""
        blocks, projection = self._blocks(), self._projection(plane)
        ends = torch.tensor([b.offset + b.size for b in blocks], device=index.device)
        sizes = torch.searchsorted(index, ends).diff(prepend=ends.new_zeros(1)).tolist()
        none = blocks[0].columns.new_empty(0)
        parts = [(none, none)]
        for block, samples in zip(blocks, torch.split(index, sizes), strict=True):
            if len(samples):
                local = samples - block.offset
                x, y = (
                    projected.index_select(0, local)
                    for projected in projection.project(block, slice(0, block.size))
                )
                parts.append(projection.coordinates(x, y))
        self._keep(plane, projection)
        a, c = (torch.cat(part).double() for part in zip(*parts, strict=True))
        return a, c

    @property
    def _projected_at_once(self) -> int:
        """Samples that are projected at once, at most."""
        return max(1, _PROJECTED_BYTES // (self._store.n_dims * self._store.dtype.itemsize))

    def _blocks(self) -> list[StoreBlock]:
        return [
            StoreBlock(offset // BLOCK, offset, columns) for offset, columns in self._store.blocks()
        ]

    def _vectors(self, plane: Plane) -> tuple[tuple[object, Float64[Tensor, " dims"]], ...]:
        return PlaneProjection.vectors(plane, self._basis.direction(plane.pair[1]))

    def _projection(self, plane: Plane) -> PlaneProjection:
        if self._basis.is_standard:
            return PlaneProjection(plane, None)
        vectors = self._vectors(plane)
        first, second = (
            self._projections.get(key) or VectorProjection(vector) for key, vector in vectors
        )
        return PlaneProjection(plane, (first, second))

    def _keep(self, plane: Plane, projection: PlaneProjection) -> None:
        """Keep the projections on the two vectors, while there is room."""
        if projection.projections is not None:
            for (key, _), kept in zip(self._vectors(plane), projection.projections, strict=True):
                put(self._projections, key, kept)

"""Projections of the samples on single vectors, made as they are needed."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from srm_widget.geometry.basis import Plane

_WELL_CONDITIONED = 0.5
"""Largest |g| at which c is put together from two projections; above, rounding would show in
float32, and e2 is projected on itself."""


class Block(NamedTuple):
    """Samples of a block of the store as it is now: its number, its first sample, its columns."""

    number: int
    offset: int
    columns: Float[Tensor, "dims samples"]

    @property
    def size(self) -> int:
        """How many samples."""
        return self.columns.shape[1]


class Column:
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

    def lacks(self, block: Block, stop: int) -> bool:
        """Whether one of the first `stop` samples of a block is not projected."""
        return block.number >= len(self._done) or self._done[block.number] < stop

    def extend(self, block: Block, stop: int) -> None:
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

    def part(self, block: Block, samples: slice) -> Float[Tensor, " samples"]:
        """Projections of some samples of a block, made now if need be."""
        if self.lacks(block, samples.stop):
            self.extend(block, samples.stop)
        return self._parts[block.number][samples]


class Axes:
    """What the coordinates in a plane are put together from.

    Parameters
    ----------
    plane
        The plane.
    columns
        Of the two vectors that `vectors` names; None where coordinates are the store's own.
    """

    def __init__(self, plane: Plane, columns: tuple[Column, Column] | None) -> None:
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

    def lack(self, block: Block, stop: int) -> bool:
        """Whether one of the first `stop` samples of a block is to be projected first."""
        return self.columns is not None and any(c.lacks(block, stop) for c in self.columns)

    def raw(
        self, block: Block, samples: slice
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


def spread_out(n: int) -> list[int]:
    """0 … n - 1 in an order in which the first ones are evenly spread at any time."""
    digits = max(n - 1, 1).bit_length()
    return sorted(range(n), key=lambda k: int(f"{k:0{digits}b}"[::-1], 2))

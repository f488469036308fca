"""Anchors: the few directions that a sample is near enough to for their planes to be lit by it."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from srm_widget.samples.projections import Projections


class PlaneBlock(NamedTuple):
    """Planes of a range of first directions, and what searching them costs.

    Attributes
    ----------
    rows
        First directions i of the planes (i, j), i < j.
    cost
        Planes times samples to be tested.
    """

    rows: range
    cost: int


class Anchors:
    """Anchors of all samples: pairs of a direction and a sample.

    Parameters
    ----------
    direction, sample
        By rising direction, then sample.
    value
        Projections.
    n_directions, n_samples
        M and N.
    """

    def __init__(
        self,
        direction: Int64[Tensor, " anchors"],
        sample: Int64[Tensor, " anchors"],
        value: Float[Tensor, " anchors"],
        n_directions: int,
        n_samples: int,
    ) -> None:
        self.direction, self.sample, self.value = direction, sample, value
        self._n_directions, self._n_samples = n_directions, n_samples
        self._keys = direction * n_samples + sample
        sizes = torch.bincount(direction, minlength=n_directions)
        self._starts = [0, *sizes.cumsum(0).tolist()]

    @staticmethod
    def search(
        projections: Projections, reach: float, since: int
    ) -> Iterator[tuple[float, tuple[Tensor, Tensor, Tensor]]]:
        """Parts of direction, sample and value, of the samples from `since` on; the share done."""
        for share, first, offset, projected in projections.rows(since):
            direction, sample = (projected.abs() >= reach).nonzero().unbind(1)
            value = projected[direction, sample]
            yield share, (direction + first, sample + offset, value)

    @staticmethod
    def together(
        parts: list[tuple[Tensor, Tensor, Tensor]], n_directions: int, n_samples: int
    ) -> "Anchors":
        """All parts of a search."""
        direction, sample, value = (torch.cat(part) for part in zip(*parts, strict=True))
        order = (direction * n_samples + sample).argsort()
        return Anchors(direction[order], sample[order], value[order], n_directions, n_samples)

    def __len__(self) -> int:
        return len(self.sample)

    def __getitem__(self, part: slice) -> tuple[Tensor, Tensor, Tensor]:
        """Directions, samples and values of some."""
        return self.direction[part], self.sample[part], self.value[part]

    def blocks(self, most: int) -> Iterator[PlaneBlock]:
        """All planes in blocks of about `most` tests; at least those of one first direction."""
        low, last = 0, self._n_directions - 1
        while low < last:
            high = low + 1
            while high < last and self._cost(low, high + 1) <= most:
                high += 1
            yield PlaneBlock(range(low, high), self._cost(low, high))
            low = high

    def own(self, rows: range) -> slice:
        """Anchors at the directions in `rows`."""
        return slice(self._starts[rows.start], self._starts[rows.stop])

    def beyond(self, rows: range) -> slice:
        """Anchors at higher directions than the first of `rows`."""
        return slice(self._starts[rows.start + 1], len(self))

    def contain(
        self, direction: Int64[Tensor, " some"], sample: Int64[Tensor, " some"]
    ) -> Bool[Tensor, " some"]:
        """Whether these pairs are anchors."""
        wanted = direction * self._n_samples + sample
        place = torch.searchsorted(self._keys, wanted).clamp_(max=len(self) - 1)
        return self._keys[place] == wanted

    def _cost(self, low: int, high: int) -> int:
        own = self._starts[high] - self._starts[low]
        beyond = len(self) - self._starts[low + 1]
        return own * (self._n_directions - 1 - low) + (high - low) * beyond


def split_slice(whole: slice, most: int) -> list[slice]:
    """A slice in parts of at most `most`."""
    lows = range(whole.start, whole.stop, most)
    return [slice(low, min(low + most, whole.stop)) for low in lows]

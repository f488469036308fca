"""Anchors: the few directions near enough to a sample for it to be lit in their planes."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from srm_widget.samples.projections import Projections
from srm_widget.survey.column_counter import ColumnCounter
from srm_widget.survey.large_entries import large_entries

Watch = Callable[[int, int, Tensor], None]
"""Called with first direction, first sample and projections of a part of them; directions rise."""


class PlaneBlock(NamedTuple):
    """Block of planes, by a range of first directions, and what searching them costs.

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
    """Anchors of all samples: pairs of a direction and a sample near to it.

    Parameters
    ----------
    direction, sample
        Of each anchor, by rising direction, then sample.
    value
        Projection of the sample on the direction.
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
        projections: Projections,
        threshold: float,
        since: int,
        watch: Watch | None = None,
        columns: ColumnCounter | None = None,
    ) -> Iterator[tuple[float, tuple[Tensor, Tensor, Tensor]]]:
        r"""Find the anchors of the samples from `since` on: where \|x̂ · b̂\| ≥ `threshold`.

        Yields the share done, and a part of the anchors as direction, sample and value. `watch` is
        called with every part of the projections, and `columns` given those that it counts.
        """
        for share, first, offset, projected in projections.rows(since):
            if watch is not None:
                watch(first, offset, projected)
            least = threshold if columns is None else min(threshold, columns.least)
            direction, sample = large_entries(projected, least)
            found = direction, sample, projected[direction, sample]
            if columns is not None:
                counted = found if least == columns.least else _at_least(found, columns.least)
                columns.add(range(first, first + len(projected)), counted[0], counted[2])
            direction, sample, value = found if least == threshold else _at_least(found, threshold)
            yield share, (direction + first, sample + offset, value)

    @staticmethod
    def join(
        parts: list[tuple[Tensor, Tensor, Tensor]], n_directions: int, n_samples: int
    ) -> "Anchors":
        """Return the anchors of all parts that a search yielded."""
        direction, sample, value = (torch.cat(part) for part in zip(*parts, strict=True))
        order = (direction * n_samples + sample).argsort()
        return Anchors(direction[order], sample[order], value[order], n_directions, n_samples)

    def __len__(self) -> int:
        return len(self.sample)

    def __getitem__(self, part: slice) -> tuple[Tensor, Tensor, Tensor]:
        """Return directions, samples and values of some anchors."""
        return self.direction[part], self.sample[part], self.value[part]

    def blocks(self, most: int) -> Iterator[PlaneBlock]:
        """Yield all planes in blocks of at most `most` tests and planes, or one first direction."""
        low, last = 0, self._n_directions - 1
        while low < last:
            high = low + 1
            while high < last and self._cost(low, high + 1) <= most:
                if (high + 1 - low) * self._n_directions > most:
                    break
                high += 1
            yield PlaneBlock(range(low, high), self._cost(low, high))
            low = high

    def at(self, rows: range) -> slice:
        """Return where the anchors at the directions in `rows` stand."""
        return slice(self._starts[rows.start], self._starts[rows.stop])

    def beyond(self, rows: range) -> slice:
        """Return where the anchors at higher directions than the first of `rows` stand."""
        return slice(self._starts[rows.start + 1], len(self))

    def contain(
        self, direction: Int64[Tensor, " some"], sample: Int64[Tensor, " some"]
    ) -> Bool[Tensor, " some"]:
        """Return whether these pairs of a direction and a sample are anchors, (n,) bool."""
        keys = direction * self._n_samples + sample
        position = torch.searchsorted(self._keys, keys).clamp_(max=len(self) - 1)
        return self._keys[position] == keys

    def _cost(self, low: int, high: int) -> int:
        """Return the tests that the planes of the first directions low … high - 1 take."""
        n_at = self._starts[high] - self._starts[low]
        n_beyond = len(self) - self._starts[low + 1]
        return n_at * (self._n_directions - 1 - low) + (high - low) * n_beyond


def _at_least(found: tuple[Tensor, Tensor, Tensor], least: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return those of direction, sample and value where the value is far enough from 0."""
    direction, sample, value = found
    far = (value.abs() >= least).nonzero().squeeze(1)
    return direction[far], sample[far], value[far]


def split_slice(part: slice, most: int) -> list[slice]:
    """Split a slice in parts of at most `most`."""
    lows = range(part.start, part.stop, most)
    return [slice(low, min(low + most, part.stop)) for low in lows]

"""Counting how often pairs of directions come, without room for all pairs."""

from collections.abc import Generator, Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int64
from torch import Tensor


class Tallied(NamedTuple):
    """Pairs that came; (n,) each.

    Attributes
    ----------
    codes
        i M + j of pairs i < j, rising.
    times, times_same
        How often each came, and how often with both projections of the same sign.
    """

    codes: Int64[np.ndarray, " pairs"]
    times: Int64[np.ndarray, " pairs"]
    times_same: Int64[np.ndarray, " pairs"]


_Run = tuple[Int64[np.ndarray, " keys"], Int64[np.ndarray, " keys"]]
"""Keys, rising, and how often each came: of a pair twice its code, one more if signs are the same.
"""

_PENDING = 1 << 19
"""Pairs that wait to be sorted together."""

_MERGED_AT_ONCE = 1 << 19
"""Pairs of the longest of some runs that are merged with those of the others at once."""

_MOST_PAIRS = 1 << 25
"""Pairs that are counted at once, those that come with both signs twice: 16 bytes each, and as much
again while they are merged, half as much again while their signs are."""


class PairTally:
    """Tally of pairs (i, j), i < j, given by their codes i M + j.

    Parameters
    ----------
    n_directions
        M.
    first
        First i whose pairs are counted.
    partners_of
        The direction whose pairs alone are counted; None for those of any.

    Attributes
    ----------
    rows
        The i whose pairs are counted. Where there are too many pairs it becomes shorter, and those
        of the last i are left for another tally.
    """

    def __init__(self, n_directions: int, first: int = 0, partners_of: int | None = None) -> None:
        self._m, self._partners_of = n_directions, partners_of
        self._keys_of_row = 2 * n_directions
        self.rows = range(first, n_directions)
        self._pending: list[Int64[np.ndarray, " some"]] = []
        self._n_pending = 0
        self._runs: list[_Run] = []

    def counts(self, codes: Int64[Tensor, " some"]) -> Bool[Tensor, " some"]:
        """Return which of some pairs are counted."""
        counted = (codes >= self.rows.start * self._m) & (codes < self.rows.stop * self._m)
        if self._partners_of is not None:
            i, j = codes // self._m, codes % self._m
            counted &= (i == self._partners_of) | (j == self._partners_of)
        return counted

    def add_steps(
        self, codes: Int64[Tensor, " some"], is_same: Bool[Tensor, " some"]
    ) -> Generator[None, None, None]:
        """Count pairs in short steps, each as often as it comes; all are such that `counts`.

        Parameters
        ----------
        codes
            i M + j of the pairs.
        is_same
            Whether both projections of the sample have the same sign.
        """
        self._pending.append((2 * codes + is_same).cpu().numpy())
        self._n_pending += len(codes)
        yield
        if self._n_pending >= _PENDING:
            yield from self._sort_steps()

    def tallied_steps(self) -> Generator[None, None, Tallied]:
        """Return all pairs that came, of those in `rows`, in short steps."""
        yield from self._sort_steps()
        yield from self._merge_steps(len(self._runs))
        return (yield from _by_pair_steps(*self._runs.pop()))

    def _sort_steps(self) -> Iterator[None]:
        none = np.empty(0, dtype=np.int64)
        codes, times = np.unique(np.concatenate([none, *self._pending]), return_counts=True)
        self._pending, self._n_pending = [], 0
        self._runs.append(self._within(codes, times))
        yield
        # Runs of falling size, each at least twice the next: every pair is merged a few times.
        while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
            yield from self._merge_steps(2)
        if sum(len(codes) for codes, _ in self._runs) > _MOST_PAIRS:
            yield from self._merge_steps(len(self._runs))
            self._shorten()

    def _merge_steps(self, n: int) -> Iterator[None]:
        """Merge the last `n` runs."""
        runs = self._runs[-n:]
        if n < 2:
            return
        longest = max((codes for codes, _ in runs), key=len)
        bounds = [*longest[_MERGED_AT_ONCE::_MERGED_AT_ONCE].tolist(), self._m * self._keys_of_row]
        begun, merged = [0] * n, []
        for bound in bounds:
            ends = [int(np.searchsorted(codes, bound)) for codes, _ in runs]
            parts = [
                (codes[low:high], times[low:high])
                for (codes, times), low, high in zip(runs, begun, ends, strict=True)
            ]
            merged.append(_merged(parts))
            begun = ends
            yield
        codes, times = map(np.concatenate, zip(*merged, strict=True))
        self._runs[-n:] = [(codes, times)]

    def _shorten(self) -> None:
        """Leave the last i out if there are too many pairs of more than one."""
        codes, _ = self._runs[0]
        if len(codes) > _MOST_PAIRS and len(self.rows) > 1:
            middle = int(codes[_MOST_PAIRS // 2]) // self._keys_of_row
            self.rows = range(self.rows.start, max(self.rows.start + 1, middle))
            self._runs = [self._within(*self._runs[0])]

    def _within(self, codes: np.ndarray, times: np.ndarray) -> _Run:
        ends = [row * self._keys_of_row for row in (self.rows.start, self.rows.stop)]
        kept = slice(*np.searchsorted(codes, ends))
        return codes[kept].copy(), times[kept].copy()


def _by_pair_steps(
    keys: Int64[np.ndarray, " keys"], times: Int64[np.ndarray, " keys"]
) -> Generator[None, None, Tallied]:
    """Return the pairs of keys in short steps."""
    found, n, low = np.empty((3, len(keys)), dtype=np.int64), 0, 0
    while low < len(keys):
        high = min(low + _MERGED_AT_ONCE, len(keys))
        if high < len(keys) and keys[high] == keys[high - 1] | 1:  # the same pair
            high += 1
        codes, some = keys[low:high] >> 1, times[low:high]
        first = np.flatnonzero(np.diff(codes, prepend=-1))
        same = some * (keys[low:high] & 1)
        part = codes[first], np.add.reduceat(some, first), np.add.reduceat(same, first)
        found[:, n : n + len(first)] = part
        n, low = n + len(first), high
        yield
    return Tallied(*found[:, :n])


def _merged(runs: list[tuple[np.ndarray, np.ndarray]]) -> _Run:
    """Return the keys and times of some runs as one."""
    codes, times = (np.concatenate(part) for part in zip(*runs, strict=True))
    order = np.argsort(codes, kind="stable")  # which merges what is sorted already
    codes, times = codes[order], times[order]
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    return codes[first], np.add.reduceat(times, first) if len(first) else times

r"""Pairs of directions that are closest to one another, found without a matrix of all cosines.

Where a sample may be lit and between two directions depends on the cosine g between them: see
`srm_widget.survey.between_bound`. The few pairs with the largest \|g\| are listed, so that one
bound on \|g\| for all others is small.
"""

import math
from collections.abc import Generator, Iterator
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.survey.large_entries import large_entries
from srm_widget.survey.pair_cosines import cosines_and_spans, spanned_cosines

MOST_CLOSE = 8
"""Close pairs that are listed, for every direction, at most."""

LEAST_CLOSE = 1 << 12
"""As many are listed where directions are few."""

_FIRST_BOUND = 1 / 16
r"""Pairs with a smaller \|g\| are not listed: hardly more samples are near to both than at 90°."""

_ONE_BY_ONE = 0.2
r"""Largest \|g\| up to which pairs are found among the directions that samples are near to."""

_ENTRIES_AT_ONCE = 1 << 21
"""Cosines computed at once, at most."""

_PRODUCTS = 1 << 30
"""Products that are summed to cosines at once: some 40 ms of one core."""

_NUMBERS_AT_ONCE = 1 << 20
"""Numbers of directions that are read at once for the cosines of close pairs."""

_ROUNDING = 1e-5
"""Beyond what rounding to float32 makes of a cosine."""

_ORTHOGONAL = 1e-12
r"""Largest \|g\| that is taken for the rounding of 0."""

_SEARCHED = 0.95
"""Share of the work that finding the pairs is taken for, before their cosines are known."""

Found = tuple[Int64[Tensor, " pairs"], Float[Tensor, " pairs"]]
r"""Codes i M + j of some pairs i < j, and \|g\| of each."""


class ClosePairs(NamedTuple):
    r"""Pairs of directions whose cosine is known, and what is known of all others.

    Attributes
    ----------
    codes
        (n,) int64 i M + j of the pairs i < j, rising.
    cosines
        (n,) float64, g of each.
    bound
        Largest \|g\| of all other pairs that span a plane, or a little more; 0 where they all are
        orthogonal.
    n_parallel, n_antipodal
        Pairs of directions that are the same, and that are opposite: they span no plane and are
        not listed.
    """

    codes: Int64[Tensor, " pairs"]
    cosines: Float64[Tensor, " pairs"]
    bound: float
    n_parallel: int
    n_antipodal: int

    @property
    def n_one_line(self) -> int:
        """Pairs of directions on one line, the same or opposite."""
        return self.n_parallel + self.n_antipodal

    def to(self, device: torch.device) -> "ClosePairs":
        """Return the same on a device."""
        return self._replace(codes=self.codes.to(device), cosines=self.cosines.to(device))

    @property
    def one_by_one(self) -> Bool[Tensor, " pairs"]:
        r"""Those so close that they are to be tested one by one; all if the bound is no smaller."""
        return self.cosines.abs() > (_ONE_BY_ONE if self.bound < _ONE_BY_ONE else 0.0)

    @property
    def bound_of_others(self) -> float:
        r"""Largest \|g\| of all pairs but those that are to be tested one by one."""
        others = self.cosines[~self.one_by_one].abs()
        return max(self.bound, float(others.max())) if len(others) else self.bound


def close_pairs_steps(basis: Basis) -> Generator[float, None, ClosePairs]:
    r"""Find the pairs of directions with the largest \|g\| in short steps; yields the share done.

    O(M² D), a tile of the matrix at a time; `MOST_CLOSE` pairs for every direction are kept at
    most.
    """
    m, exact = basis.n_directions, basis.directions
    if basis.is_standard:
        return ClosePairs(_no_codes(), exact.new_empty(0), 0.0, 0, 0)
    precise = m <= basis.n_dims  # only such directions can all be orthogonal
    rows = exact if precise else exact.float()
    listed = _Largest(max(LEAST_CLOSE, MOST_CLOSE * m))
    n_parallel, n_antipodal = 0, 0
    for done, low, first in _tiles(m, basis.n_dims):
        magnitudes = (rows[low.start : low.stop] @ rows[first.start : first.stop].T).abs_()
        if low == first:
            magnitudes.triu_(1)
        least = listed.least(magnitudes.dtype)
        row, column = large_entries(magnitudes, min(least, 1 - _ROUNDING))
        codes, found = (row + low.start) * m + column + first.start, magnitudes[row, column]
        sides = _sides(basis, codes, found)
        n_parallel += int((sides > 0).sum())
        n_antipodal += int((sides < 0).sum())
        close = (sides == 0) & (found >= least)
        listed.add((codes[close], found[close]))
        listed.largest = max(listed.largest, float(magnitudes.max()))
        yield _SEARCHED * done
    codes, bound = listed.closed()
    if len(codes) + n_parallel + n_antipodal == 0 and precise and bound <= _ORTHOGONAL:
        return ClosePairs(codes, exact.new_empty(0), 0.0, 0, 0)
    parts = [exact.new_empty(0)]
    for some in torch.split(codes, max(1, _NUMBERS_AT_ONCE // basis.n_dims)):
        parts.append(spanned_cosines(basis, some))
        yield _SEARCHED
    cosines = torch.cat(parts)
    yield 1.0
    return ClosePairs(codes, cosines, min(1.0, bound + _ROUNDING), n_parallel, n_antipodal)


def _tiles(m: int, n_dims: int) -> Iterator[tuple[float, range, range]]:
    """Yield tiles of the upper triangle of a matrix: the share done with each, rows, columns."""
    side = max(1, math.isqrt(min(_ENTRIES_AT_ONCE, _PRODUCTS // n_dims)))
    parts = [range(low, min(low + side, m)) for low in range(0, m, side)]
    tiles = [(rows, columns) for k, rows in enumerate(parts) for columns in parts[k:]]
    for k, (rows, columns) in enumerate(tiles, 1):
        yield k / len(tiles), rows, columns


def partner_pairs(basis: Basis, i: int) -> ClosePairs:
    """Return the same of the pairs of direction i alone."""
    m, exact = basis.n_directions, basis.directions
    if basis.is_standard:
        return ClosePairs(_no_codes(), exact.new_empty(0), 0.0, 0, 0)
    others = torch.arange(m)
    others = others[others != i]
    codes = torch.minimum(others, others.new_tensor(i)) * m + others.clamp(min=i)
    cosines, spans = cosines_and_spans(basis, codes)
    one_line = cosines[~spans]
    codes, cosines = codes[spans], cosines[spans]
    magnitudes = cosines.abs()
    close = magnitudes >= _FIRST_BOUND
    rest = magnitudes[~close]
    bound = float(rest.max()) + _ROUNDING if len(rest) else 0.0
    # With a row of zeros the cosine is 0.
    sides = [int((one_line > 0).sum()), int((one_line < 0).sum())]
    return ClosePairs(codes[close], cosines[close], bound, *sides)


def _sides(
    basis: Basis, codes: Int64[Tensor, " pairs"], magnitudes: Float[Tensor, " pairs"]
) -> Int64[Tensor, " pairs"]:
    """Return 1 for directions that are the same, -1 for opposite ones, 0 if they span a plane."""
    doubtful = (magnitudes > 1 - _ROUNDING).nonzero().squeeze(1)
    sides = torch.zeros_like(codes)
    cosines, spans = cosines_and_spans(basis, codes[doubtful])
    sides[doubtful] = cosines.sign().where(~spans, 0.0).long()
    return sides


class _Largest:
    r"""The pairs with the largest \|g\| of those added, at most `most`; of equal ones all or none.

    Attributes
    ----------
    largest
        Largest \|g\| that was seen.
    """

    def __init__(self, most: int) -> None:
        self._most, self._bound = most, _FIRST_BOUND
        self._parts: list[Found] = []
        self._n = 0
        self.largest = 0.0

    def least(self, dtype: torch.dtype) -> float:
        r"""Return the least \|g\| that is to be added: the next number above those left out."""
        kind = np.float64 if dtype == torch.float64 else np.float32
        return float(np.nextafter(kind(self._bound), kind(2)))

    def add(self, found: Found) -> None:
        """Add pairs."""
        self._parts.append(found)
        self._n += len(found[0])
        if self._n > 2 * self._most:
            self._drop()

    def closed(self) -> tuple[Int64[Tensor, " pairs"], float]:
        r"""Return the codes, rising, and the largest \|g\| that a pair left out may have."""
        if self._n > self._most:
            self._drop()
        codes = torch.cat([_no_codes(), *(codes for codes, _ in self._parts)])
        return codes.sort().values, min(self._bound, self.largest)

    def _drop(self) -> None:
        codes, magnitudes = (torch.cat(part) for part in zip(*self._parts, strict=True))
        self._bound = float(magnitudes.topk(self._most + 1).values[-1])
        keep = magnitudes > self._bound
        self._parts = [(codes[keep], magnitudes[keep])]
        self._n = len(self._parts[0][0])


def close_parts(
    pairs: ClosePairs, steepest: float
) -> Iterator[tuple[Int64[Tensor, " some"], Float64[Tensor, " some"], bool]]:
    r"""Yield codes and cosines of the pairs that are to be tested one by one.

    First those with \|g\| up to `steepest`, then the steeper ones; the third is which.
    """
    steep = pairs.cosines.abs() > steepest
    one_by_one = pairs.one_by_one
    for some, is_steep in (one_by_one & ~steep, False), (one_by_one & steep, True):
        if some.any():
            yield pairs.codes[some], pairs.cosines[some], is_steep


def _no_codes() -> Int64[Tensor, "0"]:
    return torch.empty(0, dtype=torch.int64)

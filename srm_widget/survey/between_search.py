r"""Search for the pairs of directions that samples are lit and stand between, at any M.

A sample that is lit in a plane and between its directions is near to both: the smaller of \|p_i\|
and \|p_j\| has a bound, see `srm_widget.survey.between_bound`. Each sample is near to a few
directions only, and only their pairs are tested; nothing of the size M × M is made. Pairs of
directions close to one another, for which the bound would be low, are tested one by one.
"""

from collections.abc import Generator, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from srm_widget.concurrency.generators import at_share
from srm_widget.geometry.arcs import lit_fourfold
from srm_widget.geometry.basis import Basis
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.survey.between_bound import BetweenBound
from srm_widget.survey.candidate_pairs import CandidatePairs
from srm_widget.survey.close_pairs import ClosePairs, close_parts
from srm_widget.survey.column_counter import ColumnCounter
from srm_widget.survey.large_entries import large_entries
from srm_widget.survey.pair_cosines import spanned_cosines
from srm_widget.survey.pair_tally import PairTally

_PROJECTIONS = 1 << 23
"""Projections held at once."""

_MOST_SAMPLES = 1 << 14
"""Samples gone through at once, at most."""

_PROJECTED_AT_ONCE = 1 << 10
"""Directions that are projected on and counted at once, at most: what they take stays in the
cache."""

_PRODUCTS = 1 << 29
"""Products that are summed to projections at once: some 20 ms of one core."""

_TESTS = 1 << 18
"""Pairs times samples tested at once."""

_NUMBERS = 1 << 24
"""Numbers of directions that are read for tests at once, at most: some 30 ms of one core."""

_SHUFFLED_AT_ONCE = 1 << 19
"""Projections on close directions that are shuffled at once."""

_WELL_CONDITIONED = 0.5
r"""Largest \|g\| for which projections in float32 will do."""

_SLACK = 1e-5
"""Candidates are taken from a little below ε: their projections are rounded."""

_ESTIMATED_FROM = 256
"""Samples by which the work is estimated."""


class _NearDirections(NamedTuple):
    r"""Directions that samples are near to, by sample, those with the largest \|p\| first.

    Attributes
    ----------
    direction, value
        (n,) of each, and the projection on it.
    n_partners
        (n,) so many of the next ones the direction may span a plane with in which the sample is lit
        and between.
    """

    direction: Int64[Tensor, " near"]
    value: Float[Tensor, " near"]
    n_partners: Int64[Tensor, " near"]


class _CloseGroup(NamedTuple):
    """Pairs of directions that are tested one by one, for every sample.

    Attributes
    ----------
    projections
        On what; None is all directions as they are projected on anyway.
    i, j
        Places of their directions among these.
    codes, cosines
        i M + j and g of each.
    """

    projections: Projections | None
    i: Int64[Tensor, " pairs"]
    j: Int64[Tensor, " pairs"]
    codes: Int64[Tensor, " pairs"]
    cosines: Float64[Tensor, " pairs"]


class BetweenSearch:
    """Search for the pairs that samples are lit and stand between, at one ε.

    Parameters
    ----------
    store, basis
        Samples and directions.
    epsilon
        ε > 0.
    close
        Pairs that are tested one by one, and the bound on the cosine of all others.
    """

    def __init__(self, store: SampleStore, basis: Basis, epsilon: float, close: ClosePairs) -> None:
        self._store, self._basis, self._epsilon = store, basis, epsilon
        self._m = basis.n_directions
        self._close = close.to(store.device)
        self._one_by_one = self._close.codes[self._close.one_by_one]
        self._orthogonal = close.bound == 0.0
        self._bound = BetweenBound(epsilon, close.bound_of_others)
        self._bound_of_rest = BetweenBound(epsilon, close.bound)
        steep = close.bound > _WELL_CONDITIONED
        self._dtype = torch.float64 if steep else store.dtype
        self._projections = Projections(store, basis, self._dtype)
        precise = steep or store.dtype == torch.float64
        self._groups = [
            self._group(codes, cosines, precise=precise or not is_steep)
            for codes, cosines, is_steep in close_parts(close, _WELL_CONDITIONED)
        ]
        self._most_tests = _TESTS
        if not self._orthogonal:
            self._most_tests = min(_TESTS, max(1, _NUMBERS // basis.n_dims))
        self._at_once = min(_MOST_SAMPLES, max(1, _PROJECTIONS // self._m))

    def _group(
        self, codes: Int64[Tensor, " pairs"], cosines: Float64[Tensor, " pairs"], *, precise: bool
    ) -> _CloseGroup:
        """Return pairs as a group; where projections are not precise enough, with its own."""
        i, j, device = codes // self._m, codes % self._m, self._store.device
        projections = None
        if not precise:
            used, places = torch.unique(torch.cat([i, j]), return_inverse=True)
            some = self._basis.part(used.numpy())
            projections = Projections(self._store, some, torch.float64)
            i, j = places.view(2, -1)
        return _CloseGroup(projections, *(each.to(device) for each in (i, j, codes, cosines)))

    @property
    def n_samples(self) -> int:
        """N."""
        return len(self._store)

    def n_tests_steps(self) -> Generator[None, None, int]:
        """Return about how many pairs times samples are to be tested, estimated from a few."""
        some = self._store.sample(_ESTIMATED_FROM)
        n_tested = len(some) * len(self._one_by_one)
        for part in torch.split(some.T, self._at_once, dim=1):
            projected = yield from self._project_steps(part, None)
            n_tested += int(self._near_directions(projected).n_partners.sum())
        return n_tested * len(self._store) // len(some)

    def steps(self, tally: PairTally, columns: ColumnCounter | None) -> Iterator[float]:
        """Count the pairs of all samples in short steps; yields the share done.

        Parameters
        ----------
        tally
            Counts them, those that it `counts`.
        columns
            Is given the projections on all directions, where they are to be counted too.
        """
        n_samples, done = len(self._store), 0
        for _, block in self._store.blocks():
            for low in range(0, block.shape[1], self._at_once):
                unit = block[:, low : low + self._at_once]
                projecting = self._project_steps(unit, columns)
                projected = yield from at_share(projecting, done / n_samples)
                for candidates in self._candidates(unit, projected, tally):
                    adding = tally.add_steps(*self.between(candidates))
                    yield from at_share(adding, done / n_samples)
                done += unit.shape[1]
                yield done / n_samples
                self._store.check_size(n_samples)

    def shuffled_steps(
        self, generator: torch.Generator
    ) -> Generator[float, None, "ShuffledSearch"]:
        """Shuffle the projections on every direction over the samples, direction by direction.

        Yields the share done.
        """
        parts, done, n = [], 0, len(self._store)
        # Whatever else a sample is near to by then.
        least = float(self._bound.least(torch.ones(1, dtype=torch.float64)))
        for _, block in self._store.blocks():
            for low in range(0, block.shape[1], self._at_once):
                projecting = self._project_steps(block[:, low : low + self._at_once], None)
                projected = yield from at_share(projecting, done / n)
                direction, sample = large_entries(projected, least)
                parts.append((direction, projected[direction, sample]))
                done += projected.shape[1]
                yield done / n
        directions, values = (torch.cat(part) for part in zip(*parts, strict=True))
        yield 1.0
        samples = _distinct_samples(directions, n, generator)
        order = samples.argsort()
        near = directions[order], samples[order], values[order]
        return ShuffledSearch(self, near, generator.initial_seed())

    def _project_steps(
        self, unit: Float[Tensor, "dims samples"], columns: ColumnCounter | None
    ) -> Generator[None, None, Float[Tensor, "directions samples"]]:
        """Project samples on all directions in short steps; `columns` is given what is found."""
        n_dims, n = unit.shape
        if self._basis.is_standard:
            if columns is not None:
                for first in range(0, self._m, _PROJECTED_AT_ONCE):
                    columns.add_all(first, unit[first : first + _PROJECTED_AT_ONCE])
                    yield
            return unit
        unit = unit.to(self._dtype)
        projected = unit.new_empty((self._m, n))
        step = min(_PROJECTED_AT_ONCE, max(1, _PRODUCTS // (n_dims * n)))
        for first in range(0, self._m, step):
            some = slice(first, first + step)
            projected[some] = self._projections.project_on(some, unit)
            if columns is not None:
                columns.add_all(first, projected[some])
            yield
        return projected

    def close_columns(
        self, seed: int
    ) -> Iterator[tuple[_CloseGroup, Float[Tensor, "some samples"]]]:
        """Yield pairs that are tested one by one, a few at a time, and shuffled projections."""
        n = len(self._store)
        for group in self._groups:
            for some in torch.split(torch.arange(len(group.codes)), max(1, _SHUFFLED_AT_ONCE // n)):
                codes = group.codes[some]
                used, places = torch.unique(
                    torch.cat([codes // self._m, codes % self._m]), return_inverse=True
                )
                dtype = self._dtype if group.projections is None else torch.float64
                own = Projections(self._store, self._basis.part(used.cpu().numpy()), dtype)
                columns = torch.cat(
                    [own.project(block) for _, block in self._store.blocks()], dim=1
                )
                for row, k in enumerate(used.tolist()):
                    turn = torch.Generator().manual_seed(seed + 1_000_003 * (k + 1))
                    columns[row] = columns[row, torch.randperm(n, generator=turn)]
                i, j = places.view(2, -1)
                yield _CloseGroup(None, i, j, codes, group.cosines[some]), columns

    def between(
        self, candidates: CandidatePairs
    ) -> tuple[Int64[Tensor, " between"], Bool[Tensor, " between"]]:
        """Return the pair of every candidate that is lit and between, and whether signs are alike.

        They are alike where it stands between the two directions, or between their negatives.
        """
        alpha = np.pi / 2 if candidates.alpha is None else candidates.alpha
        lit, fourfold = lit_fourfold(candidates.a, candidates.c, self._epsilon, alpha)
        found = lit[fourfold < 0]
        a, c = candidates.a[found], candidates.c[found]
        if candidates.alpha is None:
            return candidates.planes[found], (a > 0) == (c > 0)
        # x = u b_i + v b_j: from b_j on towards -b_i, u is negative.
        own = candidates.alpha[found]
        u = a.double() * own.sin() - c.double() * own.cos()
        return candidates.planes[found], (u > 0) == (c > 0)

    def _candidates(
        self,
        unit: Float[Tensor, "dims samples"],
        projected: Float[Tensor, "directions samples"],
        tally: PairTally,
    ) -> Iterator[CandidatePairs]:
        """Yield the candidates of some samples; their `planes` are codes i M + j."""
        yield from self._near_candidates(self._near_directions(projected), tally)
        for group in self._groups:
            own = projected if group.projections is None else group.projections.project(unit)
            yield from self.close_candidates(group, own, tally)

    def near_candidates(
        self,
        direction: Int64[Tensor, " near"],
        sample: Int64[Tensor, " near"],
        value: Float[Tensor, " near"],
        tally: PairTally,
    ) -> Iterator[CandidatePairs]:
        """Yield the candidates of samples that have these projections on these directions."""
        yield from self._near_candidates(self._ordered(direction, sample, value), tally)

    def _near_candidates(self, near: _NearDirections, tally: PairTally) -> Iterator[CandidatePairs]:
        for first, second in _partners(near, self._most_tests):
            yield self._as_candidates(near, first, second, tally)

    def _near_directions(self, projected: Float[Tensor, "directions samples"]) -> _NearDirections:
        least = self._bound.least(projected.abs().amax(dim=0).double())
        direction, sample = large_entries(projected, least.to(projected.dtype))
        return self._ordered(direction, sample, projected[direction, sample])

    def _ordered(
        self,
        direction: Int64[Tensor, " near"],
        sample: Int64[Tensor, " near"],
        value: Float[Tensor, " near"],
    ) -> _NearDirections:
        size = value.abs().double()
        # Samples are 2 apart, and no |p| is above 1 by more than rounding: one order for all.
        keys, order = (2 * sample - size).sort()
        direction, value, size, sample = (each[order] for each in (direction, value, size, sample))
        ends = torch.searchsorted(keys, 2 * sample - self._bound.smaller(size), right=True)
        next_ones = torch.arange(1, len(keys) + 1, device=keys.device)
        return _NearDirections(direction, value, (ends - next_ones).clamp_(min=0))

    def _as_candidates(
        self,
        near: _NearDirections,
        first: Int64[Tensor, " tests"],
        second: Int64[Tensor, " tests"],
        tally: PairTally,
    ) -> CandidatePairs:
        """Return those of pairs of near directions of a sample that are to be tested here."""
        i, j = near.direction[first], near.direction[second]
        codes = torch.minimum(i, j) * self._m + torch.maximum(i, j)
        wanted = tally.counts(codes)
        wanted &= ~_find(codes, self._one_by_one)[1]
        first, second, codes = first[wanted], second[wanted], codes[wanted]
        swapped = near.direction[first] > near.direction[second]
        x, y = near.value[first], near.value[second]
        a, b = torch.where(swapped, y, x), torch.where(swapped, x, y)
        if self._orthogonal:
            return CandidatePairs.from_projections(codes, a, b, None)
        g = self._cosines(codes, a, b)
        some = ~g.isnan()
        return CandidatePairs.from_projections(codes[some], a[some], b[some], g[some])

    def _cosines(
        self, codes: Int64[Tensor, " tests"], a: Float[Tensor, " tests"], b: Float[Tensor, " tests"]
    ) -> Float64[Tensor, " tests"]:
        """Return g of pairs; NaN where they span no plane, or at no g could be lit and between.

        Few are worked out: those of close pairs are known, and with others' fewer pairs could be.
        """
        g = torch.full((len(codes),), torch.nan, dtype=torch.float64, device=codes.device)
        place, known = _find(codes, self._close.codes)
        g[known] = self._close.cosines[place[known]]
        larger, smaller = (
            pick(a.abs(), b.abs()).double() for pick in (torch.maximum, torch.minimum)
        )
        unknown = (~known & (smaller >= self._bound_of_rest.smaller(larger))).nonzero().squeeze(1)
        g[unknown] = spanned_cosines(self._basis, codes[unknown].cpu()).to(g.device)
        return g

    def close_candidates(
        self, group: _CloseGroup, projected: Float[Tensor, "some samples"], tally: PairTally
    ) -> Iterator[CandidatePairs]:
        """Yield the candidates of a group of pairs."""
        counted = tally.counts(group.codes).nonzero().squeeze(1)
        least = (self._epsilon * (1 - _SLACK)) ** 2
        for some in torch.split(counted, max(1, _TESTS // projected.shape[1])):
            a = projected.index_select(0, group.i[some])
            b = projected.index_select(0, group.j[some])
            g = group.cosines[some]
            cosine = g.to(a.dtype)[:, None]
            beside = torch.addcmul(a, cosine, b, value=-1)  # r² = b² + (a - g b)² / (1 - g²)
            rest = least - b * b
            may_be_lit = beside.square_() >= rest.mul_(1 - cosine * cosine)
            pair, sample = may_be_lit.nonzero().unbind(1)
            yield CandidatePairs.from_projections(
                group.codes[some[pair]], a[pair, sample], b[pair, sample], g[pair]
            )


class ShuffledSearch:
    """The same search, of projections shuffled over the samples.

    In-plane radius and angle are those of the shuffled p_i and p_j as they are, though no unit rows
    have them. Those on close directions are shuffled on their own.

    Parameters
    ----------
    search
        The search.
    near
        Directions, samples and projections of all that are large enough, by rising sample.
    seed
        Of the shuffles of projections on close directions.
    """

    def __init__(
        self, search: BetweenSearch, near: tuple[Tensor, Tensor, Tensor], seed: int
    ) -> None:
        self._search, self._near, self._seed = search, near, seed

    def steps(self, tally: PairTally) -> Iterator[float]:
        """Count the pairs of all samples in short steps; yields the share done."""
        search = self._search
        direction, sample, value = self._near
        ends = torch.searchsorted(sample, torch.arange(0, search.n_samples, _MOST_SAMPLES))
        bounds = [*ends.tolist(), len(sample)]
        for k, (low, high) in enumerate(pairwise(bounds), 1):
            some = slice(low, high)
            for candidates in search.near_candidates(
                direction[some], sample[some], value[some], tally
            ):
                adding = tally.add_steps(*search.between(candidates))
                yield from at_share(adding, k / len(bounds))
            yield k / len(bounds)
        for group, columns in search.close_columns(self._seed):
            yield 1.0
            for candidates in search.close_candidates(group, columns, tally):
                yield from at_share(tally.add_steps(*search.between(candidates)), 1.0)
        yield 1.0


def _distinct_samples(
    directions: Int64[Tensor, " near"], n_samples: int, generator: torch.Generator
) -> Int64[Tensor, " near"]:
    """Return a random sample for each entry, uniform among those its direction has not yet."""
    samples = torch.randint(n_samples, (len(directions),), generator=generator)
    while True:
        order = torch.argsort(directions * n_samples + samples, stable=True)
        keys = (directions * n_samples + samples)[order]
        again = order[1:][keys.diff() == 0]
        if not len(again):
            return samples
        samples[again] = torch.randint(n_samples, (len(again),), generator=generator)


def _find(
    codes: Int64[Tensor, " some"], known: Int64[Tensor, " known"]
) -> tuple[Int64[Tensor, " some"], Bool[Tensor, " some"]]:
    """Return where codes stand among known ones, which rise, and whether they are among them."""
    if len(known) == 0:
        return torch.zeros_like(codes), torch.zeros_like(codes, dtype=torch.bool)
    place = torch.searchsorted(known, codes).clamp_(max=len(known) - 1)
    return place, known[place] == codes


def _partners(near: _NearDirections, most: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the places of pairs of near directions, at most `most` or those of one at a time."""
    many, device = near.n_partners, near.n_partners.device
    ends = many.cumsum(0)
    low, before = 0, 0
    while low < len(many):
        last = torch.tensor(before + most, device=device)
        high = max(low + 1, int(torch.searchsorted(ends, last, right=True)))
        first = torch.arange(low, high, device=device).repeat_interleave(many[low:high])
        begun = ends[first] - many[first] - before
        second = first + 1 + torch.arange(len(first), device=device) - begun
        yield first, second
        low, before = high, int(ends[high - 1])

"""Planes whose directions are coactive, for many more directions than a survey of all planes."""

from collections.abc import Generator, Iterator
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64, Int64

from srm_widget.concurrency.generators import as_part, at_share
from srm_widget.geometry import plane_index
from srm_widget.geometry.basis import Basis
from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.results.column_histograms import ColumnHistograms, coactivation
from srm_widget.results.ranking import capped
from srm_widget.samples.store import SampleStore
from srm_widget.survey.between_search import BetweenSearch
from srm_widget.survey.close_pairs import ClosePairs, close_pairs_steps, partner_pairs
from srm_widget.survey.column_counter import ColumnCounter
from srm_widget.survey.pair_tally import PairTally, Tallied

MOST_RANKED = 1 << 22
"""Planes among which those are looked for of which one direction is in only so many."""

_MOST_TESTS = 1 << 37
"""Pairs times samples that are tested at most: some hours."""

_SCORED_AT_ONCE = 1 << 20
"""Planes whose E is worked out at once."""

_PARTS = 5
"""Parts of the work, of which finding close pairs is taken for the first."""


class CoactiveSpec(NamedTuple):
    """What is asked for.

    Attributes
    ----------
    epsilon
        ε.
    top
        How many planes are listed at most.
    per_direction
        Most of them that one direction is in; None is any number.
    partners_of
        The direction that all planes are of; None for any.
    shuffles, seed
        How often columns are shuffled, and the seed of that.
    """

    epsilon: float
    top: int
    per_direction: int | None
    partners_of: int | None
    shuffles: int
    seed: int


def coactive_steps(
    store: SampleStore, basis: Basis, spec: CoactiveSpec
) -> Generator[float, None, CoactivePlanes]:
    """Find the planes of the highest coactivation in short steps; yields the share done.

    Raises
    ------
    ValueError
        If ε is not positive, or so low that too much would have to be tested; if no two directions
        span a plane.
    """
    if spec.epsilon <= 0:
        raise ValueError(
            f"expected a positive epsilon, got {spec.epsilon:g}: at 0 and below every sample is "
            "lit in every plane; survey(epsilon=…, by='coactivation') goes through them all"
        )
    if spec.partners_of is not None and spec.partners_of in basis.dead:
        raise ValueError(
            f"expected partners_of as a direction, got {spec.partners_of}, which is a row of zeros "
            "and spans no plane"
        )
    return _coactive_steps(store, basis, spec)


def _coactive_steps(
    store: SampleStore, basis: Basis, spec: CoactiveSpec
) -> Generator[float, None, CoactivePlanes]:
    m, n_samples = basis.n_directions, len(store)
    parts = _PARTS * (1 + spec.shuffles)
    close = yield from as_part(_close_steps(basis, spec), 0, parts)
    yield 1 / parts
    search = BetweenSearch(store, basis, spec.epsilon, close)
    n_tests = yield from at_share(search.n_tests_steps(), 1 / parts)
    _check_work(n_tests, spec.epsilon)
    columns = ColumnCounter(basis, spec.epsilon, store.device)
    ranking, first, done = _Ranking(spec, m), 0, 1 / _PARTS
    while first < m:
        tally = PairTally(m, first, spec.partners_of)
        for share in search.steps(tally, columns if first == 0 else None):
            counted = (first + (tally.rows.stop - first) * share) / m
            done = max(done, (1 + (_PARTS - 1) * counted) / _PARTS)
            yield done / (1 + spec.shuffles)
        store.check_size(n_samples)
        share = done / (1 + spec.shuffles)
        tallied = yield from at_share(tally.tallied_steps(), share)
        adding = ranking.add_steps(tallied, columns.histograms(n_samples))
        yield from at_share(adding, share)
        first = tally.rows.stop
    highest = np.empty(spec.shuffles)
    for k in range(spec.shuffles):
        highest[k] = yield from as_part(
            _shuffled_steps(search, spec, columns.histograms(n_samples), k),
            k + 1,
            1 + spec.shuffles,
        )
        store.check_size(n_samples)
    yield 1.0
    best = ranking.best()
    return CoactivePlanes(
        planes=ranking.pairs(best.codes),
        score=best.score,
        n_between=best.n_between,
        n_same_sign=best.n_same_sign,
        expected=best.expected,
        epsilon=spec.epsilon,
        n_samples=n_samples,
        n_planes=_n_planes(basis, spec) - close.n_one_line,
        n_found=ranking.n_found,
        n_parallel=close.n_parallel,
        n_antipodal=close.n_antipodal,
        basis=basis,
        shuffled=highest,
    )


def _shuffled_steps(
    search: BetweenSearch, spec: CoactiveSpec, columns: ColumnHistograms, k: int
) -> Generator[float, None, float]:
    """Return the highest score where columns are shuffled, 0 if no plane is lit between.

    Yields the share done.
    """
    m = columns.basis.n_directions
    drawn = int(np.random.SeedSequence((spec.seed, k)).generate_state(1)[0])
    generator = torch.Generator().manual_seed(drawn)
    shuffled = yield from as_part(search.shuffled_steps(generator), 0, 2)
    ranking, first, done = _Ranking(spec._replace(top=1, per_direction=None), m), 0, 0.5
    while first < m:
        tally = PairTally(m, first, spec.partners_of)
        for share in shuffled.steps(tally):
            done = max(done, (1 + (first + (tally.rows.stop - first) * share) / m) / 2)
            yield done
        tallied = yield from at_share(tally.tallied_steps(), done)
        yield from at_share(ranking.add_steps(tallied, columns), done)
        first = tally.rows.stop
    return float(ranking.best().score.max(initial=0.0))


def _close_steps(basis: Basis, spec: CoactiveSpec) -> Generator[float, None, ClosePairs]:
    among = "" if spec.partners_of is None else f" of direction {spec.partners_of}"
    if spec.partners_of is not None:
        close = partner_pairs(basis, spec.partners_of)
    else:
        close = yield from close_pairs_steps(basis)
    if close.n_one_line == _n_planes(basis, spec):
        raise ValueError(f"expected at least one plane{among}, got {basis.no_plane_text}")
    return close


def _n_planes(basis: Basis, spec: CoactiveSpec) -> int:
    """Return how many pairs are asked about, those of rows of zeros left out, parallel ones not."""
    n_live = basis.n_directions - basis.n_dead
    return plane_index.n_planes(n_live) if spec.partners_of is None else n_live - 1


def _check_work(n_tests: int, epsilon: float) -> None:
    if n_tests > _MOST_TESTS:
        raise ValueError(
            f"expected an epsilon at which few directions are near to a sample, got {epsilon:g}, "
            f"where some {n_tests:.1g} pairs times samples would have to be tested (at most "
            f"{_MOST_TESTS:.1g}); epsilon='auto' is one, and `partners_of` asks for the pairs of "
            "one direction alone"
        )


class _Ranked(NamedTuple):
    """Planes that were scored: codes i M + j, the score, and what it is made of; (n,) each."""

    codes: Int64[np.ndarray, " planes"]
    score: Float64[np.ndarray, " planes"]
    n_between: Int64[np.ndarray, " planes"]
    n_same_sign: Int64[np.ndarray, " planes"]
    expected: Float64[np.ndarray, " planes"]

    def at(self, places: np.ndarray) -> "_Ranked":
        return _Ranked(*(column[places] for column in self))


class _Ranking:
    """The best planes of those added, best first; of equal ones the first."""

    def __init__(self, spec: CoactiveSpec, n_directions: int) -> None:
        self._spec, self._m = spec, n_directions
        self._most = spec.top if spec.per_direction is None else max(MOST_RANKED, spec.top)
        self._n_found = 0
        nothing, none = np.empty(0, dtype=np.int64), np.empty(0)
        self._kept = _Ranked(nothing, none, nothing, nothing, none)

    def add_steps(self, tallied: Tallied, columns: ColumnHistograms) -> Generator[None, None, None]:
        """Score planes and add them in short steps."""
        codes, n_between, n_same = tallied
        self._n_found += len(codes)
        # Those with the most samples first: beyond some number no other can be among the best.
        for most, some in _by_falling_count(n_between):
            if self._can_not_lead(most):
                break
            pairs = self.pairs(codes[some])
            expected = yield from columns.expected_steps(pairs, epsilon=self._spec.epsilon)
            score = coactivation(n_between[some], expected)
            self._keep(_Ranked(codes[some], score, n_between[some], n_same[some], expected))
            yield

    @property
    def n_found(self) -> int:
        """Planes that were added."""
        return self._n_found

    def best(self) -> _Ranked:
        """Return the planes that are listed."""
        top, cap = self._spec.top, self._spec.per_direction
        places = np.arange(len(self._kept.codes))
        if cap is not None:
            ranked = [(places, self.pairs(self._kept.codes))]
            places = capped(ranked, top, cap, self._m)
        return self._kept.at(places[:top])

    def _can_not_lead(self, n_between: int) -> bool:
        """Whether with so many samples at most, however few are expected, no plane is kept."""
        if len(self._kept.codes) < self._most:
            return False
        if self._most == 0:
            return True
        highest = coactivation(np.array([n_between]), np.zeros(1))
        return bool(highest[0] < self._kept.score[-1])

    def _keep(self, more: _Ranked) -> None:
        both = _Ranked(*map(np.concatenate, zip(self._kept, more, strict=True)))
        self._kept = both.at(np.lexsort((both.codes, -both.score))[: self._most])

    def pairs(self, codes: Int64[np.ndarray, " planes"]) -> Int64[np.ndarray, "planes 2"]:
        """Return planes (i, j) by their codes."""
        return np.stack(np.divmod(codes, self._m), axis=1)


def _by_falling_count(
    n_between: Int64[np.ndarray, " planes"],
) -> Iterator[tuple[int, Int64[np.ndarray, " some"]]]:
    """Yield the places of planes, not many at a time, none with more samples than those before.

    But for those that come together with these: the number is the most that any may have that is
    still to come.
    """
    at_least = np.bincount(n_between)[::-1].cumsum()  # planes with the most samples, one fewer, …
    top, fewer = len(at_least) - 1, 0
    while fewer <= top:
        before = at_least[fewer - 1] if fewer else 0
        beyond = np.searchsorted(at_least, before + _SCORED_AT_ONCE, side="right")
        following = max(fewer + 1, int(beyond))
        most = top - fewer
        places = np.flatnonzero((n_between <= most) & (n_between > top - following))
        for low in range(0, len(places), _SCORED_AT_ONCE):
            yield most, places[low : low + _SCORED_AT_ONCE]
        fewer = following

r"""Search of all planes at once: which sample may be lit in which plane.

In the plane of two directions at the cosine g a sample with projections p_i and p_j has the
in-plane radius r² = (p_i² + p_j² - 2 g p_i p_j) / (1 - g²) ≤ (p_i² + p_j²) / (1 - \|g\|). Where it
is lit, r ≥ ε, so that one of the two projections reaches ε sqrt((1 - \|g\|) / 2): the *anchor*.
Unit rows have few of them (for an orthonormal basis 2 / ε² at most), and only an anchor's planes
are tested: O(N M + candidates), not O(N M²). Where samples have many anchors (small ε, many
directions in few dimensions, ε ≤ 0) every plane is tested instead.
"""

import math
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.pair_geometry import COSINE_LEVELS, PairGeometry
from srm_widget.samples.coordinates import WELL_CONDITIONED
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.survey.anchors import Anchors, Watch, split_slice
from srm_widget.survey.candidate_pairs import CandidatePairs
from srm_widget.survey.close_candidates import CloseCandidates
from srm_widget.survey.column_counter import ColumnCounter

_TESTS = 1 << 21
_TESTS_CUDA = 1 << 26
"""Planes times samples tested at once."""

_SLACK = 1e-5
"""Candidates are taken from a little below ε: their projections are rounded."""

_CANDIDATES_AT_ONCE = 1 << 17
"""Candidates counted at once, so that what is made of them stays in the cache."""

_CROWDED = 1 / 6
"""Anchors a direction and sample, above which to test every plane is cheaper."""

_CROWDED_SAMPLES = 2048
_FEWEST = 256
_PROJECTED = 1 << 22
"""Samples by which that is decided: so many, if their projections are no more than these."""

_ANCHORS_SHARE = 0.25
"""Share of the work that finding the anchors is taken for."""

_CLOSE_TEST = 2.0
"""Cost of testing a sample in the plane of close directions, in tests of an anchor's planes."""

_PROJECTION = 1 / 20
"""Cost of each dimension of a projection in float64, in the same unit."""


class _Plan(NamedTuple):
    r"""How planes are searched.

    Attributes
    ----------
    bound
        Pairs with a larger \|g\| are tested apart, for every sample.
    threshold
        Least \|p\| of an anchor.
    by_anchors
        Whether the planes of anchors are tested; else every plane.
    """

    bound: float
    threshold: float
    by_anchors: bool


class SearchStep(NamedTuple):
    """Step of a `PlaneSearch`.

    Attributes
    ----------
    done
        Share of the search that is done, rising to 1.
    planes
        Positions of the planes that are searched: one block of them after another.
    candidates
        More candidates in these planes, if any.
    complete
        Whether all candidates in these planes are found.
    """

    done: float
    planes: range
    candidates: CandidatePairs | None
    complete: bool

    def split_candidates(self) -> Iterator[CandidatePairs]:
        """Yield the candidates of this step in parts that are counted at once."""
        if self.candidates is not None:
            yield from self.candidates.split(_CANDIDATES_AT_ONCE)


class PlaneSearch:
    """Search for the candidates in all planes among the samples from `since` on, at one ε.

    Parameters
    ----------
    store, pairs
        Samples, and the pairs of directions of a basis.
    epsilon
        ε.
    since
        First sample to search.
    watch
        Called with the projections of every sample on every direction, part by part, once.
    columns
        Counts them.
    with_samples
        Whether candidates tell which samples they are.
    """

    def __init__(
        self,
        store: SampleStore,
        pairs: PairGeometry,
        epsilon: float,
        since: int = 0,
        *,
        watch: Watch | None = None,
        columns: ColumnCounter | None = None,
        with_samples: bool = False,
    ) -> None:
        self._watch, self._columns, self._with_samples = watch, columns, with_samples
        self._store, self._basis, self._pairs = store, pairs.basis, pairs
        self._epsilon, self._since = epsilon, since
        self._m = pairs.n_directions
        self._tests = _TESTS if store.device.type == "cpu" else _TESTS_CUDA
        self._cosines = None if pairs.cosines is None else pairs.cosines.to(store.device)
        i = np.arange(self._m, dtype=np.int64)
        offsets = plane_index.first_positions(i, self._m) - i - 1
        self._rank_offsets = torch.from_numpy(offsets).to(store.device)
        self._min_squared_radius = epsilon * epsilon * (1 - _SLACK) if epsilon > 0 else -1.0

    @cached_property
    def projections(self) -> Projections:
        """What is searched, in the dtype that it takes."""
        # Near to parallel, the division by 1 - g² would make rounding to float32 felt.
        steep = self._plan.bound > WELL_CONDITIONED
        dtype = torch.float64 if steep else self._store.dtype
        return Projections(self._store, self._basis, dtype)

    @cached_property
    def _close(self) -> CloseCandidates:
        """The pairs that are tested apart."""
        return CloseCandidates(
            self._store,
            self._pairs,
            self._epsilon,
            self._since,
            self._plan.bound,
            with_samples=self._with_samples,
        )

    @cached_property
    def _plan(self) -> _Plan:
        """The way to search that costs least."""
        m, n = self._m, len(self._store) - self._since
        levels = [level for level in COSINE_LEVELS if level < self._pairs.largest_cosine]
        n_close = [int(self._pairs.n_above[k]) for k in range(len(levels))]
        apart = [
            n * (_CLOSE_TEST * k + _PROJECTION * self._store.n_dims * min(m, 2 * k))
            for k in n_close
        ]
        bounds, apart = [*levels, self._pairs.largest_cosine], [*apart, 0.0]
        if self._epsilon > 0:
            magnitudes = self._some_projections().abs().flatten()
            thresholds = [
                self._epsilon * math.sqrt((1 - bound) / 2) * (1 - _SLACK) for bound in bounds
            ]
            shares = [float((magnitudes >= least).float().mean()) for least in thresholds]
            costs = [share * n * m * m + more for share, more in zip(shares, apart, strict=True)]
            best = int(np.argmin(costs))
            if shares[best] <= _CROWDED:
                return _Plan(bounds[best], thresholds[best], by_anchors=True)
        # In float64 every test takes about twice as long.
        well = next((k for k, bound in enumerate(bounds) if bound >= WELL_CONDITIONED), -1)
        apart_pays = apart[well] <= n * plane_index.n_planes(m)
        return _Plan(bounds[well if apart_pays else -1], 0.0, by_anchors=False)

    def _some_projections(self) -> Tensor:
        some = self._store.sample(min(_CROWDED_SAMPLES, max(_FEWEST, _PROJECTED // self._m)))
        return Projections(self._store, self._basis, self._store.dtype).project(some.T)

    def steps(self) -> Iterator[SearchStep]:
        """Yield blocks of planes, and their candidates in pieces."""
        return self._search_anchors() if self._plan.by_anchors else self._test_every_plane()

    def _close_steps(self, block: range, done: float) -> Iterator[SearchStep]:
        """Yield the candidates in those of a block's planes that are tested apart."""
        for candidates in self._close.within(block):
            yield SearchStep(done, block, candidates, False)

    def _test_every_plane(self) -> Iterator[SearchStep]:
        """Test every plane for every sample."""
        total = plane_index.n_planes(self._m)
        at_once = min(total, max(256, 8 * self._m))
        samples = max(1, self._tests // at_once)
        n = len(self._store) - self._since
        for low in range(0, total, at_once):
            block = range(low, min(low + at_once, total))
            pairs = plane_index.unrank_many(np.arange(block.start, block.stop), self._m)
            first, second = torch.from_numpy(pairs).to(self._store.device).unbind(1)
            seen = 0
            for projected in self.projections.chunks(self._since, samples):
                if low == 0 and self._watch is not None:
                    self._watch(0, self._since + seen, projected)
                if low == 0 and self._columns is not None:
                    self._columns.add_all(0, projected)
                candidates = self._test_planes(projected, first, second, low, self._since + seen)
                seen += projected.shape[1]
                yield SearchStep((low + len(block) * seen / n) / total, block, candidates, False)
            yield from self._close_steps(block, block.stop / total)
            yield SearchStep(block.stop / total, block, None, True)

    def _test_planes(
        self,
        projected: Float[Tensor, "directions samples"],
        first: Int64[Tensor, " planes"],
        second: Int64[Tensor, " planes"],
        low: int,
        first_sample: int,
    ) -> CandidatePairs:
        a, b = projected.index_select(0, first), projected.index_select(0, second)
        g = None if self._cosines is None else self._cosines[first, second][:, None]
        plane, sample = self._may_be_lit(a, b, g).nonzero().unbind(1)
        a, b = a[plane, sample], b[plane, sample]
        return CandidatePairs.from_projections(
            plane + low,
            a,
            b,
            None if g is None else g[plane, 0],
            sample + first_sample if self._with_samples else None,
        )

    def _search_anchors(self) -> Iterator[SearchStep]:
        """Test the planes of two directions one of which is an anchor of the sample."""
        n = len(self._store)
        parts = []
        asked = self.projections, self._plan.threshold, self._since
        for share, found in Anchors.search(*asked, self._watch, self._columns):
            parts.append(found)
            yield SearchStep(_ANCHORS_SHARE * share, range(0), None, False)
        anchors = Anchors.join(parts, self._m, n)
        blocks = list(anchors.blocks(self._tests))
        total, spent = max(1, sum(block.cost for block in blocks)), 0
        for rows, cost in blocks:
            block = range(
                *(plane_index.first_position(i, self._m) for i in (rows.start, rows.stop))
            )
            at = split_slice(anchors.at(rows), max(1, self._tests // (self._m - 1 - rows.start)))
            beyond = split_slice(anchors.beyond(rows), max(1, self._tests // len(rows)))
            searches = [
                *((self._higher_planes, part) for part in at),
                *((self._lower_planes, part) for part in beyond),
            ]
            for k, (search, part) in enumerate(searches, 1):
                done = _share_done((spent + cost * (k / len(searches))) / total)
                yield SearchStep(done, block, search(anchors, rows, part), False)
            spent += cost
            done = _share_done(spent / total)
            yield from self._close_steps(block, done)
            yield SearchStep(done, block, None, True)

    def _higher_planes(self, anchors: Anchors, rows: range, part: slice) -> CandidatePairs:
        """Test the planes (i, j) of anchors at i in `rows` with any higher direction j."""
        direction, sample, value = anchors[part]
        low = rows.start + 1
        others = self.projections.at(slice(low, self._m), sample)
        g = None if self._cosines is None else self._cosines[low:].index_select(1, direction)
        found = self._may_be_lit(others, value, g)
        if len(rows) > 1:
            j = torch.arange(low, rows.stop, device=direction.device)[:, None]
            found[: len(j)] &= j > direction
        row, k = found.nonzero().unbind(1)
        planes = self._rank(direction[k], row + low)
        return CandidatePairs.from_projections(
            planes,
            value[k],
            others[row, k],
            None if g is None else g[row, k],
            sample[k] if self._with_samples else None,
        )

    def _lower_planes(self, anchors: Anchors, rows: range, part: slice) -> CandidatePairs:
        """Test the planes (i, j) of anchors at j, with i < j in `rows` that is no anchor."""
        direction, sample, value = anchors[part]
        others = self.projections.at(slice(rows.start, rows.stop), sample)
        g = None
        if self._cosines is not None:
            g = self._cosines[rows.start : rows.stop].index_select(1, direction)
        found = self._may_be_lit(others, value, g)
        n_in_rows = anchors.at(rows).stop - part.start
        if n_in_rows > 0:
            i = torch.arange(rows.start, rows.stop, device=direction.device)[:, None]
            found[:, :n_in_rows] &= i < direction[:n_in_rows]
        row, k = found.nonzero().unbind(1)
        a = others[row, k]
        # Another call may round projections otherwise: near the threshold, look up the anchors.
        doubtful = (a.abs() >= self._plan.threshold * (1 - _SLACK)).nonzero().squeeze(1)
        known = anchors.contain(row[doubtful] + rows.start, sample[k[doubtful]])
        if known.any():
            keep = torch.ones_like(row, dtype=torch.bool)
            keep[doubtful] = ~known
            row, k, a = row[keep], k[keep], a[keep]
        planes = self._rank(row + rows.start, direction[k])
        return CandidatePairs.from_projections(
            planes,
            a,
            value[k],
            None if g is None else g[row, k],
            sample[k] if self._with_samples else None,
        )

    def _may_be_lit(self, a: Tensor, b: Tensor, g: Tensor | None) -> Tensor:
        """Return whether the in-plane radius all but reaches ε; False where g is NaN.

        False for pairs that are tested apart.
        """
        if g is None:
            return a * a >= self._min_squared_radius - b * b
        found = a * a - 2 * (a * b) * g + b * b >= self._min_squared_radius * (1 - g * g)
        return found & (g.abs() <= self._plan.bound) if len(self._close) else found

    def _rank(self, i: Tensor, j: Tensor) -> Tensor:
        return self._rank_offsets[i] + j


def _share_done(beyond_anchors: float) -> float:
    """Return the share of a search that is done, of that of what comes after the anchors."""
    return _ANCHORS_SHARE + (1 - _ANCHORS_SHARE) * beyond_anchors

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
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.survey.anchors import Anchors, Watch, split_slice
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
"""Samples by which that is decided."""

_ANCHORS_SHARE = 0.25
"""Share of the work that finding the anchors is taken for."""


class CandidatePairs(NamedTuple):
    """Pairs of a plane and a sample that may be lit in it, and the coordinates that decide it.

    Attributes
    ----------
    planes
        Positions of the planes i < j.
    a, c
        In-plane coordinates x̂ · e1, x̂ · e2 of the sample.
    alpha
        α of the plane in radians; None where all directions are orthogonal.
    """

    planes: Int64[Tensor, " candidates"]
    a: Float[Tensor, " candidates"]
    c: Float[Tensor, " candidates"]
    alpha: Float64[Tensor, " candidates"] | None

    @staticmethod
    def from_projections(
        planes: Tensor, a: Tensor, b: Tensor, g: Tensor | None
    ) -> "CandidatePairs":
        """Return the candidates of samples with the projections a = p_i and b = p_j.

        `g` is the cosine between the two directions; None where all are orthogonal.
        """
        if g is None:
            return CandidatePairs(planes, a, b, None)
        return CandidatePairs(planes, a, (b - g * a) / (1 - g * g).sqrt(), g.acos())

    def split(self, most: int) -> "Iterator[CandidatePairs]":
        """Yield the candidates in parts of at most `most`."""
        for low in range(0, len(self.planes), most):
            part = slice(low, low + most)
            alpha = None if self.alpha is None else self.alpha[part]
            yield CandidatePairs(self.planes[part], self.a[part], self.c[part], alpha)


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

    Attributes
    ----------
    projections
        What is searched, in the dtype that it takes.
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
    ) -> None:
        self._watch, self._columns = watch, columns
        self._store, self._basis, self._pairs = store, pairs.basis, pairs
        self._epsilon, self._since = epsilon, since
        self._m = pairs.n_directions
        self._tests = _TESTS if store.device.type == "cpu" else _TESTS_CUDA
        # Near to parallel, the division by 1 - g² would make rounding to float32 felt.
        dtype = torch.float64 if pairs.largest_cosine > 0.5 else store.dtype
        self.projections = Projections(store, pairs.basis, dtype)
        self._cosines = None if pairs.cosines is None else pairs.cosines.to(store.device)
        i = np.arange(self._m, dtype=np.int64)
        offsets = plane_index.first_positions(i, self._m) - i - 1
        self._rank_offsets = torch.from_numpy(offsets).to(store.device)
        self._anchor_threshold = epsilon * math.sqrt((1 - pairs.largest_cosine) / 2) * (1 - _SLACK)
        self._min_squared_radius = epsilon * epsilon * (1 - _SLACK) if epsilon > 0 else -1.0

    def steps(self) -> Iterator[SearchStep]:
        """Yield blocks of planes, and their candidates in pieces."""
        near_parallel = self._pairs.near_parallel
        share = 1 / (1 + len(near_parallel) / self._m)
        done = 0.0
        for step in self._test_every_plane() if self._is_crowded() else self._search_anchors():
            done = max(done, share * step.done)
            yield step._replace(done=done)
        for k, (i, j) in enumerate(near_parallel, 1):
            yield from self._single_plane(i, j, share + (1 - share) * k / len(near_parallel))

    def _is_crowded(self) -> bool:
        """Whether samples have so many anchors that to test every plane is cheaper."""
        if self._epsilon <= 0:
            return True
        some = self.projections.project(self._store.sample(_CROWDED_SAMPLES).T)
        return float((some.abs() >= self._anchor_threshold).float().mean()) > _CROWDED

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
                candidates = self._test_planes(projected, first, second, low)
                seen += projected.shape[1]
                yield SearchStep((low + len(block) * seen / n) / total, block, candidates, False)
            yield SearchStep(block.stop / total, block, None, True)

    def _test_planes(
        self,
        projected: Float[Tensor, "directions samples"],
        first: Int64[Tensor, " planes"],
        second: Int64[Tensor, " planes"],
        low: int,
    ) -> CandidatePairs:
        a, b = projected.index_select(0, first), projected.index_select(0, second)
        g = None if self._cosines is None else self._cosines[first, second][:, None]
        plane, sample = self._may_be_lit(a, b, g).nonzero().unbind(1)
        a, b = a[plane, sample], b[plane, sample]
        return CandidatePairs.from_projections(
            plane + low, a, b, None if g is None else g[plane, 0]
        )

    def _search_anchors(self) -> Iterator[SearchStep]:
        """Test the planes of two directions one of which is an anchor of the sample."""
        n = len(self._store)
        parts = []
        asked = self.projections, self._anchor_threshold, self._since
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
                done = (spent + cost * k / len(searches)) / total
                candidates = search(anchors, rows, part)
                yield SearchStep(
                    _ANCHORS_SHARE + (1 - _ANCHORS_SHARE) * done, block, candidates, False
                )
            spent += cost
            yield SearchStep(
                _ANCHORS_SHARE + (1 - _ANCHORS_SHARE) * spent / total, block, None, True
            )

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
            planes, value[k], others[row, k], None if g is None else g[row, k]
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
        doubtful = (a.abs() >= self._anchor_threshold * (1 - _SLACK)).nonzero().squeeze(1)
        known = anchors.contain(row[doubtful] + rows.start, sample[k[doubtful]])
        if known.any():
            keep = torch.ones_like(row, dtype=torch.bool)
            keep[doubtful] = ~known
            row, k, a = row[keep], k[keep], a[keep]
        planes = self._rank(row + rows.start, direction[k])
        return CandidatePairs.from_projections(
            planes, a, value[k], None if g is None else g[row, k]
        )

    def _may_be_lit(self, a: Tensor, b: Tensor, g: Tensor | None) -> Tensor:
        """Return whether the in-plane radius all but reaches ε; False where g is NaN."""
        if g is None:
            return a * a >= self._min_squared_radius - b * b
        return a * a - 2 * (a * b) * g + b * b >= self._min_squared_radius * (1 - g * g)

    def _single_plane(self, i: int, j: int, done: float) -> Iterator[SearchStep]:
        """Take all samples as candidates in one plane."""
        plane = self._basis.plane(i, j)
        position = plane_index.rank(i, j, self._m)
        block = range(position, position + 1)
        for _, a, c in PlaneCoordinates(self._store, self._basis).pieces(plane, self._since):
            planes = torch.full_like(a, position, dtype=torch.int64)
            alpha = torch.full_like(a, plane.alpha, dtype=torch.float64)
            yield SearchStep(done, block, CandidatePairs(planes, a, c, alpha), False)
        yield SearchStep(done, block, None, True)

    def _rank(self, i: Tensor, j: Tensor) -> Tensor:
        return self._rank_offsets[i] + j

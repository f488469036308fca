"""Mean and spread of the curves of all planes, counted in a uniform sample of these."""

import math
from collections.abc import Generator, Iterator
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.basis import Basis
from srm_widget.results.count_histogram import CountHistogram
from srm_widget.results.plane_ensemble import PlaneEnsemble
from srm_widget.samples.coordinates import WELL_CONDITIONED
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.survey.arc_counts import ArcCounter, PlaneArcs
from srm_widget.survey.candidate_pairs import CandidatePairs
from srm_widget.survey.pair_cosines import spanned_cosines

_PLANES_AT_ONCE = 1 << 10
"""Planes counted at once."""

_TESTS = 1 << 20
"""Planes times samples tested at once."""

_SLACK = 1e-5
"""Candidates are taken from a little below ε: their projections are rounded."""

_MORE = 1.1
"""So many times as many pairs are drawn as planes are wanted: some pairs span none."""


class EnsembleSpec(NamedTuple):
    """What is asked for.

    Attributes
    ----------
    epsilon, resolution
        ε and K.
    n_planes
        Planes to draw; all are counted if there are no more.
    seed
        Of the draw.
    """

    epsilon: float
    resolution: int
    n_planes: int
    seed: int


def ensemble_steps(
    store: SampleStore, basis: Basis, spec: EnsembleSpec
) -> Generator[float, None, PlaneEnsemble]:
    """Count planes drawn uniformly, in short steps; yields the share done.

    Raises
    ------
    ValueError
        If no two directions span a plane.
    """
    n_samples = len(store)
    planes, cosines = _drawn(basis, spec)
    if not len(planes):
        raise ValueError(f"expected at least one plane, got {basis.no_plane_text}")
    sums = _Sums(spec.resolution, n_samples)
    done = n_lit = 0
    for block in _blocks(planes, cosines):
        counter = ArcCounter(
            range(len(block.planes)), AngularGrid.uniform(spec.resolution), store.device
        )
        is_lit = torch.zeros(len(block.planes), dtype=torch.bool, device=store.device)
        for share, candidates in _candidates(store, basis, block, spec.epsilon):
            arcs = PlaneArcs.from_candidates(candidates, spec.epsilon)
            is_lit[arcs.planes] = True  # also by what no angle of the grid meets
            counter.add(arcs)
            yield (done + share * len(block.planes)) / len(planes)
            store.check_size(n_samples)
        counts = np.zeros((len(block.planes), spec.resolution), dtype=np.int64)
        counter.write(counts)
        sums.add(counts)
        n_lit += int(is_lit.sum())
        done += len(block.planes)
        yield done / len(planes)
    n_all = basis.n_planes
    mean, std, mean_error, std_error = sums.moments(len(planes), n_all)
    return PlaneEnsemble(
        mean=mean,
        std=std,
        mean_error=mean_error,
        std_error=std_error,
        histogram=sums.histogram,
        n_all=n_all,
        n_lit=n_lit,
        planes=planes,
        epsilon=spec.epsilon,
        resolution=spec.resolution,
        n_samples=n_samples,
        seed=spec.seed,
    )


def _drawn(
    basis: Basis, spec: EnsembleSpec
) -> tuple[Int64[np.ndarray, "planes 2"], Float64[Tensor, " planes"]]:
    """Return planes drawn uniformly without replacement, in rising order, and g of each."""
    m, total = basis.n_directions, plane_index.n_planes(basis.n_directions)
    generator = np.random.default_rng(spec.seed)
    n_pairs = spec.n_planes
    while True:
        n_pairs = min(total, math.ceil(n_pairs * _MORE) + 16)
        positions = (
            np.arange(total)
            if n_pairs == total
            else generator.choice(total, n_pairs, replace=False)
        )
        pairs = plane_index.unrank_many(positions.astype(np.int64), m)
        cosines = spanned_cosines(basis, torch.from_numpy(pairs[:, 0] * m + pairs[:, 1]))
        spans = (~cosines.isnan()).nonzero().squeeze(1)
        if n_pairs == total and len(spans) > spec.n_planes:
            spans = spans[torch.from_numpy(generator.permutation(len(spans)))]
        if len(spans) >= spec.n_planes or n_pairs == total:
            chosen = spans[: spec.n_planes]
            order = torch.from_numpy(np.argsort(positions[chosen.numpy()]))
            chosen = chosen[order]
            return pairs[chosen.numpy()], cosines[chosen]
        n_pairs *= 2


class _PlaneBlock(NamedTuple):
    """Planes counted at once, the cosines between their directions, and whether some are steep."""

    planes: Int64[np.ndarray, "planes 2"]
    cosines: Float64[Tensor, " planes"]
    is_steep: bool


def _blocks(
    planes: Int64[np.ndarray, "planes 2"], cosines: Float64[Tensor, " planes"]
) -> Iterator[_PlaneBlock]:
    """Yield planes in blocks, those of close directions apart: they take float64."""
    steep = (cosines.abs() > WELL_CONDITIONED).numpy()
    for is_steep in False, True:
        chosen = np.flatnonzero(steep == is_steep)
        for low in range(0, len(chosen), _PLANES_AT_ONCE):
            some = chosen[low : low + _PLANES_AT_ONCE]
            yield _PlaneBlock(planes[some], cosines[some], is_steep)


def _candidates(
    store: SampleStore, basis: Basis, block: _PlaneBlock, epsilon: float
) -> Iterator[tuple[float, CandidatePairs]]:
    """Yield the share done, and the candidates in a block's planes, numbered from 0."""
    used, places = np.unique(block.planes, return_inverse=True)
    first, second = torch.from_numpy(places.reshape(-1, 2)).to(store.device).unbind(1)
    dtype = torch.float64 if block.is_steep else store.dtype
    projections = Projections(store, basis.part(used), dtype)
    g = block.cosines.to(store.device)[:, None]
    least = (epsilon * (1 - _SLACK)) ** 2 if epsilon > 0 else -1.0
    bound = (least * (1 - g * g)).to(dtype)
    narrow, seen = g.to(dtype), 0
    for projected in projections.chunks(0, max(1, _TESTS // len(block.planes))):
        a, b = projected.index_select(0, first), projected.index_select(0, second)
        plane, sample = (a * a - 2 * narrow * a * b + b * b >= bound).nonzero().unbind(1)
        seen += projected.shape[1]
        pairs = plane, a[plane, sample], b[plane, sample], g[plane, 0]
        yield seen / len(store), CandidatePairs.from_projections(*pairs)


class _Sums:
    """Sums over planes of their counts at each angle, and of powers of f; and their histogram."""

    def __init__(self, resolution: int, n_samples: int) -> None:
        self._n_samples = n_samples
        # Python's integers: squares of counts of millions of planes pass 64 bits.
        self._total, self._squares = np.zeros((2, resolution), dtype=object)
        self._powers = np.zeros((4, resolution))
        self.histogram = CountHistogram.of(np.zeros((0, resolution), dtype=np.int64))

    def add(self, counts: Int64[np.ndarray, "planes angles"]) -> None:
        """Add the counts of some planes."""
        self.histogram = CountHistogram.total([self.histogram, CountHistogram.of(counts)])
        self._total += counts.sum(axis=0).astype(object)
        self._squares += (counts * counts).sum(axis=0).astype(object)
        values = counts / self._n_samples
        for k in range(4):
            self._powers[k] += (values ** (k + 1)).sum(axis=0)

    def moments(self, n: int, n_all: int) -> tuple[Float64[np.ndarray, " angles"], ...]:
        """Return mean, standard deviation, and their standard errors."""
        mean = (self._total / (n * self._n_samples)).astype(np.float64)
        spread = (n * self._squares - self._total * self._total).astype(np.float64)
        # Of a sample n - 1, of all planes n: what is estimated is the spread of these.
        degrees = n if n == n_all else max(1, n - 1)
        std = np.sqrt(spread / (n * degrees)) / self._n_samples
        left = math.sqrt(max(0.0, 1 - n / n_all))
        one, two, three, four = self._powers / n
        fourth = four - 4 * one * three + 6 * one * one * two - 3 * one**4
        of_variance = np.sqrt(np.maximum(fourth - std**4, 0.0) / n)
        halved = np.divide(of_variance, 2 * std, out=np.zeros_like(std), where=std > 0)
        return mean, std, std * (left / math.sqrt(n)), halved * left

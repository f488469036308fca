"""Surveys of all planes, kept up to date as samples come."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import torch

from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.geometry.plane_index import Variant
from srm_widget.results.survey import LitPlanes, Measure, Survey
from srm_widget.samples.store import SampleStore
from srm_widget.survey.arc_counts import ArcCounter, PlaneArcs
from srm_widget.survey.scores import EnsembleSums, ScoreAccumulator
from srm_widget.survey.search import CandidatePairs, PlaneSearch
from srm_widget.survey.sparse_counts import SparseCounts

_AT_ONCE = 1 << 17
"""Hits counted at once, so that what is made of them stays in the cache."""


_HIGH = 1 << 32


@dataclass(frozen=True)
class SurveySpec:
    """What of all planes is counted: ε, K angles, and i < j alone or both orders."""

    epsilon: float
    resolution: int
    variant: Variant


@dataclass
class _KeptCounts:
    spec: SurveySpec
    n_samples: int
    parts: list[SparseCounts] = field(default_factory=list)

    @property
    def nbytes(self) -> int:
        return sum(cells.nbytes for cells in self.parts)


class Surveyor:
    """Surveys all planes of a basis over a store of samples.

    The cells of the last survey are kept if there is room, so that after samples were appended only
    these are surveyed.

    Parameters
    ----------
    store, basis
        Samples and directions; the store may grow.
    pairs
        Geometry of the directions, if it is known.
    """

    def __init__(self, store: SampleStore, basis: Basis, pairs: PairGeometry | None = None) -> None:
        self._store, self._basis = store, basis
        self._pairs = pairs
        self._kept: _KeptCounts | None = None
        self._max_bytes = 0

    @property
    def pairs(self) -> PairGeometry:
        """Geometry of all pairs of directions."""
        if self._pairs is None:
            self._pairs = PairGeometry.from_basis(self._basis)
        return self._pairs

    @property
    def nbytes(self) -> int:
        """Bytes kept to save work."""
        return 0 if self._kept is None else self._kept.nbytes

    def bound(self, max_bytes: int) -> None:
        """Keep at most `max_bytes`."""
        self._max_bytes = max_bytes
        if self.nbytes > max_bytes:
            self._kept = None

    def survey(self, spec: SurveySpec, by: Measure, top: int) -> Generator[float, None, Survey]:
        """Survey in steps: yields the share done, rising to 1, and returns the result.

        Raises
        ------
        RuntimeError
            If samples are appended between steps.
        """
        kept, n_samples = self._kept, len(self._store)
        scores = ScoreAccumulator(spec.resolution)
        if kept is not None and kept.spec == spec:
            cells = SparseCounts.together(kept.parts)
            if kept.n_samples < n_samples:
                fresh = yield from self._collected(spec, kept.n_samples)
                cells = cells.merged(fresh)
            scores.add(cells)
            yield 1.0
            self._keep(_KeptCounts(spec, n_samples, [cells]))
        else:
            keeping = _KeptCounts(spec, n_samples)
            for share, block in self._blocks(spec, 0):
                if block is not None:
                    scores.add(block)
                    if keeping.nbytes <= self._max_bytes:
                        keeping.parts.append(block)
                yield share
            self._keep(keeping)
        return as_survey(scores.ensemble(), spec, self.pairs, n_samples, by=by, top=top)

    def cells(self, spec: SurveySpec) -> Generator[float, None, SparseCounts]:
        """Counts of all planes in steps, for those who add them up; nothing is kept."""
        found = yield from self._collected(spec, 0)
        return found.summed()

    def _collected(self, spec: SurveySpec, since: int) -> Generator[float, None, SparseCounts]:
        found = []
        for share, block in self._blocks(spec, since):
            found += [] if block is None else [block]
            yield share
        return SparseCounts.together(found)

    def _blocks(self, spec: SurveySpec, since: int) -> Iterator[tuple[float, SparseCounts | None]]:
        """The share done, and blocks of planes as they are complete."""
        n_samples = len(self._store)
        search = PlaneSearch(self._store, self.pairs, spec.epsilon, since)
        block: _PlaneBlockCounts | None = None
        for step in search.steps():
            if block is None:
                block = _PlaneBlockCounts(
                    step.planes, spec, self._basis.n_directions, self._store.device
                )
            for part in step.candidates.split(_AT_ONCE) if step.candidates is not None else ():
                block.add(part)
                yield step.done, None
            yield step.done, block.cells() if step.complete else None
            if step.complete or not step.planes:
                block = None
            self._store.check_size(n_samples)

    def _keep(self, kept: _KeptCounts) -> None:
        self._kept = kept if kept.nbytes <= self._max_bytes else None


def as_survey(
    found: EnsembleSums,
    spec: SurveySpec,
    pairs: PairGeometry,
    n_samples: int,
    *,
    by: Measure,
    top: int,
) -> Survey:
    """What was found of all planes."""
    twice = 2 if spec.variant == "permutation" else 1
    return Survey(
        n_samples=n_samples,
        n_dims=pairs.basis.n_dims,
        n_directions=pairs.n_directions,
        n_planes=twice * pairs.n_planes,
        epsilon=spec.epsilon,
        resolution=spec.resolution,
        variant=spec.variant,
        by=by,
        top=top,
        lit=LitPlanes(*found.lit),
        total=found.total,
        squares=found.squares,
        parallel=pairs.parallel,
    )


class _PlaneBlockCounts:
    """Counts of a block of planes, and of their mirror images where they are spec."""

    def __init__(
        self, block: range, spec: SurveySpec, n_directions: int, device: torch.device
    ) -> None:
        self._block, self._epsilon = block, spec.epsilon
        self._grid = AngularGrid.uniform(spec.resolution)
        self._offsets = [0]
        if spec.variant == "permutation":
            self._offsets.append(plane_index.n_planes(n_directions))
        self._tallies = [
            ArcCounter(range(block.start + offset, block.stop + offset), self._grid, device)
            for offset in self._offsets
        ]
        self._lit = torch.zeros(len(block), dtype=torch.bool, device=device)
        # Two sums in one number: to add up twice is what would take longest.
        self._probes = torch.zeros(len(block), dtype=torch.int64, device=device)

    def add(self, candidates: CandidatePairs) -> None:
        """Count candidates."""
        arcs = PlaneArcs.from_candidates(candidates, self._epsilon)
        own, *mirrored = self._tallies
        own.add(arcs)
        for tally in mirrored:
            tally.add(arcs.mirrored(self._offsets[1]))
        place = arcs.planes - self._block.start
        axes, between = arcs.probes()
        self._lit[place] = True
        self._probes.index_add_(0, place, between.mul_(_HIGH).add_(axes))

    def cells(self) -> SparseCounts:
        """All counts."""
        found = [tally.cells() for tally in self._tallies]
        place = self._lit.nonzero().squeeze(1)
        probes = self._probes[place]
        between = torch.div(probes, _HIGH, rounding_mode="floor")
        n = len(self._offsets)
        return SparseCounts(
            torch.cat([index for index, _ in found]),
            torch.cat([change for _, change in found]),
            torch.cat([place + self._block.start + offset for offset in self._offsets]),
            torch.cat([tally.through[place] for tally in self._tallies]),
            (probes - between * _HIGH).repeat(n),
            between.repeat(n),
        )

"""Surveys of all planes, whose counts are kept and extended as samples are appended."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import torch

from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.geometry.plane_index import Variant
from srm_widget.results.column_histograms import ColumnHistograms
from srm_widget.results.survey import Listed, LitPlanes, Survey
from srm_widget.samples.moment_sums import MomentCounter, MomentRun, MomentSums
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.survey.arc_counts import ArcCounter, FourfoldCounter, PlaneArcs
from srm_widget.survey.candidate_pairs import CandidatePairs
from srm_widget.survey.column_counter import ColumnCounter, ColumnCounts
from srm_widget.survey.scores import EnsembleSums, ScoreAccumulator
from srm_widget.survey.search import PlaneSearch
from srm_widget.survey.sparse_counts import SparseCounts
from srm_widget.survey.survey_memory import most_survey_bytes, survey_bytes
from srm_widget.utils.memory import available_bytes

LOW_EPSILON = 0.05
"""ε below which most samples are lit in most planes."""


@dataclass(frozen=True)
class SurveySpec:
    """What a survey counts: ε, K angles, and the planes i < j alone or both orders."""

    epsilon: float
    resolution: int
    variant: Variant


@dataclass
class _KeptCounts:
    """Counts of the first `n_samples`: those of planes in parts no two of which share one."""

    spec: SurveySpec
    n_samples: int
    columns: ColumnCounter
    parts: list[SparseCounts] = field(default_factory=list)

    @property
    def nbytes(self) -> int:
        return sum(each.nbytes for each in self.columns.counts) + sum(
            part.nbytes for part in self.parts
        )


class Surveyor:
    """Surveys all planes of a basis over a store of samples.

    The counts of the last survey are kept if there is room, so that after samples were appended
    only these are surveyed.

    Parameters
    ----------
    store, basis
        Samples and directions; the store may grow.
    pairs
        Geometry of all pairs of directions; None to compute it when it is needed.
    """

    def __init__(self, store: SampleStore, basis: Basis, pairs: PairGeometry | None = None) -> None:
        self._store, self._basis = store, basis
        self._pairs = pairs
        self._moments = MomentCounter()
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
        """Bytes of the counts kept."""
        return 0 if self._kept is None else self._kept.nbytes

    def bound(self, max_bytes: int) -> None:
        """Keep at most `max_bytes` of counts."""
        self._max_bytes = max_bytes
        if self.nbytes > max_bytes:
            self._kept = None

    def forget_pairs(self) -> None:
        """Let go of the geometry of all pairs, which is computed when it is needed."""
        self._pairs = None

    def cost(self, epsilon: float) -> float:
        """Return the cost of a survey: projections to make, or where ε is small arcs to count."""
        m = self._basis.n_directions
        return float(len(self._store) * (plane_index.n_planes(m) if epsilon < LOW_EPSILON else m))

    def bytes(self, spec: SurveySpec) -> int:
        """Return about how many bytes a survey takes at its peak, beyond what is held."""
        needed = survey_bytes(
            self._store,
            self._basis,
            spec.epsilon,
            spec.resolution,
            variant=spec.variant,
            kept=self._max_bytes,
        )
        return needed - (0 if self._pairs is None else self._pairs.nbytes)

    def check_memory(self, spec: SurveySpec) -> None:
        """Raise ``MemoryError`` if a survey takes more than there is left."""
        room = available_bytes()
        if room is None or most_survey_bytes(self._basis, spec.variant) < room:
            return
        needed = self.bytes(spec)
        if needed > room:
            m = self._basis.n_directions
            raise MemoryError(
                f"expected a survey that fits into the {room / 1e9:.1f} GB of memory that are "
                f"left, got one of {plane_index.n_planes(m, spec.variant):,} planes at epsilon="
                f"{spec.epsilon:g}, which takes some {needed / 1e9:.1f} GB; coactive(epsilon=…) "
                "finds the pairs of directions that fire together without it, ensemble(epsilon=…) "
                "the mean over some planes; a larger epsilon or fewer directions take less"
            )

    def check_pairs_memory(self, *, of_each: int = 0) -> None:
        """Raise ``MemoryError`` if there is no room for what is kept of all pairs of directions.

        Parameters
        ----------
        of_each
            Bytes of each pair, beyond the cosine.
        """
        m = self._basis.n_directions
        held = self._basis.is_standard or self._pairs is not None
        needed = (0 if held else 8 * m * m) + of_each * plane_index.n_planes(m)
        if needed == 0:
            return
        room = available_bytes()
        if room is not None and needed > room:
            raise MemoryError(
                f"expected directions whose pairs fit into the {room / 1e9:.1f} GB of memory that "
                f"are left, got {m:,}, of which all {plane_index.n_planes(m):,} pairs take "
                f"{needed / 1e9:.1f} GB at least; coactive(epsilon=…) finds the pairs that fire "
                "together without it, ensemble(epsilon=…) the mean over some planes; fewer "
                "directions take less"
            )

    def checked_pairs(self, *, of_each: int = 0) -> PairGeometry:
        """Return the pairs of directions.

        Raises
        ------
        ValueError
            If none spans a plane.
        MemoryError
            If there is no room for all of them, with `of_each` bytes more for each.
        """
        self.check_pairs_memory(of_each=of_each)
        if self.pairs.n_planes == 0:
            raise ValueError(f"expected at least one plane, got {self._basis.no_plane_text}")
        return self.pairs

    def survey(self, spec: SurveySpec, listed: Listed) -> Generator[float, None, Survey]:
        """Survey all planes in short steps: yields the share done, rising to 1; returns the survey.

        Raises
        ------
        RuntimeError
            If samples are appended between steps.
        """
        kept, n_samples = self._kept, len(self._store)
        scores, columns = ScoreAccumulator(spec.resolution), self._column_counter(spec)
        if kept is not None and kept.spec == spec:
            counts = SparseCounts.join(kept.parts)
            columns.counts = columns.counts.plus(kept.columns.counts)
            if kept.n_samples < n_samples:
                new_counts = yield from self._count_all(spec, kept.n_samples, columns)
                counts = counts.merge(new_counts)
            scores.add(counts)
            yield 1.0
            self._keep(_KeptCounts(spec, n_samples, columns, [counts]))
        else:
            to_keep = _KeptCounts(spec, n_samples, columns)
            for share, block in self._count_blocks(spec, 0, columns, self._moment_run(0)):
                if block is not None:
                    scores.add(block)
                    if to_keep.nbytes <= self._max_bytes:
                        to_keep.parts.append(block)
                yield share
            self._keep(to_keep)
        moments = yield from self.moment_steps()
        return as_survey(
            scores.ensemble(),
            spec,
            self.pairs,
            columns.histograms(n_samples),
            moments=moments,
            listed=listed,
            preparation=self._store.preparation_text,
        )

    def moment_steps(self) -> Generator[float, None, MomentSums]:
        """Sum the fourth moments of all samples in short steps; 0 if the basis is not orthonormal.

        What is summed is kept. Yields the share done of what is left.
        """
        if self._basis.is_orthonormal:
            while self._moments.n_samples < len(self._store):
                yield from self._moments.extend(self._store, self._basis)
        return self._moments.sums

    def lit_steps(
        self, spec: SurveySpec
    ) -> Generator[float, None, tuple[LitPlanes, ColumnHistograms]]:
        """Count all planes in short steps, and keep what a survey has of each; no moments.

        Yields the share done.
        """
        scores, columns = ScoreAccumulator(spec.resolution), self._column_counter(spec)
        for share, block in self._count_blocks(spec, 0, columns, None):
            if block is not None:
                scores.add(block)
            yield share
        return LitPlanes(*scores.ensemble().lit), columns.histograms(len(self._store))

    def count_steps(
        self, spec: SurveySpec
    ) -> Generator[float, None, tuple[SparseCounts, ColumnCounts]]:
        """Count all planes in short steps, to be added to other counts; nothing is kept.

        Yields the share done; returns the counts, each cell once and without zeros, and the
        projections on every direction.
        """
        columns = self._column_counter(spec)
        counts = yield from self._count_all(spec, 0, columns)
        return counts.coalesce(), columns.counts

    def column_histograms_steps(
        self, epsilon: float, basis: Basis
    ) -> Generator[float, None, ColumnHistograms]:
        """Count the projections on every direction of a basis, as a survey at ε does.

        Yields the share done.
        """
        counter = ColumnCounter(basis, epsilon, self._store.device)
        projections = Projections(self._store, basis, self._store.dtype)
        for share, first, _, projected in projections.rows(0):
            counter.add_all(first, projected)
            yield share
        return counter.histograms(len(self._store))

    def _column_counter(self, spec: SurveySpec) -> ColumnCounter:
        return ColumnCounter(self._basis, spec.epsilon, self._store.device)

    def _count_all(
        self, spec: SurveySpec, since: int, columns: ColumnCounter
    ) -> Generator[float, None, SparseCounts]:
        blocks = []
        moments = self._moment_run(since)
        for share, block in self._count_blocks(spec, since, columns, moments):
            if block is not None:
                blocks.append(block)
            yield share
        return SparseCounts.join(blocks)

    def _moment_run(self, since: int) -> MomentRun | None:
        """Return a run over the samples from `since` on if their moments are to be summed.

        A search reads all projections as well: it is done beside one.
        """
        if self._basis.is_orthonormal and self._moments.n_samples == since < len(self._store):
            return MomentRun(self._moments, self._store, self._basis)
        return None

    def _count_blocks(
        self, spec: SurveySpec, since: int, columns: ColumnCounter, moments: MomentRun | None
    ) -> Iterator[tuple[float, SparseCounts | None]]:
        """Yield the share done, and the counts of blocks of planes as they are complete."""
        n_samples = len(self._store)
        watch = None if moments is None else moments.add
        search = PlaneSearch(
            self._store, self.pairs, spec.epsilon, since, watch=watch, columns=columns
        )
        block: _PlaneBlockCounts | None = None
        for step in search.steps():
            if block is None:
                block = _PlaneBlockCounts(
                    step.planes, spec, self._basis.n_directions, self._store.device
                )
            for candidates in step.split_candidates():
                block.add(candidates)
                yield step.done, None
            yield step.done, block.counts() if step.complete else None
            if step.complete or not step.planes:
                block = None
            self._store.check_size(n_samples)
        if moments is not None:
            moments.finish()

    def _keep(self, kept: _KeptCounts) -> None:
        self._kept = kept if kept.nbytes <= self._max_bytes else None


def as_survey(
    ensemble: EnsembleSums,
    spec: SurveySpec,
    pairs: PairGeometry,
    columns: ColumnHistograms,
    *,
    moments: MomentSums,
    listed: Listed,
    preparation: str,
) -> Survey:
    """Return the survey of all planes that `ensemble` sums up."""
    of_layer = moments.moments(pairs.n_directions) if pairs.basis.is_orthonormal else None
    orders = 2 if spec.variant == "permutation" else 1
    return Survey(
        n_samples=columns.n_samples,
        basis=pairs.basis,
        n_planes=orders * pairs.n_planes,
        epsilon=spec.epsilon,
        resolution=spec.resolution,
        variant=spec.variant,
        by=listed.by,
        top=listed.top,
        per_direction=listed.per_direction,
        lit=LitPlanes(*ensemble.lit),
        columns=columns,
        total=ensemble.total,
        squares=ensemble.squares,
        histogram=ensemble.histogram,
        parallel=pairs.parallel,
        fourth_moment_alignment=None if of_layer is None else float(of_layer.alignment),
        participation=None if of_layer is None else float(of_layer.participation),
        preparation=preparation,
    )


class _PlaneBlockCounts:
    """Counts of a block of planes, and with variant="permutation" of their mirror images."""

    def __init__(
        self, block: range, spec: SurveySpec, n_directions: int, device: torch.device
    ) -> None:
        self._block, self._epsilon = block, spec.epsilon
        self._grid = AngularGrid.uniform(spec.resolution)
        self._offsets = [0]
        if spec.variant == "permutation":
            self._offsets.append(plane_index.n_planes(n_directions))
        self._counters = [
            ArcCounter(range(block.start + offset, block.stop + offset), self._grid, device)
            for offset in self._offsets
        ]
        self._fourfold = FourfoldCounter(block, device)

    def add(self, candidates: CandidatePairs) -> None:
        """Count candidates."""
        arcs = PlaneArcs.from_candidates(candidates, self._epsilon)
        own, *mirrored = self._counters
        own.add(arcs)
        for counter in mirrored:
            counter.add(arcs.mirrored(self._offsets[1]))
        self._fourfold.add(arcs.planes, arcs.fourfold)

    def counts(self) -> SparseCounts:
        """Return the counts of all planes that are lit."""
        changes = [counter.changes() for counter in self._counters]
        sums = self._fourfold.columns()
        lit = sums[0].nonzero().squeeze(1)
        n = len(self._offsets)
        return SparseCounts(
            torch.cat([cell for cell, _ in changes]),
            torch.cat([change for _, change in changes]),
            torch.cat([lit + self._block.start + offset for offset in self._offsets]),
            torch.cat([counter.through[lit] for counter in self._counters]),
            *(column[lit].repeat(n) for column in sums),
        )

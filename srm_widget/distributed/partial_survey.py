"""Partial surveys: counts of some samples in some planes, which add up to those of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from srm_widget.concurrency.generators import run
from srm_widget.geometry import plane_index
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.moment_sums import MomentSums
from srm_widget.samples.store import SampleStore
from srm_widget.survey.column_counter import ColumnCounter, ColumnCounts
from srm_widget.survey.scores import EnsembleSums, ScoreAccumulator
from srm_widget.survey.sparse_counts import SparseCounts
from srm_widget.survey.surveyor import Surveyor, SurveySpec


@dataclass(frozen=True, eq=False)
class PartialSurvey:
    """Survey counts of some samples in a range of planes.

    Adding them is associative and commutative: they are integers, sorted by plane and angle,
    without zeros.

    Attributes
    ----------
    n_samples, n_short
        Samples counted; those of them that are shorter than the least norm.
    moments
        Sums of their fourth moments.
    columns
        Their projections on every direction; of the ranges of planes of the same samples only the
        first has them.
    counts
        Sparse counts of these planes.
    """

    n_samples: int
    n_short: int
    moments: MomentSums
    columns: ColumnCounts | None
    counts: SparseCounts

    @staticmethod
    def count(
        store: SampleStore, pairs: PairGeometry, spec: SurveySpec, n_blocks: int
    ) -> "list[PartialSurvey]":
        """Count the samples of `store` in all planes, as one part for each of `n_blocks` ranges."""
        counts, moments = SparseCounts.empty(store.device), MomentSums()
        columns = ColumnCounter(pairs.basis, spec.epsilon, store.device).counts
        if len(store):
            surveyor = Surveyor(store, pairs.basis, pairs)
            counts, columns = run(surveyor.count_steps(spec))
            moments = run(surveyor.moment_steps())
        ranges = plane_ranges(pairs.n_directions, spec, n_blocks)
        return [
            PartialSurvey(
                len(store),
                store.n_short,
                moments,
                None if k else columns,
                counts.within(block, spec.resolution),
            )
            for k, block in enumerate(ranges)
        ]

    @staticmethod
    def total(parts: "Sequence[PartialSurvey]") -> "PartialSurvey":
        """Return the counts of the samples of all parts, in the same planes."""
        n_samples = sum(part.n_samples for part in parts)
        n_short = sum(part.n_short for part in parts)
        moments = reduce(MomentSums.plus, (part.moments for part in parts))
        counts = SparseCounts.total([part.counts for part in parts])
        known = [part.columns for part in parts if part.columns is not None]
        columns = reduce(ColumnCounts.plus, known) if known else None
        return PartialSurvey(n_samples, n_short, moments, columns, counts)

    def ensemble(self, spec: SurveySpec) -> EnsembleSums:
        """Return the sums and scores of these planes, once all samples are counted."""
        scores = ScoreAccumulator(spec.resolution)
        if len(self.counts.planes):
            scores.add(self.counts)
        return scores.ensemble()


def plane_ranges(n_directions: int, spec: SurveySpec, n_blocks: int) -> list[range]:
    """Return `n_blocks` ranges of plane positions that cover all planes in order."""
    n = plane_index.n_planes(n_directions, spec.variant)
    ends = [n * k // n_blocks for k in range(n_blocks + 1)]
    return [range(low, high) for low, high in pairwise(ends)]

"""Parts of a survey: counts of some samples in some planes, which add up to those of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from srm_widget.concurrency.generators import run
from srm_widget.geometry import plane_index as planes
from srm_widget.geometry.pair_geometry import Pairs
from srm_widget.samples.store import SampleStore
from srm_widget.survey.scores import Ensemble, Scores
from srm_widget.survey.sparse_counts import Cells
from srm_widget.survey.surveyor import Surveyor, Wanted


@dataclass(frozen=True, eq=False)
class Part:
    """Counts of some samples in a range of planes.

    Adding parts is associative and commutative: they hold whole numbers, sorted by plane and angle,
    without zeros.

    Attributes
    ----------
    n_samples
        Samples counted.
    cells
        Where the counts of these planes change.
    """

    n_samples: int
    cells: Cells

    @staticmethod
    def of(store: SampleStore, pairs: Pairs, wanted: Wanted, n_blocks: int) -> "list[Part]":
        """Count the samples of `store` in all planes, cut into `n_blocks` ranges of them."""
        cells = Cells.none(store.device)
        if len(store):
            surveyor = Surveyor(store, pairs.basis, pairs)
            cells = run(surveyor.cells(wanted))
        ranges = plane_ranges(pairs.n_directions, wanted, n_blocks)
        return [Part(len(store), cells.within(block, wanted.resolution)) for block in ranges]

    @staticmethod
    def total(parts: "Sequence[Part]") -> "Part":
        """Counts of the samples of all parts, in the same planes."""
        n_samples = sum(part.n_samples for part in parts)
        return Part(n_samples, Cells.added([part.cells for part in parts]))

    def ensemble(self, wanted: Wanted) -> Ensemble:
        """What a survey says of these planes, once all samples are counted."""
        scores = Scores(wanted.resolution)
        if len(self.cells.planes):
            scores.add(self.cells)
        return scores.ensemble()


def plane_ranges(n_directions: int, wanted: Wanted, n_blocks: int) -> list[range]:
    """`n_blocks` ranges of plane positions, all planes in turn."""
    n = planes.count(n_directions, wanted.variant)
    ends = [n * k // n_blocks for k in range(n_blocks + 1)]
    return [range(low, high) for low, high in pairwise(ends)]

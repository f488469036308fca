"""Totals: integer counts of planes × ε × angles that add up, and the results read from them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget.concurrency.generators import run
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.geometry.plane_index import n_planes
from srm_widget.results.column_histograms import ColumnHistograms
from srm_widget.results.curves import MIRRORED_PROBES, Resonance
from srm_widget.results.survey import Listed, Survey
from srm_widget.samples.coordinates import PlaneCoordinates
from srm_widget.samples.moment_sums import MomentSums
from srm_widget.samples.store import SampleStore
from srm_widget.streaming.plan import CountPlan
from srm_widget.survey.arc_counts import PlaneArcs, add_at
from srm_widget.survey.column_counter import ColumnCounter, ColumnCounts
from srm_widget.survey.scores import ScoreAccumulator
from srm_widget.survey.search import PlaneSearch
from srm_widget.survey.sparse_counts import SparseCounts
from srm_widget.survey.surveyor import Surveyor, SurveySpec, as_survey


class Totals(NamedTuple):
    """Counts at E levels of ε, of P planes, at every angle; each entry is a sum over samples.

    Attributes
    ----------
    changes
        (E, P, G + 1), change of the count from each of the G angles of the plan's grid to the next;
        the last column is what changes after the last angle.
    through
        (E, P), samples lit on an arc through the angle 0: the counts begin with these.
    lit, between
        (E, P), samples lit at some angle; those of them that stand between two directions.
    fourfold
        (E, P), Σ cos 4φ over the lit samples in units of 2⁻²⁴: what the alignment is made of.
    probes
        (E, P, 8), samples lit at the basis directions 0, α, π, π + α, and at the four bisectors.
    columns, parts
        Projections on every direction, as in `ColumnCounts`; without bins if not all planes are
        counted.
    moments
        (2,), sums of fourth moments, as `MomentSums`; 0 if the basis is not orthonormal.
    samples
        (4,), N, rows of zeros among them, rows left out, and those of the rows of zeros that are
        only shorter than the least norm.
    """

    changes: Int64[Tensor, "levels planes cells"]
    through: Int64[Tensor, "levels planes"]
    lit: Int64[Tensor, "levels planes"]
    between: Int64[Tensor, "levels planes"]
    fourfold: Int64[Tensor, "levels planes"]
    probes: Int64[Tensor, "levels planes 8"]
    columns: Int64[Tensor, "2 directions bins"]
    parts: Int64[Tensor, "2 parts"]
    moments: Int64[Tensor, "2"]
    samples: Int64[Tensor, "4"]

    @staticmethod
    def zeros(plan: CountPlan, device: torch.device) -> "Totals":
        """Return the counts of no samples."""
        size = len(plan.epsilons), plan.n_planes
        columns: list[tuple[int, ...]] = [(0, 0, 0), (0, 0)]
        if plan.chosen is None:
            counter = ColumnCounter(plan.pairs.basis, min(plan.epsilons), device)
            columns = [tuple(each.shape) for each in counter.counts]
        of_planes = (*size, len(plan.grid) + 1), size, size, size, size, (*size, 8)
        shapes = *of_planes, *columns, (2,), (4,)
        return Totals(*(torch.zeros(s, dtype=torch.int64, device=device) for s in shapes))

    def add_samples(self, store: SampleStore, plan: CountPlan) -> None:
        """Count the samples of `store`."""
        if len(store):
            if plan.chosen is None:
                found = _arcs_of_all(store, plan, self._column_counter(plan))
            else:
                found = _arcs_of_chosen(store, plan.pairs.basis, plan)
            for arcs, level in found:
                self._add(arcs, level, plan)
            sums = run(Surveyor(store, plan.pairs.basis, plan.pairs).moment_steps())
            self.moments.add_(torch.tensor(sums, device=self.moments.device))
        n_rows = [len(store), store.n_zero, store.n_dropped, store.n_short]
        self.samples.add_(torch.tensor(n_rows, device=self.samples.device))

    def add(self, other: "Totals") -> None:
        """Add the counts of others by the same plan."""
        for mine, theirs in zip(self, other, strict=True):
            mine.add_(theirs.to(mine.device))

    def counts(self, level: int, rows: slice = slice(None)) -> Int64[np.ndarray, "planes angles"]:
        """Return the lit samples of all planes or some `rows`, (P, G), at the plan's grid."""
        changes = self.changes[level, rows, :-1]
        return changes.cumsum(1).add_(self.through[level, rows, None]).cpu().numpy()

    def alignments(self) -> Float64[Tensor, " levels"]:
        """Return A(ε) of all planes counted, together, at every level of ε."""
        return self.fourfold.sum(dim=1) / (self.lit.sum(dim=1).double() * FOURFOLD_UNIT)

    @property
    def moment_sums(self) -> MomentSums:
        """Sums of the samples' fourth moments."""
        return MomentSums(*self.moments.tolist())

    def histograms(self, plan: CountPlan) -> ColumnHistograms:
        """Return the histograms of the projections on every direction."""
        return self._column_counter(plan).histograms(int(self.samples[0]))

    def _column_counter(self, plan: CountPlan) -> ColumnCounter:
        least = min(plan.epsilons)
        counts = ColumnCounts(self.columns, self.parts)
        return ColumnCounter(plan.pairs.basis, least, self.columns.device, counts)

    def _add(self, arcs: PlaneArcs, level: int, plan: CountPlan) -> None:
        """Add the lit arcs of some samples at one level of ε."""
        width = len(plan.grid) + 1
        first, after = plan.grid.bins(arcs.start, arcs.stop)
        row_start = arcs.planes * width
        changes = self.changes[level].view(-1)
        add_at(changes, first.add_(row_start))
        add_at(changes, after.add_(row_start), -1)
        add_at(self.through[level], arcs.planes[arcs.start > arcs.stop])
        add_at(self.lit[level], arcs.planes)
        add_at(self.between[level], arcs.planes[arcs.fourfold < 0])
        self.fourfold[level].index_add_(0, arcs.planes, arcs.fourfold.long())
        probes, row_start = self.probes[level].view(-1), arcs.planes * 8
        for k, covered in enumerate(arcs.covered_probes()):
            add_at(probes, row_start[covered] + k)


def _arcs_of_all(
    store: SampleStore, plan: CountPlan, columns: ColumnCounter
) -> Iterator[tuple[PlaneArcs, int]]:
    """Yield lit arcs, under the row of their plane, with the level of ε that lights them."""
    mirror = n_planes(plan.pairs.n_directions) if plan.variant == "permutation" else None
    # A sample that is lit at one ε is lit at every lower one.
    search = PlaneSearch(store, plan.pairs, min(plan.epsilons), columns=columns)
    for step in search.steps():
        for candidates in step.split_candidates():
            for level, epsilon in enumerate(plan.epsilons):
                arcs = PlaneArcs.from_candidates(candidates, epsilon)
                yield arcs, level
                if mirror is not None:
                    yield arcs.mirrored(mirror), level


def _arcs_of_chosen(
    store: SampleStore, basis: Basis, plan: CountPlan
) -> Iterator[tuple[PlaneArcs, int]]:
    """Yield the same for a plan of chosen planes, one plane after another."""
    coordinates = PlaneCoordinates(store, basis)
    coordinates.bound(store.nbytes)
    for row, (i, j) in enumerate(plan.planes.tolist()):
        low, high = sorted((i, j))
        plane = basis.plane(low, high)
        for _, a, c in coordinates.pieces(plane):
            for level, epsilon in enumerate(plan.epsilons):
                arcs = PlaneArcs.in_plane(row, a, c, plane.alpha, epsilon)
                yield arcs if i < j else arcs.mirrored(0), level


def resonance_of(totals: Totals, plan: CountPlan, level: int) -> Resonance:
    """Return the resonance at one level of ε of all planes counted that there are."""
    rows = plan.existing
    return _resonance(totals, plan, level, rows, counts=totals.counts(level)[rows])


def curve_of(totals: Totals, plan: CountPlan, level: int, row: int, mirrored: bool) -> Resonance:
    """Return the resonance at one level of ε of the plane in one row, or of its mirror image.

    Raises
    ------
    ValueError
        If the angles of the mirror image were not counted.
    """
    one = slice(row, row + 1)
    planes = plan.planes[one]
    counts = totals.counts(level, one)
    if mirrored:
        alpha = float(plan.pairs.alphas(planes)[0])
        mirrored_angles = plan.grid.positions(alpha - plan.grid.angles)
        if mirrored_angles is None:
            j, i = planes[0].tolist()
            raise ValueError(
                f"expected a plane in the order it was counted in, ({j}, {i}), got ({i}, {j}), its "
                "mirror image at other angles; variant='permutation' counts both"
            )
        counts = counts[:, mirrored_angles]
    found = _resonance(totals, plan, level, one, counts=counts)
    if not mirrored:
        return found
    return replace(found, planes=planes[:, ::-1], probes=found.probes[:, MIRRORED_PROBES])


def survey_of(totals: Totals, plan: CountPlan, level: int, listed: Listed) -> Survey:
    """Return the survey of all planes at one level of ε."""
    counts = torch.from_numpy(totals.counts(level)[:, :: _stride(plan)])
    through = totals.through[level].cpu()[:, None]
    ends = torch.cat([through, counts, through], dim=1)
    changes = ends.diff(dim=1)
    lit = totals.lit[level].cpu().nonzero().squeeze(1)
    sums = (part[level].cpu()[lit] for part in (totals.lit, totals.between, totals.fourfold))
    cell = changes.flatten().nonzero().squeeze(1)
    scores = ScoreAccumulator(plan.resolution)
    if len(lit):
        change = changes.flatten()[cell]
        scores.add(SparseCounts(cell, change, lit, through[lit, 0], *sums))
    spec = SurveySpec(plan.epsilons[level], plan.resolution, plan.variant)
    return as_survey(
        scores.ensemble(),
        spec,
        plan.pairs,
        totals.histograms(plan),
        moments=totals.moment_sums,
        listed=listed,
        preparation=plan.preparation.text(int(totals.samples[-1])),
    )


def _stride(plan: CountPlan) -> int:
    """Return how many angles of the grid counted at there are to each angle of the result."""
    return len(plan.grid) // plan.resolution


def _resonance(
    totals: Totals,
    plan: CountPlan,
    level: int,
    rows: slice | Int64[np.ndarray, " planes"],
    *,
    counts: Int64[np.ndarray, "planes cells"],
) -> Resonance:
    """Return the result of some rows at one level of ε; `counts` are at the plan's own grid."""
    planes = plan.planes[rows]
    probes, n_lit, n_between, fourfold = (
        part[level].cpu().numpy()[rows]
        for part in (totals.probes, totals.lit, totals.between, totals.fourfold)
    )
    n_samples, n_zero, n_dropped, n_short = totals.samples.tolist()
    opposite = np.roll(counts, -(counts.shape[1] // 2), axis=1)
    stride = _stride(plan)
    return Resonance(
        planes=planes,
        angles=plan.angles.angles,
        counts=np.ascontiguousarray(counts[:, ::stride]),
        opposite=np.ascontiguousarray(opposite[:, ::stride]),
        probes=probes,
        n_lit=n_lit,
        n_between=n_between,
        fourfold=fourfold,
        n_samples=n_samples,
        n_dims=plan.pairs.basis.n_dims,
        n_zero=n_zero,
        n_dropped=n_dropped,
        epsilon=plan.epsilons[level],
        basis_angles=plan.pairs.alphas(planes),
        n_short=n_short,
        preparation=plan.preparation.text(n_short),
    )

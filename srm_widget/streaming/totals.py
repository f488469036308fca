"""Integer counts of planes × ε × angles that add up: over batches, processes and machines."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.geometry.plane_index import count
from srm_widget.samples.activations import checked_width, computing_dtype
from srm_widget.samples.coordinates import Coordinates
from srm_widget.samples.store import NanPolicy, SampleStore
from srm_widget.streaming.plan import CountPlan
from srm_widget.survey.arc_counts import LitArcs, add_one
from srm_widget.survey.search import Search

_ARCS_AT_ONCE = 1 << 17


class Totals(NamedTuple):
    """Counts of E levels of ε, P planes and K angles; every entry is a sum over samples.

    Attributes
    ----------
    changes
        How much the count at each angle differs from that at the angle before; the last column is
        what is left at the end of the turn.
    through
        Samples lit on an arc through the angle 0: with these the counts begin.
    lit
        Samples lit at some angle.
    probes
        Samples lit at the basis directions 0, α, π, π + α, and at the bisectors between them.
    samples
        N, rows of zeros among them, and rows left out.
    """

    changes: Int64[Tensor, "levels planes cells"]
    through: Int64[Tensor, "levels planes"]
    lit: Int64[Tensor, "levels planes"]
    probes: Int64[Tensor, "levels planes 8"]
    samples: Int64[Tensor, "3"]

    @staticmethod
    def nothing(plan: CountPlan, device: torch.device) -> "Totals":
        """Counts of no samples."""
        size = len(plan.epsilons), plan.n_planes
        shapes = (*size, len(plan.grid) + 1), size, size, (*size, 8), (3,)
        return Totals(*(torch.zeros(s, dtype=torch.int64, device=device) for s in shapes))

    def add_samples(self, store: SampleStore, plan: CountPlan) -> None:
        """Count the samples of `store`."""
        if len(store):
            for arcs, level in _arcs(store, plan):
                self._add(arcs, level, plan)
        facts = [len(store), store.n_zero, store.n_dropped]
        self.samples.add_(torch.tensor(facts, device=self.samples.device))

    def add(self, other: "Totals") -> None:
        """Add what others counted by the same plan."""
        for mine, theirs in zip(self, other, strict=True):
            mine.add_(theirs.to(mine.device))

    def counts(self, level: int, rows: slice = slice(None)) -> Int64[np.ndarray, "planes angles"]:
        """Lit samples of all planes, or those in some `rows`, at the angles of the plan's grid."""
        changes = self.changes[level, rows, :-1]
        return changes.cumsum(1).add_(self.through[level, rows, None]).cpu().numpy()

    def _add(self, arcs: LitArcs, level: int, plan: CountPlan) -> None:
        width = len(plan.grid) + 1
        first, after = plan.grid.bins(arcs.start, arcs.stop)
        origin = arcs.planes * width
        changes = self.changes[level].view(-1)
        add_one(changes, first.add_(origin))
        add_one(changes, after.add_(origin), -1)
        add_one(self.through[level], arcs.planes[arcs.start > arcs.stop])
        add_one(self.lit[level], arcs.planes)
        probes, place = self.probes[level].view(-1), arcs.planes * 8
        for k, covered in enumerate(arcs.covered_probes()):
            add_one(probes, place[covered] + k)


def _arcs(store: SampleStore, plan: CountPlan) -> Iterator[tuple[LitArcs, int]]:
    """Lit arcs, by the row of their plane, and the level of ε that lights them."""
    if plan.chosen is not None:
        yield from _chosen(store, plan.pairs.basis, plan)
        return
    mirror = count(plan.pairs.n_directions) if plan.variant == "permutation" else None
    # What is lit at one ε is lit at every lower one.
    for step in Search(store, plan.pairs, min(plan.epsilons)).steps():
        for hits in step.hits.split(_ARCS_AT_ONCE) if step.hits is not None else ():
            for level, epsilon in enumerate(plan.epsilons):
                arcs = LitArcs.of(hits, epsilon)
                yield arcs, level
                if mirror is not None:
                    yield arcs.mirrored(mirror), level


def _chosen(store: SampleStore, basis: Basis, plan: CountPlan) -> Iterator[tuple[LitArcs, int]]:
    coordinates = Coordinates(store, basis)
    coordinates.bound(store.nbytes)
    for row, (i, j) in enumerate(plan.planes.tolist()):
        low, high = sorted((i, j))
        plane = basis.plane(low, high)
        for _, a, c in coordinates.pieces(plane):
            for level, epsilon in enumerate(plan.epsilons):
                arcs = LitArcs.in_plane(row, a, c, plane.alpha, epsilon)
                yield arcs if i < j else arcs.mirrored(0), level


def stored(
    values: Tensor | np.ndarray,
    basis: Basis,
    device: torch.device,
    dtype: torch.dtype | None,
    nan_policy: NanPolicy,
) -> SampleStore:
    """Return activations as unit samples, as wide as `basis`, or an error."""
    checked_width(values, basis.n_dims, basis.n_directions)
    store = SampleStore(basis.n_dims, dtype or computing_dtype(values), device)
    store.append(values, nan_policy)
    return store

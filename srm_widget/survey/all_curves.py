"""Curves of all planes at once."""

import math
from collections.abc import Generator

import numpy as np
import torch
from jaxtyping import Int64

from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid, wrap
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.geometry.plane_index import Variant
from srm_widget.results.curves import MIRRORED_PROBES, Resonance
from srm_widget.samples.store import SampleStore
from srm_widget.survey.arc_counts import ArcCounter, PlaneArcs, add_at
from srm_widget.survey.search import PlaneSearch, SearchStep

_CANDIDATES_AT_ONCE = 1 << 17


def all_curves(
    store: SampleStore,
    pairs: PairGeometry,
    epsilon: float,
    grid: AngularGrid,
    variant: Variant,
) -> Generator[float, None, Resonance]:
    """Resonance of all planes that exist, in lexicographic order; yields the share done."""
    n_samples = len(store)
    grids = [grid]
    if grid.resolution is None or grid.resolution % 2:
        grids.append(AngularGrid.at(wrap(grid.angles + math.pi)))
    curves = _CurveTable(pairs.n_directions, grids, variant)
    for step in PlaneSearch(store, pairs, epsilon).steps():
        if step.planes:
            curves.take(step, epsilon, store.device)
        yield step.done
        store.check_size(n_samples)
    planes = plane_index.all_pairs(pairs.n_directions, variant)
    parallel = {frozenset(pair) for pair in pairs.parallel}
    if parallel:
        planes = np.array([pair for pair in planes if frozenset(pair.tolist()) not in parallel])
    counts, opposite, probes = curves.rows(planes)
    return Resonance(
        planes=planes,
        angles=grid.angles,
        counts=counts,
        opposite=opposite,
        probes=probes,
        n_samples=len(store),
        n_dims=pairs.basis.n_dims,
        n_zero=store.n_zero,
        n_dropped=store.n_dropped,
        epsilon=epsilon,
        basis_angles=pairs.alphas(planes),
    )


class _CurveTable:
    """Counts of all planes i < j by position, then of their mirror images if they are wanted."""

    def __init__(self, m: int, grids: list[AngularGrid], variant: Variant) -> None:
        self._m, self._n_pairs = m, plane_index.n_planes(m)
        self._offsets = [0] if variant == "combination" else [0, self._n_pairs]
        self._grids = grids
        n = len(self._offsets) * self._n_pairs
        self._counts = [np.zeros((n, len(grid)), dtype=np.int64) for grid in grids]
        self._probes = np.zeros((self._n_pairs, 8), dtype=np.int64)
        self._tallies: list[list[ArcCounter]] = []
        self._lit = torch.empty(0)

    def take(self, step: SearchStep, epsilon: float, device: torch.device) -> None:
        """Count the candidates of a step, and write down the counts of planes that are complete."""
        if not self._tallies:
            shifted = [range(step.planes.start + k, step.planes.stop + k) for k in self._offsets]
            self._tallies = [[ArcCounter(s, grid, device) for grid in self._grids] for s in shifted]
            self._lit = torch.zeros((8, len(step.planes)), dtype=torch.int64, device=device)
        if step.candidates is not None:
            for part in step.candidates.split(_CANDIDATES_AT_ONCE):
                self._add(PlaneArcs.from_candidates(part, epsilon), step.planes)
        if step.complete:
            for tallies in self._tallies:
                for tally, counts in zip(tallies, self._counts, strict=True):
                    tally.write(counts)
            self._probes[step.planes.start : step.planes.stop] = self._lit.T.cpu().numpy()
            self._tallies = []

    def _add(self, arcs: PlaneArcs, block: range) -> None:
        for offset, tallies in zip(self._offsets, self._tallies, strict=True):
            turned = arcs.mirrored(offset) if offset else arcs
            for tally in tallies:
                tally.add(turned)
        place = arcs.planes - block.start
        for k, covered in enumerate(arcs.covered_probes()):
            add_at(self._lit[k], place[covered])

    def rows(
        self, planes: Int64[np.ndarray, "planes 2"]
    ) -> tuple[
        Int64[np.ndarray, "planes angles"],
        Int64[np.ndarray, "planes angles"],
        Int64[np.ndarray, "planes 8"],
    ]:
        """Counts, counts at the opposite angles, and at the probes, of these planes."""
        low, high = planes.min(axis=1), planes.max(axis=1)
        position = plane_index.first_positions(low, self._m) + high - low - 1
        mirrored = planes[:, 0] > planes[:, 1]
        row = position + mirrored * self._n_pairs
        ordered = len(row) == len(self._counts[0]) and bool((np.diff(row) > 0).all())
        counts = [part if ordered else part[row] for part in self._counts]
        if len(counts) == 1:
            counts.append(np.roll(counts[0], -(counts[0].shape[1] // 2), axis=1))
        probes = self._probes[position]
        probes[mirrored] = probes[mirrored][:, MIRRORED_PROBES]
        return counts[0], counts[1], probes

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
from srm_widget.survey.arc_counts import ArcCounter, FourfoldCounter, PlaneArcs, add_at
from srm_widget.survey.search import PlaneSearch, SearchStep


def all_curves(
    store: SampleStore,
    pairs: PairGeometry,
    epsilon: float,
    grid: AngularGrid,
    variant: Variant,
) -> Generator[float, None, Resonance]:
    """Compute the resonance of all planes that exist, in short steps.

    Yields the share done; returns a row for each plane, in lexicographic order.
    """
    n_samples = len(store)
    grids = [grid]
    if grid.resolution is None or grid.resolution % 2:
        grids.append(AngularGrid.at(wrap(grid.angles + math.pi)))
    curves = _CurveTable(pairs.n_directions, grids, variant)
    for step in PlaneSearch(store, pairs, epsilon).steps():
        if step.planes:
            curves.add(step, epsilon, store.device)
        yield step.done
        store.check_size(n_samples)
    planes = spanned_planes(pairs, variant)
    counts, opposite, probes, (n_lit, n_between, fourfold) = curves.rows(planes)
    return Resonance(
        planes=planes,
        angles=grid.angles,
        counts=counts,
        opposite=opposite,
        probes=probes,
        n_lit=n_lit,
        n_between=n_between,
        fourfold=fourfold,
        n_samples=len(store),
        n_dims=pairs.basis.n_dims,
        n_zero=store.n_zero,
        n_dropped=store.n_dropped,
        epsilon=epsilon,
        basis_angles=pairs.alphas(planes),
        n_short=store.n_short,
        preparation=store.preparation_text,
    )


def spanned_planes(pairs: PairGeometry, variant: Variant) -> Int64[np.ndarray, "planes 2"]:
    """Return all planes that exist, in lexicographic order."""
    planes = plane_index.all_pairs(pairs.n_directions, variant)
    return planes[pairs.spans(planes)] if pairs.n_skipped else planes


class _CurveTable:
    """Counts of all planes i < j by position, then with "permutation" of their mirror images."""

    def __init__(self, m: int, grids: list[AngularGrid], variant: Variant) -> None:
        self._m, self._n_pairs = m, plane_index.n_planes(m)
        self._offsets = [0] if variant == "combination" else [0, self._n_pairs]
        self._grids = grids
        n = len(self._offsets) * self._n_pairs
        self._counts = [np.zeros((n, len(grid)), dtype=np.int64) for grid in grids]
        self._probes = np.zeros((self._n_pairs, 8), dtype=np.int64)
        self._sums = np.zeros((3, self._n_pairs), dtype=np.int64)
        self._counters: list[list[ArcCounter]] = []
        self._probe_counts = torch.empty(0)
        self._fourfold = FourfoldCounter(range(0), torch.device("cpu"))

    def add(self, step: SearchStep, epsilon: float, device: torch.device) -> None:
        """Count the candidates of a step, and write the counts of planes that are complete."""
        if not self._counters:
            blocks = [range(step.planes.start + k, step.planes.stop + k) for k in self._offsets]
            self._counters = [
                [ArcCounter(block, grid, device) for grid in self._grids] for block in blocks
            ]
            self._probe_counts = torch.zeros(
                (8, len(step.planes)), dtype=torch.int64, device=device
            )
            self._fourfold = FourfoldCounter(step.planes, device)
        for candidates in step.split_candidates():
            self._add(PlaneArcs.from_candidates(candidates, epsilon), step.planes)
        if step.complete:
            for counters in self._counters:
                for counter, counts in zip(counters, self._counts, strict=True):
                    counter.write(counts)
            rows = slice(step.planes.start, step.planes.stop)
            self._probes[rows] = self._probe_counts.T.cpu().numpy()
            self._sums[:, rows] = torch.stack(self._fourfold.columns()).cpu().numpy()
            self._counters = []

    def _add(self, arcs: PlaneArcs, block: range) -> None:
        for offset, counters in zip(self._offsets, self._counters, strict=True):
            own = arcs.mirrored(offset) if offset else arcs
            for counter in counters:
                counter.add(own)
        self._fourfold.add(arcs.planes, arcs.fourfold)
        row = arcs.planes - block.start
        for k, covered in enumerate(arcs.covered_probes()):
            add_at(self._probe_counts[k], row[covered])

    def rows(
        self, planes: Int64[np.ndarray, "planes 2"]
    ) -> tuple[
        Int64[np.ndarray, "planes angles"],
        Int64[np.ndarray, "planes angles"],
        Int64[np.ndarray, "planes 8"],
        Int64[np.ndarray, "3 planes"],
    ]:
        """Return the counts of these planes: at the angles, opposite to them, at the probes.

        The last are the sums of `FourfoldCounter.columns`.
        """
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
        return counts[0], counts[1], probes, self._sums[:, position]

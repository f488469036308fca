"""Counting the lit samples of every group at all angles, without a table of groups × angles."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int64

from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.arcs import Arcs
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.results.group_errors import GroupErrors, MeanErrors
from srm_widget.samples.groups import SampleGroups


class GroupTally:
    """Tally of the lit samples of each group in one plane.

    Where an arc begins or ends the count of its group changes; between, no count does. So the ends
    of all arcs, sorted by group and angle, give sums over the groups of any function of a group's
    count: of n lit samples, in O(n log n + K).

    Parameters
    ----------
    groups
        Groups of all samples.
    grid
        Angles to count at.
    """

    def __init__(self, groups: SampleGroups, grid: AngularGrid) -> None:
        self._groups, self._grid = groups, grid
        self._width = len(grid) + 1
        self._ends: list[Int64[np.ndarray, " ends"]] = []
        # Arcs of each group that run through the angle 0: its count before the first angle.
        self._through = np.zeros(groups.n_groups, dtype=np.int64)
        self._lit = np.zeros(groups.n_groups, dtype=np.int64)
        self._fourfold = np.zeros(groups.n_groups, dtype=np.int64)

    def add(self, arcs: Arcs) -> None:
        """Count the arcs of more samples."""
        n_groups = self._groups.n_groups
        codes = self._groups.codes[arcs.samples.cpu().numpy()].astype(np.int64)
        first, after = self._grid.bins(arcs.start, arcs.stop)
        cells = codes * self._width
        # Twice the cell, and 1 more where an arc begins.
        self._ends.append((cells + first.cpu().numpy()) * 2 + 1)
        self._ends.append((cells + after.cpu().numpy()) * 2)
        through = codes[(arcs.start > arcs.stop).cpu().numpy()]
        self._through += np.bincount(through, minlength=n_groups)
        self._lit += np.bincount(codes, minlength=n_groups)
        fourfold = arcs.fourfold.to(device="cpu", dtype=torch.float64).numpy()
        # Whole numbers below 2⁵³: these sums are exact.
        self._fourfold += np.bincount(codes, fourfold, n_groups).astype(np.int64)

    def errors(self) -> GroupErrors:
        """Return the errors of the plane, P = 1, once the arcs of all samples are counted."""
        effective, degrees = (self._grid.unsorted(each)[None] for each in self._spread())
        alignment = MeanErrors.of_groups(
            self._fourfold / FOURFOLD_UNIT, self._lit.astype(np.float64)
        )
        return GroupErrors(self._groups.n_groups, effective, degrees, alignment)

    def _spread(
        self,
    ) -> tuple[Float64[np.ndarray, " angles"], Float64[np.ndarray, " angles"]]:
        """Return effective numbers and degrees of freedom at the rising angles."""
        ends = np.concatenate(self._ends) if self._ends else np.empty(0, dtype=np.int64)
        ends.sort()
        change = (ends & 1) * 2 - 1
        code, angle = np.divmod(ends >> 1, self._width)
        start, sizes = self._through, self._groups.sizes
        after = np.cumsum(change) + start[code]

        def over_groups(
            first: Int64[np.ndarray, " groups"], then: Int64[np.ndarray, " ends"]
        ) -> Any:
            """Sum over the groups what is of their counts: at first, and by how much it changes."""
            changes = np.bincount(angle, then, self._width)[:-1].astype(np.int64)
            # Whole numbers of any size: that groups are alike is seen for sure.
            return (first.sum() + np.cumsum(changes)).astype(object)

        lit = over_groups(start, change)
        squares = over_groups(start * start, (2 * after - change) * change)
        products = over_groups(start * sizes, change * sizes[code])
        n, all_squares, n_groups = len(self._groups.codes), self._groups.squares, len(sizes)
        # N² Σ_g (lit_g - f n_g)², and the sum of the squares of a group's dark samples.
        spread = n * n * squares - 2 * n * lit * products + lit * lit * all_squares
        dark = all_squares - 2 * products + squares
        effective = np.full(len(lit), n * n / all_squares)
        degrees = np.full(len(lit), np.inf)
        known = spread > 0
        some = lit[known]
        above, below = some * (n - some) * n * n * (n_groups - 1), n_groups * spread[known]
        effective[known] = above / below
        groups = np.minimum(some**2 // squares[known], (n - some) ** 2 // dark[known])
        degrees[known] = np.maximum(groups - 1, 1)
        return effective, degrees

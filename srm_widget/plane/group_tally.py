"""Counting the lit samples of every group at all angles, without a table of groups × angles."""

from collections.abc import Generator

import numpy as np
import torch
from jaxtyping import Float64, Int64

from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.arcs import Arcs
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.results.group_errors import GroupErrors, MeanErrors
from srm_widget.samples.groups import SampleGroups

_ENDS_AT_ONCE = 1 << 20
"""Ends of arcs that are summed over at once."""


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

    def error_steps(self) -> Generator[None, None, GroupErrors]:
        """Compute the errors of the plane, P = 1, once the arcs of all samples are counted."""
        effective, degrees = _spread(self._groups, *(yield from self._sum_steps()))
        effective, degrees = (self._grid.unsorted(each)[None] for each in (effective, degrees))
        alignment = MeanErrors.of_groups(
            self._fourfold / FOURFOLD_UNIT, self._lit.astype(np.float64)
        )
        return GroupErrors(self._groups.n_groups, effective, degrees, alignment)

    def _sum_steps(self) -> Generator[None, None, Int64[np.ndarray, "3 angles"]]:
        """Sum lit_g, lit_g² and lit_g n_g over the groups, at the rising angles."""
        start, sizes = self._through, self._groups.sizes
        changes = np.zeros((3, self._width), dtype=np.int64)
        ends = np.concatenate(self._ends) if self._ends else np.empty(0, dtype=np.int64)
        self._ends.clear()
        ends.sort()
        running = 0
        for low in range(0, len(ends), _ENDS_AT_ONCE):
            part = ends[low : low + _ENDS_AT_ONCE]
            change = (part & 1) * 2 - 1
            code, angle = np.divmod(part >> 1, self._width)
            # The changes of a group add up to 0: what is before it does not count.
            after = np.cumsum(change) + running + start[code]
            running += int(change.sum())
            each = change, (2 * after - change) * change, change * sizes[code]
            # Whole numbers below 2⁵³: these sums are exact.
            sums = [np.bincount(angle, values, self._width) for values in each]
            changes += np.array(sums).astype(np.int64)
            yield
        first = np.array([start.sum(), (start * start).sum(), (start * sizes).sum()])
        return first[:, None] + np.cumsum(changes[:, :-1], axis=1)


def _spread(
    groups: SampleGroups,
    lit: Int64[np.ndarray, " angles"],
    squares: Int64[np.ndarray, " angles"],
    products: Int64[np.ndarray, " angles"],
) -> tuple[Float64[np.ndarray, " angles"], Float64[np.ndarray, " angles"]]:
    """Return effective numbers and degrees of freedom of sums over the groups at each angle."""
    n, all_squares, n_groups = len(groups.codes), groups.squares, groups.n_groups
    # Whole numbers of any size: that groups are alike is seen for sure.
    f, own, with_size = (each.astype(object) for each in (lit, squares, products))
    # N² Σ_g (lit_g - f n_g)², and the sum of the squares of a group's dark samples.
    apart = n * n * own - 2 * n * f * with_size + f * f * all_squares
    dark = all_squares - 2 * with_size + own
    effective, degrees = np.full(len(f), n * n / all_squares), np.full(len(f), np.inf)
    known = apart > 0
    some = f[known]
    effective[known] = some * (n - some) * n * n * (n_groups - 1) / (n_groups * apart[known])
    spread = np.minimum(some**2 // own[known], (n - some) ** 2 // dark[known])
    degrees[known] = np.maximum(spread - 1, 1)
    return effective, degrees

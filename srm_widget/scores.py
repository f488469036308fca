"""What a survey keeps of the planes: sums over all of them, and scores of each lit one."""

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from srm_widget.cells import Cells


class Scores:
    """Sums over planes at each angle, and every lit plane's peak and lit basis directions.

    Parameters
    ----------
    n_angles
        K.
    """

    def __init__(self, n_angles: int) -> None:
        self._n_angles = n_angles
        # Python's integers: squares of counts of millions of planes pass 64 bits.
        self._sum = np.zeros(n_angles, dtype=object)
        self._squares = np.zeros(n_angles, dtype=object)
        self._lit: list[tuple[np.ndarray, ...]] = []

    def add(self, cells: Cells) -> None:
        """Take planes into account, each of them once, with all of its cells."""
        for chunk in cells.chunks(self._n_angles):
            self._add(chunk)

    def _add(self, cells: Cells) -> None:
        width = self._n_angles + 1
        starts = cells.planes * width
        ends = torch.searchsorted(cells.cell, starts + width)
        sizes = ends.diff(prepend=ends.new_zeros(1))
        owner = torch.arange(len(sizes), device=sizes.device).repeat_interleave(sizes)
        angle = cells.cell - starts[owner]
        counts = cells.change.cumsum(0)  # all planes end at 0
        self._sum += self._by_angle(angle, cells.change)
        self._squares += self._by_angle(angle, (2 * counts).sub_(cells.change).mul_(cells.change))
        # The highest count, and of several angles the first.
        at_peak = counts.mul_(width).sub_(angle).add_(self._n_angles)
        at_peak.masked_fill_(angle == self._n_angles, 0)
        peaks = torch.full_like(cells.planes, self._n_angles)
        peaks.scatter_reduce_(0, owner, at_peak, "amax")
        count = torch.div(peaks, width, rounding_mode="floor")
        where = self._n_angles - (peaks - count * width)
        lit = cells.planes, cells.axes, cells.between, count, where
        self._lit.append(tuple(part.cpu().numpy() for part in lit))

    def sums(self) -> tuple[np.ndarray, np.ndarray]:
        """Sums over planes of counts, and of their squares, at each angle in rising order."""
        return np.cumsum(self._sum), np.cumsum(self._squares)

    def lit(self) -> tuple[Int64[np.ndarray, " lit"], ...]:
        """Columns of `srm_widget.survey.LitPlanes`."""
        if not self._lit:
            return (np.empty(0, dtype=np.int64),) * 5
        parts = tuple(np.concatenate(part) for part in zip(*self._lit, strict=True))
        if (np.diff(parts[0]) > 0).all():
            return parts
        order = np.argsort(parts[0])
        return tuple(part[order] for part in parts)

    def _by_angle(self, angle: Tensor, values: Tensor) -> np.ndarray:
        total = torch.zeros(self._n_angles + 1, dtype=torch.int64, device=angle.device)
        total.index_add_(0, angle, values)
        return total[:-1].cpu().numpy().astype(object)

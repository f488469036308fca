"""Angular grids: the angles a curve is sampled at, and how many arcs cover each of them."""

import math
from functools import cached_property
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float64, Int64, Shaped
from torch import Tensor

from srm_widget.utils.validation import integer

TURN = 2 * math.pi
"""A full turn, in radians."""

DEFAULT_RESOLUTION = 360
"""K, angles in the full turn, unless another number is asked for."""

SAME_ANGLE = 1e-14
"""Radians within which two angles are the same: the rounding of sums of a few angles."""


class AngularGrid:
    """Angles at which resonance is sampled, K ≥ 1 of them, in radians, in the caller's order.

    Made by `uniform` or `at`. Grids are equal and hash alike if their angles are the same, so that
    they can be keys of a cache.
    """

    def __init__(self, angles: Float64[np.ndarray, " angles"], resolution: int | None) -> None:
        self.angles = angles
        self.resolution = resolution

    @staticmethod
    def uniform(resolution: SupportsIndex) -> "AngularGrid":
        """Return K = `resolution` equally spaced angles in the full turn: θ_k = 2πk / K.

        Raises
        ------
        TypeError
            If K is no integer.
        ValueError
            If K < 4.
        """
        k = integer("resolution", resolution, least=4)
        return AngularGrid(np.arange(k) * (TURN / k), k)

    @staticmethod
    def at(angles: Any) -> "AngularGrid":
        """Return a grid of any finite angles in radians, also negative or beyond a full turn.

        Raises
        ------
        ValueError
            If they are not numbers in one dimension, none at all, or not finite.
        """
        values = np.array(angles.detach().cpu().numpy() if isinstance(angles, Tensor) else angles)
        if values.ndim != 1 or values.size == 0 or values.dtype.kind not in "iuf":
            raise ValueError(
                "expected angles as a sequence of radians, one dimension and not empty, got "
                f"shape {values.shape} of {values.dtype}"
            )
        values = values.astype(np.float64)
        if not np.isfinite(values).all():
            raise ValueError(f"expected finite angles, got {values[~np.isfinite(values)][0]}")
        return AngularGrid(values, None)

    def __len__(self) -> int:
        return len(self.angles)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AngularGrid) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def nbytes(self) -> int:
        """Bytes of the angles, and of what is cached to compare the grid and to count at it."""
        key, ordered = vars(self).get("_key"), vars(self).get("_ordered", ())
        cached = sum(each.nbytes for each in ordered)
        return self.angles.nbytes + cached + (len(key) if isinstance(key, bytes) else 0)

    @cached_property
    def _key(self) -> object:
        return self.resolution or self.angles.tobytes()

    def positions(
        self, wanted: Float64[np.ndarray, " wanted"]
    ) -> Int64[np.ndarray, " wanted"] | None:
        """Return the positions of angles in a uniform grid, or None if one is not on it."""
        if self.resolution is None:
            return None
        step = TURN / self.resolution
        nearest = np.rint(wanted / step)
        if np.abs(wanted - nearest * step).max() > SAME_ANGLE:
            return None
        return nearest.astype(np.int64) % self.resolution

    def bins(
        self, start: Float64[Tensor, " arcs"], stop: Float64[Tensor, " arcs"]
    ) -> tuple[Int64[Tensor, " arcs"], Int64[Tensor, " arcs"]]:
        """Return the first angle each arc covers, and the first one after it, in rising order.

        Parameters
        ----------
        start, stop
            Ends of closed arcs, wrapped into [0, 2π]; an arc runs counter-clockwise from start
            to stop, through 0 where start > stop.

        Returns
        -------
        first, after
            (n,) positions among the rising angles, 0 … K. Where start > stop, the angles from
            first on and those before after are covered.
        """
        n = len(self)
        if self.resolution is None:
            rising = self._ordered[0].to(start.device)
            return torch.searchsorted(rising, start), torch.searchsorted(rising, stop, right=True)
        # Rounding may move an end by some 1e-15: less than arcs are widened to be closed.
        per_step = n / TURN
        first = (start * per_step).ceil_().clamp_(max=n).long()
        after = (stop * per_step).floor_().add_(1).clamp_(max=n).long()
        return first, after

    def count(
        self, start: Float64[Tensor, " arcs"], stop: Float64[Tensor, " arcs"]
    ) -> Int64[np.ndarray, " angles"]:
        """Count the arcs, given as for `bins`, that cover each angle, in O(arcs + K)."""
        through = (start > stop).sum()[None]
        return self._coverage(*self.bins(start, stop), through)[0]

    def count_classes(
        self,
        start: Float64[Tensor, " arcs"],
        stop: Float64[Tensor, " arcs"],
        codes: Int64[Tensor, " arcs"],
        n_classes: int,
    ) -> Int64[np.ndarray, "classes angles"]:
        """Count the arcs of each class that cover each angle; `codes` are classes 0 … C - 1."""
        offsets = codes * (len(self) + 1)
        first, after = self.bins(start, stop)
        through = torch.bincount(codes[start > stop], minlength=n_classes)
        return self._coverage(first.add_(offsets), after.add_(offsets), through)

    def _coverage(
        self, first: Int64[Tensor, " arcs"], after: Int64[Tensor, " arcs"], through: Tensor
    ) -> Int64[np.ndarray, "classes angles"]:
        """Count the arcs of each class at each angle; `through` of them run through the angle 0."""
        size = len(through) * (len(self) + 1)
        changes = torch.bincount(first, minlength=size) - torch.bincount(after, minlength=size)
        counts = changes.view(len(through), -1)[:, :-1].cumsum(1) + through[:, None]
        return self.unsorted(counts.cpu().numpy())

    def unsorted(
        self, counts: Shaped[np.ndarray, "*planes angles"]
    ) -> Shaped[np.ndarray, "*planes angles"]:
        """Return what is counted at the rising angles in the order of `angles`, the caller's."""
        if self.resolution is not None:
            return counts
        result = np.empty_like(counts)
        result[..., self._ordered[1]] = counts
        return result

    @cached_property
    def _ordered(self) -> tuple[Tensor, np.ndarray]:
        """Angles in [0, 2π), rising, and the position of each in `angles`."""
        angles = self.angles if self.resolution else wrap(self.angles)
        order = np.argsort(angles, kind="stable")
        return torch.from_numpy(angles[order]), order


def wrap(angles: Float64[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
    """Return angles in radians wrapped into [0, 2π)."""
    wrapped = np.mod(angles, TURN)
    return np.where(wrapped >= TURN, 0.0, wrapped)  # a tiny negative angle rounds up to a turn


def wrap_angle(angle: float) -> float:
    """Return one angle in radians wrapped into [0, 2π)."""
    return float(wrap(np.asarray(angle, dtype=np.float64)))

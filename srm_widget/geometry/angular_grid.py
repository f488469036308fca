"""The angles a curve is sampled at, and the search among them that counting arcs needs."""

import math
from functools import cached_property
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget.utils.validation import integer

TURN = 2 * math.pi

_SAME = 1e-14
"""Radians within which two angles are one: what rounding makes of sums of a few."""


class AngularGrid:
    """Angles at which resonance is sampled, K ≥ 1 of them, in radians, in the caller's order.

    Made by `uniform` or `at`. Grids compare and hash by their angles, so that counts can be
    kept under them.
    """

    def __init__(self, angles: Float64[np.ndarray, " angles"], resolution: int | None) -> None:
        self.angles = angles
        self.resolution = resolution

    @staticmethod
    def uniform(resolution: SupportsIndex) -> "AngularGrid":
        """Full turn in K = `resolution` equal steps: θ_k = 2πk / K.

        Raises
        ------
        ValueError
            If K < 4.
        """
        k = integer("resolution", resolution, least=4)
        return AngularGrid(np.arange(k) * (TURN / k), k)

    @staticmethod
    def at(angles: Any) -> "AngularGrid":
        """Any finite angles, in radians, negative ones and more than a turn too."""
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
        """Bytes of the angles, and of what was made of them to compare them and to count."""
        key, wrapped = vars(self).get("_key"), vars(self).get("_wrapped", ())
        held = sum(each.nbytes for each in wrapped)
        return self.angles.nbytes + held + (len(key) if isinstance(key, bytes) else 0)

    @cached_property
    def _key(self) -> object:
        return self.resolution or self.angles.tobytes()

    def positions(
        self, wanted: Float64[np.ndarray, " wanted"]
    ) -> Int64[np.ndarray, " wanted"] | None:
        """Where `wanted` angles stand in a uniform grid, or None if one of them is off it."""
        if self.resolution is None:
            return None
        step = TURN / self.resolution
        nearest = np.rint(wanted / step)
        if np.abs(wanted - nearest * step).max() > _SAME:
            return None
        return nearest.astype(np.int64) % self.resolution

    def bins(
        self, start: Float64[Tensor, " arcs"], stop: Float64[Tensor, " arcs"]
    ) -> tuple[Int64[Tensor, " arcs"], Int64[Tensor, " arcs"]]:
        """Which angles, in rising order, arcs cover: the first one, and the first one after.

        Parameters
        ----------
        start, stop
            Ends of closed arcs, wrapped into [0, 2π]; an arc runs counter-clockwise from start
            to stop, through 0 where start > stop.

        Returns
        -------
        first, after
            In 0 … K. Where start > stop the angles from first on and those before after.
        """
        n = len(self)
        if self.resolution is None:
            knots = self._wrapped[0].to(start.device)
            return torch.searchsorted(knots, start), torch.searchsorted(knots, stop, right=True)
        # Rounding may move an end by some 1e-15: less than arcs are widened to be closed.
        per_step = n / TURN
        first = (start * per_step).ceil_().clamp_(max=n).long()
        after = (stop * per_step).floor_().add_(1).clamp_(max=n).long()
        return first, after

    def count(
        self, start: Float64[Tensor, " arcs"], stop: Float64[Tensor, " arcs"]
    ) -> Int64[np.ndarray, " angles"]:
        """Number of arcs, as for `bins`, that cover each angle: O(arcs + K)."""
        through = (start > stop).sum()[None]
        return self._covered(*self.bins(start, stop), through)[0]

    def count_classes(
        self,
        start: Float64[Tensor, " arcs"],
        stop: Float64[Tensor, " arcs"],
        codes: Int64[Tensor, " arcs"],
        n_classes: int,
    ) -> Int64[np.ndarray, "classes angles"]:
        """Number of arcs of each class, 0 … C - 1 in `codes`, that cover each angle."""
        own = codes * (len(self) + 1)
        first, after = self.bins(start, stop)
        through = torch.bincount(codes[start > stop], minlength=n_classes)
        return self._covered(first.add_(own), after.add_(own), through)

    def _covered(
        self, first: Int64[Tensor, " arcs"], after: Int64[Tensor, " arcs"], through: Tensor
    ) -> Int64[np.ndarray, "classes angles"]:
        """Coverage of each class's angles, of which `through` arcs cover the first and the last."""
        room = len(through) * (len(self) + 1)
        steps = torch.bincount(first, minlength=room) - torch.bincount(after, minlength=room)
        covered = steps.view(len(through), -1)[:, :-1].cumsum(1) + through[:, None]
        return self.unsorted(covered.cpu().numpy())

    def unsorted(
        self, counts: Int64[np.ndarray, "*planes angles"]
    ) -> Int64[np.ndarray, "*planes angles"]:
        """Counts at the angles in rising order, brought into the order of `angles`."""
        if self.resolution is not None:
            return counts
        placed = np.empty_like(counts)
        placed[..., self._wrapped[1]] = counts
        return placed

    @cached_property
    def _wrapped(self) -> tuple[Tensor, np.ndarray]:
        angles = self.angles if self.resolution else wrap(self.angles)
        order = np.argsort(angles, kind="stable")
        return torch.from_numpy(angles[order]), order


def wrap(angles: Float64[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
    """Angles brought into [0, 2π)."""
    wrapped = np.mod(angles, TURN)
    return np.where(wrapped >= TURN, 0.0, wrapped)  # a tiny negative angle rounds up to a turn


def wrap_angle(angle: float) -> float:
    """One angle brought into [0, 2π)."""
    return float(wrap(np.asarray(angle, dtype=np.float64)))

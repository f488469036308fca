"""Fourfold order: whether samples of a plane stand on its two directions or between them.

A sample at the angle ψ of its plane has φ, which is ψ with the directions b_i, b_j, -b_i, -b_j,
at 0, α, π and π + α, moved to 0°, 90°, 180° and 270°: linear from [0, α] to [0°, 90°] and from
[α, π] to [90°, 180°], and the same in the other half. cos 4φ is 1 on a direction and -1 halfway
between two. Samples spread evenly over the angles have the mean 0 and the variance ½, for every α.
"""

import math

import numpy as np
import torch
from jaxtyping import Float64, Int32, Int64
from torch import Tensor

FOURFOLD_UNIT = 1 << 24
"""cos 4φ is rounded, once a sample, to a whole number of 1 / FOURFOLD_UNIT: sums are exact."""

CENTRE = 1e-6
"""In-plane radius below which a sample stands at no angle: what is left of it may be rounding."""


def fourfold_of_squares(
    x: Float64[Tensor, " samples"], y: Float64[Tensor, " samples"]
) -> Int32[Tensor, " samples"]:
    """Return cos 4φ in units of 1 / `FOURFOLD_UNIT` where α is 90°.

    Parameters
    ----------
    x, y
        Squares of the in-plane coordinates x̂ · e1 and x̂ · e2, not both 0.
    """
    doubled = (x - y).div_(x + y)  # cos 2ψ
    return doubled.square_().mul_(2 * FOURFOLD_UNIT).sub_(FOURFOLD_UNIT).round_().int()


def fourfold_of_angles(
    psi: Float64[Tensor, " samples"], alpha: float | Float64[Tensor, " samples"]
) -> Int32[Tensor, " samples"]:
    """Return cos 4φ in units of 1 / `FOURFOLD_UNIT` for any α.

    Parameters
    ----------
    psi
        ψ in [-π, π].
    alpha
        α in radians, one for all samples or one a sample.
    """
    angles = psi.add(psi < 0, alpha=math.pi)
    above = (angles > alpha).double()  # times a number, truth values would become float32
    within = angles.sub_(above * alpha).div_(alpha + above * (math.pi - 2 * alpha))
    return within.mul_(math.tau).cos_().mul_(FOURFOLD_UNIT).round_().int()


def fourfold_sums(cosines: Int32[Tensor, " samples"]) -> Int64[np.ndarray, "3"]:
    """Return what the alignment is made of: how many samples, how many between, and the sum."""
    between = int((cosines < 0).sum())
    return np.array([len(cosines), between, int(cosines.sum(dtype=torch.int64))])


def mean_fourfold(
    total: Int64[np.ndarray, "*shape"], n: Int64[np.ndarray, "*shape"]
) -> Float64[np.ndarray, "*shape"]:
    """Return the alignment: the mean of cos 4φ over `n` samples whose sum is `total`; NaN for 0."""
    with np.errstate(invalid="ignore"):
        return np.asarray(total / (n * np.float64(FOURFOLD_UNIT)))


def fourfold_error(
    n: Int64[np.ndarray, "*shape"] | Float64[np.ndarray, "*shape"],
) -> Float64[np.ndarray, "*shape"]:
    """Return the standard error 1 / sqrt(2 n) of the alignment of `n` evenly spread samples."""
    with np.errstate(divide="ignore"):
        return np.asarray(1 / np.sqrt(2.0 * n))

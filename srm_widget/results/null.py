"""What isotropy gives, how sure a fraction is, and the ε that the data themselves suggest."""

import math
import operator
from typing import SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from scipy.special import betainc, ndtri
from torch import Tensor

from srm_widget.geometry.basis import PARALLEL, Basis
from srm_widget.utils.saying import short

_NARROWEST = 0.95


def checked_epsilon(epsilon: float | str) -> float:
    """Return ε as a float, or raise ``ValueError`` if it is NaN or outside [-1, 1]."""
    try:
        if isinstance(epsilon, str | bytes | bool | np.bool_):
            raise TypeError
        value = float(epsilon)
    except (TypeError, ValueError, OverflowError):
        came = short(epsilon)
        raise TypeError(f"expected epsilon as a number in [-1, 1], got {came}") from None
    if not -1.0 <= value <= 1.0:
        raise ValueError(f"expected epsilon in [-1, 1], got {value}")
    return value


def isotropic_fraction(epsilon: float, n_dims: SupportsIndex) -> float:
    """Fraction f0 of isotropic data that a spotlight lights, the same at every angle.

    A uniformly random direction in D dimensions lies within the cone of half-angle arccos ε with
    probability f0 = ½ I(1 - ε²; (D - 1) / 2, ½), I the regularised incomplete beta function, for
    ε ≥ 0, and 1 - f0(-ε) below (the area of a hyperspherical cap).

    Parameters
    ----------
    epsilon
        ε in [-1, 1].
    n_dims
        D ≥ 2.
    """
    value, d = checked_epsilon(epsilon), operator.index(n_dims)
    if d < 2:
        raise ValueError(f"expected n_dims ≥ 2, got {d}")
    cap = 0.5 * float(betainc((d - 1) / 2, 0.5, 1.0 - value * value))
    return cap if value >= 0 else 1.0 - cap


def wilson_interval(
    counts: Int64[np.ndarray, "*shape"], n: int, confidence: float = 0.95
) -> tuple[Float64[np.ndarray, "*shape"], Float64[np.ndarray, "*shape"]]:
    """Pointwise Wilson score interval of the fractions counts / n.

    Parameters
    ----------
    counts
        Lit samples, of any shape.
    n
        All samples, N ≥ 1.
    confidence
        In (0, 1).

    Returns
    -------
    low, high
        Fractions in [0, 1], of the shape of `counts`.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"expected confidence in (0, 1), got {confidence}")
    z = float(ndtri(0.5 + confidence / 2))
    p = np.asarray(counts, dtype=np.float64) / n
    shrink = 1.0 / (1.0 + z * z / n)
    centre = (p + z * z / (2 * n)) * shrink
    spread = z * shrink * np.sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n))
    # At the ends the interval reaches 0 and 1 themselves; rounding would leave it short of them.
    low = np.where(p == 0.0, 0.0, np.maximum(centre - spread, 0.0))
    high = np.where(p == 1.0, 1.0, np.minimum(centre + spread, 1.0))
    return low, high


def automatic_epsilon(directions: Float[Tensor, "samples dims"], basis: Basis) -> float:
    """ε at which about nine samples in ten are lit in at least one plane.

    It is the 10th percentile of each sample's in-plane radius in the plane of the two basis
    directions it is nearest to, rounded down to two decimals, and 0.95 at most: where that radius
    is all but 1, as in two dimensions or for samples on the axes, a cone without width would light
    nothing. Samples without a direction (zero rows) can not be lit by a positive ε and are left
    out; where there are no others, it is 0.5.

    Parameters
    ----------
    directions
        Unit rows x̂.
    basis
        Of M directions.
    """
    present = directions[(directions != 0).any(dim=1)]
    if len(present) == 0:
        return 0.5
    tenth = float(np.quantile(_largest_radius(present, basis).double().cpu().numpy(), 0.1))
    return min(max(math.floor(tenth * 100 + 1e-4) / 100, 0.0), _NARROWEST)


def _largest_radius(
    directions: Float[Tensor, "samples dims"], basis: Basis
) -> Float[Tensor, " samples"]:
    if basis.is_standard:
        return torch.linalg.vector_norm(directions.abs().topk(2, dim=1).values, dim=1)
    unit = basis.directions.to(directions)
    cosines = directions @ unit.T
    places = cosines.abs().topk(2, dim=1).indices
    first, second = cosines.gather(1, places).double().unbind(1)
    g = (unit[places[:, 0]] * unit[places[:, 1]]).sum(dim=1).double()
    area = 1 - g * g
    squared = (first * first + second * second - 2 * g * first * second) / area
    in_line = first.abs()
    return torch.where(area < PARALLEL, in_line, squared.clamp(0, 1).sqrt())

"""The ε that the activations themselves suggest: ``epsilon="auto"``."""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from srm_widget.geometry.basis import PARALLEL, Basis

_NARROWEST = 0.95


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

"""Automatic ε: the one that ``epsilon="auto"`` chooses from the activations."""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from srm_widget.geometry.basis import MIN_SQUARED_SINE, Basis
from srm_widget.utils.arrays import evenly_spaced

AUTO_EPSILON_SAMPLES = 10_000
"""Samples from which ε is chosen, at most."""

MOST_PRODUCTS = 2e10
"""Products that are summed to cosines at most, about a second of one core: fewer samples are taken
where directions are very many."""

FEWEST_SAMPLES = 256
"""Samples that are taken in any case."""

_COSINES_AT_ONCE = 1 << 24
"""Cosines between samples and directions that are computed at once."""

LARGEST_EPSILON = 0.95
"""ε at most: where R is nearly 1, a narrower cone would light nothing."""

_WIDEST_ARC = math.cos(math.pi / 4)
"""Cosine of the half-width of an arc, beyond which it reaches from a direction past the bisector
beside it and resolves no angle."""


def automatic_epsilon(directions: Float[Tensor, "samples dims"], basis: Basis) -> float:
    """Return an ε at which most samples are lit, on arcs that are narrow enough to tell where.

    With R each sample's in-plane radius in the plane of the two basis directions that it is nearest
    to, it is the larger of two numbers: the 10th percentile of R, at which nine samples in ten are
    lit in some plane; and cos 45° times the 95th percentile of R, at which arcs wider than ±45°,
    which resolve no angle, are rare: a sample of the radius r is lit within arccos(ε / r) to either
    side. It is rounded down to two decimals, and 0.95 at most: where R is nearly 1, as in
    two dimensions or for samples on the axes, so narrow a cone would light nothing. Rows of zeros
    can not be lit by a positive ε and are left out; if there are no others, ε is 0.5. Of very many
    directions in very many dimensions some of the samples tell it, evenly spaced.

    Parameters
    ----------
    directions
        (n, D) unit rows x̂.
    basis
        The M basis directions.
    """
    nonzero = directions[(directions != 0).any(dim=1)]
    if len(nonzero) == 0:
        return 0.5
    nonzero = nonzero[evenly_spaced(len(nonzero), _n_samples(basis))]
    at_once = max(1, _COSINES_AT_ONCE // basis.n_directions)
    unit = None if basis.is_standard else basis.directions.to(directions)
    radii = torch.cat([_largest_radius(some, unit) for some in torch.split(nonzero, at_once)])
    low, high = np.quantile(radii.double().cpu().numpy(), [0.1, 0.95]).tolist()
    epsilon = max(low, _WIDEST_ARC * high)
    return min(max(math.floor(epsilon * 100 + 1e-4) / 100, 0.0), LARGEST_EPSILON)


def _n_samples(basis: Basis) -> int:
    if basis.is_standard:
        return AUTO_EPSILON_SAMPLES
    in_time = int(MOST_PRODUCTS / (basis.n_directions * basis.n_dims))
    return min(AUTO_EPSILON_SAMPLES, max(FEWEST_SAMPLES, in_time))


def _largest_radius(
    directions: Float[Tensor, "samples dims"], unit: Float[Tensor, "directions dims"] | None
) -> Float[Tensor, " samples"]:
    """Return each sample's in-plane radius in the plane of its two nearest basis directions.

    `unit` are the basis directions; None if they are the axes.
    """
    if unit is None:
        return torch.linalg.vector_norm(directions.abs().topk(2, dim=1).values, dim=1)
    cosines = directions @ unit.T
    nearest = cosines.abs().topk(2, dim=1).indices
    first, second = cosines.gather(1, nearest).double().unbind(1)
    g = (unit[nearest[:, 0]] * unit[nearest[:, 1]]).sum(dim=1).double()
    squared_sine = 1 - g * g
    squared_radius = (first * first + second * second - 2 * g * first * second) / squared_sine
    no_plane = squared_sine < MIN_SQUARED_SINE
    return torch.where(no_plane, first.abs(), squared_radius.clamp(0, 1).sqrt())

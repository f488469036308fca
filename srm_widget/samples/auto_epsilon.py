"""Automatic ε, which ``epsilon="auto"`` chooses from the activations, and the plane shown first."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry.arcs import least_lit_radius
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
    pieces = [radii for radii, _ in _in_nearest_planes(_chosen(directions, basis), basis)]
    if not pieces:
        return 0.5
    radii = torch.cat(pieces).double().cpu().numpy()
    low, high = np.quantile(radii, [0.1, 0.95]).tolist()
    epsilon = max(low, _WIDEST_ARC * high)
    return min(max(math.floor(epsilon * 100 + 1e-4) / 100, 0.0), LARGEST_EPSILON)


def lit_plane(
    directions: Float[Tensor, "samples dims"],
    basis: Basis,
    epsilon: float,
    first: tuple[int, int],
) -> tuple[int, int]:
    """Return the plane `first` if something is lit there at ε, else one where most is.

    That is the plane of the two directions that most of the samples lit at ε are nearest to, of
    several the first; and `first` if none is lit. It is told from the samples that ε is chosen
    from, in the time that this takes.

    Parameters
    ----------
    directions
        (n, D) unit rows x̂.
    basis
        The M basis directions.
    epsilon
        ε in [-1, 1].
    first
        Plane (i, j) that two directions span.
    """
    chosen, least = _chosen(directions, basis), least_lit_radius(epsilon)
    if bool((_in_plane(chosen, basis, first) >= least).any()):
        return first
    lit = [pairs[radii >= least] for radii, pairs in _in_nearest_planes(chosen, basis)]
    pairs = torch.cat(lit).sort(dim=1).values.cpu().numpy() if lit else np.empty((0, 2), np.int64)
    planes, n_samples = np.unique(pairs, axis=0, return_counts=True)
    fullest_first: list[list[int]] = planes[np.argsort(-n_samples, kind="stable")].tolist()
    return next(((i, j) for i, j in fullest_first if basis.spans(i, j)), first)


def _chosen(
    directions: Float[Tensor, "samples dims"], basis: Basis
) -> Float[Tensor, "chosen dims"]:
    """Return the rows that ε is chosen from: of those that are not zero some, evenly spaced."""
    nonzero = directions[(directions != 0).any(dim=1)]
    return nonzero[evenly_spaced(len(nonzero), _n_samples(basis))]


def _n_samples(basis: Basis) -> int:
    if basis.is_standard:
        return AUTO_EPSILON_SAMPLES
    in_time = int(MOST_PRODUCTS / (basis.n_directions * basis.n_dims))
    return min(AUTO_EPSILON_SAMPLES, max(FEWEST_SAMPLES, in_time))


def _in_nearest_planes(
    chosen: Float[Tensor, "chosen dims"], basis: Basis
) -> Iterator[tuple[Float[Tensor, " some"], Int64[Tensor, "some 2"]]]:
    """Yield of some samples at a time the two directions each is nearest to, and its radius there.

    Of equally near directions the first are taken. Where the two span no plane the radius is the
    part along their line.
    """
    at_once = max(1, _COSINES_AT_ONCE // basis.n_directions)
    unit = None if basis.is_standard else basis.directions.to(chosen)
    for some in torch.split(chosen, at_once) if len(chosen) else ():
        cosines = some if unit is None else some @ unit.T
        sizes = cosines.abs()
        one = sizes.max(dim=1, keepdim=True).indices  # the first of several
        other = sizes.scatter_(1, one, -1.0).max(dim=1, keepdim=True).indices
        nearest = torch.cat([one, other], dim=1)
        first, second = cosines.gather(1, nearest).unbind(1)
        if unit is None:
            yield torch.linalg.vector_norm(torch.stack([first, second], dim=1), dim=1), nearest
        else:
            g = (unit[nearest[:, 0]] * unit[nearest[:, 1]]).sum(dim=1).double()
            yield _oblique_radii(first.double(), second.double(), g), nearest


def _in_plane(
    chosen: Float[Tensor, "chosen dims"], basis: Basis, pair: tuple[int, int]
) -> Float[Tensor, " chosen"]:
    """Return each sample's in-plane radius in the plane of two directions."""
    if basis.is_standard:
        return torch.linalg.vector_norm(chosen[:, list(pair)], dim=1)
    unit = torch.stack([basis.direction(i) for i in pair]).to(chosen)
    first, second = (chosen @ unit.T).double().unbind(1)
    return _oblique_radii(first, second, (unit[0] * unit[1]).sum().double())


def _oblique_radii(
    first: Float64[Tensor, " some"], second: Float64[Tensor, " some"], g: Float64[Tensor, " *some"]
) -> Float64[Tensor, " some"]:
    """Return in-plane radii from the cosines with two directions, whose own cosine is `g`."""
    squared_sine = 1 - g * g
    squared_radius = (first * first + second * second - 2 * g * first * second) / squared_sine
    no_plane = squared_sine < MIN_SQUARED_SINE
    return torch.where(no_plane, first.abs(), squared_radius.clamp(0, 1).sqrt())

"""Random rotations of a basis."""

from typing import Literal, get_args

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.samples.store import SampleStore

Null = Literal["mean", "rotations"]
"""What random rotations leave as it is: the mean direction of the samples, or nothing."""

NULLS: tuple[Null, ...] = get_args(Null)

EXACT_DIMS = 512
"""Dimensions up to which rotations are made in float64; beyond, it would take twice the time."""

_NO_MEAN = 1e-6
"""Length of a mean of unit rows, at or below which it is the rounding of none."""


class RandomRotations:
    """Random rotations, uniform over those that keep what is to be kept.

    Parameters
    ----------
    store
        Samples whose mean direction is kept, if `keep_mean`.
    seed
        Seed of the rotations.
    keep_mean
        Whether to keep that.
    """

    def __init__(self, store: SampleStore, seed: int, *, keep_mean: bool) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        self._n_dims = store.n_dims
        self._dtype = torch.float64 if store.n_dims <= EXACT_DIMS else torch.float32
        self._axis = mean_direction(store).to(self._dtype) if keep_mean else None

    def turned(self, basis: Basis) -> Basis:
        """Return the basis, turned by the next rotation."""
        rotation = self._next().double()
        rows = rotation if basis.is_standard else basis.directions @ rotation
        return Basis(basis.n_directions, basis.n_dims, f"{basis.name}, turned", rows)

    def _next(self) -> Float[Tensor, "dims dims"]:
        if self._axis is None or not self._axis.any():
            return self._haar(self._n_dims)
        # The reflection that swaps the first axis and the mean, around a rotation of all the rest.
        normal = self._axis.clone()
        normal[0] -= 1.0
        rotation = torch.zeros(self._n_dims, self._n_dims, dtype=self._dtype)
        rotation[0, 0] = 1.0
        rotation[1:, 1:] = self._haar(self._n_dims - 1)
        if not normal.any():
            return rotation
        normal /= torch.linalg.vector_norm(normal)
        rotation -= 2 * torch.outer(normal, normal @ rotation)
        return rotation - 2 * torch.outer(rotation @ normal, normal)

    def _haar(self, n: int) -> Float[Tensor, "n n"]:
        # The QR decomposition of normal numbers, its signs put right.
        square = torch.empty(n, n, dtype=self._dtype)
        return torch.nn.init.orthogonal_(square, generator=self._generator)


def mean_direction(store: SampleStore) -> Float64[Tensor, " dims"]:
    """Return the mean of the unit rows as a unit vector on the CPU; zeros if there is none."""
    total = torch.zeros(store.n_dims, dtype=torch.float64)
    for _, columns in store.blocks():
        total += columns.sum(dim=1, dtype=torch.float64).cpu()
    length = torch.linalg.vector_norm(total)
    return total / length if length > _NO_MEAN * len(store) else torch.zeros_like(total)

"""Activation functions with directions of their own, or with none."""

import functools
from collections.abc import Callable

import torch
from torch import Tensor

import srm_widget as srm

Function = Callable[[Tensor], Tensor]


def along(directions: Tensor) -> Function:
    """Return tanh along M directions (M, D), one by one: f(x) = (D / M) Bᵀ tanh(B x).

    Spread evenly, the directions let it be close to x near zero, as tanh is.
    """

    def function(x: Tensor) -> Tensor:
        rows = directions.to(x)
        m, d = rows.shape
        return d / m * torch.tanh(x @ rows.T) @ rows

    return function


@functools.cache
def thomson(m: int, d: int, seed: int) -> srm.basis.Basis:
    """Return M directions in D dimensions spread by repulsion, found once."""
    return srm.basis.thomson(m, d, seed)


def in_bottleneck(function: Function, width: int) -> Function:
    """Return `function` where a layer has that width, and tanh elsewhere."""
    return lambda x: function(x) if x.shape[-1] == width else torch.tanh(x)


def isotropic(of_length: Function) -> Function:
    """Return the function that changes the length of a vector, and not its direction."""

    def function(x: Tensor) -> Tensor:
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp_min(1e-12)
        return x * of_length(length) / length

    return function


isotropic_tanh = isotropic(torch.tanh)


THRESHOLD = 0.25
"""Length that isotropic ReLU takes away."""


def isotropic_relu(x: Tensor, threshold: float = THRESHOLD) -> Tensor:
    """Return vectors shortened by the threshold, and 0 for those that are not as long.

    ReLU of a length as it is would be that length: of lengths nothing is below 0.
    """
    return isotropic(lambda length: torch.relu(length - threshold))(x)


FUNCTIONS: dict[str, Function] = {
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "isotropic tanh": isotropic_tanh,
    "isotropic ReLU": isotropic_relu,
}

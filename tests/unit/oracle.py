"""The definition, taken literally and by another road than the engine's.

u(θ) = exp(θ A) b_i with A the unit bivector of the plane, in float64, one matrix exponential an
angle; a sample is lit where x̂ · u(θ) ≥ ε. Slow on purpose.
"""

from typing import NamedTuple

import numpy as np
import torch


class Oracle(NamedTuple):
    """Counts between which the truth lies, (K,): a sample within the tolerance may fall either way."""

    low: np.ndarray
    high: np.ndarray


def unit(rows) -> torch.Tensor:
    rows = torch.as_tensor(np.asarray(rows)).double()
    norms = rows.norm(dim=1, keepdim=True)
    return torch.where(norms > 0, rows / torch.where(norms > 0, norms, 1.0), rows)


def spotlights(basis, i: int, j: int, angles) -> torch.Tensor:
    """u(θ) at each angle, (K, D)."""
    directions = unit(basis)
    e1 = directions[i]
    rest = directions[j] - (directions[j] @ e1) * e1
    e2 = rest / rest.norm()
    bivector = torch.outer(e2, e1) - torch.outer(e1, e2)
    turns = torch.linalg.matrix_exp(torch.as_tensor(np.asarray(angles))[:, None, None] * bivector)
    return turns @ e1


def cosines(samples, basis, i: int, j: int, angles) -> torch.Tensor:
    """x̂ · u(θ), (N, K)."""
    return unit(samples) @ spotlights(basis, i, j, angles).T


def counts(samples, basis, i: int, j: int, angles, epsilon: float, tolerance: float) -> Oracle:
    reach = cosines(samples, basis, i, j, angles) - epsilon
    return Oracle(
        (reach >= tolerance).sum(0).numpy(),
        (reach >= -tolerance).sum(0).numpy(),
    )


def tolerance(dtype) -> float:
    return 1e-12 if dtype in (np.float64, torch.float64) else 1e-6

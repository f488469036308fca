"""The definition, taken literally and by another road than the engine's.

u(θ) = exp(θ A) b_i with A the unit bivector of the plane, in float64, one matrix exponential an
angle; a sample is lit where x̂ · u(θ) ≥ ε. Slow on purpose.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor


class Oracle(NamedTuple):
    """Counts between which the truth lies, (K,): samples within the tolerance fall either way."""

    low: np.ndarray
    high: np.ndarray


def unit(rows: Any) -> Tensor:
    """Rows divided by their norms in float64, (N, D); rows of zeros stay."""
    exact = torch.from_numpy(np.array(rows, dtype=np.float64))
    norms = torch.linalg.vector_norm(exact, dim=1, keepdim=True)
    scaled: Tensor = exact / torch.where(norms > 0, norms, 1.0)
    return scaled


def spotlights(basis: Any, i: int, j: int, angles: Any) -> Tensor:
    """u(θ) at each angle, (K, D)."""
    directions = unit(basis)
    e1 = directions[i]
    rest = directions[j] - (directions[j] @ e1) * e1
    e2 = rest / torch.linalg.vector_norm(rest)
    bivector = torch.outer(e2, e1) - torch.outer(e1, e2)
    exact = torch.from_numpy(np.array(angles, dtype=np.float64))
    # A turn more where there is little to turn: torch's exponential of matrices with a norm below
    # 0.05 is off by as much as 1e-10.
    exact = torch.where(exact.abs() < 1, exact + math.tau, exact)
    turns = torch.linalg.matrix_exp(exact[:, None, None] * bivector)
    turned: Tensor = turns @ e1
    return turned


def cosines(samples: Any, basis: Any, i: int, j: int, angles: Any) -> Tensor:
    """x̂ · u(θ), (N, K)."""
    return unit(samples) @ spotlights(basis, i, j, angles).T


def counts(
    samples: Any, basis: Any, i: int, j: int, angles: Any, *, epsilon: float, tolerance: float
) -> Oracle:
    """Lit samples at each angle, in the plane (i, j)."""
    reach = cosines(samples, basis, i, j, angles) - epsilon
    return Oracle(
        (reach >= tolerance).sum(0).numpy(),
        (reach >= -tolerance).sum(0).numpy(),
    )


def signed(
    samples: Any, basis: Any, i: int, j: int, angles: Any, *, epsilon: float, tolerance: float
) -> Oracle:
    """Lit samples at θ minus lit samples at θ + π."""
    within = {"epsilon": epsilon, "tolerance": tolerance}
    here = counts(samples, basis, i, j, angles, **within)
    there = counts(samples, basis, i, j, np.array(angles) + math.pi, **within)
    return Oracle(here.low - there.high, here.high - there.low)


def projection(samples: Any, basis: Any, i: int, j: int) -> tuple[np.ndarray, np.ndarray]:
    """In-plane coordinates (N, 2) of the raw samples, and their in-plane shares ‖proj x‖ / ‖x‖.

    The share by the orthogonal projector on the span of b_i and b_j, which knows of no frame.
    """
    raw = np.array(samples, dtype=np.float64)
    frame = spotlights(basis, i, j, [0.0, math.pi / 2]).numpy()
    span = unit(basis).numpy()[[i, j]].T
    projector = span @ np.linalg.pinv(span)
    shares = np.linalg.norm(unit(raw).numpy() @ projector, axis=1)
    return raw @ frame.T, shares


def fourfold(samples: Any, basis: Any, i: int, j: int, *, epsilon: float) -> np.ndarray:
    """Return cos 4φ of the samples lit in the plane (i, j), by looking up where each one stands.

    φ is interpolated between the four directions at their true angles, which go round the circle.
    """
    a, c = cosines(samples, basis, i, j, [0.0, math.pi / 2]).numpy().T
    directions = unit(basis).numpy()
    alpha = math.acos(float(directions[i] @ directions[j]))
    psi = np.degrees(np.arctan2(c, a)) % 360
    stands = np.degrees([0.0, alpha, math.pi, math.pi + alpha, math.tau])
    phi = np.interp(psi, stands, [0.0, 90.0, 180.0, 270.0, 360.0])
    radii = np.hypot(a, c)
    found = np.where(radii < 1e-6, 0.0, np.cos(np.radians(4 * phi)))
    lit: np.ndarray = found[radii >= epsilon]
    return lit


def tolerance(dtype: Any) -> float:
    """How near ε a cosine is a tie."""
    return 1e-12 if dtype in (np.float64, torch.float64) else 1e-6

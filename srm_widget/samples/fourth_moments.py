"""Fourth moments of the samples' directions: how they stand to a basis, without an ε."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.samples.activations import computing_dtype, row_blocks

_ENTRIES_AT_ONCE = 1 << 17
"""Entries of a block of rows: so few that what is made of them stays in a processor's cache."""

_ENTRIES_ON_A_DEVICE = 1 << 24
"""Entries of a block elsewhere, where every block is waited for."""

_SAFE = {torch.float32: (1e-12, 1e16), torch.float64: (1e-120, 1e140)}
"""Squared lengths of rows whose fourth powers neither overflow nor vanish."""


class _Block(NamedTuple):
    """Squared coordinates of some rows, the rows' squared lengths, and how many are not zero."""

    squares: Float[Tensor, "rows directions"]
    length: Float[Tensor, " rows"]
    n: Tensor | int


@dataclass(frozen=True)
class FourthMoments:
    """Sums over unit samples p̂, in the coordinates p_i = x̂ · b̂_i of an orthonormal basis.

    Attributes
    ----------
    n_directions
        M.
    fourth
        S, Σ p_i⁴ summed over directions and samples.
    squared
        s, (Σ p_i²)² summed over samples; their number if the basis spans the space.
    """

    n_directions: int
    fourth: Float[Tensor, ""]
    squared: Float[Tensor, ""]

    @property
    def alignment(self) -> Float[Tensor, ""]:
        """A₄, the mean of cos 4ψ over planes and samples, weighed by r⁴.

        ((M + 2) S - 3 s) / ((M - 2) S + s), since r⁴ cos 4ψ = p_i⁴ - 6 p_i² p_j² + p_j⁴ sums over
        i < j to (M + 2) Σ p_i⁴ - 3 (Σ p_i²)², and r⁴ to (M - 2) Σ p_i⁴ + (Σ p_i²)².
        """
        m, fourth, squared = self.n_directions, self.fourth, self.squared
        return ((m + 2) * fourth - 3 * squared) / ((m - 2) * fourth + squared)

    @property
    def participation(self) -> Float[Tensor, ""]:
        """n_eff = s / S, on how many directions a sample stands."""
        return self.squared / self.fourth


def check_orthonormal(basis: Basis, way_out: str, *, what: str = "the alignment") -> None:
    """Raise ``ValueError``, which names the `way_out`, if `what` takes an orthonormal basis."""
    if not basis.is_orthonormal:
        raise ValueError(f"expected an orthonormal basis for {what}, got {basis!r}; {way_out}")


def fourth_moments(activations: Tensor | np.ndarray, basis: Basis) -> FourthMoments:
    """Sum the fourth moments of samples of any length; rows of zeros have no direction and add 0.

    Parameters
    ----------
    activations
        (N, D), as `as_activations` returns them or a tensor that gradients are to reach.
    basis
        Orthonormal.
    """
    fourth, squared = _zeros(activations, 2)
    for squares, length, n in _blocks(activations, basis):
        total = length.square()
        fourth = fourth + (torch.linalg.vecdot(squares, squares) / total).sum()
        within = n if basis.is_standard else (squares.sum(dim=1).square() / total).sum()
        squared = squared + within
    return FourthMoments(basis.n_directions, fourth, squared)


def kurtoses(activations: Tensor | np.ndarray, basis: Basis) -> Float[Tensor, " directions"]:
    """Return ⟨p_i⁴⟩ D (D + 2) / 3 of every direction, over the samples that have a direction.

    NaN for the rows of zeros of a basis.

    Parameters
    ----------
    activations
        (N, D), as `as_activations` returns them or a tensor that gradients are to reach.
    basis
        Any.
    """
    sums, count = _zeros(activations, basis.n_directions), _zeros(activations, 1)
    for squares, length, n in _blocks(activations, basis):
        sums = sums + (squares / length[:, None]).square().sum(dim=0)
        count = count + n
    found = sums / count * (basis.n_dims * (basis.n_dims + 2) / 3)
    if basis.n_dead:
        found = found.index_fill(0, torch.from_numpy(basis.dead).to(found.device), torch.nan)
    return found


def _zeros(activations: Tensor | np.ndarray, n: int) -> Float[Tensor, " n"]:
    device = activations.device if isinstance(activations, Tensor) else None
    return torch.zeros(n, dtype=computing_dtype(activations), device=device)


def _blocks(activations: Tensor | np.ndarray, basis: Basis) -> Iterator[_Block]:
    """Yield what fourth moments are made of, block by block of rows."""
    dtype, wide = computing_dtype(activations), max(basis.n_dims, basis.n_directions)
    directions: Tensor | None = None
    # A tensor is split as a whole: gradients of slices would each be as large as all of it.
    blocks: Iterable[Tensor] = (
        [activations]
        if isinstance(activations, Tensor)
        else (block for _, block in row_blocks(activations))
    )
    for block in blocks:
        if directions is None and not basis.is_standard:
            directions = basis.directions.to(device=block.device, dtype=dtype)
        entries = _ENTRIES_AT_ONCE if block.device.type == "cpu" else _ENTRIES_ON_A_DEVICE
        for rows in torch.split(block, max(1, entries // wide)):
            yield _block_of(rows.to(dtype), directions)


def _block_of(
    rows: Float[Tensor, "rows dims"], directions: Float[Tensor, "directions dims"] | None
) -> _Block:
    """Return the squares of rows; where powers of them would overflow or vanish, of scaled rows.

    What is made of them does not depend on how long a row is, so that gradients may take what it is
    divided by for a constant.
    """
    least, most = _SAFE[rows.dtype]
    own = rows.square()
    length = own.sum(dim=1)
    n: Tensor | int = len(rows)
    if not bool(((length >= least) & (length <= most)).all()):  # NaN too
        known = rows.detach()
        largest = torch.maximum(known.amax(dim=1, keepdim=True), -known.amin(dim=1, keepdim=True))
        rows = rows / largest.where(largest > 0, 1.0)
        own = rows.square()
        length = own.sum(dim=1)
        n = (length != 0).sum()
        length = length.where(length != 0, 1.0)
    return _Block(own if directions is None else (rows @ directions.T).square(), length, n)

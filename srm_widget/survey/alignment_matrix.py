"""Alignment A₄ of every plane: all of them from two products of matrices, without an ε."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.fourfold import fourfold_error
from srm_widget.results.plane_table import ends_text, plane_table
from srm_widget.results.ranking import capped
from srm_widget.results.survey import checked_per_direction, checked_top
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.utils.arrays import block_extremes, block_side, pick_of_blocks
from srm_widget.utils.text import signed_text
from srm_widget.utils.validation import integer

if TYPE_CHECKING:
    import pandas as pd

_SAMPLES_AT_ONCE = 1 << 12
"""Samples of a product, whose rounding grows with them; sums of products are float64."""

_DIRECTIONS_AT_ONCE = 1 << 9
"""Rows of a product: few, so that little of the half that is known already is computed too."""

_SCALE = 2.0**14
"""What projections are multiplied by, so that eighth powers of small ones are float32 still, and so
is the sum of those of 1 over the samples of a product."""

_LEAST_RADIUS = {torch.float32: 1e-6, torch.float64: 1e-14}
"""In-plane radius of unit rows, below which it may be of rounding alone."""

_RANKED_AT_ONCE = 1 << 12
"""Planes looked through at once for those whose directions are not taken yet."""


class AlignedPlanes(NamedTuple):
    """The planes that are best aligned without an ε, best first.

    Attributes
    ----------
    planes
        (n, 2) int64, (i, j), i < j.
    score
        (n,) float64, A₄(i, j).
    n_effective
        (n,) float64, how many samples it rests on, at least.
    error
        (n,) float64, standard error of an alignment of so many samples, 1 / sqrt(2 n_effective).
    basis
        The M directions.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> engine.alignment_matrix().best(top=2)
    AlignedPlanes(2: (0, 2) A₄ +1 of at least 2 samples … (1, 2) A₄ +1 of at least 2 samples)
    """

    planes: Int64[np.ndarray, "best 2"]
    score: Float64[np.ndarray, " best"]
    n_effective: Float64[np.ndarray, " best"]
    error: Float64[np.ndarray, " best"]
    basis: Basis

    def to_dataframe(self, names: Sequence[str] | None = None) -> "pd.DataFrame":
        """Return one row a plane, best first.

        Parameters
        ----------
        names
            M names of the directions, for two more columns; None is those that the basis has, as
            of a table.

        Returns
        -------
        pandas.DataFrame
            With the columns i, j, score, n_effective, error; with names also name_i and name_j.

        Raises
        ------
        ValueError
            If there are not as many names as directions.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> table = engine.alignment_matrix().best(top=1).to_dataframe(["fur", "tail", "wheel"])
        >>> table[["name_i", "name_j", "score"]].round(2).values.tolist()
        [['fur', 'wheel', 1.0]]
        """
        columns = {"score": self.score, "n_effective": self.n_effective, "error": self.error}
        return plane_table(self.planes, names, self.basis, columns)

    def __repr__(self) -> str:
        return f"AlignedPlanes({ends_text(self.planes, self._told)})"

    def _told(self, k: int) -> str:
        return f"A₄ {signed_text(self.score[k])} of at least {self.n_effective[k]:,.3g} samples"


@dataclass(frozen=True, eq=False, repr=False)
class AlignmentMatrix:
    """Alignment A₄(i, j) of every plane of an orthonormal basis, without an ε.

    Made by `ResonanceEngine.alignment_matrix`. A₄(i, j) is the mean of cos 4ψ over all samples,
    weighed by r⁴: 1 where they stand on the two directions, -1 where halfway between them.

    Attributes
    ----------
    values
        (M, M) float64, symmetric; NaN on the diagonal, and where samples have no part in the plane
        beyond rounding, some 1e-6 of their length in float32 and 1e-14 in float64.
    n_effective
        (M, M) float64, how many samples each value rests on, at least: 1 / sqrt(2 n_effective) is
        its standard error where angles are spread evenly. NaN where there is no value.
    n_samples
        N, rows of zeros counted in.
    basis
        The M directions.

    Notes
    -----
    A mean that is weighed by r⁴ rests on n = (Σ r⁴)² / Σ r⁸ samples. Of r⁸ = u² + 4 u v + 4 v²,
    u = p_i⁴ + p_j⁴ and v = p_i² p_j², the term 4 Σ u v would take a third product of matrices; it
    is at most 4 sqrt(Σ u² Σ v²), which makes n too small by a quarter at most.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> matrix = engine.alignment_matrix()
    >>> matrix
    AlignmentMatrix(3 planes, 3 samples)
    >>> matrix.values.round(2).tolist()
    [[nan, 0.28, 1.0], [0.28, nan, 1.0], [1.0, 1.0, nan]]
    """

    values: Float64[np.ndarray, "directions directions"] = field(repr=False)
    n_effective: Float64[np.ndarray, "directions directions"] = field(repr=False)
    n_samples: int
    basis: Basis = field(repr=False)

    def __repr__(self) -> str:
        m = len(self.values)
        return f"AlignmentMatrix({plane_index.n_planes(m):,} planes, {self.n_samples:,} samples)"

    @cached_property
    def weights(self) -> Float64[np.ndarray, "directions directions"]:
        """By what planes are ranked, (M, M): how many standard errors A₄ is from 0."""
        return self.values * np.sqrt(2 * self.n_effective)

    def best(
        self, top: SupportsIndex = 100, per_direction: SupportsIndex | None = None
    ) -> AlignedPlanes:
        """Return the planes that are furthest aligned with their directions, best first.

        Parameters
        ----------
        top
            How many at most.
        per_direction
            Most planes of one direction: one that many samples stand on leads in all of its planes.
            None is any number.

        Returns
        -------
        AlignedPlanes
            ``planes`` (n, 2), ``score`` (n,), A₄; ``n_effective`` and ``error``, (n,) each.

        Raises
        ------
        TypeError, ValueError
            If a number is no integer or too small.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> best = engine.alignment_matrix().best(top=1)
        >>> best.planes.tolist(), best.score.round(2).tolist()
        ([[0, 2]], [1.0])
        """
        most, cap = checked_top(top), checked_per_direction(per_direction)
        pairs = plane_index.all_pairs(len(self.values))
        weight = self.weights[tuple(pairs.T)]
        # Stable, so that equal ones come by position; NaN comes last.
        order = np.argsort(-weight, kind="stable")[: np.isfinite(weight).sum()]
        if cap is not None:
            parts = (
                (order[low : low + _RANKED_AT_ONCE], pairs[order[low : low + _RANKED_AT_ONCE]])
                for low in range(0, len(order), _RANKED_AT_ONCE)
            )
            order = capped(parts, most, cap, len(self.values))
        chosen = pairs[order[:most]]
        n = self.n_effective[tuple(chosen.T)]
        score = self.values[tuple(chosen.T)]
        return AlignedPlanes(chosen, score, n, fourfold_error(n), self.basis)

    def reduced(self, max_size: SupportsIndex) -> Float64[np.ndarray, "some some"]:
        """Return the values with one entry for each square block of planes, to be drawn as a map.

        Parameters
        ----------
        max_size
            Rows at most. The entry is that of the plane with the largest `weights` in magnitude.

        Returns
        -------
        values
            (m, m) float64, m ≤ max_size.

        Raises
        ------
        TypeError, ValueError
            If `max_size` is no integer or below 1.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.alignment_matrix().reduced(2).round(2).tolist()
        [[0.28, 1.0], [1.0, nan]]
        """
        side = block_side(len(self.values), integer("max_size", max_size, least=1))
        if side == 1:
            return self.values
        return pick_of_blocks(self.values, block_extremes(self.weights, side), side)


def alignment_matrix(store: SampleStore, basis: Basis) -> Generator[float, None, AlignmentMatrix]:
    """Compute A₄ of all planes in short steps, which yield the share done.

    Parameters
    ----------
    store
        Samples. In float32 rounding moves a value by some 1e-7, and by 3e-4 at the very most, since
        all that is summed is positive; in float64 by less than 1e-12.
    basis
        Orthonormal.
    """
    m, n_samples = basis.n_directions, len(store)
    # Of a pair, the lower entry is filled in at the end.
    second = torch.zeros((m, m), dtype=torch.float64, device=store.device)
    fourth = torch.zeros_like(second)
    done, total = 0, n_samples * plane_index.n_planes(m + 1)
    for powers in _powers(store, basis):
        for low in range(0, m, _DIRECTIONS_AT_ONCE):
            high = min(m, low + _DIRECTIONS_AT_ONCE)
            for sums, power in zip((second, fourth), powers, strict=True):
                sums[low:high, low:] += (power[low:high] @ power[low:].T).double()
            done += powers.second.shape[1] * (high - low) * (2 * m - low - high + 1) // 2
            yield done / total
            store.check_size(n_samples)
    _finish(second, fourth, n_samples * (_SCALE * _LEAST_RADIUS[store.dtype]) ** 8)
    return AlignmentMatrix(second.cpu().numpy(), fourth.cpu().numpy(), n_samples, basis)


class _Powers(NamedTuple):
    """p_i² and p_i⁴ of the scaled projections of some samples; the next ones take their place."""

    second: Float[Tensor, "directions samples"]
    fourth: Float[Tensor, "directions samples"]


def _powers(store: SampleStore, basis: Basis) -> Iterator[_Powers]:
    at_once = min(_SAMPLES_AT_ONCE, len(store))
    shape = 2, basis.n_directions, at_once
    room = torch.empty(shape, dtype=store.dtype, device=store.device)
    for projected in Projections(store, basis, store.dtype).chunks(0, at_once):
        second, fourth = room[:, :, : projected.shape[1]]
        torch.mul(projected, _SCALE, out=second).square_()
        torch.square(second, out=fourth)
        yield _Powers(second, fourth)


def _finish(second: Float64[Tensor, "m m"], fourth: Float64[Tensor, "m m"], least: float) -> None:
    """Turn Σ p_i² p_j² into A₄, and Σ p_i⁴ p_j⁴ into n, in place; NaN where Σ r⁸ < `least`."""
    own, own_squared = second.diagonal().clone(), fourth.diagonal().clone()
    m = len(own)
    for low in range(0, m, _DIRECTIONS_AT_ONCE):
        rows, others = slice(low, min(m, low + _DIRECTIONS_AT_ONCE)), slice(low, m)
        both = own[rows, None] + own[others]
        mixed, mixed_squared = second[rows, others], fourth[rows, others]
        weight = both + 2 * mixed
        apart = own_squared[rows, None] + own_squared[others] + 2 * mixed_squared
        dark = apart < least
        alignment = (both - 6 * mixed).div_(weight)
        n = weight.div_(apart.sqrt_().add_(mixed_squared.sqrt(), alpha=2)).square_()
        for sums, found in ((second, alignment), (fourth, n)):
            upper = found.masked_fill_(dark, torch.nan).triu_(1)
            sums[rows, others] = upper
            sums[others, rows] += upper.T
    for sums in (second, fourth):
        sums.fill_diagonal_(torch.nan)

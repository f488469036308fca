"""Preparation of activations before they are brought to unit length: centred, short rows zeroed."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from srm_widget.samples.activations import row_blocks
from srm_widget.utils.inputs import as_numbers
from srm_widget.utils.text import brief
from srm_widget.utils.validation import number
from srm_widget.utils.ways_out import Wanted

_UNITS = 512
"""Units in the last place by which a mean may be off.

That of 10¹⁰ equal float64 numbers is off by less, and that of a thousand of float32; of more it
depends on how they are added up.
"""


@dataclass(frozen=True, eq=False)
class Preparation:
    """What is done to activations before they are brought to unit length.

    Attributes
    ----------
    center
        (D,) in the floating dtype it came in, float64 for integers; subtracted in float64 from
        every row. None where nothing is, or the mean is not known yet.
    min_norm
        Rows shorter than this, once centred, count as rows of zeros; 0 is none.
    of_mean
        Whether the centre is the mean of the activations themselves.
    """

    center: Float[Tensor, " dims"] | None = None
    min_norm: float = 0.0
    of_mean: bool = False

    def check_width(self, n_dims: int) -> None:
        """Raise ``ValueError`` if the centre is no vector of D = `n_dims` numbers."""
        if self.center is not None and len(self.center) != n_dims:
            raise ValueError(
                f"expected center as a vector of {n_dims} numbers, as wide as the activations, got "
                f"{len(self.center)}"
            )

    def resolved(self, activations: Tensor | np.ndarray) -> "Preparation":
        """Return the same with the mean of `activations` as its centre, if that is what it is."""
        return replace(self, center=_mean(activations)) if self.of_mean else self

    def agrees(self, other: "Preparation") -> bool:
        """Return whether samples prepared in both ways may be counted together."""
        mine, theirs = self.center, other.center
        if mine is None or theirs is None:
            return mine is theirs and self.min_norm == other.min_norm
        same = mine.dtype == theirs.dtype and torch.equal(mine, theirs)
        return same and self.min_norm == other.min_norm

    def centred(self, rows: Float[Tensor, "samples dims"]) -> Float[Tensor, "samples dims"]:
        """Return rows minus the centre, in float64; the same rows where there is none.

        An entry that differs from the centre's by rounding becomes 0, so that a row equal to the
        mean is one of zeros and no direction is made of what is lost in the last digits: those of
        the dtype in which the centre came.
        """
        if self.center is None:
            return rows
        centre = self.center.to(rows.device).double()
        left = rows.double() - centre
        return left.masked_fill_(left.abs() <= _rounding(self.center.dtype) * centre.abs(), 0.0)

    def short(self, norms: Float64[Tensor, " samples"]) -> Tensor:
        """Return which rows of these norms are shorter than `min_norm`, rows of zeros apart."""
        return (norms > 0) & (norms < self.min_norm)

    def text(self, n_short: int) -> str:
        """Return in words what is done, `n_short` rows being short; "" for nothing."""
        parts = []
        if self.of_mean:
            parts.append("centred on the mean")
        elif self.center is not None:
            parts.append("centred on a given vector")
        if self.min_norm > 0:
            counted = "sample" if n_short == 1 else "samples"
            count = "counts" if n_short == 1 else "count"
            least = f"{self.min_norm:g}"
            parts.append(f"{n_short:,} {counted} shorter than {least} {count} as zeros")
        return PART_SEPARATOR.join(parts)


_CENTER = Wanted("center as D real numbers", "center", exact=True)

PART_SEPARATOR = " · "
"""What stands between the parts of a preparation's text."""

UNPREPARED = Preparation()
"""Activations as they are."""


def as_preparation(center: Any, min_norm: Any) -> Preparation:
    """Return the preparation that `center` and `min_norm` declare; the centre is copied.

    Parameters
    ----------
    center
        None, "mean", or D finite real numbers.
    min_norm
        Finite, ≥ 0.

    Raises
    ------
    TypeError, ValueError
        If they are anything else.
    """
    least = _checked_min_norm(min_norm)
    if center is None:
        return Preparation(None, least)
    if isinstance(center, str):
        if center != "mean":
            raise ValueError(
                f"expected center as None, 'mean' or a vector of D numbers, got {center!r}"
            )
        return Preparation(None, least, of_mean=True)
    return Preparation(_checked_vector(center), least)


def as_fixed_preparation(center: Any, min_norm: Any) -> Preparation:
    """Return `as_preparation` where samples come bit by bit, so that their mean is not known.

    Raises
    ------
    ValueError
        For "mean" too.
    """
    preparation = as_preparation(center, min_norm)
    if preparation.of_mean:
        raise ValueError(
            "expected center as a vector of D numbers, got 'mean': samples that are counted as "
            "they come have no mean yet; center=activations.mean(0, dtype=float) of some of them "
            "is a vector"
        )
    return preparation


def _checked_min_norm(min_norm: Any) -> float:
    try:
        least = number(min_norm)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"expected min_norm as a number, got {brief(min_norm)}") from None
    if not 0.0 <= least < np.inf:
        raise ValueError(f"expected a finite min_norm ≥ 0, got {least}")
    return least


def _rounding(dtype: torch.dtype) -> float:
    """Return the share of a mean by which it may be off that was computed in a dtype."""
    # In half precision sums are made in float32, and their mean is rounded once.
    eps = torch.finfo(dtype).eps
    return _UNITS * eps if dtype in (torch.float32, torch.float64) else eps


def _checked_vector(center: Any) -> Float[Tensor, " dims"]:
    values = as_numbers(center, _CENTER)
    if isinstance(values, np.ndarray):
        own = values.dtype.name in ("float16", "float32")
        values = torch.from_numpy(
            values.astype(values.dtype.name if own or values.dtype == bool else np.float64)
        )
    values = values.detach()
    if values.dtype == torch.bool:
        raise TypeError(f"expected {_CENTER.numbers}, got {values.dtype}")
    if values.ndim != 1:
        raise ValueError(
            f"expected center as a vector of shape (D,), got {tuple(values.shape)}; "
            "activations.mean(0, dtype=float) is one"
        )
    vector = values.to(device="cpu", dtype=torch.float64, copy=True)
    bad = (~vector.isfinite()).nonzero()
    if len(bad):
        k = int(bad[0])
        raise ValueError(f"expected a finite center, got {float(vector[k])} in entry {k}")
    return vector.to(values.dtype) if values.is_floating_point() else vector


def _mean(activations: Tensor | np.ndarray) -> Float64[Tensor, " dims"]:
    """Return the mean of the finite rows, (D,), summed in float64 block by block; 0 of none.

    An entry that is nothing beside the mean of the entries' magnitudes is rounding, and 0.
    """
    n = 0
    total = torch.zeros(activations.shape[1], dtype=torch.float64)
    size = torch.zeros_like(total)
    with torch.inference_mode(False), torch.no_grad():
        for _, rows in row_blocks(activations):
            finite = rows.abs().amax(dim=1).isfinite()
            kept = rows if finite.all() else rows[finite]
            n += len(kept)
            total += kept.sum(dim=0, dtype=torch.float64).cpu()
            size += kept.abs().sum(dim=0, dtype=torch.float64).cpu()
    if not size.isfinite().all():
        raise ValueError(
            "expected activations whose sum is finite in float64 for center='mean', got numbers "
            f"of up to {float(size.abs().max())} when added up; scale them down"
        )
    return torch.where(total.abs() <= _rounding(total.dtype) * size, 0.0, total / max(n, 1))

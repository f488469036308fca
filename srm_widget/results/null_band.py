"""Band of a null over the steps of a timeline."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from srm_widget.utils.text import signed_text, span_text

_KEPT = {"mean": "mean kept", "rotations": "nothing kept", "columns": "columns kept"}


def kept_text(null: str) -> str:
    """Return what the draws of a null keep of the samples, in words: turned freely, nothing."""
    return _KEPT[null]


def middle_of(null: Float64[np.ndarray, " draws"], share: float) -> tuple[float, float]:
    """Return between what the middle `share` of some draws lies; NaN if one of them is undefined.

    Parameters
    ----------
    null
        What is found in each of the draws, one at least.
    share
        Between 0 and 1.
    """
    low, high = np.quantile(null, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def middle_text(ends: Float64[np.ndarray, "*any"], share: float, n_draws: int) -> str:
    """Return where the middle of turned bases lies, in words."""
    within = span_text(ends.ravel(), signed_text)
    return f"{share:.0%} of {n_draws:,} turned bases within {within}"


class NullBand(NamedTuple):
    """Where the alignment A₄ of all samples lies in most bases turned at random, step by step.

    Attributes
    ----------
    low, high
        (S,) ends of the middle `share` of the turned bases of each step; NaN where no sample has a
        direction.
    kept
        What the rotations leave as it is: "mean" for the samples' mean direction, "rotations" for
        nothing.
    rotations
        R, turned bases of each step.
    share
        Of them that lie in the band.
    n_samples
        Samples that each step was tested on, at least; not all where that would take too long.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> timeline = srm.Timeline()
    >>> timeline.record(torch.eye(8))
    >>> band = timeline.null_band(rotations=40)
    >>> bool(band.high[0] < timeline.ensemble()[0]), band.rotations, band.n_samples
    (True, 40, 8)
    """

    low: Float64[np.ndarray, " steps"]
    high: Float64[np.ndarray, " steps"]
    kept: str
    rotations: int
    share: float
    n_samples: int

    def __repr__(self) -> str:
        middle = middle_text(np.concatenate([self.low, self.high]), self.share, self.rotations)
        return (
            f"NullBand({len(self.low):,} steps, {middle}, {kept_text(self.kept)}, "
            f"{self.n_samples:,} samples)"
        )

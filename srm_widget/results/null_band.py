"""Band of a null over the steps of a timeline."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from srm_widget.utils.text import signed_text, span_text


def kept_text(null: str) -> str:
    """Return what turned bases of a null keep, in words."""
    return "mean kept" if null == "mean" else "nothing kept"


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
        ends = span_text(np.concatenate([self.low, self.high]), signed_text)
        return (
            f"NullBand({len(self.low):,} steps, {self.share:.0%} of {self.rotations:,} turned "
            f"bases within {ends}, {kept_text(self.kept)}, {self.n_samples:,} samples)"
        )

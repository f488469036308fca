"""How many planes have which count at each angle, and the quantiles of their curves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.utils.text import brief
from srm_widget.utils.validation import number

BAND_QUANTILES = 0.05, 0.25, 0.5, 0.75, 0.95
"""Shares of the lit planes below the curves that are drawn for all planes."""


@dataclass(frozen=True, eq=False, repr=False)
class CountHistogram:
    """Histogram of the counts of planes at each of K angles, for counts above 0.

    Histograms of planes without one in common add up. As a plane's count changes at few angles,
    only the differences from each angle to the next are held: they take no more room than the
    changes of all planes together, and none for planes that are dark.

    Attributes
    ----------
    n_angles
        K.
    key
        (n,) int64, rising: (K + 1) count + angle.
    change
        (n,) int64, how many more planes have that count at the angle than at the one before; before
        the first there are none.
    """

    n_angles: int
    key: Int64[np.ndarray, " changes"]
    change: Int64[np.ndarray, " changes"]

    @staticmethod
    def total(parts: "Sequence[CountHistogram]") -> "CountHistogram":
        """Return the histogram of the planes of all parts, of which there is one at least."""
        key = np.concatenate([part.key for part in parts])
        change = np.concatenate([part.change for part in parts])
        # A stable sort merges what is sorted in parts.
        order = np.argsort(key, kind="stable")
        key, change = key[order], change[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        sums = np.add.reduceat(change, first) if len(first) else change
        kept = sums != 0
        return CountHistogram(parts[0].n_angles, key[first][kept], sums[kept])

    @staticmethod
    def of(counts: Int64[np.ndarray, "planes angles"]) -> "CountHistogram":
        """Return the histogram of the curves of some planes."""
        n_angles = counts.shape[1]
        before = np.concatenate([np.zeros_like(counts[:, :1]), counts[:, :-1]], axis=1)
        plane, angle = np.nonzero(counts != before)
        key, change = [], []
        for sign, values in (1, counts), (-1, before):
            own = values[plane, angle] * (n_angles + 1) + angle
            own = own[own > n_angles]  # those of the count 0
            key.append(own)
            change.append(np.full(len(own), sign))
        return CountHistogram.total(
            [CountHistogram(n_angles, np.concatenate(key), np.concatenate(change))]
        )

    def quantiles(
        self, q: Float64[np.ndarray, " shares"], n_planes: int
    ) -> Float64[np.ndarray, "shares angles"]:
        """Return the quantiles of the counts of `n_planes` planes at each angle.

        Those of them that are not in the histogram have the count 0. Between two planes they are
        interpolated as by ``numpy.quantile``; NaN of no planes.
        """
        if n_planes == 0:
            return np.full((len(q), self.n_angles), np.nan)
        rank = (n_planes - 1) * q
        below = np.floor(rank)
        between = rank - below
        low = below.astype(np.int64)
        high = np.minimum(low + 1, n_planes - 1)
        count, angle = np.divmod(self.key, self.n_angles + 1)
        counts, place = np.unique(count, return_inverse=True)
        counts = np.concatenate([[0], counts])
        by_angle = np.argsort(angle, kind="stable")
        ends = np.searchsorted(angle[by_angle], np.arange(1, self.n_angles + 1))
        planes_with = np.zeros(len(counts), dtype=np.int64)
        planes_with[0] = n_planes
        out = np.empty((len(q), self.n_angles))
        start = 0
        for k, stop in enumerate(ends.tolist()):
            here = by_angle[start:stop]
            np.add.at(planes_with, place[here] + 1, self.change[here])
            planes_with[0] -= self.change[here].sum()
            up_to = planes_with.cumsum()
            one, other = (
                counts[np.searchsorted(up_to, at, side="right")].astype(np.float64)
                for at in (low, high)
            )
            # Which of two equal formulas NumPy takes.
            out[:, k] = np.where(
                between < 0.5,
                one + (other - one) * between,
                other - (other - one) * (1 - between),
            )
            start = stop
        return out


def checked_quantiles(q: Any) -> Float64[np.ndarray, "..."]:
    """Return shares as an array of the shape of `q`; ``TypeError`` or ``ValueError`` for others."""
    given = np.asarray(q, dtype=object)
    shares = np.array([number(each, "q") for each in given.ravel()], dtype=np.float64)
    for share in shares[~((shares >= 0) & (shares <= 1))]:
        raise ValueError(f"expected q in 0 … 1, got {brief(float(share))}")
    return shares.reshape(given.shape)

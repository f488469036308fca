"""Cluster-robust errors: how far resonance and alignment may be off where samples hang together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.geometry.fourfold import fourfold_error
from srm_widget.results.wilson_interval import (
    normal_quantile,
    student_quantiles,
    wilson_interval,
)
from srm_widget.utils.text import span_text

_ALIKE = 2.0**-90
"""Share of Σ n_g² up to which the squares of how far groups are from their mean are rounding."""


@dataclass(frozen=True, eq=False)
class GroupErrors:
    """Cluster-robust errors of P planes at K angles, of samples in G groups.

    Attributes
    ----------
    n_groups
        G.
    effective
        (P, K) float64, as how many independent samples the N of all groups tell about f: f (1 - f)
        / var f with var f = G / (G - 1) · Σ_g (lit_g - f n_g)² / N², g the groups, of n_g samples.
        By chance it can exceed N. Where the groups do not differ at all, as where nothing or
        everything is lit, that says nothing, and it is N² / Σ n_g²: the number of groups, if they
        are equally large.
    degrees
        (P, K) float64, degrees of freedom of var f, whole numbers: one less than (Σ lit_g)² /
        Σ lit_g², on how many groups the lit samples are spread, or than the same of the dark ones
        where that is less; 1 at least. Infinite where `effective` is no estimate.
    alignment
        The same of the alignment of each plane, (P,) each.
    """

    n_groups: int
    effective: Float64[np.ndarray, "planes angles"]
    degrees: Float64[np.ndarray, "planes angles"]
    alignment: "MeanErrors"

    def __repr__(self) -> str:
        n_planes, n_angles = self.effective.shape
        return f"GroupErrors({n_planes:,} planes, {n_angles:,} angles, {self.n_groups:,} groups)"

    def __post_init__(self) -> None:
        # Kept for the next curve, while a user computes with them.
        for array in (self.effective, self.degrees, *self.alignment):
            array.flags.writeable = False

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.effective.nbytes + self.degrees.nbytes + sum(a.nbytes for a in self.alignment)

    def samples(self, n_samples: int, confidence: float) -> Float64[np.ndarray, "planes angles"]:
        """Return the effective number of samples that the interval of f is Wilson's of, (P, K).

        `effective` (z / t)², with the quantiles of the normal distribution and of Student's t at
        `degrees`, and N at most (Korn and Graubard 1998; Dean and Pagano 2015). Simulated, its 95 %
        intervals hold f in 92.7 to 97.4 % of cases (``tests/bench/bench_groups.py``), but not where
        G f is below about ten: so few lit groups do not tell how alike their samples are.
        """
        numbers = _with_degrees(self.effective, self.degrees, confidence)
        return np.minimum(numbers, float(n_samples))

    def at(self, angles: Any) -> "GroupErrors":
        """Return the errors at some of the K angles, an index or a slice of them."""
        return replace(self, effective=self.effective[:, angles], degrees=self.degrees[:, angles])

    @staticmethod
    def of_groups_alike(
        groups: tuple[int, float],
        n_samples: int,
        n_lit: Int64[np.ndarray, " planes"],
        n_angles: int,
    ) -> "GroupErrors":
        """Return the errors as if the samples of a group were all alike, without a look at them.

        Parameters
        ----------
        groups
            G, and Σ n_g² / N: of how many samples the group of a sample is in the mean.
        n_samples
            Samples counted.
        n_lit
            (P,) of these the lit ones.
        n_angles
            K.
        """
        (n_groups, size), shape = groups, (len(n_lit), n_angles)
        alignment = MeanErrors(
            fourfold_error(n_lit) * np.sqrt(size), n_lit / size, np.full(len(n_lit), np.inf)
        )
        effective, degrees = np.full(shape, n_samples / size), np.full(shape, np.inf)
        return GroupErrors(n_groups, effective, degrees, alignment)

    @staticmethod
    def stack(parts: "Sequence[GroupErrors]") -> "GroupErrors":
        """Join the planes of several results over the same samples and angles."""
        alignments = zip(*(part.alignment for part in parts), strict=True)
        return GroupErrors(
            parts[0].n_groups,
            np.concatenate([part.effective for part in parts]),
            np.concatenate([part.degrees for part in parts]),
            MeanErrors(*(np.concatenate(columns) for columns in alignments)),
        )


class MeanErrors(NamedTuple):
    """Cluster-robust errors of means A in [-1, 1] over samples in groups, (P,) float64 each.

    Attributes
    ----------
    error
        Standard error sqrt(var A), var A = G / (G - 1) · Σ_g (s_g - A w_g)² / (Σ w_g)², with s_g
        the sum over the samples of a group and w_g that of their weights, over the G groups with
        any; infinite for a single group. Where the groups do not differ, which says nothing of
        those that did not come, 1 / sqrt(2 n) with n as `effective`.
    effective
        As how many independent samples of ±1 they tell about A: (1 - A²) / var A; where the groups
        do not differ, (Σ w_g)² / Σ w_g².
    degrees
        Degrees of freedom of var A, (Σ w_g²)² / Σ w_g⁴ - 1, 1 at least: few where some groups
        outweigh the others. Infinite where `effective` is no estimate.
    """

    error: Float64[np.ndarray, " planes"]
    effective: Float64[np.ndarray, " planes"]
    degrees: Float64[np.ndarray, " planes"]

    def __repr__(self) -> str:
        as_many = f"of as many as {span_text(self.effective)} independent samples"
        return f"MeanErrors({len(self.error):,} planes: {span_text(self.error)}, {as_many})"

    @staticmethod
    def of_groups(
        sums: Float64[np.ndarray, " groups"], weights: Float64[np.ndarray, " groups"]
    ) -> "MeanErrors":
        """Return the errors of the mean Σ s_g / Σ w_g, P = 1; groups of no weight are left out."""
        some = weights > 0
        n, total = int(some.sum()), weights.sum()
        error, effective, degrees = np.inf, np.nan, np.inf
        if n > 0:
            shares, means = weights[some] / total, sums[some] / total
            squares = np.square(shares)
            effective = 1 / squares.sum()
            mean = means.sum()
            variance = np.square(means - mean * shares).sum() * n / max(n - 1, 1)
            if n > 1 and variance > _ALIKE * squares.sum():
                error = np.sqrt(variance)
                effective = (1 - mean * mean) / variance
                degrees = max(1.0, squares.sum() ** 2 / np.square(squares).sum() - 1)
            elif n > 1:
                error = np.sqrt(squares.sum() / 2)
        return MeanErrors(np.array([error]), np.array([effective]), np.array([degrees]))

    def interval(
        self, means: Float64[np.ndarray, " planes"], confidence: float
    ) -> tuple[Float64[np.ndarray, " planes"], Float64[np.ndarray, " planes"]]:
        """Return the intervals of the means, (low, high): Wilson's of (1 + A) / 2."""
        n = _with_degrees(self.effective, self.degrees, confidence)
        low, high = wilson_interval(((1 + means) / 2).clip(0, 1), n, confidence)
        return 2 * low - 1, 2 * high - 1


def _with_degrees(
    effective: Float64[np.ndarray, "*shape"],
    degrees: Float64[np.ndarray, "*shape"],
    confidence: float,
) -> Float64[np.ndarray, "*shape"]:
    """Return effective numbers of samples with which normal quantiles do for Student's t."""
    ratio = normal_quantile(confidence) / student_quantiles(degrees, confidence)
    return np.asarray(effective * np.square(ratio))

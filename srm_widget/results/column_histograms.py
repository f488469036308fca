r"""Histograms of the samples' projections on every direction, and what two of them would give.

Were the projections p_i and p_j of two directions drawn independently, each from its own column, so
many samples would be lit in their plane and stand between its directions as would by chance: *E*,
what the samples that do stand there are compared with. It takes the columns' histograms alone:
E_ij = Σ_ab H_ia R_ab H_jb / N, with R_ab the share of the bins a × b in which a sample would be lit
and between, a product of matrices for all planes at once.
"""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy.special import xlogy

from srm_widget.concurrency.generators import blocking
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.fourfold import CENTRE

BINS_PER_OCTAVE = 16
r"""Bins of \|p\| from each power of two to the next, of equal width: 3 to 6 % of \|p\|."""

LOWEST_OCTAVE = -20
r"""Bins begin at \|p\| = 2⁻²⁰, where `CENTRE` is: what is nearer to 0 stands at no angle."""

LEAST_EXPECTED = 0.25
"""Least E that a number of samples is compared with."""

LEAST_ORTHONORMAL = math.sin(math.pi / 8)
LEAST_OBLIQUE = 0.1
r"""Least \|p\| that is told from 0, in units of ε: in an orthonormal basis, and in others."""

PARTS_PER_BIN = 4
"""Parts of a bin, each tried at one point: whether a sample there would be lit and between. It is
the mean of what all directions together have there, so that equal projections stay where they are.
"""

PLACES_PER_PART = 1 << 17
"""Places of a part that are told apart: those of float32."""

MOST_POINTS_TRIED = 600
"""Points of all bins, above which parts are taken together."""

_RIM = 1e-6
"""Share of ε by which a point may miss it and count as lit: what is exactly at ε is rounded."""

COSINES_PER_UNIT = 16
"""R is worked out at cosines of n / 16, and interpolated from the nearest three."""

STEEPEST = 15
"""Largest of these n; directions nearer to one another are taken to be at that cosine."""

_DENSE = 32
"""Planes that are more than 1 in so many of a block are read off a product of matrices."""

_ENTRIES_AT_ONCE = 1 << 22
"""Numbers that are read, or dot products computed, at once."""

_PRODUCTS_AT_ONCE = 1 << 30
"""Products that are summed to dot products at once."""


def coactivation(
    n_between: Int64[np.ndarray, " planes"] | Float64[np.ndarray, " planes"],
    expected: Float64[np.ndarray, " planes"],
) -> Float64[np.ndarray, " planes"]:
    """Return how far samples between two directions are more than chance: z of a count.

    The signed root of the deviance of a Poisson count, sign(n - E) sqrt(2 (n ln(n / E) - (n - E))),
    E taken as `LEAST_EXPECTED` at least where there is a sample: of directions that hardly light
    anything one sample is no find, and none is no lack.

    Parameters
    ----------
    n_between
        n, samples that are lit and stand between the two directions of each plane.
    expected
        E, how many would if the two directions had nothing to do with each other.
    """
    n = n_between.astype(np.float64)
    e = np.where(n > 0, np.maximum(expected, LEAST_EXPECTED), expected)
    deviance = xlogy(n, n / np.where(n > 0, e, 1.0)) - (n - e)
    return np.sign(n - e) * np.sqrt(2 * np.maximum(deviance, 0.0))


def between_text(n_between: int, expected: float) -> str:
    """Return what a coactivation is made of, in words: "99 between, 64 expected"."""
    return f"{n_between:,} between, {expected:.3g} expected"


def is_narrow(epsilon: float, n_dims: int) -> bool:
    """Return whether pairs that fire together can be missed: D is small for this ε.

    Projections of unit rows are some 1 / √D where they are nothing special, and a sample that is
    lit between two orthogonal directions has ε sin 22.5° on each of them at least. Where D ε² is
    below 6.8 the one is above the other: then E counts each large projection of a pair's own
    samples as if it stood between with whatever others have there, and grows to what the pair has.
    """
    # Of ten draws with a pair planted in 25 of 500 samples it was the first in 0, 3, 7 and 10 of 16
    # dimensions at D ε² = 4, 5, 6 and 6.8, and at 6.8 in all of 32 to 256 (bench_coactivation.py).
    return epsilon * LEAST_ORTHONORMAL * math.sqrt(n_dims) < 1


def narrow_text(epsilon: float, n_dims: int) -> str:
    """Return that pairs can be missed in so few dimensions, for the end of a list; "" if not."""
    if not is_narrow(epsilon, n_dims):
        return ""
    return f"; at this ε in {n_dims:,} dimensions pairs can be missed"


def least_binned(epsilon: float, basis: Basis) -> float:
    r"""Return the \|p\| that is told from 0: in an orthonormal basis the least that matters.

    A sample that is lit at ε and stands between two orthogonal directions is 67.5° at most from
    either. Between others it may be orthogonal to one of them.
    """
    share = LEAST_ORTHONORMAL if basis.is_orthonormal else LEAST_OBLIQUE
    return max(epsilon * share, 2.0**LOWEST_OCTAVE)


def bin_edge(number: int) -> float:
    """Return the lower edge of a bin, counted from 2⁻²⁰ on."""
    octave, part = divmod(number, BINS_PER_OCTAVE)
    return math.ldexp(1 + part / BINS_PER_OCTAVE, octave + LOWEST_OCTAVE)


LAST_BIN = -LOWEST_OCTAVE * BINS_PER_OCTAVE
"""Bin that begins at 1; it holds what rounding makes of the length of a unit row."""


@dataclass(frozen=True, eq=False, repr=False)
class ColumnHistograms:
    r"""Histograms of the projections p = x̂ · b̂ on every direction, over \|p\| of either sign.

    Attributes
    ----------
    basis
        The M directions.
    n_samples
        N. The samples that no bin holds have a smaller \|p\|.
    first
        Number of the first bin; `bin_edge` tells where it begins. The last is `LAST_BIN`.
    counts
        (2, M, bins) int64, samples of p > 0, then of p < 0.
    parts
        (2, 4 bins) int64, where in the bins they are, of all directions together: how many in each
        part of a bin, and the sum of their places in it.
    """

    basis: Basis
    n_samples: int
    first: int
    counts: Int64[np.ndarray, "2 directions bins"]
    parts: Int64[np.ndarray, "2 parts"]
    _regions: dict[tuple[float, int], np.ndarray] = field(default_factory=dict, init=False)

    def expected_steps(
        self, pairs: Int64[np.ndarray, "planes 2"], epsilon: float
    ) -> Generator[None, None, Float64[np.ndarray, " planes"]]:
        r"""Return E of some planes at ε: see `coactivation`.

        Where in a bin of 3 to 6 % of \|p\| a direction's samples are is taken from all directions
        together; if they differ in that, E is off by some per cent. For directions nearer than
        20° to one another, whose cosine is taken for 15/16, it is too small.

        Parameters
        ----------
        pairs
            Planes (i, j), i ≠ j.
        epsilon
            ε, as low as the bins reach.

        Yields
        ------
        None
            After every short step.
        """
        i, j = np.sort(pairs, axis=1).T
        if self.basis.is_orthonormal:
            columns = self.counts.sum(axis=0, dtype=np.float64)
            found = yield from _dots_steps(columns, self._region(epsilon, 0), i, j)
            return found / self.n_samples
        inside = self.counts.transpose(1, 0, 2).reshape(self.counts.shape[1], -1)
        below = self.n_samples - inside.sum(axis=1, keepdims=True)
        columns = np.concatenate([inside, below], axis=1).astype(np.float64)
        yield
        cosines = yield from _dots_steps(self.basis.directions.numpy(), None, i, j)
        total = np.zeros(len(pairs))
        for step, some, weight in _levels(cosines):
            region = self._region(epsilon, step)
            total[some] += weight * (yield from _dots_steps(columns, region, i[some], j[some]))
        return np.maximum(total, 0.0) / self.n_samples

    expected = blocking(expected_steps)

    def _region(self, epsilon: float, step: int) -> Float64[np.ndarray, "bins bins"]:
        """Return R of two directions at the cosine step / 16.

        Of an orthonormal basis by bins of the magnitude; of others by those of p > 0, of p < 0, and
        the one of p nearly 0.
        """
        known = self._regions.get((epsilon, step))
        if known is None:
            known = self._shares(epsilon, step / COSINES_PER_UNIT)
            self._regions[epsilon, step] = known
        return known

    def _shares(self, epsilon: float, cosine: float) -> Float64[np.ndarray, "bins bins"]:
        points, weights = self._points()
        lit = _lit_between(points.reshape(-1, 1), points.ravel(), cosine, max(epsilon, CENTRE))
        weighed = lit * weights.reshape(-1, 1) * weights.ravel()
        n_bins, n = points.shape
        return weighed.reshape(n_bins, n, n_bins, n).sum(axis=(1, 3))

    def _points(self) -> tuple[Float64[np.ndarray, "bins n"], Float64[np.ndarray, "bins n"]]:
        """Return the points of all bins, and which share of a bin each stands for."""
        edges = np.array([bin_edge(k) for k in range(self.first, LAST_BIN + 2)])
        low, width = edges[:-1], np.diff(edges)
        n_samples, places = self.parts.reshape(2, -1, PARTS_PER_BIN).astype(np.float64)
        offsets = np.arange(PARTS_PER_BIN) * n_samples + places / PLACES_PER_PART
        n_bins = len(low) * (1 if self.basis.is_orthonormal else 2)
        together = 1
        while together < PARTS_PER_BIN and n_bins * PARTS_PER_BIN > together * MOST_POINTS_TRIED:
            together *= 2
        n_samples, offsets = (
            each.reshape(len(low), -1, together).sum(axis=2) for each in (n_samples, offsets)
        )
        inside = offsets / np.maximum(n_samples, 1) / PARTS_PER_BIN
        points = low[:, None] + width[:, None] * inside
        weights = n_samples / np.maximum(n_samples.sum(axis=1, keepdims=True), 1)
        if self.basis.is_orthonormal:
            return points, weights
        n = points.shape[1]
        nearly_0 = low[0] * (2 * (np.arange(n) + 0.5) / n - 1)
        return (
            np.concatenate([points, -points, nearly_0[None]]),
            np.concatenate([weights, weights, np.full((1, n), 1 / n)]),
        )


def _lit_between(
    x: Float64[np.ndarray, "points 1"],
    y: Float64[np.ndarray, " points"],
    cosine: float,
    epsilon: float,
) -> Bool[np.ndarray, "points points"]:
    """Return whether samples at the projections x and y on two directions are lit and between."""
    alpha = math.acos(cosine)
    sine = math.sin(alpha)
    e2 = (y - cosine * x) / sine
    lit = x * x + e2 * e2 >= (epsilon * (1 - _RIM)) ** 2
    between = np.zeros(lit.shape, dtype=bool)
    for start, width in (0.0, alpha), (alpha, math.pi - alpha):
        # The middle half of a sector and of its opposite: on unlike sides of the rays around it.
        one, other = (start + share * width for share in (0.25, 0.75))
        sides = (
            (e2 * math.cos(ray) - x * math.sin(ray)) > 0  # left of the ray
            for ray in (one, other)
        )
        between |= np.not_equal(*sides)
    return lit & between


def _levels(
    cosines: Float64[np.ndarray, " planes"],
) -> Iterator[tuple[int, Int64[np.ndarray, " some"], Float64[np.ndarray, " some"]]]:
    """Yield steps of the cosine, and the planes that take a share of what is found there.

    Quadratic interpolation between the nearest step of each plane and its two neighbours.
    """
    scaled = cosines * COSINES_PER_UNIT
    nearest = np.clip(np.rint(scaled), 1 - STEEPEST, STEEPEST - 1).astype(np.int64)
    off = np.clip(scaled - nearest, -1.0, 1.0)
    for step in np.unique(nearest[:, None] + np.array([-1, 0, 1])).tolist():
        side = step - nearest
        some = np.flatnonzero(np.abs(side) <= 1)
        t, s = off[some], side[some]
        yield step, some, np.where(s == 0, 1 - t * t, t * (t + s) / 2)


def _dots_steps(
    rows: Float64[np.ndarray, "rows n"],
    between: Float64[np.ndarray, "n n"] | None,
    i: Int64[np.ndarray, " planes"],
    j: Int64[np.ndarray, " planes"],
) -> Generator[None, None, Float64[np.ndarray, " planes"]]:
    """Return x_i · B x_j of rows x in short steps; i < j, and B is the identity if it is None."""
    m, n = rows.shape
    out = np.empty(len(i))
    order = np.argsort(i, kind="stable")
    step = max(1, min(_ENTRIES_AT_ONCE // m, _PRODUCTS_AT_ONCE // (m * n)))
    at_once = max(1, _ENTRIES_AT_ONCE // n)
    for low in range(0, m, step):
        high = min(low + step, m)
        some = order[slice(*np.searchsorted(i, [low, high], sorter=order))]
        if not len(some):
            continue
        left = rows[low:high] if between is None else rows[low:high] @ between
        if _DENSE * len(some) > (high - low) * (m - low):
            products = left @ rows[low:].T
            out[some] = products[i[some] - low, j[some] - low]
            yield
            continue
        for part in range(0, len(some), at_once):
            few = some[part : part + at_once]
            out[few] = np.einsum("nb,nb->n", left[i[few] - low], rows[j[few]])
            yield
    return out

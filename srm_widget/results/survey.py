"""The result of a survey: mean and spread over all planes, and the best planes by a measure."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, SupportsIndex, get_args

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.fourfold import fourfold_error, mean_fourfold
from srm_widget.geometry.plane_index import Variant
from srm_widget.results.isotropy import isotropic_fraction
from srm_widget.utils.arrays import block_extremes, block_side, pick_of_blocks
from srm_widget.utils.validation import choice, integer

Measure = Literal["alignment", "peak"]
"""A score of a plane."""

MEASURES: tuple[Measure, ...] = get_args(Measure)
"""What planes are ranked by."""


def checked_measure(by: str) -> Measure:
    """Return `by` if it is one of `MEASURES`, or raise ``ValueError``."""
    if by == "gain":
        raise ValueError(
            "expected by='peak', got 'gain': it is the peak over one number for all planes, and "
            "orders them exactly as the peak does"
        )
    return choice("by", by, MEASURES)


def checked_top(top: SupportsIndex) -> int:
    """Return `top` as an int, or raise ``TypeError``, or ``ValueError`` if it is negative."""
    return integer("top", top, least=0)


def checked_per_direction(per_direction: SupportsIndex | None) -> int | None:
    """Return `per_direction` as an int or None, or raise ``TypeError`` or ``ValueError``."""
    return None if per_direction is None else integer("per_direction", per_direction, least=1)


class Listed(NamedTuple):
    """Planes that a survey lists: by which measure, how many, and how many of one direction."""

    by: Measure = "alignment"
    top: int = 100
    per_direction: int | None = None


class LitPlanes(NamedTuple):
    """Counts of all lit planes, those that light a sample at some angle, by rising position.

    All are (n,) int64.

    Attributes
    ----------
    position
        Of the plane i < j; those of the mirror images (j, i) count on from M (M - 1) / 2.
    n_lit, n_between
        Samples lit at some angle, and those of them that stand between two directions.
    fourfold
        Σ cos 4φ over the lit samples, in units of 2⁻²⁴: what the alignment is made of.
    peak, at
        Highest count, and the position of the first angle that has it.
    """

    position: Int64[np.ndarray, " lit"]
    n_lit: Int64[np.ndarray, " lit"]
    n_between: Int64[np.ndarray, " lit"]
    fourfold: Int64[np.ndarray, " lit"]
    peak: Int64[np.ndarray, " lit"]
    at: Int64[np.ndarray, " lit"]


class BestPlanes(NamedTuple):
    """The best planes by a measure, best first.

    Attributes
    ----------
    planes
        (n, 2) int64, (i, j).
    score
        (n,) float64, the measure.
    n_lit, n_between
        (n,) int64, samples lit at some angle, which an alignment is the mean over; those of them
        that stand between two directions.
    error
        (n,) float64, standard error of an alignment of so many samples, 1 / sqrt(2 n_lit), if each
        stands for itself; of samples in groups, `Resonance.alignment_error` is that of a plane.
    peak
        (n,) float64, highest f.
    peak_angle
        (n,) float64, the first angle where f is highest, in radians.
    """

    planes: Int64[np.ndarray, "best 2"]
    score: Float64[np.ndarray, " best"]
    n_lit: Int64[np.ndarray, " best"]
    n_between: Int64[np.ndarray, " best"]
    error: Float64[np.ndarray, " best"]
    peak: Float64[np.ndarray, " best"]
    peak_angle: Float64[np.ndarray, " best"]


class Hubs(NamedTuple):
    """Directions by how many of the lit planes they are in, most first.

    Attributes
    ----------
    direction
        (n,) int64.
    n_planes
        (n,) int64, lit planes that it is in.
    share
        (n,) float64, share of all lit planes. It is 2 / M for each where all planes are lit; a
        *hub*, in far more of them than others, leads every ranking.
    """

    direction: Int64[np.ndarray, " hubs"]
    n_planes: Int64[np.ndarray, " hubs"]
    share: Float64[np.ndarray, " hubs"]


@dataclass(frozen=True, eq=False, repr=False)
class Survey:
    """Resonance of all planes of a privileged basis at one ε.

    Made by `ResonanceEngine.survey`. Planes light up or stay dark: those that light no sample at
    any angle count as 0 in the ensemble, and are not ranked.

    Attributes
    ----------
    n_samples, n_dims, n_directions
        N, D and M.
    n_planes
        Planes in the ensemble; ordered ones, twice as many, with variant="permutation".
    epsilon, resolution, variant
        As asked for.
    by, top
        Measure and number of the planes in `planes`, `score`, `peak` and `peak_angle`.
    per_direction
        Most of these planes that one direction is in; None is any number.
    lit
        Counts of every lit plane.
    total, squares
        Sums over planes of the counts at each angle, and of their squares, as Python's integers.
    parallel
        Pairs of parallel directions i < j: they span no plane and are skipped.
    fourth_moment_alignment, participation
        A₄ and n_eff of all samples, which depend on no ε: see `srm.alignment`. None if the basis
        is not orthonormal, NaN if no sample has a direction.
    """

    n_samples: int
    n_dims: int
    n_directions: int
    n_planes: int
    epsilon: float
    resolution: int
    variant: Variant
    by: Measure
    top: int
    lit: LitPlanes = field(repr=False)
    total: np.ndarray = field(repr=False)
    squares: np.ndarray = field(repr=False)
    parallel: tuple[tuple[int, int], ...] = field(repr=False, default=())
    per_direction: int | None = None
    fourth_moment_alignment: float | None = field(repr=False, default=None)
    participation: float | None = field(repr=False, default=None)

    def __repr__(self) -> str:
        lit = f"{self.n_lit:,} of them lit" if self.n_lit else "nothing lit; try epsilon='auto'"
        return (
            f"Survey({self.n_planes:,} planes, {lit}, epsilon={self.epsilon:g}, "
            f"{self.n_samples:,} samples in {self.n_dims} dimensions)"
        )

    @property
    def n_lit(self) -> int:
        """Number of planes that light a sample at some angle."""
        return len(self.lit.position)

    @property
    def n_skipped(self) -> int:
        """Number of pairs of directions that span no plane."""
        return len(self.parallel)

    @property
    def n_empty(self) -> int:
        """Number of planes that light no sample at any angle."""
        return self.n_planes - self.n_lit

    @cached_property
    def angles(self) -> Float64[np.ndarray, " angles"]:
        """The K angles θ, (K,) radians."""
        return AngularGrid.uniform(self.resolution).angles

    @cached_property
    def mean(self) -> Float64[np.ndarray, " angles"]:
        """Mean of f over all planes at each θ, (K,): the holistic view."""
        return (self.total / (self.n_planes * self.n_samples)).astype(np.float64)

    @cached_property
    def std(self) -> Float64[np.ndarray, " angles"]:
        """Standard deviation of f over all planes at each θ (population), (K,)."""
        # In integers, so that no digits are lost where all planes are nearly alike.
        spread = self.n_planes * self.squares - self.total * self.total
        return np.sqrt(spread.astype(np.float64)) / (self.n_planes * self.n_samples)

    @cached_property
    def isotropic(self) -> float:
        """Fraction f0 that isotropic data of D dimensions would give at every θ."""
        return isotropic_fraction(self.epsilon, self.n_dims)

    @property
    def planes(self) -> Int64[np.ndarray, "best 2"]:
        """The best lit planes (i, j), at most `top`, best first; (n, 2)."""
        return self._best.planes

    @property
    def score(self) -> Float64[np.ndarray, " best"]:
        """Measure of the best planes, (n,)."""
        return self._best.score

    @property
    def between(self) -> Int64[np.ndarray, " best"]:
        """Lit samples of the best planes that stand between two directions, (n,)."""
        return self._best.n_between

    @cached_property
    def alignment(self) -> float:
        """Alignment A(ε) of all planes together: the mean of cos 4φ over planes and lit samples.

        1 if samples stand on the directions of every plane where they are lit, -1 if halfway
        between two; NaN where nothing is lit. A sample that is lit in several planes counts in
        each. See `Resonance.alignment`.
        """
        n_lit, fourfold = int(self.lit.n_lit.sum()), int(self.lit.fourfold.sum())
        return float(mean_fourfold(np.array(fourfold), np.array(n_lit)))

    @property
    def peak(self) -> Float64[np.ndarray, " best"]:
        """Highest f of the best planes, (n,)."""
        return self._best.peak

    @property
    def peak_angle(self) -> Float64[np.ndarray, " best"]:
        """First angle where f of each best plane is highest, (n,) radians."""
        return self._best.peak_angle

    def hubs(self, top: SupportsIndex = 10) -> Hubs:
        """Return the directions that are in the most lit planes, at most `top`, most first."""
        lit = self.pairs(slice(None))
        in_planes = np.bincount(lit.ravel(), minlength=self.n_directions)
        order = np.argsort(-in_planes, kind="stable")[: checked_top(top)]
        order = order[in_planes[order] > 0]
        return Hubs(order, in_planes[order], in_planes[order] / max(1, self.n_lit))

    def best(
        self,
        by: str | None = None,
        top: SupportsIndex | None = None,
        per_direction: SupportsIndex | None = None,
    ) -> BestPlanes:
        """Return the best lit planes by a measure, best first.

        Parameters
        ----------
        by
            "alignment" or "peak"; None is the survey's own. By alignment planes are ranked by
            z = A sqrt(2 n_lit), so that a plane of two samples does not lead. Equal ones are ranked
            by their peak, then by position.
        top
            How many at most; None is the survey's own.
        per_direction
            Most planes of one direction, so that no hub leads them all: see `hubs`. None is the
            survey's own number, which may be any.
        """
        measure = self.by if by is None else checked_measure(by)
        most = self.top if top is None else checked_top(top)
        cap = checked_per_direction(per_direction)
        cap = self.per_direction if cap is None else cap
        order = self._order(measure, most) if cap is None else self._capped(measure, most, cap)
        lit = LitPlanes(*(column[order] for column in self.lit))
        return BestPlanes(
            planes=self.pairs(order),
            score=_scores(lit, measure, self.n_samples),
            n_lit=lit.n_lit,
            n_between=lit.n_between,
            error=fourfold_error(lit.n_lit),
            peak=lit.peak / self.n_samples,
            peak_angle=self.angles[lit.at],
        )

    def scores(self, by: str = "alignment") -> Float64[np.ndarray, " lit"]:
        """Return the measure of every lit plane, (n_lit,), in the order of `lit`."""
        return _scores(self.lit, checked_measure(by), self.n_samples)

    def weights(self, by: str = "alignment") -> Float64[np.ndarray, " lit"]:
        """Return by what every lit plane is ranked, (n_lit,), in the order of `lit`.

        z = A sqrt(2 n_lit) for the alignment: how many standard errors it is from 0. Else the
        measure itself.
        """
        return _weights(self.lit, checked_measure(by), self.n_samples)

    def ranked(self, by: str = "alignment") -> Int64[np.ndarray, " lit"]:
        """Return the positions in `lit` of all lit planes, best first, ordered as by `best`."""
        return self._order(checked_measure(by), self.n_lit)

    def matrix(
        self, by: str = "alignment", max_size: SupportsIndex | None = None
    ) -> Float64[np.ndarray, "some some"]:
        """Return the (M, M) matrix of a measure: the plane (i, j) in row i and column j.

        Parameters
        ----------
        by
            "alignment" or "peak".
        max_size
            Rows at most; a larger matrix is reduced to one entry in each of its square blocks: that
            of the plane with the largest `weights` in magnitude.

        Returns
        -------
        matrix
            NaN on the diagonal and where directions are parallel. A plane that lights nothing has
            the peak 0, and no alignment: NaN.
        """
        dark = np.nan if checked_measure(by) == "alignment" else 0.0
        full = self.spread(self.scores(by), dark)
        if max_size is None:
            return full
        side = block_side(self.n_directions, integer("max_size", max_size, least=1))
        if side == 1:
            return full
        weights = self.spread(self.weights(by), dark)
        return pick_of_blocks(full, block_extremes(weights, side), side)

    def spread(
        self, values: Float64[np.ndarray, " lit"], dark: float
    ) -> Float64[np.ndarray, "directions directions"]:
        """Return values of the lit planes as an (M, M) matrix, `dark` where none is lit.

        NaN on the diagonal and where directions are parallel.
        """
        m = self.n_directions
        full = np.full((m, m), dark)
        i, j = self.pairs(slice(None)).T
        full[i, j] = values
        if self.variant == "combination":
            full[j, i] = values
        np.fill_diagonal(full, np.nan)
        for pair in self.parallel:
            full[pair] = full[pair[::-1]] = np.nan
        return full

    def _order(self, by: Measure, most: int) -> Int64[np.ndarray, " best"]:
        """Return the positions in `lit` of the `most` best planes, best first."""
        score = self.weights(by)
        chosen = np.arange(len(score))
        if most < len(score):
            # Sorting millions of planes for a hundred would take longer than surveying them.
            chosen = _highest(chosen, score, most)
            chosen = _highest_of_ties(chosen, score, self.lit.peak, most)
        keys = self.lit.position[chosen], -self.lit.peak[chosen], -score[chosen]
        return chosen[np.lexsort(keys)][:most]

    def _capped(self, by: Measure, most: int, cap: int) -> Int64[np.ndarray, " best"]:
        """Return the same, going on where a direction of a plane was taken `cap` times already."""
        taken = np.zeros(self.n_directions, dtype=np.int64)
        found: list[int] = []
        seen, many = 0, max(64, 4 * most)
        while len(found) < most and seen < self.n_lit:
            many = min(self.n_lit, many)
            order = self._order(by, many)[seen:]
            pairs = self.pairs(order)
            open_still = (taken[pairs] < cap).all(axis=1)
            for place, (i, j) in zip(order[open_still], pairs[open_still].tolist(), strict=True):
                if len(found) < most and taken[i] < cap and taken[j] < cap:
                    taken[[i, j]] += 1
                    found.append(int(place))
            seen, many = many, 8 * many
        return np.array(found, dtype=np.int64)

    def pairs(self, selected: np.ndarray | slice) -> Int64[np.ndarray, "some 2"]:
        """Return the planes (i, j) of some entries of `lit`."""
        position = self.lit.position[selected]
        n_pairs = plane_index.n_planes(self.n_directions)
        pairs = plane_index.unrank_many(position % n_pairs, self.n_directions)
        pairs[position >= n_pairs] = pairs[position >= n_pairs][:, ::-1]
        return pairs

    @cached_property
    def _best(self) -> BestPlanes:
        return self.best()


def _scores(lit: LitPlanes, by: Measure, n_samples: int) -> Float64[np.ndarray, " lit"]:
    if by == "alignment":
        return mean_fourfold(lit.fourfold, lit.n_lit)
    return lit.peak / n_samples


def _weights(lit: LitPlanes, by: Measure, n_samples: int) -> Float64[np.ndarray, " lit"]:
    scores = _scores(lit, by, n_samples)
    return scores / fourfold_error(lit.n_lit) if by == "alignment" else scores


def _highest(chosen: np.ndarray, key: np.ndarray, most: int) -> np.ndarray:
    """Return those of `chosen` with one of the `most` highest keys; more if keys are equal."""
    if most <= 0:
        return chosen[:0]
    if most >= len(chosen):
        return chosen
    keys = key[chosen]
    return chosen[keys >= np.partition(keys, len(keys) - most)[len(keys) - most]]


def _highest_of_ties(
    chosen: np.ndarray, score: np.ndarray, peak: np.ndarray, most: int
) -> np.ndarray:
    """Of the chosen planes that share the lowest score, keep only those with the highest peaks."""
    if len(chosen) == 0:
        return chosen
    tied = score[chosen] == score[chosen].min()
    better = chosen[~tied]
    return np.concatenate([better, _highest(chosen[tied], peak, most - len(better))])

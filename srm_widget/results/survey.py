"""The result of a survey: mean and spread over all planes, and the best planes by a measure."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, SupportsIndex, get_args

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.concurrency.generators import Progress, as_part, blocking, reported, run
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.fourfold import fourfold_error, mean_fourfold
from srm_widget.geometry.plane_index import Variant
from srm_widget.results.column_histograms import ColumnHistograms, between_text, coactivation
from srm_widget.results.count_histogram import CountHistogram, checked_quantiles
from srm_widget.results.curves import Resonance
from srm_widget.results.fresh_source import CurveSource, Prepared, Searched, fresh_source
from srm_widget.results.isotropy import isotropic_fraction
from srm_widget.results.multiple_tests import confirmed_text, holm, p_text, two_sided_p
from srm_widget.results.plane_table import ends_text, plane_table
from srm_widget.results.ranking import RankedPart, capped
from srm_widget.utils.arrays import block_extremes, block_side, pick_of_blocks
from srm_widget.utils.calls import explain_calls
from srm_widget.utils.text import span_text
from srm_widget.utils.validation import boolean, choice, integer

if TYPE_CHECKING:
    import pandas as pd

Measure = Literal["alignment", "coactivation", "peak"]
"""A score of a plane."""

MEASURES: tuple[Measure, ...] = get_args(Measure)
"""What planes are ranked by."""


LEADING, PER_DIRECTION = 100, 3
"""Where planes are gone through best first, the first so many are such that no direction is in more
of them than so many: else one direction would be in them all."""

HUB, LEAST_OF_HUB, MOST_HUBS = 5, 10, 3
"""A hub is in so many times as many lit planes as directions are in the mean, and in so many at
least; so many hubs are named."""


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

    def __repr__(self) -> str:
        return f"LitPlanes({len(self.position):,} planes, {span_text(self.n_lit)} samples lit)"


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
    expected
        (n,) float64, E, how many would if the two directions had nothing to do with each other: see
        `srm_widget.results.column_histograms`.
    error
        (n,) float64, standard error of an alignment of so many samples, 1 / sqrt(2 n_lit), if each
        stands for itself. A survey knows no groups; `Survey.confirm` and, of one plane,
        `Resonance.alignment_error` do.
    peak
        (n,) float64, highest f.
    peak_angle
        (n,) float64, the first angle where f is highest, in radians.
    by
        The measure.
    basis
        The M directions.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> best = engine.survey(epsilon=0.8).best(top=1)
    >>> best.planes.tolist(), best.score.round(2).tolist()
    ([[0, 2]], [1.0])
    >>> best.n_lit.tolist(), best.error.round(2).tolist()
    ([2], [0.5])
    """

    planes: Int64[np.ndarray, "best 2"]
    score: Float64[np.ndarray, " best"]
    n_lit: Int64[np.ndarray, " best"]
    n_between: Int64[np.ndarray, " best"]
    expected: Float64[np.ndarray, " best"]
    error: Float64[np.ndarray, " best"]
    peak: Float64[np.ndarray, " best"]
    peak_angle: Float64[np.ndarray, " best"]
    by: Measure
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
            With the columns i, j, score, n_lit, n_between, expected, error, peak, peak_angle; with
            names also name_i and name_j.

        Raises
        ------
        ValueError
            If there are not as many names as directions.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> table = engine.survey(epsilon=0.8).best(top=1).to_dataframe(["fur", "tail", "wheel"])
        >>> table[["name_i", "name_j", "score", "n_lit"]].round(2).values.tolist()
        [['fur', 'wheel', 1.0, 2]]
        """
        return plane_table(self.planes, names, self.basis, _columns_of(self))

    def __repr__(self) -> str:
        return f"BestPlanes({ends_text(self.planes, partial(_score_text, self))})"


def _columns_of(best: BestPlanes, prefix: str = "") -> dict[str, np.ndarray]:
    """Return what is known of each of some planes, (n,) each, by its name behind a prefix."""
    names = ("score", "n_lit", "n_between", "expected", "error", "peak", "peak_angle")
    return {prefix + name: getattr(best, name) for name in names}


def _score_text(best: BestPlanes, k: int) -> str:
    """Return the score of one of some planes and what it rests on, in words."""
    if best.by == "coactivation":
        return between_text(int(best.n_between[k]), best.expected[k])
    return f"{best.score[k]:.3g} of {best.n_lit[k]:,} lit"


class Confirmation(NamedTuple):
    r"""Planes of a survey on fresh samples, beside what was found; see `Survey.confirm`.

    Attributes
    ----------
    found
        The planes as the survey lists them.
    fresh
        The same planes in the same order, on the fresh samples. ``expected`` is NaN unless planes
        are ranked by coactivation, as it takes all directions. ``error`` is that of
        `Resonance.alignment_error`: cluster-robust, if the fresh samples came in groups.
    p
        (n,) float64, two-sided, of the alignments on the fresh samples: how often samples spread
        evenly over a plane's angles are as far from 0, \|A\| sqrt(2 n_lit) as a normal number. Of
        planes ranked by coactivation it is of that: how often a count of the mean E is as far off.
        Of fresh samples in groups: of A over its cluster-robust error, as Student's t with the
        degrees of freedom of `srm_widget.results.group_errors.MeanErrors`; by coactivation NaN, as
        how far such counts spread is not known. They hold for all these planes together (Holm). 1
        where nothing is lit.
    n_samples
        Fresh samples.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> found = srm.ResonanceEngine(torch.eye(3).repeat(9, 1)).survey(epsilon=0.8, top=1)
    >>> again = found.confirm(torch.eye(3).repeat(5, 1))
    >>> again.fresh.score.tolist(), again.fresh.n_lit.tolist(), again.n_samples
    ([1.0], [10], 15)
    >>> bool(again.p[0] < 0.001)
    True
    """

    found: BestPlanes
    fresh: BestPlanes
    p: Float64[np.ndarray, " best"]
    n_samples: int

    def to_dataframe(self, names: Sequence[str] | None = None) -> "pd.DataFrame":
        """Return one row a plane, in the order in which they were found.

        Parameters
        ----------
        names
            M names of the directions, for two more columns; None is those that the basis has, as
            of a table.

        Returns
        -------
        pandas.DataFrame
            With the columns i, j, found_score, found_n_lit and so on, as of `BestPlanes`, the same
            on the fresh samples, fresh_score and so on, and p; with names also name_i and name_j.

        Raises
        ------
        ValueError
            If there are not as many names as directions.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> found = srm.ResonanceEngine(torch.eye(3).repeat(9, 1)).survey(epsilon=0.8, top=1)
        >>> table = found.confirm(torch.eye(3).repeat(5, 1)).to_dataframe()
        >>> table[["i", "j", "found_score", "found_n_lit", "fresh_score", "fresh_n_lit"]].values
        array([[ 0.,  1.,  1., 18.,  1., 10.]])
        """
        columns = _columns_of(self.found, "found_") | _columns_of(self.fresh, "fresh_")
        columns["p"] = self.p
        return plane_table(self.found.planes, names, self.found.basis, columns)

    def __repr__(self) -> str:
        first = ""
        if len(self.p):
            i, j = self.found.planes[0]
            both = f"{_score_text(self.found, 0)}, fresh {_score_text(self.fresh, 0)}"
            first = f"; ({i}, {j}) {both}, {p_text(self.p[0])}"
        return (
            f"Confirmation({len(self.p):,} planes, {confirmed_text(self.p)}, "
            f"{self.n_samples:,} fresh samples{first})"
        )


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

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[9, 1, 0, 0], [9, 0, 1, 0], [9, 0, 0, 1]])
    >>> hubs = engine.hubs(epsilon=0.9, top=1)
    >>> hubs.direction.tolist(), hubs.n_planes.tolist(), hubs.share.tolist()
    ([0], [3], [1.0])
    """

    direction: Int64[np.ndarray, " hubs"]
    n_planes: Int64[np.ndarray, " hubs"]
    share: Float64[np.ndarray, " hubs"]

    def __repr__(self) -> str:
        first = ""
        if len(self.direction):
            lit = f"{self.n_planes[0]:,} lit planes, {self.share[0]:.2g} of all"
            first = f": {self.direction[0]} in {lit}"
        return f"Hubs({len(self.direction):,} directions{first})"


@explain_calls
@dataclass(frozen=True, eq=False, repr=False)
class Survey:
    """Resonance of all planes of a privileged basis at one ε.

    Made by `ResonanceEngine.survey`. Planes light up or stay dark: those that light no sample at
    any angle count as 0 in the ensemble, and are not ranked.

    Attributes
    ----------
    n_samples
        N, samples, rows of zeros counted in.
    basis
        The privileged basis.
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
    columns
        Histograms of the samples' projections on every direction.
    total, squares
        Sums over planes of the counts at each angle, and of their squares, as Python's integers.
    histogram
        How many lit planes have which count at each angle.
    parallel
        Pairs of parallel or antiparallel directions i < j: they span no plane and are skipped, as
        are those of `basis.dead`.
    fourth_moment_alignment, participation
        A₄ and n_eff of all samples, which depend on no ε: see `srm.alignment`. None if the basis
        is not orthonormal, NaN if no sample has a direction.
    preparation
        What was done to the activations before they were brought to unit length, in words; "" for
        nothing.
    engine_of
        Makes an engine of other activations with the settings of the one that was surveyed, of None
        one without samples; None where counts were surveyed.
    prepared
        Centre and least norm of counts that were surveyed; else `engine_of` knows them.
    searched
        What tells the samples that were surveyed from fresh ones; None where counts were.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> survey = engine.survey(epsilon=0.8, resolution=8)
    >>> survey
    Survey(3 planes, 3 of them lit, epsilon=0.8, 3 samples in 3 dimensions)
    >>> survey.planes.tolist(), survey.score.round(2).tolist()  # by alignment, the best first
    ([[0, 2], [1, 2], [0, 1]], [1.0, 1.0, 0.28])
    >>> survey.mean.round(3).tolist()  # of f over the three planes, at θ = 0°, 45°, …
    [0.333, 0.222, 0.111, 0.0, 0.0, 0.0, 0.222, 0.0]
    """

    n_samples: int
    basis: Basis
    n_planes: int
    epsilon: float
    resolution: int
    variant: Variant
    by: Measure
    top: int
    lit: LitPlanes = field(repr=False)
    columns: ColumnHistograms = field(repr=False)
    total: np.ndarray = field(repr=False)
    squares: np.ndarray = field(repr=False)
    histogram: CountHistogram = field(repr=False)
    parallel: tuple[tuple[int, int], ...] = field(repr=False, default=())
    per_direction: int | None = None
    fourth_moment_alignment: float | None = field(repr=False, default=None)
    participation: float | None = field(repr=False, default=None)
    preparation: str = ""
    engine_of: Callable[[Any], CurveSource] | None = field(repr=False, default=None)
    prepared: Prepared = field(repr=False, default=Prepared())
    searched: Searched | None = field(repr=False, default=None)

    def __repr__(self) -> str:
        skipped = f", {self.n_skipped:,} pairs span no plane" if self.n_skipped else ""
        lit = f"{self.n_lit:,} of them lit" if self.n_lit else "nothing lit; try epsilon='auto'"
        return (
            f"Survey({self.n_planes:,} planes, {lit}, epsilon={self.epsilon:g}, "
            f"{self.n_samples:,} samples in {self.n_dims} dimensions"
            f"{skipped}{self.preparation and ', ' + self.preparation})"
        )

    @property
    def n_dims(self) -> int:
        """D, dimensions of the activations."""
        return self.basis.n_dims

    @property
    def n_directions(self) -> int:
        """M, directions of the basis."""
        return self.basis.n_directions

    @property
    def n_lit(self) -> int:
        """Number of planes that light a sample at some angle."""
        return len(self.lit.position)

    @property
    def n_skipped(self) -> int:
        """Number of pairs i < j that span no plane: `parallel` ones, and those of rows of zeros."""
        return len(self.parallel) + self.basis.n_dead_pairs

    @property
    def n_parallel(self) -> int:
        """Number of pairs i < j of the same direction."""
        return len(self.parallel) - self.n_antipodal

    @property
    def n_antipodal(self) -> int:
        """Number of pairs i < j of opposite directions."""
        rows = self.basis.directions
        return sum(float(rows[i] @ rows[j]) < 0 for i, j in self.parallel)

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

    def quantiles(self, q: Any, *, lit: bool = False) -> Float64[np.ndarray, "..."]:
        """Return quantiles over planes of f at each θ: all curves laid over one another.

        Exact, of the counts of every plane, and the same as ``numpy.quantile`` of all curves. They
        say more than `mean` and `std` where a few planes have far more light than all others, as
        those of hubs: these move the mean, and stretch the deviation below 0.

        Parameters
        ----------
        q
            Shares of the planes below, in 0 … 1: a number, or a sequence of Q.
        lit
            Whether only planes count that light a sample at some angle. Else, where most planes are
            dark, most quantiles are 0.

        Returns
        -------
        quantiles
            (K,) of a number, (Q, K) of a sequence; NaN of lit planes if there are none.

        Raises
        ------
        TypeError, ValueError
            If a share is no number in 0 … 1, or `lit` neither True nor False.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> survey = engine.survey(epsilon=0.8, resolution=8)
        >>> survey.quantiles(0.5).round(2).tolist()  # the median of three planes at each θ
        [0.33, 0.0, 0.0, 0.0, 0.0, 0.0, 0.33, 0.0]
        >>> survey.quantiles([0.25, 0.75]).shape
        (2, 8)
        """
        shares = checked_quantiles(q)
        n_planes = self.n_lit if boolean("lit", lit) else self.n_planes
        found = self.histogram.quantiles(shares.ravel(), n_planes) / self.n_samples
        return found.reshape(*shares.shape, self.resolution)

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

    @property
    def expected(self) -> Float64[np.ndarray, " best"]:
        """E of the best planes: how many would stand there by chance, (n,); see `scores`."""
        return self._best.expected

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
        """Return the directions that are in the most lit planes, at most `top`, most first.

        Parameters
        ----------
        top
            How many directions at most.

        Returns
        -------
        Hubs
            ``direction``, ``n_planes`` and ``share``, (n,) each.

        Raises
        ------
        TypeError, ValueError
            If `top` is no integer or negative.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[9, 1, 0, 0], [9, 0, 1, 0], [9, 0, 0, 1]])
        >>> hubs = engine.survey(epsilon=0.9).hubs(top=2)
        >>> hubs.direction.tolist(), hubs.n_planes.tolist(), hubs.share.round(2).tolist()
        ([0, 1], [3, 1], [1.0, 0.33])
        """
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
            "alignment", "coactivation" or "peak"; None is the survey's own. By alignment planes are
            ranked by z = A sqrt(2 n_lit), so that a plane of two samples does not lead. Equal ones
            are ranked by their peak, then by position. See `scores`.
        top
            How many at most; None is the survey's own.
        per_direction
            Most planes of one direction, so that no hub leads them all: see `hubs`. None is the
            survey's own number, which may be any.

        Returns
        -------
        BestPlanes
            ``planes`` (n, 2), ``score`` (n,), ``n_lit`` and what else is known of them.

        Raises
        ------
        TypeError, ValueError
            If there is no such measure, or a number is no integer or too small.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> survey = engine.survey(epsilon=0.8, resolution=8)
        >>> best = survey.best("peak", top=1)
        >>> best.planes.tolist(), best.peak.round(2).tolist(), best.n_lit.tolist()
        ([[0, 1]], [0.67], [2])
        """
        measure = self.by if by is None else checked_measure(by)
        most = self.top if top is None else checked_top(top)
        cap = checked_per_direction(per_direction)
        cap = self.per_direction if cap is None else cap
        order = self._order(measure, most) if cap is None else self._capped(measure, most, cap)
        return self._listed(measure, order)

    def leading(self, by: str, top: SupportsIndex) -> BestPlanes:
        """Return the first lit planes as the scope's slider goes through them: see `ranked`."""
        order = self.ranked(by, leading=LEADING)[: checked_top(top)]
        return self._listed(checked_measure(by), order)

    def _listed(self, measure: Measure, order: Int64[np.ndarray, " best"]) -> BestPlanes:
        lit = LitPlanes(*(column[order] for column in self.lit))
        return BestPlanes(
            planes=self.pairs(order),
            score=self._scores(measure, order),
            n_lit=lit.n_lit,
            n_between=lit.n_between,
            expected=self._expected(order),
            error=fourfold_error(lit.n_lit),
            peak=lit.peak / self.n_samples,
            peak_angle=self.angles[lit.at],
            by=measure,
            basis=self.basis,
        )

    def to_dataframe(self, names: Sequence[str] | None = None) -> "pd.DataFrame":
        """Return one row a plane of `planes`, best first: the table of `best`.

        Parameters
        ----------
        names
            As for `BestPlanes.to_dataframe`, which says what columns there are.

        Raises
        ------
        ValueError
            If there are not as many names as directions.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> table = engine.survey(epsilon=0.8, top=2).to_dataframe()
        >>> table[["i", "j", "score", "n_lit"]].round(2).values.tolist()
        [[0.0, 2.0, 1.0, 2.0], [1.0, 2.0, 1.0, 2.0]]
        """
        return self._best.to_dataframe(names)

    def confirm_steps(
        self, activations: Any, *, progress: Progress = None
    ) -> Generator[float, None, Confirmation]:
        """Look up the best planes on samples that had no part in finding them.

        The best of many planes look better than they are, as they were chosen for that; on fresh
        samples they look as they are. Only `planes` are looked up, at the survey's ε.

        Parameters
        ----------
        activations
            (N, D) fresh samples: held out, or recorded later; samples that hang together with those
            surveyed, as tokens of the same sentences, are not fresh. Or an engine of such with the
            same basis, centre and least norm; which may have groups, while those surveyed had none.
        progress
            As for `ResonanceEngine.survey`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        found, fresh, p, n_samples
            See `srm_widget.results.survey.Confirmation`. p is of the alignments, also where planes
            are ranked by their peak; by coactivation it is of that. It takes samples, or their
            groups, for independent, and isotropy in the plane for the null, not turned bases:
            `ResonanceEngine.significance` tells whether it is this basis.

        Raises
        ------
        TypeError
            For anything else, and for activations if the survey is one of counts.
        ValueError
            If the engine has another basis or prepares rows otherwise, or for activations of
            another width; for the very samples that were surveyed, alone or before others.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> found = srm.ResonanceEngine(torch.eye(3).repeat(9, 1)).survey(epsilon=0.8, top=1)
        >>> again = found.confirm([[1, 1, 0]] * 8)  # fresh samples, which stand elsewhere
        >>> again.found.score.tolist(), again.fresh.score.tolist(), again.n_samples
        ([1.0], [-1.0], 8)
        """
        source = fresh_source(
            activations, self.basis, self.engine_of, self.prepared, self.searched, found="survey"
        )
        return reported(self._confirm_steps(source), progress, "planes")

    confirm = blocking(confirm_steps)

    def _confirm_steps(self, source: CurveSource) -> Generator[float, None, Confirmation]:
        found, curves = self._best, []
        n_parts = len(found.planes) + (self.by == "coactivation")
        for i, j in found.planes.tolist():
            steps = source.curve_steps(i, j, epsilon=self.epsilon, resolution=self.resolution)
            curves.append(run(steps))
            yield len(curves) / n_parts
        if not curves:
            return Confirmation(found, found, np.empty(0), source.n_samples)
        planes = Resonance.stack(curves)
        expected = np.full(len(curves), np.nan)
        if self.by == "coactivation":
            columns = yield from as_part(
                source.column_histograms_steps(epsilon=self.epsilon), len(curves), n_parts
            )
            expected = columns.expected(planes.planes, self.epsilon)
        peak = planes.values.max(axis=1)
        scores: dict[Measure, Float64[np.ndarray, " best"]] = {
            "alignment": planes.alignment,
            "coactivation": coactivation(planes.n_between, expected),
            "peak": peak,
        }
        fresh = BestPlanes(
            planes=planes.planes,
            score=scores[self.by],
            n_lit=planes.n_lit,
            n_between=planes.n_between,
            expected=expected,
            error=planes.alignment_error,
            peak=peak,
            peak_angle=planes.angles[planes.counts.argmax(axis=1)],
            by=self.by,
            basis=self.basis,
        )
        return Confirmation(found, fresh, self._p_of(fresh, planes), source.n_samples)

    def _p_of(self, fresh: BestPlanes, planes: Resonance) -> Float64[np.ndarray, " best"]:
        """Return p of planes on fresh samples, which hold for all of them together."""
        if self.by != "coactivation":
            degrees = None if planes.groups is None else planes.groups.alignment.degrees
            return holm(two_sided_p(planes.alignment / fresh.error, degrees))
        if planes.groups is not None:
            return np.full(len(fresh.score), np.nan)
        return holm(two_sided_p(fresh.score))

    def scores(self, by: str = "alignment") -> Float64[np.ndarray, " lit"]:
        r"""Return the measure of every lit plane, (n_lit,), in the order of `lit`.

        Parameters
        ----------
        by
            "alignment" for A(ε); "peak" for the highest f. "coactivation" for how far the samples
            that stand *between* the two directions, which only this plane shows, are more than
            chance: the signed root of the deviance of their number n from E, sign(n - E)
            sqrt(2 (n ln(n / E) - (n - E))). E is how many there would be if the two projections
            had nothing to do with each other, each with its own histogram; ¼ at least where n > 0.

        Returns
        -------
        scores
            (n_lit,) float64.

        Raises
        ------
        ValueError
            If there is no such measure.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> survey = engine.survey(epsilon=0.8, resolution=8)
        >>> survey.scores("peak").round(2).tolist()
        [0.67, 0.33, 0.33]
        """
        return self._scores(checked_measure(by), slice(None))

    def weights(self, by: str = "alignment") -> Float64[np.ndarray, " lit"]:
        """Return by what every lit plane is ranked, (n_lit,), in the order of `lit`.

        z = A sqrt(2 n_lit) for the alignment: how many standard errors it is from 0. Else the
        measure itself.

        Parameters
        ----------
        by
            Measure, as for `scores`.

        Raises
        ------
        ValueError
            If there is no such measure.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> survey = engine.survey(epsilon=0.8, resolution=8)
        >>> survey.weights().round(2).tolist(), survey.lit.n_lit.tolist()
        ([0.56, 2.0, 2.0], [2, 2, 2])
        """
        scores = self.scores(by)
        return scores / fourfold_error(self.lit.n_lit) if by == "alignment" else scores

    def ranked(
        self, by: str = "alignment", *, leading: int = 0, per_direction: int = PER_DIRECTION
    ) -> Int64[np.ndarray, " lit"]:
        """Return the positions in `lit` of all lit planes, best first, ordered as by `best`.

        Parameters
        ----------
        by
            Measure.
        leading, per_direction
            The first `leading` of them are such that no direction is in more than `per_direction`;
            all others follow.

        Returns
        -------
        positions
            (n_lit,) int64.

        Raises
        ------
        ValueError
            If there is no such measure.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> survey = engine.survey(epsilon=0.8, resolution=8)
        >>> survey.pairs(survey.ranked("peak")).tolist()
        [[0, 1], [0, 2], [1, 2]]
        """
        measure = checked_measure(by)
        order = self._order(measure, self.n_lit)
        if not leading:
            return order
        first = self._capped(measure, leading, per_direction)
        others = np.ones(self.n_lit, dtype=bool)
        others[first] = False
        return np.concatenate([first, order[others[order]]])

    def matrix(
        self, by: str = "alignment", max_size: SupportsIndex | None = None
    ) -> Float64[np.ndarray, "some some"]:
        """Return the (M, M) matrix of a measure: the plane (i, j) in row i and column j.

        Parameters
        ----------
        by
            "alignment", "coactivation" or "peak".
        max_size
            Rows at most; a larger matrix is reduced to one entry in each of its square blocks: that
            of the plane with the largest `weights` in magnitude.

        Returns
        -------
        matrix
            NaN on the diagonal and where two directions span no plane. A plane that lights nothing
            has the peak 0, and neither alignment nor coactivation: NaN.

        Raises
        ------
        TypeError, ValueError
            If there is no such measure, or `max_size` is no integer or below 1.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> survey = engine.survey(epsilon=0.8, resolution=8)
        >>> survey.matrix("alignment").round(2).tolist()
        [[nan, 0.28, 1.0], [0.28, nan, 1.0], [1.0, 1.0, nan]]
        >>> survey.matrix("peak", max_size=2).shape
        (2, 2)
        """
        dark = 0.0 if checked_measure(by) == "peak" else np.nan
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

        NaN on the diagonal and where two directions span no plane.
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
        full[self.basis.dead] = full[:, self.basis.dead] = np.nan
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
        """Return the same, with at most `cap` planes of one direction."""
        return capped(self._ranked_parts(by, most), most, cap, self.n_directions)

    def _ranked_parts(self, by: Measure, most: int) -> Iterator[RankedPart]:
        """Yield the positions in `lit` of ever more planes, best first, and their directions."""
        seen, many = 0, max(64, 4 * most)
        while seen < self.n_lit:
            many = min(self.n_lit, many)
            order = self._order(by, many)[seen:]
            yield order, self.pairs(order)
            seen, many = many, 8 * many

    def pairs(self, selected: np.ndarray | slice) -> Int64[np.ndarray, "some 2"]:
        """Return the planes (i, j) of some entries of `lit`.

        Parameters
        ----------
        selected
            Positions in `lit`, or a slice.

        Returns
        -------
        pairs
            (n, 2) int64, (i, j).

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> survey = engine.survey(epsilon=0.8, resolution=8)
        >>> survey.pairs(slice(None)).tolist()  # of all lit planes
        [[0, 1], [0, 2], [1, 2]]
        """
        position = self.lit.position[selected]
        n_pairs = plane_index.n_planes(self.n_directions)
        pairs = plane_index.unrank_many(position % n_pairs, self.n_directions)
        pairs[position >= n_pairs] = pairs[position >= n_pairs][:, ::-1]
        return pairs

    @cached_property
    def _best(self) -> BestPlanes:
        return self.best()

    def _scores(self, by: Measure, selected: np.ndarray | slice) -> Float64[np.ndarray, " some"]:
        if by == "alignment":
            return mean_fourfold(self.lit.fourfold[selected], self.lit.n_lit[selected])
        if by == "coactivation":
            return self._coactivation[selected]
        return self.lit.peak[selected] / self.n_samples

    @cached_property
    def _coactivation(self) -> Float64[np.ndarray, " lit"]:
        return coactivation(self.lit.n_between, self._expected(slice(None)))

    def _expected(self, selected: np.ndarray | slice) -> Float64[np.ndarray, " some"]:
        """Return E of some entries of `lit`."""
        return self.columns.expected(self.pairs(selected), self.epsilon)


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

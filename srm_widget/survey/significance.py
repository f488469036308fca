"""Significance of planes: p over all planes, by the null of the maximum."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, SupportsIndex, get_args

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.concurrency.generators import run
from srm_widget.geometry import plane_index
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.column_histograms import coactivation, narrow_text
from srm_widget.results.multiple_tests import p_text
from srm_widget.results.null_band import kept_text
from srm_widget.results.plane_table import plane_table
from srm_widget.results.survey import Measure
from srm_widget.samples.fourth_moments import check_orthonormal
from srm_widget.samples.store import SampleStore
from srm_widget.survey.null_draws import (
    FEWEST_SAMPLES,
    MOST_WORK,
    NullDraws,
    ShuffledColumns,
    Statistic,
    TurnedBases,
    checked_seed,
)
from srm_widget.survey.plane_sums import plane_sums
from srm_widget.survey.random_rotations import Null
from srm_widget.survey.surveyor import Surveyor, SurveySpec
from srm_widget.utils.text import signed_text
from srm_widget.utils.validation import choice, integer

if TYPE_CHECKING:
    import pandas as pd

PlaneNull = Literal[Null, "columns"]
"""What planes are compared with: turned bases, or the same columns shuffled."""

PLANE_NULLS: tuple[PlaneNull, ...] = get_args(PlaneNull)

_N_FOR_MEANS = 50
"""Shuffles that a plane's means are taken of: they add a hundredth to its standard error."""

_WORK_LIT = 1000
"""Multiplications in the time that a lit sample of a plane takes."""

_WORK_TURNED = 2
"""Multiplications of a random rotation, over the cube of its dimensions."""

_WORK_SHUFFLED = 20
"""Multiplications in the time that shuffling a projection takes."""

_LOOKED_AT = 64
_TESTS_LOOKED_AT = 1 << 22
"""Samples, and planes times samples, by which it is told how many planes a sample lights."""


@dataclass(frozen=True, eq=False, repr=False)
class Significance:
    r"""Planes that stand out furthest, with a p that holds for all planes together.

    Attributes
    ----------
    planes
        (n, 2) int64, (i, j), the furthest out first.
    score
        (n,) float64, the measure: the alignment A(ε), the coactivation, or the peak.
    n_lit
        (n,) int64, samples lit at some angle, which the alignment is the mean over.
    strength
        (n,) float64, what is compared: \|A\| sqrt(2 n_lit), the coactivation, or the peak. With
        shuffled columns, but for the coactivation, how far it is from what they give,
        \|S - S̄\| / sqrt(V): S the sum of cos 4φ over lit samples and V = n̄_lit / 2, or S the
        highest count and V = S̄; S̄ and n̄_lit the plane's means over 50 shuffles of their own, V at
        least ½.
    p
        (n,) float64, (1 + #{max_r ≥ strength}) / (R + 1).
    null
        (R,) float64, max_r: the largest strength of any lit plane, one a draw; 0 where nothing is
        lit. Where it is 0 throughout, p says only that this basis lights something at this ε.
    by, epsilon, kept
        As asked for; ``kept`` is the null's name.
    n_planes
        Planes that there are, lit or not.
    n_samples
        Samples tested: all; or some of them, drawn at random, where all draws together would
        take too long.
    basis
        The M directions.

    Notes
    -----
    That a plane was chosen among all is taken into account, however they depend on each other: it
    is the null of the maximum (Westfall and Young 1993; for rotations Langsrud, "Rotation tests",
    2005).

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine(torch.eye(8).repeat(20, 1))
    >>> found = engine.significance(epsilon=0.8, rotations=50, top=1)
    >>> found.planes.tolist(), found.score.tolist(), found.n_lit.tolist()
    ([[0, 1]], [1.0], [40])
    >>> found.p.round(3).tolist(), found.kept, found.n_planes
    ([0.02], 'mean', 28)
    """

    planes: Int64[np.ndarray, "best 2"] = field(repr=False)
    score: Float64[np.ndarray, " best"]
    n_lit: Int64[np.ndarray, " best"]
    strength: Float64[np.ndarray, " best"]
    p: Float64[np.ndarray, " best"]
    null: Float64[np.ndarray, " draws"]
    by: Measure
    epsilon: float
    kept: PlaneNull
    n_planes: int
    n_samples: int
    basis: Basis

    def p_of(self, i: SupportsIndex, j: SupportsIndex) -> float:
        """Return p of the plane (i, j) or (j, i); NaN if it is none of `planes`.

        Parameters
        ----------
        i, j
            Directions.

        Raises
        ------
        TypeError
            If i or j is no integer.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> found = srm.ResonanceEngine(torch.eye(4)).significance(epsilon=0.8, rotations=20, top=1)
        >>> found.planes.tolist(), round(found.p_of(1, 0), 3), found.p_of(2, 3)
        ([[0, 1]], 0.048, nan)
        """
        pair = sorted((integer("i", i), integer("j", j)))
        at = np.flatnonzero((self.planes == pair).all(axis=1))
        return float(self.p[at[0]]) if len(at) else float("nan")

    def to_dataframe(self, names: Sequence[str] | None = None) -> "pd.DataFrame":
        """Return one row a plane, the furthest out first.

        Parameters
        ----------
        names
            M names of the directions, for two more columns; None is those that the basis has, as
            of a table.

        Returns
        -------
        pandas.DataFrame
            With the columns i, j, score, n_lit, strength, p; with names also name_i and name_j.

        Raises
        ------
        ValueError
            If there are not as many names as directions.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> found = srm.ResonanceEngine(torch.eye(3)).significance(epsilon=0.8, rotations=20, top=1)
        >>> table = found.to_dataframe(["fur", "tail", "wheel"])
        >>> table[["i", "j", "name_i", "name_j", "score", "n_lit"]].values.tolist()
        [[0, 1, 'fur', 'tail', 1.0, 2]]
        """
        columns = {"score": self.score, "n_lit": self.n_lit, "strength": self.strength, "p": self.p}
        return plane_table(self.planes, names, self.basis, columns)

    def __repr__(self) -> str:
        draws = "shuffles" if self.kept == "columns" else "turned bases"
        first, narrow = "; none lit", ""
        if len(self.planes):
            (i, j), score = self.planes[0], self.score[0]
            measured = signed_text(score) if self.by == "alignment" else f"{score:.3g}"
            first = f"; ({i}, {j}) {measured}, {p_text(self.p[0])} over all planes"
        if self.by == "coactivation":
            narrow = narrow_text(self.epsilon, self.basis.n_dims)
        return (
            f"Significance({self.n_planes:,} planes by {self.by}, epsilon={self.epsilon:g}, "
            f"{len(self.null):,} {draws}, {kept_text(self.kept)}, {self.n_samples:,} samples"
            f"{first}{narrow})"
        )


def significance(
    store: SampleStore,
    pairs: PairGeometry,
    spec: SurveySpec,
    by: Measure,
    *,
    null: str,
    rotations: SupportsIndex,
    seed: SupportsIndex,
    top: int,
) -> Generator[float, None, Significance]:
    """Compare every plane with the furthest out of all planes of each of R draws of a null.

    Yields the share done.
    """
    own_seed = checked_seed(seed)
    n, kept = integer("rotations", rotations, least=1), choice("null", null, PLANE_NULLS)
    if kept == "columns":
        check_orthonormal(
            pairs.basis, "null='mean' takes any basis", what="the null of shuffled columns"
        )
    # A coactivation is compared with what the columns give as it is.
    n_learnt = _N_FOR_MEANS if kept == "columns" and by != "coactivation" else 0
    work = (n + n_learnt) * _work(store, pairs, None, kept)
    if work * len(store) > MOST_WORK:
        work = (n + n_learnt) * _work(store, pairs, spec.epsilon, kept)
    draws: NullDraws
    if kept == "columns":
        draws = ShuffledColumns(store, pairs, work, own_seed)
    else:
        draws = TurnedBases(store, pairs, work, own_seed, kept)
    strengths: _Strengths | _StrengthsFromMeans = _Strengths(by, len(draws.samples))
    if n_learnt:
        strengths = _StrengthsFromMeans(pairs.n_directions)
    found, largest = yield from draws.compare(
        _statistic(spec, by),
        lambda lit: float(strengths.of(lit).max(initial=0.0)),
        n,
        n_learnt=n_learnt,
        learn=strengths.learn,
    )
    strength = strengths.of(found)
    order = np.lexsort((found.position, -strength))[:top]
    as_far = n - np.searchsorted(np.sort(largest), strength[order], side="left")
    n_of_score = found.n_lit[order] if by == "alignment" else len(draws.samples)
    score = strength[order] if by == "coactivation" else found.total[order] / n_of_score
    return Significance(
        planes=plane_index.unrank_many(found.position[order], pairs.n_directions),
        score=score,
        n_lit=found.n_lit[order],
        strength=strength[order],
        p=(1 + as_far) / (n + 1),
        null=largest,
        by=by,
        epsilon=spec.epsilon,
        kept=kept,
        n_planes=pairs.n_planes,
        n_samples=len(draws.samples),
        basis=pairs.basis,
    )


def least_share_of_work(
    store: SampleStore, pairs: PairGeometry, epsilon: float, rotations: int
) -> float:
    """Return the work of a test against turned bases that tries as few samples as it ever does.

    1 is the most that it takes where it can choose the number of samples, but for the rotations.
    """
    n = min(len(store), FEWEST_SAMPLES)
    of_draw = n * _work(store, pairs, epsilon, "mean") + _WORK_TURNED * store.n_dims**3
    return rotations * of_draw / MOST_WORK


class _LitTotals(NamedTuple):
    """What is compared of every lit plane, by rising position.

    Attributes
    ----------
    position, n_lit
        As of `srm_widget.results.survey.LitPlanes`.
    total
        Σ cos 4φ over the lit samples, the number of those between, or the highest count.
    variance
        What the total would have by chance alone: n_lit / 2, E, or the highest count.
    """

    position: Int64[np.ndarray, " lit"]
    n_lit: Int64[np.ndarray, " lit"]
    total: Float64[np.ndarray, " lit"]
    variance: Float64[np.ndarray, " lit"]


def _statistic(spec: SurveySpec, by: Measure) -> Statistic[_LitTotals]:
    def alignments(store: SampleStore, pairs: PairGeometry) -> Generator[float, None, _LitTotals]:
        sums = yield from plane_sums(store, pairs, spec.epsilon)
        return _LitTotals(sums.position, sums.n_lit, sums.fourfold / FOURFOLD_UNIT, sums.n_lit / 2)

    def peaks(store: SampleStore, pairs: PairGeometry) -> Generator[float, None, _LitTotals]:
        lit, _ = yield from Surveyor(store, pairs.basis, pairs).lit_steps(spec)
        counts = lit.peak.astype(np.float64)
        return _LitTotals(lit.position, lit.n_lit, counts, counts)

    def together(store: SampleStore, pairs: PairGeometry) -> Generator[float, None, _LitTotals]:
        lit, columns = yield from Surveyor(store, pairs.basis, pairs).lit_steps(spec)
        planes = plane_index.unrank_many(lit.position, pairs.n_directions)
        expected = columns.expected(planes, spec.epsilon)
        return _LitTotals(lit.position, lit.n_lit, lit.n_between.astype(np.float64), expected)

    return {"alignment": alignments, "coactivation": together, "peak": peaks}[by]


class _Strengths:
    r"""\|A\| sqrt(2 n_lit), the coactivation, or the peak, of lit planes."""

    def __init__(self, by: Measure, n_samples: int) -> None:
        self._by, self._n_samples = by, n_samples

    def of(self, lit: _LitTotals) -> Float64[np.ndarray, " lit"]:
        """Return how strong each lit plane is."""
        if self._by == "peak":
            return lit.total / self._n_samples
        if self._by == "coactivation":
            return coactivation(lit.total, lit.variance)
        return np.abs(lit.total) / np.sqrt(lit.variance)

    def learn(self, _lit: _LitTotals) -> None:
        """Learn nothing."""


class _StrengthsFromMeans:
    """How far lit planes are from the mean of what was learnt, in standard errors."""

    def __init__(self, n_directions: int) -> None:
        self._means = np.zeros((2, plane_index.n_planes(n_directions)))

    def of(self, lit: _LitTotals) -> Float64[np.ndarray, " lit"]:
        """Return how strong each lit plane is."""
        total, variance = self._means[:, lit.position]
        return np.abs(lit.total - total) / np.sqrt(np.maximum(variance, 0.5))

    def learn(self, lit: _LitTotals) -> None:
        """Take the totals of one of the shuffles that the means are taken of."""
        self._means[0, lit.position] += lit.total / _N_FOR_MEANS
        self._means[1, lit.position] += lit.variance / _N_FOR_MEANS


def _work(store: SampleStore, pairs: PairGeometry, epsilon: float | None, kept: PlaneNull) -> float:
    """Return the multiplications that a draw takes for a sample, with what else takes as long.

    With as many planes lit as some samples light at ε; or for None with all.
    """
    m, lit = pairs.n_directions, float(pairs.n_planes)
    if epsilon is not None:
        some = SampleStore(store.n_dims, store.dtype, store.device)
        n = max(1, min(_LOOKED_AT, _TESTS_LOOKED_AT // pairs.n_planes))
        some.append(store.sample(n), "raise")
        lit = float(run(plane_sums(some, pairs, epsilon)).n_lit.sum() / len(some))
    projections = _WORK_SHUFFLED * m if kept == "columns" else store.n_dims * m
    return projections + _WORK_LIT * lit

"""Planes whose two directions are active together: the result of `ResonanceEngine.coactive`."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float64, Int64
from scipy.special import gammainc

from srm_widget.concurrency.generators import Progress, as_part, blocking, reported, run
from srm_widget.geometry.basis import Basis
from srm_widget.results.column_histograms import between_text, coactivation, narrow_text
from srm_widget.results.fresh_source import CurveSource, Prepared, Searched, fresh_source
from srm_widget.results.multiple_tests import confirmed_text, holm, p_text
from srm_widget.results.plane_table import plane_table
from srm_widget.utils.text import left_out_text

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_ANGLES = 4
"""Angles that curves are counted at where only what is lit in their planes is wanted."""


class CoactiveConfirmation(NamedTuple):
    """Coactive planes on fresh samples; see `CoactivePlanes.confirm`.

    Attributes
    ----------
    planes
        (n, 2) int64, those that were found, in the same order.
    score, n_between, expected
        (n,) of each, as of `CoactivePlanes`, on the fresh samples and from their own columns.
    p
        (n,) float64, how often so many samples or more come by chance where `expected` are: of a
        Poisson count, which holds for all these planes together (Holm). It takes samples for
        independent. NaN where they came in groups.
    n_samples
        Fresh samples.
    basis
        The M directions.

    Examples
    --------
    >>> import srm_widget as srm
    >>> together = [[1, 1, 0, 0]] * 6 + [[0, 0, 1, 0]] * 6 + [[0, 0, 0, 1]] * 6
    >>> engine = srm.ResonanceEngine(together)
    >>> again = engine.coactive(epsilon=0.8).confirm(together[::-1])
    >>> again.planes.tolist(), again.n_between.tolist(), again.p.round(3).tolist()
    ([[0, 1]], [6], [0.017])
    """

    planes: Int64[np.ndarray, "best 2"]
    score: Float64[np.ndarray, " best"]
    n_between: Int64[np.ndarray, " best"]
    expected: Float64[np.ndarray, " best"]
    p: Float64[np.ndarray, " best"]
    n_samples: int
    basis: Basis

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
            With the columns i, j, score, n_between, expected, p; with names also name_i and
            name_j.

        Raises
        ------
        ValueError
            If there are not as many names as directions.

        Examples
        --------
        >>> import srm_widget as srm
        >>> together = [[1, 1, 0, 0]] * 6 + [[0, 0, 1, 0]] * 6 + [[0, 0, 0, 1]] * 6
        >>> found = srm.ResonanceEngine(together).coactive(epsilon=0.8)
        >>> table = found.confirm(together[::-1]).to_dataframe(["fur", "tail", "wheel", "wing"])
        >>> table[["name_i", "name_j", "n_between", "p"]].round(3).values.tolist()
        [['fur', 'tail', 6, 0.017]]
        """
        columns = {
            "score": self.score,
            "n_between": self.n_between,
            "expected": self.expected,
            "p": self.p,
        }
        return plane_table(self.planes, names, self.basis, columns)

    def __repr__(self) -> str:
        first = ""
        if len(self.p):
            i, j = self.planes[0]
            counted = between_text(int(self.n_between[0]), self.expected[0])
            first = f"; ({i}, {j}) {counted}, {p_text(self.p[0])}"
        return (
            f"CoactiveConfirmation({len(self.p):,} planes, {confirmed_text(self.p)}, "
            f"{self.n_samples:,} fresh samples{first})"
        )


@dataclass(frozen=True, eq=False, repr=False)
class CoactivePlanes:
    """Planes of pairs of directions that fire together beyond chance, most so first.

    Together is: whatever the signs. A sample that stands between b_i and -b_j counts as one between
    b_i and b_j does, in `n_between`, `expected` and the score; `n_same_sign` tells them apart.

    Attributes
    ----------
    planes
        (n, 2) int64, (i, j), i < j.
    score
        (n,) float64, the coactivation: the signed root of the deviance of `n_between` from
        `expected`, see `Survey.scores`.
    n_between
        (n,) int64, samples that are lit and stand between the two directions, or one and the
        negative of the other, or both negatives.
    n_same_sign
        (n,) int64, those of them between b_i and b_j or between -b_i and -b_j. In all others one of
        the two is positive where the other is negative.
    expected
        (n,) float64, E, how many would if the two directions had nothing to do with each other.
    epsilon
        ε.
    n_samples
        N, samples, rows of zeros counted in.
    n_planes
        Planes that were asked about, lit or not: all that there are, or those of one direction.
    n_found
        Planes that a sample is lit and between in at all: those that were ranked.
    n_parallel, n_antipodal
        Pairs of directions that are the same, and that are opposite: they span no plane and are
        left out.
    basis
        The M directions; the pairs of those that are rows of zeros are left out too.
    shuffled
        (R,) float64, the highest score of all planes in each shuffle of the columns; (0,) if none
        was asked for. See `p_shuffled`.
    has_groups
        Whether the samples hang together in groups.
    engine_of
        Makes an engine of other activations with the settings of the one that was asked, of None
        one without samples.
    searched
        What tells the samples that were searched from fresh ones.

    Examples
    --------
    >>> import srm_widget as srm
    >>> together = [[1, 1, 0, 0]] * 6 + [[0, 0, 1, 0]] * 6 + [[0, 0, 0, 1]] * 6
    >>> engine = srm.ResonanceEngine(together)
    >>> best = engine.coactive(epsilon=0.8)
    >>> best
    CoactivePlanes(1 of 1 found among 6 planes, epsilon=0.8, 18 samples; (0, 1) 6 between, 2 \
expected, p 0.099; at this ε in 4 dimensions pairs can be missed)
    >>> best.planes.tolist(), best.score.round(2).tolist()
    ([[0, 1]], [2.28])
    >>> best.n_between.tolist(), best.n_same_sign.tolist(), best.expected.tolist()
    ([6], [6], [2.0])
    """

    planes: Int64[np.ndarray, "best 2"]
    score: Float64[np.ndarray, " best"]
    n_between: Int64[np.ndarray, " best"]
    n_same_sign: Int64[np.ndarray, " best"]
    expected: Float64[np.ndarray, " best"]
    epsilon: float
    n_samples: int
    n_planes: int
    n_found: int
    n_parallel: int
    n_antipodal: int
    basis: Basis
    shuffled: Float64[np.ndarray, " shuffles"]
    has_groups: bool = False
    engine_of: Callable[[Any], CurveSource] | None = field(default=None)
    searched: Searched | None = field(default=None)

    def __repr__(self) -> str:
        left_out = {
            "parallel": self.n_parallel,
            "antipodal": self.n_antipodal,
            "directions of zeros": self.n_dead,
        }
        first = ""
        if len(self.planes):
            i, j = self.planes[0]
            counted = between_text(int(self.n_between[0]), self.expected[0])
            first = f"; ({i}, {j}) {counted}, {p_text(self.p[0])}"
        return (
            f"CoactivePlanes({len(self.planes):,} of {self.n_found:,} found among "
            f"{self.n_planes:,} planes, epsilon={self.epsilon:g}, {self.n_samples:,} samples"
            f"{left_out_text(left_out)}{first}{narrow_text(self.epsilon, self.basis.n_dims)})"
        )

    @property
    def n_dead(self) -> int:
        """Directions that are rows of zeros."""
        return self.basis.n_dead

    @cached_property
    def p(self) -> Float64[np.ndarray, " best"]:
        """How often so many samples or more come by chance in any of the planes, (n,).

        The upper tail of a Poisson count of the mean `expected` at `n_between`, times `n_planes`
        (Bonferroni), at most 1. It rests on samples that are independent of each other, and on E:
        that directions which have nothing to do with each other are as independent as columns drawn
        each from its own histogram. Tokens of one text are not independent: then p is too small,
        often by far. Unit rows tie all directions together: in an orthonormal basis large
        projections rule each other out, and p is too large. `confirm` on other samples is the
        check. NaN where the samples have groups, as how far such counts spread is not known.
        """
        if self.has_groups:
            return np.full(len(self.planes), np.nan)
        return np.minimum(self.n_planes * poisson_tail(self.n_between, self.expected), 1.0)

    @property
    def p_shuffled(self) -> Float64[np.ndarray, " best"]:
        r"""How often a score is as high in any plane where columns are shuffled, (n,).

        (1 + #{max_r ≥ score}) / (R + 1): it holds for all planes together, whatever E is off by,
        and is 1 / (R + 1) at least. The projections on every direction are shuffled over the
        samples, direction by direction: whether two directions do more together than each alone.
        No unit rows have such projections, and samples that hang together are torn apart too. NaN
        if there are no shuffles, or the samples have groups.
        """
        if self.has_groups or not len(self.shuffled):
            return np.full(len(self.planes), np.nan)
        as_high = (self.shuffled >= self.score[:, None]).sum(axis=1)
        return np.asarray((1 + as_high) / (len(self.shuffled) + 1))

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
            With the columns i, j, score, n_between, n_same_sign, expected, p, where columns were
            shuffled p_shuffled; with names also name_i and name_j.

        Raises
        ------
        ValueError
            If there are not as many names as directions.

        Examples
        --------
        >>> import srm_widget as srm
        >>> together = [[1, 1, 0, 0]] * 6 + [[0, 0, 1, 0]] * 6 + [[0, 0, 0, 1]] * 6
        >>> engine = srm.ResonanceEngine(together)
        >>> table = engine.coactive(epsilon=0.8).to_dataframe(["fur", "tail", "wheel", "wing"])
        >>> table[["name_i", "name_j", "n_between", "expected"]].values.tolist()
        [['fur', 'tail', 6, 2.0]]
        """
        columns = {
            "score": self.score,
            "n_between": self.n_between,
            "n_same_sign": self.n_same_sign,
            "expected": self.expected,
            "p": self.p,
        }
        if len(self.shuffled):
            columns["p_shuffled"] = self.p_shuffled
        return plane_table(self.planes, names, self.basis, columns)

    def confirm_steps(
        self, activations: Any, *, progress: Progress = None
    ) -> Generator[float, None, CoactiveConfirmation]:
        """Look up these planes on samples that had no part in finding them.

        Parameters
        ----------
        activations
            (N, D) fresh samples, or an engine of such with the same basis, centre and least norm:
            as for `Survey.confirm`.
        progress
            As for `ResonanceEngine.survey`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        fresh, p, n_samples
            See `srm_widget.results.coactive_planes.CoactiveConfirmation`.

        Raises
        ------
        TypeError, ValueError
            As for `Survey.confirm`.

        Examples
        --------
        >>> import srm_widget as srm
        >>> together = [[1, 1, 0, 0]] * 6 + [[0, 0, 1, 0]] * 6 + [[0, 0, 0, 1]] * 6
        >>> engine = srm.ResonanceEngine(together)
        >>> again = engine.coactive(epsilon=0.8).confirm([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]])
        >>> again.n_between.tolist(), again.expected.round(2).tolist(), again.n_samples
        ([1], [0.67], 3)
        """
        source = fresh_source(
            activations, self.basis, self.engine_of, Prepared(), self.searched, found="planes"
        )
        return reported(self._confirm_steps(source), progress, "planes")

    confirm = blocking(confirm_steps)

    def _confirm_steps(self, source: CurveSource) -> Generator[float, None, CoactiveConfirmation]:
        n_parts, n_between, has_groups = len(self.planes) + 1, [], False
        for k, (i, j) in enumerate(self.planes.tolist(), 1):
            curve = run(source.curve_steps(i, j, epsilon=self.epsilon, resolution=_FEWEST_ANGLES))
            has_groups = curve.groups is not None
            n_between.append(int(curve.n_between[0]))
            yield k / n_parts
        used, places = np.unique(self.planes, return_inverse=True)
        expected = np.empty(0)
        if len(used):
            steps = source.column_histograms_steps(epsilon=self.epsilon, directions=used)
            columns = yield from as_part(steps, n_parts - 1, n_parts)
            expected = columns.expected(places.reshape(-1, 2), self.epsilon)
        counts = np.array(n_between, dtype=np.int64)
        return CoactiveConfirmation(
            planes=self.planes,
            score=coactivation(counts, expected),
            n_between=counts,
            expected=expected,
            p=np.full(len(counts), np.nan) if has_groups else holm(poisson_tail(counts, expected)),
            n_samples=source.n_samples,
            basis=self.basis,
        )


def poisson_tail(
    n: Int64[np.ndarray, " planes"], mean: Float64[np.ndarray, " planes"]
) -> Float64[np.ndarray, " planes"]:
    """Return the probability that Poisson counts of these means reach n; exact far out too."""
    return np.where(n > 0, gammainc(np.maximum(n, 1), mean), 1.0)

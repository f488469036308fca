"""Significance of planes: p over all planes, by the null of the maximum."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import SupportsIndex

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.concurrency.generators import as_part
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.survey import Listed, Measure, Survey
from srm_widget.samples.store import SampleStore
from srm_widget.survey.random_rotations import NULLS, Null, RandomRotations, subsample
from srm_widget.survey.surveyor import Surveyor, SurveySpec
from srm_widget.utils.validation import choice, integer


@dataclass(frozen=True, eq=False, repr=False)
class Significance:
    r"""Planes that stand out furthest, with a p that holds for all planes together.

    Attributes
    ----------
    planes
        (n, 2) int64, (i, j), the furthest out first.
    score
        (n,) float64, the measure: the alignment A(ε), or the peak.
    n_lit
        (n,) int64, samples lit at some angle, which the alignment is the mean over.
    strength
        (n,) float64, what is compared: \|A\| sqrt(2 n_lit), or the peak.
    p
        (n,) float64, (1 + #{max_r ≥ strength}) / (R + 1).
    null
        (R,) float64, max_r: the largest strength of any plane, one a turned basis; 0 where it
        lights nothing.
    by, epsilon, kept
        As asked for; ``kept`` is the null's name.
    n_planes
        Planes that there are, lit or not.
    n_samples
        Samples tested: all; or some of them, drawn at random, where all rotations together would
        take too long.

    Notes
    -----
    That a plane was chosen among all is taken into account, however they depend on each other: it
    is the null of the maximum (Westfall and Young 1993; for rotations Langsrud, "Rotation tests",
    2005).
    """

    planes: Int64[np.ndarray, "best 2"] = field(repr=False)
    score: Float64[np.ndarray, " best"]
    n_lit: Int64[np.ndarray, " best"]
    strength: Float64[np.ndarray, " best"]
    p: Float64[np.ndarray, " best"]
    null: Float64[np.ndarray, " rotations"]
    by: Measure
    epsilon: float
    kept: Null
    n_planes: int
    n_samples: int

    def __repr__(self) -> str:
        least = f"{self.p.min():.3g}" if len(self.p) else "none lit"
        return (
            f"Significance({self.n_planes:,} planes by {self.by}, least p {least}, "
            f"epsilon={self.epsilon:g}, {len(self.null)} turned bases, {self.kept} kept, "
            f"{self.n_samples:,} samples)"
        )


def significance(
    store: SampleStore,
    pairs: PairGeometry,
    spec: SurveySpec,
    by: Measure,
    *,
    null: str,
    rotations: SupportsIndex,
    seed: int,
    top: int,
) -> Generator[float, None, Significance]:
    """Compare every plane with the furthest out of all planes of each of R turned bases.

    Yields the share done.
    """
    n, kept = integer("rotations", rotations, least=1), choice("null", null, NULLS)
    n_all = len(store)
    some = subsample(store, n * store.n_dims * pairs.n_directions, seed)
    turns = RandomRotations(some, seed, keep_mean=kept == "mean")
    found: Survey | None = None
    largest = np.zeros(n)
    for k in range(1 + n):
        basis = pairs.basis if k == 0 else turns.turned(pairs.basis)
        surveyor = Surveyor(some, basis, replace(pairs, basis=basis))
        survey = yield from as_part(surveyor.survey(spec, Listed(by, 0)), k, n + 1)
        store.check_size(n_all)
        if found is None:
            found = survey
        elif survey.n_lit:
            largest[k - 1] = np.abs(survey.weights(by)).max()
    assert found is not None
    return _result(found, largest, by, kept, top)


def _result(
    survey: Survey, null: Float64[np.ndarray, " rotations"], by: Measure, kept: Null, top: int
) -> Significance:
    strength = np.abs(survey.weights(by))
    order = np.lexsort((survey.lit.position, -strength))[:top]
    rising = np.sort(null)
    as_far = len(null) - np.searchsorted(rising, strength[order], side="left")
    return Significance(
        planes=survey.pairs(order),
        score=survey.scores(by)[order],
        n_lit=survey.lit.n_lit[order],
        strength=strength[order],
        p=(1 + as_far) / (len(null) + 1),
        null=null,
        by=by,
        epsilon=survey.epsilon,
        kept=kept,
        n_planes=survey.n_planes,
        n_samples=survey.n_samples,
    )

"""Rotation test: alignment with a basis, compared with random rotations of it."""

from collections.abc import Generator
from typing import NamedTuple, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from srm_widget.concurrency.generators import run
from srm_widget.concurrency.torch_threads import limit_threads
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.multiple_tests import p_text
from srm_widget.results.null_band import kept_text, middle_of, middle_text
from srm_widget.samples.fourth_moments import FourthMoments
from srm_widget.samples.store import SampleStore
from srm_widget.survey.layer_alignment import layer_alignment
from srm_widget.survey.null_draws import TurnedBases, checked_seed
from srm_widget.survey.random_rotations import EXACT_DIMS, NULLS, Null
from srm_widget.utils.text import signed_text
from srm_widget.utils.validation import choice, integer

_SMALL = 1 << 18
"""Projections up to which more than one thread costs more than it saves."""

_MIDDLE = 0.95
"""Share of the turned bases that a test in words tells the range of."""

_ENTRIES_AT_ONCE = 1 << 20
"""Projections at once."""


class RotationTest(NamedTuple):
    r"""Result of a rotation test: alignment with a basis, and with random rotations of it.

    Attributes
    ----------
    statistic
        T, the alignment of all samples with the basis: A₄, or A(ε) where an ε was asked for or the
        basis is not orthonormal. Positive where samples stand on the basis directions, negative
        where they stand between them; NaN where it is undefined, as where nothing is lit.
    null
        (R,) the same for the bases turned by random rotations.
    p
        (1 + #{\|T_r - T̄\| ≥ \|T - T̄\|}) / (R + 1), T̄ the mean of the null, which need not be 0.
        Where T or T_r is undefined it counts as no evidence against chance.
    effect
        (T - T̄) / s, s the standard deviation of the null; NaN where that is 0.
    epsilon
        ε of A(ε); None for A₄.
    kept
        What the rotations leave as it is: "mean" for the mean direction of the samples,
        "rotations" for nothing.
    n_samples
        Samples tested: all; or some of them, drawn at random, where all rotations together would
        take too long.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> test = srm.ResonanceEngine(torch.eye(8)).rotation_test(rotations=50)
    >>> test.statistic, test.null.shape, round(test.p, 3), test.n_samples
    (1.0, (50,), 0.02, 8)
    >>> test.effect > 2
    True
    """

    statistic: float
    null: Float64[np.ndarray, " rotations"]
    p: float
    effect: float
    epsilon: float | None
    kept: Null
    n_samples: int

    def __repr__(self) -> str:
        what = "A₄" if self.epsilon is None else f"A(ε = {self.epsilon:g})"
        middle = np.array(middle_of(self.null, _MIDDLE))
        return (
            f"RotationTest({what} of the layer {signed_text(self.statistic)}, {p_text(self.p)}, "
            f"{middle_text(middle, _MIDDLE, len(self.null))}, {kept_text(self.kept)}, "
            f"{self.n_samples:,} samples)"
        )


def rotation_test(
    store: SampleStore,
    pairs: PairGeometry,
    epsilon: float | None,
    *,
    null: str,
    rotations: SupportsIndex,
    seed: SupportsIndex,
) -> Generator[float, None, RotationTest]:
    """Compare the alignment with that of the basis rotated R times at random.

    Yields the share done. The angles between directions stay as they are, so that only where the
    activations lie tells the rotated bases from the given one.

    Parameters
    ----------
    store, pairs
        Samples and basis; orthonormal, unless there is an ε.
    epsilon
        ε; None for A₄.
    null
        One of `NULLS`.
    rotations
        R ≥ 1.
    seed
        Seed of the rotations.
    """
    own_seed = checked_seed(seed)
    if null == "columns":
        raise ValueError(
            "expected null='mean' or 'rotations', got 'columns': with shuffled columns samples are "
            "no unit rows, which alone moves the alignment of a layer; engine.significance takes "
            "'columns', plane by plane"
        )
    n, kept = integer("rotations", rotations, least=1), choice("null", null, NULLS)
    work = float(n * store.n_dims * pairs.n_directions)
    bases = TurnedBases(store, pairs, work, own_seed, kept)
    threads = 1 if len(bases.samples) * pairs.n_directions <= _SMALL else torch.get_num_threads()

    def alignment(some: SampleStore, turned: PairGeometry) -> Generator[float, None, float]:
        with limit_threads(threads):
            found = _statistic(some, turned, epsilon)
        yield 1.0
        return found

    found, others = yield from bases.compare(alignment, float, n)
    p, effect = _compared(found, others)
    return RotationTest(found, others, p, effect, epsilon, kept, len(bases.samples))


def _compared(statistic: float, null: Float64[np.ndarray, " rotations"]) -> tuple[float, float]:
    """Return p and effect."""
    known = null[~np.isnan(null)]
    as_far, effect = len(null), np.nan
    if not np.isnan(statistic) and len(known):
        centre, spread = known.mean(), known.std()
        # A null that is all but constant differs from the statistic by rounding.
        off = abs(statistic - centre) * (1 - 1e-9)
        as_far -= int((np.abs(known - centre) < off).sum())
        effect = (statistic - centre) / spread if spread > 0 else np.nan
    return (1 + as_far) / (len(null) + 1), float(effect)


def _statistic(store: SampleStore, pairs: PairGeometry, epsilon: float | None) -> float:
    if epsilon is not None:
        return run(layer_alignment(store, pairs, epsilon))
    fourth = squared = 0.0
    for _, columns in store.blocks():
        for some in torch.split(columns, max(1, _ENTRIES_AT_ONCE // pairs.n_directions), dim=1):
            squares = _projected(some, pairs.basis).square_()
            squared += float(squares.sum(dim=0).square().sum(dtype=torch.float64))
            fourth += float(squares.square_().sum(dtype=torch.float64))
    moments = (torch.tensor(each, dtype=torch.float64) for each in (fourth, squared))
    return float(FourthMoments(pairs.n_directions, *moments).alignment)


def _projected(
    columns: Float[Tensor, "dims samples"], basis: Basis
) -> Float[Tensor, "directions samples"]:
    """Return the projections of unit columns on the basis directions, a tensor of its own."""
    exact = columns.double() if basis.n_dims <= EXACT_DIMS else columns
    if basis.is_standard:
        return exact.clone()
    return basis.directions.to(exact) @ exact

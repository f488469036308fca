"""Rotation test: alignment with a basis, compared with random rotations of it."""

from collections.abc import Generator
from dataclasses import replace
from typing import NamedTuple, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from srm_widget.concurrency.generators import run
from srm_widget.concurrency.threads import limit_threads
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.fourth_moments import FourthMoments
from srm_widget.samples.store import SampleStore
from srm_widget.survey.layer_alignment import layer_alignment
from srm_widget.survey.random_rotations import (
    EXACT_DIMS,
    NULLS,
    Null,
    RandomRotations,
    subsample,
)
from srm_widget.utils.validation import choice, integer

_SMALL = 1 << 18
"""Projections up to which more than one thread costs more than it saves."""

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
    """

    statistic: float
    null: Float64[np.ndarray, " rotations"]
    p: float
    effect: float
    epsilon: float | None
    kept: Null
    n_samples: int


def rotation_test(
    store: SampleStore,
    pairs: PairGeometry,
    epsilon: float | None,
    *,
    null: str,
    rotations: SupportsIndex,
    seed: int,
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
    n, kept = integer("rotations", rotations, least=1), choice("null", null, NULLS)
    n_all = len(store)
    some = subsample(store, n * store.n_dims * pairs.n_directions, seed)
    turns = RandomRotations(some, seed, keep_mean=kept == "mean")
    threads = 1 if len(some) * pairs.n_directions <= _SMALL else torch.get_num_threads()
    found = np.empty(1 + n)
    for k in range(1 + n):
        with limit_threads(threads):
            basis = pairs.basis if k == 0 else turns.turned(pairs.basis)
            found[k] = _statistic(some, replace(pairs, basis=basis), epsilon)
        yield (k + 1) / (n + 1)
        store.check_size(n_all)
    p, effect = _compared(found[0], found[1:])
    return RotationTest(found[0], found[1:], p, effect, epsilon, kept, len(some))


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

"""Rotation test: alignment with a basis, compared with random rotations of it."""

from collections.abc import Generator
from dataclasses import replace
from typing import Literal, NamedTuple, SupportsIndex, get_args

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
from srm_widget.utils.validation import choice, integer

Null = Literal["mean", "rotations"]
"""What random rotations leave as it is: the mean direction of the samples, or nothing."""

NULLS: tuple[Null, ...] = get_args(Null)

MOST_WORK = 5e11
"""Multiplications of all rotations together, above which they are tried on fewer samples."""

FEWEST_SAMPLES = 256
"""Samples that rotations are tried on, if there are as many."""

_SMALL = 1 << 18
"""Projections up to which more than one thread costs more than it saves."""

_EXACT_DIMS = 512
"""Dimensions up to which rotations are made in float64; beyond, it would take twice the time."""

_ENTRIES_AT_ONCE = 1 << 20
"""Projections at once."""

_NO_MEAN = 1e-6
"""Length of a mean of unit rows, at or below which it is the rounding of none."""


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
    some = _subsample(store, MOST_WORK / (n * store.n_dims * pairs.n_directions), seed)
    turns = _Rotations(some, seed, keep_mean=kept == "mean")
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


def _subsample(store: SampleStore, most: float, seed: int) -> SampleStore:
    """Return a store of at most `most` of the samples, drawn at random, but not of too few."""
    n = min(len(store), max(FEWEST_SAMPLES, int(most)))
    if n == len(store):
        return store
    drawn = torch.randperm(len(store), generator=torch.Generator().manual_seed(seed))[:n]
    some = SampleStore(store.n_dims, store.dtype, store.device)
    some.append(store.take(drawn.sort().values.numpy()), "raise")
    return some


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
    exact = columns.double() if basis.n_dims <= _EXACT_DIMS else columns
    if basis.is_standard:
        return exact.clone()
    return basis.directions.to(exact) @ exact


class _Rotations:
    """Random rotations, uniform over those that keep what is to be kept.

    Parameters
    ----------
    store
        Samples whose mean direction is kept, if `keep_mean`.
    seed
        Seed of the rotations.
    keep_mean
        Whether to keep that.
    """

    def __init__(self, store: SampleStore, seed: int, *, keep_mean: bool) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        self._n_dims = store.n_dims
        self._dtype = torch.float64 if store.n_dims <= _EXACT_DIMS else torch.float32
        self._axis = _mean_direction(store).to(self._dtype) if keep_mean else None

    def turned(self, basis: Basis) -> Basis:
        """Return the basis, turned by the next rotation."""
        rotation = self._next().double()
        rows = rotation if basis.is_standard else basis.directions @ rotation
        return Basis(basis.n_directions, basis.n_dims, f"{basis.name}, turned", rows)

    def _next(self) -> Float[Tensor, "dims dims"]:
        if self._axis is None or not self._axis.any():
            return self._haar(self._n_dims)
        # The reflection that swaps the first axis and the mean, around a rotation of all the rest.
        normal = self._axis.clone()
        normal[0] -= 1.0
        rotation = torch.zeros(self._n_dims, self._n_dims, dtype=self._dtype)
        rotation[0, 0] = 1.0
        rotation[1:, 1:] = self._haar(self._n_dims - 1)
        if not normal.any():
            return rotation
        normal /= torch.linalg.vector_norm(normal)
        rotation -= 2 * torch.outer(normal, normal @ rotation)
        return rotation - 2 * torch.outer(rotation @ normal, normal)

    def _haar(self, n: int) -> Float[Tensor, "n n"]:
        # The QR decomposition of normal numbers, its signs put right.
        square = torch.empty(n, n, dtype=self._dtype)
        return torch.nn.init.orthogonal_(square, generator=self._generator)


def _mean_direction(store: SampleStore) -> Float64[Tensor, " dims"]:
    """Return the mean of the unit rows as a unit vector on the CPU; zeros if there is none."""
    total = torch.zeros(store.n_dims, dtype=torch.float64)
    for _, columns in store.blocks():
        total += columns.sum(dim=1, dtype=torch.float64).cpu()
    length = torch.linalg.vector_norm(total)
    return total / length if length > _NO_MEAN * len(store) else torch.zeros_like(total)

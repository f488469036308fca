"""Draws from a null: a statistic of the samples, and the same of what chance makes of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Generic, NamedTuple, SupportsIndex, TypeVar

import numpy as np
import torch
from jaxtyping import Float64

from srm_widget.concurrency.generators import as_part
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.survey.random_rotations import Null, RandomRotations
from srm_widget.utils.validation import integer

MOST_WORK = 5e11
"""Multiplications of all draws together, above which they are made of fewer samples."""

FEWEST_SAMPLES = 256
"""Samples that draws are made of, if there are as many."""

Found = TypeVar("Found")

Statistic = Callable[[SampleStore, PairGeometry], Generator[float, None, Found]]
"""What is computed of samples and a basis; yields the share done."""


class Compared(NamedTuple, Generic[Found]):
    """A statistic, and a number of each of the draws that it is compared with.

    Attributes
    ----------
    found
        The statistic of the samples in the given basis.
    null
        (R,) numbers, one a draw.
    """

    found: Found
    null: Float64[np.ndarray, " draws"]


class NullDraws(ABC):
    """Samples and a basis as they are, and what a null makes of them, draw by draw.

    Parameters
    ----------
    store, pairs
        All samples, and the basis.
    work
        Multiplications that all draws together take for a sample.
    seed
        Of the draws, and of the choice of samples where not all are compared.

    Attributes
    ----------
    samples
        Samples compared: all; or some drawn at random, where all would take too long.
    """

    def __init__(self, store: SampleStore, pairs: PairGeometry, work: float, seed: int) -> None:
        self._store, self._n_all, self._pairs = store, len(store), pairs
        self.samples = _subsample(store, work, seed)

    @abstractmethod
    def _draw(self) -> tuple[SampleStore, PairGeometry]:
        """Return what the next draw makes of samples and basis."""

    def compare(
        self,
        statistic: Statistic[Found],
        number: Callable[[Found], float],
        n: int,
        *,
        n_learnt: int = 0,
        learn: Callable[[Found], None] = lambda _found: None,
    ) -> Generator[float, None, Compared[Found]]:
        """Compute a statistic of the samples, and `number` of the statistic of each of n draws.

        Yields the share done. `learn` is given the statistics of `n_learnt` other draws first.
        """
        n_all = 1 + n_learnt + n
        found = yield from as_part(statistic(self.samples, self._pairs), 0, n_all)
        null = np.empty(n)
        for k in range(n_learnt + n):
            drawn = yield from as_part(statistic(*self._draw()), k + 1, n_all)
            self._store.check_size(self._n_all)
            if k < n_learnt:
                learn(drawn)
            else:
                null[k - n_learnt] = number(drawn)
        return Compared(found, null)


class TurnedBases(NullDraws):
    """The same samples in bases turned at random.

    The angles between directions stay as they are, so that only where the samples lie tells the
    turned bases from the given one.

    Parameters
    ----------
    store, pairs, work, seed
        As of `NullDraws`.
    kept
        What the rotations keep.
    """

    def __init__(
        self, store: SampleStore, pairs: PairGeometry, work: float, seed: int, kept: Null
    ) -> None:
        super().__init__(store, pairs, work, seed)
        self._turns = RandomRotations(self.samples, seed, keep_mean=kept == "mean")

    def _draw(self) -> tuple[SampleStore, PairGeometry]:
        return self.samples, replace(self._pairs, basis=self._turns.turned(self._pairs.basis))


class ShuffledColumns(NullDraws):
    """Projections on each direction, shuffled over the samples, direction by direction.

    Each direction keeps its own histogram, and nothing is left of what directions do together.

    Parameters
    ----------
    store, pairs, work, seed
        As of `NullDraws`; the directions are orthonormal.
    """

    def __init__(self, store: SampleStore, pairs: PairGeometry, work: float, seed: int) -> None:
        super().__init__(store, pairs, work, seed)
        projections = Projections(self.samples, pairs.basis, store.dtype)
        blocks = [projections.project(columns) for _, columns in self.samples.blocks()]
        self._columns = torch.cat(blocks, dim=1).cpu().numpy()
        self._generator = np.random.default_rng(seed)
        m = pairs.n_directions
        self._axes = PairGeometry.from_basis(Basis(m, m, f"{pairs.basis.name}, shuffled"))

    def _draw(self) -> tuple[SampleStore, PairGeometry]:
        # Shuffled again: what was shuffled before is as good to begin with, and takes no more room.
        self._generator.permuted(self._columns, axis=1, out=self._columns)
        shuffled = torch.from_numpy(self._columns).to(self.samples.device)
        return SampleStore.of_columns(shuffled), self._axes


def checked_seed(seed: SupportsIndex) -> int:
    """Return a seed of draws as an int, or raise ``TypeError`` or ``ValueError``."""
    return integer("seed", seed, least=0, most=2**63 - 1)


def _subsample(store: SampleStore, work: float, seed: int) -> SampleStore:
    """Return a store of the samples, or of some drawn at random, but not of too few."""
    n = min(len(store), max(FEWEST_SAMPLES, int(MOST_WORK / work)))
    if n == len(store):
        return store
    drawn = torch.randperm(len(store), generator=torch.Generator().manual_seed(seed))[:n]
    some = SampleStore(store.n_dims, store.dtype, store.device)
    some.append(store.take(drawn.sort().values.numpy()), "raise")
    return some

"""Is it this basis? The rotation test of the alignment of activations with a basis."""

from collections.abc import Generator
from dataclasses import replace
from typing import NamedTuple, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float64

from srm_widget.concurrency.threads import limit_threads
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.store import SampleStore
from srm_widget.survey.arc_counts import PlaneArcs
from srm_widget.survey.search import PlaneSearch
from srm_widget.utils.validation import integer

_CANDIDATES_AT_ONCE = 1 << 17

_SMALL = 1 << 18
"""Projections for which more than one thread costs more than it saves."""


class RotationTest(NamedTuple):
    r"""Alignment with a basis beside that with random rotations of it.

    Attributes
    ----------
    statistic
        T: f at the four basis directions of a plane minus f at the four bisectors, each averaged,
        and the mean of that over all planes. Positive where activations are aligned with the basis,
        negative where they are between its directions.
    null
        (R,) the same for the bases turned by random rotations.
    p
        (1 + #{\|T_r\| ≥ \|T\|}) / (R + 1).
    """

    statistic: float
    null: Float64[np.ndarray, " rotations"]
    p: float


def rotation_test(
    store: SampleStore, pairs: PairGeometry, epsilon: float, rotations: SupportsIndex, seed: int
) -> Generator[float, None, RotationTest]:
    """Turn the whole basis R times by rotations uniform over O(D) and compare.

    Yields the share done. The angles between directions stay as they are, so that only where the
    activations lie tells the turned bases from the given one.
    """
    n = integer("rotations", rotations, least=1)
    generator = torch.Generator().manual_seed(seed)
    statistic = _contrast(store, pairs, epsilon)
    n_samples = len(store)
    yield 1 / (n + 1)
    null = np.empty(n)
    for k in range(n):
        null[k] = _contrast(store, replace(pairs, basis=_turned(pairs.basis, generator)), epsilon)
        yield (k + 2) / (n + 1)
        store.check_size(n_samples)
    p = (1 + int((np.abs(null) >= abs(statistic)).sum())) / (n + 1)
    return RotationTest(statistic, null, p)


def _contrast(store: SampleStore, pairs: PairGeometry, epsilon: float) -> float:
    total = 0
    small = len(store) * pairs.n_directions <= _SMALL
    with limit_threads(1 if small else torch.get_num_threads()):
        for step in PlaneSearch(store, pairs, epsilon).steps():
            if step.candidates is not None:
                for part in step.candidates.split(_CANDIDATES_AT_ONCE):
                    axes, between = PlaneArcs.from_candidates(part, epsilon).probes()
                    total += int(axes.sum() - between.sum())
    return total / (4 * pairs.n_planes * len(store))


def _turned(basis: Basis, generator: torch.Generator) -> Basis:
    d = basis.n_dims
    # Haar: the QR decomposition of normal numbers, its signs put right.
    rotation = torch.nn.init.orthogonal_(
        torch.empty(d, d, dtype=torch.float64), generator=generator
    )
    rows = rotation if basis.is_standard else basis.directions @ rotation
    return Basis(basis.n_directions, d, f"{basis.name}, turned", rows)

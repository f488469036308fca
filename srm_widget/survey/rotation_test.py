"""Rotation test: alignment with a basis, compared with random rotations of it."""

from collections.abc import Generator
from dataclasses import replace
from typing import NamedTuple, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float64

from srm_widget.concurrency.threads import limit_threads
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.store import SampleStore
from srm_widget.survey.arc_counts import PlaneArcs
from srm_widget.survey.search import PlaneSearch
from srm_widget.utils.validation import integer

_SMALL = 1 << 18
"""Projections up to which more than one thread costs more than it saves."""


class RotationTest(NamedTuple):
    r"""Result of a rotation test: alignment with a basis, and with random rotations of it.

    Attributes
    ----------
    statistic
        T, the alignment A(ε) of all planes together; 0 where nothing is lit. Positive where
        activations are aligned with the basis, negative where they are between its directions.
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
    """Compare the alignment with that of the basis rotated R times, uniformly over O(D).

    Yields the share done. The angles between directions stay as they are, so that only where the
    activations lie tells the rotated bases from the given one.
    """
    n = integer("rotations", rotations, least=1)
    generator = torch.Generator().manual_seed(seed)
    statistic = _alignment(store, pairs, epsilon)
    n_samples = len(store)
    yield 1 / (n + 1)
    null = np.empty(n)
    for k in range(n):
        null[k] = _alignment(store, replace(pairs, basis=_rotate(pairs.basis, generator)), epsilon)
        yield (k + 2) / (n + 1)
        store.check_size(n_samples)
    p = (1 + int((np.abs(null) >= abs(statistic)).sum())) / (n + 1)
    return RotationTest(statistic, null, p)


def _alignment(store: SampleStore, pairs: PairGeometry, epsilon: float) -> float:
    """Return the alignment of all planes together; 0 where nothing is lit."""
    n_lit = total = 0
    small = len(store) * pairs.n_directions <= _SMALL
    with limit_threads(1 if small else torch.get_num_threads()):
        for step in PlaneSearch(store, pairs, epsilon).steps():
            for candidates in step.split_candidates():
                arcs = PlaneArcs.from_candidates(candidates, epsilon)
                n_lit += len(arcs.fourfold)
                total += int(arcs.fourfold.sum(dtype=torch.int64))
    return total / (n_lit * FOURFOLD_UNIT) if n_lit else 0.0


def _rotate(basis: Basis, generator: torch.Generator) -> Basis:
    d = basis.n_dims
    # Haar: the QR decomposition of normal numbers, its signs put right.
    rotation = torch.nn.init.orthogonal_(
        torch.empty(d, d, dtype=torch.float64), generator=generator
    )
    rows = rotation if basis.is_standard else basis.directions @ rotation
    return Basis(basis.n_directions, d, f"{basis.name}, turned", rows)

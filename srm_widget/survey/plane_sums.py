"""Sums of every plane that its alignment is made of, without the curve of any."""

import math
from collections.abc import Generator
from typing import NamedTuple

import numpy as np
from jaxtyping import Int32, Int64
from torch import Tensor

from srm_widget.geometry.arcs import lit_fourfold
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.store import SampleStore
from srm_widget.survey.arc_counts import FourfoldCounter
from srm_widget.survey.candidate_pairs import CandidatePairs
from srm_widget.survey.search import PlaneSearch


class PlaneSums(NamedTuple):
    """Sums of all lit planes, by rising position; as in `srm_widget.results.survey.LitPlanes`."""

    position: Int64[np.ndarray, " lit"]
    n_lit: Int64[np.ndarray, " lit"]
    fourfold: Int64[np.ndarray, " lit"]


def plane_sums(
    store: SampleStore, pairs: PairGeometry, epsilon: float
) -> Generator[float, None, PlaneSums]:
    """Sum up the lit samples of every plane, and their cos 4φ, in short steps.

    Yields the share done.
    """
    n_samples = len(store)
    parts = []
    counter: FourfoldCounter | None = None
    for step in PlaneSearch(store, pairs, epsilon).steps():
        if counter is None:
            counter = FourfoldCounter(step.planes, store.device)
        for candidates in step.split_candidates():
            counter.add(*lit_candidates(candidates, epsilon))
        if step.complete:
            n_lit, _, fourfold = counter.columns()
            lit = n_lit.nonzero().squeeze(1)
            columns = lit + step.planes.start, n_lit[lit], fourfold[lit]
            parts.append([column.cpu().numpy() for column in columns])
        if step.complete or not step.planes:
            counter = None
        yield step.done
        store.check_size(n_samples)
    found = PlaneSums(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    order = np.argsort(found.position)
    return PlaneSums(*(column[order] for column in found))


def lit_candidates(
    candidates: CandidatePairs, epsilon: float
) -> tuple[Int64[Tensor, " lit"], Int32[Tensor, " lit"]]:
    """Return the planes of those candidates that are lit, and their cos 4φ."""
    alpha = math.pi / 2 if candidates.alpha is None else candidates.alpha
    lit, fourfold = lit_fourfold(candidates.a, candidates.c, epsilon, alpha)
    return candidates.planes[lit], fourfold

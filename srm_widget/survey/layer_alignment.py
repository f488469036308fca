"""Alignment A(ε) of all planes together, without the curves of any."""

from collections.abc import Generator

import torch

from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.store import SampleStore
from srm_widget.survey.plane_sums import lit_candidates
from srm_widget.survey.search import PlaneSearch


def layer_alignment(
    store: SampleStore, pairs: PairGeometry, epsilon: float
) -> Generator[float, None, float]:
    """Compute the mean of cos 4φ over all planes and their lit samples, in short steps.

    Yields the share done; returns NaN where nothing is lit.
    """
    n_lit = total = 0
    n_samples = len(store)
    for step in PlaneSearch(store, pairs, epsilon).steps():
        for candidates in step.split_candidates():
            _, fourfold = lit_candidates(candidates, epsilon)
            n_lit += len(fourfold)
            total += int(fourfold.sum(dtype=torch.int64))
        yield step.done
        store.check_size(n_samples)
    return total / (n_lit * FOURFOLD_UNIT) if n_lit else float("nan")

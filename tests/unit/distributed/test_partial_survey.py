"""Parts of a survey add up, in whatever order, and however planes are cut."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.distributed.partial_survey import PartialSurvey, plane_ranges
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.store import as_sample_store
from srm_widget.survey.scores import EnsembleSums
from srm_widget.survey.surveyor import SurveySpec
from tests.unit.support.cases import bases, existing_planes, matrices, split

CPU = torch.device("cpu")

# None is a cosine between small whole numbers: a part is projected in another order than the whole,
# so that rounding may put a tie on the other side.
EPSILONS = st.sampled_from([0.9003, 0.6007, 0.3001, 0.0011, -0.5003])


def part_of(rows: np.ndarray, pairs: PairGeometry, wanted: SurveySpec) -> PartialSurvey:
    (part,) = PartialSurvey.count(
        as_sample_store(rows, pairs.basis, CPU, None, "raise"), pairs, wanted, 1
    )
    return part


def listed(part: PartialSurvey) -> list[Any]:
    return [part.n_samples, *(column.tolist() for column in part.counts)]


@settings(max_examples=150)
@given(
    data=st.data(),
    dims=st.integers(2, 5),
    epsilon=EPSILONS,
    resolution=st.integers(4, 12),
    variant=st.sampled_from(["combination", "permutation"]),
)
def test_adding_is_associative_and_commutative(
    data: st.DataObject, dims: int, epsilon: float, resolution: int, variant: Any
) -> None:
    rows = data.draw(matrices(data.draw(st.integers(3, 12)), dims))
    directions = data.draw(bases(dims))
    if directions is not None and not existing_planes(directions):
        directions = None
    pairs = PairGeometry.from_basis(srm.ResonanceEngine(rows, directions).basis)
    wanted = SurveySpec(epsilon, resolution, variant)
    cuts = data.draw(st.lists(st.integers(0, 50), min_size=2, max_size=3))
    parts = [part_of(piece, pairs, wanted) for piece in split(rows, cuts)]
    whole = listed(part_of(rows, pairs, wanted))
    assert listed(PartialSurvey.total(data.draw(st.permutations(parts)))) == whole
    assert listed(reduce(lambda *two: PartialSurvey.total(two), parts)) == whole
    assert listed(reduce(lambda sum_, part: PartialSurvey.total([part, sum_]), parts)) == whole
    middle = data.draw(st.integers(0, len(parts)))
    halves = [PartialSurvey.total(half) for half in (parts[:middle], parts[middle:]) if half]
    assert listed(PartialSurvey.total(halves)) == whole


@pytest.mark.parametrize("variant", ["combination", "permutation"])
@pytest.mark.parametrize("n_blocks", [1, 2, 7, 200])
def test_blocks_of_planes_are_the_whole(gaussian: np.ndarray, variant: Any, n_blocks: int) -> None:
    pairs, wanted = PairGeometry.from_basis(srm.basis.simplex(5)), SurveySpec(0.5, 12, variant)
    store = as_sample_store(gaussian, pairs.basis, CPU, None, "raise")
    (whole,) = PartialSurvey.count(store, pairs, wanted, 1)
    blocks = PartialSurvey.count(store, pairs, wanted, n_blocks)
    ranges = plane_ranges(6, wanted, n_blocks)
    assert [p for block in ranges for p in block] == list(range(30 if variant[0] == "p" else 15))
    together = EnsembleSums.join([part.ensemble(wanted) for part in blocks])
    expected = whole.ensemble(wanted)
    assert together.total.tolist() == expected.total.tolist()
    assert together.squares.tolist() == expected.squares.tolist()
    for one, other in zip(together.lit, expected.lit, strict=True):
        assert one.tolist() == other.tolist()

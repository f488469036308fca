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
from srm_widget.distributed.partial_survey import Part, plane_ranges
from srm_widget.geometry.pair_geometry import Pairs
from srm_widget.samples.store import stored
from srm_widget.survey.scores import Ensemble
from srm_widget.survey.surveyor import Wanted
from tests.unit.cases import bases, existing_planes, matrices, split

CPU = torch.device("cpu")


def part_of(rows: np.ndarray, pairs: Pairs, wanted: Wanted) -> Part:
    (part,) = Part.of(stored(rows, pairs.basis, CPU, None, "raise"), pairs, wanted, 1)
    return part


def listed(part: Part) -> list[Any]:
    return [part.n_samples, *(column.tolist() for column in part.cells)]


@settings(max_examples=150)
@given(
    data=st.data(),
    dims=st.integers(2, 5),
    epsilon=st.sampled_from([0.9, 0.6, 0.3, 0.0, -0.5]),
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
    pairs = Pairs.of(srm.ResonanceEngine(rows, directions).basis)
    wanted = Wanted(epsilon, resolution, variant)
    cuts = data.draw(st.lists(st.integers(0, 50), min_size=2, max_size=3))
    parts = [part_of(piece, pairs, wanted) for piece in split(rows, cuts)]
    whole = listed(part_of(rows, pairs, wanted))
    assert listed(Part.total(data.draw(st.permutations(parts)))) == whole
    assert listed(reduce(lambda *two: Part.total(two), parts)) == whole
    assert listed(reduce(lambda sum_, part: Part.total([part, sum_]), parts)) == whole
    middle = data.draw(st.integers(0, len(parts)))
    halves = [Part.total(half) for half in (parts[:middle], parts[middle:]) if half]
    assert listed(Part.total(halves)) == whole


@pytest.mark.parametrize("variant", ["combination", "permutation"])
@pytest.mark.parametrize("n_blocks", [1, 2, 7, 200])
def test_blocks_of_planes_are_the_whole(gaussian: np.ndarray, variant: Any, n_blocks: int) -> None:
    pairs, wanted = Pairs.of(srm.basis.simplex(5)), Wanted(0.5, 12, variant)
    store = stored(gaussian, pairs.basis, CPU, None, "raise")
    (whole,) = Part.of(store, pairs, wanted, 1)
    blocks = Part.of(store, pairs, wanted, n_blocks)
    ranges = plane_ranges(6, wanted, n_blocks)
    assert [p for block in ranges for p in block] == list(range(30 if variant[0] == "p" else 15))
    together = Ensemble.together([part.ensemble(wanted) for part in blocks])
    expected = whole.ensemble(wanted)
    assert together.total.tolist() == expected.total.tolist()
    assert together.squares.tolist() == expected.squares.tolist()
    for one, other in zip(together.lit, expected.lit, strict=True):
        assert one.tolist() == other.tolist()

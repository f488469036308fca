"""Planes are numbered without a list of them."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srm_widget.geometry import plane_index

MANY = st.one_of(st.integers(2, 40), st.just(4096), st.integers(41, 10**18))


@given(many=MANY, data=st.data())
def test_rank_undoes_unrank(many: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, plane_index.n_planes(many) - 1))
    i, j = plane_index.unrank(position, many)
    assert 0 <= i < j < many
    assert plane_index.rank(i, j, many) == plane_index.rank(j, i, many) == position


@given(many=MANY, data=st.data())
def test_unrank_undoes_rank(many: int, data: st.DataObject) -> None:
    index = st.integers(0, many - 1)
    i, j = sorted(data.draw(st.lists(index, min_size=2, max_size=2, unique=True)))
    assert plane_index.unrank(plane_index.rank(i, j, many), many) == (i, j)


@pytest.mark.parametrize("many", [2, 3, 4, 17])
def test_the_numbering_is_lexicographic(many: int) -> None:
    listed = list(itertools.combinations(range(many), 2))
    assert plane_index.n_planes(many) == len(listed)
    assert [plane_index.unrank(k, many) for k in range(len(listed))] == listed
    assert plane_index.all_pairs(many).tolist() == [list(pair) for pair in listed]


@pytest.mark.parametrize("many", [2, 3, 4, 17])
def test_permutations_are_all_ordered_pairs(many: int) -> None:
    listed = list(itertools.permutations(range(many), 2))
    assert plane_index.n_planes(many, "permutation") == len(listed)
    assert plane_index.all_pairs(many, "permutation").tolist() == [list(pair) for pair in listed]
    assert plane_index.all_pairs(many, "permutation").dtype == np.int64


def test_ends_of_a_wide_layer() -> None:
    assert plane_index.n_planes(4096) == 8_386_560
    assert plane_index.unrank(0, 4096) == (0, 1)
    assert plane_index.unrank(4094, 4096) == (0, 4095)
    assert plane_index.unrank(4095, 4096) == (1, 2)
    assert plane_index.unrank(8_386_559, 4096) == (4094, 4095)
    assert plane_index.unrank(np.int64(8_386_559), 4096) == (4094, 4095)


@pytest.mark.parametrize("position", [-1, 6, 10**30])
def test_positions_out_of_range(position: int) -> None:
    with pytest.raises(IndexError, match=f"0 … 5, got {position}"):
        plane_index.unrank(position, 4)


@pytest.mark.parametrize("pair", [(1, 1), (-1, 2), (0, 4), (4, 0), (0, -4), (10**30, 0)])
def test_pairs_that_are_no_plane(pair: tuple[int, int]) -> None:
    with pytest.raises(IndexError, match=r"two different directions in 0 … 3") as refused:
        plane_index.checked_pair(*pair, 4)
    assert str(pair) in str(refused.value)


@pytest.mark.parametrize("pair", [(0.0, 1.0), ("0", "1"), (None, 1), (0, [1])])
@pytest.mark.usefixtures("as_users")
def test_indices_that_are_no_integers(pair: tuple[Any, Any]) -> None:
    with pytest.raises(TypeError, match="two integers, got"):
        plane_index.checked_pair(*pair, 4)


def test_integers_of_other_kinds() -> None:
    pair = plane_index.checked_pair(np.uint8(3), np.int64(0), 4)
    assert pair == (3, 0)
    assert all(type(index) is int for index in pair)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("variant", ["combinations", "", None, 1])
def test_unknown_variants(variant: Any) -> None:
    with pytest.raises(ValueError, match="'combination', 'permutation', got"):
        plane_index.n_planes(4, variant)

"""A uniform choice from a stream."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch import Tensor

from srm_widget.hooks.capture import capture
from srm_widget.hooks.reservoir import Reservoir
from tests.unit.hooks.conftest import Convolutional, Returns
from tests.unit.support.cases import split


def kept(size: int, seed: int, batches: list[int]) -> list[int]:
    """Which of the stream are kept, by filling slots as a sink does."""
    reservoir = Reservoir(size, seed)
    slots = np.full(size, -1)
    for many in batches:
        index, places = reservoir.offer(many)
        assert (np.diff(index) > 0).all()
        assert len(set(places.tolist())) == len(places)
        slots[places] = reservoir.n_seen - many + index
    assert reservoir.n_seen == sum(batches)
    assert len(reservoir) == min(size, sum(batches))
    return slots[reservoir.order()].tolist()


@given(
    size=st.integers(1, 12),
    batches=st.lists(st.integers(0, 9), min_size=1, max_size=8),
    seed=st.integers(0, 99),
)
def test_the_smallest_keys_whatever_the_batches(size: int, batches: list[int], seed: int) -> None:
    keys = np.random.default_rng(seed).random(sum(batches))
    expected = np.sort(np.argsort(keys)[:size]).tolist()
    assert kept(size, seed, batches) == expected


def test_every_sample_is_as_likely_as_any_other() -> None:
    times = np.zeros(60, dtype=int)
    for seed in range(3000):
        times[kept(9, seed, [7, 1, 32, 20])] += 1
    assert times.sum() == 9 * 3000
    # Draws without replacement vary less than independent ones, by (60 - 9) / 59.
    statistic = ((times - 450) ** 2 / 450).sum() / ((60 - 9) / 59 * 60 / 60)
    p = stats.chi2.sf(statistic, 59)
    assert 0.001 < p < 0.999


def test_pairs_are_as_likely_as_others() -> None:
    """That neighbours, or samples of one batch, are kept together is no likelier."""
    together = np.zeros((8, 8), dtype=int)
    for seed in range(4000):
        chosen = kept(3, seed, [4, 4])
        together[np.ix_(chosen, chosen)] += 1
    pairs = together[np.triu_indices(8, 1)]
    assert pairs.sum() == 3 * 4000
    assert stats.chisquare(pairs).pvalue > 0.001


@given(cuts=st.lists(st.integers(0, 200), max_size=6), size=st.integers(1, 90))
def test_a_capture_does_not_depend_on_the_batches(cuts: list[int], size: int) -> None:
    items = torch.arange(80.0).reshape(20, 2, 2).numpy()
    with capture(model := Returns(torch.from_numpy(items)), "layer", max_samples=size) as whole:
        model()
    parts = [torch.from_numpy(part) for part in split(items, cuts)]
    with capture(model := Returns(*parts), "layer", max_samples=size) as batches:
        for _ in parts:
            model()
    assert torch.equal(batches["layer"], whole["layer"])
    assert np.array_equal(batches.origins("layer"), whole.origins("layer"))


def test_layers_that_see_equally_many_keep_the_same(
    convolutional: Convolutional, noise: Callable[..., Tensor]
) -> None:
    with capture(convolutional, ["stem", "norm", "read"], max_samples=50, seed=4) as acts:
        for seed in range(3):
            convolutional(noise(10, 3, 4, 4, seed=seed))
    assert len(acts["stem"]) == len(acts["norm"]) == 50
    assert np.array_equal(acts.origins("stem"), acts.origins("norm"))
    assert acts["read"].shape == (30, 5)


def test_seeds(noise: Callable[..., Tensor]) -> None:
    chosen = []
    for seed in (0, 0, 1):
        with capture(model := Returns(noise(90, 2)), "layer", max_samples=9, seed=seed) as acts:
            model()
        chosen.append(acts.origins("layer")[:, 0].tolist())
    assert chosen[0] == chosen[1] != chosen[2]


def test_only_rows_that_enter_are_copied(noise: Callable[..., Tensor]) -> None:
    """A late batch of a long stream costs what enters: the others are not even read."""
    reservoir = Reservoir(10, 0)
    entered = [len(reservoir.offer(1000)[0]) for _ in range(50)]
    assert entered[0] == 10
    assert sum(entered[1:]) == pytest.approx(10 * np.log(50), abs=15)

"""A basis that is turned: its ends, which way it goes, and that samples are held once."""

from __future__ import annotations

import copy
import gc
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.parameter import is_lazy

import srm_widget as srm
from srm_widget.streaming.counts import ResonanceCounts


def rows(n: int = 400, d: int = 5, seed: int = 0) -> np.ndarray:
    return np.tanh(2 * np.random.default_rng(seed).standard_normal((n, d))).astype(np.float32)


@pytest.mark.parametrize("epsilon", [0.3, 0.7])
@pytest.mark.parametrize("start", [None, srm.basis.rotated(5, 3), srm.basis.thomson(7, 5, 0)])
def test_both_ends_count_as_engines_of_their_bases(epsilon: float, start: Any) -> None:
    turn = srm.basis.rotated(5, 1)
    made = srm.Timeline.turning(rows(), np.array(turn), 5, basis=start)
    assert made.labels == ["t = 0", "t = 0.25", "t = 0.5", "t = 0.75", "t = 1"]
    begin = np.eye(5) if start is None else np.array(start)
    for engine, basis in zip((made[0], made[-1]), (begin, begin @ np.array(turn)), strict=True):
        alone = srm.ResonanceEngine(rows(), basis)
        for pair in [(0, 1), (4, 2)]:
            found = engine.curve(*pair, epsilon=epsilon).counts
            np.testing.assert_array_equal(found, alone.curve(*pair, epsilon=epsilon).counts)
        expected = alone.survey(epsilon=epsilon)
        np.testing.assert_array_equal(engine.survey(epsilon=epsilon).mean, expected.mean)


def test_the_last_basis_is_the_one_that_was_given() -> None:
    turn = srm.basis.rotated(5, 1)
    made = srm.Timeline.turning(rows(), turn, 3)
    assert made[-1].basis is turn
    assert made[0].basis.is_standard
    assert [engine.basis.name for engine in made] == [
        "standard basis",
        "standard basis, turned",
        "rotated basis",
    ]


def test_the_basis_of_a_turned_function_is_turned_in() -> None:
    """Samples Qᵀ σ(Q x) stand to the rows of Q as samples σ(y) to the axes."""
    turn, normal = srm.basis.rotated(5, 2), np.random.default_rng(0).standard_normal((3000, 5))
    q = np.array(turn)
    function = np.tanh(3 * normal @ q.T) @ q
    made = srm.Timeline.turning(function, turn, 11)
    alignment = made.ensemble()
    straight = srm.ResonanceEngine(np.tanh(3 * normal @ q.T))
    assert alignment[-1] == pytest.approx(straight.alignment(), abs=1e-9)
    assert alignment[-1] == min(alignment) < -0.2
    assert abs(alignment[0]) < 0.1
    np.testing.assert_array_equal(
        made[-1].curve(0, 3, epsilon=0.6).counts, straight.curve(0, 3, epsilon=0.6).counts
    )


def storages() -> dict[int, int]:
    """Bytes of all tensors that are alive, by where they lie."""
    objects = [each for each in gc.get_objects() if isinstance(each, torch.Tensor)]
    # Parameters that another test left without values have no storage.
    tensors = [t for t in objects if t.layout is torch.strided and not is_lazy(t)]
    return {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("n", [2_000, 12_000])
def test_steps_hold_the_samples_once_after_all_were_looked_at(n: int) -> None:
    activations = rows(n, 16)
    gc.collect()
    before = storages()
    made = srm.Timeline.turning(activations, srm.basis.rotated(16, 0))
    labels = np.arange(n) % 10
    for engine in made:
        engine.curve(0, 1, epsilon=0.6)
        engine.curve(2, 3, epsilon=0.6)
        for j in range(4, 16):
            engine.basis.plane(0, j)
        engine.survey(epsilon=0.6)
        engine.directions(epsilon=0.6, labels=labels)
        engine.alignment()
    gc.collect()
    after = storages()
    held = sum(n for place, n in after.items() if place not in before)
    one_copy = srm.ResonanceEngine(activations)._store.nbytes
    assert one_copy <= held <= 1.2 * one_copy
    assert made[3].nbytes <= 1.2 * one_copy


def test_an_engine_asked_again_and_again_answers_from_its_cache() -> None:
    made = srm.Timeline.turning(rows(4000, 40), srm.basis.rotated(40, 0), 3)
    one, other = made[1], made[2]
    unread = one.n_to_read(0, 1, epsilon=0.4)
    one.curve(0, 1, epsilon=0.4)
    assert one.n_to_read(0, 1, epsilon=0.4) < one.n_samples <= unread
    other.curve(0, 1, epsilon=0.4)
    assert one.n_to_read(0, 1, epsilon=0.4) == unread


def test_samples_appended_to_one_step_are_in_all() -> None:
    engine = srm.ResonanceEngine(rows(), groups=np.arange(400) // 4)
    made = srm.Timeline.turning(engine, srm.basis.rotated(5, 1), 3)
    made.ensemble()
    calls = []

    class Listener:
        def hear(self) -> None:
            calls.append(made[2].n_samples)

    listener = Listener()
    made[2].listeners.add(listener.hear)
    engine.append(rows(30, seed=1), groups=np.full(30, 100))
    assert calls == [430]
    assert {each.n_samples for each in made} == {430}
    together = np.concatenate([rows(), rows(30, seed=1)])
    whole = srm.Timeline.turning(together, srm.basis.rotated(5, 1), 3)
    np.testing.assert_array_equal(made.ensemble(), whole.ensemble())
    assert made[1].groups.n_groups == 101


@pytest.mark.usefixtures("as_users")
def test_what_belongs_to_an_engine_comes_with_it() -> None:
    turn = srm.basis.rotated(5, 1)
    made = srm.Timeline.turning(rows(), turn, 2, center="mean", min_norm=0.1)
    expected = srm.ResonanceEngine(rows(), turn, center="mean", min_norm=0.1)
    assert made[-1].preparation == expected.preparation
    assert made[-1].alignment() == expected.alignment()
    own = srm.ResonanceEngine(rows(), srm.basis.rotated(5, 4))
    assert srm.Timeline.turning(own, turn, 2)[0].basis is own.basis
    assert srm.Timeline.turning(own, turn, 2, basis=srm.basis.standard(5))[-1].basis is turn
    with pytest.raises(TypeError, match="expected no center beside an engine"):
        srm.Timeline.turning(own, turn, center="mean")
    with pytest.raises(TypeError, match="expected no dtype beside an engine"):
        srm.Timeline.turning(own, turn, dtype="float32")
    with pytest.raises(ValueError, match="steps"):
        srm.Timeline.turning(own, turn, 1)
    with pytest.raises(ValueError, match="basis of 5 dimensions"):
        own.in_bases([srm.basis.standard(6)])
    with pytest.raises(TypeError, match="expected a basis, got array"):
        own.in_bases([np.eye(5)])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="cache_bytes ≥ 0, got -1"):
        own.in_bases([turn], cache_bytes=-1)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_a_copy_of_a_turn_holds_its_own_samples_once(copied: Any) -> None:
    made = srm.Timeline.turning(rows(), srm.basis.rotated(5, 1), 5)
    expected = [engine.curve(0, 1, epsilon=0.4).counts for engine in made]
    other = copied(made)
    for engine, counts in zip(other, expected, strict=True):
        np.testing.assert_array_equal(engine.curve(0, 1, epsilon=0.4).counts, counts)
    other[1].append(rows(10))
    assert {engine.n_samples for engine in other} == {410}
    assert {engine.n_samples for engine in made} == {400}
    assert copied(made[2].survey(epsilon=0.4)).confirm(rows(50, seed=2)).n_samples == 50


def test_counts_have_no_other_basis() -> None:
    counts = ResonanceCounts(epsilon=0.5, resolution=8)
    counts.append(rows())
    with pytest.raises(TypeError, match="got counts, which keep no samples"):
        srm.Timeline.turning(counts, srm.basis.rotated(5, 1))

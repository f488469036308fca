"""Counts of a stream equal those of an engine that holds all of it."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import multiprocessing

import srm_widget as srm
from srm_widget.streaming.totals import Totals
from tests.unit.support import oracle
from tests.unit.support.alike import assert_same_curves, assert_same_survey
from tests.unit.support.cases import Case, cases, split

BASES = {
    "axes": None,
    "rotated": srm.basis.rotated(5, 1),
    "thomson": srm.basis.thomson(9, 5, 0),
    "parallel": np.array([[1, 0, 0, 0, 0], [-2, 0, 0, 0, 0], [1, 1, 0, 0, 0], [0, 0, 1, 0, 3.0]]),
}
LEVELS = [0.75, 0.4, -0.2]


def counted(rows: np.ndarray, basis: Any, parts: int = 4, **ask: Any) -> srm.ResonanceCounts:
    counts = srm.ResonanceCounts(basis, **ask)
    for part in np.array_split(rows, parts):
        counts.append(part)
    return counts


@pytest.mark.parametrize("basis", BASES.values(), ids=BASES.keys())
@pytest.mark.parametrize("resolution", [24, 25])
@pytest.mark.parametrize("variant", ["combination", "permutation"])
def test_counts_equal_the_engine(
    gaussian: np.ndarray, basis: Any, resolution: int, variant: str
) -> None:
    gaussian[3] = 0
    ask: dict[str, Any] = {"resolution": resolution, "variant": variant}
    counts = counted(gaussian, basis, epsilon=LEVELS, **ask)
    engine = srm.ResonanceEngine(gaussian, basis)
    for epsilon in LEVELS:
        curves = srm.spotlight_resonance(gaussian, basis, epsilon=epsilon, **ask)
        assert_same_curves(counts.resonance(epsilon=epsilon), curves)
        assert_same_survey(
            counts.survey(epsilon=epsilon, by="peak", top=3),
            engine.survey(epsilon=epsilon, by="peak", top=3, **ask),
        )
    assert (counts.n_samples, counts.n_zero, counts.n_dropped) == (60, 1, 0)


@settings(max_examples=200)
@given(case=cases(), cuts=st.lists(st.integers(0, 50), max_size=3))
def test_a_plane_equals_the_definition(case: Case, cuts: list[int]) -> None:
    counts = srm.ResonanceCounts(
        case.directions,
        epsilon=case.epsilon,
        resolution=case.resolution,
        planes=[case.pair],
    )
    for part in split(case.samples, cuts):
        counts.append(part)
    found = counts.curve(*case.pair)
    truth = oracle.counts(
        case.samples,
        case.directions,
        *case.pair,
        found.angles,
        epsilon=case.epsilon,
        tolerance=oracle.tolerance(case.samples.dtype),
    )
    assert (truth.low <= found.counts[0]).all()
    assert (found.counts[0] <= truth.high).all()


@pytest.mark.parametrize("pair", [(1, 3), (3, 1)])
def test_a_curve_is_that_of_the_engine(gaussian: np.ndarray, pair: tuple[int, int]) -> None:
    counts = counted(gaussian, None, epsilon=0.5, resolution=24)
    engine = srm.ResonanceEngine(gaussian)
    assert_same_curves(counts.curve(*pair), engine.curve(*pair, epsilon=0.5, resolution=24))


def test_chosen_planes_in_their_order(gaussian: np.ndarray) -> None:
    planes = [(4, 1), (0, 2), (1, 4)]
    counts = counted(gaussian, None, epsilon=0.5, resolution=25, planes=planes)
    assert counts.planes.tolist() == [list(pair) for pair in planes]
    expected = srm.spotlight_resonance(gaussian, planes=planes, epsilon=0.5, resolution=25)
    assert_same_curves(counts.resonance(), expected)
    with pytest.raises(ValueError, match=r"expected counts of all planes for a survey, got .* 3"):
        counts.survey()
    with pytest.raises(ValueError, match=r"one of the 3 planes counted, got \(2, 3\)"):
        counts.curve(2, 3)


def test_a_mirror_image_off_the_angles_counted_is_refused(gaussian: np.ndarray) -> None:
    counts = counted(gaussian, None, epsilon=0.5, resolution=25)
    with pytest.raises(ValueError, match=r"counted in, \(1, 3\), got \(3, 1\).*permutation"):
        counts.curve(3, 1)


@pytest.mark.parametrize("basis", BASES.values(), ids=BASES.keys())
def test_an_engine_hands_out_its_counts(gaussian: np.ndarray, basis: Any) -> None:
    engine = srm.ResonanceEngine(gaussian, basis)
    counts = engine.counts(epsilon="auto", resolution=36)
    assert counts.epsilons == (engine.auto_epsilon(),)
    assert_same_survey(counts.survey(), engine.survey(epsilon="auto", resolution=36))
    counts.append(gaussian)
    twice = srm.ResonanceEngine(np.concatenate([gaussian, gaussian]), basis)
    assert_same_survey(counts.survey(), twice.survey(epsilon=engine.auto_epsilon(), resolution=36))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 999), order=st.permutations(range(4)), first=st.integers(1, 3))
def test_merging_is_associative_and_commutative(seed: int, order: list[int], first: int) -> None:
    rows = np.random.default_rng(seed).standard_normal((40, 4))
    ask: dict[str, Any] = {"epsilon": [0.6, 0.9], "resolution": 12}
    parts = [counted(part, None, 1, **ask) for part in np.array_split(rows, 4)]
    left, right = srm.ResonanceCounts(**ask), srm.ResonanceCounts(4, **ask)
    for k in order[:first]:
        left.merge(parts[k])
    for k in order[first:]:
        right.merge(parts[k])
    left.merge(right)
    whole = counted(rows, None, 1, **ask)
    for epsilon in (0.6, 0.9):
        assert_same_curves(left.resonance(epsilon=epsilon), whole.resonance(epsilon=epsilon))
        assert_same_survey(left.survey(epsilon=epsilon), whole.survey(epsilon=epsilon))


def test_merging_leaves_the_other_as_it_was(gaussian: np.ndarray) -> None:
    one = counted(gaussian[:20], None, epsilon=0.5)
    other = counted(gaussian[20:], None, epsilon=0.5)
    before = other.resonance().counts.copy()
    one.merge(other)
    one.append(gaussian)
    assert np.array_equal(other.resonance().counts, before)
    one.merge(srm.ResonanceCounts(epsilon=0.5))
    assert one.n_samples == 120


@pytest.mark.parametrize(
    "change",
    [
        {"epsilon": 0.6},
        {"resolution": 12},
        {"planes": [(0, 1)]},
        {"variant": "permutation"},
        {"basis": srm.basis.rotated(5, 0)},
        {"center": [0.1, 0, 0, 0, 0]},
        {"min_norm": 0.5},
    ],
    ids=lambda change: next(iter(change)),
)
def test_counts_of_something_else_are_not_merged(
    gaussian: np.ndarray, change: dict[str, Any]
) -> None:
    ask: dict[str, Any] = {"basis": None, "epsilon": 0.5, "resolution": 24}
    one, other = counted(gaussian, **ask), counted(gaussian, **{**ask, **change})
    with pytest.raises(ValueError, match="expected counts of the same planes, epsilon and angles"):
        one.merge(other)
    assert one.n_samples == 60
    with pytest.raises(TypeError, match="expected ResonanceCounts to merge, got int"):
        one.merge(3)  # type: ignore[arg-type]


def test_counts_of_another_centre_are_not_merged(gaussian: np.ndarray) -> None:
    center = gaussian.mean(0)
    one = counted(gaussian, None, epsilon=0.5, center=center)
    for other in (center * (1 + 1e-15), -center, None):
        with pytest.raises(ValueError, match="with the same center and min_norm, as"):
            one.merge(counted(gaussian, None, epsilon=0.5, center=other))
    one.merge(counted(gaussian, None, epsilon=0.5, center=torch.from_numpy(center)))
    assert one.n_samples == 120


@pytest.mark.parametrize("planes", ["all", [(0, 1), (3, 2)]])
def test_counts_of_prepared_samples_equal_the_engine(gaussian: np.ndarray, planes: Any) -> None:
    gaussian[[3, 40]] = [1, 2, 3, 4, 5]
    more: dict[str, Any] = {"center": [1.0, 2, 3, 4, 5], "min_norm": 6.9}
    ask: dict[str, Any] = {"epsilon": 0.5, "resolution": 24, "planes": planes}
    counts = counted(gaussian, None, **ask, **more)
    assert_same_curves(counts.resonance(), srm.spotlight_resonance(gaussian, **ask, **more))
    n_short = int((np.linalg.norm(gaussian - more["center"], axis=1) < 6.9).sum()) - 2
    assert n_short > 4
    assert (counts.n_samples, counts.n_zero, counts.n_short) == (60, 2 + n_short, n_short)
    assert repr(counts).endswith(f"60 samples, {counts.preparation})")
    if planes == "all":
        survey = srm.ResonanceEngine(gaussian, **more).survey(epsilon=0.5, resolution=24)
        assert_same_survey(counts.survey(), survey)
    one, other = (counted(part, None, **ask, **more) for part in (gaussian[:20], gaussian[20:]))
    one.merge(pickle.loads(pickle.dumps(other)))
    assert_same_curves(one.resonance(), counts.resonance())


def test_counts_of_an_engine_are_prepared_as_its_samples(gaussian: np.ndarray) -> None:
    engine = srm.ResonanceEngine(gaussian + 2, center="mean", min_norm=1.0)
    counts = engine.counts(epsilon=0.5, resolution=24)
    short = f"{engine.n_short} samples shorter than 1 count as zeros"
    assert engine.n_short > 1
    assert counts.preparation == f"centred on a given vector · {short}"
    curve = engine.curve(0, 1, epsilon=0.5, resolution=24)
    assert counts.curve(0, 1).counts.tolist() == curve.counts.tolist()
    more = np.random.default_rng(8).standard_normal((30, 5)) + 1
    counts.append(more)
    whole = srm.ResonanceEngine(np.vstack([gaussian + 2, more]), center=engine.center, min_norm=1.0)
    assert_same_curves(counts.curve(0, 1), whole.curve(0, 1, epsilon=0.5, resolution=24))
    with pytest.raises(ValueError, match="same center and min_norm"):
        counts.merge(srm.ResonanceEngine(gaussian + 2).counts(epsilon=0.5, resolution=24))


def test_a_stream_has_no_mean_beforehand(gaussian: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"vector of D numbers, got 'mean': .*no mean yet"):
        srm.ResonanceCounts(epsilon=0.5, center="mean")
    with pytest.raises(ValueError, match="5 numbers, as wide as the activations, got 2"):
        srm.ResonanceCounts(5, epsilon=0.5, center=[1.0, 2.0])
    counts = srm.ResonanceCounts(epsilon=0.5, center=[1.0, 2.0])
    with pytest.raises(ValueError, match="5 numbers, as wide as the activations, got 2"):
        counts.append(gaussian)
    assert counts.n_samples == 0


def test_memory_does_not_grow(gaussian: np.ndarray) -> None:
    counts = counted(gaussian, None, epsilon=0.5)
    before = counts.nbytes
    assert before == 8 * (10 * (361 + 1 + 3 + 8) + 2 * 5 * 41 + 2 * 4 * 41 + 2 + 4)
    counts.append(np.tile(gaussian, (50, 1)))
    assert counts.nbytes == before


def test_nothing_of_a_refused_batch_is_counted(gaussian: np.ndarray) -> None:
    counts = counted(gaussian, None, epsilon=0.5)
    before = counts.resonance().counts.copy()
    spoilt = gaussian.copy()
    spoilt[50, 2] = np.nan
    with pytest.raises(ValueError, match=r"NaN or infinity in 1 of 60 rows \(50\)"):
        counts.append(spoilt)
    with pytest.raises(ValueError, match=r"expected activations of shape \(N, 5\).*got \(2, 4\)"):
        counts.append(np.ones((2, 4)))
    assert np.array_equal(counts.resonance().counts, before)
    assert counts.n_samples == 60


def test_rows_that_are_not_finite_can_be_dropped(gaussian: np.ndarray) -> None:
    spoilt = gaussian.copy()
    spoilt[::7, 2] = np.inf
    counts = counted(spoilt, None, epsilon=0.5, nan_policy="drop")
    kept = np.delete(gaussian, np.s_[::7], axis=0)
    assert (counts.n_samples, counts.n_dropped) == (51, 9)
    expected = srm.spotlight_resonance(kept, epsilon=0.5)
    assert np.array_equal(counts.resonance().counts, expected.counts)
    counts.append(np.full((2, 5), np.nan))
    assert (counts.n_samples, counts.n_dropped) == (51, 11)


def test_an_interrupted_append_is_not_hidden(
    gaussian: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = counted(gaussian, None, epsilon=0.5)
    with monkeypatch.context() as patch:
        patch.setattr(Totals, "_add", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            counts.append(gaussian)
    for use in (counts.resonance, counts.survey, lambda: counts.append(gaussian)):
        with pytest.raises(RuntimeError, match="part of a batch is counted"):
            use()


def _interrupted(*_args: object) -> None:
    raise KeyboardInterrupt


def test_counts_survive_pickling(gaussian: np.ndarray) -> None:
    counts = counted(gaussian, srm.basis.simplex(5), epsilon=[0.5, 0.7])
    again = pickle.loads(pickle.dumps(counts))
    assert_same_survey(again.survey(epsilon=0.7), counts.survey(epsilon=0.7))
    again.merge(counts)
    assert again.n_samples == 120


@pytest.mark.parametrize(
    ("ask", "kind", "message"),
    [
        ({"epsilon": "auto"}, TypeError, r"numbers in \[-1, 1\], got 'auto'.*auto_epsilon"),
        ({"epsilon": []}, ValueError, "at least one epsilon, got none"),
        ({"epsilon": [0.5, 0.5]}, ValueError, r"different levels of epsilon, got \[0.5, 0.5\]"),
        ({"epsilon": [0.5, 2]}, ValueError, r"epsilon in \[-1, 1\], got 2"),
        ({"epsilon": 0.5, "resolution": 3}, ValueError, "resolution ≥ 4, got 3"),
        ({"epsilon": 0.5, "variant": "both"}, ValueError, "got 'both'"),
        ({"epsilon": 0.5, "nan_policy": "zero"}, ValueError, "got 'zero'"),
        ({"epsilon": 0.5, "planes": "some"}, TypeError, "planes 'all' or a sequence.*'some'"),
        ({"epsilon": 0.5, "planes": []}, ValueError, "at least one plane, got none"),
        ({"epsilon": 0.5, "planes": [(0, 1), (0, 1)]}, ValueError, r"got \(0, 1\) twice"),
        ({"epsilon": 0.5, "planes": [(0, 5)]}, IndexError, r"0 … 4, got \(0, 5\)"),
        ({"epsilon": 0.5, "planes": [3]}, ValueError, r"pairs, .*got 3 among them"),
    ],
)
@pytest.mark.usefixtures("as_users")
def test_refusals(ask: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        srm.ResonanceCounts(np.eye(5), **ask)


def test_what_was_not_counted_is_refused(gaussian: np.ndarray) -> None:
    counts = counted(gaussian, None, epsilon=[0.5, 0.7])
    with pytest.raises(ValueError, match=r"one of those counted, 0.5, 0.7, got 0.6"):
        counts.resonance(epsilon=0.6)
    with pytest.raises(ValueError, match=r"one of those counted, 0.5, 0.7, got None"):
        counts.survey()
    with pytest.raises(ValueError, match="counts of at least one sample, got none"):
        srm.ResonanceCounts(np.eye(5), epsilon=0.5).resonance()
    with pytest.raises(ValueError, match="neither a basis nor samples yet"):
        _ = srm.ResonanceCounts(epsilon=0.5).planes


@pytest.mark.cuda
@pytest.mark.parametrize("basis", BASES.values(), ids=BASES.keys())
def test_cuda_counts_as_the_cpu_does(gaussian: np.ndarray, basis: Any) -> None:
    rows = torch.from_numpy(gaussian)
    here, there = (
        srm.ResonanceCounts(basis, epsilon=LEVELS, resolution=25, device=device)
        for device in ("cpu", "cuda")
    )
    for counts in (here, there):
        for part in rows.split(17):
            counts.append(part)
    for epsilon in LEVELS:
        assert_same_curves(there.resonance(epsilon=epsilon), here.resonance(epsilon=epsilon))
        assert_same_survey(there.survey(epsilon=epsilon), here.survey(epsilon=epsilon))
    here.merge(there)
    assert here.n_samples == 120


def _append(_rank: int, counts: srm.ResonanceCounts, rows: np.ndarray) -> None:
    counts.append(rows)


def test_counts_handed_to_another_process_are_its_own(gaussian: np.ndarray) -> None:
    counts = counted(gaussian, None, epsilon=0.5)
    before = counts.resonance().counts.copy()
    multiprocessing.spawn(_append, (counts, gaussian))  # type: ignore[attr-defined]
    assert counts.n_samples == 60
    assert np.array_equal(counts.resonance().counts, before)


def test_odd_numbers_of_angles_are_not_merged_with_twice_as_many() -> None:
    """Both are counted at as many angles, so that only the plan tells them apart."""
    rows = np.random.default_rng(0).standard_normal((40, 4))
    few, many = (srm.ResonanceCounts(epsilon=0.5, resolution=k) for k in (5, 10))
    for counts in (few, many):
        counts.append(rows)
    with pytest.raises(ValueError, match="same planes, epsilon and angles"):
        few.merge(many)
    assert few.n_samples == 40

"""Samples in groups: errors by their definition, from an engine of each group's samples alone."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.concurrency.generators import run
from srm_widget.concurrency.torch_threads import limit_threads
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.plane import group_tally
from srm_widget.results.curves import Resonance
from srm_widget.results.wilson_interval import QUANTILE, wilson_interval
from tests.unit.support.cases import Case, cases, split
from tests.unit.support.clustered import coverage, truth

GROUPS = st.lists(st.integers(0, 4), min_size=12, max_size=12)
ROWS = np.random.default_rng(0).standard_normal((60, 4))
OF_ROWS = np.random.default_rng(1).integers(0, 7, 60)
ASKED: dict[str, Any] = {"epsilon": 0.4, "resolution": 12}


@pytest.fixture(scope="module")
def few_ends_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_tally, "_ENDS_AT_ONCE", 7)
        yield


def parts(rows: np.ndarray, groups: np.ndarray, basis: Any, **asked: Any) -> list[Resonance]:
    """The resonance of each group alone."""
    found = [srm.ResonanceEngine(rows[groups == name], basis) for name in np.unique(groups)]
    i, j = asked.pop("pair")
    return [engine.curve(i, j, **asked) for engine in found]


def assert_errors(found: Resonance, own: list[Resonance]) -> None:
    """Errors are what their docstrings define, in fractions."""
    errors = found.groups
    assert errors is not None
    n_groups = errors.n_groups
    assert n_groups == len(own)
    n, sizes = found.n_samples, [part.n_samples for part in own]
    kish = Fraction(n * n, sum(size * size for size in sizes))
    for k, count in enumerate(found.counts[0].tolist()):
        lit = [int(part.counts[0, k]) for part in own]
        assert sum(lit) == count
        f = Fraction(count, n)
        variance = sum((a - f * size) ** 2 for a, size in zip(lit, sizes, strict=True)) / n**2
        if variance == 0:
            assert (errors.effective[0, k], errors.degrees[0, k]) == (float(kish), np.inf)
            continue
        expected = f * (1 - f) / (variance * Fraction(n_groups, n_groups - 1))
        assert errors.effective[0, k] == pytest.approx(float(expected), rel=1e-12)
        dark = [size - a for a, size in zip(lit, sizes, strict=True)]
        spread = min(sum(each) ** 2 // sum(a * a for a in each) for each in (lit, dark))
        assert errors.degrees[0, k] == max(1, spread - 1)


def assert_alignment_errors(found: Resonance, own: list[Resonance]) -> None:
    assert found.groups is not None
    error, effective, degrees = (float(each[0]) for each in found.groups.alignment)
    sums = np.array([part.fourfold[0] for part in own]) / FOURFOLD_UNIT
    lit = np.array([part.n_lit[0] for part in own], dtype=float)
    some = int((lit > 0).sum())
    if some == 0:
        assert (error, degrees) == (np.inf, np.inf)
        return
    squares = (lit**2).sum()
    if some == 1:
        assert (error, effective, degrees) == (np.inf, 1.0, np.inf)
        return
    mean = sums.sum() / lit.sum()
    variance = some / (some - 1) * ((sums - mean * lit) ** 2).sum() / lit.sum() ** 2
    if np.isinf(degrees):
        assert variance < 1e-15
        assert effective == pytest.approx(lit.sum() ** 2 / squares)
        assert error == pytest.approx((2 * effective) ** -0.5)
        return
    assert error == pytest.approx(np.sqrt(variance), rel=1e-6, abs=1e-9)
    if variance > 1e-12:
        assert effective == pytest.approx((1 - mean**2) / variance, rel=1e-6)
        assert degrees == pytest.approx(max(1, squares**2 / (lit**4).sum() - 1))


@pytest.mark.usefixtures("sample_blocks", "few_ends_at_once")
@settings(max_examples=10)
@given(case=cases(), groups=GROUPS)
def test_errors_are_those_of_their_definition(case: Case, groups: list[int]) -> None:
    named = np.array(groups[: len(case.samples)])
    engine = srm.ResonanceEngine(case.samples, case.basis, groups=named)
    for i, j in (case.pair, case.pair[::-1]):
        found = engine.curve(i, j, **case.asked)
        plain = srm.ResonanceEngine(case.samples, case.basis).curve(i, j, **case.asked)
        assert found.counts.tolist() == plain.counts.tolist()
        own = parts(case.samples, named, case.basis, pair=(i, j), **case.asked)
        if np.array_equal(sum(part.counts for part in own), found.counts):  # else a tie
            assert_errors(found, own)
        if sum(part.n_lit for part in own) == found.n_lit:
            assert_alignment_errors(found, own)


def same(one: Resonance, other: Resonance) -> None:
    assert one.groups is not None
    assert other.groups is not None
    assert one.groups.n_groups == other.groups.n_groups
    for name in ("effective", "degrees"):
        assert getattr(one.groups, name).tolist() == getattr(other.groups, name).tolist(), name
    for found, expected in zip(one.groups.alignment, other.groups.alignment, strict=True):
        assert found.tolist() == expected.tolist()


@pytest.mark.usefixtures("sample_blocks")
@settings(max_examples=8)
@given(cuts=st.lists(st.integers(0, 60), max_size=5), bad=st.sets(st.integers(0, 59), max_size=9))
def test_batches_give_what_one_go_gives(cuts: list[int], bad: set[int]) -> None:
    holed = ROWS.copy()
    holed[list(bad), 0] = np.nan
    names = np.array([f"sentence {code}" for code in OF_ROWS])
    engine = srm.ResonanceEngine(basis=np.eye(4), nan_policy="drop")
    for rows, own in zip(split(holed, cuts), split(names, cuts), strict=True):
        engine.append(rows, groups=own)
        if engine.n_samples:
            engine.curve(0, 1, **ASKED)
    whole = srm.ResonanceEngine(holed, nan_policy="drop", groups=names)
    kept = [row for row in range(60) if row not in bad]
    without = srm.ResonanceEngine(ROWS[kept], groups=names[kept])
    for other in (whole, without):
        same(engine.curve(0, 1, **ASKED), other.curve(0, 1, **ASKED))
        assert engine.alignment_interval() == other.alignment_interval()
        assert engine.groups is not None
        assert other.groups is not None
        assert engine.groups.codes.tolist() == other.groups.codes.tolist()
        assert engine.groups.sizes.tolist() == other.groups.sizes.tolist()


@pytest.mark.parametrize(
    "groups",
    [
        OF_ROWS.tolist(),
        OF_ROWS.astype(float),
        [str(code) for code in OF_ROWS],
        torch.from_numpy(OF_ROWS),
        pd.Series(OF_ROWS).astype("category"),
    ],
    ids=["list", "floats", "strings", "tensor", "categories"],
)
def test_all_kinds_of_ids_name_the_same_groups(groups: Any) -> None:
    one, other = (srm.ResonanceEngine(ROWS, groups=each) for each in (groups, OF_ROWS))
    same(one.curve(0, 1, **ASKED), other.curve(0, 1, **ASKED))


def test_a_sample_more_of_a_group_before_joins_it() -> None:
    engine = srm.ResonanceEngine(ROWS[:3], groups=["a", "b", "a"])
    engine.append(ROWS[3:5], groups=["b", "c"])
    assert engine.groups is not None
    assert engine.groups.sizes.tolist() == [2, 2, 1]
    assert "3 groups" in repr(engine.curve(0, 1, **ASKED))


def test_what_is_kept_can_not_be_written_to() -> None:
    engine = srm.ResonanceEngine(ROWS, groups=OF_ROWS)
    curve = engine.curve(0, 1, **ASKED)
    assert curve.groups is not None
    assert engine.groups is not None
    arrays = curve.groups.effective, curve.groups.degrees, *curve.groups.alignment, *engine.groups
    assert not any(array.flags.writeable for array in arrays)


def test_without_groups_nothing_is_said_of_them() -> None:
    engine = srm.ResonanceEngine(ROWS)
    curve = engine.curve(0, 1, **ASKED)
    assert (engine.groups, curve.groups) == (None, None)
    assert "groups" not in repr(curve)
    np.testing.assert_array_equal(curve.interval(), wilson_interval(curve.values, 60))
    low, high = curve.alignment_interval()
    assert (high - low)[0] == pytest.approx(2 * QUANTILE * curve.alignment_error[0])


def test_where_groups_tell_nothing_the_interval_is_that_of_as_many_samples() -> None:
    groups = np.repeat(np.arange(6), 10)
    curve = srm.ResonanceEngine(ROWS, groups=groups).curve(0, 1, epsilon=1.0, resolution=8)
    assert not curve.counts.any()
    np.testing.assert_array_equal(curve.interval(), wilson_interval(curve.values, 6))
    one = srm.ResonanceEngine(ROWS, groups=np.zeros(60)).curve(0, 1, **ASKED)
    np.testing.assert_array_equal(one.interval(), wilson_interval(one.values, 1))
    assert one.alignment_error.tolist() == [np.inf]
    low, high = one.alignment_interval()
    assert high - low > 1


@pytest.mark.parametrize("samples", [np.eye(4)[:1], [[1.0, 1.0, 0, 0]], [[5.0, 2.0, 0, 0]]])
def test_where_groups_agree_an_alignment_is_not_without_error(samples: Any) -> None:
    """Seven groups of 1 … 7 samples alike: 28² / 140 as large ones would tell as much."""
    groups = np.repeat(np.arange(7), np.arange(1, 8))
    rows = np.repeat(samples, 28, axis=0)
    curve = srm.ResonanceEngine(rows, groups=groups).curve(0, 1, epsilon=0.9, resolution=8)
    assert curve.groups is not None
    error, effective, degrees = curve.groups.alignment
    assert effective == pytest.approx(28**2 / 140)
    assert curve.alignment_error == error == pytest.approx((2 * 28**2 / 140) ** -0.5)
    assert degrees == np.inf


def test_copies_of_samples_tell_no_more_than_the_samples() -> None:
    copies = 50
    curve = srm.ResonanceEngine(
        np.repeat(ROWS, copies, axis=0), groups=np.repeat(np.arange(60), copies)
    ).curve(0, 1, **ASKED)
    assert curve.groups is not None
    lit = (curve.counts > 0) & (curve.counts < curve.n_samples)
    assert lit.any()
    np.testing.assert_allclose(curve.groups.effective[lit], 59.0)
    low, high = curve.interval()
    narrow, wide = wilson_interval(curve.values, np.full((1, 12), 59.0))
    assert (low <= narrow).all()
    assert (high >= wide).all()
    assert (high - low < 2 * (wide - narrow)).all()


def test_the_interval_is_never_narrower_than_wilsons() -> None:
    # Groups that are more alike than chance: each has one sample of each direction.
    rows = np.tile(np.concatenate([np.eye(3), -np.eye(3)]) + 0.01, (20, 1))
    curve = srm.ResonanceEngine(rows, groups=np.repeat(np.arange(20), 6)).curve(0, 1, **ASKED)
    low, high = curve.interval()
    least, most = wilson_interval(curve.values, curve.n_samples)
    assert (low <= least).all()
    assert (high >= most).all()


def test_while_samples_are_counted_their_groups_are_taken_for_alike(sample_blocks: str) -> None:
    engine = srm.ResonanceEngine(ROWS, groups=OF_ROWS)
    *partial, last = engine.progress_curve(0, 1, **ASKED)
    same(last, engine.curve(0, 1, **ASKED))
    assert bool(partial) == (sample_blocks == "many blocks")
    squares = (np.bincount(OF_ROWS) ** 2).sum()
    for curve in partial:
        assert curve.groups is not None
        assert (curve.groups.effective == curve.n_samples / (squares / 60)).all()
        expected = wilson_interval(curve.values, curve.groups.effective)
        np.testing.assert_array_equal(curve.interval(), expected)


@pytest.mark.usefixtures("sample_blocks")
def test_samples_that_come_while_errors_are_computed_are_counted_too() -> None:
    engine = srm.ResonanceEngine(ROWS[:30], groups=OF_ROWS[:30])
    steps = engine.curve_steps(0, 1, **ASKED)
    while (found := next(steps)) is not None:  # the first step without a curve is one of errors
        assert found.n_samples <= 30
    engine.append(ROWS[30:], groups=OF_ROWS[30:])
    last = run(steps)
    assert last.n_samples == 60
    same(last, srm.ResonanceEngine(ROWS, groups=OF_ROWS).curve(0, 1, **ASKED))


@pytest.mark.parametrize("variant", ["combination", "permutation"])
def test_all_planes_have_the_errors_of_each(variant: str) -> None:
    basis = [[1, 0, 0, 0], [0, 1, 0, 0], [2, 0, 0, 0], [1, 1, 0, 1]]
    found = srm.spotlight_resonance(ROWS, basis, groups=OF_ROWS, variant=variant, **ASKED)
    plain = srm.spotlight_resonance(ROWS, basis, variant=variant, **ASKED)
    assert found.planes.tolist() == plain.planes.tolist()
    assert found.counts.tolist() == plain.counts.tolist()
    engine = srm.ResonanceEngine(ROWS, basis, groups=OF_ROWS)
    assert found.groups is not None
    for row, (i, j) in enumerate(found.planes.tolist()):
        own = engine.curve(i, j, **ASKED)
        assert own.groups is not None
        assert found.groups.effective[row].tolist() == own.groups.effective[0].tolist()
        low, high = found.alignment_interval()
        assert (low[row], high[row]) == tuple(end[0] for end in own.alignment_interval())


def test_the_interval_of_the_layer_is_that_of_a_ratio_of_sums() -> None:
    engine = srm.ResonanceEngine(ROWS, groups=OF_ROWS)
    unit = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    fourth = (unit**4).sum(axis=1)
    above, below = 6 * fourth - 3, 2 * fourth + 1
    value = above.sum() / below.sum()
    sums = [[each[g == OF_ROWS].sum() for g in range(7)] for each in (above, below)]
    y, x = np.array(sums)
    variance = 7 / 6 * ((y - value * x) ** 2).sum() / x.sum() ** 2
    t = torch.distributions.StudentT((x**2).sum() ** 2 / (x**4).sum() - 1)
    draws = t.sample(torch.Size([400_000])).abs()
    quantile = float(draws.quantile(0.95))
    n = (1 - value**2) / variance * (QUANTILE / quantile) ** 2
    expected = wilson_interval(np.array([(1 + value) / 2]), np.array([n]))
    ends = [2 * float(end[0]) - 1 for end in expected]
    assert engine.alignment_interval() == pytest.approx(ends, abs=0.01)
    assert engine.alignment() == pytest.approx(value)


def test_without_groups_each_sample_is_its_own() -> None:
    alone = srm.ResonanceEngine(ROWS).alignment_interval(confidence=0.8)
    assert alone == srm.ResonanceEngine(ROWS, groups=range(60)).alignment_interval(confidence=0.8)
    wide = srm.ResonanceEngine(ROWS).alignment_interval()
    assert -1 < wide[0] < alone[0] < alone[1] < wide[1] < 1


@pytest.mark.filterwarnings("error")
def test_no_direction_no_interval() -> None:
    nothing = srm.ResonanceEngine(np.zeros((3, 4)), groups=[1, 1, 2])
    assert np.isnan(nothing.alignment_interval()).all()


@pytest.mark.usefixtures("as_users")
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    runs = 120
    with limit_threads(1):
        grouped = coverage(50, 0.6, expected := truth(200_000), runs, grouped=True)
        alone = coverage(50, 0.6, expected, runs // 4, grouped=False)
    slack = 3 * np.sqrt(0.95 * 0.05 / runs)
    assert (np.abs(grouped - 0.95) < 0.02 + slack).all(), grouped
    assert (alone < 0.75).all(), alone


def refused(error: type[Exception], message: str, call: Any) -> None:
    with pytest.raises(error, match=message):
        call()


def test_what_is_no_group_of_every_row_is_refused() -> None:
    def made(groups: Any) -> Any:
        return lambda: srm.ResonanceEngine(ROWS, groups=groups)

    refused(ValueError, "expected 60 groups, one a row of activations, got 59", made(range(59)))
    refused(ValueError, r"got 20; .* groups\[acts\.origins\(layer\)\[:, 0\]\]", made(range(20)))
    refused(TypeError, "expected groups as a sequence, one a row, got 'abc'", made("abc"))
    refused(ValueError, "expected groups of one dimension, got shape", made(np.zeros((60, 2))))
    refused(
        ValueError,
        r"expected a group for every row, got none for 2 of 60 \(0, 1\); give a row that",
        made([None, None, *range(58)]),
    )
    refused(TypeError, "integers, strings or categories as groups", made([[]] * 60))
    refused(
        TypeError,
        r"expected activations beside groups; append\(batch, groups=…\)",
        lambda: srm.ResonanceEngine(groups=[1]),
    )


def test_all_batches_have_groups_or_none() -> None:
    grouped, plain = srm.ResonanceEngine(ROWS, groups=OF_ROWS), srm.ResonanceEngine(ROWS)
    before = grouped.curve(0, 1, **ASKED)
    refused(
        ValueError,
        r"expected the groups of 3 rows beside them, .* append\(batch, groups=…\)",
        lambda: grouped.append(ROWS[:3]),
    )
    refused(
        ValueError,
        "expected no groups, as the 60 samples before have none",
        lambda: plain.append(ROWS[:3], groups=[1, 1, 1]),
    )
    refused(
        ValueError,
        "NaN or infinity",
        lambda: grouped.append(np.full((2, 4), np.nan), groups=["x", "y"]),
    )
    assert grouped.n_samples == plain.n_samples == 60
    same(grouped.curve(0, 1, **ASKED), before)


def test_batches_whose_rows_were_all_dropped_came_with_groups_too() -> None:
    engine = srm.ResonanceEngine(nan_policy="drop", basis=np.eye(4))
    engine.append(np.full((2, 4), np.nan), groups=["x", "y"])
    refused(
        ValueError,
        "expected the groups of 3 rows beside them, as the batches before came with groups",
        lambda: engine.append(ROWS[:3]),
    )
    engine.append(ROWS[:3], groups=["x", "x", "z"])
    assert engine.groups is not None
    assert engine.groups.sizes.tolist() == [2, 1]


def test_groups_go_by_the_text_of_their_ids() -> None:
    engine = srm.ResonanceEngine(ROWS[:2], groups=[1, 2])
    engine.append(ROWS[2:4], groups=["2", "3"])
    assert engine.groups is not None
    assert engine.groups.sizes.tolist() == [1, 2, 1]


def test_counts_are_not_made_of_samples_in_groups() -> None:
    engine = srm.ResonanceEngine(ROWS, groups=OF_ROWS)
    message = "expected an engine without groups, as counts hold none .*, got 7 groups; `curve` has"
    refused(ValueError, message, lambda: engine.counts(epsilon=0.5))


def test_groups_belong_to_activations() -> None:
    engine, timeline = srm.ResonanceEngine(ROWS), srm.Timeline()
    timeline.record(engine)
    expected = "expected no groups beside an engine, which has its own"
    refused(TypeError, expected, lambda: srm.SRMScope(engine, groups=OF_ROWS))
    expected = "expected no groups beside a timeline, whose steps have their own"
    refused(TypeError, expected, lambda: srm.SRMScope(timeline, groups=OF_ROWS))

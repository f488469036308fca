"""Activations centred and with a least norm: as if they had been prepared by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm
from srm_widget.geometry.basis import Basis
from srm_widget.samples import activations, preparation
from tests.unit.support import oracle
from tests.unit.support.alike import assert_same_curves, assert_same_survey

N, D = 60, 5
BASES: dict[str, Basis | None] = {"axes": None, "thomson": srm.basis.thomson(7, D, 0)}
ASK: dict[str, Any] = {"epsilon": 0.6, "resolution": 24}
TOO_SHORT = 1.2


def rows_of(dtype: Any = np.float64) -> np.ndarray:
    """Rows far from the origin, of very different lengths about their mean."""
    rng = np.random.default_rng(5)
    spread = rng.standard_normal((N, D)) * rng.uniform(0.1, 2, (N, 1))
    return np.add(spread, [3, -2, 0, 0.5, 10]).astype(dtype)


def prepared(rows: np.ndarray, center: Any, min_norm: float = 0.0) -> np.ndarray:
    """Prepare rows by the definition: one number after another, sums without rounding."""
    exact = rows.astype(np.float64)
    if isinstance(center, str):
        center = [math.fsum(column) / len(exact) for column in exact.T.tolist()]
    left = [[x - c for x, c in zip(row, center, strict=True)] for row in exact.tolist()]
    found = [row if math.hypot(*row) >= min_norm else [0.0] * len(row) for row in left]
    return np.array(found)


CENTERS: dict[str, Any] = {
    "mean": "mean",
    "vector": [2.5, -1, 0, 1, 9],
    "nothing": None,
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("basis", BASES.values(), ids=BASES.keys())
@pytest.mark.parametrize("center", CENTERS.values(), ids=CENTERS.keys())
@pytest.mark.parametrize("min_norm", [0.0, TOO_SHORT])
def test_as_if_prepared_by_hand(
    sample_blocks: str, dtype: Any, basis: Any, center: Any, min_norm: float
) -> None:
    rows = rows_of(dtype)
    before = rows.copy()
    plain = prepared(rows, [0.0] * D if center is None else center, min_norm)
    n_short = int((plain == 0).all(axis=1).sum())
    assert (n_short > 0) == (min_norm > 0 and center is not None)
    found = srm.ResonanceEngine(rows, basis, center=center, min_norm=min_norm)
    expected = srm.ResonanceEngine(plain, basis, dtype=dtype)
    assert (found.n_zero, found.n_short, found.dtype) == (n_short, n_short, expected.dtype)
    of_hand = expected.survey(**ASK)
    survey = found.survey(**ASK)
    assert survey.preparation == found.preparation
    assert survey.total.tolist() == of_hand.total.tolist()
    assert survey.lit.n_lit.tolist() == of_hand.lit.n_lit.tolist()
    curve = found.curve(1, 2, **ASK)
    assert curve.counts.tolist() == expected.curve(1, 2, **ASK).counts.tolist()
    assert (curve.n_zero, curve.n_short) == (n_short, n_short)
    directions = np.eye(D) if basis is None else basis.directions.numpy()
    tolerance = oracle.tolerance(dtype)
    low, high = oracle.counts(
        plain, directions, 1, 2, curve.angles, epsilon=0.6, tolerance=tolerance
    )
    assert (low <= curve.counts[0]).all()
    assert (curve.counts[0] <= high).all()
    points, _ = found.projection(1, 2)
    raw, _ = oracle.projection(plain, directions, 1, 2)
    np.testing.assert_allclose(points, raw, atol=1e-5 if dtype == np.float32 else 1e-12)
    assert np.array_equal(rows, before)


def test_all_planes_in_one_call(sample_blocks: str) -> None:
    rows = rows_of()
    found = srm.spotlight_resonance(rows, center="mean", min_norm=TOO_SHORT, **ASK)
    plain = srm.spotlight_resonance(prepared(rows, "mean", TOO_SHORT), **ASK)
    assert found.counts.tolist() == plain.counts.tolist()
    assert found.fourfold.tolist() == plain.fourfold.tolist()
    few = srm.spotlight_resonance(rows, center="mean", planes=[(3, 1), (0, 2)], **ASK)
    assert few.preparation == "centred on the mean"


def test_the_centre_and_the_least_norm_can_be_read() -> None:
    rows = rows_of()
    engine = srm.ResonanceEngine(rows, center="mean", min_norm=TOO_SHORT)
    assert engine.center is not None
    exact = [math.fsum(column) / N for column in rows.T.tolist()]
    np.testing.assert_allclose(engine.center, exact, rtol=1e-15, atol=1e-16)
    assert engine.min_norm == TOO_SHORT
    again = srm.ResonanceEngine(rows, center=engine.center, min_norm=TOO_SHORT)
    assert again.curve(0, 1, **ASK).counts.tolist() == engine.curve(0, 1, **ASK).counts.tolist()
    engine.center[:] = 0
    assert engine.center.tolist() == again.center.tolist()  # type: ignore[union-attr]
    plain = srm.ResonanceEngine(rows)
    assert (plain.center, plain.min_norm, plain.preparation) == (None, 0.0, "")


@pytest.mark.parametrize("min_norm", [0.0, TOO_SHORT])
def test_batches_equal_all_at_once(sample_layout: str, min_norm: float) -> None:
    rows = rows_of()
    rows[[4, 31]] = CENTERS["vector"]
    more = {"center": CENTERS["vector"], "min_norm": min_norm}
    whole = srm.ResonanceEngine(rows, **more)
    engine = srm.ResonanceEngine(**more)
    for batch in np.split(rows, [1, 7, 40]):
        engine.append(batch)
        engine.curve(0, 1, **ASK)
        engine.survey(**ASK)
    assert (engine.n_zero, engine.n_short) == (whole.n_zero, whole.n_short)
    assert whole.n_zero == whole.n_short + 2
    assert_same_curves(engine.curve(0, 1, **ASK), whole.curve(0, 1, **ASK))
    assert_same_survey(engine.survey(**ASK), whole.survey(**ASK))


def test_more_samples_would_move_their_mean() -> None:
    engine = srm.ResonanceEngine(rows_of(), center="mean")
    before = engine.curve(0, 1, **ASK).counts.tolist()
    with pytest.raises(
        ValueError, match=r"got 7 rows.*60 samples.*center=activations\.mean\(0, dtype=float\)"
    ):
        engine.append(rows_of()[:7])
    assert engine.n_samples == N
    assert engine.curve(0, 1, **ASK).counts.tolist() == before


def test_the_mean_is_that_of_the_finite_rows(sample_blocks: str) -> None:
    rows = rows_of()
    rows[[3, 17], 2] = np.nan, np.inf
    engine = srm.ResonanceEngine(rows, center="mean", nan_policy="drop")
    kept = np.delete(rows, [3, 17], axis=0)
    plain = srm.ResonanceEngine(prepared(kept, "mean"))
    assert engine.curve(0, 1, **ASK).counts.tolist() == plain.curve(0, 1, **ASK).counts.tolist()
    assert engine.n_dropped == 2
    with pytest.raises(ValueError, match=r"NaN or infinity in 2 of 60 rows \(3, 17\)"):
        srm.ResonanceEngine(rows, center="mean")


def test_the_mean_is_taken_of_the_first_rows_that_there_are() -> None:
    holes: np.ndarray = np.full((2, D), np.nan)
    engine = srm.ResonanceEngine(holes, center="mean", nan_policy="drop")
    assert (engine.center, engine.n_samples) == (None, 0)
    engine.append(rows_of())
    whole = srm.ResonanceEngine(rows_of(), center="mean")
    assert np.array_equal(engine.center, whole.center)  # type: ignore[arg-type]
    assert engine.curve(0, 1, **ASK).counts.tolist() == whole.curve(0, 1, **ASK).counts.tolist()
    assert (engine.n_rows, engine.n_dropped) == (N + 2, 2)
    refused = srm.ResonanceEngine(center="mean")
    with pytest.raises(ValueError, match="NaN or infinity"):
        refused.append(np.vstack([rows_of(), holes]))
    assert refused.center is None
    refused.append(rows_of())
    assert np.array_equal(refused.center, whole.center)  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [1, 3, 7, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_equal_to_the_mean_are_rows_of_zeros(sample_blocks: str, n: int, dtype: Any) -> None:
    """No direction is made of what rounding leaves."""
    engine = srm.ResonanceEngine(np.full((n, 3), [0.1, -1 / 3, 1e9], dtype=dtype), center="mean")
    assert (engine.n_zero, engine.n_short) == (n, 0)
    assert engine.curve(0, 1, epsilon=0.01).counts.max() == 0
    assert set(engine.curve(0, 1, epsilon=0.0).counts[0].tolist()) == {n}


@pytest.mark.parametrize(
    ("dtype", "least"), [("float64", 1e-12), ("float32", 1e-4), ("float16", 2e-3)]
)
@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy], ids=["array", "tensor"])
def test_a_mean_that_came_leaves_nothing_of_rows_equal_to_it(
    kind: Any, dtype: str, least: float
) -> None:
    """What it leaves is rounding in its own dtype, also in counts and engines made of it."""
    rows = np.full((1000, 4), 0.1, dtype=dtype)
    rows[:, 1] = 0.3
    centre = rows.mean(0)
    engine = srm.ResonanceEngine(rows, center=kind(centre))
    assert engine.n_zero == 1000
    assert np.array_equal(engine.center, centre.astype(float))  # type: ignore[arg-type]
    counts = srm.ResonanceCounts(epsilon=0.5, center=kind(centre))
    counts.append(rows)
    assert counts.n_zero == engine.counts(epsilon=0.5).n_zero == 1000
    counts.merge(engine.counts(epsilon=0.5))
    again: Any = engine.survey(epsilon=0.5).engine_of
    assert again(rows).n_zero == 1000
    apart = centre.astype(float) * (1 + least * np.array([1, -1, 1, 1]))
    assert srm.ResonanceEngine(apart[None], center=centre).n_zero == 0


def test_centres_of_other_dtypes_are_not_merged() -> None:
    one, other = (srm.ResonanceCounts(epsilon=0.5, center=np.ones(D, t)) for t in ("f4", "f8"))
    other.append(rows_of())
    with pytest.raises(ValueError, match="with the same center and min_norm"):
        one.merge(other)


def test_a_mean_of_nothing_but_rounding_is_none() -> None:
    steep = np.array([0.1, 0.7, -1.3])
    rows = np.vstack([3 * steep, -steep, -steep, -steep, 0 * steep])
    assert rows[:4].sum(axis=0).any(), "the sum is off by rounding"
    assert srm.ResonanceEngine(rows, center="mean").n_zero == 1


def test_what_is_small_beside_its_centre_is_kept() -> None:
    rows = np.array([[1e6 + 1e-6, 1.0], [1e6 - 1e-6, 1.0], [1e6, 1.0]])
    engine = srm.ResonanceEngine(rows, center="mean")
    assert engine.n_zero == 1
    assert engine.coordinates(0, 1, [0, 1]).tolist() == [[1, 0], [-1, 0]]


def test_a_row_as_long_as_the_least_norm_is_not_short() -> None:
    rows = np.array([[3.0, 4.0], [3.0, 3.9], [0.0, 0.0], [-5.0, 0.0]], dtype=np.float32)
    engine = srm.ResonanceEngine(rows, min_norm=5.0)
    assert (engine.n_zero, engine.n_short) == (2, 1)
    assert engine.coordinates(0, 1, [1, 2]).tolist() == [[0, 0], [0, 0]]
    assert engine.preparation == "1 sample shorter than 5 counts as zeros"
    assert engine.preparation_of([0, 3]) == "0 samples shorter than 5 count as zeros"


def test_files_are_read_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(np.float32)
    np.save(tmp_path / "rows.npy", rows)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    whole = srm.ResonanceEngine(rows, center="mean").curve(0, 1, **ASK)
    monkeypatch.setattr(activations, "_ENTRIES_AT_ONCE", 4 * D)
    read: list[int] = []

    def noted(values: Any) -> Iterator[tuple[int, torch.Tensor]]:
        for first, block in activations.row_blocks(values):
            read.append(len(block))
            yield first, block

    monkeypatch.setattr(preparation, "row_blocks", noted)
    found = srm.ResonanceEngine(mapped, center="mean").curve(0, 1, **ASK)
    assert read == [4] * (N // 4)
    assert found.counts.tolist() == whole.counts.tolist()


@pytest.mark.parametrize(
    "made",
    [np.array, list, lambda numbers: torch.tensor(numbers, dtype=torch.float64)],
    ids=["array", "list", "tensor"],
)
def test_the_callers_numbers_are_left_alone(made: Any) -> None:
    rows = torch.from_numpy(rows_of())
    before, center = rows.clone(), made(CENTERS["vector"])
    engine = srm.ResonanceEngine(rows, center=center, min_norm=TOO_SHORT)
    assert torch.equal(rows, before)
    expected = engine.curve(0, 1, **ASK).counts.tolist()
    center[0] = 77
    assert engine.center.tolist() == CENTERS["vector"]  # type: ignore[union-attr]
    engine.append(rows_of()[:9])
    fresh = srm.ResonanceEngine(rows, center=CENTERS["vector"], min_norm=TOO_SHORT)
    assert fresh.curve(0, 1, **ASK).counts.tolist() == expected
    fresh.append(rows_of()[:9])
    assert_same_curves(engine.curve(0, 1, **ASK), fresh.curve(0, 1, **ASK))


def test_a_centre_that_takes_part_in_training() -> None:
    center = torch.tensor(CENTERS["vector"], dtype=torch.bfloat16, requires_grad=True)
    engine = srm.ResonanceEngine(rows_of(), center=center)
    assert engine.center is not None
    assert engine.center.tolist() == CENTERS["vector"]


WORDS: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"center": "mean"}, "centred on the mean"),
    ({"center": [9.0, 0.0]}, "centred on a given vector"),
    ({"min_norm": 0.5}, "0 samples shorter than 0.5 count as zeros"),
    ({"min_norm": 2.0}, "1 sample shorter than 2 counts as zeros"),
    (
        {"center": "mean", "min_norm": 1e4},
        "centred on the mean · 1,001 samples shorter than 10000 count as zeros",
    ),
]


@pytest.mark.parametrize(("more", "words"), WORDS)
def test_results_say_what_was_done(more: dict[str, Any], words: str) -> None:
    rows = np.vstack([np.tile([3.0, 4.0], (1000, 1)), [[1.0, 0.5]]])
    engine = srm.ResonanceEngine(rows, **more)
    curve, survey = engine.curve(0, 1, **ASK), engine.survey(**ASK)
    assert {engine.preparation, curve.preparation, survey.preparation} == {words}
    whole = srm.spotlight_resonance(rows, **more, **ASK)
    assert {whole.preparation, srm.Resonance.stack([whole, whole]).preparation} == {words}
    end = f"1001 samples in 2 dimensions{words and ', ' + words})"
    assert repr(curve).endswith(end)
    assert repr(survey).replace("1,001 samples in", "1001 samples in").endswith(end)
    assert curve.to_dataframe().attrs == ({"preparation": words} if words else {})


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"center": "median"}, ValueError, "None, 'mean' or a vector of D numbers, got 'median'"),
    ({"center": [1.0, 2.0]}, ValueError, "a vector of 5 numbers, as wide as the activ.*, got 2"),
    ({"center": np.zeros((1, D))}, ValueError, r"shape \(D,\), got \(1, 5\); activations.mean"),
    ({"center": 3.0}, ValueError, r"shape \(D,\), got \(\)"),
    ({"center": [1, 2, np.nan, 4, 5]}, ValueError, "a finite center, got nan in entry 2"),
    ({"center": torch.full((D,), torch.inf)}, ValueError, "got inf in entry 0"),
    ({"center": ["a"] * D}, TypeError, "D real numbers, got list of str"),
    ({"center": [[1], [2, 3]]}, ValueError, "1 numbers in row 0 and 2 in row 1"),
    ({"center": np.ones(D) * 1j}, TypeError, "got complex128"),
    ({"center": torch.ones(D) * 1j}, TypeError, "got torch.complex64"),
    ({"center": np.ma.masked_array(np.ones(D), np.eye(D)[1])}, ValueError, "got nan in entry 1"),
    ({"center": object()}, TypeError, "D real numbers, got object"),
    ({"center": [True] * D}, TypeError, "D real numbers, got torch.bool"),
    ({"center": torch.ones(D) > 0}, TypeError, "D real numbers, got torch.bool"),
    ({"center": torch.ones(D, device="meta")}, TypeError, "got torch.float32.* holds no numbers"),
    ({"min_norm": -0.1}, ValueError, "a finite min_norm ≥ 0, got -0.1"),
    ({"min_norm": math.nan}, ValueError, "got nan"),
    ({"min_norm": math.inf}, ValueError, "got inf"),
    ({"min_norm": "1"}, TypeError, "min_norm as a number, got '1'"),
    ({"min_norm": True}, TypeError, "got True"),
    ({"min_norm": None}, TypeError, "got None"),
    ({"min_norm": [1.0, 2.0]}, TypeError, r"got \[1.0, 2.0\]"),
]


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(("more", "kind", "said"), REFUSED)
def test_what_is_no_preparation_is_refused(
    more: dict[str, Any], kind: type[Exception], said: str
) -> None:
    for give in (
        lambda: srm.ResonanceEngine(rows_of(), **more),
        lambda: srm.ResonanceEngine(rows_of(), np.eye(D), **more),
        lambda: srm.spotlight_resonance(rows_of(), epsilon=0.5, **more),
    ):
        with pytest.raises(kind, match=said):
            give()


def test_a_centre_of_another_width_is_refused_as_soon_as_it_is_known() -> None:
    with pytest.raises(ValueError, match="5 numbers, as wide as the activations, got 3"):
        srm.ResonanceEngine(None, np.eye(D), center=[1, 2, 3])
    engine = srm.ResonanceEngine(center=[1, 2, 3])
    with pytest.raises(ValueError, match="5 numbers, as wide as the activations, got 3"):
        engine.append(rows_of())
    assert (engine.n_samples, engine.n_zero) == (0, 0)
    engine.append(rows_of()[:, :3])
    assert engine.n_dims == 3


def test_sums_beyond_float64_have_no_mean() -> None:
    with pytest.raises(ValueError, match="sum is finite in float64 for center='mean'"):
        srm.ResonanceEngine(np.full((9, 3), 1e308), center="mean")


def test_nothing_is_prepared_beside_what_has_its_own() -> None:
    engine, counts = srm.ResonanceEngine(rows_of()), srm.ResonanceCounts(epsilon=0.5)
    counts.append(rows_of())
    timeline = srm.Timeline()
    timeline.record(engine)
    for source, owner in (
        (engine, "an engine, which has its own"),
        (counts, "counts, which have their own"),
        (timeline, "a timeline, whose steps have their own"),
    ):
        for more in ({"center": "mean"}, {"center": np.zeros(D)}, {"min_norm": 0.1}):
            (name,) = more
            with pytest.raises(TypeError, match=f"expected no {name} beside {owner}"):
                srm.SRMScope(source, **more)

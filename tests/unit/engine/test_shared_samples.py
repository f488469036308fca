"""Engines of the same activations share one copy of them, and nothing else."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm
from srm_widget.samples import store
from srm_widget.samples.activations import row_blocks
from srm_widget.samples.store import SampleStore

ROWS = torch.randn(400, 6, generator=torch.Generator().manual_seed(4))


def places(engine: srm.ResonanceEngine) -> list[int]:
    """Where in memory the samples of an engine begin."""
    return [columns.data_ptr() for _, columns in engine._store.blocks()]


def counts(engine: srm.ResonanceEngine) -> np.ndarray:
    return engine.curve(0, 1, epsilon=0.5).counts


@pytest.mark.parametrize("given", [ROWS, ROWS.clone(), ROWS.numpy(), ROWS.tolist()])
def test_the_same_numbers_are_held_once(given: Any, sample_blocks: str) -> None:
    first, second = srm.ResonanceEngine(ROWS), srm.ResonanceEngine(given)
    in_another_basis = srm.ResonanceEngine(given, srm.basis.thomson(9, 6, 0))
    assert places(first) == places(second) == places(in_another_basis)
    np.testing.assert_array_equal(counts(first), counts(second))
    assert not first.shares_samples(second)  # what is appended to one is not in the other


def test_what_is_appended_stays_with_one(sample_blocks: str) -> None:
    engines = [srm.ResonanceEngine(ROWS) for _ in range(3)]
    before = counts(engines[0])
    for k, engine in enumerate(engines):
        engine.append(ROWS[k : k + 7] + k)
    for k, engine in enumerate(engines):
        alone = srm.ResonanceEngine(torch.cat([ROWS, ROWS[k : k + 7] + k]), cache_bytes=0)
        np.testing.assert_array_equal(counts(engine), counts(alone))
    np.testing.assert_array_equal(counts(srm.ResonanceEngine(ROWS)), before)


def test_rows_that_are_being_appended_are_not_shared_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """They may be refused still, and others come in their place."""
    engine, others = srm.ResonanceEngine(ROWS[:100]), list[srm.ResonanceEngine]()

    def in_parts(rows: torch.Tensor) -> Iterator[tuple[int, torch.Tensor]]:
        yield 0, rows[:100]
        monkeypatch.setattr(store, "row_blocks", row_blocks)
        others.append(srm.ResonanceEngine(ROWS[:200]))  # as another thread would make it
        yield 100, rows[100:]

    batch = ROWS[100:300].clone()
    batch[150] = torch.nan
    monkeypatch.setattr(store, "row_blocks", in_parts)
    with pytest.raises(ValueError, match="NaN or infinity in 1 of 200 rows"):
        engine.append(batch)
    engine.append(-ROWS[100:300])
    for made, rows in ((others[0], ROWS[:200]), (engine, torch.cat([ROWS[:100], -ROWS[100:300]]))):
        alone = torch.nn.functional.normalize(rows, dim=1)
        np.testing.assert_allclose(made.unit_rows(range(len(rows))), alone, atol=1e-6)


def test_numbers_written_over_are_others(sample_blocks: str) -> None:
    """Also where no version is counted: through NumPy, or ``.data``."""
    given = ROWS.clone()
    first = srm.ResonanceEngine(given)
    given.numpy()[399, 5] += 1
    second = srm.ResonanceEngine(given)
    given.data[:] = -given
    third = srm.ResonanceEngine(given)
    assert len({places(engine)[0] for engine in (first, second, third)}) == 3
    for engine, rows in ((second, -given), (third, given)):
        unit = rows / rows.norm(dim=1, keepdim=True)
        np.testing.assert_allclose(engine.unit_rows(range(400)), unit, atol=1e-6)


@pytest.mark.parametrize("row", range(0, 400, 7))
def test_a_single_row_that_differs_is_found(row: int) -> None:
    """Also beside the few rows that are looked at first."""
    first, other = srm.ResonanceEngine(ROWS), ROWS.clone()
    other[row, 2] += 1e-3
    assert places(srm.ResonanceEngine(other)) != places(first)


def test_other_data_of_the_same_shape_are_not_read_in_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []
    compare = SampleStore._has

    def counted(store: SampleStore, first: int, *blocks: torch.Tensor) -> bool:
        compared.append(first)
        return compare(store, first, *blocks)

    monkeypatch.setattr(SampleStore, "_has", counted)
    first, other = srm.ResonanceEngine(ROWS), srm.ResonanceEngine(ROWS.flip(0))
    assert compared == []
    assert places(srm.ResonanceEngine(ROWS)) == places(first) != places(other)
    assert compared == [0]


@pytest.mark.parametrize(
    "options",
    [{"center": "mean"}, {"center": [0.5] * 6}, {"min_norm": 2.0}, {"dtype": "float64"}],
)
def test_samples_prepared_otherwise_are_others(options: dict[str, Any]) -> None:
    plain, first, second = (srm.ResonanceEngine(ROWS, **each) for each in ({}, options, options))
    assert places(first) == places(second) != places(plain)
    assert (first.n_zero, first.n_short) == (second.n_zero, second.n_short)
    np.testing.assert_array_equal(counts(first), counts(second))


def test_rows_that_are_not_finite_are_refused_or_dropped_as_ever() -> None:
    rows = ROWS.clone()
    rows[7] = torch.nan
    kept = [srm.ResonanceEngine(rows, nan_policy="drop") for _ in range(2)]
    assert [engine.n_dropped for engine in kept] == [1, 1]
    np.testing.assert_array_equal(counts(kept[0]), counts(kept[1]))
    with pytest.raises(ValueError, match="NaN or infinity in 1 of 400 rows"):
        srm.ResonanceEngine(rows)


def test_the_signs_of_zeros_are_looked_at() -> None:
    zeros = torch.zeros(3, 2)
    zeros[:, 0] = 1
    minus = zeros.clone()
    minus[:, 1] = -0.0
    first, second = srm.ResonanceEngine(zeros), srm.ResonanceEngine(minus)
    assert places(first) != places(second)


def test_nothing_is_kept_for_those_to_come() -> None:
    from srm_widget.engine import sample_set

    before = len(sample_set._stores)
    engines = [srm.ResonanceEngine(ROWS * k) for k in range(1, 4)]
    assert len(sample_set._stores) == before + 3
    del engines
    gc.collect()
    assert len(sample_set._stores) <= before

"""Rows of the caller's array where some were left out: found by their own numbers, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srm_widget as srm

BAD = 0, 3, 4, 11, 19
KEPT = [row for row in range(20) if row not in BAD]
Ask = Callable[[srm.ResonanceEngine, Any], Any]
ASK: dict[str, Ask] = {
    "coordinates": lambda engine, rows: engine.coordinates(0, 1, rows),
    "unit_rows": lambda engine, rows: engine.unit_rows(rows).numpy()[:, :2],
}


@pytest.fixture(params=["at once", "in batches"])
def engine(request: pytest.FixtureRequest) -> srm.ResonanceEngine:
    rows = given()
    if request.param == "at once":
        return srm.ResonanceEngine(rows, nan_policy="drop")
    engine = srm.ResonanceEngine(rows[:2], nan_policy="drop")
    for batch in (rows[2:4], rows[4:5], rows[5:]):
        engine.append(batch)
    return engine


def given() -> np.ndarray:
    rows = np.random.default_rng(2).standard_normal((20, 3))
    rows[list(BAD), [0, 1, 2, 0, 1]] = np.nan
    return rows


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_rows_are_found_by_their_own_numbers(engine: srm.ResonanceEngine, ask: Ask) -> None:
    unit = given() / np.linalg.norm(given(), axis=1, keepdims=True)
    assert engine.rows.tolist() == KEPT
    np.testing.assert_allclose(ask(engine, KEPT), unit[KEPT, :2], rtol=1e-12)
    np.testing.assert_allclose(ask(engine, [18, 1, 12]), unit[[18, 1, 12], :2], rtol=1e-12)


@pytest.mark.parametrize("row", [*BAD, -1, -20, 20, 21, 1 << 40])
@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_dropped_and_unknown_rows_are_refused(
    engine: srm.ResonanceEngine, ask: Ask, row: int
) -> None:
    with pytest.raises(IndexError, match=rf"rows in 0 … 19 that were not dropped, got {row}$"):
        ask(engine, [1, row, 18])

"""Curves class by class: they sum to the curve, and each is that of its samples alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.results.curves import ClassCurves
from tests.unit.support import oracle
from tests.unit.support.labelled import Labelled, labelled


@pytest.mark.usefixtures("sample_layout")
@settings(max_examples=30)
@given(problem=labelled(), mirrored=st.booleans())
def test_the_classes_sum_to_the_curve(problem: Labelled, mirrored: bool) -> None:
    pair = problem.pair[::-1] if mirrored else problem.pair
    engine, asked = problem.engine(), problem.case.asked
    found = engine.class_curves(*pair, problem.labels, **asked)
    assert found.counts.sum(axis=0).tolist() == engine.curve(*pair, **asked).counts[0].tolist()
    assert found.classes == tuple(problem.names)
    assert found.sizes.tolist() == problem.sizes.tolist()
    assert found.n_samples == engine.n_samples == problem.sizes.sum()
    assert found.angles == pytest.approx(problem.case.grid, abs=1e-12)
    assert found.counts.dtype == found.sizes.dtype == np.int64


@pytest.mark.usefixtures("sample_layout")
@settings(max_examples=20)
@given(problem=labelled())
def test_each_class_is_the_curve_of_its_samples(problem: Labelled) -> None:
    case = problem.case
    found = problem.engine().class_curves(*problem.pair, problem.labels, **case.asked)
    for code, counts in enumerate(found.counts):
        own = problem.kept[problem.codes[problem.kept] == code]
        if len(own) == 0:
            assert not counts.any()
            continue
        within: dict[str, Any] = {"epsilon": case.epsilon, "tolerance": problem.tolerance}
        low, high = oracle.counts(
            case.samples[own], case.directions, *problem.pair, case.grid, **within
        )
        assert (low <= counts).all()
        assert (counts <= high).all()
        alone = srm.ResonanceEngine(case.samples[own], case.basis)
        one = alone.curve(*problem.pair, **case.asked).counts[0]
        # The same samples alone are rounded in the same way where nothing is projected.
        assert case.basis is not None or counts.tolist() == one.tolist()


@pytest.mark.parametrize(("resolution", "epsilon"), [(4, -0.3), (5, 0.0), (360, 0.7)])
@pytest.mark.parametrize("pair", [(0, 1), (3, 2)])
@pytest.mark.parametrize("n_classes", [1, 10, 500])
def test_generic_classes_alone(
    n_classes: int, pair: tuple[int, int], epsilon: float, resolution: int
) -> None:
    """Up to as many classes as samples."""
    rng = np.random.default_rng(4)
    rows, basis = rng.standard_normal((500, 4)), rng.standard_normal((5, 4))
    labels = np.arange(500) if n_classes == 500 else rng.integers(0, n_classes, 500)
    ask: dict[str, Any] = {"epsilon": epsilon, "resolution": resolution}
    engine = srm.ResonanceEngine(rows, basis)
    found = engine.class_curves(*pair, labels, **ask)
    assert found.classes == tuple(map(str, range(n_classes)))
    assert found.counts.sum(axis=0).tolist() == engine.curve(*pair, **ask).counts[0].tolist()
    for code in {0, n_classes // 2, n_classes - 1}:
        alone = srm.ResonanceEngine(rows[labels == code], basis).curve(*pair, **ask)
        assert found.counts[code].tolist() == alone.counts[0].tolist()
        assert found.values[code] * 500 == pytest.approx(alone.counts[0])


def test_labels_are_read_anew_after_samples_came() -> None:
    engine = srm.ResonanceEngine([[1.0, 0.0], [0.0, 1.0]])
    ask: dict[str, Any] = {"epsilon": 0.9, "resolution": 4}
    assert engine.class_curves(0, 1, ["x", "y"], **ask).counts.tolist() == [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
    ]
    engine.append([[3.0, 0.0]])
    with pytest.raises(ValueError, match=r"expected 3 labels.*got 2"):
        engine.class_curves(0, 1, ["x", "y"], **ask)
    found = engine.class_curves(0, 1, ["y", None, "y"], **ask)
    assert found.classes == ("y", "no label")
    assert found.counts.tolist() == [[2, 0, 0, 0], [0, 1, 0, 0]]
    assert found.values.sum(axis=0) == pytest.approx(engine.curve(0, 1, **ask).values[0])


def test_dropped_rows_have_labels_of_their_own() -> None:
    rows = np.array([[np.nan, 0.0], [1.0, 0.0], [np.inf, 1.0], [0.0, 1.0]])
    engine = srm.ResonanceEngine(rows, nan_policy="drop")
    found = engine.class_curves(0, 1, list("abcd"), epsilon=0.9, resolution=4)
    assert found.classes == ("a", "b", "c", "d")
    assert found.sizes.tolist() == [0, 1, 0, 1]
    assert found.counts.tolist() == [[0] * 4, [1, 0, 0, 0], [0] * 4, [0, 1, 0, 0]]
    with pytest.raises(ValueError, match=r"expected 4 labels.*got 2"):
        engine.class_curves(0, 1, list("bd"), epsilon=0.9)


@pytest.fixture
def small() -> ClassCurves:
    engine = srm.ResonanceEngine([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]])
    angles = [math.pi / 2, -math.pi, 0.0]
    return engine.class_curves(0, 1, ["<b>", None, "<b>"], epsilon=0.9, angles=angles)


def test_the_table_has_a_row_for_every_class_and_angle(small: ClassCurves) -> None:
    table = small.to_dataframe()
    assert table.columns.tolist() == ["label", "angle", "count", "value"]
    assert table["label"].tolist() == ["<b>"] * 3 + ["no label"] * 3
    assert table["angle"].tolist() == [math.pi / 2, -math.pi, 0.0] * 2
    assert table["count"].tolist() == [1, 0, 1, 1, 0, 0]
    assert table["value"].tolist() == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3, 0, 0])

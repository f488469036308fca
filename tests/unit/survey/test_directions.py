"""The table of directions against plain NumPy, and by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import srm_widget as srm
from srm_widget.concurrency.generators import reported, run
from srm_widget.survey import directions
from srm_widget.survey.directions import Directions
from tests.unit.support import oracle
from tests.unit.support.cases import EPSILONS
from tests.unit.support.labelled import Labelled, labelled

BASES: dict[str, Any] = {
    "axes": None,
    "rotated": srm.basis.rotated(5, 1),
    "simplex": srm.basis.simplex(5),
    "thomson": srm.basis.thomson(9, 5, 0),
    "parallel": np.array([[1.0, 1, 0, 0, 0], [-2, -2, 0, 0, 0], [0, 0, 1, 0, 0]]),
}


def plain(rows: np.ndarray, basis: np.ndarray | None, epsilon: float) -> np.ndarray:
    """Which rows lie along +b_0, -b_0, +b_1, …: (2M, N); along a row of zeros none does."""
    directions = np.eye(rows.shape[1]) if basis is None else basis
    along = (oracle.unit(rows).numpy() @ oracle.unit(directions).numpy().T).T
    inside = np.stack([along, -along], axis=1) >= epsilon
    inside[np.linalg.norm(directions, axis=1) == 0] = False
    return inside.reshape(-1, len(rows))


def majority(inside: np.ndarray, codes: np.ndarray, named: int) -> list[tuple[int, float, float]]:
    """(code, purity, coverage) of every direction; the classes before `named` have a name."""
    found = []
    for lit in inside:
        counts = np.bincount(codes[lit], minlength=named)[:named]
        if not counts.any():
            found.append((-1, math.nan, math.nan))
            continue
        code = int(counts.argmax())
        found.append((code, counts[code] / lit.sum(), counts[code] / (codes == code).sum()))
    return found


def assert_top(table: Directions, inside: np.ndarray, codes: np.ndarray, named: int) -> None:
    """The first three classes of each direction, of equals the first."""
    for k, lit in enumerate(inside):
        counts = np.bincount(codes[lit], minlength=named)[:named].tolist()
        ranked = sorted((-count, code) for code, count in enumerate(counts) if count > 0)[:3]
        expected = [(table.classes[code], -count / lit.sum()) for count, code in ranked]
        assert list(table.top[k]) == expected
        padding = 3 - len(ranked)
        assert table.top_code[k].tolist() == [*(code for _, code in ranked), *[-1] * padding]
        assert table.top_count[k].tolist() == [*(-count for count, _ in ranked), *[0] * padding]


def assert_majority(table: Directions, expected: list[tuple[int, float, float]]) -> None:
    found = np.array([table.code, table.purity, table.coverage]).T
    assert np.array_equal(found, np.array(expected), equal_nan=True)
    label = [None if code < 0 else table.classes[int(code)] for code, _, _ in expected]
    assert table.label == label


@pytest.mark.usefixtures("sample_layout")
@settings(max_examples=30)
@given(problem=labelled(), epsilon=EPSILONS)
def test_counts_are_those_of_the_projections(problem: Labelled, epsilon: float) -> None:
    table = problem.engine().directions(epsilon=epsilon, labels=problem.labels)
    rows = problem.case.samples[problem.kept]
    low, high = (
        plain(rows, problem.case.basis, epsilon + slack).sum(axis=1)
        for slack in (problem.tolerance, -problem.tolerance)
    )
    assert (low <= table.count).all()
    assert (table.count <= high).all()
    many = len(problem.case.directions)
    assert table.direction.tolist() == np.repeat(np.arange(many), 2).tolist()
    assert table.sign.tolist() == [1, -1] * many
    assert (len(table), table.epsilon, table.n_samples) == (2 * many, epsilon, len(rows))
    assert table.classes == tuple(problem.names)
    if np.array_equal(low, high):
        inside = plain(rows, problem.case.basis, epsilon)
        named = len(set(problem.names) - {"no label"})
        assert_majority(table, majority(inside, problem.codes[problem.kept], named))
        assert_top(table, inside, problem.codes[problem.kept], named)


def test_nothing_lies_along_a_row_of_zeros() -> None:
    """Not even where ε ≤ 0, as a row of zeros among the samples is lit."""
    engine = srm.ResonanceEngine([[1.0, -2.0], [3.0, 1.0]], [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    table = engine.directions(epsilon=-1.0)
    assert table.count.tolist() == [0, 0, 2, 2, 2, 2]
    assert np.isnan(table.kurtosis).tolist() == [True, True, *[False] * 4]


@pytest.mark.usefixtures("sample_layout")
@pytest.mark.parametrize(
    ("epsilon", "dtype"),
    [(-0.4, np.float64), (0.0, np.float32), (0.3, np.float32), (0.8, np.float64)],
)
@pytest.mark.parametrize("basis", BASES.values(), ids=BASES)
def test_generic_samples(basis: Any, epsilon: float, dtype: type) -> None:
    rng = np.random.default_rng(5)
    rows: np.ndarray = rng.standard_normal((40, 5)).astype(dtype)
    codes = rng.integers(0, 4, 40)
    labels = [None if code == 3 else "abc"[code] for code in codes]
    engine = srm.ResonanceEngine(rows, basis)
    table = engine.directions(epsilon=epsilon, labels=labels)
    given = None if basis is None else np.asarray(basis)
    inside = plain(rows, given, epsilon)
    assert table.count.tolist() == inside.sum(axis=1).tolist()
    assert_majority(table, majority(inside, codes, 3))
    assert_top(table, inside, codes, 3)
    assert engine.directions(epsilon=epsilon).count.tolist() == table.count.tolist()


@pytest.mark.usefixtures("sample_layout")
@pytest.mark.parametrize("at_once", [50, 1 << 20])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("basis", BASES.values(), ids=BASES)
def test_kurtosis_is_the_fourth_moment_of_each_direction(
    basis: Any, dtype: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directions, "_AT_ONCE", at_once)
    rows = np.random.default_rng(5).standard_normal((400, 5)) ** 3
    rows[3] = 0.0
    engine = srm.ResonanceEngine(rows, basis, dtype=dtype)
    before = engine.unit_rows(np.arange(400)).clone()
    table = engine.directions(epsilon=0.5)
    given = np.eye(5) if basis is None else np.asarray(basis)
    cosines = oracle.unit(rows).numpy() @ oracle.unit(given).numpy().T
    expected = (np.delete(cosines, 3, axis=0) ** 4).mean(axis=0) * 5 * 7 / 3
    assert table.kurtosis.tolist() == np.repeat(table.kurtosis[::2], 2).tolist()
    np.testing.assert_allclose(table.kurtosis[::2], expected, rtol=0, atol=3e-6)
    functional = srm.kurtosis(np.delete(rows, 3, axis=0), basis)
    np.testing.assert_allclose(table.kurtosis[::2], functional, rtol=0, atol=3e-6)
    assert engine.directions(epsilon=-0.3).kurtosis.tolist() == table.kurtosis.tolist()
    assert bool((engine.unit_rows(np.arange(400)) == before).all())


@pytest.mark.parametrize("sizes", [[1, 399], [3, 10, 300, 87]])
@pytest.mark.parametrize("basis", [None, srm.basis.simplex(5)], ids=["axes", "simplex"])
def test_kurtosis_of_appended_samples_is_that_of_all(basis: Any, sizes: list[int]) -> None:
    rows = np.random.default_rng(6).standard_normal((400, 5)) ** 3
    whole = srm.ResonanceEngine(rows, basis)
    engine = srm.ResonanceEngine(basis=whole.basis)
    for part in np.split(rows, np.cumsum(sizes)[:-1]):
        engine.append(part)
        engine.directions(epsilon=0.5)
    found, expected = (each.directions(epsilon=0.5).kurtosis for each in (engine, whole))
    if basis is None:
        assert found.tolist() == expected.tolist()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


def test_samples_without_a_direction_have_no_kurtosis() -> None:
    assert np.isnan(srm.ResonanceEngine(np.zeros((4, 5))).directions(epsilon=0.5).kurtosis).all()
    one = srm.ResonanceEngine([[0.0, 3, 0], [0, 0, 0]]).directions(epsilon=0.5)
    assert one.kurtosis.tolist() == [0, 0, 5, 5, 0, 0]


@pytest.mark.usefixtures("sample_layout")
@pytest.mark.parametrize("epsilon", [-0.5, 0.0, 0.6, 0.8, 1.0, 1 / 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_direction_counts_what_a_curve_counts_there(epsilon: float, dtype: type) -> None:
    """On the axes, where ties that are exact are no matter of rounding."""
    corners = [[1, 0, 0], [0, -1, 0], [1, 1, 0], [-1, 0, 1], [3, 4, 0], [0, -4, 3], [1, 2, 2]]
    engine = srm.ResonanceEngine(np.array(corners, dtype=dtype))
    table = engine.directions(epsilon=epsilon)
    for i in range(3):
        curve = engine.curve(i, (i + 1) % 3, epsilon=epsilon, angles=[0.0, math.pi])
        assert curve.counts[0].tolist() == table.count[2 * i : 2 * i + 2].tolist()


@pytest.mark.parametrize("row", [[3.0, 4.0, 0.0], [2.0, 3.0, 6.0], [1.0, 2.0, 2.0]])
def test_a_projection_that_rounding_left_just_below_epsilon_is_along_the_direction(
    row: list[float],
) -> None:
    engine = srm.ResonanceEngine([row])
    projection = float(engine.unit_rows([0])[0, 0])
    for epsilon in (projection, math.nextafter(projection, 2)):
        assert engine.directions(epsilon=epsilon).count[0] == 1
        assert engine.curve(0, 1, epsilon=epsilon, angles=[0.0]).counts[0, 0] == 1
    assert engine.directions(epsilon=projection + 1e-12).count[0] == 0


def test_by_hand() -> None:
    """Ties go to the first class; no label counts but wins nothing; nobody means nothing."""
    rows = [
        [1.0, 0, 0],
        [2.0, 0, 0],
        [3.0, 0, 0],
        [0, -1.0, 0],
        [0, -5.0, 0],
        [0, 0, 1.0],
        [0, 0, 0],
    ]
    labels = ["b", "a", None, None, None, "b", "b"]
    table = srm.ResonanceEngine(rows).directions(epsilon=0.9, labels=labels)
    nothing = math.nan
    assert table.count.tolist() == [3, 0, 0, 2, 1, 0]
    assert table.code.tolist() == [0, -1, -1, -1, 1, -1]
    assert table.label == ["a", None, None, None, "b", None]
    purity = [1 / 3, nothing, nothing, nothing, 1.0, nothing]
    coverage = [1.0, nothing, nothing, nothing, 1 / 3, nothing]
    assert table.purity == pytest.approx(purity, nan_ok=True)
    assert table.coverage == pytest.approx(coverage, nan_ok=True)
    assert table.classes == ("a", "b", "no label")


@pytest.mark.parametrize("at_once", [1, 50, 1 << 20])
def test_as_many_classes_as_samples(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directions, "_AT_ONCE", at_once)
    rows = np.random.default_rng(0).standard_normal((300, 6))
    table = srm.ResonanceEngine(rows).directions(epsilon=0.5, labels=range(300))
    inside = plain(rows, None, 0.5)
    assert table.count.tolist() == inside.sum(axis=1).tolist()
    assert table.code.tolist() == inside.argmax(axis=1).tolist()
    assert table.purity == pytest.approx(1 / table.count)
    assert (table.coverage == 1).all()
    assert_top(table, inside, np.arange(300), 300)


@pytest.fixture
def in_steps(monkeypatch: pytest.MonkeyPatch, gaussian: np.ndarray) -> srm.ResonanceEngine:
    """Two directions of 60 samples at a time."""
    monkeypatch.setattr(directions, "_AT_ONCE", 120)
    return srm.ResonanceEngine(gaussian)


def test_steps_rise_to_one(in_steps: srm.ResonanceEngine) -> None:
    shares: list[float] = []
    found = run(reported(in_steps.directions_steps(epsilon=0.4), shares.append, "directions"))
    assert shares == pytest.approx([0.4, 0.8, 1.0])
    assert found.count.tolist() == in_steps.directions(epsilon=0.4).count.tolist()


@pytest.mark.usefixtures("sample_layout")
def test_steps_rise_however_the_samples_lie(gaussian: np.ndarray) -> None:
    shares = list(srm.ResonanceEngine(gaussian).directions_steps(epsilon=0.4))
    assert shares[-1] == 1.0
    assert (np.diff(shares) > 0).all()


@pytest.mark.parametrize("labels", [None, [0] * 60], ids=["no labels", "labels"])
def test_samples_that_come_between_steps_end_them(
    in_steps: srm.ResonanceEngine, gaussian: np.ndarray, labels: Any
) -> None:
    steps = in_steps.directions_steps(epsilon=0.4, labels=labels)
    next(steps)
    in_steps.append(gaussian[:7])
    with pytest.raises(RuntimeError, match="appended"):
        next(steps)
    whole = srm.ResonanceEngine(np.vstack([gaussian, gaussian[:7]]))
    counts = [engine.directions(epsilon=0.4).count.tolist() for engine in (in_steps, whole)]
    assert counts[0] == counts[1]


def test_closed_early(in_steps: srm.ResonanceEngine) -> None:
    steps = in_steps.directions_steps(epsilon=0.4)
    next(steps)
    steps.close()
    assert list(steps) == []
    assert len(in_steps.directions(epsilon=0.4)) == 10


HOSTILE = "<img src=x onerror=alert(1)>"


def test_tables_and_representations() -> None:
    rows = [[1.0, 0.0], [0.0, 1.0]]
    table = srm.ResonanceEngine(rows).directions(epsilon=0.9, labels=[HOSTILE, "b"])
    frame = table.to_dataframe()
    of_all = ["direction", "sign", "count", "kurtosis"]
    assert frame.columns.tolist() == [*of_all, "label", "purity", "coverage", "top"]
    assert frame["label"].fillna("").tolist() == [HOSTILE, "", "b", ""]
    assert frame["sign"].tolist() == [1, -1, 1, -1]
    assert repr(table) == repr(frame)
    page = table._repr_html_()
    assert "<img" not in page
    assert "&lt;img" in page
    bare = srm.ResonanceEngine(rows).directions(epsilon=0.9)
    assert bare.to_dataframe().columns.tolist() == of_all
    assert bare.code.tolist() == [-1] * 4
    assert np.isnan([bare.purity, bare.coverage]).all()
    assert bare.label == [None] * 4


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"epsilon": 1.5}, "1.5"),
        ({"epsilon": math.nan}, "nan"),
        ({"epsilon": 0.5, "labels": ["a"]}, "expected 60 labels.*got 1"),
    ],
)
def test_refused(engine: srm.ResonanceEngine, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        engine.directions_steps(**asked)


def test_epsilon_by_the_data(engine: srm.ResonanceEngine) -> None:
    assert engine.directions(epsilon="auto").epsilon == engine.auto_epsilon()

"""The table of directions as the page lists it, where there is no event loop."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.survey.directions import Directions
from srm_widget.view import direction_table

pytestmark = pytest.mark.usefixtures("wires")

LABELS = np.random.default_rng(3).integers(0, 3, 300)
each_column = pytest.mark.parametrize("by", direction_table.TABLE_COLUMNS)
each_way = pytest.mark.parametrize("descending", [False, True])


def made_up(seed: int, many: int = 12) -> Directions:
    """A table with many ties, and with rows that have no class."""
    rng = np.random.default_rng(seed)
    code = rng.integers(-1, 3, 2 * many)
    purity, coverage = rng.integers(1, 4, (2, 2 * many)) / 4
    others = np.stack([code, (code + 1) % 3, np.full(2 * many, -1)], axis=1)
    top_code = np.where(code[:, None] < 0, -1, others)
    kurtosis = np.where(code == 1, np.nan, rng.integers(1, 4, 2 * many) / 4)
    return Directions(
        direction=np.repeat(np.arange(many), 2),
        sign=np.tile([1, -1], many),
        count=rng.integers(0, 3, 2 * many),
        kurtosis=kurtosis,
        code=code,
        purity=np.where(code < 0, np.nan, purity),
        coverage=np.where(code < 0, np.nan, coverage),
        top_code=top_code,
        top_count=np.where(top_code < 0, 0, 1),
        classes=("a", "b", "c"),
        epsilon=0.5,
        n_samples=9,
    )


@each_column
@each_way
@pytest.mark.parametrize("seed", range(4))
def test_order_of_every_column(by: str, descending: bool, seed: int) -> None:
    """What is missing last; equal rows the fullest first, then as they stand."""
    table = made_up(seed)
    values = {"direction": np.arange(len(table)), "label": table.code}.get(by)
    values = getattr(table, by) if values is None else values
    missing = table.code < 0 if by in ("label", "purity", "coverage") else np.isnan(values)

    def key(row: int) -> tuple[float, ...]:
        value = -values[row] if descending else values[row]
        place = (1.0, 0.0) if missing[row] else (0.0, float(value))
        return (*place, -float(table.count[row]), row)

    expected = sorted(range(len(table)), key=key)
    assert direction_table.row_order(table, by, descending).tolist() == expected


def expected_rows(scope: srm.SRMScope) -> list[tuple[Any, ...]]:
    """Of a fresh table of what the scope shows, those of samples enough."""
    labels = None if scope.labels is None else scope.labels.grown(scope.engine.n_rows)
    table = scope.engine.directions(epsilon=scope.epsilon, labels=labels)
    found: list[tuple[Any, ...]] = []
    for row in direction_table.row_order(table, scope.table_by, scope.table_descending):
        if table.count[row] < scope._table_frame["fewest"]:
            continue
        code = int(table.code[row])
        label = None if code < 0 else table.classes[code]
        group = None if scope.legend is None or code < 0 else int(scope.legend.group_of[code])
        shares = [None if math.isnan(v[row]) else v[row] for v in (table.purity, table.coverage)]
        i, sign = int(table.direction[row]), int(table.sign[row])
        of_all = i, sign, f"b{'₀₁₂₃₄₅₆₇₈₉'[i]}", int(table.count[row]), table.kurtosis[row]
        others = [
            (name, int(scope.legend.group_of[table.classes.index(name)]), share)
            for name, share in table.top[row][1:]
            if scope.legend is not None
        ]
        found.append((*of_all, label, group, *shares, others))
    return found


def assert_tabulated(scope: srm.SRMScope) -> None:
    frame = scope._table_frame
    assert (frame["state"], frame["hint"]) == ("done", "")
    rows = expected_rows(scope)
    assert frame["rows"] == rows
    assert (frame["n_listed"], frame["n_few"]) == (len(rows), 10 - len(rows))
    assert (frame["least"], frame["search"]) == (scope.table_least, scope.table_search)
    assert (frame["epsilon"], frame["n_rows"]) == (scope.epsilon, 10)
    assert (frame["by"], frame["descending"]) == (scope.table_by, scope.table_descending)
    assert frame["has_labels"] == (scope.labels is not None)


@pytest.mark.parametrize("labels", [None, LABELS, np.arange(300) % 25], ids=["none", "3", "25"])
@each_column
@each_way
def test_rows_are_those_of_the_engine(
    scope: srm.SRMScope, labels: Any, by: str, descending: bool
) -> None:
    scope.labels = labels
    scope.set_state({"table": True, "table_by": by, "table_descending": descending})
    assert scope.error == ""
    assert_tabulated(scope)


def test_the_table_follows_what_is_on_show(scope: srm.SRMScope, activations: np.ndarray) -> None:
    scope.table = True
    assert_tabulated(scope)
    scope.epsilon = 0.8
    assert_tabulated(scope)
    scope.labels = LABELS
    assert_tabulated(scope)
    scope.engine.append(np.tile(activations[:3] ** 5, (50, 1)))
    assert_tabulated(scope)
    scope.labels = None
    assert_tabulated(scope)
    scope.table = False
    assert scope._table_frame == {}
    scope.epsilon = 0.3
    assert scope._table_frame == {}
    scope.table = True
    assert_tabulated(scope)


def test_directions_are_the_table_with_the_scopes_labels(scope: srm.SRMScope) -> None:
    assert scope.directions.classes == ()
    scope.labels = LABELS
    scope.epsilon = 0.6
    found, expected = scope.directions, scope.engine.directions(epsilon=0.6, labels=LABELS)
    assert found.to_dataframe().equals(expected.to_dataframe())


def test_nothing_is_counted_again_for_what_is_known(scope: srm.SRMScope, spy: Any) -> None:
    calls = spy(ResonanceEngine, "directions_steps")
    scope.table = True
    scope.theta, scope.pair, scope.resolution, scope.cloud = 1.0, (2, 3), 40, "off"
    scope.table_by, scope.table_descending = "count", True
    scope.samples = str
    assert len(calls) == 1
    scope.labels = LABELS
    scope.hidden_classes = [1]
    scope.by_class = False
    assert len(calls) == 2
    assert_tabulated(scope)


def test_the_page_gets_at_most_five_hundred_rows() -> None:
    rows = np.random.default_rng(0).standard_normal((40, 300)) ** 3
    scope = srm.SRMScope(rows, epsilon=0.3, table=True, navigator=False)
    scope.table_least = 0
    for by, descending in (("direction", False), ("count", True)):
        scope.table_by, scope.table_descending = by, descending
        found = scope._table_frame["rows"]
        assert (len(found), scope._table_frame["n_rows"]) == (500, 600)
        order = direction_table.row_order(scope.directions, by, descending)[:500]
        assert [2 * row[0] + (row[1] < 0) for row in found] == order.tolist()


def test_names_are_those_of_the_directions(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, directions=list("vwxyz"), table=True)
    scope.table_by, scope.table_descending, scope.table_least = "direction", False, 0
    assert [row[2] for row in scope._table_frame["rows"]] == list("vvwwxxyyzz")


def test_a_table_that_fails_is_counted_when_it_is_asked_for_again(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise MemoryError("no room")

    scope.table = True
    with monkeypatch.context() as patch, contextlib.suppress(MemoryError):
        patch.setattr(ResonanceEngine, "directions_steps", failing)
        scope.epsilon = 0.6
    assert scope._table_frame["state"] == "failed" or scope._table_frame["epsilon"] == scope.epsilon
    scope.epsilon = 0.6
    scope.theta = 1.0
    assert_tabulated(scope)


def test_it_opens_with_the_purest_of_samples_enough() -> None:
    rows = np.repeat(np.eye(4), [40, 30, 9, 12], axis=0)
    labels = ["a"] * 40 + ["b"] * 27 + ["c"] * 3 + ["c"] * 9 + ["d"] * 6 + ["a"] * 6
    scope = srm.SRMScope(rows, labels=labels, epsilon=0.9, table=True)
    frame = scope._table_frame
    found = [(row[0], row[1], row[3], row[5], row[7]) for row in frame["rows"]]
    assert found == [(0, 1, 40, "a", 1.0), (1, 1, 30, "b", 0.9), (3, 1, 12, "a", 0.5)]
    assert [row[9] for row in frame["rows"]] == [[], [("c", 2, 0.1)], [("d", 3, 0.5)]]
    assert (frame["fewest"], frame["n_few"], frame["n_listed"]) == (10, 5, 3)
    scope.table_least = 9
    assert [row[0] for row in scope._table_frame["rows"]] == [0, 2, 1, 3]
    scope.table_least = 41  # none has as many: half of the fullest
    frame = scope._table_frame
    assert (frame["least"], frame["fewest"], frame["n_few"]) == (41, 20, 6)
    assert [row[0] for row in frame["rows"]] == [0, 1]
    scope.table_least = 0
    assert scope._table_frame["n_few"] == 0
    scope.labels = None  # then those that few samples make up most of
    kurtosis = [row[4] for row in scope._table_frame["rows"]]
    assert kurtosis == sorted(kurtosis, reverse=True)
    assert kurtosis[0] > kurtosis[-1]


def test_where_anything_is_lit_something_is_listed() -> None:
    scope = srm.SRMScope(np.eye(4)[:3], epsilon=0.9, table=True)
    frame = scope._table_frame
    assert (frame["fewest"], frame["n_few"], len(frame["rows"])) == (1, 5, 3)
    dark = srm.SRMScope(np.ones((3, 5)), epsilon=0.9, table=True)
    assert (dark._table_frame["fewest"], len(dark._table_frame["rows"])) == (0, 10)


SEARCHED: list[tuple[str, list[tuple[int, int]]]] = [
    ("", [(i, sign) for i in range(5) for sign in (1, -1)]),
    ("ÉCLAIR", [(0, 1), (0, -1)]),
    ("e", [(0, 1), (0, -1), (3, 1), (3, -1), (4, 1), (4, -1)]),
    ("-e", [(0, -1), (3, -1), (4, 1), (4, -1)]),  # one has a name that begins so
    ("−éc", [(0, -1)]),
    ("+ eclair", [(0, 1)]),
    ("2", [(1, 1), (1, -1), (2, 1), (2, -1)]),  # by number and by name
    ("-2", [(1, -1), (2, -1)]),
    ("CHAT", [(1, 1)]),  # by label
    ("-chat", []),
    ("nothing like it", []),
]


@pytest.mark.parametrize(("search", "found"), SEARCHED)
def test_rows_that_a_text_is_found_in(search: str, found: list[tuple[int, int]]) -> None:
    names = ["éclair", "b₂", "dog", "e-3", "x-e"]
    rows, labels = np.eye(5), ["1", "chât", "9", "9", "9"]
    scope = srm.SRMScope(rows, labels=labels, directions=names, epsilon=0.9, table=True)
    scope.table_by, scope.table_descending, scope.table_least = "direction", False, 0
    scope.set_state({"table_search": search})
    frame = scope._table_frame
    assert (scope.error, frame["search"]) == ("", search)
    assert [tuple(row[:2]) for row in frame["rows"]] == found
    assert frame["n_listed"] == len(frame["rows"])
    scope.table_least = 1
    assert scope._table_frame["n_few"] == len(frame["rows"]) - scope._table_frame["n_listed"]


def test_the_search_is_in_all_rows(activations: np.ndarray) -> None:
    rows = np.random.default_rng(0).standard_normal((40, 600))
    scope = srm.SRMScope(rows, epsilon=0.3, table=True, navigator=False)
    scope.table_least, scope.table_search = 0, "b599"
    assert [tuple(row[:2]) for row in scope._table_frame["rows"]] == [(599, 1), (599, -1)]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("table_least", -1, "expected table_least ≥ 0, got -1"),
        ("table_least", 1.5, "expected an integer table_least ≥ 0, got 1.5"),
        ("table_search", None, "expected table_search as a string, got None"),
    ],
)
def test_what_is_no_search_is_refused(
    scope: srm.SRMScope, name: str, value: Any, message: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        setattr(scope, name, value)

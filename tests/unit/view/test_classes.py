"""Classes of samples: their curves, their share of the spotlight, and those switched off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from tests.unit.support.wire import packed, state_of

pytestmark = pytest.mark.usefixtures("wires")

CODES = np.random.default_rng(3).integers(0, 3, 300)
LABELS = np.array(["cat", "dog", "eel"])[CODES]
MANY = np.random.default_rng(4).geometric(0.12, 300)


@pytest.fixture
def scope(activations: np.ndarray) -> srm.SRMScope:
    scope = srm.SRMScope(activations, epsilon=0.5, theta=0.7, resolution=24, labels=LABELS)
    scope.comm.sent.clear()
    return scope


def lit(scope: srm.SRMScope, theta: float | None = None) -> np.ndarray:
    angle = scope.theta if theta is None else theta
    i, j = scope.pair
    return scope.engine.inside(i, j, angle, epsilon=scope.epsilon)


def assert_classes(scope: srm.SRMScope, groups: np.ndarray) -> None:
    """Curves and spotlight, class by class, are those of rows of such `groups`."""
    many = len(scope._legend["names"])
    curves = packed(scope, "class_counts", "<i4").reshape(many, scope.resolution)
    assert np.array_equal(curves.sum(axis=0), packed(scope, "counts", "<i4"))
    angles = scope.resonance.angles
    for k in range(0, scope.resolution, 5):
        inside = groups[lit(scope, angles[k])]
        assert curves[:, k].tolist() == np.bincount(inside, minlength=many).tolist()
    shares = np.bincount(groups[lit(scope)], minlength=many)
    assert scope._frame["class_lit"] == shares.tolist()
    assert shares.sum() == scope._frame["n_lit"]
    assert scope._legend["sizes"] == np.bincount(groups, minlength=many).tolist()


def assert_selected(scope: srm.SRMScope, shown: np.ndarray) -> None:
    """Of the rows that are lit those whose class is `shown`, by falling cosine."""
    inside = lit(scope)
    expected = inside[shown[inside]]
    assert scope.selected == expected.tolist()
    assert scope.n_selected == len(expected)
    assert scope._frame["n_lit"] == len(inside)
    if scope.samples is not None:
        assert scope._strip_frame["n_lit"] == len(expected)
        rows = [item["index"] for item in scope._strip_frame["items"]]
        assert rows == expected[:24].tolist()


CHANGES: dict[str, dict[str, Any]] = {
    "first": {},
    "hidden": {"hidden_classes": [1]},
    "all hidden": {"hidden_classes": [0, 1, 2]},
    "not by class": {"by_class": False},
    "mirrored": {"pair": (1, 0)},
    "mirrored, odd grid": {"pair": (4, 2), "resolution": 7},
    "all lit": {"epsilon": -1.0},
    "dark": {"epsilon": 1.0},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_classes_sum_to_the_curve(scope: srm.SRMScope, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(scope, name, value)
    assert_classes(scope, CODES)
    assert scope._legend["names"] == ["cat", "dog", "eel"]
    assert scope._legend["other"] is None


def test_appended_samples_have_no_label(scope: srm.SRMScope, activations: np.ndarray) -> None:
    scope.hidden_classes = [1]
    scope.engine.append(activations[:50] ** 3)
    assert scope._legend["names"] == ["cat", "dog", "eel", "no label"]
    groups = np.concatenate([CODES, np.full(50, 3)])
    assert_classes(scope, groups)
    assert scope.hidden_classes == [1]
    assert_selected(scope, groups != 1)
    scope.labels = groups
    assert scope._legend["names"] == ["0", "1", "2", "3"]
    scope.engine.append(activations[:5])
    assert_classes(scope, np.concatenate([groups, np.full(5, 4)]))


def test_beyond_ten_classes_the_smaller_ones_are_one_group(scope: srm.SRMScope) -> None:
    scope.labels = MANY
    named, sizes = np.unique(MANY, return_counts=True)
    assert len(named) > 11
    largest = np.sort(named[np.argsort(-sizes, kind="stable")[:9]])
    others = f"{len(named) - 9} other classes"
    assert scope._legend["names"] == [*map(str, largest), others]
    assert (scope._legend["other"], scope._legend["n_classes"]) == (9, len(named))
    groups = np.where(np.isin(MANY, largest), np.searchsorted(largest, MANY), 9)
    assert_classes(scope, groups)
    scope.samples = [f"sample {row}" for row in range(300)]
    scope.hidden_classes = [0, 2]
    assert_selected(scope, ~np.isin(groups, [0, 2]))
    for item in scope._strip_frame["items"]:
        row = item["index"]
        assert (item["label"], item["group"]) == (str(MANY[row]), groups[row])


def test_ten_classes_are_ten_groups(scope: srm.SRMScope) -> None:
    scope.labels = np.arange(300) % 10
    assert (len(scope._legend["names"]), scope._legend["other"]) == (10, None)
    assert_classes(scope, np.arange(300) % 10)


def test_dropped_rows_keep_their_labels_to_themselves(activations: np.ndarray) -> None:
    holed = activations.copy()
    holed[[0, 3, 7, 299], 2] = np.nan
    scope = srm.SRMScope(holed, epsilon=0.5, labels=LABELS, theta=0.7, nan_policy="drop")
    kept = np.setdiff1d(np.arange(300), [0, 3, 7, 299])
    again = srm.SRMScope(activations[kept], epsilon=0.5, labels=LABELS[kept], theta=0.7)
    assert scope._class_counts == again._class_counts
    assert scope._point_groups == again._point_groups
    assert scope._frame["class_lit"] == again._frame["class_lit"]
    scope.hidden_classes = again.hidden_classes = [0]
    assert scope.selected == kept[again.selected].tolist()


@pytest.mark.parametrize("hidden", [[], [0], [2, 0, 2], (1,), {0, 1}, np.array([1, 2]), range(3)])
def test_hidden_classes_leave_what_is_selected(scope: srm.SRMScope, hidden: Any) -> None:
    scope.samples = [f"sample {row}" for row in range(300)]
    scope.hidden_classes = hidden
    assert scope.hidden_classes == sorted(set(map(int, hidden)))
    assert_selected(scope, ~np.isin(CODES, list(hidden)))
    scope.by_class = False
    assert_selected(scope, np.full(300, True))
    scope.theta = 2.0
    scope.by_class = True
    assert_selected(scope, ~np.isin(CODES, list(hidden)))


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ([3], ValueError, "0 … 2, got 3"),
        ([0, -1], ValueError, "got -1"),
        ([0.5], TypeError, "as positions in the legend"),
        (["cat"], TypeError, "as positions in the legend"),
        (None, TypeError, "as positions in the legend, got None"),
    ],
)
def test_classes_that_there_are_not(
    scope: srm.SRMScope, value: Any, error: type[Exception], message: str
) -> None:
    scope.hidden_classes = [1]
    before = state_of(scope)
    with pytest.raises(error, match=message):
        scope.hidden_classes = value
    scope.set_state({"hidden_classes": value})
    assert "got" in scope.error
    assert state_of(scope) | {"error": ""} == before


@pytest.mark.parametrize(
    ("labels", "left"),
    [
        (None, []),
        (CODES == 1, []),
        (np.array(["ant", "cat", "eel"])[CODES], [2]),
        (np.array(["dog", "eel", "owl"])[CODES], [0, 1]),
    ],
)
def test_classes_stay_hidden_by_their_names(
    scope: srm.SRMScope, labels: Any, left: list[int]
) -> None:
    scope.hidden_classes = [1, 2]
    scope.comm.sent.clear()
    scope.labels = labels
    assert scope.hidden_classes == left
    (update,) = scope.comm.updates()
    assert update.get("hidden_classes", [1, 2]) == left
    assert (scope.legend is None) == (scope._legend == {}) == (labels is None)
    assert (scope._class_counts == b"") == (labels is None)
    assert scope.n_selected <= scope._frame["n_lit"]


def test_both_in_one_assignment(scope: srm.SRMScope) -> None:
    with scope.hold_trait_notifications():
        scope.labels = MANY
        scope.hidden_classes = [8]
    assert scope.legend is not None
    assert_selected(scope, scope.legend.groups.codes != 8)


GIVEN: dict[str, Any] = {"labels": CODES, "samples": list(map(str, range(300)))}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("labels", CODES[:299], "got 299"),
        ("labels", np.zeros((300, 2)), "one dimension"),
        ("labels", "cat", "got 'cat'"),
        ("labels", 5, "got 5"),
        ("samples", ["a"] * 299, "got 299"),
        ("samples", np.zeros((300, 5, 8, 8)), "1, 3 or 4 channels"),
        ("samples", 5, "got 5"),
    ],
)
def test_what_is_refused_changes_nothing(
    activations: np.ndarray, name: str, value: Any, message: str
) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, theta=0.7, table=True, **GIVEN)
    scope.hidden_classes = [2]
    before, labels, samples = state_of(scope), scope.labels, scope.samples
    scope.comm.sent.clear()
    with pytest.raises((TypeError, ValueError), match=message):
        setattr(scope, name, value)
    assert (scope.labels, scope.samples) == (labels, samples)
    assert state_of(scope) == before
    assert scope.comm.updates() == []


@pytest.mark.parametrize("method", ["beam_steps", "coordinates"])
@pytest.mark.parametrize("labels", [None, CODES == 1, MANY], ids=["none", "fewer", "more"])
def test_what_fails_changes_nothing(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch, method: str, labels: Any
) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise MemoryError("no room")

    scope.samples = GIVEN["samples"]
    scope.hidden_classes = [2]
    before, old = state_of(scope), scope.labels
    with monkeypatch.context() as patch:
        patch.setattr(srm.ResonanceEngine, method, failing)
        with pytest.raises(MemoryError, match="no room"):
            scope.labels = labels
    assert scope.labels is old
    assert state_of(scope) == before
    scope.theta = 1.0
    assert_classes(scope, CODES)
    assert_selected(scope, CODES != 2)


def test_names_of_classes_are_plain_and_short(scope: srm.SRMScope) -> None:
    scope.labels = ["<b>\0" if code else "x" * 1_000 + "\ud800" for code in CODES]
    assert scope._legend["names"] == ["<b>␀", "x" * 59 + "…"]

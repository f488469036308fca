"""A page without a kernel shows all that the scope shows: orders, clouds, classes, maps, steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from tests.unit.support import page_answers

N, D = 300, 6
ANSWERS = [
    "_frame",
    "_counts",
    "_class_counts",
    "_marks",
    "n_selected",
    "error",
    "_legend",
    "_layer",
    "pair",
    "position",
    "_cloud_frame",
    "_points",
    "_point_groups",
    "_density",
    "_strip_frame",
    "_strip",
    "_map_frame",
    "_map",
    "_ensemble",
    "_table_frame",
    "_course",
    "_course_error",
    "_course_ensemble",
    "_compared",
    "_compared_frame",
]
MOVES: list[dict[str, Any]] = [
    {"pair": [1, 4], "theta": 1.0},
    {"epsilon": 0.7},
    {"order": "peak"},
    {"position": 0},
    {"position": 3},
    {"order": "alignment"},
    {"position": 14},
    {"order": "peak", "epsilon": 0.5},
    {"position": 2},
    {"cloud": "density"},
    {"cloud": "ratio"},
    {"cloud": "off"},
    {"cloud": "points", "highlight": [3, 70, 299]},
    {"hidden_classes": [0, 2]},
    {"pair": [5, 2]},
    {"table": True},
    {"table_by": "purity", "table_descending": True},
    {"table_by": "label", "table_descending": False},
    {"table_least": 30},
    {"table_least": 3000},
    {"table_least": 0, "table_search": "cLáss 2"},
    {"table_search": "-4"},
    {"table_search": ""},
    {"order": "coactivation", "epsilon": 0.6},
    {"position": 1},
    {"epsilon": -0.2},
    {"order": "index"},
]
FACTS = ("names", "pair", "order", "position", "n_samples", "n_lit", "peak", "class_lit", "reach")


def activations(seed: int = 0) -> np.ndarray:
    return np.tanh(2 * np.random.default_rng(seed).standard_normal((N, D)))


def scope_of(source: Any, basis: Any = None, **more: Any) -> srm.SRMScope:
    labels = [f"class {k % 4}" for k in range(N)]
    pictures = np.random.default_rng(1).random((N, 5, 7))
    samples: list[Any] = [*pictures]
    samples[1::3] = [f"sample 🙂 {k}" for k in range(1, N, 3)]
    samples[2::3] = [srm.MarkedText(f"🙂 a sample: {k}", 2, 3 + k % 7) for k in range(2, N, 3)]
    return srm.SRMScope(source, basis, labels=labels, samples=samples, epsilon=0.6, **more)


def moved(scope: srm.SRMScope, move: dict[str, Any]) -> None:
    with scope.hold_trait_notifications():
        for name, value in move.items():
            setattr(scope, name, value)
    if scope.order == "index":
        assert scope.survey is not None  # without a loop it is computed when it is asked for


@pytest.fixture(params=["standard", "thomson"], scope="module")
def sides(request: pytest.FixtureRequest) -> Iterator[list[tuple[dict, dict]]]:
    """After each move, what the scope shows and what its page does."""
    if request.param == "standard":
        scope = scope_of(activations())
    else:
        basis = srm.basis.thomson(6, D, 0)
        scope = scope_of(activations(), basis, center="mean", min_norm=1.55)
        assert 5 < scope.engine.n_short < 100
    [pages] = page_answers.answered([page_answers.question(scope, MOVES, ANSWERS)])
    both = []
    for move, page in zip(MOVES, pages, strict=True):
        moved(scope, move)
        state = scope.get_state()
        frames = {name: value for name, value in state.items() if not isinstance(value, bytes)}
        both.append((state | json.loads(json.dumps(frames)), page))
    yield both
    scope.close()


def test_the_same_plane_and_the_same_facts(sides: list[tuple[dict, dict]]) -> None:
    for kernel, page in sides:
        assert page["error"] == ""
        assert (page["pair"], page["position"]) == (kernel["pair"], kernel["position"])
        for name in FACTS:
            assert page["_frame"][name] == kernel["_frame"][name], name
        assert page["_legend"] == kernel["_legend"]
        assert page["_layer"] == kernel["_layer"]
        assert page["n_selected"] == kernel["n_selected"]


def test_the_same_curves_class_by_class(sides: list[tuple[dict, dict]]) -> None:
    for kernel, page in sides:
        for name in ("_counts", "_class_counts"):
            assert page[name] == np.frombuffer(kernel[name], "<i4").tolist()


def test_the_same_samples_in_the_plane(sides: list[tuple[dict, dict]]) -> None:
    for kernel, page in sides:
        frame = kernel["_cloud_frame"]
        for name in ("kind", "pair", "n_points"):
            assert page["_cloud_frame"][name] == frame[name]
        for name in ("_points", "_marks"):
            assert page[name] == pytest.approx(np.frombuffer(kernel[name], "<f4"), abs=1e-6)
        assert page["_point_groups"] == list(kernel["_point_groups"])
        density = np.frombuffer(kernel["_density"], "u1").astype(int)
        assert np.abs(np.array(page["_density"], dtype=int) - density).max(initial=0) <= 1
        if len(density):
            assert page["_cloud_frame"]["low"] == pytest.approx(frame["low"], abs=1e-5)
            assert page["_cloud_frame"]["high"] == pytest.approx(frame["high"], abs=1e-5)


def test_the_same_samples_inside_the_beam(sides: list[tuple[dict, dict]]) -> None:
    for kernel, page in sides:
        items, shown = kernel["_strip_frame"]["items"], page["_strip_frame"]["items"]
        looks = ("kind", "text", "mark", "mime", "bytes", "width", "height")
        for name in ("index", "label", "group", *looks):
            assert [item[name] for item in shown] == [item[name] for item in items]
        cosines = [item["cosine"] for item in items]
        assert [item["cosine"] for item in shown] == pytest.approx(cosines, abs=1e-6)
        assert bytes(page["_strip"]) == bytes(kernel["_strip"])


def test_the_same_table(sides: list[tuple[dict, dict]]) -> None:
    tabled = [(kernel, page) for kernel, page in sides if kernel["table"]]
    assert len(tabled) >= 9
    assert len({len(kernel["_table_frame"]["rows"]) for kernel, _ in tabled}) > 2
    for kernel, page in tabled:
        frame, shown = kernel["_table_frame"], page["_table_frame"]
        for row, expected in zip(shown["rows"], frame["rows"], strict=True):
            assert [*row[:4], *row[5:7]] == [*expected[:4], *expected[5:7]]
            numbers = [expected[4], *expected[7:9]]
            assert [row[4], *row[7:9]] == pytest.approx(numbers, nan_ok=True)
            assert [each[:2] for each in row[9]] == [each[:2] for each in expected[9]]
            shares = [each[2] for each in expected[9]]
            assert [each[2] for each in row[9]] == pytest.approx(shares)
        for name in ("state", "by", "descending", "n_rows", "epsilon", "has_labels"):
            assert shown[name] == frame[name]
        for name in ("least", "search", "fewest", "n_few", "n_listed"):
            assert shown[name] == frame[name]


def test_the_same_map_of_all_planes(sides: list[tuple[dict, dict]]) -> None:
    done = [
        (k, p) for k, p in sides if k["_map_frame"]["state"] == "done" and k["order"] == "index"
    ]
    assert len(done) >= 2
    for kernel, page in done:
        frame, shown = kernel["_map_frame"], page["_map_frame"]
        assert shown["state"] == "done"
        same = "by", "epsilon", "n_planes", "n_lit", "n_skipped", "size", "step", "orthonormal"
        for name in same:
            assert shown[name] == frame[name], name
        for name in ("alignment", "participation"):
            assert shown[name] == pytest.approx(frame[name], abs=1e-6), name
        scores = np.frombuffer(kernel["_map"], "<u2").astype(int)
        assert np.abs(np.array(page["_map"], dtype=int) - scores).max() <= 1
        ensemble = np.frombuffer(kernel["_ensemble"], "<f4")
        assert page["_ensemble"] == pytest.approx(ensemble, abs=1e-6)


@pytest.mark.parametrize("epsilon", [0.7, 0.4, 0.02, -0.3])
@pytest.mark.parametrize("basis", [None, srm.basis.rotated(D, 1), srm.basis.thomson(12, D, 0)])
def test_the_same_coactivation_of_all_planes(basis: Any, epsilon: float) -> None:
    """Some pairs of directions are given to half the samples, so that scores are of either sign."""
    rows = activations()
    rows[::2, :2] *= 4
    scope = srm.SRMScope(rows.astype(np.float32), basis, epsilon=epsilon)
    scope.order = "coactivation"
    move = {"order": "coactivation", "position": 2}
    [[page]] = page_answers.answered([page_answers.question(scope, [move], ANSWERS)])
    assert scope.survey is not None
    survey = scope.survey
    frame = page["_map_frame"]
    assert (frame["by"], frame["state"]) == ("coactivation", "done")
    scores = survey.matrix("coactivation")
    assert frame["low"] == pytest.approx(np.nanmin(scores), abs=1e-3)
    assert frame["high"] == pytest.approx(np.nanmax(scores), abs=1e-3)
    codes = np.array(page["_map"], dtype=float).reshape(scores.shape)
    read = frame["low"] + (codes - 1) / 65_534 * (frame["high"] - frame["low"])
    known = ~np.isnan(scores)
    assert (codes[~known] == 0).all()
    np.testing.assert_allclose(read[known], scores[known], atol=2e-3)
    scope.position = 2
    assert page["pair"] == list(scope.pair)
    hubs = scope._map_frame.get("hubs", [])
    assert [list(hub) for hub in hubs] == frame["hubs"]
    scope.close()


def test_the_same_hubs() -> None:
    rows = np.zeros((60, 16), dtype=np.float32)
    rows[:, 0] = 1.0
    rows[np.arange(60), 1 + np.arange(60) % 15] = 0.5
    scope = srm.SRMScope(rows, epsilon=0.7)
    scope.order = "peak"
    [[page]] = page_answers.answered([page_answers.question(scope, [{"position": 1}], ANSWERS)])
    hubs = scope.survey.hubs()
    assert page["_map_frame"]["hubs"] == [[0, 1.0]]
    assert (hubs.direction[0], hubs.share[0]) == (0, 1.0)
    scope.close()


def test_the_same_steps_of_a_timeline() -> None:
    timeline = srm.Timeline()
    for seed in range(4):
        timeline.record(activations(seed), f"step {seed}")
    scope = scope_of(timeline, compare=0)
    moves: list[dict[str, Any]] = [{"step": 1}, {"compare": 2}, {"pair": [3, 1]}, {"step": 2}]
    [pages] = page_answers.answered([page_answers.question(scope, moves, ANSWERS)])
    for move, page in zip(moves, pages, strict=True):
        moved(scope, move)
        assert page["_counts"] == page_answers.array(scope, "_counts", "<i4").tolist()
        assert page["_compared"] == page_answers.array(scope, "_compared", "<i4").tolist()
        assert page["_compared_frame"] == pytest.approx(scope._compared_frame)
        i, j = scope.pair
        plane = timeline.alignment(i, j, epsilon=scope.epsilon)
        assert page["_course"] == pytest.approx(plane, abs=1e-6)
        together = timeline.ensemble()
        assert page["_course_ensemble"] == pytest.approx(together, abs=1e-6)
    scope.close()


def test_the_same_at_every_step_of_a_turn() -> None:
    made = srm.Timeline.turning(activations(), srm.basis.rotated(D, 3), 9)
    scope = scope_of(made, step=0)
    moves: list[dict[str, Any]] = [{"step": k} for k in range(1, 9)]
    moves += [{"pair": [4, 1], "compare": 2}, *({"step": k} for k in range(9))]
    [pages] = page_answers.answered([page_answers.question(scope, moves, ANSWERS)])
    for move, page in zip(moves, pages, strict=True):
        moved(scope, move)
        for name in ("_counts", "_class_counts", "_compared", "_ensemble"):
            dtype = "<f4" if name == "_ensemble" else "<i4"
            expected = page_answers.array(scope, name, dtype).tolist()
            assert page[name] == (pytest.approx(expected, abs=1e-6) if dtype == "<f4" else expected)
        assert page["_frame"]["n_lit"] == scope.n_selected
        assert page["_layer"]["basis"] == scope.engine.basis.name
        plane = made.alignment(*scope.pair, epsilon=scope.epsilon)
        assert page["_course"] == pytest.approx(plane, abs=1e-6)
        assert page["_course_ensemble"] == pytest.approx(made.ensemble(), abs=1e-6)
    scope.close()


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ({"pair": [2, 2]}, "two different directions in 0 … 5, got (2, 2)"),
        ({"pair": [0, 6]}, "two different directions in 0 … 5, got (0, 6)"),
        ({"position": 15}, "position in 0 … 14, got 15"),
        ({"epsilon": 1.5}, "epsilon in [-1, 1], got 1.5"),
        ({"resolution": 3}, "resolution in 4 … 2880, got 3"),
        ({"step": 1}, "step in 0 … 0, got 1"),
    ],
)
def test_refuses_with_reasons_and_keeps_what_it_shows(move: dict[str, Any], said: str) -> None:
    scope = scope_of(activations())
    moves: list[dict[str, Any]] = [{"pair": [1, 4]}, move, {"theta": 2.0}]
    names = [*ANSWERS, "epsilon", "resolution", "step", "theta"]
    [[before, refused, after]] = page_answers.answered([page_answers.question(scope, moves, names)])
    assert said in refused["error"]
    for name in ("_counts", "pair", "position", "epsilon", "resolution", "step"):
        assert refused[name] == before[name], name
    assert (before["_frame"]["request"], refused["_frame"]["request"]) == (1, 2)
    assert after["error"] == ""
    assert after["_frame"]["theta"] == 2.0
    scope.close()


def test_directions_of_zeros_are_what_they_are_in_the_kernel() -> None:
    rows = np.concatenate([np.eye(D)[:3], np.zeros((1, D)), np.ones((1, D)), np.zeros((1, D))])
    scope = scope_of(activations(), rows, navigator=True, table=True)
    scope.table_least = 0
    moves: list[dict[str, Any]] = [{"pair": [0, 4]}, {"pair": [3, 1]}, {"epsilon": -0.5}]
    names = ["error", "_layer", "_map_frame", "_table_frame", "_counts"]
    question = page_answers.question(scope, moves, names)
    [[shown, refused, wide]] = page_answers.answered([question])
    assert shown["_layer"]["n_dead"] == 2
    assert refused["error"] == refusal_of(scope, 3, 1)
    for page, epsilon in ((shown, scope.epsilon), (wide, -0.5)):
        survey = scope.engine.survey(epsilon=epsilon)
        found = page["_map_frame"]
        assert (found["n_dead"], found["n_skipped"]) == (2, survey.n_skipped)
        assert (found["n_planes"], found["n_lit"]) == (survey.n_planes, survey.n_lit)
        table = scope.engine.directions(epsilon=epsilon)
        rows_of = {(row[0], row[1]): row for row in page["_table_frame"]["rows"]}
        for k, (i, sign) in enumerate(zip(table.direction, table.sign, strict=True)):
            assert rows_of[i, sign][3] == table.count[k]
            assert (rows_of[i, sign][4] is None) == (i in (3, 5))
    scope.close()


def refusal_of(scope: srm.SRMScope, i: int, j: int) -> str:
    with pytest.raises(ValueError, match="row of zeros") as refused:
        scope.engine.curve(i, j, epsilon=0.5)
    return str(refused.value)


def test_parallel_directions_are_refused_with_their_names() -> None:
    scope = scope_of(activations(), np.concatenate([np.eye(D), -np.eye(D)[:1]]))
    move = {"pair": [0, D]}
    [[page]] = page_answers.answered([page_answers.question(scope, [move], ["error", "pair"])])
    assert "0 and 6 are antiparallel" in page["error"]
    assert tuple(page["pair"]) == scope.pair
    scope.close()

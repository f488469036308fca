"""The scope's map and the order of its slider, where there is no event loop to compute in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.results.count_histogram import BAND_QUANTILES
from srm_widget.view import plane_map
from srm_widget.view.plane_map import PlaneOrder
from tests.unit.support.wire import packed, state_of

pytestmark = pytest.mark.usefixtures("wires")

MAP_TRAITS = (
    *("_map_frame", "_map", "_map_best", "_map_lit"),
    *("_tile_frame", "_tile", "_tile_best", "_tile_lit", "_ensemble"),
)
MEASURES = "alignment", "coactivation", "peak"
by_measure = pytest.mark.parametrize("order", MEASURES)


def ranking_of(scope: srm.SRMScope) -> PlaneOrder:
    """As it is to be: of a fresh survey of what the scope shows."""
    survey = scope.engine.survey(epsilon=scope.epsilon, resolution=DEFAULT_RESOLUTION)
    return PlaneOrder(scope.engine.n_directions, scope.order, survey)


def assert_ranked(scope: srm.SRMScope) -> None:
    expected = ranking_of(scope)
    n_planes = scope.engine.n_planes
    found = [scope.ranking.plane(k) for k in range(n_planes)]
    assert found == [expected.plane(k) for k in range(n_planes)]
    assert scope.position == expected.position(*scope.pair) == scope._frame["position"]
    assert scope._frame["order"] == scope.order


def test_nothing_is_surveyed_unasked(scope: srm.SRMScope) -> None:
    assert scope._map_frame == {
        "state": "off",
        "progress": 0.0,
        "n_directions": 5,
        "hint": "",
        "too_large": False,
        "testable": True,
    }
    assert not any(getattr(scope, name) for name in MAP_TRAITS if name != "_map_frame")


@by_measure
def test_best_planes_first(scope: srm.SRMScope, order: str) -> None:
    scope.pair = (3, 1)
    scope.order = order
    assert scope.pair == (3, 1)
    assert_ranked(scope)
    best = scope.survey.leading(order, 100)
    for position, (i, j) in enumerate(best.planes.tolist()):
        scope.position = position
        assert scope.pair == (i, j)
        scope.pair = (j, i)
        assert scope.position == position
    scope.order = "index"
    assert_ranked(scope)
    assert scope.position == scope.ranking.position(*scope.pair)


@by_measure
def test_the_constructor_takes_an_order(activations: np.ndarray, order: str) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, order=order, pair=(2, 1))
    assert scope.pair == (2, 1)
    assert_ranked(scope)
    opened = scope.comm.sent[0]["state"]
    assert opened["position"] == scope.position
    assert opened["_map_frame"]["state"] == "done"


@by_measure
def test_planes_are_ranked_anew_at_another_epsilon(scope: srm.SRMScope, order: str) -> None:
    scope.order = order
    scope.position = 4
    pair = scope.pair
    for epsilon in (0.3, 0.8, 0.99, -0.2):
        scope.epsilon = epsilon
        assert scope.pair == pair
        assert_ranked(scope)
        assert scope._map_frame["epsilon"] == epsilon


@by_measure
def test_planes_are_ranked_anew_with_more_samples(
    scope: srm.SRMScope, activations: np.ndarray, order: str
) -> None:
    scope.order = order
    scope.engine.append(activations[:40] ** 3)
    assert_ranked(scope)
    assert scope.survey.n_samples == 340


@pytest.mark.parametrize("way", ["traits", "page"])
@pytest.mark.parametrize("asked", [{"order": "peak"}, {"epsilon": 0.8}])
def test_a_position_with_another_ranking_in_one_go(
    activations: np.ndarray, way: str, asked: dict[str, Any]
) -> None:
    """The position counts in the ranking that comes with it."""
    before = "alignment" if "epsilon" in asked else "index"
    scope = srm.SRMScope(activations, epsilon=0.5, pair=(2, 3), order=before)
    both = {**asked, "position": 3}
    if way == "page":
        scope.set_state(both)
    else:
        with scope.hold_trait_notifications():
            for name, value in both.items():
                setattr(scope, name, value)
    assert scope.error == ""
    assert scope.position == 3
    assert_ranked(scope)


@pytest.mark.parametrize("asked", [{"order": "alignment"}, {"epsilon": 0.8}, {"pair": [4, 2]}])
def test_a_picture_that_fails_leaves_map_and_ranking(
    activations: np.ndarray, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, order="peak")
    before, ranking = state_of(scope), scope.ranking

    def failing(*_: Any, **__: Any) -> None:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(srm.ResonanceEngine, "beam_steps", failing)
        scope.set_state(asked)
    assert scope.error == "no room"
    assert state_of(scope) | {"error": ""} == before
    assert [scope.ranking.plane(k) for k in range(10)] == [ranking.plane(k) for k in range(10)]
    assert_ranked(scope)


@by_measure
def test_the_map_is_that_of_the_survey(scope: srm.SRMScope, order: str) -> None:
    scope.order = order
    survey = scope.survey
    whole = plane_map.ScoreMap(survey, order).overview()  # type: ignore[arg-type]
    assert scope._map == whole.scores
    assert scope._map_best == whole.best == b""
    frame = scope._map_frame
    told = {"by": order, "epsilon": 0.5, "n_planes": 10, "n_lit": survey.n_lit, "state": "done"}
    assert told.items() <= frame.items()
    assert (frame["low"], frame["high"]) == (whole.frame["low"], whole.frame["high"])
    bands = packed(scope, "ensemble", "<f4").reshape(5, DEFAULT_RESOLUTION)
    np.testing.assert_allclose(bands, survey.quantiles(BAND_QUANTILES, lit=True), rtol=1e-6)


def test_a_ranked_scope_does_without_its_map(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, navigator=False, order="peak")
    assert_ranked(scope)
    assert scope._map_frame["state"] == "off"
    assert scope._map == b""
    scope.epsilon = 0.7
    assert_ranked(scope)
    scope.navigator = True
    assert scope._map_frame["state"] == "done"
    assert scope._map_frame["epsilon"] == 0.7


@pytest.mark.parametrize(
    ("basis", "orthonormal", "known"),
    [(None, True, True), (np.eye(6)[:3], True, False), (srm.basis.simplex(6), False, False)],
    ids=["axes", "off the span", "simplex"],
)
def test_why_there_is_no_alignment_is_told(basis: Any, orthonormal: bool, known: bool) -> None:
    rows = np.hstack([np.zeros((40, 3)), np.random.default_rng(0).standard_normal((40, 3))])
    scope = srm.SRMScope(rows, basis, epsilon=0.5)
    scope.order = "alignment"
    frame = scope._map_frame
    assert frame["orthonormal"] is orthonormal
    assert (frame["alignment"] is not None, frame["participation"] is not None) == (known, known)


def test_a_hint_where_nothing_is_lit() -> None:
    rows = np.random.default_rng(0).standard_normal((50, 30))
    scope = srm.SRMScope(rows, epsilon=0.99, order="peak")
    auto = scope.engine.auto_epsilon()
    assert f"The automatic ε would be {auto:.2f}." in scope._map_frame["hint"]
    scope.epsilon = auto
    assert scope._map_frame["hint"] == ""


WINDOWS = [[0, 0, 6], [4, 0, 2], [0, 4, 2], [-1, 0, 1], [0, 0, 0], [0, 0], "abc", 5, [0.5, 0, 1]]


@pytest.mark.parametrize("window", WINDOWS)
def test_windows_outside_the_map_are_refused(scope: srm.SRMScope, window: Any) -> None:
    before = state_of(scope)
    with pytest.raises(ValueError, match="inside 0 … 5, got"):
        scope._window = window
    scope.set_state({"_window": window})
    assert repr(window) in scope.error
    assert state_of(scope) | {"error": ""} == before


@pytest.mark.parametrize("window", [[0, 0, 5], [1, 2, 3], [4, 4, 1]])
def test_a_window_shows_its_tile(scope: srm.SRMScope, window: list[int]) -> None:
    scope.order = "peak"
    scope.set_state({"_window": window})
    assert scope.error == ""
    tile = plane_map.ScoreMap(scope.survey, "peak").tile(*window)
    assert (scope._tile, scope._tile_best, scope._tile_lit) == tile[1:]
    about = {"window": window, "by": "peak", "epsilon": 0.5, "surveyed": 0}
    assert scope._tile_frame == {**about, **tile.frame}
    scope.epsilon = 0.6
    assert scope._tile_frame["epsilon"] == 0.6
    scope.order = "alignment"
    assert scope._tile_frame["by"] == "alignment"
    scope.set_state({"_window": []})
    assert scope.error == ""


@pytest.mark.parametrize("name", MAP_TRAITS)
def test_the_page_does_not_set_what_the_kernel_shows(scope: srm.SRMScope, name: str) -> None:
    before = state_of(scope)
    scope.set_state({name: {} if name.endswith("frame") else b"1"})
    assert scope.error == f"{name} is read-only for the page"
    assert state_of(scope) | {"error": ""} == before


def test_messages_are_small_however_many_directions() -> None:
    rows = np.random.default_rng(0).standard_normal((60, 300)) ** 3
    scope = srm.SRMScope(rows, order="alignment")
    scope._window = [0, 0, 300]
    assert scope._map_frame["step"] == 2
    assert scope._map_frame["size"] == 150
    for name in ("_map", "_map_best", "_map_lit", "_tile", "_tile_best", "_tile_lit"):
        assert 0 < len(getattr(scope, name)) <= 2 * 256**2
    scope._window = [100, 20, 200]
    assert scope._tile_frame["step"] == 1
    assert len(scope._tile) == 2 * 200**2
    scope.comm.sent.clear()
    scope.set_state({"theta": 1.0})
    (update,) = scope.comm.updates()
    assert update["_frame"]["theta"] == 1.0
    assert not {"_map", "_tile", "_ensemble"} & update.keys()


def test_a_plane_of_the_map_stands_where_the_frame_says() -> None:
    """Row, column and place inside a cell make a plane, whose peak the cell shows."""
    rows = np.random.default_rng(0).standard_normal((60, 300)) ** 3
    scope = srm.SRMScope(rows, order="peak")
    size, step = scope._map_frame["size"], scope._map_frame["step"]
    codes = packed(scope, "map", "<u2").reshape(size, size)
    row, column = np.unravel_index(codes.argmax(), codes.shape)
    place = packed(scope, "map_best", "<u2").reshape(size, size)[row, column]
    i, j = int(row * step + place // step), int(column * step + place % step)
    scope.pair = (i, j)
    assert scope._frame["peak"] / 60 == pytest.approx(scope.survey.best("peak").peak[0])

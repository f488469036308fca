"""The explorer without a page: what its figures hold, and what their gestures ask for."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from ipywidgets import HTML, Widget
from ipywidgets.widgets.widget import _instances

import srm_widget as srm
from srm_widget.concurrency.locks import widget_lock
from tests.waiting import until

pytestmark = pytest.mark.filterwarnings(
    # bqplot's own scales, when they are imported
    "ignore:metadata .* was set from the constructor:DeprecationWarning"
)


@pytest.fixture(autouse=True)
def no_widget_left() -> Iterator[None]:
    yield
    Widget.close_all()


@pytest.fixture
def activations() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.tanh(2 * rng.standard_normal((300, 7))).astype(np.float32)


@pytest.fixture
def explorer(activations: np.ndarray) -> srm.SRMExplorer:
    return srm.SRMExplorer(activations, pair=(0, 2), epsilon=0.6, theta=1.0)


class Drawn(NamedTuple):
    """The marks of an explorer's figures."""

    band: Any
    half: Any
    median: Any
    isotropic: Any
    curve: Any
    cursor: Any
    handles: Any
    bars: Any
    errors: Any
    rows: Any
    dark: Any
    lit: Any
    epsilon: Any
    edges: Any

    @classmethod
    def of(cls, explorer: srm.SRMExplorer) -> Drawn:
        figures = explorer.curve, explorer.planes, explorer.radii
        return cls(*(mark for figure in figures for mark in figure.marks))

    def agrees(self, explorer: srm.SRMExplorer) -> None:
        """All of them show what the scope does."""
        scope, resonance = explorer.scope, explorer.scope.resonance
        values = resonance.signed[0] if scope.signed else resonance.values[0]
        degrees = [*np.degrees(resonance.angles), 360.0]
        np.testing.assert_allclose(self.curve.x, degrees)
        np.testing.assert_allclose(self.curve.y, [*values, values[0]])
        np.testing.assert_allclose(self.cursor.x, math.degrees(scope.theta))
        np.testing.assert_allclose(self.epsilon.x, scope.epsilon)
        np.testing.assert_allclose(self.isotropic.y, 0 if scope.signed else resonance.isotropic)
        shown = not scope.signed and scope.survey.n_lit > 0
        assert self.band.visible == self.half.visible == self.median.visible == shown
        if shown:
            quantiles = {"band": [0.05, 0.95], "half": [0.25, 0.75], "median": 0.5}
            for name, shares in quantiles.items():
                expected = scope.survey.quantiles(shares, lit=True)
                np.testing.assert_allclose(getattr(self, name).y[..., :-1], expected)
        assert total(self.dark) + total(self.lit) >= scope.engine.n_samples


def total(outline: Any) -> float:
    """Samples under a stretch of the histogram, bins that the line at ε parts counted whole."""
    heights = outline.y[1:-1:2]
    return float(heights[heights >= 1].sum())


def pressed(handles: Any, at: float) -> None:
    """A press and the drag's end, as the page tells of them."""
    for event in ("drag_start", "drag_end"):
        message = {"event": event, "index": 3, "point": {"x": at, "y": 0.5}}
        handles._handle_custom_msg(message, [])


def pulled(handles: Any, at: float) -> None:
    """One handle moved, as the page writes it meanwhile."""
    places = np.array(handles.x)
    places[3] = at
    handles.x = places


def clicked(rows: Any, place: int) -> None:
    rows._handle_custom_msg({"event": "element_click", "data": {"index": place}}, [])


def test_figures_show_what_the_scope_does(explorer: srm.SRMExplorer) -> None:
    drawn = Drawn.of(explorer)
    drawn.agrees(explorer)
    best = explorer.scope.survey.leading("alignment", 20)
    np.testing.assert_allclose(drawn.bars.y, best.score)
    labels = explorer.planes.axes[0].tick_labels
    i, j = best.planes[0]
    assert labels["0"] == f"b{'₀₁₂₃₄₅₆'[i]} ∧ b{'₀₁₂₃₄₅₆'[j]}"
    directions = explorer.curve.axes[1]
    assert directions.tick_labels == {"0": "+b₀", "90": "+b₂", "180": "−b₀", "270": "−b₂"}
    np.testing.assert_allclose(directions.tick_values, [0, 90, 180, 270])


CHANGES: list[dict[str, Any]] = [
    {"theta": 4.0},
    {"pair": (3, 1)},
    {"position": 9},
    {"epsilon": 0.4},
    {"epsilon": -0.3},
    {"epsilon": 1.0},
    {"resolution": 24},
    {"signed": True},
    {"order": "peak", "position": 2},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_figures_follow_the_scope(explorer: srm.SRMExplorer, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(explorer.scope, name, value)
    drawn = Drawn.of(explorer)
    drawn.agrees(explorer)
    scope = explorer.scope
    by = "alignment" if scope.order == "index" else scope.order
    best = scope.survey.leading(by, 20)
    np.testing.assert_allclose(drawn.bars.y, np.nan_to_num(best.score))
    shown = [opacity == 1 for opacity in drawn.bars.opacities]
    pairs = [tuple(pair) for pair in best.planes.tolist()]
    assert shown == [pair == tuple(sorted(scope.pair)) for pair in pairs] or not pairs


def test_appended_samples_are_shown(explorer: srm.SRMExplorer, activations: np.ndarray) -> None:
    drawn = Drawn.of(explorer)
    explorer.scope.engine.append(np.tile(np.eye(7, dtype=np.float32)[2], (50, 1)))
    assert explorer.planes is not None
    drawn.agrees(explorer)
    assert explorer.scope.survey.n_samples == 350


@pytest.mark.parametrize("gesture", [pressed, pulled])
def test_the_pointer_in_the_curve_turns_the_spotlight(
    explorer: srm.SRMExplorer, gesture: Callable[[Any, float], None]
) -> None:
    drawn = Drawn.of(explorer)
    gesture(drawn.handles, 200.0)
    assert explorer.scope.theta == pytest.approx(math.radians(200))
    gesture(drawn.handles, 370.0)
    assert explorer.scope.theta == pytest.approx(math.radians(10))
    np.testing.assert_allclose(drawn.cursor.x, 10)
    np.testing.assert_allclose(drawn.handles.x, np.arange(361))


@pytest.mark.parametrize("gesture", [pressed, pulled])
def test_the_pointer_in_the_radii_sets_epsilon(
    explorer: srm.SRMExplorer, gesture: Callable[[Any, float], None]
) -> None:
    drawn = Drawn.of(explorer)
    for at, epsilon in ((0.3, 0.3), (1.7, 1.0), (0.25, 0.25)):
        gesture(drawn.edges, at)
        assert explorer.scope.epsilon == epsilon
        np.testing.assert_allclose(drawn.epsilon.x, epsilon)
    assert explorer.scope.error == ""


def test_a_negative_epsilon_has_room_until_the_pointer_leaves_it(
    explorer: srm.SRMExplorer,
) -> None:
    drawn = Drawn.of(explorer)
    scale = explorer.radii.axes[0].scale
    explorer.scope.epsilon = -0.5
    assert scale.min == -1
    at = {"index": 3, "point": {"x": 0.4, "y": 0.5}}
    drawn.edges._handle_custom_msg({"event": "drag_start", **at}, [])
    assert (explorer.scope.epsilon, scale.min) == (0.4, -1)
    drawn.edges._handle_custom_msg({"event": "drag_end", **at}, [])
    assert scale.min == 0
    np.testing.assert_allclose(drawn.edges.x, np.linspace(0, 1, 361))


def test_a_click_on_a_row_shows_that_plane(explorer: srm.SRMExplorer) -> None:
    drawn = Drawn.of(explorer)
    planes = explorer.scope.survey.leading("alignment", 20).planes
    for place in (7, 0):
        clicked(drawn.rows, place)
        assert explorer.scope.pair == tuple(planes[place])
        assert [k for k, opacity in enumerate(drawn.bars.opacities) if opacity == 1] == [place]


def test_what_is_refused_is_said_by_the_scope(
    explorer: srm.SRMExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, scope = Drawn.of(explorer), explorer.scope

    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("no curve today")

    with monkeypatch.context() as patch:
        patch.setattr(scope.engine, "curve_steps", broken)
        pressed(drawn.edges, 0.3)
    assert (scope.error, scope.epsilon) == ("no curve today", 0.6)
    np.testing.assert_allclose(drawn.epsilon.x, 0.6)
    pressed(drawn.edges, 0.3)
    assert (scope.error, scope.epsilon) == ("", 0.3)


def test_long_and_dangerous_names_are_shown_as_text(activations: np.ndarray) -> None:
    names = [f"<b>{k}</b> of a rather long name" for k in range(7)]
    explorer = srm.SRMExplorer(activations, directions=names)
    assert explorer.planes.axes[0].tick_labels["0"].count("…") == 2
    captions = [part.value for part in _instances.values() if isinstance(part, HTML)]
    assert any("&lt;b&gt;0" in text for text in captions)
    assert not any("<b>0" in text for text in captions)


@pytest.mark.usefixtures("as_users")
def test_bars_have_p_once_a_page_had_planes_tested(
    explorer: srm.SRMExplorer, activations: np.ndarray
) -> None:
    scope = explorer.scope

    def labels() -> list[str]:
        return list(explorer.planes.axes[0].tick_labels.values())

    plain = labels()
    scope._handle_custom_msg({"type": "test"}, [])
    found = srm.ResonanceEngine(activations).significance(epsilon=0.6)
    best = scope.survey.best("alignment", 20).planes.tolist()
    p = [found.p_of(i, j) for i, j in best]
    assert labels() == [f"{name}, p {one:.2g}" for name, one in zip(plain, p, strict=True)]
    captions = [part.value for part in _instances.values() if isinstance(part, HTML)]
    said = "p of A over all 21 planes · mean kept, 300 samples"
    assert sum(said in caption for caption in captions) == 1
    scope.epsilon = 0.5
    assert not any(", p " in label for label in labels())


def test_without_navigator_no_plane_is_surveyed(activations: np.ndarray) -> None:
    explorer = srm.SRMExplorer(activations, navigator=False)
    drawn = Drawn.of(explorer)
    assert len(drawn.bars.x) == 0
    assert not drawn.band.visible
    assert explorer.scope.latest_survey is None


def test_in_an_event_loop_no_move_waits_for_a_survey(
    activations: np.ndarray, spy: Callable[..., list[tuple[Any, ...]]]
) -> None:
    asked = spy(srm.ResonanceEngine, "survey")

    async def life() -> None:
        explorer = srm.SRMExplorer(activations, epsilon=0.6)
        drawn = Drawn.of(explorer)
        assert len(drawn.bars.x) == 0
        for epsilon in (0.5, 0.4):
            pressed(drawn.edges, epsilon)
            while explorer.scope.survey_state != "done":
                await asyncio.sleep(0)
            drawn.agrees(explorer)
        assert len(drawn.bars.x) == 20

    asyncio.run(life())
    assert asked == []


def test_bases_of_any_angles(activations: np.ndarray) -> None:
    explorer = srm.SRMExplorer(activations[:, :2], srm.basis.simplex(2), pair=(2, 0))
    axis = explorer.curve.axes[1]
    assert axis.tick_labels == {"0": "+b₂", "120": "+b₀", "180": "−b₂", "300": "−b₀"}
    np.testing.assert_allclose(axis.tick_values, [0, 120, 180, 300])


@pytest.mark.parametrize("order", ["alignment", "peak"])
def test_alignments_have_their_errors(activations: np.ndarray, order: str) -> None:
    explorer = srm.SRMExplorer(activations, epsilon=0.6, order=order)
    best = explorer.scope.survey.leading(order, 20)
    _, errors, _ = explorer.planes.marks
    score_axis = explorer.planes.axes[1]
    if order == "peak":
        assert (len(errors.x), score_axis.label) == (0, "peak of the plane")
        return
    assert score_axis.label == "alignment of the plane ± 1/√(2n)"
    low, high = score_axis.scale.min, score_axis.scale.max
    ends = np.stack([best.score - best.error, best.score + best.error], axis=1)
    np.testing.assert_allclose(errors.x, np.clip(ends, low, high))
    assert [row.tolist() for row in np.asarray(errors.y)] == [[k, k] for k in range(20)]
    np.testing.assert_allclose(best.error, 1 / np.sqrt(2 * best.n_lit))


def test_unknown_keyword_names_the_nearest(activations: np.ndarray) -> None:
    with pytest.raises(TypeError, match="did you mean 'epsilon'"):
        srm.SRMExplorer(activations, epsilom=0.5)


def test_closing_leaves_nothing(activations: np.ndarray) -> None:
    engine = srm.ResonanceEngine(activations)
    before = set(_instances)
    explorer = srm.SRMExplorer(engine)
    scope, drawn = explorer.scope, Drawn.of(explorer)
    explorer.close()
    assert set(_instances) == before
    assert (len(engine.listeners), scope.comm, drawn.curve.comm) == (0, None, None)
    for name in ("_frame", "_map_frame", "signed"):
        assert not scope._trait_notifiers.get(name, {}).get("change")
    curve = np.array(drawn.curve.y)
    scope.pair = (3, 4)
    np.testing.assert_array_equal(drawn.curve.y, curve)
    explorer.close()


@pytest.mark.parametrize("pair", [(0, 1), (4, 2)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_radii(activations: np.ndarray, pair: tuple[int, int], dtype: type) -> None:
    rows: np.ndarray = activations.astype(dtype)
    basis = srm.basis.simplex(7)
    engine = srm.ResonanceEngine(rows, basis)
    radii = engine.radii(*pair)
    assert radii.shape == (300,)
    assert radii.dtype == np.float64
    expected = np.hypot(*engine.coordinates(*pair, np.arange(300)).T)
    np.testing.assert_allclose(radii, expected, atol=1e-6)
    with pytest.raises(IndexError):
        engine.radii(0, 8)


def test_is_shown_as_the_page_of_its_scope_where_pages_are_asked_for(
    explorer: srm.SRMExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, metadata = explorer._repr_mimebundle_()
    assert set(live) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert live["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    pictured = explorer.scope._repr_mimebundle_()
    assert pictured is not None
    assert (live["image/png"], metadata) == (pictured[0]["image/png"], pictured[1])
    monkeypatch.setenv("SRM_WIDGET_DISPLAY", "embed")
    data, _ = explorer._repr_mimebundle_()
    assert data["text/html"] == explorer.scope.embed()._repr_html_()
    assert "application/vnd.jupyter.widget-view+json" not in data


def test_garbage_waits_for_no_lock(activations: np.ndarray) -> None:
    """It is collected in whatever thread allocates, also in one that another waits for."""
    explorer = srm.SRMExplorer(activations)
    with widget_lock:
        collecting = threading.Thread(target=explorer.__del__, daemon=True)
        collecting.start()
        collecting.join(60)
        assert not collecting.is_alive()
        assert explorer.scope.comm is not None
    until(lambda: explorer.scope.comm is None, 60, lambda: "it is not closed")


def test_samples_in_groups(activations: np.ndarray) -> None:
    explorer = srm.SRMExplorer(activations, groups=np.arange(len(activations)) % 9)
    errors = explorer.scope.resonance.groups
    assert errors is not None
    assert errors.n_groups == 9
    assert len(explorer.scope.survey.planes)
    _, whiskers, _ = explorer.planes.marks
    assert explorer.planes.axes[1].label == "alignment of the plane"
    assert len(whiskers.x) == 0
    explorer.close()

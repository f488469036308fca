"""The built page under fingers: what a drag moves, what a swipe scrolls, what a tap hits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.access import pictured, timeline
from tests.browser.fake import Scope, opened, small

LEAST = 24
MOVES = 12


@pytest.fixture
def scope(browser: Browser) -> Iterator[Scope]:
    """A scope on a telephone, in a page that scrolls."""
    context = browser.new_context(has_touch=True, viewport={"width": 400, "height": 800})
    yield from opened(context.new_page())
    context.close()


def swipe(scope: Scope, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Move a finger in a straight line."""
    session = scope.page.context.new_cdp_session(scope.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", start)
    for k in range(1, MOVES + 1):
        share = k / MOVES
        across, down = (a + share * (b - a) for a, b in zip(start, end, strict=True))
        touch("touchMove", (across, down))
    touch("touchEnd")
    session.detach()


def scrolled(scope: Scope) -> float:
    top: float = scope.page.evaluate("scrollY")
    return top


def tap(scope: Scope, place: tuple[float, float]) -> None:
    scope.page.touchscreen.tap(*place)


def test_the_beam_is_dragged_and_the_page_stays(scope: Scope) -> None:
    scope.open(small(6, theta=math.pi / 2, epsilon=0.5))
    start = scope.place(math.pi / 2, 0.6)
    before = scrolled(scope)
    swipe(scope, start, scope.place(0.0, 0.6))
    scope.wait("Math.cos(scope.model.get('theta')) > 0.995")
    # By its handle too, downwards, where the page would scroll.
    swipe(scope, scope.place(0.0, 1.0), scope.place(5.0, 1.0))
    scope.wait("Math.abs(scope.model.get('theta') - 5) < 0.1")
    assert scrolled(scope) == before


def test_an_edge_is_dragged(scope: Scope) -> None:
    scope.open(small(6, theta=0.0, epsilon=0.5))
    before = scrolled(scope)
    swipe(scope, scope.place(math.acos(0.5), 0.7), scope.place(math.acos(0.2), 0.7))
    scope.wait("Math.abs(scope.model.get('epsilon') - 0.2) < 0.05")
    assert scope.trait("theta") == 0
    assert scrolled(scope) == before


def test_a_swipe_elsewhere_scrolls_the_page(scope: Scope) -> None:
    scope.open(small(6, theta=math.pi / 2, epsilon=0.8))
    # On the disc beside the beam, on the map, on the readout.
    start = scope.place(3.6, 0.5)
    swipe(scope, start, (start[0], start[1] - 250))
    scope.wait("scrollY > 100")
    assert scope.trait("theta") == pytest.approx(math.pi / 2)
    start = scope.on_map(0.9, 0.6)
    before = scrolled(scope)
    swipe(scope, start, (start[0], start[1] - 200))
    scope.wait("scrollY > arg", before + 80)
    assert scope.trait("pair") == [0, 1]


def test_a_slider_is_dragged(scope: Scope) -> None:
    scope.open(small(6, epsilon=0.0))
    slider = scope.slider("Epsilon")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    before = scrolled(scope)
    swipe(
        scope,
        (box["x"] + box["width"] / 2, middle),
        (box["x"] + 0.75 * box["width"], middle),
    )
    scope.wait("scope.model.get('epsilon') > 0.4 && scope.model.get('epsilon') < 0.6")
    assert scrolled(scope) == before


def test_the_chart_of_a_timeline_is_dragged(scope: Scope) -> None:
    scope.open(timeline())
    chart = scope.view().locator(".srm-course")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    swipe(scope, (box["x"] + box["width"] - 12, middle), (box["x"] + 40, middle))
    scope.wait("scope.model.get('_frame').step === 0")


def test_taps(scope: Scope) -> None:
    scope.open(pictured(by_class=True))
    # Beside the beam, and within it.
    for theta in (4.0, 4.3):
        tap(scope, scope.place(theta, 0.8))
        scope.wait("Math.abs(scope.model.get('theta') - arg) < 0.05", theta)
    scope.button("dog").tap()
    scope.wait("scope.model.get('hidden_classes').join() === '1'")
    tap(scope, scope.on_map(2.5 / 6, 4.5 / 6))
    scope.wait("scope.model.get('pair').join() === '2,4'")
    tile = scope.view().get_by_role("toolbar").get_by_role("button").first
    tile.tap()
    expect(tile).to_have_attribute("aria-pressed", "true")
    scope.button("Save").tap()
    expect(scope.view().get_by_role("menu")).to_be_visible()
    scope.button("How to read this").tap()
    expect(scope.view().get_by_role("menu")).to_be_hidden()
    expect(scope.view().get_by_role("region", name="How to read this")).to_be_visible()


LAYERS: dict[str, dict[str, Any]] = {
    "samples": pictured(by_class=True, table=True, hidden_classes=[1]),
    "steps": timeline(),
    "unsurveyed": small(6, survey="waiting"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_targets_are_large_enough(scope: Scope, name: str) -> None:
    scope.open(LAYERS[name])
    scope.button("Save").tap()
    small_ones = scope.view().evaluate(
        """(scope, least) => [...scope.querySelectorAll("button, input, select, canvas[tabindex]")]
            .filter((node) => node.checkVisibility({ visibilityProperty: true }))
            .filter((node) => {
                const { width, height } = node.getBoundingClientRect();
                return width < least || height < least;
            })
            .map((node) => node.outerHTML)""",
        LEAST,
    )
    assert small_ones == []
    handle = scope.view().locator(".srm-handle-hit").bounding_box()
    assert handle
    assert min(handle["width"], handle["height"]) >= LEAST
    edge = scope.view().locator(".srm-edge-hit").first
    assert float(edge.evaluate("line => parseFloat(getComputedStyle(line).strokeWidth)")) >= LEAST

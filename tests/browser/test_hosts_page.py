"""The built page under zoom, on fine and coarse screens, and in a tab out of sight."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import expect

from tests.browser.fake import Scope, small
from tests.waiting import until

# As of a tab out of sight: what is to be done before the next frame waits.
# Pixels of the screen, and of the map's canvas, for one of the page.
FINENESS = """() => {
    const canvas = document.querySelector('.srm-map-canvas');
    return [devicePixelRatio, canvas.width / canvas.getBoundingClientRect().width];
}"""


@pytest.fixture
def scope(fresh_scope: Scope) -> Scope:
    """Screens and zoom are those of the test's own page."""
    return fresh_scope


def is_crisp(scope: Scope) -> bool:
    """Whether the map has a pixel of its own for each of the screen, or more."""
    ratio, fineness = scope.page.evaluate(FINENESS)
    return bool(fineness >= 0.99 * ratio)


def hits_what_is_seen(scope: Scope) -> None:
    """Point at three angles of the disc, at a slider and at a cell of the map."""
    for degrees in (90, 200, 330):
        scope.page.mouse.click(*scope.place(math.radians(degrees), 0.6))
        scope.wait("Math.abs(scope.model.get('theta') - arg) < 0.03", math.radians(degrees))
    scope.drag(scope.place(math.radians(330), 1), scope.place(0.4, 1), scope.place(1.0, 0.95))
    scope.wait("Math.abs(scope.model.get('theta') - 1) < 0.04")
    scope.page.mouse.click(*scope.on_map(0.625, 0.125))
    scope.wait(
        "scope.model.get('pair').join() === '0,2' || scope.model.get('pair').join() === '2,0'"
    )


@pytest.mark.parametrize("factor", [0.5, 1.5, 2])
def test_screens_of_any_fineness(scope: Scope, factor: float) -> None:
    scope.open(small())
    expect(scope.view().locator(".srm-map-canvas")).to_be_visible()
    devtools = scope.page.context.new_cdp_session(scope.page)
    size = {"width": 1000, "height": 1200, "mobile": False}
    devtools.send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": factor})
    until(lambda: is_crisp(scope), 10, lambda: str(scope.page.evaluate(FINENESS)))
    scope.page.evaluate("scope.model.set('cloud', 'density')")
    hits_what_is_seen(scope)


@pytest.mark.parametrize("zoom", [0.5, 1.5, 2])
def test_a_zoomed_page(scope: Scope, zoom: float) -> None:
    scope.open(small())
    scope.page.evaluate("zoom => { document.documentElement.style.zoom = zoom; }", zoom)
    scope.painted()
    hits_what_is_seen(scope)


def test_a_page_zoomed_with_two_fingers(scope: Scope) -> None:
    scope.open(small())
    devtools = scope.page.context.new_cdp_session(scope.page)
    devtools.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 1.5})
    hits_what_is_seen(scope)

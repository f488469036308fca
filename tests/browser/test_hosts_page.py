"""The built page under zoom, on fine and coarse screens, and in a tab out of sight."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake import Scope, opened, small
from tests.browser.server import until

# As of a tab out of sight: what is to be done before the next frame waits.
HIDE = """() => {
    const real = window.requestAnimationFrame;
    const waiting = new Map();
    let last = 1e6;
    window.requestAnimationFrame = task => { waiting.set(++last, task); return last; };
    window.cancelAnimationFrame = id => waiting.delete(id);
    window.waiting = () => waiting.size;
    window.show = () => {
        window.requestAnimationFrame = real;
        const tasks = [...waiting.values()];
        waiting.clear();
        for (const task of tasks) task(performance.now());
    };
}"""
# Pixels of the screen, and of the map's canvas, for one of the page.
FINENESS = """() => {
    const canvas = document.querySelector('.srm-map-canvas');
    return [devicePixelRatio, canvas.width / canvas.getBoundingClientRect().width];
}"""


@pytest.fixture
def scope(page: Page) -> Iterator[Scope]:
    yield from opened(page)


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


def test_a_tab_out_of_sight(scope: Scope) -> None:
    clock = scope.page.clock
    clock.install(time=0)
    scope.open(small())
    clock.pause_at(100_000)
    drawn = scope.view().locator("path.srm-curve")
    scope.page.evaluate(HIDE)
    # Answers go on to be heard, and what is to be drawn does not pile up.
    for k in range(200):
        scope.kernel("kernel.push({ theta: arg })", k / 100)
    assert scope.page.evaluate("waiting()") <= 2
    # Play goes no faster than the kernel answers, and no faster than in sight.
    scope.kernel("kernel.held = true")
    asked = scope.kernel("kernel.requests.length")
    scope.view().locator(".srm-tools .srm-play").dispatch_event("click")
    clock.run_for(60_000)
    assert scope.kernel("kernel.requests.length") - asked <= 2
    scope.kernel("kernel.answer(), kernel.held = false")
    clock.run_for(10_000)
    assert 2 < scope.kernel("kernel.requests.length") - asked < 65
    assert scope.page.evaluate("waiting()") <= 4
    scope.view().locator(".srm-tools .srm-play").dispatch_event("click")
    before = drawn.get_attribute("d") or ""
    scope.kernel("kernel.push({ pair: [1, 2], epsilon: 0.4, theta: 2 })")
    scope.page.evaluate("show()")
    clock.run_for(100)
    expect(drawn).not_to_have_attribute("d", before)
    expect(scope.view().locator(".srm-readout")).to_contain_text("θ = 114.6°")


def test_a_kernel_that_is_silent_in_the_page(scope: Scope) -> None:
    clock = scope.page.clock
    clock.install(time=0)
    scope.open(small(), views=2)
    clock.pause_at(100_000)
    scope.kernel("kernel.held = true")
    scope.slider("Rotation plane").press("ArrowRight")
    notices = scope.page.locator(".srm-kernel")
    clock.run_for(7900)
    for view in range(2):
        expect(notices.nth(view)).to_be_hidden()
    clock.run_for(4200)
    for view in range(2):
        expect(notices.nth(view)).to_have_text("No answer from the kernel for 12\u00a0s")
    expect(notices.first).to_have_role("status")
    scope.kernel("kernel.answer()")
    clock.run_for(100)
    for view in range(2):
        expect(notices.nth(view)).to_be_hidden()
    assert scope.page.evaluate("scope.model.get('position')") == 1

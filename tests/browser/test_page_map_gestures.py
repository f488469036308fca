"""The map of all planes in the built page, by mouse, touch and keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.fake import Scope, small
from tests.browser.navigator import canvas, cell, hover, line, zoom


@pytest.mark.firefox
def test_hovering_says_the_plane_and_its_score(scope: Scope) -> None:
    scope.open(small(4, pair=[1, 3]))
    shown = scope.trait("_frame")["alignment"]
    expect(line(scope)).to_contain_text("alignment")
    before = line(scope).text_content()
    score = scope.kernel("kernel.survey.score([0, 2])")
    said = hover(scope, cell(0, 4), cell(2, 4))
    number = f"{score:+.2f}".replace("-", "−")
    assert re.fullmatch(rf"b0 ∧ b2 · alignment {re.escape(number)} ± 0\.\d\d of \d+ samples", said)
    assert hover(scope, cell(2, 4), cell(2, 4)) == "one direction spans no plane"
    scope.page.mouse.move(5, 5)
    expect(line(scope)).to_have_text(before or "")
    assert f"{shown:.2f}".replace("-", "−") in (before or "")


def test_a_click_shows_the_plane_and_its_mirror(scope: Scope) -> None:
    scope.open(small(4))
    scope.page.mouse.click(*scope.on_map(cell(1, 4), cell(3, 4)))
    assert scope.trait("pair") == [1, 3]
    scope.page.mouse.click(*scope.on_map(cell(3, 4), cell(1, 4)))
    assert scope.trait("pair") == [3, 1]
    scope.page.mouse.click(*scope.on_map(cell(2, 4), cell(2, 4)))
    assert scope.trait("pair") == [3, 1]
    assert scope.kernel("kernel.requests.length") == 2
    expect(scope.view().locator(".srm-plane")).to_have_text("b3 ∧\u00a0b1")


@pytest.mark.firefox
def test_a_drag_pans_and_picks_nothing(scope: Scope) -> None:
    scope.open(small(32, 60, epsilon=0.4))
    zoom(scope, 0.5, 0.5, 4)
    held = hover(scope, 0.4, 0.2)
    scope.drag(scope.on_map(0.4, 0.2), scope.on_map(0.5, 0.4), scope.on_map(0.6, 0.5))
    assert hover(scope, 0.6, 0.5) == held
    assert scope.trait("pair") == [0, 1]
    # A slip of the hand is still a click.
    x, y = scope.on_map(0.6, 0.5)
    scope.drag((x, y), (x + 2, y + 1))
    i, j = scope.trait("pair")
    assert held.startswith(f"b{i} ∧ b{j} ")


@pytest.mark.firefox
@pytest.mark.parametrize("place", [(0.45, 0.6), (0.1, 0.85)])
def test_wheel_with_control_zooms_about_the_pointer(
    scope: Scope, place: tuple[float, float]
) -> None:
    scope.page.set_viewport_size({"width": 900, "height": 500})
    scope.open(small(32, 60, epsilon=0.4))
    held = hover(scope, *place)
    scrolled = scope.page.evaluate("scrollY")
    zoom(scope, *place, 5)
    assert hover(scope, *place) == held
    assert scope.page.evaluate("scrollY") == scrolled
    expect(scope.button("Zoom out")).to_be_enabled()
    zoom(scope, *place, -9)
    assert hover(scope, *place) == held
    expect(scope.button("Zoom out")).to_be_disabled()


def test_the_plain_wheel_scrolls_the_page(scope: Scope) -> None:
    scope.page.set_viewport_size({"width": 900, "height": 500})
    scope.open(small(32, 60, epsilon=0.4))
    scope.page.mouse.move(*scope.on_map(0.2, 0.5))
    scrolled = scope.page.evaluate("scrollY")
    scope.page.mouse.wheel(0, 120)
    scope.wait("scrollY > arg", scrolled + 60)
    expect(scope.button("Zoom out")).to_be_disabled()


def test_a_double_click_zooms_in(scope: Scope) -> None:
    scope.open(small(32, 60, epsilon=0.4))
    held = hover(scope, 0.3, 0.72)
    scope.page.mouse.dblclick(*scope.on_map(0.3, 0.72))
    expect(scope.button("Zoom out")).to_be_enabled()
    assert hover(scope, 0.3, 0.72) == held
    assert hover(scope, 0.0, 0.0) != "one direction spans no plane"


@pytest.mark.firefox
def test_buttons_zoom_about_the_plane_on_show(scope: Scope) -> None:
    scope.open(small(32, 60, epsilon=0.4, pair=[20, 5]))
    for _ in range(3):
        scope.button("Zoom in").click()
    expect(scope.button("Zoom in")).to_be_disabled()
    # At its own place still, for what is zoomed about stands still.
    assert hover(scope, cell(20, 32), cell(5, 32)).startswith("b20 ∧ b5 ")
    scope.button("Zoom out").click()
    scope.button("Whole map").click()
    expect(scope.button("Whole map")).to_be_disabled()
    assert hover(scope, cell(31, 32), cell(0, 32)).startswith("b31 ∧ b0 ")


def test_two_fingers_zoom_and_pan(scope: Scope) -> None:
    scope.open(small(32, 60, epsilon=0.4))
    held = hover(scope, 0.5, 0.4)
    session = scope.page.context.new_cdp_session(scope.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    apart = [(0.1, 0.1), (0.15, 0.12), (0.2, 0.14), (0.25, 0.18), (0.3, 0.2)]
    touch("touchStart", scope.on_map(0.5, 0.4 - 0.1), scope.on_map(0.5, 0.4 + 0.1))
    for left, right in apart:
        touch("touchMove", scope.on_map(0.5, 0.4 - left), scope.on_map(0.5, 0.4 + right))
    touch("touchEnd")
    expect(scope.button("Zoom out")).to_be_enabled()
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    # The middle of the fingers went to the left, and the plane between them with it.
    assert hover(scope, 0.5, 0.35) == held
    assert scope.trait("pair") == [0, 1]


@pytest.mark.firefox
def test_a_single_plane(scope: Scope) -> None:
    scope.open(small(2))
    assert scope.pixel(0.25, 0.75)[3] == 255
    assert scope.pixel(0.25, 0.25)[3] == 0
    expect(scope.button("Zoom in")).to_be_hidden()
    canvas(scope).focus()
    for key in ("ArrowRight", "ArrowDown", "End", "PageUp", "+", "0"):
        canvas(scope).press(key)
    assert scope.trait("pair") == [0, 1]
    scope.page.mouse.click(*scope.on_map(0.75, 0.25))
    assert scope.trait("pair") == [1, 0]

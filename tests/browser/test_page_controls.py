"""The built page's controls and gestures, by mouse and by keyboard."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import expect

from tests.browser.fake import Scope, small

pytestmark = pytest.mark.firefox


def test_the_handle_turns_the_beam(scope: Scope) -> None:
    scope.open(small(theta=0.5))
    stops = [0.5, 0.2, 6.0, 5.0]
    scope.drag(*(scope.place(stop, 1.0) for stop in stops))
    assert scope.trait("theta") == pytest.approx(5.0, abs=0.02)
    assert scope.kernel("kernel.traits.theta") == scope.trait("theta")
    expect(scope.view().locator(".srm-rows")).to_contain_text(f"θ = {286}")


def test_the_wedge_turns_from_where_it_is_held(scope: Scope) -> None:
    scope.open(small(theta=1.0, epsilon=0.5))
    scope.drag(scope.place(0.6, 0.6), scope.place(1.6, 0.6))
    assert scope.trait("theta") == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize("side", [-1, 1])
def test_an_edge_changes_epsilon(scope: Scope, side: int) -> None:
    scope.open(small(theta=1.0, epsilon=0.5))
    edge = side * math.acos(0.5)
    scope.drag(scope.place(1.0 + edge, 0.7), scope.place(1.0 + 1.5 * edge, 0.7))
    assert scope.trait("epsilon") == pytest.approx(math.cos(1.5 * edge), abs=0.015)
    assert scope.trait("theta") == 1.0
    assert scope.kernel("kernel.traits.epsilon") == scope.trait("epsilon")


@pytest.mark.parametrize("theta", [2.5, 0.4])
def test_a_click_turns_the_beam_there_within_it_too(scope: Scope, theta: float) -> None:
    scope.open(small(theta=0.0, epsilon=0.5))
    scope.page.mouse.click(*scope.place(theta, 0.8))
    assert scope.trait("theta") == pytest.approx(theta, abs=0.02)


def test_a_click_on_handle_or_edge_moves_nothing(scope: Scope) -> None:
    scope.open(small(theta=0.0, epsilon=0.5))
    for place in (scope.place(0.05, 1.0), scope.place(math.acos(0.5) + 0.02, 0.7)):
        scope.page.mouse.click(*place)
    assert (scope.trait("theta"), scope.trait("epsilon")) == (0.0, 0.5)
    assert scope.kernel("kernel.requests.length") == 0


def test_sliders_by_mouse_and_by_keyboard(scope: Scope) -> None:
    scope.open(small(pair=[0, 2], theta=0.5))
    slides(scope, "Rotation plane", "position", 0, 5)
    slides(scope, "Epsilon", "epsilon", -1, 1)
    slides(scope, "Spotlight angle", "theta", 0, math.radians(359))
    slides(scope, "Angular resolution", "resolution", 4, 2880)


def slides(scope: Scope, name: str, trait: str, low: float, high: float) -> None:
    slider = scope.slider(name)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    scope.page.mouse.click(box["x"] + 0.75 * box["width"], middle)
    share = (scope.trait(trait) - low) / (high - low)
    assert share == pytest.approx(0.75, abs=0.06)

    for key, value in (("End", high), ("Home", low)):
        slider.press(key)
        assert scope.trait(trait) == pytest.approx(value)
        assert scope.kernel("kernel.traits[arg]", trait) == scope.trait(trait)
    before = scope.trait(trait)
    slider.press("ArrowRight")
    assert scope.trait(trait) > before
    scope.painted()
    text = slider.get_attribute("aria-valuetext") or ""
    shown = slider.locator("xpath=following-sibling::span").text_content() or ""
    assert [part for part in shown.split(" · ") if part not in text] == []


def test_keyboard_reaches_every_control(scope: Scope) -> None:
    scope.open(small(6))
    reached = []
    controls = ["Signed", "Gain", "Map", "Directions", "Play", "Save", "How to read this"]
    controls += [
        "Samples as",
        "This plane",
        "All planes",
        "Planes",
        "Pairs",
        "Zoom in",
        "Map of planes",
        "Test alignment against turned bases",
    ]
    controls += ["Plane order", "Rotation plane", "First direction", "Swap", "Second direction"]
    controls += ["Find direction", "Turn to the peak"]
    controls += ["Epsilon", "Spotlight angle", "Angular resolution"]
    for _ in controls:
        scope.page.keyboard.press("Tab")
        reached.append(
            scope.page.evaluate(
                "[document.activeElement.ariaLabel"
                " ?? (document.activeElement.labels?.[0] ?? document.activeElement).textContent,"
                " getComputedStyle(document.activeElement).outlineStyle,"
                " document.activeElement.dataset.lmSuppressShortcuts]"
            )
        )
    assert reached == [[name, "solid", "true"] for name in controls]

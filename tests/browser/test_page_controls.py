"""The built page's controls and gestures, by mouse and by keyboard."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake import NBSP, Scope, opened, small

SLIDERS = ["Rotation plane", "Epsilon", "Spotlight angle", "Angular resolution"]
FIELDS = ["First direction", "Second direction"]


@pytest.fixture
def scope(page: Page) -> Iterator[Scope]:
    yield from opened(page)


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


@pytest.mark.parametrize(
    ("name", "trait", "low", "high"),
    [
        ("Rotation plane", "position", 0, 5),
        ("Epsilon", "epsilon", -1, 1),
        ("Spotlight angle", "theta", 0, math.radians(359)),
        ("Angular resolution", "resolution", 4, 2880),
    ],
)
def test_sliders_by_mouse_and_by_keyboard(
    scope: Scope, name: str, trait: str, low: float, high: float
) -> None:
    scope.open(small(pair=[0, 2], theta=0.5))
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


def test_the_slider_walks_through_the_planes(scope: Scope) -> None:
    scope.open(small())
    seen = []
    for _ in range(5):
        scope.slider("Rotation plane").press("ArrowRight")
        seen.append(scope.trait("pair"))
    assert seen == [[0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    expect(scope.view().locator(".srm-plane")).to_have_text(f"b2 ∧{NBSP}b3")
    expect(scope.field("First direction")).to_have_value("2")


def test_number_fields_choose_a_plane(scope: Scope) -> None:
    scope.open(small())
    scope.field("Second direction").fill("3")
    scope.field("Second direction").press("Enter")
    assert scope.trait("pair") == [0, 3]
    scope.button("Swap").click()
    assert (scope.trait("pair"), scope.trait("position")) == ([3, 0], 2)
    expect(scope.field("First direction")).to_have_value("3")


def commit(scope: Scope, field: Locator, entry: str, *, slow: bool) -> None:
    """Type an entry and press Enter; a slow kernel answers after the page has been drawn."""
    scope.kernel("kernel.held = arg", slow)
    field.fill(entry)
    field.press("Enter")
    scope.painted()
    while scope.kernel("kernel.waiting"):
        expect(field).to_have_value(entry)
        scope.kernel("kernel.answer()")
    scope.kernel("kernel.held = false")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("1.5", "expected a whole number from 0 to 3, got 1.5"),
        ("", "expected a whole number from 0 to 3, got none"),
        ("9", "expected directions from 0 to 3, got (9, 1)"),
        ("1", "expected two different directions, got (1, 1)"),
    ],
)
@pytest.mark.parametrize("slow", [False, True])
def test_a_refused_entry_is_said_and_put_right(
    scope: Scope, entry: str, said: str, slow: bool
) -> None:
    scope.open(small())
    curve = scope.view().locator(".srm-curve").get_attribute("d")
    field, error = scope.field("First direction"), scope.view().get_by_role("alert")
    expect(error).to_be_hidden()
    commit(scope, field, entry, slow=slow)
    expect(error).to_have_text(said)
    expect(field).to_have_value(entry)
    expect(field).to_have_attribute("aria-invalid", "true")
    assert scope.trait("pair") == [0, 1]
    assert scope.view().locator(".srm-curve").get_attribute("d") == curve

    field.fill("2")
    field.press("Enter")
    expect(error).to_be_hidden()
    assert scope.trait("pair") == [2, 1]
    expect(field).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("entry", ["1.5", "9"])
def test_leaving_a_refused_entry_ends_the_error(scope: Scope, entry: str) -> None:
    scope.open(small())
    field, error = scope.field("First direction"), scope.view().get_by_role("alert")
    commit(scope, field, entry, slow=True)
    expect(error).to_be_visible()
    field.blur()
    expect(error).to_be_hidden()
    expect(field).to_have_value("0")
    assert scope.trait("error") == ""


def test_an_error_of_the_kernel_is_shown_until_it_is_over(scope: Scope) -> None:
    scope.open(small())
    error = scope.view().get_by_role("alert")
    scope.kernel("kernel.push({ pair: [0, 7] })")
    expect(error).to_have_text("expected directions from 0 to 3, got (0, 7)")
    expect(scope.view().locator(".srm-curve")).not_to_have_attribute("d", "")
    scope.slider("Epsilon").press("ArrowLeft")
    expect(error).to_be_hidden()


def test_a_single_plane_leaves_nothing_to_slide(scope: Scope) -> None:
    scope.open(small(2))
    expect(scope.slider("Rotation plane")).to_be_disabled()
    expect(scope.button("Play")).to_be_disabled()
    expect(scope.slider("Rotation plane")).to_have_attribute("aria-valuetext", "1 of 1")


def test_keyboard_reaches_every_control(scope: Scope) -> None:
    scope.open(small(6))
    reached = []
    controls = ["Signed", "Gain", "Map", "Directions", "Play", "Save", "How to read this"]
    controls += ["Samples as", "Zoom in", "Map of planes"]
    controls += ["Plane order", "Rotation plane", "First direction", "Swap", "Second direction"]
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


def test_names_for_assistive_technology(scope: Scope) -> None:
    scope.open(small())
    for name in SLIDERS:
        expect(scope.slider(name)).to_be_visible()
    for name in FIELDS:
        expect(scope.field(name)).to_be_visible()
    expect(scope.view().get_by_role("switch", name="Signed", exact=True)).to_be_visible()
    expect(scope.button("Play")).to_be_visible()
    expect(scope.view().get_by_role("img", name="Polar scope")).to_be_visible()

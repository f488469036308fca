"""axe-core finds nothing to say of the built page, whatever it shows and however it looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.access import (
    LOOKS,
    labelled,
    pictured,
    rested,
    timeline,
    tokens,
    violations,
    written,
)
from tests.browser.fake import Scope, small, wide
from tests.browser.navigator import navigator, zoom

Act = Callable[[Scope], object]


def late(scope: Scope) -> None:
    """Another cone that the kernel does not answer, until what is old is dimmed."""
    scope.kernel("kernel.held = true")
    scope.slider("Epsilon").fill("0.5")
    expect(scope.view().locator(".srm-rows")).to_have_css("opacity", "0.7")
    for each in scope.view().locator(".srm-rows, tbody, .srm-tiles").all():
        expect(each).to_have_css("opacity", "0.7")


def playing(scope: Scope) -> None:
    scope.kernel("kernel.held = true")
    scope.button("Play").click()
    expect(scope.button("Pause")).to_be_visible()


def zoomed(scope: Scope) -> None:
    zoom(scope, 0.5, 0.5, 3)
    expect(scope.button("Whole map")).to_be_enabled()


def densely(scope: Scope) -> None:
    expect(scope.view().locator("canvas.srm-density-unlit")).to_be_visible()


def refused(scope: Scope) -> None:
    scope.field("Second direction").fill("0")
    scope.field("Second direction").press("Enter")
    expect(scope.view().get_by_role("alert")).to_be_visible()


def press(name: str) -> Act:
    return lambda scope: scope.button(name).click()


def tabled(scope: Scope) -> None:
    scope.button("Purity").click()
    scope.view().get_by_role("rowheader").nth(2).get_by_role("button").click()


def nothing(_: Scope) -> None:
    pass


STATES: dict[str, tuple[dict[str, Any], Act]] = {
    "plain": (small(6), nothing),
    "titled": (small(6, title="Digits"), nothing),
    "no map, no points": (small(6, navigator=False, cloud="off"), nothing),
    "signed": (small(6, signed=True), nothing),
    "gain": (small(6, scale="gain"), nothing),
    "density": (small(6, cloud="density"), densely),
    "ratio": (small(6, cloud="ratio"), densely),
    "classes": (labelled(by_class=True, hidden_classes=[1]), nothing),
    "classes not drawn": (labelled(), nothing),
    "all classes off": (written(by_class=True, hidden_classes=[0, 1, 2]), nothing),
    "pictures": (pictured(by_class=True, highlight=[1, 2, 3]), nothing),
    "texts": (written(by_class=True, highlight=[1, 2, 3]), nothing),
    "tokens": (tokens(by_class=True, highlight=[1, 2, 3]), nothing),
    "table": (labelled(table=True), tabled),
    "table without labels": (small(6, table=True), nothing),
    "zoomed": (wide(300), zoomed),
    **{f"map {state}": (small(6, survey=state), nothing) for state in ("waiting", "failed")},
    "map running": (small(6, survey="running"), nothing),
    "timeline": (timeline(step=1, compare=2), nothing),
    "timeline, signed": (timeline(signed=True, scale="gain"), nothing),
    "levels": (small(4, epsilon=0.7, resolution=72, levels=[0.5, 0.7, 0.9]), nothing),
    "one plane": (small(2), nothing),
    "refused": (small(6), refused),
    "unlit": (pictured() | {"epsilon": 1.0}, nothing),
    "all lit": (pictured(by_class=True) | {"epsilon": -1.0}, nothing),
    "pending": (pictured(by_class=True, table=True, highlight=[1]), late),
    "pending texts": (written(table=True), late),
    "playing": (small(6), playing),
    "help": (small(6), press("How to read this")),
    "save": (small(6), press("Save")),
}


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(scope: Scope, name: str) -> None:
    layer, act = STATES[name]
    scope.page.set_viewport_size({"width": 900, "height": 1200})
    scope.open(layer)
    act(scope)
    rested(scope)
    assert violations(scope.page) == []
    # Contrast is the theme's, and what lies where is the width's: all four would show no more.
    scope.page.evaluate("document.body.className = 'dark'")
    expect(scope.view()).to_have_attribute("data-srm-theme", "dark")
    scope.page.set_viewport_size({"width": 360, "height": 1200})
    rested(scope)
    assert violations(scope.page, only=LOOKS) == [], "dark, 360 px"
    scope.page.emulate_media(forced_colors="active")
    rested(scope)
    assert violations(scope.page, only=LOOKS) == [], "forced colours"


def test_axe_sees_what_is_wrong(scope: Scope) -> None:
    scope.open(small(6, table=True))
    scope.view().evaluate(
        """scope => {
            scope.style.setProperty("--srm-quiet", "#999999");
            scope.querySelector("canvas[role]").removeAttribute("aria-label");
            const tools = scope.querySelector(".srm-tools");
            tools.style.cssText = "flex-direction: column; gap: 0;";
            for (const { style } of tools.children) style.cssText = "min-height: 0; height: 12px;";
        }"""
    )
    found = " ".join(violations(scope.page))
    for rule in ("color-contrast", "aria-", "target-size"):
        assert rule in found
    looks = " ".join(violations(scope.page, only=LOOKS))
    for rule in ("color-contrast", "target-size"):
        assert rule in looks


def test_many_scopes_in_a_page_stay_apart(scope: Scope) -> None:
    scope.open(pictured(by_class=True, table=True, title="Digits"), views=2)
    assert violations(scope.page) == []
    # The page of the test has no landmarks and no headings, as a notebook would.
    host = ("landmark-one-main", "page-has-heading-one", "region")
    assert violations(scope.page, None, host) == []
    expect(navigator(scope)).to_be_visible()

"""What a screen reader says of the built page is what is seen of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.access import labelled, pictured, timeline, written
from tests.browser.fake import Scope, small, wide
from tests.browser.navigator import canvas, zoom


def described(scope: Scope, node: Locator) -> str:
    """The description of an element, as Chromium hands it to assistive technology."""
    session = scope.page.context.new_cdp_session(scope.page)
    node.evaluate("node => { window.described = node; }")
    found = session.send("Runtime.evaluate", {"expression": "window.described"})
    handle = {"objectId": found["result"]["objectId"], "fetchRelatives": False}
    nodes = session.send("Accessibility.getPartialAXTree", handle)["nodes"]
    text: str = nodes[0].get("description", {}).get("value", "")
    return text.replace("\u00a0", " ")


def said(node: Locator) -> str:
    return (node.text_content() or "").replace("\u00a0", " ")


def test_the_whole_reads_well(scope: Scope) -> None:
    scope.open(labelled(by_class=True, hidden_classes=[1], title="Digits", theta=1.0))
    expect(scope.view()).to_match_aria_snapshot(
        """
        - group "Spotlight resonance Digits":
          - heading "Digits" [level=2]
          - text: 300 samples × 6 · standard basis
          - button "Signed"
          - button "Gain"
          - button "Classes" [pressed]
          - button "Map" [pressed]
          - button "Directions"
          - button "Play"
          - button "Save"
          - button "How to read this"
          - figure:
            - img "Polar scope"
            - list "Legend"
            - text: Samples as
            - combobox "Samples as"
            - group "Samples of":
              - button "This plane" [pressed]
              - button "All planes"
            - group "Classes":
              - button "cat" [pressed]
              - button "dog"
              - button "owl" [pressed]
              - button "All"
          - group "Readout":
            - heading "b0 ∧ b1" [level=3]
            - term: spotlight
            - definition: /θ = 57.3° ±.46°$/
            - term: lit
            - definition: /\\d+ of 300 · .* %/
            - term: isotropic
            - definition: /% · gain/
            - term: lit at any θ
            - definition: /\\d+ · .* %/
            - term: mean arc
            - definition: /±.\\d+°/
            - term: alignment
            - definition: /±.* · (along|between|undecided)/
            - term: peak
            - definition: /% at/
            - term: computed in
            - definition: 0.4 ms
            - heading "lit by class" [level=4]
            - term
            - definition
            - term
            - definition
            - term
            - definition
            - paragraph: /Plane b0 ∧ b1/
          - group "Navigator":
            - group "Show planes as":
              - button "Planes" [pressed]
              - button "Pairs"
            - heading "Planes by alignment" [level=3]
            - paragraph: all 15 lit at ε = 0.70
            - button "Zoom in"
            - button "Zoom out" [disabled]
            - button "Whole map" [disabled]
            - application "Map of planes"
            - img /Colours of the map. .* between axes to 0 to along axes/
            - paragraph: /b0 ∧ b1 · alignment/
          - text: Rotation plane by
          - combobox "Plane order"
          - slider "Rotation plane"
          - text: First direction
          - spinbutton "First direction": "0"
          - button "Swap"
          - text: Second direction
          - spinbutton "Second direction": "1"
          - text: Epsilon
          - slider "Epsilon"
          - text: Spotlight angle
          - slider "Spotlight angle"
          - text: Angular resolution
          - slider "Angular resolution"
        """
    )


def test_the_picture_is_described(scope: Scope) -> None:
    scope.open(labelled(theta=1.0))
    picture = scope.view().get_by_role("img", name="Polar scope")
    frame = scope.trait("_frame")
    text = described(scope, picture)
    for part in (
        "Plane b0 ∧ b1: spotlight at 57.3° ± 46°",
        f"{frame['n_lit']} of 300 samples lit, mos",
        "isotropic data would light",
        "Alignment ",
        f"peak {100 * frame['peak'] / 300:.1f} % at",
    ):
        assert part in text
    scope.kernel("kernel.push({ epsilon: 0.99 })")


def test_the_map_says_where_it_stands(scope: Scope) -> None:
    scope.open(wide(300))
    live = scope.view().get_by_role("group", name="Navigator").locator("[aria-live]").first
    canvas(scope).press("ArrowDown")
    scope.wait("scope.model.get('_frame').pair[0] === 2")
    scope.painted()
    text = described(scope, canvas(scope))
    assert text.startswith("b2 ∧ b1 · alignment ")
    assert text.endswith(
        "Arrow keys choose a plane, plus and minus zoom, zero shows the whole map."
    )
    zoom(scope, 0.5, 0.5, 3)
    expect(live).to_have_text(re.compile(r"^Zoomed: rows \d+ to \d+, columns \d+ to \d+ of 300\.$"))
    scope.page.mouse.move(0, 0)
    scope.painted()
    assert said(live) in described(scope, canvas(scope))
    canvas(scope).press("0")
    expect(live).to_have_text("")


def test_classes_say_their_counts(scope: Scope) -> None:
    scope.open(labelled(by_class=True))
    for name in ("cat", "dog", "owl"):
        button = scope.view().get_by_role("button", name=name, exact=True)
        assert described(scope, button) == "100 samples; with Shift this class alone"
        expect(button).to_have_attribute("aria-pressed", "true")


LAYERS: dict[str, tuple[dict[str, Any], str]] = {
    "pictures": (pictured(), ""),
    "texts": (written(), r"(Cannot be shown|text number .*) · "),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_tiles_are_named_once(scope: Scope, kind: str) -> None:
    layer, seen = LAYERS[kind]
    pattern = rf"^sample \d+ · {seen}(cat|dog|owl) · 0\.\d\d cosine( · no such file)?$"
    scope.open(layer)
    tiles = scope.view().get_by_role("toolbar").get_by_role("button")
    expect(tiles).to_have_count(24)
    for tile in tiles.all():
        assert re.match(pattern, tile.get_attribute("aria-label") or "")
    assert described(scope, tiles.first) == ""


def test_the_table_is_one(scope: Scope) -> None:
    scope.open(labelled(table=True, table_least=0, theta=0.0))
    table = scope.view().get_by_role("table", name="sorted by purity, falling")
    heads = table.get_by_role("columnheader")
    named = ["Direction", "Samples", "Kurtosis", "Majority", "Purity", "Coverage"]
    expect(heads).to_have_text(named)
    orders = heads.evaluate_all("all => all.map(each => each.ariaSort)")
    assert orders == ["none", "none", "none", "none", "descending", "none"]
    current = table.locator("tr[aria-current=true]")
    expect(current.get_by_role("rowheader")).to_have_text("+b0")
    expect(current.get_by_role("cell")).to_have_count(5)
    assert described(scope, current.get_by_role("button")) == ""


def test_a_refusal_is_an_alert(scope: Scope) -> None:
    scope.open(small(6))
    field = scope.field("Second direction")
    field.fill("9")
    field.press("Enter")
    expect(scope.view()).to_match_aria_snapshot(
        '- alert: "expected directions from 0 to 5, got (0, 9)"'
    )
    expect(field).to_have_attribute("aria-invalid", "true")


def test_the_course_of_a_timeline_is_told(scope: Scope) -> None:
    scope.open(timeline())
    expect(scope.view().get_by_role("group", name="Steps")).to_match_aria_snapshot(
        """
        - heading "Alignment over steps" [level=3]
        - text: Compare with
        - combobox "Compare with"
        - list:
          - listitem: /this plane at ε = 0.70. [+−]0.\\d+ ± 0.\\d+/
          - listitem: /layer, A₄. [+−]0.\\d+/
        - img /Alignment over 4 steps of this plane .* at epoch 0 .*; on show .* at epoch 3/
        - text: Step
        - button "Play steps"
        - slider "Step"
        """
    )

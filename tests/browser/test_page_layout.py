"""How wide and how high the scope is, whatever holds it; and in which order its parts stand."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.fake import Scope, opened, small

WIDTHS = (320, 348, 420, 520, 640, 768, 804, 900, 1000, 1100)

LEAST, LIKED = 300, 640

# As ipywidgets and what else holds widgets lay them out: style of the parent, style of each child,
# and how many scopes share the width.
HOLDERS: dict[str, tuple[str, str, int]] = {
    "block": ("", "", 1),
    "row": ("display: flex", "", 1),
    "two in a row": ("display: flex", "", 2),
    "row of items at the end": ("display: flex; justify-content: flex-end", "", 1),
    "centred row": ("display: flex; justify-content: center; align-items: center", "", 1),
    "row that wraps": ("display: flex; flex-flow: row wrap", "", 1),
    "column": ("display: flex; flex-direction: column", "", 1),
    "centred column": ("display: flex; flex-direction: column; align-items: center", "", 1),
    "inline-flex": ("display: inline-flex", "", 1),
    "grid": ("display: grid", "", 1),
    "grid of auto columns": ("display: grid; grid-template-columns: auto auto", "", 2),
    "grid of equal columns": ("display: grid; grid-template-columns: 1fr 1fr", "", 2),
    "centred in a grid": ("display: grid; justify-items: center", "", 1),
    "fit-content": ("width: fit-content", "", 1),
    "inline-block": ("display: inline-block", "", 1),
    "table": ("display: table", "", 1),
    "cells of a table": ("display: table", "display: table-cell", 2),
    "floating": ("display: flow-root", "float: left", 1),
    "afloat": ("position: relative; height: 2000px", "position: absolute", 1),
    "no room of its own": ("display: grid; grid-template-columns: 0 1fr", "grid-column: 1", 1),
}

# Widths of the views in each holder at each width, and what the holder needs for them.
MEASURE = """([holders, widths]) => {
    const views = scope.views.map(({ el }) => el);
    const outer = document.createElement("div");
    document.body.append(outer);
    const measured = {};
    for (const [name, [style, child, count]] of Object.entries(holders)) {
        const holder = document.createElement("div");
        holder.style.cssText = `box-sizing: border-box; overflow: auto; ${style}`;
        const held = views.slice(0, count);
        for (const view of held) view.style.cssText = `margin: 2px; ${child}`;
        holder.append(...held);
        outer.replaceChildren(holder);
        measured[name] = widths.map((width) => {
            outer.style.width = `${width}px`;
            const sizes = held.map((view) => view.firstChild.getBoundingClientRect().width);
            return { width, sizes, needs: holder.scrollWidth };
        });
    }
    return measured;
}"""


def test_no_holder_makes_it_too_narrow(scope: Scope) -> None:
    scope.resize(1280, 900)
    scope.open(small(navigator=False), views=2)
    measured = scope.page.evaluate(MEASURE, [HOLDERS, WIDTHS])
    for name, rows in measured.items():
        *_, count = HOLDERS[name]
        for row in rows:
            share = (row["width"] - 4 * count) / count
            for size in row["sizes"]:
                least = 240 if name == "no room of its own" else min(LEAST, share)
                assert size >= least - 0.5, (name, row)
                assert size <= max(LEAST, share + 4 * count), (name, row)
            if share >= LEAST:
                assert row["needs"] <= row["width"], (name, row)
    # What has no width of its own is as wide as the scope likes to be.
    for name in ("row", "centred column", "fit-content", "table", "afloat", "floating"):
        assert measured[name][-1]["sizes"] == [LIKED], name
    for name in ("block", "column", "grid"):
        assert measured[name][-1]["sizes"] == [1096], name


HEIGHTS: dict[str, tuple[str, str]] = {
    "of its own": ("", "height: 400px"),
    "of a row": ("display: flex; height: 404px", ""),
    "of a host that is filled": (
        "display: flex; flex-direction: column; height: 404px",
        "flex: 1 1 auto; min-height: 0; overflow: hidden",
    ),
    "of a row of a grid": ("display: grid; grid-template-rows: 404px", ""),
}


@pytest.mark.parametrize("name", HEIGHTS)
def test_a_height_that_is_given_is_kept_and_scrolled(scope: Scope, name: str) -> None:
    scope.open(small())
    holder, view = HEIGHTS[name]
    scope.page.evaluate(
        """([holder, view]) => {
            const [{ el }] = scope.views;
            const parent = document.createElement("div");
            parent.style.cssText = holder;
            el.style.cssText = `margin: 2px; ${view}`;
            el.replaceWith(parent);
            parent.append(el);
        }""",
        [holder, view],
    )
    expect(scope.view()).to_have_css("overflow-y", "auto")
    box = scope.view().bounding_box()
    assert box
    assert box["height"] == 400
    last = scope.slider("Angular resolution")
    last.scroll_into_view_if_needed()
    end = last.bounding_box()
    assert end
    assert box["y"] < end["y"] < end["y"] + end["height"] < box["y"] + box["height"]
    assert scope.page.evaluate("document.documentElement.scrollHeight") <= 900
    # With room again, nothing is cut off that reaches beyond its edge.
    scope.page.evaluate("scope.views[0].el.parentNode.style.height = ''")
    scope.page.evaluate("scope.views[0].el.parentNode.style.gridTemplateRows = ''")
    scope.page.evaluate("scope.views[0].el.style.height = ''")
    expect(scope.view()).to_have_css("overflow-y", "visible")


@pytest.mark.parametrize(("width", "height"), [(320, 640), (360, 740), (600, 800)])
def test_in_a_narrow_place_sliders_and_picture_are_seen_together(
    scope: Scope, width: int, height: int
) -> None:
    scope.open(small(8, table=True))
    scope.resize(width, height)
    scope.view().locator(".srm-polar").evaluate("node => node.scrollIntoView()")
    picture, angle = (
        scope.view().locator(".srm-polar").bounding_box(),
        scope.slider("Spotlight angle").bounding_box(),
    )
    assert picture
    assert angle
    assert 0 <= picture["y"] < angle["y"] < angle["y"] + angle["height"] <= height
    parts = "root => [...root.querySelector('.srm-body').children].map(node => node.className)"
    assert scope.view().evaluate(parts)[1:4] == ["srm-figure", "srm-controls", "srm-keys"]


@pytest.mark.parametrize(("width", "height"), [(667, 340), (844, 390)])
def test_on_a_phone_that_lies_on_its_side_they_stand_side_by_side(
    browser: Browser, width: int, height: int
) -> None:
    phone = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True
    )
    with phone as context:
        for scope in opened(context.new_page()):
            scope.open(small(8))
            expect(scope.slider("Spotlight angle")).to_be_visible()
            scope.painted()
            picture, angle = (
                scope.view().locator(".srm-polar").bounding_box(),
                scope.slider("Spotlight angle").bounding_box(),
            )
            assert picture
            assert angle
            assert picture["x"] + picture["width"] <= angle["x"]
            assert picture["height"] <= height
            bottom = max(picture["y"] + picture["height"], angle["y"] + angle["height"])
            assert bottom - picture["y"] <= height
            assert scope.page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_has_the_focus_keeps_it_when_the_width_is_another(scope: Scope) -> None:
    layer: dict[str, Any] = small(4)
    scope.open(layer)
    places = scope.view().get_by_role("button", name="All planes")
    for width in (900, 360, 900):
        scope.resize(width, 900)
        places.focus()
        scope.resize(1260 - width, 900)
        expect(places).to_be_focused()


# The colours in the middle of all cells, and the sizes of the picture and of its place.
DRAWN = """async (width) => {
    document.body.style.width = `${width}px`;
    for (let k = 0; k < 3; k += 1) await new Promise(requestAnimationFrame);
    const canvas = document.querySelector(".srm-map-canvas");
    const { width: wide, height: high } = canvas.getBoundingClientRect();
    window.copy ??= new OffscreenCanvas(8, 8).getContext("2d", { willReadFrequently: true });
    const [cell, row] = [canvas.width / 8, canvas.height / 8];
    for (let k = 0; k < 64; k += 1) {
        const [x, y] = [k % 8, Math.floor(k / 8)];
        const [left, top] = [Math.floor((x + 0.5) * cell), Math.floor((y + 0.5) * row)];
        copy.drawImage(canvas, left, top, 1, 1, x, y, 1, 1);
    }
    const cells = copy.getImageData(0, 0, 8, 8).data.join();
    copy.clearRect(0, 0, 8, 8);
    return { cells, pixels: [canvas.width, canvas.height], shown: [wide, high].map(Math.round) };
}"""


def test_the_map_is_drawn_where_it_is_clicked(scope: Scope) -> None:
    """At every thirteenth width; and on a new canvas, whose 300 pixels are those of width 804."""
    scope.resize(1280, 900)
    scope.open(small(8), views=0)
    scope.page.evaluate("document.body.style.width = '804px'")
    scope.page.evaluate("view()")
    scope.wait("document.querySelector('.srm-map-canvas')?.width > 0")
    expect(scope.view().locator(".srm-map-line")).to_contain_text("alignment")
    scope.painted()
    seen = [scope.page.evaluate(DRAWN, width) for width in (804, *range(320, 1101, 13))]
    for drawn in seen:
        assert drawn["pixels"] == drawn["shown"]
    assert len({drawn["cells"] for drawn in seen}) == 1
    assert len({*seen[0]["cells"].split(",")}) > 8

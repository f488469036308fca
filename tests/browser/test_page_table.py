"""The table of directions in the built page: rows, order, and what a row does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake import NBSP, Scope, opened, small, wide

HOSTILE = "<img src=x onerror=alert(1)>\u202e\0" + "y" * 1000


@pytest.fixture
def scope(page: Page) -> Iterator[Scope]:
    yield from opened(page)


def labelled(**more: Any) -> dict[str, Any]:
    labels = [["cat", "dog", HOSTILE][k % 3] for k in range(300)]
    return small(6, labels=labels, table=True, **more)


def table(scope: Scope) -> Locator:
    return scope.view().get_by_role("table")


def cells(scope: Scope) -> list[list[str]]:
    rows: list[list[str]] = table(scope).evaluate(
        """table => [...table.tBodies[0].rows].map(row =>
            [...row.cells].filter(cell => !cell.hidden).map(cell => cell.textContent))"""
    )
    return [[text.replace(NBSP, " ") for text in row] for row in rows]


def named(scope: Scope, name: str) -> Locator:
    return table(scope).get_by_role("button", name=name, exact=True)


def column(scope: Scope, name: str) -> Locator:
    return table(scope).get_by_role("columnheader", name=name, exact=True)


def test_every_direction_has_a_row_that_says_what_lies_around_it(scope: Scope) -> None:
    scope.open(labelled(epsilon=0.5))
    rows = scope.trait("_table_frame")["rows"]
    shown = cells(scope)
    assert len(shown) == 12
    for (_, sign, name, count, label, _, purity, coverage), texts in zip(rows, shown, strict=True):
        assert texts[0] == ("+" if sign > 0 else "−") + name
        assert texts[1].startswith(f"{count} · ")
        assert label.startswith(texts[2].removesuffix("…"))
        for text, share in zip(texts[3:], (purity, coverage), strict=True):
            assert float(text.removesuffix(" %")) == pytest.approx(100 * share, abs=0.051)
    group = scope.view().get_by_role("group", name="Directions")
    expect(group).to_contain_text("samples within ±60° of each direction")
    assert scope.view().locator("img").count() == 0

    scope.view().get_by_role("button", name="Directions", exact=True).click()
    expect(group).to_be_hidden()
    assert scope.kernel("kernel.traits.table") is False


def test_headers_sort_numbers_from_the_largest_and_names_from_the_first(scope: Scope) -> None:
    scope.open(labelled(), views=2)
    names = [row[0] for row in cells(scope)]
    expect(column(scope, "Direction")).to_have_attribute("aria-sort", "ascending")
    for name, by, orders in [
        ("Samples", "count", ["descending", "ascending"]),
        ("Majority", "label", ["ascending"]),
        ("Purity", "purity", ["descending"]),
        ("Coverage", "coverage", ["descending"]),
        ("Direction", "direction", ["ascending", "descending"]),
    ]:
        for order in orders:
            asked = scope.kernel("kernel.requests.length")
            column(scope, name).get_by_role("button").click()
            scope.painted()
            assert scope.kernel("kernel.requests.length") == asked + 1
            expect(column(scope, name)).to_have_attribute("aria-sort", order)
            assert scope.trait("table_by") == by
            if by == "count":
                counts = [int(row[1].split(" ")[0]) for row in cells(scope)]
                assert counts == sorted(counts, reverse=order == "descending")
    assert [row[0] for row in cells(scope)] != names
    assert table(scope).inner_text() == scope.view(1).get_by_role("table").inner_text()


def test_a_row_turns_the_beam_to_its_direction(scope: Scope) -> None:
    scope.open(labelled(pair=[0, 1], theta=0.3))
    current = table(scope).locator("tr[aria-current]")
    expect(current).to_have_count(0)
    named(scope, "−b1").click()
    assert scope.kernel("kernel.heard.at(-1)") == {"type": "direction", "direction": 1, "sign": -1}
    assert (scope.trait("pair"), scope.trait("theta")) == ([0, 1], pytest.approx(1.5 * math.pi))
    expect(current).to_have_count(1)
    expect(current).to_contain_text("−b1")

    expect(named(scope, "−b1")).to_be_focused()
    for key, name in [("ArrowDown", "+b2"), ("End", "−b5"), ("PageUp", "−b2"), ("Home", "+b0")]:
        scope.page.keyboard.press(key)
        expect(named(scope, name)).to_be_focused()
        expect(named(scope, name)).to_be_in_viewport()
    scope.page.keyboard.press("End")
    scope.page.keyboard.press("Enter")
    assert scope.kernel("kernel.heard.at(-1)") == {"type": "direction", "direction": 5, "sign": -1}
    assert scope.trait("pair")[0] == 5
    expect(current).to_contain_text("−b5")
    # In another order the row is still the one that Tab comes back to.
    scope.kernel("kernel.push({ table_descending: true })")
    expect(named(scope, "−b5")).to_be_focused()
    table(scope).locator("tr", has_text="+b3").locator("td").first.click()
    expect(current).to_contain_text("+b3")


def test_a_direction_overrules_what_was_still_to_be_sent(scope: Scope) -> None:
    scope.open(labelled(theta=0.3))
    scope.kernel("kernel.held = true")
    scope.slider("Spotlight angle").press("ArrowRight")
    scope.slider("Spotlight angle").press("ArrowRight")
    named(scope, "+b1").click()
    while scope.kernel("kernel.waiting"):
        scope.kernel("kernel.answer()")
    asked = scope.kernel("kernel.requests.length")
    scope.kernel("kernel.push({ pair: [0, 1], theta: Math.PI / 2 })")
    scope.painted()
    assert scope.kernel("kernel.requests.length") == asked == 2
    assert scope.trait("theta") == pytest.approx(math.pi / 2)


def test_old_rows_stay_while_others_are_counted(scope: Scope) -> None:
    scope.open({**labelled(), "table": False})
    scope.kernel("kernel.contents.counts = 'failed'")
    scope.view().get_by_role("button", name="Directions", exact=True).click()
    expect(scope.view().get_by_role("status")).to_have_text("The directions could not be counted.")
    scope.kernel("kernel.contents.counts = 'done'")
    scope.slider("Epsilon").press("ArrowLeft")
    rows = cells(scope)
    assert len(rows) == 12
    pane = scope.view().locator(".srm-table-pane")
    scope.kernel("kernel.contents.counts = 'running'")
    scope.slider("Epsilon").press("ArrowLeft")
    assert cells(scope) == rows
    expect(pane).to_have_class("srm-table-pane srm-pending")
    scope.kernel("kernel.contents.counts = 'failed'")
    scope.slider("Epsilon").press("ArrowLeft")
    expect(scope.view().get_by_role("status")).to_have_text("The directions could not be counted.")
    assert cells(scope) == rows
    scope.kernel("kernel.contents.counts = 'done'")
    scope.slider("Epsilon").press("ArrowLeft")
    expect(scope.view().get_by_role("status")).to_be_hidden()
    expect(pane).to_have_class("srm-table-pane")


def test_hundreds_of_directions_without_labels(scope: Scope, shot: Callable[..., Path]) -> None:
    scope.open(wide(300, table=True, table_by="count", table_descending=True))
    group = scope.view().get_by_role("group", name="Directions")
    expect(group).to_contain_text("first 500 of 600")
    assert {len(row) for row in cells(scope)} == {2}
    assert (group.bounding_box() or {"height": 0})["height"] < 330
    names = table(scope).locator("tbody button")
    names.first.focus()
    scope.page.keyboard.press("End")
    expect(names.last).to_be_focused()
    head, row = (part.bounding_box() for part in (column(scope, "Direction"), names.last))
    assert head
    assert row
    assert head["y"] + head["height"] <= row["y"]
    for theme, width in [("light", 900), ("dark", 360)]:
        scope.page.set_viewport_size({"width": width, "height": 800})
        scope.open(labelled(epsilon=0.5), theme=theme)
        shot(f"page-table-{width}-{theme}", group)
        assert scope.page.evaluate("document.documentElement.scrollWidth") == width

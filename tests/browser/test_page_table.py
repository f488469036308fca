"""The table of directions in the built page: rows, order, and what a row does."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.access import violations
from tests.browser.fake import NBSP, Scope, small, wide

HOSTILE = "<img src=x onerror=alert(1)>\u202e\0" + "y" * 1000


def labelled(**more: Any) -> dict[str, Any]:
    labels = [["cat", "dog", HOSTILE][k % 3] for k in range(300)]
    sorting: dict[str, Any] = {"table_by": "direction", "table_descending": False, "table_least": 0}
    return small(6, labels=labels, table=True, **(sorting | more))


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


@pytest.mark.firefox
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


@pytest.mark.parametrize("width", [pytest.param(320, marks=pytest.mark.firefox), 360])
def test_all_columns_have_room(scope: Scope, width: int) -> None:
    names = [f"feature {k}: tokens about dogs" for k in range(6)]
    scope.open(labelled(names=names))
    scope.resize(width)
    expect(table(scope).locator("tbody tr")).to_have_count(12)
    assert violations(scope.page, ".srm-directions", only=("target-size",)) == []
    cut = table(scope).evaluate(
        """table => [...table.querySelectorAll("th, td:not(.srm-table-label)")].filter(
            node => node.scrollWidth > node.clientWidth + 1).map(node => node.textContent)"""
    )
    assert cut == []


def test_hundreds_of_directions_without_labels(scope: Scope, shot: Callable[..., Path]) -> None:
    scope.open(wide(300, table=True, table_by="count", table_descending=True, table_least=0))
    group = scope.view().get_by_role("group", name="Directions")
    expect(group).to_contain_text("first 500 of 600")
    assert {len(row) for row in cells(scope)} == {3}
    assert (group.bounding_box() or {"height": 0})["height"] < 400
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

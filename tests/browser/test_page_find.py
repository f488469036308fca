"""The field that finds directions in the built page: its list over all else, keys, a saved page."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import srm_widget as srm
from tests.browser.fake import Scope, small

NAMES = ["scatter", "Cat", "catalogue", "dog", "café", "a name of many words"]


def labelled(**more: Any) -> dict[str, Any]:
    labels = [["cat", "dog", "owl"][k % 3] for k in range(300)]
    return small(6, labels=labels, names=NAMES, table=True, epsilon=0.4, **more)


def field(view: Locator) -> Locator:
    return view.get_by_role("combobox", name="Find direction")


@pytest.mark.firefox
def test_the_list_lies_over_what_comes_below(scope: Scope, shot: Callable[..., Path]) -> None:
    for theme, width in [("light", 900), ("dark", 360)]:
        scope.page.set_viewport_size({"width": width, "height": 1100})
        scope.open(labelled(pair=[3, 5], theta=1.0), theme=theme)
        field(scope.view()).click()
        scope.page.keyboard.type("ca", delay=5)
        options = scope.view().get_by_role("listbox").get_by_role("option")
        expect(options).not_to_have_count(0)
        shot(f"page-find-{width}-{theme}", scope.view())
        assert scope.page.evaluate("document.documentElement.scrollWidth") == width
        # Every option can be hit.
        for k in range(options.count()):
            options.nth(k).hover(timeout=5000)
        options.filter(has_text="catalogue").first.click()
        expect(scope.view().get_by_role("listbox")).to_be_hidden()
        expect(field(scope.view())).to_be_focused()
        assert scope.trait("pair") == [2, 3]


def test_a_saved_page_finds_directions_and_the_peak(page: Page, tmp_path: Path) -> None:
    rows = np.tanh(2 * np.random.default_rng(0).standard_normal((300, 6)))
    labels = np.array(["one", "two", "three"])[np.arange(300) % 3]
    scope = srm.SRMScope(
        rows, labels=labels, directions=NAMES, epsilon=0.6, theta=1.0, pair=(0, 3), table=True
    )
    scope.table_least = 0
    scope.turn_to("catalogue", -1)
    expected = scope.theta, scope.n_selected
    scope.pair, scope.theta = (0, 3), 1.0
    page.goto(scope.save_html(tmp_path / "page.html").as_uri())
    view = page.locator(".srm-scope")
    expect(view.get_by_role("row")).not_to_have_count(0)
    field(view).fill("-catal")
    field(view).press("Enter")
    plane = view.locator(".srm-plane")
    expect(plane).to_have_text("catalogue ∧ scatter")
    expect(view).to_contain_text(f"{expected[1]} of 300")
    assert expected[0] == pytest.approx(math.pi)
    view.get_by_role("button", name="Turn to the peak").click()
    scope.pair = ("catalogue", "scatter")
    scope.turn_to_peak()
    expect(view).to_contain_text(f"{scope.n_selected} of 300")
    angle = round(math.degrees(scope.theta))
    expect(view.get_by_role("slider", name="Spotlight angle")).to_have_value(str(angle))
    view.get_by_role("searchbox", name="Search directions").fill("cafe")
    rows_found = view.get_by_role("table").locator("tbody tr")
    expect(rows_found).to_have_count(2)
    scope.close()

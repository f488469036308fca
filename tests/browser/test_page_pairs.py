"""The list of pairs in the built page: its layout, keys and colours, live and saved."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

import srm_widget as srm
from tests.browser.fake import Scope, small
from tests.browser.page_errors import collect_errors

LONG = [f"feature {k}: Golden Gate Bridge, in the morning, seen from {k}" for k in range(8)]


def pairs(scope: Scope) -> Locator:
    return scope.view().locator(".srm-pairs")


def test_pairs_are_found_and_shown(scope: Scope) -> None:
    scope.open(small(8, epsilon=0.4, theta=0.0))
    scope.button("Pairs").click()
    expect(scope.view().locator(".srm-map-canvas")).not_to_be_visible()
    scope.button("Find pairs").click()
    rows = pairs(scope).locator("tbody tr")
    expect(rows).to_have_count(28)
    rows.nth(2).get_by_role("button").focus()
    scope.page.keyboard.press("ArrowDown")
    scope.page.keyboard.press("Enter")
    expect(rows.nth(3)).to_have_attribute("aria-current", "true")
    shown = scope.kernel("kernel.heard.at(-1)")
    assert (shown["type"], shown["pair"]) == ("pair", scope.trait("pair"))
    assert scope.trait("theta") == pytest.approx(math.pi / 4)
    scope.page.keyboard.press("End")
    expect(rows.nth(27).get_by_role("button")).to_be_in_viewport()
    scope.button("Planes").click()
    expect(scope.view().locator(".srm-map-canvas")).to_be_visible()


@pytest.mark.parametrize("width", [pytest.param(320, marks=pytest.mark.firefox), 360, 900])
@pytest.mark.parametrize("names", [None, LONG], ids=["short", "long"])
def test_nothing_is_cut_or_runs_over(scope: Scope, width: int, names: list[str] | None) -> None:
    more: dict[str, Any] = {"names": names} if names else {}
    scope.open(small(8, epsilon=0.4, navigator_as="pairs", **more))
    scope.resize(width)
    scope.button("Find pairs").click()
    pane = pairs(scope).locator(".srm-pairs-pane")
    expect(pane).to_be_visible()
    over = pane.evaluate(
        """pane => [pane, ...pane.querySelectorAll("th, td")].filter(node =>
            node.scrollWidth > node.clientWidth + 1).map(node => node.textContent)"""
    )
    assert over == []
    head, rows = pane.get_by_role("columnheader").first, pane.locator("tbody tr")
    assert (head.bounding_box() or {"width": 0})["width"] > 60
    # Five lines of a row at most, of long names.
    assert (rows.first.bounding_box() or {"height": 999})["height"] < 100
    assert scope.view().evaluate("node => node.scrollWidth <= node.clientWidth")


def listed_page(folder: Path) -> tuple[Path, Any]:
    rows = np.abs(np.random.default_rng(4).standard_normal((200, 6))) ** 3
    scope = srm.SRMScope(rows, epsilon=0.5)
    scope.navigator_as = "pairs"
    assert scope.pairs_on_show is not None
    return scope.save_html(folder / "page.html"), scope.pairs_on_show.planes


def test_a_saved_page_lists_what_was_found(browser: Browser, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as apart:  # from the event loop that drives the browser
        file, found = apart.submit(listed_page, tmp_path).result()
    best = found[0].tolist()
    page = browser.new_page()
    problems: list[str] = []
    collect_errors(page, problems)
    page.goto(file.as_uri())
    listed = page.locator(".srm-pairs")
    expect(listed.locator("tbody tr")).to_have_count(len(found))
    expect(page.get_by_label("Which pairs")).not_to_be_visible()
    expect(page.get_by_role("button", name="Find")).to_have_count(0)
    listed.locator("tbody tr").first.get_by_role("button").click()
    expect(listed.locator("tr[aria-current]")).to_have_count(1)
    expect(page.get_by_label("First direction")).to_have_value(str(best[0]))
    expect(page.get_by_label("Second direction")).to_have_value(str(best[1]))
    expect(page.locator(".srm-readout")).to_contain_text("θ = 45°")
    assert problems == []
    page.close()

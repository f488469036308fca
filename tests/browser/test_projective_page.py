"""A saved grid of densities in Chromium, with the network cut."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

import srm_widget as srm
from tests.unit.support.models import models
from tests.waiting import until


@pytest.mark.firefox
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_shows_all_panels_and_scrolls_within_itself(
    browser: Browser, tmp_path: Path, theme: Literal["light", "dark"]
) -> None:
    file = srm.save_projective_grid(tmp_path / "grid.html", models(), ratio=True)
    context = browser.new_context(
        offline=True, viewport={"width": 360, "height": 800}, color_scheme=theme
    )
    page, problems = context.new_page(), list[str]()
    page.on("console", lambda message: problems.append(message.text))
    page.goto(file.as_uri())
    panels = page.locator(".panel img")
    expect(panels).to_have_count(6)
    for panel in panels.all():
        assert panel.evaluate("image => image.complete && image.naturalWidth") == 64
        shown, plain = panel.evaluate("image => [image.currentSrc, image.src]")
        assert (shown == plain) == (theme == "light")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.keyboard.press("Tab")
    grid = page.locator(".grid")
    expect(grid).to_be_focused()
    page.keyboard.press("ArrowRight")
    until(lambda: grid.evaluate("grid => grid.scrollLeft") > 0, 5, lambda: "it does not scroll")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="80", exact=True).first).to_be_visible()
    assert problems == []
    context.close()

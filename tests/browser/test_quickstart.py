"""The quickstart as its readers see it: run in JupyterLab, looked at, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.drawn import wait_for_curve
from tests.browser.lab import Lab
from tests.browser.page_errors import collect_errors

QUICKSTART = Path(__file__).parents[2] / "notebooks/01_quickstart.ipynb"


def test_quickstart(lab: Lab, shot: Callable[..., Path]) -> None:
    problems: list[str] = []
    collect_errors(lab.page, problems)
    lab.page.on("request", lambda asked: _note_outside(lab, asked.url, problems))
    lab.open(QUICKSTART)
    lab.run_all()
    scope = lab.page.locator(".srm-scope").last
    scope.scroll_into_view_if_needed()
    wait_for_curve(scope, lab.kernel, "peak")
    lab.viewport(1280, 1100)
    expect(scope.locator(".srm-mark")).to_have_count(20)
    digits = lab.kernel.evaluate("np.unique(trained.labels[peak.selected]).tolist()")
    assert lab.kernel.evaluate("peak.n_selected == resonance.counts.max()")
    assert len(digits) < 10
    for theme in ("light", "dark"):
        lab.theme(theme)
        expect(scope).to_have_attribute("data-srm-theme", theme)
        for width in (900, 360):
            _widen(scope, width)
            wait_for_curve(scope, lab.kernel, "peak")
            shot(f"quickstart-{theme}-{width}", scope)
    scope.evaluate("node => { node.parentElement.style.width = ''; }")
    scope.scroll_into_view_if_needed()
    shot("quickstart-in-lab", lab.page)
    assert problems == []


def _note_outside(lab: Lab, url: str, problems: list[str]) -> None:
    if not url.startswith((lab.server.url, "data:", "blob:")):
        problems.append(url)


def _widen(scope: Locator, width: int) -> None:
    """Give the scope a box `width` px wide, whatever else the page's layout does meanwhile."""
    scope.evaluate("(node, width) => { node.parentElement.style.width = `${width}px`; }", width)
    scope.scroll_into_view_if_needed()
    box = scope.bounding_box()
    assert box
    assert box["width"] == pytest.approx(width, abs=1)
    assert scope.evaluate("node => node.scrollWidth <= node.clientWidth")

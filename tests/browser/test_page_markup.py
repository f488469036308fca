"""Names, labels, titles and samples that are anything but plain: in a page they are text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import srm_widget as srm
from tests.browser.page_errors import collect_errors

HOSTILE = {
    "markup": "<img src=x onerror=\"window.executed='img'\"><svg onload=alert(1)>",
    "script": "</script><script>window.executed='script'</script><!--<script>",
    "style": "</style><style>*{display:none}</style>]]>",
    "entities": "&lt;b&gt; &amp; \"quoted' `ticks` ${window.executed=1} {{1}} %s",
    "controls": "a\0b\x1b[31mbell\x07\r\u2028",
    "surrogates": "\ud800 half \udc00",
    "directions": "\u202edesrever\u2067 שלום\u200f",
    "long": "long " * 2_000,
}
NO_HTML = "img, iframe, object, embed, [onerror], [onload], .srm-scope script, .srm-scope style"


@pytest.fixture
def quiet(browser: Browser) -> Iterator[Page]:
    """A page without a network that must raise, say and ask nothing."""
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 900})
    page = context.new_page()
    problems: list[str] = []
    collect_errors(page, problems)
    page.on("console", lambda message: problems.append(message.text))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    yield page
    assert problems == []
    context.close()


def named(text: str) -> srm.SRMScope:
    """A scope of a timeline in which everything that has a name has this one."""
    timeline = srm.Timeline()
    for power in (1, 2):
        rows = np.random.default_rng(0).standard_normal((60, 4)).astype(np.float32)
        timeline.record(np.sign(rows) * np.abs(rows) ** power, label=f"{text} {power}")
    looks: dict[str, Any] = {
        "labels": [f"{text} {n % 3}" for n in range(60)],
        "samples": [f"{n} {text}" for n in range(60)],
        "directions": [f"{text} {k}" for k in range(4)],
    }
    return srm.SRMScope(timeline, title=text, table=True, epsilon=0.4, **looks)


@pytest.mark.parametrize("text", list(HOSTILE.values()), ids=list(HOSTILE))
def test_in_a_saved_page_all_of_it_is_text(quiet: Page, text: str, tmp_path: Path) -> None:
    file = named(text).save_html(tmp_path / "page.html")
    quiet.goto(file.as_uri())
    scope = quiet.locator(".srm-scope")
    expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
    table = ".srm-table:not(.srm-pairs-table)"
    expect(scope.locator(table).locator("tr").nth(3)).to_be_visible()
    assert quiet.evaluate("window.executed") is None
    pictures = ".srm-tile img"
    assert quiet.locator(NO_HTML).count() == quiet.locator(pictures).count() == 0
    word = re.findall(r"[a-z]{4,}", text)[0]
    for part in (".srm-title", ".srm-legend", table, ".srm-strip", ".srm-steps"):
        shown = scope.locator(part).first.text_content() or ""
        assert word in shown, part
    assert quiet.evaluate("document.documentElement.scrollWidth <= innerWidth")

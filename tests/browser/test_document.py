"""What `save_myst` writes, live in a document without a kernel, as books made by MyST show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import srm_widget as srm
from tests.browser.document import Document, node_of
from tests.browser.drawn import begins, lit, slide
from tests.browser.test_saved_page import counted, digits


@pytest.fixture
def document(page: Page, tmp_path: Path) -> Iterator[Document]:
    opened = Document(page, tmp_path)
    yield opened
    assert opened.problems == []


def test_goes_on_counting_in_a_document(
    document: Document, tmp_path: Path, shot: Callable[[str, Locator | Page], Path]
) -> None:
    kernel = digits(pair=(2, 5), theta=1.0, epsilon=0.5)
    engine = kernel.engine
    assert isinstance(engine, srm.ResonanceEngine)
    scope = document.show(node_of(kernel.save_myst(tmp_path / "digits.txt").read_text()))
    expect(lit(scope)).to_have_text(begins(counted(engine, kernel)))
    for name, label, value in (
        ("epsilon", "Epsilon", 0.35),
        ("theta", "Spotlight angle", np.radians(217)),
        ("position", "Rotation plane", 77),
    ):
        setattr(kernel, name, value)
        slide(scope, label, np.degrees(value) if name == "theta" else value)
    expect(lit(scope)).to_have_text(begins(counted(engine, kernel)))
    expect(scope.locator(".srm-tile img").first).to_have_js_property("naturalWidth", 8)
    # The stylesheet has come: it is in the shadow root, and so is all it styles.
    expect(scope.locator(".srm-curve")).to_have_css("fill", "none")
    shot("document", document.page)


def test_follows_the_theme_and_goes_without_a_trace(document: Document, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((60, 4))
    with_title = srm.SRMScope(rows, epsilon=0.4, title="Rows ```\n:css: x\n```")
    node = node_of(with_title.save_myst(tmp_path / "rows.txt").read_text())
    first, second = document.show(node), document.show(node)
    for scope in (first, second):
        expect(scope).to_have_attribute("data-srm-theme", "light")
    document.page.evaluate("document.body.className = 'dark'")
    expect(first).to_have_attribute("data-srm-theme", "dark")
    slide(second, "Epsilon", 0.9)  # two of one module have nothing in common
    expect(first.get_by_role("slider", name="Epsilon", exact=True)).to_have_value("0.4")
    assert document.page.evaluate("removeLast()") == 1  # the host's own stylesheet
    expect(document.page.locator(".srm-scope")).to_have_count(1)


def test_says_what_it_was_not_given(document: Document, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((60, 4))
    node = node_of(srm.SRMScope(rows, epsilon=0.4).save_myst(tmp_path / "rows.txt").read_text())
    document.page.evaluate("node => show(node)", {**node, "model": {"count": 0}})
    said = 'expected "traits" and "held", as save_myst writes them, got undefined and undefined'
    expect(document.page.get_by_role("alert")).to_contain_text(said)

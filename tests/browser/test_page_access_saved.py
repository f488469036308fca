"""A saved page as a whole document, to those who do not see it or hold no mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import srm_widget as srm
from tests.browser.access import violations
from tests.browser.drawn import slide

Look = dict[str, Any]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 900})
    yield context.new_page()
    context.close()


def digits(**more: Any) -> srm.SRMScope:
    normal = np.random.default_rng(0).standard_normal((300, 6))
    images = np.random.default_rng(1).random((300, 4, 4))
    labels = [["cat", "dog", "owl"][k % 3] for k in range(300)]
    given = {"labels": labels, "samples": images, "table": True, "epsilon": 0.5, "pair": (0, 1)}
    return srm.SRMScope(normal, **{**given, **more})


def steps() -> srm.SRMScope:
    normal = np.random.default_rng(0).standard_normal((200, 4))
    timeline = srm.Timeline()
    for k in range(3):
        timeline.record(np.sign(normal) * np.abs(normal) ** (1 + k), f"epoch {k}")
    return srm.SRMScope(timeline)


@pytest.mark.parametrize("title", ["Digits", ""])
def test_axe_finds_nothing_in_a_whole_page(page: Page, tmp_path: Path, title: str) -> None:
    page.goto(digits(title=title).save_html(tmp_path / "page.html").as_uri())
    expect(page.locator(".srm-map-count")).to_contain_text("15")
    looks: list[Look] = [{"color_scheme": "light"}, {"color_scheme": "dark"}]
    looks.append({"forced_colors": "active"})
    for look in looks:
        page.emulate_media(**look)
        if look.get("color_scheme"):
            expect(page.locator(".srm-scope")).to_have_attribute(
                "data-srm-theme", look["color_scheme"]
            )
        for width in (1000, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page, None) == [], f"{look}, {width} px"


def test_axe_finds_nothing_in_a_saved_timeline(page: Page, tmp_path: Path) -> None:
    page.goto(steps().save_html(tmp_path / "page.html").as_uri())
    expect(page.get_by_role("img", name="Alignment over 3 steps")).to_be_visible()
    assert violations(page, None) == []
    slide(page.locator(".srm-scope"), "Step", 0)
    expect(page.get_by_role("slider", name="Step", exact=True)).to_have_attribute(
        "aria-valuetext", "epoch 0 (1 of 3)"
    )
    assert violations(page, None) == []


@pytest.mark.parametrize(("title", "heading"), [("Digits", "Digits"), ("", "Spotlight resonance")])
def test_a_page_has_a_language_a_title_and_headings(
    page: Page, tmp_path: Path, title: str, heading: str
) -> None:
    page.goto(digits(title=title).save_html(tmp_path / "page.html").as_uri())
    expect(page).to_have_title(heading)
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("main").get_by_role("group").first).to_be_visible()
    parts = ["b₀ ∧\u00a0b₁", "Planes by alignment", "Inside the spotlight", "Directions"]
    for level, texts in enumerate(([heading], parts, ["lit by class"], []), 1):
        shown = page.locator(f"[aria-level='{level}']:visible")
        expect(shown).to_have_text(texts)
    expect(page.get_by_role("heading")).to_have_count(6)


def test_an_embedded_page_is_named(page: Page, tmp_path: Path) -> None:
    frame = digits(title="Digits").embed(height=600)._repr_html_()
    file = tmp_path / "notebook.html"
    file.write_text(f'<!doctype html><html lang="en"><title>notebook</title><main>{frame}</main>')
    page.goto(file.as_uri())
    inside = page.frame_locator("iframe[title=Digits]")
    expect(inside.get_by_role("heading", level=1)).to_have_text("Digits")

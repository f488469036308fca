"""The documentation in Chromium: from files, without kernels and with the network cut."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

ROOT = Path(__file__).parents[2]
THEMES = "[PST]"  # the theme says in the console which look it takes


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site without pages of the notebooks: any warning of Sphinx fails it."""
    folder = tmp_path_factory.mktemp("built") / "docs"
    command = [sys.executable, "-m", "docs.site", "--without-notebooks", "--to", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture
def page(browser: Browser, docs: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    look = getattr(request, "param", {})
    context = browser.new_context(offline=True, **look)
    page = context.new_page()
    problems: list[str] = []
    own = f"{docs.as_uri()}/", "data:", "blob:"
    page.on("pageerror", lambda error: problems.append(error.stack or str(error)))
    page.on(
        "console",
        lambda said: None if said.text.startswith(THEMES) else problems.append(said.text),
    )
    page.on("requestfailed", lambda failed: problems.append(f"failed: {failed.url}"))
    page.on(
        "request",
        lambda sent: None if sent.url.startswith(own) else problems.append(f"request: {sent.url}"),
    )
    yield page
    assert problems == []
    context.close()


def answers(scope: Locator, name: str, steps: int) -> None:
    """A slider is answered by another curve."""
    curve = scope.locator("path.srm-curve")
    before = curve.get_attribute("d") or ""
    scope.get_by_role("slider", name=name, exact=True).evaluate(
        """(slider, steps) => {
            const before = slider.value;
            slider.stepUp(steps);
            if (slider.value === before) slider.stepDown(steps);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
        }""",
        steps,
    )
    expect(curve).not_to_have_attribute("d", before)


@pytest.mark.firefox
@pytest.mark.parametrize(("name", "n_scopes"), [("index", 1), ("gallery", 6)])
def test_live_scopes_answer_their_sliders(page: Page, docs: Path, name: str, n_scopes: int) -> None:
    page.goto(f"{docs.as_uri()}/{name}.html")
    places = page.locator("[data-live]")
    expect(places).to_have_count(n_scopes)
    for scope in places.all():
        scope.scroll_into_view_if_needed()
        expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
        answers(scope, "Epsilon", -20)
        answers(scope, "Rotation plane", 1)
        expect(scope.locator(".srm-error")).to_be_hidden()


@pytest.mark.firefox
def test_search_finds_by_keyboard(page: Page, docs: Path) -> None:
    page.goto(f"{docs.as_uri()}/index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("alignment")
    page.keyboard.press("Enter")
    found = page.locator("#search-results li a")
    expect(found.filter(has_text="Alignment").first).to_be_visible()
    expect(found.nth(5)).to_be_visible()


@pytest.mark.parametrize(
    "page",
    [
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
        {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    ],
    ids=["1280-light", "360-dark"],
    indirect=True,
)
@pytest.mark.parametrize("name", ["index", "costs", "inputs", "guide/capture", "api/scope"])
def test_pages_fit_and_follow_the_look(page: Page, docs: Path, name: str) -> None:
    page.goto(f"{docs.as_uri()}/{name}.html")
    wide, room, look, dark = page.evaluate(
        """[document.documentElement.scrollWidth, innerWidth,
            document.documentElement.dataset.theme,
            matchMedia('(prefers-color-scheme: dark)').matches]"""
    )
    assert wide <= room
    assert look == ("dark" if dark else "light")


def test_scopes_follow_the_look_chosen(page: Page, docs: Path) -> None:
    page.goto(f"{docs.as_uri()}/index.html")
    title = page.locator("[data-live] h3").first
    expect(title).to_be_attached()
    colour = "title => getComputedStyle(title).color"
    light = title.evaluate(colour)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(
        """before => {
            const title = document.querySelector('[data-live]').shadowRoot.querySelector('h3');
            return getComputedStyle(title).color !== before;
        }""",
        arg=light,
    )

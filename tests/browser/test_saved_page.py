"""A saved page in Chromium: from a file, without a kernel and with the network cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Locator, Page, expect

import srm_widget as srm
from tests.browser.drawn import begins, lit, slide
from tests.browser.page_errors import collect_errors
from tests.waiting import until

NASTY = "</script><img src=x onerror=alert(1)> & <b>bold</b>"
NBSP = "\u00a0"


class Saved:
    """A page opened from its file; `problems` is what must stay empty."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        self._file = ""
        collect_errors(page, self.problems)
        page.on("console", lambda message: self.problems.append(message.text))
        page.on("dialog", lambda dialog: self.problems.append(dialog.message))
        page.on("request", lambda request: self._requested(request.url))

    def visit(self, file: Path) -> None:
        self._file = file.as_uri()
        self.page.goto(self._file)

    def open(self, file: Path) -> Locator:
        self.visit(file)
        scope = self.page.locator(".srm-scope")
        expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
        return scope

    def _requested(self, url: str) -> None:
        if url != self._file and not url.startswith(("data:", "blob:")):
            self.problems.append(f"request: {url}")


@pytest.fixture
def saved(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Saved]:
    look = getattr(request, "param", {})
    context = browser.new_context(
        offline=True,
        viewport={"width": look.get("width", 1000), "height": 900},
        color_scheme=look.get("theme", "light"),
    )
    opened = Saved(context.new_page())
    yield opened
    assert opened.problems == []
    context.close()


def digits(**more: Any) -> srm.SRMScope:
    from sklearn.datasets import load_digits

    found = load_digits()
    rows = np.tanh(found.data @ np.random.default_rng(0).standard_normal((64, 16)) / 40)
    given = {"labels": found.target, "samples": found.images, "title": "Digits", "table": True}
    return srm.SRMScope(rows.astype(np.float32), **{**given, **more})


def counted(engine: srm.ResonanceEngine, scope: Any) -> str:
    i, j = scope.pair
    n = engine.beam(i, j, scope.theta, epsilon=scope.epsilon).n_lit
    return f"{n:,} of {engine.n_samples:,}"


@pytest.mark.firefox
def test_goes_on_counting_without_a_kernel(saved: Saved, tmp_path: Path) -> None:
    kernel = digits(pair=(2, 5), theta=1.0, epsilon=0.5)
    file = kernel.save_html(tmp_path / "digits.html")
    assert file.stat().st_size <= 1_000_000
    scope = saved.open(file)
    engine = kernel.engine
    assert isinstance(engine, srm.ResonanceEngine)
    expect(lit(scope)).to_have_text(begins(counted(engine, kernel)))
    for move in (
        {"epsilon": 0.35},
        {"theta": np.radians(217)},
        {"resolution": 720},
        {"position": 77},
        {"epsilon": -0.4},
        {"epsilon": 1.0},
    ):
        for name, value in move.items():
            setattr(kernel, name, value)
            shown = np.degrees(value) if name == "theta" else value
            names = {"theta": "Spotlight angle", "resolution": "Angular resolution"}
            slide(scope, {"position": "Rotation plane", **names}.get(name, "Epsilon"), shown)
        expect(lit(scope)).to_have_text(begins(counted(engine, kernel)))
    expect(scope.locator(".srm-error")).to_be_hidden()


def test_says_what_it_holds(saved: Saved, tmp_path: Path) -> None:
    scope = saved.open(digits().save_html(tmp_path / "all.html"))
    line = scope.locator(".srm-provenance")
    expect(line).to_contain_text("from all 1,797 samples in 16 dimensions")
    expect(line).to_contain_text(f"with srm_widget {srm.__version__}")
    scope.get_by_role("button", name="How to read this").click()
    help_ = scope.get_by_role("region", name="How to read this")
    expect(help_).to_contain_text("a rotation test, in Python, asks")
    expect(help_.get_by_text("Pairs", exact=True)).to_be_hidden()


def test_a_subsample_is_stated(saved: Saved, tmp_path: Path) -> None:
    kernel = digits()
    with pytest.warns(UserWarning, match=r"keeps \d+ of 1,797 samples"):
        file = kernel.save_html(tmp_path / "some.html", max_bytes=400_000, seed=7)
    assert 380_000 < file.stat().st_size <= 400_000
    scope = saved.open(file)
    line = scope.locator(".srm-provenance")
    expect(line).to_contain_text(re.compile(r"a uniform random subsample of \d+ of 1,797 samples"))
    expect(line).to_contain_text("(seed 7)")
    some = re.compile(r"\d+ of 1,797 samples × 16")
    expect(scope.locator(".srm-subtitle")).to_contain_text(some)
    expect(lit(scope)).not_to_contain_text("1,797")


@pytest.mark.parametrize("width", [pytest.param(700, marks=pytest.mark.firefox), 1200])
@pytest.mark.parametrize("parts", [True, False])
def test_a_frame_is_as_high_as_what_is_in_it(page: Page, width: int, parts: bool) -> None:
    rows = np.random.default_rng(0).standard_normal((500, 8))
    scope = digits() if parts else srm.SRMScope(rows, epsilon=0.5, navigator=False)
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(f"<body style='margin: 0'>{scope.embed()._repr_html_()}")
    inner = page.frame_locator("iframe")
    expect(inner.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
    if parts:
        expect(inner.locator(".srm-tile img").first).to_have_js_property("naturalWidth", 8)
        expect(inner.locator(".srm-table tbody tr").first).to_be_visible()
    frame = page.locator("iframe").evaluate("frame => frame.clientHeight")
    height = "document.querySelector('main').getBoundingClientRect().height + 24"
    until(
        lambda: frame - 120 <= inner.locator("main").evaluate(f"() => {height}") <= frame,
        10,
        lambda: f"{inner.locator('main').evaluate(f'() => {height}')} in a frame of {frame}",
    )
    scope.close()


def test_classes_strip_table_and_map_are_alive(saved: Saved, tmp_path: Path) -> None:
    scope = saved.open(digits().save_html(tmp_path / "digits.html"))
    expect(scope.locator(".srm-map-count")).to_contain_text("120")
    expect(scope.locator(".srm-tile img").first).to_have_js_property("naturalWidth", 8)

    scope.get_by_role("combobox", name="Plane order").select_option("peak")
    slide(scope, "Rotation plane", 0)
    plane = scope.locator(".srm-plane")
    before = plane.text_content() or ""
    slide(scope, "Rotation plane", 1)
    expect(plane).not_to_have_text(before)

    scope.get_by_role("spinbutton", name="Fewest samples").fill("0")
    rows = scope.locator(".srm-table tbody tr")
    expect(rows).to_have_count(32)
    scope.get_by_role("button", name="Purity").click()
    expect(scope.locator("th", has_text="Purity")).to_have_attribute("aria-sort", "ascending")
    rows.nth(0).locator("button").click()
    direction = (rows.nth(0).locator("button").text_content() or "")[1:]
    expect(plane).to_contain_text(direction)

    scope.get_by_role("combobox", name="Samples as").select_option("ratio")
    expect(scope.locator("canvas.srm-density-unlit")).to_be_visible()
    tile = scope.locator(".srm-tile").first
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "true")


DAMAGED = {
    "data": (r'("held": ?")[^"]{64}', r"\1", "The data that this page holds are damaged: expected"),
    "letters": (r'("held": ?")', r"\1?", "The data of this page cannot be read"),
    "text": (r'"held": ?', "", "The data of this page cannot be read"),
    "steps": (r'("steps": ?)\[\{.*?\}\]', r"\1[]", "of one step or more, got []"),
    "names": (r'("names": ?)\[[^]]*\]', r"\1[]", "expected 4 names of directions, got 0"),
}


@pytest.mark.parametrize("part", DAMAGED)
def test_a_damaged_page_says_so(saved: Saved, tmp_path: Path, part: str) -> None:
    found, instead, said = DAMAGED[part]
    file = srm.SRMScope(np.eye(4)).save_html(tmp_path / "page.html")
    text, times = re.subn(found, instead, file.read_text("utf-8"), count=1)
    assert times == 1
    file.write_text(text, "utf-8")
    saved.visit(file)
    expect(saved.page.get_by_role("alert")).to_contain_text(said)
    expect(saved.page.locator("body")).not_to_contain_text(re.compile("Waiting|No answer"))


def test_what_cannot_be_had_is_said_and_the_picture_stays(saved: Saved, tmp_path: Path) -> None:
    basis = np.concatenate([np.eye(4), -np.eye(4)[:1]])
    rows = np.random.default_rng(0).standard_normal((300, 4))
    scope = saved.open(srm.SRMScope(rows, basis).save_html(tmp_path / "page.html"))
    curve = scope.locator("path.srm-curve")
    before = curve.get_attribute("d") or ""
    second = scope.get_by_role("spinbutton", name="Second direction", exact=True)
    second.fill("4")
    second.press("Enter")
    expect(scope.locator(".srm-error")).to_contain_text("0 and 4 are antiparallel")
    expect(curve).to_have_attribute("d", before)
    second.fill("2")
    second.press("Enter")
    expect(scope.locator(".srm-error")).to_be_hidden()
    expect(scope.locator(".srm-plane")).to_contain_text("b₂")


@pytest.mark.firefox
def test_data_are_never_markup(saved: Saved, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((60, 3))
    kernel = srm.SRMScope(
        rows, title=NASTY, directions=[NASTY, "b & c", "d"], labels=[NASTY, "x"] * 30,
        samples=[NASTY] * 60,
    )  # fmt: skip
    scope = saved.open(kernel.save_html(tmp_path / "nasty.html"))
    expect(saved.page).to_have_title(re.compile(re.escape(NASTY)))
    expect(scope.locator("h2, .srm-title").first).to_have_text(NASTY)
    assert saved.page.locator("b").count() == 0
    assert saved.page.locator("img[src=x]").count() == 0


def test_an_embedded_page_in_another_one(saved: Saved, tmp_path: Path) -> None:
    frame = digits(title=NASTY).embed(height=500)._repr_html_()
    file = tmp_path / "notebook.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><body>{frame}", encoding="utf-8")
    saved.visit(file)
    scope = saved.page.frame_locator("iframe").locator(".srm-scope")
    expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
    curve = scope.locator("path.srm-curve").get_attribute("d") or ""
    slide(scope, "Epsilon", 0.31)
    expect(scope.locator("path.srm-curve")).not_to_have_attribute("d", curve)
    saved.problems = [p for p in saved.problems if p != "request: about:srcdoc"]


def test_an_exported_notebook_keeps_it(saved: Saved, tmp_path: Path) -> None:
    shown = digits().embed()
    output = new_output("display_data", {"text/html": shown._repr_html_()})
    cell = new_code_cell("scope.embed()", outputs=[output])
    exported, _ = HTMLExporter().from_notebook_node(new_notebook(cells=[cell]))
    file = tmp_path / "exported.html"
    file.write_text(exported, encoding="utf-8")
    saved.visit(file)
    frame = saved.page.frame_locator("iframe")
    curve = frame.locator("path.srm-curve")
    expect(curve).to_have_attribute("d", re.compile("^M"))
    before = curve.get_attribute("d") or ""
    slide(frame.locator(".srm-scope"), "Rotation plane", 40)
    expect(curve).not_to_have_attribute("d", before)
    # What nbconvert's own template asks the network for is not there, and not missed.
    foreign = "request: https://cdnjs.", "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
    saved.problems = [each for each in saved.problems if not each.startswith(foreign)]


def test_a_timeline_goes_on_without_a_kernel(saved: Saved, tmp_path: Path) -> None:
    normal = np.random.default_rng(0).standard_normal((500, 6))
    timeline = srm.Timeline()
    for step in range(5):
        timeline.record(np.sign(normal) * np.abs(normal) ** (1 + step), f"epoch {step}")
    scope = saved.open(srm.SRMScope(timeline).save_html(tmp_path / "training.html"))
    five = re.compile(r"^M[^ML]+(L[^ML]+){4}$")
    for line in ("plane", "all"):
        expect(scope.locator(f".srm-course-{line}")).to_have_attribute("d", five)
    curve = scope.locator("path.srm-curve").get_attribute("d") or ""
    slide(scope, "Step", 1)
    expect(scope.locator("path.srm-curve")).not_to_have_attribute("d", curve)
    expect(scope.locator("path.srm-compared")).to_have_attribute("d", re.compile("^M"))


@pytest.mark.parametrize(
    "saved",
    [
        {"width": width, "theme": theme}
        for width, theme in ((1000, "light"), (1000, "dark"), (360, "light"), (360, "dark"))
    ],
    indirect=True,
    ids=lambda look: f"{look['width']}-{look['theme']}",
)
def test_looks(
    saved: Saved, tmp_path: Path, shot: Callable[..., Path], request: pytest.FixtureRequest
) -> None:
    look = request.node.callspec.params["saved"]
    saved.open(digits(pair=(1, 2)).save_html(tmp_path / "digits.html"))
    expect(saved.page.locator(".srm-map-count")).to_contain_text("120")
    wide = saved.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= look["width"]
    shot(f"saved-{look['width']}-{look['theme']}", saved.page.locator("body"))

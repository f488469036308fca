"""The page without samples in Chromium: files dropped on it, and chosen, with the network cut."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

import srm_widget as srm
from tests.browser.access import violations
from tests.browser.drawn import begins, lit, slide
from tests.browser.page_errors import collect_errors
from tests.unit.support.dropped_files import hostile, npy, npz

NASTY = "<img src=x onerror=alert(1)>.npy"

DROP = """([files]) => {
    const dropped = new DataTransfer();
    for (const [name, text] of files) {
        const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
        dropped.items.add(new File([bytes], name));
    }
    const send = kind => document.body.dispatchEvent(new DragEvent(
        kind, { dataTransfer: dropped, bubbles: true, cancelable: true }));
    send('dragenter');
    const lights = getComputedStyle(document.querySelector('.srm-drop')).borderTopStyle;
    send('drop');
    return lights;
}"""


class Blank:
    """The page as it opens; `problems` is what must stay empty."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.problems: list[str] = []
        collect_errors(page, self.problems)
        page.on("console", lambda message: self.problems.append(message.text))
        page.on("dialog", lambda dialog: self.problems.append(dialog.message))
        page.goto(srm.save_blank_page(file).as_uri())
        page.on("request", lambda request: self.problems.append(f"request: {request.url[:80]}"))
        self.scope = page.locator(".srm-scope")
        self.status = page.get_by_role("status").and_(page.locator(".srm-status"))
        self.problem = page.locator(".srm-problem")

    def drop(self, *files: tuple[str, bytes]) -> str:
        packed = [[name, base64.b64encode(data).decode()] for name, data in files]
        lights: str = self.page.evaluate(DROP, [packed])
        return lights

    def choose(self, name: str, data: bytes) -> None:
        given: FilePayload = {"name": name, "mimeType": "", "buffer": data}
        self.page.locator("#srm-file").set_input_files(given)

    def drawn(self) -> Locator:
        expect(self.scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
        return self.scope


@pytest.fixture
def blank(browser: Browser, tmp_path: Path) -> Iterator[Blank]:
    context = browser.new_context(offline=True, viewport={"width": 900, "height": 900})
    opened = Blank(context.new_page(), tmp_path / "blank.html")
    yield opened
    assert opened.problems == []
    stored = "Object.keys(localStorage).length + Object.keys(sessionStorage).length"
    assert opened.page.evaluate(stored) == 0
    context.close()


def rows() -> np.ndarray:
    return np.random.default_rng(0).laplace(size=(900, 6)).astype("f4")


@pytest.mark.firefox
def test_a_dropped_file_is_a_live_scope_that_counts_as_python_does(blank: Blank) -> None:
    labels = np.arange(900) % 3
    assert blank.drop(("mine.npz", npz(X=rows(), labels=labels))) == "solid"
    scope = blank.drawn()
    kernel = srm.SRMScope(rows(), labels=labels)
    engine = kernel.engine
    assert isinstance(engine, srm.ResonanceEngine)

    def counted() -> str:
        i, j = kernel.pair
        n = engine.beam(i, j, kernel.theta, epsilon=kernel.epsilon).n_lit
        return f"{n:,} of 900"

    # As it opens, at the automatic ε and the peak; then as it is moved.
    expect(lit(scope)).to_have_text(begins(counted()))
    expect(scope.locator(".srm-map-count")).to_contain_text("all 15 lit")
    expect(blank.status).to_have_text("mine.npz: 900 × 6 float32 · 3 classes")
    expect(scope.locator(".srm-provenance")).to_contain_text("read from a file with srm_widget")
    for name, slider, value in (("epsilon", "Epsilon", 0.5), ("position", "Rotation plane", 7)):
        setattr(kernel, name, value)
        slide(scope, slider, value)
        expect(lit(scope)).to_have_text(begins(counted()))


def test_a_refused_file_leaves_the_scope_and_is_named_as_text(blank: Blank) -> None:
    bad = rows()
    bad[5, 3] = np.nan
    blank.drop((NASTY, npy(bad)))
    said = "expected finite activations, got NaN or infinity in 1 of 900 rows (5)"
    expect(blank.problem).to_contain_text(f"{NASTY} is refused: {said}")
    expect(blank.scope).to_have_count(0)
    blank.drop(("good.npy", npy(rows())))
    before = blank.drawn().locator("path.srm-curve").get_attribute("d")
    expect(blank.problem).to_be_empty()
    blank.drop((NASTY, npy(bad)))
    # After the engine's advice, which needs Python, what helps on the page.
    here = "leaves such rows out. That is for Python; for this page, save the file without them"
    expect(blank.problem).to_contain_text(here)
    expect(blank.problem).to_contain_text("The scope below is as it was.")
    expect(blank.status).to_contain_text("good.npy: 900 × 6")
    expect(blank.scope.locator("path.srm-curve")).to_have_attribute("d", before or "")
    blank.drop(("labels.npy", npy(np.arange(900) % 2)), ("other.npy", npy(rows() + 1)))
    expect(blank.status).to_have_text("labels.npy + other.npy: 900 × 6 float32 · 2 classes")
    expect(blank.scope).to_have_count(1)
    assert blank.page.locator("img").count() == 0


def test_long_names_keep_their_ends_and_many_are_counted(blank: Blank) -> None:
    blank.drop((f"layer_{'12' * 60}_seed_3.npy", npy(rows())))
    blank.drawn()
    expect(blank.status).to_have_text(re.compile(r"^layer_1212\S{25,45}…\S+_seed_3\.npy: 900 × 6"))
    blank.drop(*((f"{k}.npy", b"x") for k in range(40)))
    expect(blank.problem).to_contain_text("0.npy + 1.npy + 2.npy + 3.npy + 36 more is refused")


@pytest.mark.firefox
def test_a_file_is_chosen_by_keyboard(blank: Blank) -> None:
    # From the beginning: a press may be quicker than the browser learns that somebody waits.
    blank.page.on("filechooser", lambda _: None)
    blank.page.keyboard.press("Tab")
    picker = blank.page.get_by_label("Choose a file")
    expect(picker).to_be_focused()
    assert (
        blank.page.locator(".srm-choose").evaluate("e => getComputedStyle(e).outlineStyle")
        == "solid"
    )
    with blank.page.expect_file_chooser() as chosen:
        blank.page.keyboard.press("Enter")
    chosen.value.set_files({"name": "x.csv", "mimeType": "", "buffer": b"1,2\n3,4\n5,-6\n"})
    blank.drawn()
    expect(blank.status).to_contain_text("x.csv: 3 × 2 float64")
    expect(blank.page.get_by_label("Choose another file")).to_be_focused()


def test_hostile_files_are_refused_one_after_another(blank: Blank) -> None:
    blank.choose("good.npy", npy(rows()))
    blank.drawn()
    bad = [file for file in hostile(seed=21, n=52) if file.kind not in ("good", "shaped", "beside")]
    assert len(bad) == 40
    for k, file in enumerate(bad):
        blank.choose(f"{k} {file.name}", file.data)
        expect(blank.problem).to_contain_text(re.compile(rf"^{k} .*refused: expected ", re.DOTALL))
    expect(blank.status).to_contain_text("good.npy: 900 × 6")
    slide(blank.scope, "Epsilon", 0.4)
    expect(blank.scope.locator(".srm-readout")).to_contain_text("of 900")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, theme: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    blank = Blank(context.new_page(), tmp_path / "blank.html")
    assert violations(blank.page, None) == []
    assert blank.page.evaluate("document.documentElement.scrollWidth") <= 360
    blank.drop(("mine.npz", npz(X=rows(), labels=np.arange(900) % 3)))
    blank.drawn()
    blank.drop(("bad.npy", b"x"))
    expect(blank.problem).to_contain_text("bad.npy is refused")
    assert violations(blank.page, None) == []
    assert blank.page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()

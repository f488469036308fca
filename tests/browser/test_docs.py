"""The documentation in Chromium: from files, without kernels and with the network cut."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Request, expect

from tests.browser.page_errors import collect_errors
from tests.waiting import until

ROOT = Path(__file__).parents[2]
LEFT = "net::ERR_ABORTED"  # Chromium's word for a request whose page was left
THEMES = "[PST]"  # the theme says in the console which look it takes
NOTEBOOKS = [f"notebooks/{path.stem}" for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
LED_FROM = ["index", "guide/without-python", "teaching", "api/index", *NOTEBOOKS]

# Notebooks that nothing has executed since they or the package changed are executed here.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site: any warning of Sphinx fails it."""
    folder = tmp_path_factory.mktemp("built") / "docs"
    command = [sys.executable, "-m", "docs.site", "--to", str(folder)]
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
    collect_errors(page, problems)
    page.on(
        "console",
        lambda said: None if said.text.startswith(THEMES) else problems.append(said.text),
    )
    page.on("requestfailed", lambda failed: problems.extend(unanswered(failed)))
    page.on(
        "request",
        lambda sent: None if sent.url.startswith(own) else problems.append(f"request: {sent.url}"),
    )
    yield page
    assert problems == []
    context.close()


def unanswered(failed: Request) -> list[str]:
    """What a failed request tells: nothing, if its page was left before the answer came."""
    return [] if failed.failure == LEFT else [f"failed: {failed.url}: {failed.failure}"]


def slide(scope: Locator | FrameLocator, name: str, steps: int) -> None:
    """Move a slider by some of its steps; backwards where there is no room."""
    scope.get_by_role("slider", name=name, exact=True).evaluate(
        """(slider, steps) => {
            const before = slider.value;
            slider.stepUp(steps);
            if (slider.value === before) slider.stepDown(steps);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
        }""",
        steps,
    )


def curve_moves(scope: Locator | FrameLocator, name: str, steps: int) -> None:
    """A slider is answered by another curve."""
    curve = scope.locator("path.srm-curve")
    before = curve.get_attribute("d")
    slide(scope, name, steps)
    expect(curve).not_to_have_attribute("d", before or "", timeout=30_000)


def beam_moves(scope: FrameLocator, steps: int) -> None:
    """The beam turns, and what is in it is counted anew."""
    spotlight, lit = (
        scope.locator(".srm-row", has_text=name).locator("dd").first
        for name in ("spotlight", "lit")
    )
    before = spotlight.inner_text(), lit.inner_text()
    slide(scope, "Spotlight angle", steps)
    expect(spotlight).not_to_have_text(before[0])
    expect(lit).not_to_have_text(before[1], timeout=30_000)


def unfold(page: Page) -> None:
    """Open what is folded in a page."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def scope_in(frame: Locator) -> FrameLocator:
    """The scope in a frame, scrolled to and drawn."""
    frame.scroll_into_view_if_needed()
    scope = frame.content_frame
    expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"), timeout=30_000)
    return scope


@pytest.mark.parametrize(("name", "n_scopes"), [("index", 1), ("gallery", 6)])
def test_live_scopes_answer_their_sliders(page: Page, docs: Path, name: str, n_scopes: int) -> None:
    page.goto(f"{docs.as_uri()}/{name}.html")
    places = page.locator("[data-live]")
    expect(places).to_have_count(n_scopes)
    for scope in places.all():
        scope.scroll_into_view_if_needed()
        expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
        curve_moves(scope, "Epsilon", -20)
        curve_moves(scope, "Rotation plane", 1)
        expect(scope.locator(".srm-error")).to_be_hidden()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_scope_of_a_notebook_answers_its_sliders(page: Page, docs: Path, name: str) -> None:
    page.goto(f"{docs.as_uri()}/{name}.html")
    unfold(page)
    frames = page.locator(".scope iframe").all()
    assert frames
    for frame in frames:
        scope = scope_in(frame)
        beam_moves(scope, 40)
        curve_moves(scope, "Epsilon", -20)
        curve_moves(scope, "Angular resolution", -20)
        curve_moves(scope, "Rotation plane", 1)
        expect(scope.locator(".srm-error")).to_be_hidden()


def fits(frame: Locator) -> None:
    """A frame is as high as what is in it, to the pixel."""
    root = frame.content_frame.locator("html")

    def heights() -> tuple[float, float]:
        inside: float = root.evaluate("root => root.getBoundingClientRect().height")
        return inside, frame.evaluate("frame => frame.clientHeight")

    def fit() -> bool:
        inside, outside = heights()
        return 0 <= outside - inside < 1

    until(fit, 10, lambda: "expected equal heights, got {} and {}".format(*heights()))


@pytest.mark.parametrize("page", [{}, {"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_frames_are_as_high_as_their_scopes(page: Page, docs: Path) -> None:
    page.goto(f"{docs.as_uri()}/notebooks/01_quickstart.html")
    unfold(page)
    for frame in page.locator(".scope iframe").all():
        scope = scope_in(frame)
        fits(frame)
        scope.get_by_role("button", name="Directions").click()
        fits(frame)


@pytest.mark.parametrize("name", LED_FROM)
def test_links_lead_somewhere(page: Page, docs: Path, name: str) -> None:
    page.goto(f"{docs.as_uri()}/{name}.html")
    links = page.evaluate(
        "[...document.querySelectorAll("
        "'a[href]:not([href^=http]), link, script[src], iframe, img'"
        ")].map((each) => each.href || each.src)"
    )
    assert len(links) > 20
    for link in links:
        parts = urlparse(link)
        if parts.scheme == "file":
            file = Path(unquote(parts.path))
            assert file.is_relative_to(docs)
            assert file.is_file(), link
            # Browsers look for an anchor as it is written first.
            assert not parts.fragment or f'id="{parts.fragment}"' in file.read_text(
                encoding="utf-8"
            )
        else:
            assert parts.scheme == "data", link


def test_the_reference_names_types_as_their_libraries_do(docs: Path) -> None:
    pages = [path.read_text(encoding="utf-8") for path in docs.glob("api/*.html")]
    assert any("(<em>ndarray</em>)" in text for text in pages)
    assert not any("jaxtyping" in text for text in pages)


def test_solutions_open_by_keyboard(page: Page, docs: Path) -> None:
    page.goto(f"{docs.as_uri()}/notebooks/01_quickstart.html")
    answers = page.locator("details", has_text="Solution")
    first = answers.first.locator("p").last
    expect(first).to_be_hidden()
    answers.first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    expect(answers.nth(1).locator("p, pre").last).to_be_hidden()


def test_the_front_page_leads_to_one_for_files_of_ones_own(page: Page, docs: Path) -> None:
    page.goto(f"{docs.as_uri()}/index.html")
    # A click might miss it: what is above grows while it is drawn.
    page.get_by_role("link", name="this page").press("Enter")
    file = {"name": "x.csv", "mimeType": "", "buffer": b"a,b,label\n1,2,x\n-3,1,y\n"}
    page.locator("#srm-file").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
    expect(page.locator(".srm-status").first).to_have_text("x.csv: 2 × 2 float64 · 2 classes")


@pytest.mark.parametrize("page", [{}, {"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_handout_fits_page_and_paper(page: Page, docs: Path) -> None:
    page.goto(f"{docs.as_uri()}/handout.html")
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2  # the answers on one of their own


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
@pytest.mark.parametrize(
    "name",
    [
        *("index", "costs", "reading", "scale", "genindex", "guide/capture", "api/results"),
        *("notebooks/01_quickstart", "notebooks/04_why_neurons_align"),
    ],
)
def test_pages_fit_and_follow_the_look(page: Page, docs: Path, name: str) -> None:
    page.goto(f"{docs.as_uri()}/{name}.html")
    too_wide, look, dark = page.evaluate(
        """[['html', '.bd-article-container'].filter((name) => {
              const part = document.querySelector(name);
              return part && part.scrollWidth > part.clientWidth;
            }),
            document.documentElement.dataset.theme,
            matchMedia('(prefers-color-scheme: dark)').matches]"""
    )
    assert too_wide == []
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

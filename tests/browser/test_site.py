"""The site of the notebooks in Chromium: from files, without kernels and with the network cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from notebooks.site.build import build
from notebooks.site.document import documents
from notebooks.site.execution import KEPT
from tests.waiting import until

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
TEXTS = ["reading", "alignment", "teaching"]
NAMES = ["index", *(path.stem for path in NOTEBOOKS), *TEXTS]

# Notebooks that nothing has executed since they or the package changed are executed here.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(list(documents(KEPT)), folder)
    return folder


class Visit:
    """Pages of the site as a reader sees them; `problems` is what must stay empty."""

    def __init__(self, page: Page, site: Path) -> None:
        self.page = page
        self.problems: list[str] = []
        self._site = site.as_uri()
        page.on("pageerror", lambda error: self.problems.append(error.stack or str(error)))
        page.on("console", lambda message: self.problems.append(message.text))
        page.on("request", lambda request: self._requested(request.url))

    def open(self, name: str) -> list[Locator]:
        """Open a page, and what is folded in it; its frames."""
        self.page.goto(f"{self._site}/{name}.html")
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        return self.page.locator("iframe").all()

    def _requested(self, url: str) -> None:
        if not url.startswith((f"{self._site}/", "data:", "blob:")):
            self.problems.append(f"request: {url}")


@pytest.fixture
def visit(browser: Browser, site: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    look = getattr(request, "param", {})
    context = browser.new_context(
        offline=True,
        viewport={"width": look.get("width", 1280), "height": 900},
        color_scheme=look.get("theme", "light"),
    )
    visit = Visit(context.new_page(), site)
    yield visit
    assert visit.problems == []
    context.close()


def scope_in(frame: Locator) -> FrameLocator:
    """The scope in a frame, scrolled to and drawn."""
    frame.scroll_into_view_if_needed()
    scope = frame.content_frame
    expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"), timeout=30_000)
    return scope


def slide(scope: FrameLocator, name: str, steps: int) -> None:
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


def curve_moves(scope: FrameLocator, name: str, steps: int) -> None:
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


@pytest.mark.parametrize("name", NAMES)
def test_every_scope_answers_its_sliders(visit: Visit, name: str) -> None:
    frames = visit.open(name)
    assert bool(frames) == (name not in TEXTS)
    for frame in frames:
        scope = scope_in(frame)
        beam_moves(scope, 40)
        curve_moves(scope, "Epsilon", -20)
        curve_moves(scope, "Angular resolution", -20)
        curve_moves(scope, "Rotation plane", 1)
        expect(scope.locator(".srm-error")).to_be_hidden()


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(visit: Visit, site: Path, name: str) -> None:
    visit.open(name)
    links = visit.page.evaluate(
        "[...document.querySelectorAll('a:not([href^=https]), link, script, iframe, img')]"
        ".map((each) => each.href || each.src)"
    )
    assert len(links) > 8
    for link in links:
        parts = urlparse(link)
        if parts.scheme == "file":
            file = Path(unquote(parts.path))
            assert file.is_relative_to(site)
            assert file.is_file(), link
            # Browsers look for an anchor as it is written first.
            assert not parts.fragment or f'id="{parts.fragment}"' in file.read_text(
                encoding="utf-8"
            )
        else:
            assert parts.scheme == "data", link


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


@pytest.mark.parametrize("visit", [{"width": 1280}, {"width": 360}], indirect=True)
def test_frames_are_as_high_as_their_scopes(visit: Visit) -> None:
    for frame in visit.open("01_quickstart"):
        scope = scope_in(frame)
        fits(frame)
        scope.get_by_role("button", name="Directions").click()
        fits(frame)


@pytest.mark.parametrize(
    ("name", "visit"),
    [
        (name, {"width": width, "theme": theme})
        for name in ("index", "04_why_neurons_align", *TEXTS)
        for width, theme in ((900, "light"), (360, "dark"))
    ],
    indirect=["visit"],
)
def test_nothing_sticks_out(visit: Visit, name: str, shot: Callable[..., Path]) -> None:
    frames = visit.open(name)
    for frame in frames[:1]:
        scope_in(frame)
    widths = visit.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    shot(f"site-{name}-{widths[1]}", visit.page)


def test_the_front_page_leads_to_one_for_files_of_ones_own(visit: Visit) -> None:
    visit.open("index")
    # A click might miss it: what is above grows while it is drawn.
    visit.page.get_by_role("link", name="Your own activations").press("Enter")
    file = {"name": "x.csv", "mimeType": "", "buffer": b"a,b,label\n1,2,x\n-3,1,y\n"}
    visit.page.locator("#srm-file").set_input_files(file)  # type: ignore[arg-type]
    expect(visit.page.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
    expect(visit.page.locator(".srm-status").first).to_have_text("x.csv: 2 × 2 float64 · 2 classes")


def test_solutions_open_by_keyboard(visit: Visit) -> None:
    visit.page.goto(f"{visit._site}/01_quickstart.html")
    answers = visit.page.locator(".solution")
    first = answers.first.locator(".prose")
    expect(answers).to_have_count(6)
    expect(first).to_be_hidden()
    answers.first.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    expect(first).to_be_visible()
    expect(answers.nth(1).locator(".prose")).to_be_hidden()


@pytest.mark.parametrize("visit", [{"width": 900}, {"width": 360}], indirect=True)
def test_handout_fits_page_and_paper(visit: Visit, shot: Callable[..., Path]) -> None:
    visit.page.goto(f"{visit._site}/handout.html")
    widths = visit.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    shot(f"handout-{widths[1]}", visit.page)
    printed = visit.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2  # the answers on one of their own

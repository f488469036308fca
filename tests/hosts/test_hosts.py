"""docs/hosts.md, with the hosts themselves and without a network: make test-hosts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import srm_widget as srm
from tests.browser.drawn import begins, lit, slide
from tests.browser.page_errors import collect_errors
from tests.hosts.host_server import TOOLS, HostServer, blocks
from tests.waiting import until

pytestmark = pytest.mark.skipif(not TOOLS.is_dir(), reason="make test-hosts installs the hosts")

Scheme = Literal["light", "dark"]
LIVE = "marimo", "nbclassic", "voila", "solara", "shiny", "panel"
SLOWLY = 120_000  # ms, for an app that imports torch when it is first asked for
PATIENTLY = 30_000  # ms, for what is counted on a busy machine
ANYWIDGET = re.compile(r"^https://unpkg\.com/anywidget@[^/]*/dist/index")
KERNEL_IS_THERE = """() => {
    const kernel = window.Jupyter?.notebook?.kernel;
    return Boolean(kernel?.is_connected() && kernel.widget_manager);
}"""
# What is shown before the kernel has said which widgets it has is drawn again then, and is empty.
RUN_ALL = """async () => {
    await Jupyter.notebook.kernel.widget_manager._loadFromKernel();
    Jupyter.notebook.execute_all_cells();
}"""


@pytest.fixture(scope="module")
def engine() -> srm.ResonanceEngine:
    """What the apps hold, in an engine of the tests' own."""
    names: dict = {}
    exec("\n".join(blocks("Activations")), names)
    return srm.ResonanceEngine(names["activations"])


class Visit:
    """An app in a page of somebody's own."""

    def __init__(self, server: HostServer, browser: Browser, scheme: Scheme = "light") -> None:
        context = browser.new_context(viewport={"width": 1100, "height": 900}, color_scheme=scheme)
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        collect_errors(self.page, self.problems)
        script = next(TOOLS.glob("lib/python*/site-packages/anywidget/nbextension/index.js"))
        self.page.route(
            ANYWIDGET, lambda route: route.fulfill(path=script, content_type="text/javascript")
        )
        self.page.goto(server.address, timeout=SLOWLY)
        if server.name == "nbclassic":
            self.page.wait_for_function(KERNEL_IS_THERE, timeout=SLOWLY)
            self.page.evaluate(RUN_ALL)
        self.scope: Locator = self.page.locator(".srm-scope")
        self.drawn()

    def drawn(self) -> None:
        expect(self.scope.locator("path.srm-curve")).to_be_visible(timeout=SLOWLY)

    @property
    def epsilon(self) -> Locator:
        return self.scope.get_by_role("slider", name="Epsilon", exact=True)

    def drag(self, share: float) -> float:
        """Drag the slider of ε, by the mouse, to this share of its way; what ε is then."""
        slider = self.epsilon
        slider.hover()  # which waits until the page has come to rest
        box = slider.bounding_box()
        assert box
        ends = [float(slider.get_attribute(end) or "") for end in ("min", "max")]
        begin = (float(slider.input_value()) - ends[0]) / (ends[1] - ends[0])
        x = [box["x"] + 8 + place * (box["width"] - 16) for place in (begin, share)]
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(x[0], y)
        self.page.mouse.down()
        self.page.mouse.move(x[1], y, steps=8)
        self.page.mouse.up()
        there = ends[0] + share * (ends[1] - ends[0])
        until(
            lambda: abs(float(slider.input_value()) - there) < 0.03,
            30,
            lambda: f"at {slider.input_value()} and not near {there}",
        )
        return float(slider.input_value())

    def shows(self, epsilon: float, plane: str, n: int) -> None:
        """Wait until page, Python and what is counted in the background say the same."""
        expect(self.scope.locator(".srm-plane")).to_have_text(plane, timeout=PATIENTLY)
        expect(lit(self.scope)).to_have_text(begins(f"{n:,} of 2,000"), timeout=PATIENTLY)
        said = self.page.get_by_text(f"{n} in the beam").first
        expect(said).to_be_visible(timeout=PATIENTLY)
        self.surveyed(epsilon)

    def surveyed(self, epsilon: float) -> None:
        """Wait until the map of all planes is of this ε."""
        navigator = self.scope.get_by_role("group", name="Navigator")
        expect(navigator).to_contain_text(f"at ε = {epsilon:.2f}", timeout=PATIENTLY)

    def other_plane(self) -> None:
        """Press the app's button: Python sets the plane."""
        self.page.get_by_role("button", name="Other plane").first.click()

    def close(self) -> None:
        self.page.context.close()


@pytest.fixture(scope="module", params=LIVE)
def server(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[HostServer]:
    with HostServer(request.param, tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.fixture
def visitor(server: HostServer, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """People who open the app."""
    visits: list[Visit] = []

    def opens(scheme: Scheme = "light") -> Visit:
        visits.append(Visit(server, browser, scheme))
        return visits[-1]

    yield opens
    problems = [problem for visit in visits for problem in visit.problems]
    for visit in visits:
        visit.close()
    assert problems == []


FIRST, OTHER = "b₀ ∧\u00a0b₁", "b₁ ∧\u00a0b₄"


def test_page_and_python_move_each_other(
    visitor: Callable[..., Visit],
    engine: srm.ResonanceEngine,
    server: HostServer,
    shot: Callable[..., Path],
) -> None:
    one = visitor()
    curve = engine.curve(0, 1, epsilon="auto")
    theta = float(curve.angles[curve.counts[0].argmax()])

    def inside(pair: tuple[int, int], epsilon: float) -> int:
        return engine.beam(*pair, theta, epsilon=epsilon).n_lit

    one.shows(curve.epsilon, FIRST, inside((0, 1), curve.epsilon))
    epsilon = one.drag(0.6)
    one.shows(epsilon, FIRST, inside((0, 1), epsilon))
    one.other_plane()
    one.shows(epsilon, OTHER, inside((1, 4), epsilon))
    box = one.scope.bounding_box()
    assert box
    assert box["width"] > 700
    shot(f"host-{server.name}-light", one.page)


def test_people_and_pages(
    visitor: Callable[..., Visit],
    engine: srm.ResonanceEngine,
    server: HostServer,
    shot: Callable[..., Path],
) -> None:
    """Each page has a scope of its own, and begins anew when it is loaded again."""
    if server.name == "nbclassic":
        pytest.skip("a notebook is one person's: its pages share the kernel")
    one, other = visitor(), visitor("dark")
    epsilon = one.drag(0.6)
    one.surveyed(epsilon)
    first = engine.curve(0, 1, epsilon="auto").epsilon
    other.surveyed(first)
    another = other.drag(0.8)
    other.other_plane()
    expect(other.scope.locator(".srm-plane")).to_have_text(OTHER, timeout=PATIENTLY)
    expect(one.scope.locator(".srm-plane")).to_have_text(FIRST)
    expect(one.epsilon).to_have_value(f"{epsilon:g}")
    expect(other.epsilon).to_have_value(f"{another:g}")
    shot(f"host-{server.name}-dark", other.page)
    one.page.reload(timeout=SLOWLY)
    one.drawn()
    one.surveyed(first)
    one.surveyed(one.drag(0.65))


def test_the_page_that_needs_no_python(
    page: Page,
    engine: srm.ResonanceEngine,
    tmp_path: Path,
    shot: Callable[..., Path],
) -> None:
    """In Streamlit, which runs no widgets: the page counts what the engine counts."""
    with HostServer("streamlit", tmp_path) as server:
        page.set_viewport_size({"width": 1100, "height": 900})
        page.goto(server.address, timeout=SLOWLY)
        inner = page.frame_locator("iframe").frame_locator(
            "iframe"
        )  # the page's own, in Streamlit's
        scope = inner.locator(".srm-scope")
        expect(scope.locator("path.srm-curve")).to_be_visible(timeout=SLOWLY)
        curve = engine.curve(0, 1, epsilon="auto")
        theta = float(curve.angles[curve.counts[0].argmax()])
        slide(scope, "Epsilon", 0.3)
        n = engine.beam(0, 1, theta, epsilon=0.3).n_lit
        expect(lit(scope)).to_have_text(begins(f"{n:,} of 2,000"))
        shot("host-streamlit-light", page)

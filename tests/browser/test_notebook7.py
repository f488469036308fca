"""The scope in a real Jupyter Notebook 7: the page moves the kernel, and the kernel the page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.drawn import wait_for_curve
from tests.browser.lab import Lab, NotebookServer
from tests.browser.page_errors import collect_errors
from tests.browser.test_scope_in_lab import SETUP, Shown
from tests.waiting import until

FITS = """disc => {
    const dial = disc.closest('.srm-dial').getBoundingClientRect();
    const box = disc.ownerSVGElement.getBoundingClientRect();
    return Math.abs(box.width - dial.width) < 2;
}"""
ACTIVE = "jupyterapp.shell.currentWidget.content.activeCellIndex"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Shown]:
    """One notebook for the tests of this module."""
    with NotebookServer(tmp_path_factory.mktemp("notebook")) as server:
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.add_init_script("Error.stackTraceLimit = 100")
        lab = Lab(server, page)
        lab.open([SETUP, "scope"])
        problems: list[str] = []
        collect_errors(page, problems)
        lab.run_all()
        expect(page.locator(".srm-scope path.srm-curve")).to_be_visible()
        shown = Shown(lab)
        shown.settled()
        yield shown
        lab.close()
        page.close()
        assert problems == []


def test_a_slider_is_dragged(shown: Shown) -> None:
    slider = shown.slider("Epsilon")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    thumb, middle = box["x"] + 8 + 0.8 * (box["width"] - 16), box["y"] + box["height"] / 2
    shown.drag((thumb, middle), (box["x"] + 0.7 * box["width"], middle))
    shown.kernel.until("0.3 < scope.epsilon < 0.5")
    shown.settled()


def test_keys_move_the_slider_and_not_the_cells(shown: Shown) -> None:
    active = shown.page.evaluate(ACTIVE)
    slider = shown.slider("Rotation plane")
    slider.focus()
    shown.kernel.execute("scope.position = 5")
    expect(slider).to_have_value("5")
    for key, position in (("ArrowDown", 4), ("ArrowUp", 5), ("ArrowUp", 6), ("ArrowRight", 7)):
        slider.press(key)
        shown.kernel.until(f"scope.position == {position}")
        expect(slider).to_be_focused()
    for key in ("j", "k", "a", "b", "x"):
        slider.press(key)
    assert shown.page.evaluate(ACTIVE) == active
    assert shown.page.locator(".jp-Cell").count() == 2
    shown.settled()


def test_the_beam_is_dragged_and_python_moves_it_back(shown: Shown) -> None:
    shown.scope.locator(".srm-polar").scroll_into_view_if_needed()
    theta = float(str(shown.value("theta")))
    shown.drag(shown.at(theta, 1), shown.at(theta + 0.7, 1), shown.at(theta + 1.5, 0.9))
    shown.kernel.until(f"abs(scope.theta - {(theta + 1.5) % math.tau}) < 0.02")
    shown.kernel.execute("scope.pair = (4, 2); scope.epsilon = 0.75; scope.theta = 2.0")
    shown.settled()
    expect(shown.scope.get_by_label("First direction")).to_have_value("4")
    expect(shown.slider("Epsilon")).to_have_value("0.75")


def test_it_follows_the_width_and_the_theme(shown: Shown) -> None:
    disc = shown.scope.locator("circle.srm-disc")
    body = shown.scope.locator(".srm-body")
    header = shown.scope.locator(".srm-header")
    for width in (560, 1100, 560):
        shown.lab.viewport(width, 900)
        columns = 2 if width == 1100 else 1
        grid = re.compile(rf"^(\S+ ?){{{columns}}}$")
        expect(body).to_have_css("grid-template-columns", grid)
        until(lambda: disc.evaluate(FITS), 10, lambda: "the picture is as wide as before")
    expect(header).to_be_visible()
    overflow = "node => node.scrollWidth - node.clientWidth"
    assert shown.scope.evaluate(overflow) <= 0
    shown.lab.theme("dark")
    expect(shown.scope).to_have_attribute("data-srm-theme", "dark")
    shown.lab.theme("light")
    expect(shown.scope).to_have_attribute("data-srm-theme", "light")
    shown.lab.viewport(1100, 900)
    wait_for_curve(shown.scope, shown.kernel)


def test_a_kernel_that_is_started_anew(shown: Shown) -> None:
    shown.lab.restart()
    notice = shown.scope.locator(".srm-kernel")
    expect(notice).to_have_text(re.compile("^The kernel is gone"), timeout=20_000)
    shown.lab.run_all()
    again = Shown(shown.lab)
    expect(again.scope).to_have_count(1)
    expect(again.scope.locator(".srm-kernel")).to_be_hidden()
    again.slider("Rotation plane").press("ArrowRight")
    again.kernel.until("scope.position == 1")
    wait_for_curve(again.scope, again.kernel)

"""In JupyterLab: cells scrolled away and back, views elsewhere, pages that sleep or reload."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.drawn import slide, wait_for_curve
from tests.browser.lab import Lab, LabServer
from tests.browser.page_errors import collect_errors
from tests.browser.test_scope_in_lab import Shown
from tests.waiting import until

SETUP = """
import numpy as np, srm_widget as srm
activations = np.tanh(2 * np.random.default_rng(0).standard_normal((1_200, 6)))
scope = srm.SRMScope(activations, epsilon=0.6)
large = np.random.default_rng(1).standard_normal((20_000, 48))
"""
LARGE = "long = srm.SRMScope(large, epsilon=0.3)\nlong"
LONG = "print('\\n' * 60)"
NOTEBOOK = "jupyterapp.shell.currentWidget.content"
# Whether a canvas shows anything.
INKED = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some(value => value > 0);
}"""


@pytest.fixture(scope="module")
def shown(lab_server: LabServer, lab_context: BrowserContext) -> Iterator[Shown]:
    """One notebook for the tests of this module: the scope, then much else."""
    page = lab_context.new_page()
    page.set_viewport_size({"width": 1000, "height": 900})
    lab = Lab(lab_server, page)
    lab.open([SETUP, "scope", *[LONG] * 25, LARGE], simple=False)
    problems: list[str] = []
    collect_errors(page, problems)
    page.evaluate(
        f"{NOTEBOOK}.notebookConfig = {{ ...{NOTEBOOK}.notebookConfig, windowingMode: 'full' }}"
    )
    lab.run_all()
    page.evaluate(f"{NOTEBOOK}.scrollToItem(1)")
    shown = Shown(lab)
    shown.scope = page.locator(".jp-Notebook .srm-scope", has_text="1,200 samples")
    expect(shown.scope.locator("path.srm-curve")).to_be_visible()
    shown.kernel.until("scope.survey_state == long.survey_state == 'done'")
    shown.settled()
    yield shown
    lab.close()
    page.close()
    assert problems == []


def moves_both_ways(shown: Shown, view: Locator) -> None:
    """The kernel follows this view, and it the kernel."""
    kernel = shown.kernel
    before = int(kernel.evaluate("scope.position"))
    slide(view, "Rotation plane", (before + 4) % 15)
    kernel.until(f"scope.position == {(before + 4) % 15}")
    wait_for_curve(view, kernel)
    kernel.execute("scope.epsilon = 0.5 if scope.epsilon > 0.55 else 0.6")
    wait_for_curve(view, kernel)


def scroll_to(shown: Shown, cell: int, scope: Locator) -> None:
    """Scroll to the scope of a cell that nobody has seen yet, until it is drawn.

    Cells above it take their heights as they come into sight, and push it out again.
    """

    def is_drawn() -> bool:
        shown.page.evaluate(f"{NOTEBOOK}.scrollToItem({cell})")
        return scope.locator("path.srm-curve").is_visible()

    until(is_drawn, 30, lambda: f"the scope of cell {cell} is not drawn", pause=0.25)


def test_a_cell_scrolled_out_of_the_page_and_back(shown: Shown) -> None:
    page = shown.page
    shown.scope.evaluate("node => { window.first = node; }")
    canvas = shown.scope.locator(".srm-map-canvas")
    assert canvas.evaluate(INKED)
    page.evaluate(f"{NOTEBOOK}.scrollToItem(26)")
    page.wait_for_function("!first.isConnected || !first.checkVisibility()")
    shown.kernel.execute("scope.pair = (3, 4); scope.theta = 2.5")
    page.evaluate(f"{NOTEBOOK}.scrollToItem(1)")
    expect(shown.scope.locator("path.srm-curve")).to_be_visible()
    expect(shown.scope.locator(".srm-plane")).to_contain_text("b₃")
    wait_for_curve(shown.scope, shown.kernel)
    expect(shown.slider("Spotlight angle")).to_have_value("143")
    assert canvas.evaluate(INKED)
    moves_both_ways(shown, shown.scope)


def test_an_output_collapsed_and_opened(shown: Shown) -> None:
    page = shown.page
    page.evaluate(f"{NOTEBOOK}.activeCellIndex = 1")
    page.evaluate("jupyterapp.commands.execute('notebook:hide-cell-outputs')")
    expect(shown.scope).to_be_hidden()
    shown.kernel.execute("scope.pair = (1, 5)")
    page.evaluate("jupyterapp.commands.execute('notebook:show-cell-outputs')")
    expect(shown.scope).to_be_visible()
    expect(shown.scope.locator(".srm-plane")).to_contain_text("b₅")
    wait_for_curve(shown.scope, shown.kernel)
    assert shown.scope.locator(".srm-map-canvas").evaluate(INKED)


def test_a_page_that_sleeps(shown: Shown) -> None:
    devtools = shown.page.context.new_cdp_session(shown.page)
    devtools.send("Page.enable")
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    for theta in range(60):
        shown.kernel.execute(f"scope.theta = {theta / 10}")
    shown.kernel.execute("scope.pair = (0, 3)")
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    expect(shown.scope.locator(".srm-plane")).to_contain_text("b₃")
    wait_for_curve(shown.scope, shown.kernel)
    expect(shown.scope.locator(".srm-kernel")).to_be_hidden()
    moves_both_ways(shown, shown.scope)


def test_a_view_of_its_own_beside_the_notebook(shown: Shown) -> None:
    page = shown.page
    page.evaluate(f"{NOTEBOOK}.activeCellIndex = 1")
    shown.scope.locator("circle.srm-disc").click(button="right", position={"x": 40, "y": 160})
    page.get_by_role("menuitem", name="Create New View for Cell Output").click()
    other = page.locator(".jp-LinkedOutputView .srm-scope")
    expect(other.locator("path.srm-curve")).to_be_visible()
    moves_both_ways(shown, other)
    # The one in the notebook is not on show now, or smaller; both are of the same scope.
    moves_both_ways(shown, shown.scope)
    wait_for_curve(other, shown.kernel)
    page.evaluate(
        """() => [...jupyterapp.shell.widgets('main')]
            .filter(widget => widget.node.querySelector('.jp-LinkedOutputView'))
            .forEach(widget => widget.close())"""
    )
    expect(other).to_have_count(0)
    moves_both_ways(shown, shown.scope)


def test_a_page_reloaded_in_the_middle_of_it(shown: Shown) -> None:
    lab, page, kernel = shown.lab, shown.page, shown.kernel
    lab.save()
    page.evaluate(f"{NOTEBOOK}.scrollToItem(27)")
    last = page.locator(".srm-scope", has_text="20,000 samples")
    expect(last.locator("path.srm-curve")).to_be_visible()
    moving = Shown(lab)
    moving.scope = last
    last.locator(".srm-polar").scroll_into_view_if_needed()
    page.mouse.move(*moving.at(0, 1))
    page.mouse.down()
    for k in range(20):
        page.mouse.move(*moving.at(k / 20, 0.95))
    # A survey begins, and the page that asked for it goes, with the thread that serves it.
    slide(last, "Epsilon", 0.37)
    kernel.until("long.epsilon == 0.37 and long.survey_state in ('running', 'done')")
    page.reload()
    page.mouse.up()
    lab.wait_idle(60)
    kernel.until("long.survey_state == 'done'")
    again = page.locator(".srm-scope", has_text="20,000 samples")
    scroll_to(shown, 27, again)
    expect(again.locator(".srm-map-count")).to_contain_text("ε = 0.37")
    expect(again.locator(".srm-readout")).not_to_have_class(re.compile("srm-pending"))
    scope = shown.scope
    scroll_to(shown, 1, scope)
    expect(page.locator(".srm-kernel:visible")).to_have_count(0)
    moves_both_ways(shown, scope)

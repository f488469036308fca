"""The map of all planes in a real JupyterLab: gestures in the page, traits in the kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.drawn import wait_for_curve
from tests.browser.lab import Lab, LabServer, LentPages
from tests.browser.page_errors import collect_errors
from tests.waiting import until

SETUP = """
import numpy as np, srm_widget as srm
rng = np.random.default_rng(0)
activations = (rng.standard_normal((1500, 8)) ** 3).astype(np.float32)
scope = srm.SRMScope(activations, title="eight neurons")
start = dict(pair=(0, 1), order="index", epsilon=0.6, theta=0.0, navigator=True)
"""
RESET = "for name, value in start.items(): setattr(scope, name, value)"
M = 8

# So small pieces that a survey goes on for thousands of turns of the kernel's loop.
LONG = """
from srm_widget.survey import search
search._TESTS = 500
wide = rng.standard_normal((4000, 128)).astype(np.float32)
scope = srm.SRMScope(wide, epsilon=0.3, navigator=False)
states = []
scope.observe(lambda _: states.append(scope._map_frame["state"]), "theta")
"""
DRAWN = """canvas => {
    const context = canvas.getContext('2d');
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return Array.from(new Uint32Array(data.buffer));
}"""


class Shown:
    """A scope with its map on show in JupyterLab."""

    def __init__(self, lab: Lab) -> None:
        self.page, self.kernel = lab.page, lab.kernel
        self.scope = lab.page.locator(".srm-scope").first
        self.canvas = self.scope.locator(".srm-map-canvas")

    def slider(self, name: str) -> Locator:
        return self.scope.get_by_role("slider", name=name, exact=True)

    def settled(self) -> None:
        """Wait until the kernel knows all planes at the ε on show, and the page shows the curve."""
        self.kernel.until("scope._map_frame['state'] == 'done'")
        self.kernel.until("scope._map_frame['epsilon'] == scope.epsilon")
        wait_for_curve(self.scope, self.kernel)

    def pixels(self) -> list[int]:
        found: list[int] = self.canvas.evaluate(DRAWN)
        return found

    def on_map(self, row: int, column: int) -> tuple[float, float]:
        """The middle of a cell, in page coordinates."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        assert box
        x = box["x"] + (column + 0.5) / M * box["width"]
        return x, box["y"] + (row + 0.5) / M * box["height"]

    def until_drawn(self, unlike: list[int] | None = None) -> list[int]:
        """Wait for a map of many colours, another than `unlike`."""

        def drawn() -> list[int]:
            found = self.pixels()
            return found if len(set(found)) > M and found != unlike else []

        return until(drawn, 30, lambda: "the map is not drawn")


@pytest.fixture(scope="module")
def notebook(lab_server: LabServer, lab_pages: LentPages) -> Iterator[Shown]:
    """One notebook for the tests of this module."""
    page = lab_pages.take(1100, 900)
    problems: list[str] = []
    collect_errors(page, problems)
    lab = Lab(lab_server, page)
    lab.open([SETUP, "scope"])
    lab.run_all()
    expect(page.locator(".srm-scope path.srm-curve")).to_be_visible()
    yield Shown(lab)
    lab.close()
    lab_pages.give_back(page)
    assert problems == []


@pytest.fixture
def shown(notebook: Shown) -> Shown:
    """The notebook's scope as it was at first, its map on show."""
    notebook.kernel.execute(RESET)
    notebook.settled()
    expect(notebook.slider("Rotation plane")).to_have_value("0")
    notebook.until_drawn()
    return notebook


def test_the_map_is_drawn_and_put_away(shown: Shown) -> None:
    expect(shown.canvas).to_be_visible()
    told = shown.kernel.evaluate("scope._map_frame['n_planes'], scope.survey.n_planes")
    assert told == (28, 28)
    button = shown.scope.get_by_role("button", name="Map", exact=True)
    button.click()
    expect(shown.canvas).to_be_hidden()
    shown.kernel.until("not scope.navigator and scope._map == b''")
    button.click()
    shown.kernel.until("scope.navigator")
    shown.settled()
    expect(shown.canvas).to_be_visible()
    shown.until_drawn()


@pytest.mark.parametrize("plane", [(2, 6), (6, 2), (7, 0)])
def test_a_click_on_the_map_shows_the_plane(shown: Shown, plane: tuple[int, int]) -> None:
    shown.page.mouse.click(*shown.on_map(*plane))
    shown.kernel.until(f"scope.pair == {plane}")
    shown.settled()
    expect(shown.scope.get_by_label("First direction")).to_have_value(str(plane[0]))
    expect(shown.scope.get_by_label("Second direction")).to_have_value(str(plane[1]))


@pytest.mark.parametrize("order", ["alignment", "peak"])
def test_the_slider_begins_with_the_best_plane(shown: Shown, order: str) -> None:
    shown.page.mouse.click(*shown.on_map(3, 5))
    shown.kernel.until("scope.pair == (3, 5)")
    shown.scope.get_by_label("Plane order").select_option(order)
    shown.kernel.until(f"scope.order == {order!r} and scope._map_frame['by'] == {order!r}")
    assert shown.kernel.evaluate("scope.pair") == (3, 5)
    slider = shown.slider("Rotation plane")
    expect(slider).to_have_value(str(shown.kernel.evaluate("scope.position")))
    slider.press("End")
    shown.kernel.until("scope.position == 27")
    slider.press("Home")
    shown.kernel.until("scope.position == 0")
    best = shown.kernel.evaluate(f"scope.survey.best({order!r}, 1).planes[0].tolist()")
    assert shown.kernel.evaluate("list(scope.pair)") == best
    shown.settled()
    expect(shown.scope.get_by_label("First direction")).to_have_value(str(best[0]))


def test_the_map_follows_epsilon(shown: Shown) -> None:
    before = shown.until_drawn()
    slider = shown.slider("Epsilon")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    # The thumb's middle stays half a thumb, some 8 px, within the track.
    least, most = (float(slider.get_attribute(end) or "") for end in ("min", "max"))
    share = (0.6 - least) / (most - least)
    y = box["y"] + box["height"] / 2
    mouse = shown.page.mouse
    mouse.move(box["x"] + 8 + share * (box["width"] - 16), y)
    mouse.down()
    mouse.move(box["x"] + 0.7 * box["width"], y, steps=10)
    mouse.move(box["x"] + 0.93 * box["width"], y, steps=10)
    mouse.up()
    shown.kernel.until("scope.epsilon > 0.75")
    shown.settled()
    shown.until_drawn(unlike=before)


def test_the_kernel_answers_while_it_surveys(lab: Lab) -> None:
    lab.open([SETUP, LONG, "scope"])
    lab.run_all()
    shown = Shown(lab)
    wait_for_curve(shown.scope, lab.kernel)
    slider = shown.slider("Spotlight angle")
    slider.focus()
    shown.scope.get_by_role("button", name="Map", exact=True).click()
    lab.kernel.until("scope._map_frame['state'] == 'running'", pause=0.02)
    before = lab.kernel.evaluate("scope.theta")
    slider.press("PageUp")
    lab.kernel.until(f"scope.theta != {before}")
    assert "running" in lab.kernel.evaluate("states")
    slider = shown.slider("Epsilon")
    for _ in range(4):
        slider.press("ArrowRight")
    lab.kernel.until("scope.epsilon > 0.335")
    lab.kernel.until("scope._map_frame['state'] == 'done'", timeout=120)
    assert lab.kernel.evaluate("scope._map_frame['epsilon'] == scope.epsilon")
    shown.until_drawn()

"""The explorer in a real JupyterLab: each of its links by a gesture, both ways."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.drawn import wait_for_curve
from tests.browser.lab import Lab, LabServer, LentPages
from tests.browser.page_errors import collect_errors
from tests.waiting import until

SETUP = """
import numpy as np, srm_widget as srm
rng = np.random.default_rng(0)
activations = np.tanh(2 * rng.standard_normal((1200, 8))).astype(np.float32)
explorer = srm.SRMExplorer(activations, title="eight neurons")
scope = explorer.scope
start = dict(order="index", pair=(0, 1), epsilon=0.6, theta=1.0, signed=False)
"""
RESET = "for name, value in start.items(): setattr(scope, name, value)"
CURVE, PLANES, RADII = range(3)
AT = """mark => {
    const boxes = [...mark.querySelectorAll('path')]
        .filter(path => path.getAttribute('d')).map(path => path.getBoundingClientRect());
    return boxes.length ? boxes[0].left + boxes[0].width / 2 : NaN;
}"""

FITTING = """figures => figures.every(figure => {
    const [plot, around] = [figure.querySelector('.plotarea_events'), figure.parentElement];
    return plot.getBoundingClientRect().right <= around.getBoundingClientRect().right;
})"""


class Shown:
    """An explorer on show in JupyterLab."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.page, self.kernel = lab, lab.page, lab.kernel
        self.scope = lab.page.locator(".srm-scope")
        self.figures = lab.page.locator(".bqplot")

    def plot(self, figure: int) -> Any:
        """The box of a figure's plot area, within sight."""
        area = self.figures.nth(figure).locator(".plotarea_events")
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        assert box
        return box

    def at(self, figure: int, across: float, down: float = 0.5) -> tuple[float, float]:
        """A point in shares of a figure's plot area, in page coordinates."""
        box = self.plot(figure)
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def marks(self, figure: int) -> Locator:
        """Groups of a figure's marks, in their order."""
        return self.figures.nth(figure).locator(".svg-figure > g > g").first.locator("> g")

    def wait_for_line(self, figure: int, mark: int, across: float) -> None:
        """Wait until a figure's vertical line stands at a share of the plot area."""
        line = self.marks(figure).nth(mark)

        def expected() -> float:
            # Anew each time: a figure takes a while to find its place after another width.
            return float(self.at(figure, across)[0])

        until(
            lambda: abs(line.evaluate(AT) - expected()) < 1.5,
            20,
            lambda: f"at {line.evaluate(AT)}, not at {expected()}",
        )

    def wait_for_spotlight(self, degrees: float, off: float = 1.5) -> None:
        self.kernel.until(f"abs(np.degrees(scope.theta) - {degrees}) < {off}")
        self.wait_for_line(CURVE, 5, self.kernel.evaluate("scope.theta") / math.tau)

    def wait_for_epsilon(self, epsilon: float) -> None:
        self.kernel.until(f"abs(scope.epsilon - {epsilon}) < 0.005")
        self.wait_for_line(RADII, 2, self.kernel.evaluate("scope.epsilon"))
        wait_for_curve(self.scope, self.kernel)

    def wait_for_bar(self, place: int | None) -> None:
        """Wait until the bar at a place stands out, or none does."""
        bars = self.marks(PLANES).first.locator(".bar")
        expected = [place] if place is not None else []

        def out() -> list[int]:
            opacities = bars.evaluate_all("bars => bars.map(bar => Number(bar.style.opacity))")
            return [k for k, opacity in enumerate(opacities) if opacity == 1]

        until(lambda: bars.count() == 20 and out() == expected, 20, lambda: f"out: {out()}")

    def drag(self, *stops: tuple[float, float]) -> Iterator[int]:
        """Press at the first stop and go through the others, one after each step of the loop."""
        mouse = self.page.mouse
        mouse.move(*stops[0])
        mouse.down()
        for k, (start, stop) in enumerate(itertools.pairwise(stops)):
            yield k
            mouse.move(*start)
            mouse.move(*stop, steps=6)
        yield len(stops) - 1
        mouse.up()

    def select(self, order: str) -> None:
        self.scope.get_by_label("Plane order").select_option(order)


@pytest.fixture(scope="module")
def notebook(lab_server: LabServer, lab_pages: LentPages) -> Iterator[Shown]:
    """One notebook for the tests of this module."""
    page = lab_pages.take(1400, 1300)
    problems: list[str] = []
    collect_errors(page, problems)
    page.on("request", lambda asked: problems.append(asked.url) if is_outside(asked.url) else None)

    def is_outside(url: str) -> bool:
        return not url.startswith((lab_server.url, "data:", "blob:"))

    lab = Lab(lab_server, page)
    lab.open([SETUP, "explorer"])
    lab.run_all()
    yield Shown(lab)
    lab.close()
    lab_pages.give_back(page)
    assert problems == []


@pytest.fixture
def shown(notebook: Shown) -> Shown:
    """The notebook's explorer as it was at first."""
    notebook.kernel.execute(RESET)
    notebook.kernel.until("scope.survey_state == 'done'")
    expect(notebook.figures).to_have_count(3)
    wait_for_curve(notebook.scope, notebook.kernel)
    notebook.wait_for_spotlight(math.degrees(1.0))
    notebook.wait_for_epsilon(0.6)
    return notebook


def test_a_click_in_the_curve_turns_the_spotlight(shown: Shown) -> None:
    for degrees in (90, 200, 31):
        shown.page.mouse.click(*shown.at(CURVE, degrees / 360))
        shown.wait_for_spotlight(degrees)
    handle = shown.scope.get_by_role("slider", name="Spotlight angle", exact=True)
    until(lambda: abs(float(handle.input_value()) - 31) < 1.5, 20, handle.input_value)


def test_a_drag_in_the_curve_takes_the_spotlight_along(shown: Shown) -> None:
    through = [120, 150, 240, 60]
    stops = [shown.at(CURVE, degrees / 360) for degrees in through]
    for k in shown.drag(*stops):
        shown.wait_for_spotlight(through[k])
    shown.kernel.until("np.array_equal(explorer.curve.marks[-1].x, np.arange(361))")
    shown.wait_for_spotlight(60)


def test_the_cursor_follows_the_scope(shown: Shown) -> None:
    shown.scope.get_by_role("slider", name="Spotlight angle", exact=True).press("PageUp")
    shown.kernel.until("abs(scope.theta - 1) > 0.01")
    shown.wait_for_spotlight(math.degrees(shown.kernel.evaluate("scope.theta")))
    shown.kernel.execute("scope.theta = 5.0")
    shown.wait_for_spotlight(math.degrees(5))


def test_a_click_on_a_bar_shows_that_plane(shown: Shown) -> None:
    for place, across in ((4, 0.5), (12, 0.98), (0, 0.02)):
        shown.page.mouse.click(*shown.at(PLANES, across, (place + 0.5) / 20))
        shown.kernel.until(
            f"scope.pair == tuple(scope.latest_survey.leading('alignment', 20).planes[{place}])"
        )
        shown.wait_for_bar(place)
        wait_for_curve(shown.scope, shown.kernel)


def test_the_bars_follow_the_scope(shown: Shown) -> None:
    title = shown.page.get_by_text("Best planes by peak", exact=True)
    expect(title).to_have_count(0)
    shown.select("peak")
    shown.kernel.until("scope.order == 'peak'")
    expect(title).to_be_visible()
    slider = shown.scope.get_by_role("slider", name="Rotation plane", exact=True)
    slider.press("Home")
    shown.kernel.until("scope.position == 0")
    shown.wait_for_bar(0)
    slider.press("ArrowRight")
    shown.wait_for_bar(1)
    slider.press("End")
    shown.wait_for_bar(None)


def test_a_drag_in_the_radii_sets_epsilon(shown: Shown) -> None:
    through = [0.6, 0.7, 0.45]
    stops = [shown.at(RADII, epsilon) for epsilon in through]
    for k in shown.drag(*stops):
        shown.wait_for_epsilon(through[k])
    shown.kernel.until("scope.survey_state == 'done' and scope.latest_survey.epsilon < 0.5")
    assert shown.kernel.evaluate("scope.latest_survey.epsilon == scope.epsilon")
    shown.page.mouse.click(*shown.at(RADII, 0.8))
    shown.wait_for_epsilon(0.8)


def test_the_line_of_the_radii_follows_epsilon(shown: Shown) -> None:
    shown.scope.get_by_role("slider", name="Epsilon", exact=True).press("ArrowRight")
    shown.wait_for_epsilon(0.61)
    shown.kernel.execute("scope.epsilon = 0.33")
    shown.wait_for_epsilon(0.33)


def test_a_refused_gesture_is_said_in_the_scope(shown: Shown) -> None:
    error = shown.scope.locator(".srm-error")
    expect(error).to_be_hidden()
    shown.kernel.execute(
        "def broken(*_, **__): raise ValueError('no curve today')\n"
        "scope.engine.curve_steps = broken"
    )
    shown.page.mouse.click(*shown.at(RADII, 0.3))
    expect(error).to_contain_text("no curve today")
    shown.kernel.execute("del scope.engine.curve_steps")
    shown.wait_for_epsilon(0.6)
    shown.page.mouse.click(*shown.at(RADII, 0.3))
    shown.wait_for_epsilon(0.3)
    expect(error).to_be_hidden()


@pytest.mark.parametrize("width", [1400, 900, 480])
def test_nothing_overlaps(shown: Shown, width: int) -> None:
    shown.lab.viewport(width, 1300)
    parts = [shown.scope, *(shown.figures.nth(k) for k in range(3))]

    def boxes() -> list[tuple[float, float, float, float]]:
        found = [part.bounding_box() for part in parts]
        return [(b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]) for b in found if b]

    def apart() -> bool:
        found = boxes()
        inside = all(left >= 0 and right <= width for left, _, right, _ in found)
        return inside and not any(
            min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
            for a, b in itertools.combinations(found, 2)
        )

    until(apart, 20, lambda: f"{boxes()}")
    shown.lab.viewport(1400, 1300)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures(shown: Shown, shot: Callable[..., Path], theme: Literal["light", "dark"]) -> None:
    shown.select("peak")
    shown.kernel.until("scope.order == 'peak'")
    shown.lab.theme(theme)
    expect(shown.scope).to_have_attribute("data-srm-theme", theme)
    for width in (1400, 900):
        shown.lab.viewport(width, 1700)
        wait_for_curve(shown.scope, shown.kernel)
        until(lambda: shown.figures.evaluate_all(FITTING), 20, lambda: "figures keep their size")
        shot(f"explorer-{theme}-{width}", shown.page.locator(".jp-OutputArea-output").last)
    shown.lab.theme("light")
    shown.lab.viewport(1400, 1300)


def test_closing_leaves_nothing(notebook: Shown) -> None:
    """The last test of the notebook: it is closed."""
    kernel = notebook.kernel
    expect(notebook.figures).to_have_count(3)
    kernel.until("scope.survey_state == 'done'")
    kernel.execute("engine = scope.engine; explorer.close()")
    expect(notebook.figures).to_have_count(0)
    expect(notebook.scope).to_have_count(0)
    assert kernel.evaluate("len(engine.listeners), scope.comm") == (0, None)
    kernel.execute("engine.append(activations[:1])")
    notebook.lab.wait_idle()

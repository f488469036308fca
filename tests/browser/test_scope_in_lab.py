"""The scope in a real JupyterLab: gestures in the page, traits in the kernel, the drawn path."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.drawn import radii, shows, wait_for_curve
from tests.browser.lab import Lab, LabServer, LentPages
from tests.browser.page_errors import collect_errors
from tests.waiting import until

SETUP = """
import ipywidgets, numpy as np, srm_widget as srm
rng = np.random.default_rng(0)
activations = np.tanh(2 * rng.standard_normal((1200, 6))).astype(np.float32)
scope = srm.SRMScope(activations, title="six neurons")
start = dict(pair=(0, 1), epsilon=0.6, resolution=360, theta=0.0, signed=False, highlight=[])
"""
RESET = "for name, value in start.items(): setattr(scope, name, value)"
LINKED = """
link = ipywidgets.FloatSlider(0.6, min=-1, max=1)
ipywidgets.jslink((link, "value"), (scope, "epsilon"))
link
"""


class Shown:
    """A scope on show in JupyterLab."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.page, self.kernel = lab, lab.page, lab.kernel
        self.scope = lab.page.locator(".srm-scope").first

    def slider(self, name: str) -> Locator:
        return self.scope.get_by_role("slider", name=name, exact=True)

    def value(self, trait: str) -> object:
        return self.kernel.evaluate(f"scope.{trait}")

    def settled(self) -> None:
        """Wait until the page has drawn what the kernel holds."""
        wait_for_curve(self.scope, self.kernel)

    def at(self, theta: float, reach: float) -> tuple[float, float]:
        """Where a share `reach` of the disc's radius lies at θ, in page coordinates."""
        box = self.scope.locator("circle.srm-disc").bounding_box()
        assert box
        radius = box["width"] / 2
        x, y = box["x"] + radius, box["y"] + radius
        return x + reach * radius * math.cos(theta), y - reach * radius * math.sin(theta)

    def drag(self, start: tuple[float, float], *stops: tuple[float, float], steps: int = 8) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        for stop in stops:
            mouse.move(*stop, steps=steps)
        mouse.up()


@pytest.fixture(scope="module")
def notebook(lab_server: LabServer, lab_pages: LentPages) -> Iterator[Shown]:
    """One notebook for the tests of this module."""
    page = lab_pages.take(1100, 900)
    problems: list[str] = []
    collect_errors(page, problems)
    page.on("request", lambda asked: problems.append(asked.url) if is_outside(asked.url) else None)

    def is_outside(url: str) -> bool:
        return not url.startswith((lab_server.url, "data:", "blob:"))

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
    """The notebook's scope as it was at first."""
    notebook.kernel.execute(RESET)
    notebook.settled()
    expect(notebook.slider("Spotlight angle")).to_have_value("0")
    notebook.scope.locator("circle.srm-disc").scroll_into_view_if_needed()
    return notebook


class Moved(NamedTuple):
    """A slider, its trait, where its thumb is dragged to, what that must give, and its step."""

    name: str
    trait: str
    share: float
    low: float
    high: float
    step: float


SLIDERS = [
    Moved("Rotation plane", "position", 0.5, 5, 9, 1),
    Moved("Epsilon", "epsilon", 0.9, 0.7, 0.9, 0.01),
    Moved("Angular resolution", "resolution", 0.25, 650, 800, 4),
    Moved("Spotlight angle", "theta", 0.25, 1.4, 1.8, math.pi / 180),
]
each_slider = pytest.mark.parametrize("moved", SLIDERS, ids=lambda moved: moved.trait)


@pytest.mark.firefox
@each_slider
def test_slider_by_mouse(shown: Shown, moved: Moved) -> None:
    slider = shown.slider(moved.name)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    least, most = bounds(slider)
    share = (float(slider.input_value()) - least) / (most - least)
    # The thumb's middle stays half a thumb, some 8 px, within the track.
    thumb = box["x"] + 8 + share * (box["width"] - 16)
    middle = box["y"] + box["height"] / 2
    shown.drag((thumb, middle), (box["x"] + moved.share * box["width"], middle))
    shown.kernel.until(f"{moved.low} <= scope.{moved.trait} <= {moved.high}")
    shown.settled()


@pytest.mark.firefox
@each_slider
def test_slider_by_keyboard(shown: Shown, moved: Moved) -> None:
    slider, trait = shown.slider(moved.name), moved.trait
    slider.focus()
    start = float(str(shown.value(trait)))
    for key, steps in (("ArrowRight", 1), ("ArrowUp", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        slider.press(key)
        shown.kernel.until(f"abs(scope.{trait} - {start + steps * moved.step}) < 1e-9")
    expect(slider).to_be_focused()
    shown.settled()
    slider.press("End")
    most = bounds(slider)[1] * (moved.step if trait == "theta" else 1)
    shown.kernel.until(f"abs(scope.{trait} - {most}) < 1e-9")
    shown.settled()


def bounds(slider: Locator) -> tuple[float, float]:
    least, most = (slider.get_attribute(name) for name in ("min", "max"))
    return float(least or "nan"), float(most or "nan")


@pytest.mark.firefox
def test_the_beam_is_dragged_around(shown: Shown) -> None:
    shown.drag(shown.at(0, 1), shown.at(math.pi / 4, 1), shown.at(math.pi / 2, 0.9))
    shown.kernel.until("abs(scope.theta - np.pi / 2) < 0.02")
    shown.kernel.until("scope.n_selected == scope.resonance.counts[0, 90]")
    lit = shown.scope.locator("dd", has_text=f"{shown.value('n_selected')} of 1,200")
    expect(lit).to_be_visible()
    shown.drag(shown.at(math.pi / 2, 0.5), shown.at(math.pi, 0.5), shown.at(-0.3, 0.5))
    shown.kernel.until("abs(scope.theta - (2 * np.pi - 0.3)) < 0.02")


def test_an_edge_of_the_beam_is_dragged_for_epsilon(shown: Shown) -> None:
    edge = math.acos(0.6)
    shown.drag(shown.at(edge, 0.8), shown.at(0.5, 0.8), shown.at(0.3, 0.8))
    shown.kernel.until("abs(scope.epsilon - np.cos(0.3)) < 0.02")
    shown.settled()
    assert shown.value("theta") == 0


def test_a_click_in_the_disc_turns_the_beam(shown: Shown) -> None:
    shown.page.mouse.click(*shown.at(4.0, 0.7))
    shown.kernel.until("abs(scope.theta - 4.0) < 0.02")


def test_direction_fields_and_a_provoked_error(shown: Shown) -> None:
    error = shown.scope.locator(".srm-error")
    expect(error).to_be_hidden()
    first = shown.scope.get_by_label("First direction")
    first.fill("99")
    first.press("Enter")
    expect(error).to_contain_text("got (99, 1)")
    assert shown.value("error")
    assert shown.value("pair") == (0, 1)
    shown.settled()
    first.fill("5")
    first.press("Enter")
    shown.kernel.until("scope.pair == (5, 1)")
    expect(error).to_be_hidden()
    shown.settled()
    assert shown.value("error") == ""


def test_signed_and_play(shown: Shown) -> None:
    shown.scope.get_by_role("button", name="Signed").click()
    shown.kernel.until("scope.signed")
    expect(shown.scope.locator("path.srm-curve-negative")).to_have_attribute(
        "d", re.compile(r"^M.*Z$")
    )
    shown.scope.get_by_role("button", name="Signed").click()
    shown.kernel.until("not scope.signed")
    shown.scope.get_by_role("button", name="Play").click()
    shown.kernel.until("scope.position >= 3")
    shown.scope.get_by_role("button", name="Pause").click()
    expect(shown.scope.get_by_role("button", name="Play")).to_be_visible()
    shown.lab.wait_idle()
    shown.settled()


@pytest.mark.firefox
def test_python_moves_the_page(shown: Shown) -> None:
    shown.kernel.execute(
        "scope.pair = (4, 2); scope.epsilon = 0.75; scope.resolution = 96; scope.theta = 2.0\n"
        "scope.title = '<b>bold?</b>'; scope.highlight = [0, 1, 2]"
    )
    shown.settled()
    assert len(radii(shown.scope)) == 96
    expect(shown.scope.get_by_label("First direction")).to_have_value("4")
    expect(shown.scope.get_by_label("Second direction")).to_have_value("2")
    expect(shown.slider("Rotation plane")).to_have_value(str(shown.value("position")))
    expect(shown.slider("Epsilon")).to_have_value("0.75")
    expect(shown.scope.get_by_text("<b>bold?</b>", exact=True)).to_be_visible()
    expect(shown.scope.locator(".srm-mark")).to_have_count(3)


def test_every_answer_is_newer_than_the_one_before(shown: Shown) -> None:
    shown.kernel.execute("seen = []\nwatch = lambda change: seen.append(change.new)")
    shown.kernel.execute("scope.observe(watch, 'theta')")
    shown.drag(shown.at(0, 1), *(shown.at(0.05 * k, 0.95) for k in range(1, 79)), steps=1)
    shown.kernel.until("abs(scope.theta - 3.9) < 0.02")
    shown.lab.wait_idle()
    shown.kernel.execute("scope.unobserve(watch, 'theta')")
    seen = shown.kernel.evaluate("seen")
    assert seen == sorted(seen)
    assert abs(seen[-1] - 3.9) < 0.02


def test_appended_samples_reach_the_page(shown: Shown) -> None:
    before = shown.kernel.evaluate("scope.resonance.counts[0]")
    shown.kernel.execute("scope.engine.append(np.tile(np.eye(6)[1], (400, 1)).astype(np.float32))")
    expect(shown.scope.get_by_text("1,600 samples × 6")).to_be_visible()
    shown.settled()
    assert not shows(shown.scope, before)


def test_two_views_of_one_scope_stay_equal(lab: Lab) -> None:
    lab.open([SETUP, "scope", "scope", LINKED])
    lab.run_all()
    views = lab.page.locator(".srm-scope")
    expect(views).to_have_count(2)
    shown = Shown(lab)
    for moved in SLIDERS:
        before = shown.value(moved.trait)
        shown.slider(moved.name).press("PageUp")
        shown.kernel.until(f"scope.{moved.trait} != {before!r}")
    before = shown.value("epsilon")
    lab.page.locator(".widget-slider .noUi-handle").press("ArrowLeft")
    shown.kernel.until(f"scope.epsilon < {before} and scope.epsilon == link.value")
    for view in (views.nth(0), views.nth(1)):
        wait_for_curve(view, lab.kernel)
    for moved in SLIDERS:
        both = lab.page.get_by_role("slider", name=moved.name, exact=True)
        assert both.nth(0).input_value() == both.nth(1).input_value()
    wedges = views.locator(".srm-wedge")
    assert wedges.nth(0).get_attribute("d") == wedges.nth(1).get_attribute("d")


def test_closing_leaves_nothing(lab: Lab) -> None:
    problems: list[str] = []
    collect_errors(lab.page, problems)
    lab.open([SETUP, "scope", "scope"])
    lab.run_all()
    views = lab.page.locator(".srm-scope")
    expect(views).to_have_count(2)
    lab.page.evaluate("jupyterapp.commands.execute('notebook:delete-cell')")
    until(lambda: views.count() < 2, 10, lambda: f"{views.count()} views")
    shown = Shown(lab)
    shown.slider("Rotation plane").press("ArrowRight")
    shown.kernel.until("scope.position == 1")
    lab.kernel.execute("engine = scope.engine; scope.close()")
    expect(views).to_have_count(0)
    assert lab.kernel.evaluate("len(engine.listeners), scope.comm") == (0, None)
    lab.kernel.execute("engine.append(activations[:1])")
    lab.wait_idle()
    assert problems == []

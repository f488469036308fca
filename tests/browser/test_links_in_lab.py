"""Scope, bqplot and another anywidget linked as a notebook links them, in a real JupyterLab."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.drawn import wait_for_curve
from tests.browser.lab import Lab, LabServer, LentPages
from tests.browser.page_errors import collect_errors
from tests.waiting import until

NOTEBOOK = Path(__file__).parents[2] / "notebooks/building_on_the_scope.ipynb"

# The engine has no row where `dropped` says so, but the caller's arrays and the scatters have.
SETUP = """
images, labels = (each[:300] for each in srm.datasets.digits())
pixels = images.reshape(300, -1)
centred = pixels - pixels.mean(axis=0)
weights = np.random.default_rng(0).standard_normal((64, 6))
activations = np.tanh(centred @ weights).astype(np.float32)
dropped = np.argsort(PCA(1, random_state=0).fit_transform(pixels)[:, 0])[[0, 1, -1]]
activations[dropped, 2] = np.nan
scope = srm.SRMScope(
    activations,
    epsilon=0.6,
    labels=labels,
    samples=images,
    nan_policy="drop",
    navigator=False,
)
start = dict(pair=(0, 1), epsilon=0.6, theta=0.0, highlight=[])


def lit():
    directions = activations / np.linalg.norm(activations, axis=1, keepdims=True)
    towards = np.eye(6)[list(scope.pair)].T @ [np.cos(scope.theta), np.sin(scope.theta)]
    return np.flatnonzero(directions @ towards >= scope.epsilon).tolist()


def within(low, high, wider):
    shares = np.stack([(x - x.min()) / np.ptp(x), (y - y.min()) / np.ptp(y)], axis=1)
    inside = (shares > np.array(low) - wider) & (shares < np.array(high) + wider)
    return set(np.flatnonzero(inside.all(axis=1)).tolist())
"""
RESET = "for name, value in start.items(): setattr(scope, name, value)"

AMBER, RING = "rgb(230, 159, 0)", "rgb(0, 158, 115)"
PAINTED = """(shapes, [what, colour]) => shapes
    .flatMap((shape, row) => getComputedStyle(shape)[what] === colour ? [row] : [])"""

# A share of the picture's width and height in which there are many dots, none of them dropped.
LOW, HIGH = (0.35, 0.4), (0.6, 0.7)


def cell(containing: str) -> str:
    """The notebook's cell that holds this."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    (found,) = (each.source for each in cells if containing in each.source)
    return str(found)


class Linked:
    """A scope and two scatters of the same rows, on show in JupyterLab."""

    def __init__(self, lab: Lab) -> None:
        self.page, self.kernel = lab.page, lab.kernel
        self.scope = lab.page.locator(".srm-scope")
        self.bqplot = lab.page.locator(".bqplot .plotarea_events")
        self.own = lab.page.locator("svg[viewBox='-0.02 -0.02 1.04 1.04']")
        layers = lab.page.locator(".bqplot .svg-figure > g > g").first.locator("> g")
        circles = self.own.locator("circle")
        self.beams = [layers.nth(0).locator("path.dot"), circles]
        self.rings = [layers.nth(1).locator("path.dot"), circles]

    def wait_for_beam(self) -> list[int]:
        """Wait until all widgets show what the spotlight lights; the rows."""
        self.kernel.until("sorted(scope.selected) == lit()")
        self.kernel.until("dots.selected.tolist() == own.lit == scope.selected")
        rows: list[int] = self.kernel.evaluate("lit()")
        for dots in self.beams:
            wait_for_painted(dots, "fill", AMBER, rows)
        return rows

    def wait_for_marks(self, rows: list[int]) -> None:
        """Wait until all widgets mark these rows."""
        for each in ("scope.highlight", "as_list(rings.selected)", "own.marked"):
            self.kernel.until(f"sorted({each}) == {rows}")
        for dots in self.rings:
            wait_for_painted(dots, "stroke", RING, rows)
        expect(self.scope.locator(".srm-mark")).to_have_count(len(rows))

    def drag(self, over: Locator, *shares: tuple[float, float]) -> None:
        """Drag from one point to the next, each in shares of a box from its lower left corner."""
        over.scroll_into_view_if_needed()
        box = over.bounding_box()
        assert box
        stops = [
            (box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"])
            for across, up in shares
        ]
        mouse = self.page.mouse
        mouse.move(*stops[0])
        mouse.down()
        for stop in stops[1:]:
            mouse.move(*stop, steps=8)
        mouse.up()


def wait_for_painted(dots: Locator, what: str, colour: str, rows: list[int]) -> None:
    """Wait until the dots of these `rows`, and no others, have a colour."""

    def painted() -> list[int]:
        found: list[int] = dots.evaluate_all(PAINTED, [what, colour])
        return found

    until(lambda: painted() == rows, 20, lambda: f"{painted()} are {colour}, not {rows}")


@pytest.fixture(scope="module")
def notebook(lab_server: LabServer, lab_pages: LentPages) -> Iterator[Linked]:
    """One notebook for the tests of this module."""
    page = lab_pages.take(1100, 1100)
    problems: list[str] = []
    collect_errors(page, problems)
    lab = Lab(lab_server, page)
    lab.open([cell("import anywidget"), SETUP, cell("bqplot.Scatter("), cell("class Dots(")])
    lab.run_all()
    expect(page.locator(".srm-scope path.srm-curve")).to_be_visible()
    yield Linked(lab)
    lab.close()
    lab_pages.give_back(page)
    assert problems == []


@pytest.fixture
def linked(notebook: Linked) -> Linked:
    """The notebook's widgets as they were at first."""
    notebook.kernel.execute(RESET)
    wait_for_curve(notebook.scope, notebook.kernel)
    notebook.wait_for_beam()
    notebook.wait_for_marks([])
    return notebook


def test_what_the_beam_lights_is_seen_in_all(linked: Linked) -> None:
    disc = linked.scope.locator("circle.srm-disc")
    before = linked.wait_for_beam()
    turned = [0.5 + 0.35 * part(2.1) for part in (math.cos, math.sin)]
    linked.drag(disc, (0.85, 0.5), (0.8, 0.8), (turned[0], turned[1]))
    linked.kernel.until("abs(scope.theta - 2.1) < 0.05")
    after = linked.wait_for_beam()
    dropped = linked.kernel.evaluate("dropped.tolist()")
    assert before != after
    assert min(dropped) < min(before[-1], after[-1])
    assert not {*before, *after}.intersection(dropped)
    linked.kernel.execute("scope.epsilon = 1.0")
    assert linked.wait_for_beam() == []


@pytest.mark.parametrize("name", ["bqplot", "own"])
def test_dots_dragged_over_are_marked_in_all(linked: Linked, name: str) -> None:
    linked.drag(getattr(linked, name), LOW, HIGH)
    # The pictures leave some room around their dots, so that a share of one is not quite that of
    # the other.
    surely, perhaps = (
        linked.kernel.evaluate(f"within({LOW}, {HIGH}, {wider})") for wider in (-0.02, 0.02)
    )
    linked.kernel.until(f"{surely} <= set(scope.highlight) <= {perhaps}")
    rows = linked.kernel.evaluate("sorted(scope.highlight)")
    assert len(rows) > 10
    linked.wait_for_marks(rows)
    linked.wait_for_beam()


def test_a_sample_marked_in_the_strip_is_marked_in_all(linked: Linked) -> None:
    first = linked.kernel.evaluate("scope.selected[0]")
    linked.scope.locator(".srm-tile").first.click()
    linked.wait_for_marks([first])

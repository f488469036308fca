"""The scope in a real marimo: its traits as reactive values, and the page moved from Python."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.drawn import radii, shows
from tests.browser.marimo_server import MarimoServer, Visit
from tests.waiting import until

EXAMPLE = Path(__file__).parents[2] / "notebooks/marimo_scope.py"
TRAITS = Path(__file__).parent / "pages/marimo_traits.py"
SLOWLY = 60_000  # ms, for a notebook that trains a network first

START = {"pair": [0, 1], "epsilon": 0.6, "resolution": 360, "theta": 0.0, "signed": False}


class Notebook:
    """`pages/marimo_traits.py` on show: two views of one scope, then one of a timeline."""

    def __init__(self, visit: Visit) -> None:
        self.page = visit.page
        self.scope, self.other, self.timeline = (
            visit.page.locator(".srm-scope").nth(place) for place in range(3)
        )

    def json(self, identifier: str) -> Any:
        """What a cell that depends on a scope has put into the page."""
        return json.loads(self.page.locator(f"#{identifier}").inner_text())

    def until(self, identifier: str, holds: Callable[[Any], bool]) -> Any:
        """Wait for what a dependent cell shows; its value."""
        until(lambda: holds(self.json(identifier)), 30, lambda: f"shown: {self.json(identifier)}")
        return self.json(identifier)

    def drawn(self) -> None:
        """Wait until both views show the curve of the dependent cell."""
        for view in (self.scope, self.other):
            self._draws(view)

    def _draws(self, view: Locator) -> None:
        until(
            lambda: shows(view, np.array(self.json("values")["counts"])),
            30,
            lambda: f"drawn: {radii(view)}",
        )


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Visit]:
    """One notebook for the tests of its traits."""
    with MarimoServer(tmp_path_factory.mktemp("marimo") / "traits", TRAITS) as server:
        visit = Visit(server, browser)
        expect(visit.page.locator(".srm-scope path.srm-curve")).to_have_count(3, timeout=SLOWLY)
        expect(visit.page.locator("#step")).to_be_attached()
        yield visit
        visit.close()
    assert visit.problems == []


@pytest.fixture
def notebook(visit: Visit) -> Notebook:
    """The notebook's scope as it was at first."""
    notebook = Notebook(visit)
    visit.page.get_by_role("button", name="Reset").click()
    expect(slider(notebook.scope, "Spotlight angle")).to_have_value("0")
    expect(slider(notebook.scope, "Epsilon")).to_have_value("0.6")
    expect(slider(notebook.scope, "Rotation plane")).to_have_value("0")
    return notebook


def slider(scope: Locator, name: str) -> Locator:
    return scope.get_by_role("slider", name=name, exact=True)


class Moved(NamedTuple):
    """A slider, a key, and the value that gives."""

    name: str
    key: str
    trait: str
    value: Any


MOVES = [
    Moved("Rotation plane", "ArrowRight", "pair", [0, 2]),
    Moved("Rotation plane", "End", "position", 14),
    Moved("Epsilon", "ArrowLeft", "epsilon", 0.59),
    Moved("Epsilon", "Home", "epsilon", -1),
    Moved("Spotlight angle", "ArrowRight", "theta", math.radians(1)),
    Moved("Angular resolution", "ArrowRight", "resolution", 364),
]


@pytest.mark.parametrize("moved", MOVES, ids=lambda moved: f"{moved.trait}-{moved.key}")
def test_a_slider_moved_in_the_page_runs_dependent_cells(notebook: Notebook, moved: Moved) -> None:
    thumb = slider(notebook.scope, moved.name)
    thumb.focus()
    thumb.press(moved.key)
    expected = pytest.approx(moved.value, abs=1e-6)
    values = notebook.until("values", lambda values: values[moved.trait] == expected)
    assert values["n_selected"] == len(values["selected"]) or len(values["selected"]) == 1000
    notebook.drawn()
    expect(slider(notebook.other, moved.name)).to_have_value(thumb.input_value())


def test_what_the_beam_holds_is_a_reactive_value(notebook: Notebook) -> None:
    before = notebook.json("values")["selected"]
    slider(notebook.scope, "Spotlight angle").focus()
    for _ in range(30):
        notebook.page.keyboard.press("ArrowRight")
    values = notebook.until(
        "values", lambda values: values["theta"] == pytest.approx(math.radians(30))
    )
    assert values["selected"] != before
    rows, labels = notebook.until("selected", lambda shown: shown[0] == values["selected"])
    assert labels == [row % 3 for row in rows]


def test_a_switch_and_a_class_in_the_page(notebook: Notebook) -> None:
    notebook.scope.get_by_role("button", name="Signed").click()
    notebook.until("values", lambda values: values["signed"])
    first = notebook.scope.locator(".srm-class").filter(has_text=re.compile("^0$"))
    first.click()
    values = notebook.until("values", lambda values: values["hidden_classes"] == [0])
    assert all(row % 3 for row in values["selected"])
    first.click()
    notebook.until("values", lambda values: values["hidden_classes"] == [])


def test_the_beam_dragged_in_the_page(notebook: Notebook) -> None:
    notebook.scope.locator(".srm-polar").scroll_into_view_if_needed()
    box = notebook.scope.locator("circle.srm-disc").bounding_box()
    assert box
    x, y, radius = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 2
    mouse = notebook.page.mouse
    mouse.move(x + radius, y)
    mouse.down()
    mouse.move(x + 0.7 * radius, y - 0.7 * radius, steps=12)
    mouse.up()
    quarter = pytest.approx(math.pi / 4, abs=0.02)
    notebook.until("values", lambda values: values["theta"] == quarter)


def test_values_set_from_python_move_the_page(notebook: Notebook) -> None:
    notebook.page.get_by_role("button", name="Other").click()
    for view in (notebook.scope, notebook.other):
        expect(view.get_by_label("First direction")).to_have_value("4")
        expect(view.get_by_label("Second direction")).to_have_value("2")
        expect(slider(view, "Epsilon")).to_have_value("0.5")
        expect(slider(view, "Angular resolution")).to_have_value("180")
        expect(slider(view, "Spotlight angle")).to_have_value("57")
        expect(view.get_by_role("button", name="Signed")).to_have_attribute("aria-pressed", "true")
        assert len(radii(view, "srm-curve-negative")) == 180


def test_what_python_changes_runs_cells_that_read_a_state(notebook: Notebook) -> None:
    before = notebook.json("selected")
    notebook.page.get_by_role("button", name="Other").click()
    notebook.until("selected", lambda shown: shown != before)


def test_a_row_of_the_table_turns_the_beam(notebook: Notebook) -> None:
    before = notebook.json("selected")
    notebook.scope.get_by_role("button", name="−b₂", exact=True).click()
    expect(notebook.scope.locator(".srm-plane")).to_have_text("b₂ ∧\u00a0b₀")
    expect(slider(notebook.other, "Spotlight angle")).to_have_value("180")
    notebook.until("selected", lambda shown: shown != before)


def test_what_is_refused_is_said_and_taken_back(notebook: Notebook) -> None:
    second = notebook.scope.get_by_label("Second direction")
    second.fill("0")
    second.press("Enter")
    expect(notebook.scope.locator(".srm-error")).to_contain_text("expected a plane (i, j)")
    assert notebook.json("values")["pair"] == [0, 1]
    slider(notebook.scope, "Epsilon").press("ArrowRight")
    expect(notebook.scope.locator(".srm-error")).to_be_hidden()
    notebook.until("values", lambda values: values["epsilon"] == pytest.approx(0.61))


def test_all_planes_are_surveyed_between_the_kernels_other_tasks(notebook: Notebook) -> None:
    slider(notebook.scope, "Epsilon").press("ArrowLeft")
    for view in (notebook.scope, notebook.other):
        expect(view.get_by_role("group", name="Navigator")).to_contain_text("at ε = 0.59")


def test_steps_of_a_timeline(notebook: Notebook) -> None:
    assert notebook.json("step") == [3, 0]
    slider(notebook.timeline, "Step").press("ArrowLeft")
    notebook.until("step", lambda step: step == [2, 0])
    expect(notebook.timeline).to_contain_text("epoch 2 (3 of 4)")


def test_the_example_in_the_editor(tmp_path: Path, browser: Browser) -> None:
    with MarimoServer(tmp_path / "edit", EXAMPLE, "edit") as server:
        visit = Visit(server, browser)
        page, scope = visit.page, visit.page.locator(".srm-scope")
        expect(scope.locator("path.srm-curve")).to_be_visible(timeout=SLOWLY)
        said = page.locator("strong", has_text="digits in the beam")
        expect(said).to_contain_text("Plane (0, 1), ε = 0.56: 60 digits")
        slider(scope, "Epsilon").press("ArrowLeft")
        expect(said).to_contain_text("Plane (0, 1), ε = 0.55: ")
        page.get_by_label("Turn the beam to").select_option("b5")
        expect(scope.locator(".srm-plane")).to_have_text("b₅ ∧\u00a0b₀")
        expect(said).to_contain_text("Plane (5, 0), ε = 0.55: ")
        lit = scope.locator(".srm-readout .srm-row").filter(has_text="lit").first
        (count,) = re.findall(r": (\d+) digits", said.inner_text())
        expect(lit).to_contain_text(f"{count} of 1,797")
        visit.close()
        assert visit.problems == []

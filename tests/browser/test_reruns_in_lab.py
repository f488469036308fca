"""A cell with a scope, run again in JupyterLab: one engine stays, none without its output."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab

SETUP = """
import weakref
import ipywidgets, numpy as np, srm_widget as srm
from IPython.display import display
engines, scopes = weakref.WeakSet(), weakref.WeakSet()
def shown():
    made = srm.SRMScope(np.random.standard_normal((300, 5)), epsilon=0.5)
    engines.add(made.engine)
    scopes.add(made)
    return made
"""
CELLS = {
    "last line": "shown()",
    "variable": "s = shown(); s",
    "displayed": "display(shown())",
    "in a box": "ipywidgets.HBox([shown()])",
}
RUN = """async cell => {
    const { content } = jupyterapp.shell.currentWidget;
    content.activeCellIndex = cell;
    await jupyterapp.commands.execute('notebook:run-cell');
}"""
SEEN = "any(each._viewers.is_seen for each in scopes)"
CLEAR = "jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_that_is_run_again_keeps_one_engine(lab: Lab, kind: str) -> None:
    lab.open([SETUP, CELLS[kind]])
    lab.run_all()
    curve = lab.page.locator(".srm-scope path.srm-curve")
    for _ in range(3):
        lab.page.evaluate(RUN, 1)
        lab.wait_idle()
        expect(curve).to_have_count(1)
        lab.kernel.until("len(engines) == 1")
    lab.page.evaluate(CLEAR)
    lab.kernel.until(f"len(engines) == {int(kind == 'variable')}")


def test_an_output_that_is_held_shows_its_scope_again(lab: Lab) -> None:
    lab.open([SETUP, "held = ipywidgets.Output()\nwith held: display(shown())", "held"])
    lab.run_all()
    curve = lab.page.locator(".srm-scope path.srm-curve")
    expect(curve).to_have_count(1)
    lab.kernel.until(SEEN)
    lab.page.evaluate(CLEAR)
    lab.kernel.until(f"not {SEEN}")
    lab.page.evaluate(RUN, 2)
    expect(curve).to_have_count(1)
    lab.kernel.until(SEEN)

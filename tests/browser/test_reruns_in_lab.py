"""A cell with a scope, run or moved again in JupyterLab: one engine stays, none without output."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.lab import Lab

SETUP = """
import weakref
import ipywidgets, numpy as np, srm_widget as srm
from IPython.display import display
engines, scopes = weakref.WeakSet(), weakref.WeakSet()
def shown(kind="held"):
    made = srm.SRMScope(np.random.standard_normal((300, 5)), epsilon=0.5)
    made.engine.kind = kind
    engines.add(made.engine)
    scopes.add(made)
    return made
"""
CELLS = {
    "last line": "shown('last line')",
    "variable": "s = shown('variable'); s",
    "displayed": "display(shown('displayed'))",
    "in a box": "ipywidgets.HBox([shown('in a box')])",
}
MOVED = "f = ipywidgets.interact(lambda k: shown('moved'), k=(0, 9))"
RUN = """async cells => {
    const { content } = jupyterapp.shell.currentWidget;
    for (const cell of cells) {
        content.activeCellIndex = cell;
        await jupyterapp.commands.execute('notebook:run-cell');
    }
}"""
KINDS = "sorted(each.kind for each in engines)"
SEEN = "any(each._viewers.is_seen for each in scopes)"
CLEAR = "jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"


def test_cells_that_are_run_again_keep_one_engine_each(lab: Lab) -> None:
    # In one notebook: each kind's wait for what is let go of is then the wait of all.
    lab.open([SETUP, *CELLS.values(), MOVED])
    lab.run_all()
    curves = lab.page.locator(".srm-scope path.srm-curve")
    for _ in range(2):
        lab.page.evaluate(RUN, [*range(1, 1 + len(CELLS))])
        lab.page.locator(".widget-hslider").get_by_role("slider").press("ArrowRight")
        lab.wait_idle()
        expect(curves).to_have_count(len(CELLS) + 1)
        lab.kernel.until(f"{KINDS} == {sorted([*CELLS, 'moved'])}")
    lab.page.evaluate(CLEAR)
    lab.kernel.until(f"{KINDS} == ['moved', 'variable']")  # ipywidgets holds the slider


def test_an_output_that_is_held_shows_its_scope_again(lab: Lab) -> None:
    lab.open([SETUP, "held = ipywidgets.Output()\nwith held: display(shown())", "held"])
    lab.run_all()
    curve = lab.page.locator(".srm-scope path.srm-curve")
    expect(curve).to_have_count(1)
    lab.kernel.until(SEEN)
    lab.page.evaluate(CLEAR)
    lab.kernel.until(f"not {SEEN}")
    lab.page.evaluate(RUN, [2])
    expect(curve).to_have_count(1)
    lab.kernel.until(SEEN)

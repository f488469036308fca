"""A cell with a scope, run again in JupyterLab: one engine stays, none without its output."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab

SETUP = """
import weakref
import numpy as np, srm_widget as srm
from IPython.display import display
engines = weakref.WeakSet()
def shown():
    made = srm.SRMScope(np.random.standard_normal((300, 5)), epsilon=0.5)
    engines.add(made.engine)
    return made
"""
CELLS = {
    "last line": "shown()",
    "variable": "s = shown(); s",
    "displayed": "display(shown())",
}
RUN = """async () => {
    const { content } = jupyterapp.shell.currentWidget;
    content.activeCellIndex = 1;
    await jupyterapp.commands.execute('notebook:run-cell');
}"""
CLEAR = "jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_that_is_run_again_keeps_one_engine(lab: Lab, kind: str) -> None:
    lab.open([SETUP, CELLS[kind]])
    lab.run_all()
    curve = lab.page.locator(".srm-scope path.srm-curve")
    for _ in range(3):
        lab.page.evaluate(RUN)
        lab.wait_idle()
        expect(curve).to_have_count(1)
        lab.kernel.until("len(engines) == 1")
    lab.page.evaluate(CLEAR)
    lab.kernel.until(f"len(engines) == {int(kind == 'variable')}")

"""Scopes in JupyterLab, shown twice, moved and closed, over and over: nothing of them stays."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.drawn import slide
from tests.browser.footprint import Footprint, Scales
from tests.browser.lab import Lab
from tests.browser.page_errors import collect_errors

ROUNDS = int(os.environ.get("SRM_WIDGET_ROUNDS", "5"))
"""Scopes in all; `make soak` makes more."""

SETUP = """
import asyncio, comm, gc, threading, weakref
import numpy as np, srm_widget as srm
from ipywidgets.widgets import widget
from IPython.display import display
activations = np.random.default_rng(0).standard_normal((300, 5)).astype(np.float32) ** 3
alive = []
def left():
    gc.collect()
    return dict(
        alive=sum(each() is not None for each in alive),
        comms=len(comm.get_comm_manager().comms),
        widgets=len(widget._instances),
        threads=threading.active_count(),
        tasks=sorted(task.get_coro().__qualname__ for task in asyncio.all_tasks()),
    )
"""
SHOWN = """
scope = srm.SRMScope(
    activations, epsilon=0.5, labels=np.arange(300) % 3, samples=["a"] * 300, table=True
)
alive += [weakref.ref(scope), weakref.ref(scope.engine)]
display(scope, scope)
"""
# The outputs of a cell that is run again are thrown away before new ones come.
RUN = """async () => {
    const { content } = jupyterapp.shell.currentWidget;
    content.activeCellIndex = 1;
    await jupyterapp.commands.execute('notebook:run-cell');
}"""
CLEAR = "jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"


def live(lab: Lab, round_: int) -> None:
    """One scope in two views, moved in the page, and closed."""
    lab.page.evaluate(RUN)
    scopes = lab.page.locator(".srm-scope")
    expect(scopes.locator("path.srm-curve")).to_have_count(2)
    slide(scopes.first, "Rotation plane", 1 + round_ % 9)
    lab.kernel.until(f"scope.position == {1 + round_ % 9}")
    lab.kernel.execute("scope.close(); del scope")
    expect(scopes).to_have_count(0)


def test_nothing_stays_of_scopes_that_were_closed(lab: Lab) -> None:
    problems: list[str] = []
    collect_errors(lab.page, problems)
    lab.server.shutdown_kernels()  # of one that had other scopes something may be left
    lab.page.goto("about:blank")  # for the script, JupyterLab has to be loaded in any case
    lab.page.add_init_script(path=Path(__file__).parent / "pages" / "leaks.js")
    lab.open([SETUP, SHOWN])
    lab.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    lab.kernel.until("'scope' in globals()")
    lab.kernel.execute("scope.close(); del scope")
    scales = Scales(lab)

    def weighed() -> tuple[Footprint, dict[str, int]]:
        lab.page.evaluate(CLEAR)
        return scales.weigh(), lab.page.evaluate("leftover()")

    for k in range(3):  # what JupyterLab makes once, it has made then
        live(lab, k)
    before, hung = weighed()
    left = lab.kernel.evaluate("left()")
    assert left["alive"] == 0
    for k in range(ROUNDS):
        live(lab, k)
    after, hangs = weighed()
    assert lab.kernel.evaluate("left()") == left
    assert hangs["observers"] == hung["observers"]
    # JupyterLab listens to the window too, now to one thing more and now to one less.
    assert hangs["listeners"] - hung["listeners"] < ROUNDS / 2
    # A cell of JupyterLab that is run again leaves some of its own, with whatever widget it shows.
    assert after.nodes - before.nodes < 200 + 10 * ROUNDS
    assert after.listeners - before.listeners < 200 + 10 * ROUNDS
    assert after.documents - before.documents < ROUNDS / 5
    # And of every widget the browser keeps the module, which its host imports anew.
    assert after.heap - before.heap < 2e6 * ROUNDS
    assert problems == []

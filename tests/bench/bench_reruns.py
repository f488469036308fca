"""A cell run over and over in JupyterLab, and what that leaves in kernel and page."""

from __future__ import annotations

import argparse
import os
import sys
import time

from playwright.sync_api import expect

from tests.bench.in_lab import jupyterlab
from tests.browser.footprint import Footprint, Scales
from tests.browser.lab import Lab

SETUP = """
import ipywidgets, torch, weakref, srm_widget as srm
from IPython.display import display
from ipywidgets.widgets import widget as registry
from srm_widget.engine.engine import ResonanceEngine
draw = lambda: torch.randn(200_000, 64)
x = draw()
alive = weakref.WeakSet()
append = ResonanceEngine.append
def counted(engine, *rows, **groups):
    alive.add(engine)
    append(engine, *rows, **groups)
ResonanceEngine.append = counted
"""
CELLS = {
    "last line": "srm.SRMScope(x)",
    "variable": "s = srm.SRMScope(x); s",
    "displayed": "display(srm.SRMScope(x))",
    "new data": "x = draw(); srm.SRMScope(x)",
    "new data, variable": "x = draw(); s = srm.SRMScope(x); s",
    "explorer": "srm.SRMExplorer(x)",
    "timeline": "t = srm.Timeline(); t.record(x); t.record(x + 1); s = srm.SRMScope(t); s",
    "embedded": "srm.SRMScope(x, navigator=False).embed(max_bytes=2_000_000)",
    "engine": "engine = srm.ResonanceEngine(x); srm.SRMScope(engine)",
    "box": "x = draw(); ipywidgets.HBox([srm.SRMScope(x)])",
    "not shown": "s = srm.SRMScope(x); None",
}
"""What is run again; `x` is 51 MB."""

SURVEYED = (
    "not any(isinstance(each, srm.SRMScope) and each.survey_state == 'running'"
    " for each in registry._instances.values())"
)
"""True in the kernel once it works on no map any more."""

WEIGHED = 5, 10, 20, 40
LEFT_AFTER = 8_000
"""Milliseconds until the page has said of the last run but one that it shows it no more."""

MOST = 1.1
"""Most that the memory may be of that after the first five runs."""

RUN = """async () => {
    const { content } = jupyterapp.shell.currentWidget;
    content.activeCellIndex = 1;
    await jupyterapp.commands.execute('notebook:run-cell');
}"""


def rerun(lab: Lab, cell: str, runs: int) -> list[Footprint]:
    """Run `cell` so often, and weigh."""
    lab.server.shutdown_kernels()
    lab.open([SETUP, cell])
    lab.run_all()
    scales, weighed = Scales(lab), []
    shows = "not shown" if cell.endswith("None") else ".srm-scope, iframe"
    began = time.monotonic()
    for run in range(2, runs + 1):
        lab.page.evaluate(RUN)
        lab.wait_idle(120)
        if shows != "not shown":
            expect(lab.page.locator(shows).first).to_be_visible(timeout=120_000)
        if run in WEIGHED or run == runs:
            lab.page.wait_for_timeout(LEFT_AFTER)
            lab.kernel.until(SURVEYED, 120)
            weighed.append(scales.weigh())
            engines = lab.kernel.evaluate("len(alive)")
            kernel, heap = (f"{size / 1e6:,.1f} MB" for size in weighed[-1][:2])
            seconds = f"{(time.monotonic() - began) / run:.1f} s"
            print(f"| {cell} | {run} | {kernel} | {heap} | {engines} | {seconds} |", flush=True)
    return weighed


def ratios(weighed: list[Footprint]) -> tuple[float, float]:
    """How many times as much kernel and page hold after the last run as after the first weighed."""
    first, *_, last = weighed
    return last.kernel / first.kernel, last.heap / first.heap


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--cells", nargs="*", default=list(CELLS), choices=list(CELLS))
    given = parser.parse_args()
    print(f"N = 200,000, D = 64 (51 MB), JupyterLab and Chromium on {os.cpu_count()} cores")
    print("\n| cell | run | kernel | page | engines | a run |\n|---|---|---|---|---|---|")
    with jupyterlab(1000) as lab:
        # One that takes longer than it should on a busy machine is not one that failed.
        lab.page.set_default_timeout(120_000)
        grown = {name: ratios(rerun(lab, CELLS[name], given.runs)) for name in given.cells}
    print(f"\n| cell | kernel, run {WEIGHED[0]} → {given.runs} | page |\n|---|---|---|")
    for name, (kernel, heap) in grown.items():
        print(f"| {name} | {kernel - 1:+.1%} | {heap - 1:+.1%} |")
    kept = all(ratio <= MOST for each in grown.values() for ratio in each)
    print("\nflat within a tenth" if kept else "\nnot flat")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

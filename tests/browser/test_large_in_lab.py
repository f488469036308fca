"""Large data in JupyterLab: counted bit by bit, marked as such, and exact in the end."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect

from tests.browser import drawn
from tests.browser.lab import Lab
from tests.waiting import until

CELLS = [
    """
import threading
import numpy as np, srm_widget as srm
from srm_widget.view import builder
from srm_widget.widget import progressive_task
builder.LARGE = -1
progressive_task._SLICE = progressive_task._FIRST_AFTER = progressive_task._SHOW_EVERY = 0.0
gate = threading.Event()
original = progressive_task.ProgressiveTask._slice
taken = []
def one_step(self, steps):
    # Some steps, and then none until the test has looked.
    if len(taken) > 2 and not gate.is_set():
        return None
    taken.append(1)
    return next(steps)
progressive_task.ProgressiveTask._slice = one_step
rows = np.random.default_rng(0).standard_normal((200_000, 6))
scope = srm.SRMScope(rows, epsilon=0.6, theta=0.0, navigator=False)
scope
"""
]


def test_a_curve_is_seen_while_it_is_counted(lab: Lab) -> None:
    lab.open(CELLS)
    lab.run_all()
    scope = lab.page.locator(".srm-scope")
    expect(scope.locator("path.srm-curve")).to_be_visible()
    kernel = lab.kernel

    drawn.slide(scope, "Rotation plane", 7)
    expect(drawn.lit(scope)).to_have_text(drawn.begins("counting … "))
    expect(scope.locator(".srm-plane")).to_have_text(drawn.begins("b₁ ∧ b₄"))
    expect(scope.locator(".srm-readout")).to_have_attribute("aria-busy", "true")
    expect(scope.locator(".srm-pending path.srm-curve")).to_be_visible()
    frame = kernel.evaluate("scope._frame")
    assert frame["is_partial"]
    assert 0 < frame["n_samples"] < 200_000
    counts = np.frombuffer(kernel.evaluate("scope._counts"), "<i4")
    until(lambda: drawn.shows(scope, counts), 30, lambda: "the samples so far are not drawn")
    # The kernel is there for others meanwhile, and for the page.
    assert kernel.evaluate("1 + 1") == 2

    drawn.slide(scope, "Rotation plane", 8)
    kernel.until("scope.position == 8")
    assert kernel.evaluate("scope._view.refining")
    kernel.execute("gate.set()")
    kernel.until("not scope._view.refining")
    expect(scope.locator(".srm-readout")).to_have_attribute("aria-busy", "false")
    n_lit = kernel.evaluate("scope._frame['n_lit']")
    expect(drawn.lit(scope)).to_have_text(drawn.begins(f"{n_lit:,} of 200,000"))
    drawn.wait_for_curve(scope, kernel)
    exact = "(scope.resonance.counts == scope.engine.curve(*scope.pair, epsilon=0.6).counts).all()"
    assert kernel.evaluate(exact)

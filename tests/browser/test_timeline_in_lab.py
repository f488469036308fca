"""A timeline in a real JupyterLab: steps recorded in a cell, chosen in the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from tests.browser.drawn import wait_for_curve
from tests.browser.lab import Lab
from tests.browser.page_errors import collect_errors

SETUP = """
import numpy as np, srm_widget as srm
rng = np.random.default_rng(0)
normal = rng.standard_normal((1500, 8))
timeline = srm.Timeline()
def train(epoch):
    timeline.record(np.sign(normal) * np.abs(normal) ** (1 + epoch / 4), label=f"epoch {epoch}")
train(0)
scope = srm.SRMScope(timeline, epsilon=0.75, title="training")
"""
TRAIN = "for epoch in range(1, 9): train(epoch)"
NINE = re.compile(r"^M[^ML]+(L[^ML]+){8}$")


def test_a_training_is_followed_and_walked_through(lab: Lab, shot: Callable[..., Path]) -> None:
    problems: list[str] = []
    collect_errors(lab.page, problems)
    lab.open([SETUP, "scope", TRAIN])
    lab.run_all()
    scope = lab.page.locator(".srm-scope")
    scope.scroll_into_view_if_needed()
    slider = scope.get_by_role("slider", name="Step", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", "epoch 8 (9 of 9)")
    wait_for_curve(scope, lab.kernel)
    expect(scope.get_by_text("before: epoch 0")).to_be_visible()
    for line in ("plane", "all"):
        expect(scope.locator(f".srm-course-{line}")).to_have_attribute("d", NINE)
    shot("timeline-in-lab", scope)

    slider.focus()
    for _ in range(3):
        lab.page.keyboard.press("ArrowLeft")
    lab.kernel.until("scope.step == 5")
    wait_for_curve(scope, lab.kernel)
    counts = lab.kernel.evaluate("timeline[5].curve(*scope.pair, epsilon=0.75).counts[0]")
    np.testing.assert_array_equal(lab.kernel.evaluate("scope.resonance.counts[0]"), counts)
    lab.kernel.until("scope._map_frame['surveyed'] == 5 and scope._map_frame['state'] == 'done'")

    # What is recorded meanwhile adds to the slider and leaves the step on show.
    lab.kernel.execute("train(9)")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 5 (6 of 10)")
    scope.get_by_role("button", name="Play steps", exact=True).click()
    lab.kernel.until("scope.step == 9")
    scope.get_by_role("button", name="Pause steps", exact=True).click()
    scope.get_by_role("combobox", name="Compare with").select_option("epoch 4")
    lab.kernel.until("scope.compare == 4")
    assert lab.kernel.evaluate("scope.error") == ""
    assert problems == []

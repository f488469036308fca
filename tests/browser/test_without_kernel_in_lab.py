"""In JupyterLab: a page that goes on while the kernel is busy, and when there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.drawn import begins, lit, slide, wait_for_curve
from tests.browser.lab import Lab, busy
from tests.browser.page_errors import collect_errors

SETUP = """
import numpy as np, srm_widget as srm
rng = np.random.default_rng(0)
activations = np.tanh(2 * rng.standard_normal(({n}, 6)))
labels = np.arange({n}) % 3
scope = srm.SRMScope(activations, labels=labels, epsilon=0.6, theta=1.0)
def lit(epsilon, theta, n):
    beam = scope.engine.beam(*scope.pair, theta, epsilon=epsilon)
    return f"{{beam.n_lit:,}} of {{n:,}}"
"""


def check_busy(lab: Lab, tmp_path: Path, n: int, epsilon: float) -> None:
    lab.open([SETUP.format(n=n), "scope"])
    lab.run_all()
    scope = lab.page.locator(".srm-scope")
    wait_for_curve(scope, lab.kernel)
    slide(scope, "Epsilon", 0.65)  # the page asks for the plane's samples
    lab.kernel.until("scope.epsilon == 0.65")
    lab.wait_idle()
    expected = lab.kernel.evaluate(f"lit({epsilon}, np.radians(200), {n})")
    per_class = lab.kernel.evaluate(
        f"scope.engine.beam(*scope.pair, np.radians(200), epsilon={epsilon}, labels=labels)"
        ".by_class.tolist()"
    )
    with busy(lab, tmp_path / "go on"):
        curve = scope.locator("path.srm-curve").get_attribute("d") or ""
        slide(scope, "Epsilon", epsilon)
        expect(scope.locator("path.srm-curve")).not_to_have_attribute("d", curve)
        slide(scope, "Spotlight angle", 200)
        expect(lit(scope)).to_have_text(begins(expected))
        for count in filter(None, per_class):
            expect(scope.locator(".srm-class-lit")).to_contain_text(f"{count:,} of")
        slide(scope, "Angular resolution", 80)
        expect(scope.locator(".srm-readout")).not_to_have_class(re.compile("srm-pending"))
    # And then the kernel answers, with the same.
    lab.kernel.until(f"scope.resolution == 80 and scope.epsilon == {epsilon}")
    wait_for_curve(scope, lab.kernel)
    expect(lit(scope)).to_have_text(begins(expected))


def test_the_page_counts_while_the_kernel_is_busy(lab: Lab, tmp_path: Path) -> None:
    check_busy(lab, tmp_path, 3_000, 0.4)


def test_of_very_many_samples_the_page_holds_those_farthest_out(lab: Lab, tmp_path: Path) -> None:
    check_busy(lab, tmp_path, 60_000, 0.9)


def test_a_frozen_scope_goes_on_without_its_kernel(lab: Lab, shot: Callable[..., Path]) -> None:
    problems: list[str] = []
    collect_errors(lab.page, problems)
    lab.open([SETUP.format(n=500), "scope.freeze()", "scope"])
    lab.run_all()
    scope = lab.page.locator(".srm-scope")
    wait_for_curve(scope, lab.kernel)
    lab.kernel.until("scope.survey_state == 'done'")
    expected = lab.kernel.evaluate("lit(0.3, np.radians(100), 500)")
    lab.save(widgets=True)

    lab.reopen()
    scope = lab.page.locator(".srm-scope")
    expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
    line = scope.locator(".srm-provenance")
    expect(line).to_contain_text("from all 500 samples in 6 dimensions")
    slide(scope, "Epsilon", 0.3)
    slide(scope, "Spotlight angle", 100)
    expect(lit(scope)).to_have_text(begins(expected))
    plane = scope.locator(".srm-plane").text_content() or ""
    slide(scope, "Rotation plane", 9)
    expect(scope.locator(".srm-plane")).not_to_have_text(plane)
    expect(scope.locator(".srm-map-count")).to_contain_text("ε = 0.3")
    expect(scope.locator(".srm-error")).to_be_hidden()
    shot("frozen-in-lab", scope)

    # With a kernel it is a scope like any other again.
    lab.run_all()
    live = lab.page.locator(".srm-scope")
    expect(live.locator(".srm-provenance")).to_be_hidden()
    slide(live, "Epsilon", 0.5)
    lab.kernel.until("scope.epsilon == 0.5")
    assert problems == []

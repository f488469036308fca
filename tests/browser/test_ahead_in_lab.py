"""In JupyterLab: planes that the kernel has sent before the slider came to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.drawn import begins, lit, shows, slide, wait_for_curve
from tests.browser.lab import Lab, busy
from tests.waiting import until

SETUP = """
import numpy as np, srm_widget as srm
activations = np.tanh(2 * np.random.default_rng(0).standard_normal((3_000, 12)))
labels = np.arange(3_000) % 3
scope = srm.SRMScope(activations, labels=labels, epsilon=0.6, theta=1.0)
"""
PENDING = re.compile("srm-pending")


def ready(scope: Locator, lab: Lab) -> None:
    """Move to plane 20 by the keyboard, and wait until the kernel has nothing more to send."""
    wait_for_curve(scope, lab.kernel)
    scope.get_by_role("slider", name="Rotation plane", exact=True).focus()
    slide(scope, "Rotation plane", 19)
    slide(scope, "Rotation plane", 20)
    lab.kernel.until("scope.position == 20 and scope._prefetcher._task.state == 'done'")
    lab.wait_idle()


def named(direction: int) -> str:
    return "b" + "".join(chr(0x2080 + int(digit)) for digit in str(direction))


@pytest.mark.parametrize("cloud", ["points", "density"])
def test_planes_ahead_are_drawn_without_the_kernel(lab: Lab, tmp_path: Path, cloud: str) -> None:
    lab.open([SETUP, f"scope.cloud = {cloud!r}\nscope"])
    lab.run_all()
    scope = lab.page.locator(".srm-scope")
    ready(scope, lab)
    expected = {
        position: lab.kernel.evaluate(
            f"(lambda pair: (pair, scope.engine.curve(*pair, epsilon=0.6).counts[0],"
            f" scope.engine.beam(*pair, 1.0, epsilon=0.6).n_lit))"
            f"(scope.ranking.plane({position}))"
        )
        for position in (21, 25, 18)
    }
    kept = lab.kernel.evaluate("(scope.pair, scope.resonance.counts[0], scope._frame['n_lit'])")
    curves = scope.locator(".srm-curves")
    with busy(lab, tmp_path / "go on"):
        for position in (21, 25, 18):
            pair, counts, n_lit = expected[position]
            slide(scope, "Rotation plane", position)
            until(lambda: shows(scope, counts), 10, lambda: "the plane ahead is not drawn")  # noqa: B023
            expect(curves).not_to_have_class(PENDING)
            expect(scope.locator(".srm-plane")).to_contain_text(named(pair[0]))
            expect(lit(scope)).to_have_text(begins(f"{n_lit:,} of 3,000"))
            expect(scope.get_by_role("spinbutton", name="Second direction")).to_have_value(
                str(pair[1])
            )
        # One that was not sent: the plane that is nearest to it stays, with its own names.
        slide(scope, "Rotation plane", 47)
        expect(curves).to_have_class(PENDING)
        assert shows(scope, kept[1])
        expect(scope.locator(".srm-plane")).to_contain_text(named(kept[0][0]))
    lab.kernel.until("scope.position == 47")
    wait_for_curve(scope, lab.kernel)
    expect(curves).not_to_have_class(PENDING)
    expect(scope.locator(".srm-error")).to_be_hidden()

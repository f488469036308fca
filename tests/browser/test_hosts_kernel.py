"""In JupyterLab: a kernel that dies, starts anew or has no time, under a scope on show."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.browser.drawn import begins, lit, slide, wait_for_curve
from tests.browser.lab import Lab, busy
from tests.browser.page_errors import collect_errors

SETUP = """
import numpy as np, srm_widget as srm
activations = np.tanh(2 * np.random.default_rng(0).standard_normal((1_200, 6)))
scope = srm.SRMScope(activations, epsilon=0.6, theta=1.0)
def lit(epsilon, theta):
    return f"{scope.engine.beam(*scope.pair, theta, epsilon=epsilon).n_lit:,} of 1,200"
"""
GONE = re.compile("^The kernel is gone: this is the last picture")
PENDING = re.compile("srm-pending")
SLOWLY = 20_000  # ms


class Wire:
    """Messages that the page sends about widgets, and what it complains of."""

    def __init__(self, page: Page) -> None:
        self.sent = 0
        self.problems: list[str] = []
        collect_errors(page, self.problems)
        page.on("console", self._hear)
        page.on("websocket", lambda socket: socket.on("framesent", self._count))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.problems.append(said.text)

    def _count(self, payload: str | bytes) -> None:
        text = payload if isinstance(payload, bytes) else payload.encode()
        # JupyterLab itself asks for the state of all widgets there are, now and then.
        self.sent += b"comm_msg" in text and b"request_states" not in text


@pytest.fixture
def wire(lab: Lab) -> Wire:
    return Wire(lab.page)


@pytest.fixture
def scope(lab: Lab, wire: Wire) -> Iterator[Locator]:
    """A scope whose page holds the samples of the plane on show."""
    lab.open([SETUP, "scope"])
    wire.problems.clear()
    lab.run_all()
    scope = lab.page.locator(".srm-scope")
    wait_for_curve(scope, lab.kernel)
    slide(scope, "Epsilon", 0.65)
    lab.kernel.until("scope.epsilon == 0.65 and scope.survey_state == 'done'")
    lab.wait_idle()
    assert wire.sent, "what the page sends is not counted"
    yield scope
    assert wire.problems == []


def notice(scope: Locator) -> Locator:
    return scope.locator(".srm-kernel")


def goes_on_alone(scope: Locator, expected: str, wire: Wire) -> None:
    """Of a page without a kernel: θ, ε and the resolution move, and a plane can not be had."""
    sent = wire.sent
    plane = scope.locator(".srm-plane").inner_text()
    for epsilon in (0.5, 0.3, 0.4):
        slide(scope, "Epsilon", epsilon)
    slide(scope, "Spotlight angle", 200)
    slide(scope, "Angular resolution", 80)
    expect(lit(scope)).to_have_text(begins(expected))
    readout, curves = scope.locator(".srm-readout"), scope.locator(".srm-curves")
    for part in (readout, curves):
        expect(part).not_to_have_class(PENDING)
    slider = scope.get_by_role("slider", name="Rotation plane", exact=True)
    for key in ("ArrowRight", "End", "ArrowRight"):
        slider.press(key)
    expect(slider).to_have_value("0")
    second = scope.get_by_label("Second direction")
    second.fill("4")
    second.press("Enter")
    expect(second).to_have_attribute("aria-invalid", "true")
    second.blur()
    expect(second).to_have_value("1")
    expect(scope.locator(".srm-plane")).to_have_text(plane)
    expect(scope.get_by_role("button", name="Play")).to_be_disabled()
    scope.get_by_role("button", name="Signed").click()
    expect(lit(scope)).to_have_text(begins(expected))
    for part in (readout, curves):
        expect(part).not_to_have_class(PENDING)
    expect(scope.locator(".srm-error")).to_be_hidden()
    assert wire.sent == sent


def lives_again(lab: Lab) -> None:
    """The cells run once more: one scope, which follows its kernel, in place of the old one."""
    before = lab.page.locator(".srm-scope").element_handle()
    lab.run_all()
    scope = lab.page.locator(".srm-scope")
    expect(scope).to_have_count(1)
    expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
    expect(notice(scope)).to_be_hidden()
    wait_for_curve(scope, lab.kernel)
    slide(scope, "Rotation plane", 7)
    lab.kernel.until("scope.position == 7")
    wait_for_curve(scope, lab.kernel)
    assert before.evaluate("node => node.isConnected") is False


def test_a_killed_kernel(lab: Lab, wire: Wire, scope: Locator) -> None:
    expected, process = lab.kernel.evaluate(
        "(lit(0.4, np.radians(200)), __import__('os').getpid())"
    )
    os.kill(process, signal.SIGKILL)
    expect(notice(scope)).to_have_text(GONE, timeout=SLOWLY)
    # JupyterLab says so too, and starts another kernel.
    lab.page.locator(".jp-Dialog").get_by_role("button", name="Ok").click(timeout=SLOWLY)
    goes_on_alone(scope, expected, wire)
    lab.forget_kernel()
    lab.wait_idle()
    lives_again(lab)


def test_a_kernel_that_is_busy_and_then_started_anew(
    lab: Lab, wire: Wire, scope: Locator, tmp_path: Path
) -> None:
    with busy(lab, tmp_path / "go on"):
        sent = wire.sent
        slide(scope, "Rotation plane", 11)
        expect(notice(scope)).to_be_hidden()
        said = re.compile(r"^No answer from the kernel \(it is busy\) for \d+\ss$")
        expect(notice(scope)).to_have_text(said, timeout=SLOWLY)
        for position in range(14):
            slide(scope, "Rotation plane", position)
        assert wire.sent - sent <= 6
        lab.interrupt()
        # The kernel has time now, and answers with what was asked for last.
        expect(notice(scope)).to_be_hidden()
    lab.kernel.until("scope.position == 13")
    wait_for_curve(scope, lab.kernel)
    # By somebody else: JupyterLab itself may hear nothing of it, and its kernel seems idle.
    lab.restart(outside=True)
    slide(scope, "Spotlight angle", 200)
    expect(notice(scope)).to_have_text(GONE, timeout=SLOWLY)
    expect(scope.get_by_role("slider", name="Rotation plane", exact=True)).to_have_value("13")
    expect(scope.locator(".srm-readout")).not_to_have_class(PENDING)
    sent = wire.sent
    for theta in (20, 40, 60):
        slide(scope, "Spotlight angle", theta)
    expect(scope.locator(".srm-error")).to_be_hidden()
    assert wire.sent == sent
    # And by the page, which else goes on to speak to a subshell that the new kernel has not.
    lab.restart()
    lives_again(lab)

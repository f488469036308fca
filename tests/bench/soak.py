"""Ten thousand scrubs in JupyterLab, and what they leave in kernel and page: ``make soak``."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Locator, expect

from tests.bench.in_lab import jupyterlab
from tests.browser.drawn import wait_for_curve
from tests.browser.footprint import Footprint, Scales
from tests.browser.lab import Lab

SETUP = """
import numpy as np, torch, srm_widget as srm
rng = np.random.default_rng(0)
activations = torch.randn(20_000, 64, generator=torch.Generator().manual_seed(0)).relu_().pow_(2)
pictures = rng.integers(0, 256, (200, 28, 28), dtype=np.uint8)
labels = activations.argmax(dim=1).numpy() % 10
scope = srm.SRMScope(activations, labels=labels, samples=lambda row: pictures[row % 200])
"""

KERNEL_MEGABYTES = 20
HEAP_MEGABYTES = 10
"""Most that the memory may grow between scrub 1,000 and the last, MB."""

AT_ONCE = 100
WEIGHED_EVERY = 1_000

# Values of one control as fast as frames come, none of them waited for.
SCRUB = """async ([name, values]) => {
    const scope = document.querySelector('.srm-scope');
    const label = [...scope.querySelectorAll('label')].find(l => l.textContent === name);
    const control = label?.control ?? scope.querySelector(`[aria-label="${name}"]`);
    const kind = control.tagName === 'SELECT' ? 'change' : 'input';
    for (const value of values) {
        control.value = value;
        control.dispatchEvent(new Event(kind, { bubbles: true }));
        await new Promise(requestAnimationFrame);
    }
}"""


def scrubs() -> Iterator[tuple[str, list[Any], str]]:
    """Label of a control, a hundred values, and what the kernel then holds: without end.

    The planes come every other time, each hundred from another place of the 2,016.
    """
    orders = ["alignment", "peak", "index"]
    for turn in itertools.count():
        start = 100 * turn + 17 * (turn // 20)
        planes = [(start + 7 * k) % 2_016 for k in range(AT_ONCE)]
        yield "Rotation plane", planes, f"scope.position == {planes[-1]}"
        match turn % 4:
            case 0:
                widths = [round(0.4 + 0.005 * ((k + turn) % 80), 3) for k in range(AT_ONCE)]
                widths[-1] = 0.5 + 0.01 * (turn % 30)
                yield "Epsilon", widths, f"abs(scope.epsilon - {widths[-1]}) < 0.006"
            case 1:
                degrees = [(turn + 3 * k) % 360 for k in range(AT_ONCE)]
                wanted = f"abs(np.rad2deg(scope.theta) - {degrees[-1]}) < 1"
                yield "Spotlight angle", degrees, wanted
            case 2:
                angles = [4 * (10 + (turn + 5 * k) % 700) for k in range(AT_ONCE)]
                yield "Angular resolution", angles, f"scope.resolution == {angles[-1]}"
            case _:
                chosen = [orders[(turn + k) % 4] for k in range(AT_ONCE)]
                yield "Plane order", chosen, f"scope.order == '{chosen[-1]}'"


def row(done: int, now: Footprint, seconds: float) -> str:
    cells = f"{done:,}", f"{now.kernel / 1e6:.1f} MB", f"{now.heap / 1e6:.2f} MB"
    return " | ".join(["", *cells, f"{now.nodes:,}", f"{now.listeners:,}", f"{seconds:.0f} s", ""])


def soak(lab: Lab, scope: Locator, most: int) -> list[Footprint]:
    """Scrub, and weigh every thousand."""
    print("\n| scrubs | kernel | heap | nodes | listeners | time |\n|---|---|---|---|---|---|")
    scales, began, weighed = Scales(lab), time.monotonic(), []
    for done, (name, values, wanted) in zip(range(0, most + 1, AT_ONCE), scrubs(), strict=False):
        if done % WEIGHED_EVERY == 0:
            lab.kernel.until("scope.survey_state == 'done'", 60)
            weighed.append(scales.weigh())
            print(row(done, weighed[-1], time.monotonic() - began).strip(), flush=True)
        if done < most:
            lab.page.evaluate(SCRUB, [name, [str(value) for value in values]])
            lab.kernel.until(wanted, 60)
            wait_for_curve(scope, lab.kernel)
    return weighed


def verdict(weighed: list[Footprint]) -> bool:
    """Say how much the memory grew; whether it kept within its bounds."""
    kept = True
    for name, most in (("kernel", KERNEL_MEGABYTES), ("heap", HEAP_MEGABYTES)):
        first, settled, last = (getattr(weighed[k], name) / 1e6 for k in (0, 1, -1))
        kept = kept and last - settled <= most
        print(
            f"{name}: {last - settled:+.2f} MB since the first {WEIGHED_EVERY:,} (at most {most}), "
            f"{last - first:+.2f} MB since the start"
        )
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scrubs", type=int, default=10_000)
    most = parser.parse_args().scrubs
    print(f"N = 20,000, D = 64, JupyterLab and Chromium on {os.cpu_count()} cores")
    with jupyterlab(1000) as lab:
        lab.open([SETUP, "scope"])
        lab.run_all()
        scope = lab.page.locator(".srm-scope")
        expect(scope.locator("path.srm-curve")).to_be_visible()
        wait_for_curve(scope, lab.kernel)
        weighed = soak(lab, scope, most)
    return 0 if verdict(weighed) else 1


if __name__ == "__main__":
    sys.exit(main())

"""From a slider in JupyterLab through the kernel to the drawn path: ``make bench``."""

from __future__ import annotations

import os
import statistics

from playwright.sync_api import expect

from tests.bench.in_lab import jupyterlab
from tests.browser.lab import Lab

SETUP = """
import torch, srm_widget as srm
activations = torch.randn({n}, 64, generator=torch.Generator().manual_seed(0)){peaked}
scope = srm.SRMScope(activations)
scope
"""
PEAKED = ".relu_().pow_(2)"

# One step of a slider as the browser makes it; the time until what is drawn is another one.
STEP = """async ([name, value, what]) => {
    const scope = document.querySelector('.srm-scope');
    const label = [...scope.querySelectorAll('label')].find(l => l.textContent === name);
    const slider = label.control;
    const shown = () => what === 'curve'
        ? scope.querySelector('path.srm-curve').getAttribute('d')
        : scope.querySelector('.srm-map-count').textContent;
    const before = shown();
    const drawn = new Promise(done => {
        const watch = new MutationObserver(() => {
            if (shown() === before) return;
            watch.disconnect();
            done(performance.now());
        });
        watch.observe(scope, {
            attributes: true, childList: true, characterData: true, subtree: true,
        });
    });
    slider.value = value;
    const began = performance.now();
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    return await drawn - began;
}"""

SWEEPS: dict[str, list[float]] = {
    "Rotation plane": [7 * k + 5 for k in range(60)],
    "Epsilon": [round(0.20 + 0.01 * (k % 25), 2) for k in range(60)],
    "Angular resolution": [400 + 8 * k for k in range(60)],
}
SCENES = (
    (100_000, "", "curve", SWEEPS),
    (20_000, PEAKED, "map", {"Epsilon": [round(0.55 + 0.01 * (k % 25), 2) for k in range(60)]}),
)


def sweep(lab: Lab, row: str, name: str, values: list[float], what: str) -> None:
    times = []
    for value in values:
        times.append(lab.page.evaluate(STEP, [name, str(value), what]))
        lab.wait_idle()
        if what == "map":
            lab.kernel.until("scope.survey_state == 'done'")
    late = statistics.quantiles(times, n=10)[-1]
    print(f"| {row} | {statistics.median(times):.1f} ms | {late:.1f} ms |", flush=True)


def main() -> None:
    print(f"\nD = 64, JupyterLab and Chromium on {os.cpu_count()} cores\n")
    print("| slider → kernel → drawn | median | nine in ten under |\n|---|---|---|")
    with jupyterlab() as lab:
        for n, peaked, what, sweeps in SCENES:
            lab.open([SETUP.format(n=n, peaked=peaked)])
            lab.run_all()
            expect(lab.page.locator("path.srm-curve")).to_be_visible()
            lab.kernel.until("scope.survey_state == 'done'")
            for name, values in sweeps.items():
                sweep(lab, f"{name} → {what}, N = {n:,}", name, values, what)
                lab.kernel.until("scope.survey_state == 'done'", 60)


if __name__ == "__main__":
    main()

"""From a slider in JupyterLab through the kernel to the drawn path: ``make bench``."""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser import chromium
from tests.browser.lab import Lab, LabServer

SETUP = """
import torch, srm_widget as srm
activations = torch.randn(100_000, 64, generator=torch.Generator().manual_seed(0))
scope = srm.SRMScope(activations)
scope
"""

# One step of a slider as the browser makes it; the time until the curve's path is another one.
STEP = """async ([name, value]) => {
    const scope = document.querySelector('.srm-scope');
    const curve = scope.querySelector('path.srm-curve');
    const label = [...scope.querySelectorAll('label')].find(l => l.textContent === name);
    const slider = label.control;
    const before = curve.getAttribute('d');
    const drawn = new Promise(done => {
        const watch = new MutationObserver(() => {
            if (curve.getAttribute('d') === before) return;
            watch.disconnect();
            done(performance.now());
        });
        watch.observe(curve, { attributeFilter: ['d'] });
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


def main() -> None:
    print(f"\nN = 100,000, D = 64, JupyterLab and Chromium on {os.cpu_count()} cores\n")
    print("| slider → kernel → drawn path | median | nine in ten under |\n|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        LabServer(Path(folder) / "lab") as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(**chromium.launch_args(playwright)) as browser,
    ):
        lab = Lab(server, browser.new_page(viewport={"width": 1100, "height": 900}))
        lab.open([SETUP])
        lab.run_all()
        expect(lab.page.locator("path.srm-curve")).to_be_visible()
        for name, values in SWEEPS.items():
            times = []
            for value in values:
                times.append(lab.page.evaluate(STEP, [name, str(value)]))
                lab.wait_idle()
            late = statistics.quantiles(times, n=10)[-1]
            print(f"| {name} | {statistics.median(times):.0f} ms | {late:.0f} ms |", flush=True)
        lab.close()


if __name__ == "__main__":
    main()

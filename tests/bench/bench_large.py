"""Large data in JupyterLab: the kernel is there for others meanwhile: ``make bench-large``."""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

from playwright.sync_api import expect

from tests.bench.in_lab import jupyterlab
from tests.browser.lab import Lab

SETUP = """
import torch, srm_widget as srm
activations = torch.randn({shape}, generator=torch.Generator().manual_seed(0))
engine = srm.ResonanceEngine(activations, {basis})
del activations
scope = srm.SRMScope(engine, epsilon={epsilon}, navigator=False)
scope
"""

# Moves a slider; times the first picture that answers it, and the exact one.
MOVE = """([name, value]) => {
    const scope = document.querySelector('.srm-scope');
    const label = [...scope.querySelectorAll('label')].find(l => l.textContent === name);
    const readout = scope.querySelector('.srm-readout');
    const curve = scope.querySelector('path.srm-curve');
    const seen = () => curve.getAttribute('d') + readout.querySelector('dl').textContent;
    const move = window.srmMove = { first: 0, exact: 0, pictures: 0 };
    let last = seen();
    const began = performance.now();
    const watch = new MutationObserver(() => {
        const now = performance.now() - began;
        if (seen() !== last) {
            last = seen();
            move.pictures += 1;
            move.first ||= now;
        }
        if (move.first && !readout.classList.contains('srm-pending')) {
            move.exact = now;
            watch.disconnect();
        }
    });
    watch.observe(scope, {
        attributes: true, childList: true, characterData: true, subtree: true,
    });
    label.control.value = value;
    label.control.dispatchEvent(new Event('input', { bubbles: true }));
}"""
DONE = "() => window.srmMove.exact > 0"

Moves = list[tuple[str, float]]
SCENES: tuple[tuple[str, dict[str, Any], Moves], ...] = (
    (
        "10⁷ × 4",
        {"shape": (10_000_000, 4), "basis": None, "epsilon": 0.8},
        [("Rotation plane", k % 6) for k in range(1, 13)]
        + [("Epsilon", round(0.5 + 0.03 * k, 2)) for k in range(12)]
        + [("Spotlight angle", 20 * k + 3) for k in range(6)],
    ),
    (
        "10⁶ × 256, rotated",
        {"shape": (1_000_000, 256), "basis": "srm.basis.rotated(256, 0)", "epsilon": 0.2},
        [("Rotation plane", 500 * k + 7) for k in range(12)],
    ),
)


def idle(lab: Lab) -> list[float]:
    """The same with nothing to count."""
    found = []
    for _ in range(60):
        began = time.perf_counter()
        lab.kernel.execute("print(1)")
        found.append(1e3 * (time.perf_counter() - began))
        time.sleep(0.01)
    return found


def responses(lab: Lab, until: float) -> list[float]:
    """Milliseconds of another cell's ``print``, again and again until the picture is exact."""
    found = []
    while True:
        began = time.perf_counter()
        lab.kernel.execute("print(1)")
        found.append(1e3 * (time.perf_counter() - began))
        if lab.page.evaluate(DONE):
            return found
        assert time.perf_counter() < until, "no exact picture came"
        time.sleep(0.01)


def measure(lab: Lab, name: str, moves: Moves) -> None:
    first: list[float] = []
    exact: list[float] = []
    prints: list[float] = []
    pictures = 0
    for slider, value in moves:
        lab.page.evaluate(MOVE, [slider, str(value)])
        prints += responses(lab, time.perf_counter() + 60)
        times = lab.page.evaluate("window.srmMove")
        first.append(times["first"])
        exact.append(times["exact"])
        pictures += times["pictures"]
        agrees = lab.kernel.evaluate(
            "(scope._view._view.resonance.counts"
            " == engine.curve(*scope.pair, epsilon=scope.epsilon)"
            ".counts).all() and not scope._frame['is_partial']"
        )
        assert agrees, (slider, value)
    rows = {
        "first picture": first,
        "exact picture": exact,
        "`print`": prints,
        "`print`, nothing to count": idle(lab),
    }
    for what, values in rows.items():
        print(
            f"| {name}, {what} ({len(values)}) | {statistics.median(values):.0f} ms "
            f"| {max(values):.0f} ms |",
            flush=True,
        )
    print(f"| {name}, pictures a move | {pictures / len(moves):.1f} | |", flush=True)


def main() -> None:
    print(
        f"\nJupyterLab and Chromium on {os.cpu_count()} cores; a second client prints meanwhile\n"
    )
    print("| after a move in the page | median | worst |\n|---|---|---|")
    with jupyterlab() as lab:
        for name, setup, moves in SCENES:
            lab.open([SETUP.format(**setup)])
            lab.run_all(300)
            expect(lab.page.locator("path.srm-curve")).to_be_visible()
            lab.kernel.execute("print(1)")  # connects
            measure(lab, name, moves)


if __name__ == "__main__":
    main()

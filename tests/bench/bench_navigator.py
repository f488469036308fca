"""Frames a second while the map of 8.4 million planes is panned and zoomed: ``make bench``."""

from __future__ import annotations

import os
import statistics
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from tests.browser.browsers import KINDS, Kind
from tests.browser.fake import Scope, wide

FRAMES = 180

# One event before every frame, as a pointer or a wheel sends them; times between frames, ms.
GESTURE = """async ([name, frames]) => {
    const canvas = document.querySelector('.srm-map-canvas');
    const box = canvas.getBoundingClientRect();
    const at = (x, y) => ({
        clientX: box.left + x * box.width, clientY: box.top + y * box.height,
        pointerId: 1, pointerType: 'mouse', button: 0, bubbles: true, cancelable: true,
    });
    canvas.setPointerCapture = () => {};
    const pointer = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, at(x, y)));
    const circle = k => [0.5 + 0.4 * Math.sin(k / 15), 0.5 + 0.4 * Math.cos(k / 11)];
    const steps = {
        pan: k => pointer('pointermove', ...circle(k)),
        hover: k => pointer('pointermove', ...circle(k)),
        zoom: k => canvas.dispatchEvent(new WheelEvent('wheel', {
            ...at(0.4, 0.6), ctrlKey: true, deltaY: k % 60 < 30 ? -20 : 20,
        })),
    };
    if (name === 'pan') pointer('pointerdown', 0.5, 0.9);
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let k = 0; k < frames; k += 1) {
        steps[name](k);
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    if (name === 'pan') pointer('pointerup', 0.5, 0.9);
    return times;
}"""


def measure(scope: Scope, name: str) -> list[float]:
    times: list[float] = scope.page.evaluate(GESTURE, [name, FRAMES])
    return times


def report(kind: Kind, playwright: Playwright) -> None:
    """All gestures in one kind of browser."""
    options: dict[str, Any] = {"viewport": {"width": 1100, "height": 900}}
    with kind.launch_first(playwright) as browser:
        scope = Scope(browser.new_page(**options)).open(wide(4096))
        for _ in range(2):
            scope.button("Zoom in").click()
        scope.painted()
        # The page alone: the kernel of the tests would compute in the page's own thread.
        scope.kernel("kernel.tilesHeld = true")
        for name in ("pan", "zoom", "hover"):
            times = measure(scope, name)
            late = statistics.quantiles(times, n=10)[-1]
            rate = 1000 / statistics.mean(times)
            print(f"| {kind.name} | {name} | {rate:.0f} | {late:.0f} ms |", flush=True)


def main() -> None:
    print(f"\nM = 4,096, on {os.cpu_count()} cores, no GPU\n")
    print("| browser | gesture | frames a second | nine frames in ten within |")
    print("|---|---|---|---|")
    with sync_playwright() as playwright:
        for kind in KINDS.values():
            report(kind, playwright)


if __name__ == "__main__":
    main()

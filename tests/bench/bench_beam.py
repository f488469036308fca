"""The beam dragged by the mouse in JupyterLab, over a strip of 24 pictures: ``make bench``."""

from __future__ import annotations

import math
import os
import re
import statistics

from playwright.sync_api import expect

from tests.bench.in_lab import jupyterlab
from tests.browser.lab import Lab
from tests.waiting import until

DIGITS = """
import srm_widget as srm
trained = srm.datasets.digits_autoencoder()
scope = srm.SRMScope(
    trained.activations, labels=trained.labels, samples=trained.images, epsilon=0.4, pair=(1, 11)
)
scope
"""
# Nothing compresses noise: the largest pictures there can be.
NOISE = """
import numpy as np, torch, srm_widget as srm
rng = np.random.default_rng(0)
activations = torch.randn(20_000, 64, generator=torch.Generator().manual_seed(0))
pictures = rng.integers(0, 256, (200, 96, 96, 3), dtype=np.uint8)
scope = srm.SRMScope(
    activations, samples=lambda row: pictures[row % 200], labels=np.arange(20_000) % 10,
    epsilon=0.3, cloud="points",
)
scope
"""
SCENES = {
    "digits, 1,797 × 16, in colours of 10 classes": DIGITS,
    "noise of 96 × 96, 20,000 × 64, 2,000 points, 10 classes": NOISE,
}
MOVES = 240
INDEX = re.compile(r"sample ([\d,]+)", re.IGNORECASE)

RECORD = """() => {
    const times = [];
    window.frames_seen = times;
    let last = performance.now();
    const step = now => {
        times.push(now - last);
        last = now;
        window.recording = requestAnimationFrame(step);
    };
    window.recording = requestAnimationFrame(step);
}"""
STOP = "() => { cancelAnimationFrame(window.recording); return window.frames_seen.slice(1); }"


def drag(lab: Lab) -> list[float]:
    """Turn the beam one and a half times round; milliseconds between frames meanwhile."""
    scope = lab.page.locator(".srm-scope").first
    scope.scroll_into_view_if_needed()
    disc, handle = (scope.locator(css).bounding_box() for css in (".srm-disc", ".srm-handle"))
    assert disc
    assert handle
    x, y = disc["x"] + disc["width"] / 2, disc["y"] + disc["height"] / 2
    grip = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    radius, start = 0.45 * disc["width"], math.atan2(y - grip[1], grip[0] - x)
    lab.page.mouse.move(*grip)
    lab.page.mouse.down()
    lab.page.evaluate(RECORD)
    for step in range(MOVES):
        angle = start + 3 * math.pi * (step + 1) / MOVES
        lab.page.mouse.move(x + radius * math.cos(angle), y - radius * math.sin(angle))
    times: list[float] = lab.page.evaluate(STOP)
    lab.page.mouse.up()
    return times


def arrived(lab: Lab) -> bool:
    """Wait until the page shows what the kernel computed for the last angle."""
    strip = lab.page.locator(".srm-strip .srm-tile")
    slider = lab.page.get_by_role("slider", name="Spotlight angle", exact=True)

    def same() -> bool:
        theta, first = lab.kernel.evaluate("(scope.theta, scope.selected[:24])")
        degrees = float(slider.input_value())
        close = abs((math.degrees(theta) - degrees + 180) % 360 - 180) < 1
        names = strip.evaluate_all("tiles => tiles.map(tile => tile.ariaLabel)")
        return close and [int(INDEX.findall(name)[0].replace(",", "")) for name in names] == list(
            first
        )

    return until(same, 20, lambda: "the page does not show the last angle")


def main() -> None:
    print(f"\nThe beam dragged in JupyterLab, Chromium on {os.cpu_count()} cores, no GPU\n")
    print("| scene | frames a second | nine in ten within | largest message | last state |")
    print("|---|---|---|---|---|")
    with jupyterlab(1000) as lab:
        page = lab.page
        sizes: list[int] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))),
        )
        for name, setup in SCENES.items():
            lab.open([setup])
            lab.run_all()
            expect(page.locator("path.srm-curve")).to_be_visible()
            lab.kernel.until("scope.survey_state == 'done'", 60)
            lab.wait_idle()
            drag(lab)
            sizes.clear()
            times = drag(lab)
            largest = max(sizes)
            drawn = "drawn" if arrived(lab) else "lost"
            late = statistics.quantiles(times, n=10)[-1]
            rate = 1000 / statistics.mean(times)
            print(
                f"| {name} | {rate:.0f} | {late:.0f} ms | {largest / 1e3:.0f} KB | {drawn} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

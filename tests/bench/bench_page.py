"""A saved page without a kernel: from a slider to the redrawn scope, and size: ``make bench``."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright

import srm_widget as srm
from tests.browser.browsers import CHROMIUM

N = 20_000
BUDGET = 50_000_000

# From the event of a slider until all it changes is drawn and laid out; the curve must be another.
STEPS = """async ([name, values]) => {
    const scope = document.querySelector('.srm-scope');
    const label = [...scope.querySelectorAll('label')].find(l => l.textContent === name);
    const slider = label.control;
    const what = () => scope.querySelector(
        name === 'Spotlight angle' ? '.srm-wedge' : 'path.srm-curve').getAttribute('d');
    const times = [];
    for (const value of values) {
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        const before = what();
        slider.value = value;
        const began = performance.now();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        // What a user's event would run before anything else: the redrawing is one of those.
        for (let k = 0; k < 4; k += 1) await undefined;
        scope.getBoundingClientRect();
        times.push(performance.now() - began);
        if (what() === before) throw new Error(`${name} = ${value} drew nothing`);
    }
    return times;
}"""
DIRECTIONS = 65_536
TYPED = "−tosa"

# From a key to the list of what was found; before them how long it takes to focus the field, which
# reads the names.
FIND = """texts => {
    const field = document.querySelector('.srm-scope [role=combobox]');
    const scope = field.closest('.srm-scope');
    const before = performance.now();
    field.focus();
    const focus = performance.now() - before;
    const times = texts.map(text => {
        field.value = text;
        const began = performance.now();
        field.dispatchEvent(new Event('input', { bubbles: true }));
        scope.getBoundingClientRect();
        const time = performance.now() - began;
        if (scope.querySelectorAll('.srm-find-list li').length === 0) throw new Error(text);
        return time;
    });
    return [focus, ...times];
}"""
SWEEPS: dict[str, list[float]] = {
    "Epsilon": [round(0.20 + 0.01 * (k % 40), 2) for k in range(120)],
    "Spotlight angle": [3 * k for k in range(1, 120)],
    "Angular resolution": [360 + 4 * (k % 50) for k in range(1, 121)],
    "Rotation plane": [(7 * k) % 120 for k in range(1, 121)],
}


def scenes() -> dict[str, srm.SRMScope]:
    random = np.random.default_rng(0)
    rows = random.standard_normal((N, 16)).astype(np.float32)
    plane = random.standard_normal((N, 2)).astype(np.float32)
    labels = random.integers(0, 10, N)
    return {
        f"{N:,} × 16, 10 classes, points": srm.SRMScope(rows, labels=labels, cloud="points"),
        f"{N:,} × 16, density": srm.SRMScope(rows, cloud="density"),
        f"{N:,} × 2, all of them in the plane": srm.SRMScope(plane, epsilon=0.3),
    }


def digits() -> srm.SRMScope:
    trained = srm.datasets.digits_autoencoder()
    return srm.SRMScope(
        trained.activations, labels=trained.labels, samples=trained.images, table=True
    )


def measure(browser: Browser, name: str, scope: srm.SRMScope, folder: Path) -> None:
    file = scope.save_html(folder / "page.html", max_bytes=BUDGET)
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto(file.as_uri())
    page.wait_for_selector("path.srm-curve")
    sweeps: dict[str, Sequence[Any]] = dict(SWEEPS)
    if scope.engine.n_planes == 1:
        del sweeps["Rotation plane"]
    for slider, values in sweeps.items():
        times = sorted(page.evaluate(STEPS, [slider, [str(value) for value in values]]))
        late = times[int(0.95 * len(times))]
        print(
            f"| {name}: {slider} | {statistics.median(times):.1f} ms | {late:.1f} ms |", flush=True
        )
    page.close()


def dictionary() -> srm.SRMScope:
    """65,536 directions with names of several words, as those of a sparse autoencoder."""
    random = np.random.default_rng(0)
    words = ["".join(random.choice(list("aeioubcdrst"), 6)) for _ in range(2000)]
    names = [f"{' '.join(random.choice(words, 4))} {k}" for k in range(DIRECTIONS)]
    rows = random.standard_normal((20, DIRECTIONS)).astype(np.float32)
    rows[:, :2] *= 300  # so that there is a curve
    return srm.SRMScope(rows, directions=names, navigator=False)


def measure_finding(browser: Browser, folder: Path) -> None:
    """From a key in the field that finds directions to its list."""
    file = dictionary().save_html(folder / "dictionary.html", max_bytes=BUDGET)
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto(file.as_uri())
    page.wait_for_selector("path.srm-curve")
    focus, *times = page.evaluate(FIND, [TYPED[:k] for k in range(1, len(TYPED) + 1)] * 20)
    late = sorted(times)[int(0.95 * len(times))]
    print(
        f"| {DIRECTIONS:,} names: Find direction | {statistics.median(times):.1f} ms "
        f"| {late:.1f} ms; once, when the field gets the focus, {focus:.0f} ms |",
        flush=True,
    )
    page.close()


def main() -> None:
    print(f"\nA saved page in Chromium on {os.cpu_count()} cores\n")
    print("| slider → redrawn, counted in the page | median | 95th percentile |\n|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        CHROMIUM.launch_first(playwright) as browser,
    ):
        for name, scope in scenes().items():
            measure(browser, name, scope, Path(folder))
        measure_finding(browser, Path(folder))
        size = digits().save_html(Path(folder) / "digits.html").stat().st_size
    print(f"\nThe page of the digits, 1,797 × 16 with labels and pictures: {size:,} bytes")


if __name__ == "__main__":
    main()

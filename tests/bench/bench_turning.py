"""A basis that is turned: memory of its steps, frames while the slider moves: ``make bench``."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import torch
from playwright.sync_api import sync_playwright

import srm_widget as srm
from tests.bench.bench_browser import DRAG
from tests.browser.browsers import CHROMIUM

STEPS = 41
ROUNDS = 5
MOVES = 160
SIZES = (2_000, 16), (20_000, 64), (200_000, 64)


def rows(n: int, d: int) -> np.ndarray:
    rotation = np.asarray(srm.basis.rotated(d, 1))
    normal = np.random.default_rng(0).standard_normal((n, d), dtype=np.float32)
    return (np.tanh(2 * normal @ rotation.T) @ rotation).astype(np.float32)


def resident() -> int:
    return psutil.Process().memory_info().rss


def look(engine: srm.ResonanceEngine) -> None:
    """What a scope asks of a step."""
    engine.curve(0, 1, epsilon=0.5)
    engine.curve(1, 2, epsilon=0.5)
    engine.survey(epsilon=0.5)
    engine.alignment()


def memory(n: int, d: int) -> None:
    """Resident memory in a process of its own: of the samples, and of all steps looked at."""
    activations = rows(n, d)
    look(srm.ResonanceEngine(activations[:1000]))  # what torch and its threads take once
    before = resident()
    engine = srm.ResonanceEngine(activations)
    copy = engine._samples.nbytes
    one = resident() - before
    look(engine.in_bases([engine.basis])[0])  # room that a survey works in, and leaves
    worked = resident()
    timeline = srm.Timeline.turning(engine, srm.basis.rotated(d, 1), STEPS)
    for each in timeline:
        look(each)
    more = resident() - worked
    held = [each.basis._source for each in timeline]
    matrices = sum(each.nbytes for each in held if isinstance(each, torch.Tensor))
    caches = sum(each.nbytes - each._samples.nbytes for each in timeline)
    print(
        f"| {n:,} × {d} | {copy / 1e6:.2f} MB ({one / 1e6:.1f} resident) "
        f"| {caches / copy:+.1%} caches, {matrices / copy:+.1%} bases | {more / 1e6:+.1f} MB |",
        flush=True,
    )


def busy() -> dict[str, float]:
    """Seconds that the renderers of the browser, and its other processes, have computed so far."""
    spent = {"renderer": 0.0, "others": 0.0}
    for each in psutil.Process().children(recursive=True):
        try:
            command, times = each.cmdline(), each.cpu_times()
        except psutil.Error:
            continue
        if any("--no-sandbox" in part or "--type=" in part for part in command):
            kind = "renderer" if "--type=renderer" in command else "others"
            spent[kind] += times.user + times.system
    return spent


def frames(labels: np.ndarray | None, width: int = 1100) -> None:
    """Frames while sliders of a saved page move in every one of them, and what each move takes.

    On a machine that others use too, compare with the frames where nothing moves.
    """
    scope = srm.SRMScope(
        srm.Timeline.turning(rows(2_000, 16), srm.basis.rotated(16, 1), STEPS),
        labels=labels,
        epsilon=0.45,
        step=0,
    )
    there = [*range(STEPS), *reversed(range(1, STEPS - 1))]
    ways = {
        "nothing": ("Spotlight angle", [90]),
        "spotlight angle": ("Spotlight angle", [*range(0, 360, 3)]),
        "step": ("Step", there),
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        CHROMIUM.launch_first(playwright) as browser,
    ):
        file = scope.save_html(Path(folder) / "page.html")
        told = "no classes" if labels is None else f"{len(np.unique(labels))} classes"
        print(f"\nA saved page of 2,000 × 16, {told}, in {file.stat().st_size / 1e6:.2f} MB\n")
        print(
            "| moved | frames a second | 95th percentile | as asked for | computed a move |\n"
            "|---|---|---|---|---|"
        )
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(file.as_uri())
        page.wait_for_selector("path.srm-curve")
        page.wait_for_timeout(2000)
        for row, (name, way) in ways.items():
            slider = page.get_by_role("slider", name=name, exact=True)
            slider.scroll_into_view_if_needed()
            rates, late, shown, spent = [], [], [], []
            for _ in range(ROUNDS):
                before = busy()
                times, pending = slider.evaluate(DRAG, [way[k % len(way)] for k in range(MOVES)])
                spent.append({k: 1000 * (v - before[k]) / MOVES for k, v in busy().items()})
                rates.append(1000 / statistics.mean(times))
                late.append(statistics.quantiles(times, n=20)[-1])
                shown.append(1 - sum(pending) / len(pending))
                time.sleep(1)
            taken = {k: statistics.median(each[k] for each in spent) for k in spent[0]}
            print(
                f"| {row} | {statistics.median(rates):.0f} ({min(rates):.0f} … {max(rates):.0f}) "
                f"| {statistics.median(late):.1f} ms | {min(shown):.0%} "
                f"| page {taken['renderer']:.1f} ms, drawing {taken['others']:.1f} ms |",
                flush=True,
            )


def main() -> None:
    print(f"\n{STEPS} steps of a turn, on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| samples | one copy | held beside it after all steps | resident |\n|---|---|---|---|")
    for n, d in SIZES:
        subprocess.run([sys.executable, "-m", __spec__.name, str(n), str(d)], check=True)
    frames(None)
    frames(np.arange(2_000) % 10)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        memory(*map(int, sys.argv[1:]))
    else:
        main()

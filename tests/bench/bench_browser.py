"""Frames while sliders are dragged in JupyterLab: ``make bench-browser``."""

from __future__ import annotations

import os
import statistics
from typing import NamedTuple

import psutil
from playwright.sync_api import Locator, expect

from tests.bench.in_lab import jupyterlab
from tests.browser.lab import Lab

SETUP = """
import torch, srm_widget as srm
torch.manual_seed(0)
activations = torch.randn(100_000, 512)
scope = srm.SRMScope(activations, epsilon=0.12, navigator=False)
scope
"""
MOVES = 240
ROUNDS = 7
FRAME = 1000 / 60

# A hand that never rests: another value in every frame. Of each frame, when it began, as the
# compositor stamps it, and whether what is drawn is what the controls ask for.
DRAG = """(slider, values) => new Promise(done => {
    const scope = slider.closest('.srm-scope');
    const curves = scope.querySelector('.srm-curves');
    const times = [], pending = [];
    const step = now => {
        times.push(now);
        pending.push(curves.classList.contains('srm-pending'));
        if (times.length > values.length) {
            done([times.slice(1).map((time, k) => time - times[k]), pending.slice(1)]);
            return;
        }
        slider.value = values[times.length - 1];
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        requestAnimationFrame(step);
    };
    slider.dispatchEvent(new PointerEvent('pointerenter'));
    requestAnimationFrame(step);
})"""

# From the event of a slider to the picture of what it asks for. By a key the slider goes to that
# very plane; by the mouse it might settle on one that is ready within the same pixel.
JUMP = """(slider, value) => new Promise(done => {
    const scope = slider.closest('.srm-scope');
    const curves = scope.querySelector('.srm-curves');
    const before = scope.querySelector('path.srm-curve').getAttribute('d');
    const watch = new MutationObserver(() => {
        const path = scope.querySelector('path.srm-curve').getAttribute('d');
        if (path === before || curves.classList.contains('srm-pending')) return;
        watch.disconnect();
        done(performance.now() - began);
    });
    watch.observe(scope, { attributes: true, childList: true, subtree: true });
    const began = performance.now();
    slider.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageUp' }));
    slider.value = value;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
})"""
JUMPS = 100


class Drag(NamedTuple):
    """One slider dragged from one share of its way to another, and back."""

    row: str
    name: str
    start: float
    stop: float


DRAGS = (
    Drag("ε", "Epsilon", 0.56, 0.60),
    Drag("θ", "Spotlight angle", 0.1, 0.9),
    Drag("angular resolution", "Angular resolution", 0.1, 0.5),
    Drag("neighbouring planes, a pixel each", "Rotation plane", 0.30, 0.55),
)


class Round(NamedTuple):
    """One drag: milliseconds between frames, and whether each showed what was asked for."""

    times: list[float]
    pending: list[bool]
    stolen: float
    """Share of the cores' time that the host gave to other machines meanwhile."""


def stolen() -> tuple[float, float]:
    """Seconds that other machines had, and all seconds, of all cores since the start."""
    times = psutil.cpu_times()
    return getattr(times, "steal", 0.0), sum(times)


def drag(lab: Lab, scope: Locator, what: Drag) -> Round:
    """Drag a slider once there and back again."""
    slider = scope.get_by_role("slider", name=what.name, exact=True)
    slider.scroll_into_view_if_needed()
    least, most = (float(slider.get_attribute(end) or 0) for end in ("min", "max"))
    pixels = slider.evaluate("slider => slider.clientWidth - 18")
    first, last = (round(share * pixels) for share in (what.start, what.stop))
    way = [last - abs(last - first - k) for k in range(2 * (last - first))]
    places = [way[k % len(way)] for k in range(MOVES)]
    values = [least + place / pixels * (most - least) for place in places]
    before = slider.input_value()
    slider.hover()
    lab.wait_idle()
    began = stolen()
    times, pending = slider.evaluate(DRAG, values)
    taken, passed = (after - since for after, since in zip(stolen(), began, strict=True))
    slider.fill(before)  # so that all sliders are dragged over the same picture
    lab.wait_idle()
    return Round(times, pending, taken / passed)


def jump(lab: Lab, scope: Locator) -> list[float]:
    """Milliseconds until a plane is drawn that the page does not hold."""
    slider = scope.get_by_role("slider", name="Rotation plane", exact=True)
    times = []
    for k in range(JUMPS):
        # Never near one of those before, nor where the steps before would lead.
        times.append(slider.evaluate(JUMP, str((k * k * 7919 + 40_000) % 130_816)))
        lab.wait_idle()
    return times


def report(row: str, rounds: list[Round]) -> None:
    """Medians of the rounds, and the worst of them: what else the machine does comes and goes."""
    all_times = [each.times for each in rounds]
    late = [statistics.quantiles(times, n=20)[-1] for times in all_times]
    rate = [1000 / statistics.mean(times) for times in all_times]
    whole = [sum(time < 1.5 * FRAME for time in times) / len(times) for times in all_times]
    shown = min(1 - sum(each.pending) / len(each.pending) for each in rounds)
    lost = [each.stolen for each in rounds]
    print(
        f"| {row} | {statistics.median(rate):.0f} ({min(rate):.0f}) "
        f"| {statistics.median(late):.1f} ms ({max(late):.1f}) "
        f"| {statistics.median(whole):.0%} ({min(whole):.0%}) | {shown:.0%} "
        f"| {statistics.median(lost):.1%} ({max(lost):.1%}) |",
        flush=True,
    )


def main() -> None:
    print(f"\nN = 100,000, D = 512, JupyterLab and Chromium on {os.cpu_count()} cores, no GPU\n")
    print(f"Medians of {ROUNDS} rounds; in brackets the worst round\n")
    print(
        "| slider dragged | frames a second | 95 % within | on time | up to date "
        "| of the cores, to others on the host |"
    )
    print("|---|---|---|---|---|---|")
    with jupyterlab(1000) as lab:
        lab.open([SETUP])
        lab.run_all()
        scope = lab.page.locator(".srm-scope").first
        expect(scope.locator("path.srm-curve")).to_be_visible()
        for what in DRAGS:
            drag(lab, scope, what)
            report(what.row, [drag(lab, scope, what) for _ in range(ROUNDS)])
        times = jump(lab, scope)
    late = statistics.quantiles(times, n=20)[-1]
    print(f"\nA plane not yet held: {statistics.median(times):.0f} ms, 95 % within {late:.0f} ms")


if __name__ == "__main__":
    main()

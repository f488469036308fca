"""A file dropped on the page without samples, until its scope has moved: ``make bench``."""

from __future__ import annotations

import base64
import io
import os
import statistics
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

import srm_widget as srm
from tests.browser.browsers import CHROMIUM

N, D = 20_000, 64
ROUNDS = 5

# From the drop until a scope is drawn that has answered a move of a slider, with the longest time
# in which the page did nothing else.
DROP = """async ([name, text]) => {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const dropped = new DataTransfer();
    dropped.items.add(new File([bytes], name));
    let [longest, last, ends] = [0, performance.now(), false];
    const tick = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (!ends) setTimeout(tick);
    };
    tick();
    const began = performance.now();
    document.body.dispatchEvent(new DragEvent('drop',
        { dataTransfer: dropped, bubbles: true, cancelable: true }));
    const frame = () => new Promise(done => requestAnimationFrame(done));
    const curve = () => document.querySelector('path.srm-curve')?.getAttribute('d');
    while (!curve()?.startsWith('M')) await frame();
    const drawn = performance.now() - began;
    const before = curve();
    const label = [...document.querySelectorAll('label')].find(l => l.textContent === 'Epsilon');
    label.control.value = Number(label.control.value) - 0.05;
    label.control.dispatchEvent(new Event('input', { bubbles: true }));
    while (curve() === before) await frame();
    ends = true;
    return [drawn, performance.now() - began, longest];
}"""


def files() -> dict[str, bytes]:
    rows = np.tanh(2 * np.random.default_rng(0).standard_normal((N, D))).astype(np.float32)
    plain, packed, text = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.save(plain, rows)
    np.savez_compressed(packed, activations=rows, labels=np.arange(N) % 10)
    np.savetxt(text, rows, fmt="%.6g", delimiter=",")
    made = {"npy": plain, "npz": packed, "csv": text}
    return {f"{N:,} × {D}, x.{kind}": file.getvalue() for kind, file in made.items()}


def measure(browser: Browser, page_file: Path, name: str, data: bytes) -> None:
    found = []
    requests: list[str] = []
    for _ in range(ROUNDS):
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.goto(page_file.as_uri())
        page.wait_for_selector(".srm-choose")
        requests.clear()
        page.on("request", lambda request: requests.append(request.url))
        text = base64.b64encode(data).decode()
        found.append((*page.evaluate(DROP, [name.rsplit(maxsplit=1)[-1], text]), len(requests)))
        page.close()
    drawn, moved, longest, n = (statistics.median(values) for values in zip(*found, strict=True))
    print(
        f"| {name}, {len(data) / 1e6:.1f} MB | {drawn:.0f} ms | {moved:.0f} ms | {longest:.0f} ms "
        f"| {n:.0f} |",
        flush=True,
    )


def main() -> None:
    print(f"\nA file dropped on the page without samples, Chromium on {os.cpu_count()} cores\n")
    print("| file | drawn | has moved | longest pause | requests |\n|---|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        CHROMIUM.launch_first(playwright) as browser,
    ):
        page_file = srm.save_blank_page(Path(folder) / "blank.html")
        for name, data in files().items():
            measure(browser, page_file, name, data)


if __name__ == "__main__":
    main()

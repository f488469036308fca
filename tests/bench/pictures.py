"""Pictures of the built page to look at, in ``artefacts/pictures/``: ``make pictures``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from srm_widget.datasets import digits_autoencoder
from tests.browser.access import pictured, timeline, tokens, written
from tests.browser.browsers import CHROMIUM
from tests.browser.fake import opened, small, wide

FOLDER = Path(__file__).parents[2] / "artefacts" / "pictures"
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (900, 360)]


def layers() -> Iterator[tuple[str, dict[str, Any]]]:
    """What is shown, by the names of its pictures."""
    activations = digits_autoencoder("tanh").activations
    layer = {"samples": activations.tolist(), "basis": np.eye(16).tolist(), "title": "bottleneck"}
    digits = {**layer, "pair": [1, 3], "epsilon": 0.62, "theta": math.radians(220)}
    yield "plane", digits
    yield "signed", {**digits, "signed": True}
    yield "nothing-lit", {**digits, "epsilon": 0.99}
    yield "everything-lit", {**digits, "epsilon": -1.0}
    yield "error", {**digits, "error": "expected two different directions, got (3, 3)"}
    names = [f"neuron_{k}" for k in range(16)]
    yield "highlight", {**digits, "highlight": [3, 50, 200, 900], "names": names}
    yield "peak", {**digits, "order": "peak"}
    yield "gain", {**digits, "scale": "gain"}
    yield "waiting", {**digits, "survey": "waiting"}
    yield "one-plane", small(2)
    yield "2016-planes", small(64, 200, epsilon=0.35)
    yield "half-a-million-planes", wide()
    yield "classes", pictured(by_class=True, table=True, hidden_classes=[1])
    yield "texts", written(by_class=True)
    yield "tokens", tokens(by_class=True)
    yield "steps", timeline()
    for kind in ("density", "ratio"):
        yield kind, small(8, 3000, cloud=kind, epsilon=0.6, theta=math.radians(140))


def photograph(browser: Browser, name: str, layer: dict[str, Any]) -> None:
    """Take a picture of a layer in every look."""
    page = browser.new_page()
    for scope in opened(page):
        scope.open(layer)
        for theme, width in LOOKS:
            scope.page.evaluate("theme => { document.body.className = theme; }", theme)
            scope.resize(width)
            scope.view().screenshot(path=FOLDER / f"{name}-{theme}-{width}.png")
    page.close()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        sync_playwright() as playwright,
        CHROMIUM.launch_first(playwright) as browser,
    ):
        for name, layer in layers():
            photograph(browser, name, layer)
            print(f"{name}: {len(LOOKS)} pictures in {FOLDER}")


if __name__ == "__main__":
    main()

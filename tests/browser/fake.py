"""The built page in Chromium, with a model and a kernel that live in the page too."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import FloatRect, Locator, Page, Route, expect

from tests.browser.coverage import NODE

ROOT = Path(__file__).parents[2]
FOLDERS = (Path(__file__).with_name("pages"), ROOT / "srm_widget" / "static")
ORIGIN = "http://page.test/"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}

Polyline = NDArray[np.float64]

NBSP = "\u00a0"


@cache
def host_script() -> str:
    """The script of the page: a host, a model and a kernel, bundled from ``js/tests/support``."""
    command = [NODE, ROOT / "js" / "host.ts"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Scope:
    """One model, its kernel and its views; `problems` is what must stay empty."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        self._served: set[str] = set()
        self._heard: dict[Any, Callable[[Any], None]] = {
            "pageerror": lambda error: self.problems.append(error.stack or str(error)),
            "console": lambda message: self.problems.append(message.text),
            "dialog": lambda dialog: self.problems.append(dialog.message),
        }
        for event, heard in self._heard.items():
            page.on(event, heard)
        page.route("**/*", self._serve)

    def leave(self) -> None:
        """Let go of the page."""
        self.page.unroute_all()
        for event, heard in self._heard.items():
            self.page.remove_listener(event, heard)

    def open(self, layer: dict[str, Any], *, views: int = 1, theme: str = "light") -> Self:
        """Show `views` views of a scope; `layer` has samples, basis, and traits to start with."""
        self._served.clear()
        self.page.goto(f"{ORIGIN}host.html")
        self.page.evaluate("theme => { document.body.className = theme; }", theme)
        self.page.evaluate("([layer, views]) => window.start(layer, views)", [layer, views])
        return self

    def trait(self, name: str) -> Any:
        return self.page.evaluate("name => scope.model.get(name)", name)

    def wait(self, condition: str, arg: Any = None) -> None:
        """Wait until a JavaScript expression of `scope` and `arg` is true."""
        self.page.wait_for_function(f"arg => {condition}", arg=arg)

    def kernel(self, expression: str, arg: Any = None) -> Any:
        """The value of a JavaScript expression of `kernel` and `arg`."""
        return self.page.evaluate(
            f"arg => {{ const {{ kernel }} = scope; return {expression}; }}", arg
        )

    def painted(self) -> None:
        """Wait until all that has changed is drawn."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
        )

    def looks(self) -> Iterator[str]:
        """Show it wide and light, then narrow and dark; what each of these is called."""
        for theme, width in (("light", 900), ("dark", 360)):
            self.page.evaluate("theme => { document.body.className = theme; }", theme)
            expect(self.view()).to_have_attribute("data-srm-theme", theme)
            self.resize(width)
            yield f"{theme}-{width}"

    def resize(self, width: int, height: int = 1100) -> None:
        """Give the page another size, and wait until all is drawn for it."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.painted()
        self.painted()

    def view(self, number: int = 0) -> Locator:
        return self.page.locator(".srm-scope").nth(number)

    def slider(self, name: str) -> Locator:
        return self.view().get_by_role("slider", name=name, exact=True)

    def field(self, name: str) -> Locator:
        return self.view().get_by_role("spinbutton", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.view().get_by_role("button", name=name, exact=True)

    def place(self, theta: float, share: float) -> tuple[float, float]:
        """Where `share` of the disc's radius at the angle `theta` stands in the viewport."""
        box = self._box(".srm-disc")
        radius = share * box["width"] / 2
        return (
            box["x"] + box["width"] / 2 + radius * float(np.cos(theta)),
            box["y"] + box["height"] / 2 - radius * float(np.sin(theta)),
        )

    def on_map(self, row: float, column: float) -> tuple[float, float]:
        """Where a share of the map's height and of its width stand in the viewport."""
        box = self._box(".srm-map-canvas")
        return box["x"] + column * box["width"], box["y"] + row * box["height"]

    def pixel(self, row: float, column: float) -> list[int]:
        """Colour and opacity that the map's picture has there."""
        colour: list[int] = (
            self.view()
            .locator(".srm-map-canvas")
            .evaluate(
                """(canvas, [x, y]) => {
                    const copy = document.createElement('canvas');
                    copy.width = copy.height = 1;
                    const context = copy.getContext('2d');
                    const [left, top] = [x * canvas.width, y * canvas.height].map(Math.floor);
                    context.drawImage(canvas, left, top, 1, 1, 0, 0, 1, 1);
                    return [...context.getImageData(0, 0, 1, 1).data];
                }""",
                [column, row],
            )
        )
        return colour

    def drag(self, *stops: tuple[float, float]) -> None:
        """Drag through the viewport's points `stops`, one after the other."""
        mouse = self.page.mouse
        mouse.move(*stops[0])
        mouse.down()
        for stop in stops[1:]:
            mouse.move(*stop)
        mouse.up()

    def _box(self, selector: str) -> FloatRect:
        found = self.view().locator(selector)
        found.scroll_into_view_if_needed()
        box = found.bounding_box()
        assert box
        return box

    def _serve(self, route: Route) -> None:
        url = route.request.url
        name = url.removeprefix(ORIGIN)
        found = [folder / name for folder in FOLDERS if (folder / name).is_file()]
        # What the page needs is loaded once; anything else is a request that it must not make.
        if name in self._served or not (found or name == "host.js"):
            self.problems.append(f"request: {url}")
            route.abort()
            return
        self._served.add(name)
        body = found[0].read_text(encoding="utf-8") if found else host_script()
        route.fulfill(body=body, content_type=TYPES[Path(name).suffix])


def small(n_directions: int = 4, n_samples: int = 300, **more: Any) -> dict[str, Any]:
    """Gaussian samples in a standard basis."""
    samples = np.random.default_rng(0).normal(size=(n_samples, n_directions))
    basis = np.eye(n_directions)
    return {"samples": samples.tolist(), "basis": basis.tolist(), "epsilon": 0.7, **more}


def wide(n_directions: int = 1024, n_dims: int = 4, **more: Any) -> dict[str, Any]:
    """Far more directions than dimensions."""
    random = np.random.default_rng(1)
    basis = random.normal(size=(n_directions, n_dims)).round(3)
    samples = random.normal(size=(40, n_dims))
    return {"samples": samples.tolist(), "basis": basis.tolist(), "epsilon": 0.7, **more}


def opened(page: Page) -> Iterator[Scope]:
    """A page for a test; it must neither complain nor ask the network for anything."""
    scope = Scope(page)
    try:
        yield scope
        assert scope.problems == []
    finally:
        scope.leave()


def overlaps(texts: Locator) -> list[tuple[str, str]]:
    """Which of these elements cover one another."""
    boxes = texts.evaluate_all(
        """nodes => nodes.map(node => {
            const box = node.querySelector('tspan').getBoundingClientRect();
            return [node.textContent, box.left, box.right, box.top, box.bottom];
        })"""
    )
    return [
        (one[0], other[0])
        for k, one in enumerate(boxes)
        for other in boxes[k + 1 :]
        if one[1] < other[2] and other[1] < one[2] and one[3] < other[4] and other[3] < one[4]
    ]


def polyline(path: str) -> Polyline:
    """The corners of a path of straight lines, (n, 2), with y upwards."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
    return np.array(numbers).reshape(-1, 2) * (1, -1)

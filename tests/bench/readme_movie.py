"""The moving picture of README.md, of a saved scope in Chromium: part of ``make readme-pictures``.

The beam is turned by the mouse, and sliders are moved. A frame is taken when all is drawn, so that
the picture runs as fast as its frames say, however slow the machine is that takes them.
"""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright

import srm_widget as srm
from srm_widget.datasets import digits_autoencoder
from tests.bench.readme_pictures import FOLDER
from tests.browser.browsers import CHROMIUM
from tests.browser.drawn import slide

WIDTH = 900
MOST_BYTES = 1_500_000
QUALITY = 70
TURN, SCRUB, REST = 110, 240, 1200  # ms
DEGREES = [28, *range(36, 160, 8), 160]
EPSILONS = [0.56, 0.54, 0.51, 0.48, 0.45, 0.42]
PLANES = range(24, 37)
DRAWN = """async () => {
    for (let k = 0; k < 3; k += 1) await new Promise(requestAnimationFrame);
    await Promise.all([...document.querySelectorAll('.srm-strip img')].map(img => img.decode()));
}"""


def saved(folder: Path) -> Path:
    trained = digits_autoencoder("tanh")
    scope = srm.SRMScope(
        trained.activations,
        labels=trained.labels,
        samples=trained.images,
        pair=(1, 11),
        theta=math.radians(DEGREES[0]),
        epsilon=EPSILONS[0],
        navigator=False,
        title="Bottleneck of a tanh autoencoder",
    )
    return scope.save_html(folder / "scope.html")


def turned(page: Page, scope: Locator, degrees: Sequence[int]) -> Iterator[int]:
    """Drag the beam by the mouse, angle by angle."""
    disc = scope.locator(".srm-disc").bounding_box()
    assert disc
    radius = disc["width"] / 2
    x, y = disc["x"] + radius, disc["y"] + radius

    def to(angle: int) -> None:
        phi = math.radians(angle)
        page.mouse.move(x + radius * math.cos(phi), y - radius * math.sin(phi))

    to(degrees[0])
    page.mouse.down()
    for angle in degrees:
        to(angle)
        yield TURN
    page.mouse.up()
    page.mouse.move(0, 0)


def slid(scope: Locator, name: str, values: Sequence[float], pause: int) -> Iterator[int]:
    """Move a slider, value by value."""
    for value in values:
        slide(scope, name, value)
        yield pause


def above_the_footer(scope: Locator) -> FloatRect:
    """Where on the page the scope is, without the line on who saved it when."""
    box, strip = scope.bounding_box(), scope.locator(".srm-strip").bounding_box()
    assert box
    assert strip
    bottom = strip["y"] + strip["height"]
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": bottom - box["y"]}


def moves(page: Page, scope: Locator) -> Iterator[int]:
    """What is done to the scope, and for how many ms each is looked at; it ends as it began."""
    yield REST
    yield from turned(page, scope, DEGREES)
    yield REST
    yield from slid(scope, "Epsilon", EPSILONS, TURN)
    yield REST
    yield from turned(page, scope, DEGREES[::-1])
    yield REST
    yield from slid(scope, "Rotation plane", PLANES, SCRUB)
    yield REST
    slide(scope, "Rotation plane", PLANES[0])
    yield from slid(scope, "Epsilon", EPSILONS[::-1], TURN)


def record(browser: Browser, file: Path, theme: str) -> list[tuple[Image.Image, int]]:
    page = browser.new_page(viewport={"width": WIDTH, "height": 1100})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(file.as_uri())
    scope = page.locator(".srm-scope")
    scope.locator("path.srm-curve").wait_for()
    clip = above_the_footer(scope)
    found = []
    for pause in moves(page, scope):
        page.evaluate(DRAWN)
        frame = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
        found.append((frame, pause))
    page.close()
    return found


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        CHROMIUM.launch_first(playwright) as browser,
    ):
        file = saved(Path(folder))
        for theme in ("light", "dark"):
            frames = record(browser, file, theme)
            pictures, pauses = zip(*frames, strict=True)
            first, *rest = pictures
            movie = FOLDER / f"turning-{theme}.webp"
            first.save(
                movie,
                save_all=True,
                append_images=rest,
                duration=list(pauses),
                loop=0,
                quality=QUALITY,
                method=4,
                minimize_size=True,
            )
            size = movie.stat().st_size
            first.save(FOLDER / f"turning-{theme}.png", optimize=True)
            seconds = sum(pauses) / 1000
            print(f"{movie}: {len(frames)} × {first.size}, {seconds:.1f} s, {size:,} bytes")
            assert size <= MOST_BYTES, f"expected at most {MOST_BYTES:,} bytes, got {size:,}"


if __name__ == "__main__":
    main()

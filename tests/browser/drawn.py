"""What a scope has drawn, read from the page, against what its engine counts."""

from __future__ import annotations

import math
import re

import numpy as np
from playwright.sync_api import Locator

from tests.browser.lab import SELDOM, Kernel
from tests.waiting import until

# Coordinates of a path are written to a hundredth of a pixel.
ROUNDING = 0.011

VERTICES = """path => path.getAttribute("d")?.match(/-?[\\d.]+(?:e-?\\d+)?/g)?.map(Number) ?? []"""


def radii(scope: Locator, curve: str = "srm-curve") -> np.ndarray:
    """Distance of each vertex of the curve from the centre, px, (K,)."""
    numbers = scope.locator(f"path.{curve}").evaluate(VERTICES)
    return np.hypot(*np.reshape(numbers, (-1, 2)).T)


def angles(scope: Locator, curve: str = "srm-curve") -> np.ndarray:
    """Angle each vertex stands at, radians, counter-clockwise on the screen, (K,)."""
    x, y = np.reshape(scope.locator(f"path.{curve}").evaluate(VERTICES), (-1, 2)).T
    return np.arctan2(-y, x) % (2 * math.pi)


def shows(scope: Locator, counts: np.ndarray) -> bool:
    """Whether the drawn radii are in proportion to `counts`, vertex by vertex."""
    drawn = radii(scope)
    if len(drawn) != len(counts) or counts.max() == 0:
        return len(drawn) == len(counts) and bool((drawn < ROUNDING).all())
    scale = drawn[counts.argmax()] / counts.max()
    return scale > 0 and bool(np.abs(drawn - counts * scale).max() < 2 * ROUNDING)


def wait_for_curve(scope: Locator, kernel: Kernel, name: str = "scope") -> None:
    """Wait until the page shows the curve of the scope `name` in the kernel."""
    until(
        lambda: shows(scope, kernel.evaluate(f"{name}.resonance.counts[0]")),
        30,
        lambda: f"drawn: {radii(scope)}\ncounted: {kernel.evaluate(f'{name}.resonance.counts[0]')}",
        SELDOM,
    )


def slide(scope: Locator, name: str, value: float) -> None:
    """Move a slider as the browser does."""
    scope.get_by_role("slider", name=name, exact=True).evaluate(
        """(slider, value) => {
            slider.value = value;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
        }""",
        str(value),
    )


def lit(scope: Locator) -> Locator:
    """What the readout says of the samples inside the beam."""
    return scope.locator(".srm-row", has_text="lit").locator("dd").first


def begins(text: str) -> re.Pattern[str]:
    """A text that begins with this one, whatever its spaces are."""
    return re.compile("^" + re.escape(text).replace("\\ ", r"\s"))

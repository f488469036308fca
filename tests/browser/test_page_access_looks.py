"""The built page in forced colours, with more contrast, with less motion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.access import labelled, pictured, rested, timeline, written
from tests.browser.fake import Scope, small
from tests.browser.test_page import contrasts

SCHEMES = ("light", "dark")


# What has to be made out, by WCAG with a contrast of at least 3.
SEEN = {
    ".srm-curve": "stroke",
    ".srm-chord": "stroke",
    ".srm-edge": "stroke",
    ".srm-handle": "stroke",
    ".srm-edge-end": "fill",
    ".srm-isotropic": "stroke",
    ".srm-disc": "stroke",
    ".srm-points-lit": "fill",
    ".srm-points-unlit": "fill",
    ".srm-mark": "stroke",
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_forced_colours_leave_everything_to_be_seen(
    scope: Scope, shot: Callable[..., Path], scheme: Any
) -> None:
    scope.page.set_viewport_size({"width": 900, "height": 1500})
    scope.page.emulate_media(forced_colors="active", color_scheme=scheme)
    scope.open(labelled(table=True, highlight=[1, 2, 3], theta=0.0))
    expect(scope.view()).to_have_attribute("data-srm-theme", scheme)
    found = dict(zip(SEEN, contrasts(scope, *SEEN.items()), strict=True))
    assert {selector: ratio for selector, ratio in found.items() if ratio < 3} == {}
    # What is selected is more than a colour that is gone.
    row = scope.view().locator("tr[aria-current]")
    expect(row).to_have_css("outline-style", "solid")
    expect(scope.button("Map")).to_have_css("border-top-width", "2px")
    expect(scope.button("Gain")).to_have_css("border-top-width", "1px")
    scope.slider("Epsilon").press("ArrowLeft")
    expect(scope.slider("Epsilon")).to_have_css("outline-style", "solid")
    rested(scope)
    shot(f"forced-{scheme}", scope.view())


@pytest.mark.parametrize("scheme", SCHEMES)
def test_forced_colours_leave_map_density_and_tiles(
    scope: Scope, shot: Callable[..., Path], scheme: Any
) -> None:
    scope.page.set_viewport_size({"width": 900, "height": 1500})
    scope.page.emulate_media(forced_colors="active", color_scheme=scheme)
    scope.open(pictured(by_class=True, cloud="density", order="peak", signed=True))
    first = scope.view().get_by_role("toolbar").get_by_role("button").first
    first.click()
    expect(first.locator(".srm-tile-face")).to_have_css("border-top-width", "4px")
    assert contrasts(scope, (".srm-curve-negative", "stroke"))[0] >= 3
    rested(scope)
    taken = shot(f"forced-density-{scheme}", scope.view())
    for part, least in ((".srm-map-canvas", 8), (".srm-polar", 8)):
        box = scope.view().locator(part).bounding_box()
        assert box
        left, top = int(box["x"]), int(box["y"])
        area = (left, top, left + int(box["width"]), top + int(box["height"]))
        colours = np.asarray(Image.open(taken).convert("RGB").crop(area)).reshape(-1, 3)
        assert len(np.unique(colours // 16, axis=0)) >= least, part


def test_forced_colours_may_come_and_go(scope: Scope) -> None:
    scope.open(small(6), theme="dark")
    before = scope.pixel(0.25, 0.42)
    for forced in (False, True, False):
        scope.page.emulate_media(forced_colors="active" if forced else "none")
        expect(scope.view()).to_have_attribute("data-srm-theme", "light" if forced else "dark")
        # The map follows, which takes its colours from the stylesheet only when it is told to.
        scope.painted()
        assert (scope.pixel(0.25, 0.42) == before) is not forced


def test_more_contrast(scope: Scope) -> None:
    quiet = {".srm-subtitle": "color", ".srm-ring": "stroke", ".srm-button": "borderTopColor"}
    scope.open(small(6))
    plain = contrasts(scope, *quiet.items())
    scope.page.emulate_media(contrast="more")
    scope.painted()
    strong = contrasts(scope, *quiet.items())
    for selector, before, after in zip(quiet, plain, strong, strict=True):
        assert after > 1.4 * before, selector
    assert strong[0] >= 7


LAYERS = {"samples": pictured(by_class=True, table=True), "texts": written(), "steps": timeline()}


@pytest.mark.parametrize("name", LAYERS)
def test_less_motion(scope: Scope, name: str) -> None:
    for less in (True, False):
        scope.page.emulate_media(reduced_motion="reduce" if less else "no-preference")
        scope.open(LAYERS[name])
        assert fades(scope) is not less


def fades(scope: Scope) -> bool:
    """Whether anything takes its time when the picture is out of date."""
    scope.page.evaluate(
        """() => {
            window.longest = 0;
            document.addEventListener("transitionrun", ({ target }) => {
                const durations = target.getAnimations({ subtree: true })
                    .map(({ effect }) => effect.getTiming().duration);
                window.longest = Math.max(window.longest, ...durations);
            });
        }"""
    )
    scope.kernel("kernel.held = true")
    scope.slider("Epsilon").fill("0.5")
    expect(scope.view().locator(".srm-curves")).to_have_css("opacity", "0.45")
    rested(scope)
    return bool(scope.page.evaluate("window.longest") > 0)

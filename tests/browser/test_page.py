"""What the built page draws, in Chromium, with a model and a kernel of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, expect

import srm_widget as srm
from tests.browser.fake import Scope, overlaps, polyline, small

LONG = [f"encoder.layer3.neuron_{k}" for k in range(4)]


def skewed(alpha: float) -> dict[str, Any]:
    """A basis whose first two directions stand at the angle `alpha`."""
    layer = small()
    layer["basis"][1] = [math.cos(alpha), math.sin(alpha), 0.0, 0.0]
    return layer


def radii(scope: Scope, selector: str) -> tuple[np.ndarray, np.ndarray]:
    path = scope.view().locator(selector).get_attribute("d")
    assert path
    corners = polyline(path)
    return np.hypot(*corners.T), np.arctan2(corners[:, 1], corners[:, 0])


def number(locator: Locator, name: str) -> float:
    value = locator.get_attribute(name)
    assert value is not None
    return float(value)


@pytest.mark.firefox
def test_the_curve_is_drawn_where_the_engine_counts(scope: Scope) -> None:
    resolution = 90
    layer = small(8, 1500, pair=[1, 3], epsilon=0.62, resolution=resolution)
    scope.open(layer)
    engine = srm.ResonanceEngine(np.array(layer["samples"]), dtype=torch.float64)
    resonance = engine.curve(1, 3, epsilon=0.62, resolution=resolution)
    counts = resonance.counts[0]
    radius, angle = radii(scope, "path.srm-curve")
    rim = number(scope.view().locator(".srm-disc"), "r")

    assert len(radius) == resolution
    # Corners are written to hundredths of a pixel.
    scale = radius.max() / counts.max()
    np.testing.assert_allclose(radius, scale * counts, atol=0.02)
    off = np.exp(1j * angle) - np.exp(1j * resonance.angles)
    np.testing.assert_allclose(radius * np.abs(off), 0, atol=0.02)
    assert 0.7 * rim < radius.max() <= rim

    isotropic = number(scope.view().locator(".srm-isotropic"), "r")
    assert isotropic == pytest.approx(scale * resonance.isotropic * resonance.n_samples, rel=1e-2)
    low, high = (scale * resonance.n_samples * side[0] for side in resonance.interval())
    band, _ = radii(scope, ".srm-band")
    expected = np.minimum(np.concatenate([high, low]), rim)
    np.testing.assert_allclose(band, expected, atol=0.1)


def test_names_of_directions_and_angles_do_not_overlap(scope: Scope) -> None:
    scope.page.set_viewport_size({"width": 360, "height": 700})
    layers = [skewed(math.radians(degree)) for degree in (2, 35, 60, 90, 120, 171)]
    for layer in [*layers, small(64, 40, epsilon=0.3, pair=[61, 63], navigator=False)]:
        scope.open(layer)
        expect(scope.view().locator(".srm-direction")).to_have_count(4)
        assert overlaps(scope.view().locator(".srm-polar :is(.srm-direction, .srm-degree)")) == []


@pytest.mark.parametrize("names", [None, pytest.param(LONG, marks=pytest.mark.firefox)])
def test_all_fits(scope: Scope, names: list[str] | None) -> None:
    scope.open(small(names=names, title="layer " * 30, error="expected " * 30))
    for width in (320, 360, 640, 900):
        scope.resize(width, 700)
        fits(scope, width)


def test_each_row_of_the_readout_is_a_line(scope: Scope) -> None:
    """However many samples, and however small the error of the alignment is with them."""
    scope.open(small(8, 1500))
    rows = scope.view().locator(".srm-readout .srm-row")
    heights = "rows => rows.filter(row => !row.hidden).map(row => row.offsetHeight)"
    (line,) = set(rows.evaluate_all(heights))
    many: dict[str, float] = {"n_samples": 499_000, "n_lit": 123_456, "n_in_plane": 450_000}
    many |= {"alignment": -0.512, "alignment_error": 0.001}
    scope.kernel(
        "kernel.model.receive({ _frame: { ...kernel.model.get('_frame'), ...arg } })", many
    )
    said = rows.filter(has_text="alignment").locator("dd")
    expect(said).to_have_text(re.compile("^−0.512.±.0.001 · between$"))
    for width in (360, 900):
        scope.resize(width)
        assert set(rows.evaluate_all(heights)) == {line}


def fits(scope: Scope, width: int) -> None:
    assert scope.page.evaluate("document.documentElement.scrollWidth") <= width
    outside = scope.view().evaluate(
        """(root, width) => [...root.querySelectorAll('*')]
            .filter(node => !node.closest('.srm-live, .srm-probe, desc, title'))
            .map(node => [node.getAttribute('class') ?? node.tagName, node.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.left < 0 || box.right > width))
            .map(([name, box]) => [name, box.left, box.right])""",
        width,
    )
    assert outside == []
    dial, readout = (
        scope.view().locator(each).bounding_box() for each in (".srm-dial", ".srm-readout")
    )
    assert dial
    assert readout
    assert (readout["x"] >= dial["x"] + dial["width"]) is (width >= 640)
    assert number(scope.view().locator(".srm-disc"), "r") >= 70


@pytest.mark.firefox
def test_the_picture_follows_its_container(scope: Scope) -> None:
    scope.open(small())
    radius = number(scope.view().locator(".srm-disc"), "r")
    scope.page.evaluate("scope.views[0].el.style.width = '320px'")
    expect(scope.view().locator(".srm-polar")).to_have_attribute(
        "viewBox", re.compile("^-148 .* 296 ")
    )
    assert number(scope.view().locator(".srm-disc"), "r") < radius


def test_a_picture_that_was_hidden_is_drawn_when_it_shows(scope: Scope) -> None:
    scope.open(small(), views=0)
    scope.page.evaluate("document.body.style.display = 'none'")
    scope.page.evaluate("view()")
    picture = scope.view().locator(".srm-polar")
    expect(picture).not_to_have_attribute("viewBox", re.compile(""))
    scope.page.evaluate("document.body.style.display = ''")
    expect(picture).to_have_attribute("viewBox", re.compile("^-"))
    expect(scope.view().locator(".srm-curve")).to_have_attribute("d", re.compile("^M"))


@pytest.mark.firefox
def test_the_theme_follows_the_host_then_the_ground_of_the_browser(scope: Scope) -> None:
    scope.open(small())
    view = scope.view()
    expect(view).to_have_attribute("data-srm-theme", "light")
    scope.page.evaluate("document.body.className = 'dark'")
    expect(view).to_have_attribute("data-srm-theme", "dark")
    expect(view).to_have_css("background-color", "rgb(17, 17, 17)")
    scope.page.emulate_media(color_scheme="dark")
    scope.page.evaluate("document.body.className = 'light'")
    expect(view).to_have_attribute("data-srm-theme", "light")
    # Nobody paints a ground: the browser's own is light unless the page names a dark scheme.
    scope.page.evaluate("document.documentElement.style.colorScheme = 'light dark'")
    scope.page.evaluate("document.body.className = ''")
    expect(view).to_have_attribute("data-srm-theme", "dark")
    scope.page.evaluate("document.documentElement.style.colorScheme = ''")
    expect(view).to_have_attribute("data-srm-theme", "light")
    scope.page.evaluate("document.documentElement.style.colorScheme = 'dark'")
    expect(view).to_have_attribute("data-srm-theme", "dark")
    # The host's variable counts, whatever lies behind.
    scope.page.evaluate("document.body.style.setProperty('--jp-layout-color1', '#f4f4f4')")
    expect(view).to_have_attribute("data-srm-theme", "light")


CONTRASTS = """(root, wanted) => {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const luminance = colour => {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
        return [0.2126, 0.7152, 0.0722].reduce(
            (sum, share, k) => sum + share * linear([red, green, blue][k] / 255), 0);
    };
    const ground = luminance(getComputedStyle(root).backgroundColor);
    return wanted.map(([selector, property]) => {
        const ink = luminance(getComputedStyle(root.querySelector(selector))[property]);
        return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    });
}"""


@pytest.mark.firefox
def test_contrast(scope: Scope) -> None:
    for theme in ("light", "dark", ""):
        scope.open(small(signed=True, highlight=[1]), theme=theme)
        assert too_weak(scope) == {}, theme


def too_weak(scope: Scope) -> dict[str, float]:
    """What has too little contrast with the ground, and how much it has."""
    texts = [".srm-subtitle", ".srm-row dt", ".srm-slider label", ".srm-play", ".srm-error"]
    texts += [
        ".srm-map-title",
        ".srm-map-line",
        ".srm-map-count",
        ".srm-map-hubs",
        ".srm-key-texts",
        ".srm-order",
    ]
    texts += [".srm-layer-facts", ".srm-layer-test"]
    wanted = [(selector, "color", 4.5) for selector in texts]
    wanted += [(selector, "fill", 4.5) for selector in (".srm-degree", ".srm-ring-label")]
    lines = [".srm-curve", ".srm-curve-negative", ".srm-chord", ".srm-handle", ".srm-mark"]
    wanted += [(selector, "stroke", 3.0) for selector in [*lines, ".srm-isotropic", ".srm-axis"]]
    found = contrasts(scope, *((selector, style) for selector, style, _ in wanted))
    return {
        selector: contrast
        for (selector, _, least), contrast in zip(wanted, found, strict=True)
        if contrast < least
    }


def contrasts(scope: Scope, *wanted: tuple[str, str]) -> list[float]:
    """Of colours, each of the first such element, with the scope's ground as drawn over it."""
    found: list[float] = scope.view().evaluate(CONTRASTS, wanted)
    return found


def test_forced_colours_leave_it_usable(scope: Scope, shot: Callable[..., Path]) -> None:
    scope.page.emulate_media(forced_colors="active")
    scope.open(small(theta=0.8))
    scope.painted()
    lines = [(selector, "stroke") for selector in (".srm-curve", ".srm-chord", ".srm-axis")]
    assert min(contrasts(scope, *lines)) >= 3
    shot("page-forced-colours", scope.view())

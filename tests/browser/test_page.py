"""What the built page draws, in Chromium, with a model and a kernel of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

import srm_widget as srm
from srm_widget.datasets import digits_autoencoder
from tests.browser.fake import NBSP, Scope, opened, overlaps, polyline, small

LONG = [f"encoder.layer3.neuron_{k}" for k in range(4)]


def skewed(alpha: float) -> dict[str, Any]:
    """A basis whose first two directions stand at the angle `alpha`."""
    layer = small()
    layer["basis"][1] = [math.cos(alpha), math.sin(alpha), 0.0, 0.0]
    return layer


@pytest.fixture(scope="module")
def digits() -> dict[str, Any]:
    """The tanh bottleneck of the digits, in a plane that resonates between its axes."""
    activations = digits_autoencoder("tanh").activations
    layer = {"samples": activations.tolist(), "basis": np.eye(16).tolist(), "title": "bottleneck"}
    return {**layer, "pair": [1, 3], "epsilon": 0.62, "theta": math.radians(220)}


@pytest.fixture
def scope(page: Page) -> Iterator[Scope]:
    yield from opened(page)


def radii(scope: Scope, selector: str) -> tuple[np.ndarray, np.ndarray]:
    path = scope.view().locator(selector).get_attribute("d")
    assert path
    corners = polyline(path)
    return np.hypot(*corners.T), np.arctan2(corners[:, 1], corners[:, 0])


def number(locator: Locator, name: str) -> float:
    value = locator.get_attribute(name)
    assert value is not None
    return float(value)


@pytest.mark.parametrize("resolution", [4, 90, 360])
def test_the_curve_is_drawn_where_the_engine_counts(
    scope: Scope, digits: dict[str, Any], resolution: int
) -> None:
    scope.open({**digits, "resolution": resolution})
    engine = srm.ResonanceEngine(np.array(digits["samples"]), dtype=torch.float64)
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


@pytest.mark.parametrize("degree", [2, 35, 60, 90, 120, 171])
def test_directions_stand_at_their_true_angles(scope: Scope, degree: int) -> None:
    scope.page.set_viewport_size({"width": 360, "height": 700})
    scope.open(skewed(math.radians(degree)))
    axes = scope.view().locator(".srm-axis")
    drawn = [
        math.degrees(math.atan2(-number(axis, "y1"), number(axis, "x1"))) for axis in axes.all()
    ]
    assert drawn == pytest.approx([0, degree], abs=1e-6)

    labels = scope.view().locator(".srm-direction")
    assert [label.locator("tspan").text_content() for label in labels.all()] == [
        "+b0",
        "+b1",
        "−b0",
        "−b1",
    ]
    for label, angle in zip(labels.all(), [0, degree, 180, 180 + degree], strict=True):
        stands = math.degrees(math.atan2(-number(label, "y"), number(label, "x")))
        assert math.cos(math.radians(stands - angle)) > math.cos(math.radians(7))
    assert overlaps(scope.view().locator(".srm-polar :is(.srm-direction, .srm-degree)")) == []


def test_lit_samples_are_those_beyond_the_chord(scope: Scope) -> None:
    scope.open(small(theta=0.8, epsilon=0.55))
    chord = scope.view().locator(".srm-chord")
    rim = number(scope.view().locator(".srm-disc"), "r")
    for x, y in (("x1", "y1"), ("x2", "y2")):
        along = number(chord, x) * math.cos(0.8) - number(chord, y) * math.sin(0.8)
        assert along / rim == pytest.approx(0.55)
    dots = scope.view().locator(".srm-points-lit").get_attribute("d")
    assert dots
    assert dots.count("M") == scope.trait("_frame")["n_lit"] > 0
    scope.view().get_by_label("Samples as").select_option("off")
    expect(scope.view().locator(".srm-points-lit")).to_have_attribute("d", "")


def test_signed_shows_both_signs(scope: Scope) -> None:
    scope.open(small())
    switch = scope.view().get_by_role("switch", name="Signed")
    legend = scope.view().locator(".srm-legend li:visible")
    planes = "mean ± sd of all planes"
    plain = ["resonance f(θ)", "95 % interval", planes, "isotropic", "spotlight"]
    expect(legend).to_have_text(plain)
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(scope.view().locator(".srm-curve-negative")).to_have_attribute("d", "")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(legend).to_have_text(["signed s(θ) > 0", "s(θ) < 0", "spotlight"])
    assert scope.kernel("kernel.traits.signed") is True
    radius, _ = radii(scope, "path.srm-curve")
    negative, _ = radii(scope, "path.srm-curve-negative")
    counts = np.array(
        scope.page.evaluate("[...new Int32Array(scope.model.get('_signed_counts').buffer)]")
    )
    scale = radius.max() / counts.max()
    np.testing.assert_allclose(radius, scale * np.maximum(counts, 0), atol=0.02)
    np.testing.assert_allclose(negative, scale * np.maximum(-counts, 0), atol=0.02)
    expect(scope.view().locator(".srm-band")).to_have_attribute("d", "")
    expect(scope.view().locator(".srm-isotropic")).to_be_hidden()
    switch.press("Space")
    assert scope.kernel("kernel.traits.signed") is False


def test_where_nothing_is_lit_the_page_says_what_to_do(scope: Scope) -> None:
    scope.open(small(epsilon=1.0))
    note = scope.view().locator(".srm-note")
    reach = math.floor(100 * scope.trait("_frame")["reach"]) / 100
    expect(note).to_have_text(
        f"Nothing is lit in this plane at ε{NBSP}={NBSP}1.00: lower ε to {reach:.2f} or less."
    )
    radius, _ = radii(scope, "path.srm-curve")
    assert not radius.any()
    scope.slider("Epsilon").press("Home")
    expect(note).to_be_hidden()
    radius, _ = radii(scope, "path.srm-curve")
    assert radius == pytest.approx(number(scope.view().locator(".srm-disc"), "r"), abs=0.02)
    expect(scope.view().locator(".srm-rows")).to_contain_text("300 of 300")


def test_thousands_of_planes(scope: Scope) -> None:
    scope.open(small(64, 40, epsilon=0.3))
    slider = scope.slider("Rotation plane")
    expect(slider).to_have_attribute("aria-valuetext", "1 of 2,016")
    slider.press("End")
    assert scope.trait("pair") == [62, 63]
    slider.press("ArrowLeft")
    assert scope.trait("pair") == [61, 63]
    assert overlaps(scope.view().locator(".srm-direction")) == []


@pytest.mark.parametrize("names", [None, LONG])
@pytest.mark.parametrize("width", [320, 360, 640, 900])
def test_all_fits(scope: Scope, width: int, names: list[str] | None) -> None:
    scope.page.set_viewport_size({"width": width, "height": 700})
    scope.open(small(names=names, title="layer " * 30, error="expected " * 30))
    scope.painted()
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


def test_the_theme_follows_the_host_then_the_system(scope: Scope) -> None:
    scope.open(small())
    view = scope.view()
    expect(view).to_have_attribute("data-srm-theme", "light")
    scope.page.evaluate("document.body.className = 'dark'")
    expect(view).to_have_attribute("data-srm-theme", "dark")
    expect(view).to_have_css("background-color", "rgb(17, 17, 17)")
    scope.page.emulate_media(color_scheme="dark")
    scope.page.evaluate("document.body.className = 'light'")
    expect(view).to_have_attribute("data-srm-theme", "light")
    scope.page.evaluate("document.body.className = ''")
    expect(view).to_have_attribute("data-srm-theme", "dark")
    # The host's variable counts, whatever lies behind.
    scope.page.evaluate("document.body.style.setProperty('--jp-layout-color1', '#f4f4f4')")
    expect(view).to_have_attribute("data-srm-theme", "light")


CONTRASTS = """(root, [selector, property]) => {
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
    const ink = luminance(getComputedStyle(root.querySelector(selector))[property]);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
}"""


@pytest.mark.parametrize("theme", ["light", "dark", ""])
def test_contrast(scope: Scope, theme: str) -> None:
    scope.open(small(signed=True, highlight=[1]), theme=theme)
    texts = [".srm-subtitle", ".srm-row dt", ".srm-slider label", ".srm-play", ".srm-error"]
    texts += [".srm-map-title", ".srm-map-line", ".srm-map-count", ".srm-key-texts", ".srm-order"]
    wanted = [(selector, "color", 4.5) for selector in texts]
    wanted += [(selector, "fill", 4.5) for selector in (".srm-degree", ".srm-ring-label")]
    lines = [".srm-curve", ".srm-curve-negative", ".srm-chord", ".srm-handle", ".srm-mark"]
    wanted += [(selector, "stroke", 3.0) for selector in [*lines, ".srm-isotropic", ".srm-axis"]]
    weak = {
        selector: contrast
        for selector, style, least in wanted
        if (contrast := scope.view().evaluate(CONTRASTS, [selector, style])) < least
    }
    assert weak == {}


def test_forced_colours_leave_it_usable(scope: Scope, shot: Callable[..., Path]) -> None:
    scope.page.emulate_media(forced_colors="active")
    scope.open(small(theta=0.8))
    scope.painted()
    for selector in (".srm-curve", ".srm-chord", ".srm-axis"):
        assert scope.view().evaluate(CONTRASTS, [selector, "stroke"]) >= 3
    shot("page-forced-colours", scope.view())


PICTURES: dict[str, dict[str, Any]] = {
    "plane": {},
    "signed": {"signed": True},
    "nothing-lit": {"epsilon": 0.99},
    "everything-lit": {"epsilon": -1.0},
    "error": {"error": "expected two different directions, got (3, 3)"},
    "highlight": {"highlight": [3, 50, 200, 900], "names": [f"neuron_{k}" for k in range(16)]},
}


def test_pictures(scope: Scope, shot: Callable[..., Path], digits: dict[str, Any]) -> None:
    for name, traits in PICTURES.items():
        scope.open({**digits, **traits})
        for look in scope.looks():
            assert scope.problems == []
            assert shot(f"page-{name}-{look}", scope.view()).stat().st_size > 0

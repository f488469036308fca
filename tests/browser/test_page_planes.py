"""The order of planes, what they have in common, and the scale of gain, in the built page."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake import Scope, opened, polyline, small


@pytest.fixture
def scope(page: Page) -> Iterator[Scope]:
    yield from opened(page)


def test_the_slider_runs_through_the_planes_in_the_order_chosen(scope: Scope) -> None:
    scope.open(small(6, epsilon=0.5, pair=[2, 4]))
    select = scope.view().get_by_role("combobox", name="Plane order")
    assert select.locator("option").all_text_contents() == ["Index", "Alignment", "Peak", "Gain"]
    for order in ("alignment", "peak", "gain"):
        select.select_option(order)
        assert scope.trait("pair") == [2, 4]
        ranked = scope.kernel("kernel.survey.ranked(arg)", order)
        place = ranked.index([2, 4])
        slider = scope.slider("Rotation plane")
        expect(slider).to_have_attribute("aria-valuetext", f"{place + 1} of 15")
        expect(scope.view().locator(".srm-map-title")).to_have_text(f"Planes by {order}")
        expect(scope.view().locator(".srm-map-line")).to_contain_text(f"rank {place + 1} of 15")
    slider.press("Home")
    assert scope.trait("pair") == ranked[0]
    slider.press("ArrowRight")
    assert scope.trait("pair") == ranked[1]
    select.select_option("index")
    assert scope.trait("pair") == ranked[1]


def test_another_order_ends_a_sweep(scope: Scope) -> None:
    scope.open(small(6, epsilon=0.5))
    scope.button("Play").click()
    scope.view().get_by_role("combobox", name="Plane order").select_option("peak")
    expect(scope.button("Play")).to_be_visible()


def test_the_mean_of_all_planes_lies_behind_the_curve(scope: Scope) -> None:
    scope.open(small(5, epsilon=0.5))
    mean = scope.view().locator(".srm-ensemble-mean")
    path, curve = mean.get_attribute("d"), scope.view().locator(".srm-curve").get_attribute("d")
    assert path
    assert curve
    ensemble = np.array(
        scope.page.evaluate("[...new Float32Array(scope.model.get('_ensemble').buffer)]")
    )
    half = len(ensemble) // 2
    radii = np.hypot(*polyline(path).T)
    frame = scope.trait("_frame")
    scale = np.hypot(*polyline(curve).T).max() / (frame["peak"] / frame["n_samples"])
    np.testing.assert_allclose(radii, scale * ensemble[:half], atol=0.02)
    band = scope.view().locator(".srm-ensemble-band").get_attribute("d")
    assert band
    rim = float(scope.view().locator(".srm-disc").get_attribute("r") or 0)
    high = np.minimum(rim, scale * (ensemble[:half] + ensemble[half:]))
    np.testing.assert_allclose(np.hypot(*polyline(band).T)[:half], high, atol=0.02)
    scope.view().get_by_role("switch", name="Signed").click()
    expect(mean).to_have_attribute("d", "")
    entry = scope.view().locator(".srm-legend li").filter(has_text="all planes")
    expect(entry).to_be_hidden()


def test_rings_in_multiples_of_what_isotropy_would_light(scope: Scope) -> None:
    scope.open(small(5, epsilon=0.5))
    labels = scope.view().locator(".srm-ring-label")
    toggle = scope.button("Gain")
    assert all(label.endswith("%") for label in labels.all_text_contents())
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert scope.kernel("kernel.traits.scale") == "gain"
    expect(labels.first).to_contain_text("×")
    isotropic = float(scope.view().locator(".srm-isotropic").get_attribute("r") or 0)
    rings = scope.view().locator(".srm-ring").all()
    for ring, label in zip(rings, labels.all_text_contents(), strict=True):
        gain = float(ring.get_attribute("r") or 0) / isotropic
        assert gain == pytest.approx(float(label.split("\u00a0")[0]), rel=1e-6)
    scope.view().get_by_role("switch", name="Signed").click()
    expect(labels.first).to_contain_text("×")
    toggle.click()
    expect(labels.first).to_contain_text("%")


def test_where_isotropy_lights_nothing_there_is_no_gain(scope: Scope) -> None:
    scope.open(small(5, epsilon=1.0, scale="gain"))
    toggle = scope.button("Gain")
    expect(toggle).to_be_disabled()
    expect(toggle).to_have_attribute(
        "title", "No gain: isotropic data would light 0\u00a0% at this ε"
    )
    expect(scope.view().locator(".srm-ring-label").first).to_contain_text("%")
    scope.slider("Epsilon").fill("0.5")
    expect(toggle).to_be_enabled()
    expect(scope.view().locator(".srm-ring-label").first).to_contain_text("×")


def test_the_press_of_a_mouse_looks_ahead_by_pixels_and_a_key_by_planes(scope: Scope) -> None:
    scope.open(small(48, navigator=False))
    scope.kernel("kernel.model.receive({ _frame: { ...kernel.model.get('_frame'), era: 1 } })")
    scope.kernel("kernel.held = true")
    slider = scope.slider("Rotation plane")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    wished = "scope.kernel.heard.filter(({ type }) => type === 'ahead').at(-1)?.planes ?? []"
    scope.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    scope.page.mouse.down()
    scope.wait(f"{wished}.some(([position]) => position > 520)")
    places = np.sort([position for position, _ in scope.page.evaluate(wished)])
    assert np.diff(places).min() > 1
    scope.page.mouse.up()
    slider.press("ArrowRight")
    scope.wait(f"{wished}.some(([first], k, all) => all.some(([other]) => other === first + 1))")

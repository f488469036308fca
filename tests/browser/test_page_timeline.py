"""The built page over the steps of a timeline: slider, play, comparison and chart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.fake import Polyline, Scope, polyline, small

LEFT, RIGHT = 34, 10


def step(k: int, n_steps: int, n_samples: int = 60) -> dict[str, Any]:
    """Samples that move towards the axes."""
    normal = np.random.default_rng(1).standard_normal((n_samples, 4))
    power = 1 + 2 * k / (n_steps - 1) + 0.2 * np.sin(k)
    samples = np.sign(normal) * np.abs(normal) ** power
    return {"label": f"epoch {k}", "samples": samples.round(4).tolist()}


def stepped(n_steps: int, n_samples: int = 60, **more: Any) -> dict[str, Any]:
    steps = [step(k, n_steps, n_samples) for k in range(n_steps)]
    return small(4, steps=steps, **{"epsilon": 0.75, "resolution": 120, **more})


def path(scope: Scope, name: str) -> Polyline:
    return polyline(scope.view().locator(f".{name}").get_attribute("d") or "")


def on_chart(scope: Scope, share: float) -> tuple[float, float]:
    """Where a share of the steps stands in the viewport."""
    chart = scope.view().locator(".srm-course")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    return box["x"] + LEFT + share * (box["width"] - LEFT - RIGHT), box["y"] + box["height"] / 2


@pytest.mark.firefox
def test_a_press_or_a_drag_in_the_chart_chooses_a_step(scope: Scope) -> None:
    scope.open(stepped(5))
    scope.page.mouse.click(*on_chart(scope, 0.26))
    scope.wait("scope.model.get('_frame').step === 1")
    # On beyond its end, to the edge of the page.
    scope.drag(on_chart(scope, 0.5), on_chart(scope, 0.8), (1279, on_chart(scope, 1)[1]))
    scope.wait("scope.model.get('_frame').step === 4")
    assert scope.kernel("kernel.requests") == [{"step": k} for k in (1, 2, 3, 4)]
    scope.page.mouse.move(*on_chart(scope, 0))
    scope.painted()
    assert scope.trait("step") == 4
    cursor = scope.view().locator(".srm-course-cursor").bounding_box()
    thumb = on_chart(scope, 1)
    assert cursor
    assert abs(cursor["x"] + cursor["width"] / 2 - thumb[0]) < 2


@pytest.mark.parametrize("n_steps", [2, pytest.param(20, marks=pytest.mark.firefox), 500])
def test_the_steps_fit_at_any_width(scope: Scope, shot: Callable[..., Path], n_steps: int) -> None:
    scope.open(stepped(n_steps, 60 if n_steps < 100 else 12))
    panel = scope.view().get_by_role("group", name="Steps", exact=True)
    for look in scope.looks():
        fits(scope, panel, int(look.split("-")[1]))
        for name in ("srm-course-plane", "srm-course-all"):
            assert len(path(scope, name)) == n_steps
        shot(f"steps-{n_steps}-{look}", panel)


def fits(scope: Scope, panel: Locator, width: int) -> None:
    box = panel.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    texts = panel.locator("text, span, button, select").evaluate_all(
        """all => all.map(each => {
            const { left, right } = each.getBoundingClientRect();
            return [left, right];
        })"""
    )
    assert min(left for left, _ in texts) >= 0
    assert max(right for _, right in texts) <= width
    expect(panel.locator(".srm-course")).to_have_css("height", "132px")


def test_over_counts_epsilon_goes_in_levels(scope: Scope) -> None:
    scope.open(small(4, epsilon=0.7, resolution=72, levels=[0.5, 0.7, 0.9]))
    expect(scope.slider("Angular resolution")).to_be_disabled()
    expect(scope.button("Directions")).to_be_hidden()
    expect(scope.view().get_by_label("Samples as")).to_be_hidden()
    slider = scope.slider("Epsilon")
    expect(slider).to_have_attribute("aria-valuetext", "0.70, a cone of ±46°")
    slider.press("ArrowRight")
    scope.wait("scope.model.get('_frame').epsilon === 0.9")
    slider.press("ArrowRight")
    slider.press("Home")
    scope.wait("scope.model.get('_frame').epsilon === 0.5")
    assert scope.kernel("kernel.requests") == [{"epsilon": 0.9}, {"epsilon": 0.5}]
    # An edge of the beam goes to the nearest level too.
    half = float(np.arccos(0.5))
    scope.drag(scope.place(half, 1), scope.place(np.arccos(0.78), 1))
    scope.wait("scope.model.get('_frame').epsilon === 0.7")
    assert {asked["epsilon"] for asked in scope.kernel("kernel.requests")} <= {0.5, 0.7, 0.9}
    readout = scope.view().get_by_label("Readout")
    scope.kernel(
        "kernel.model.receive({ _frame: { ...kernel.model.get('_frame'), lit_angle: 1 } })"
    )
    expect(readout.get_by_text("% at 57.3°")).to_be_visible()

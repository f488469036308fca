"""The built page over the steps of a timeline: slider, play, comparison and chart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake import Polyline, Scope, opened, polyline, small

LEFT, RIGHT = 34, 10


@pytest.fixture
def scope(page: Page) -> Iterator[Scope]:
    yield from opened(page)


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


def radii(scope: Scope, name: str) -> Any:
    return np.hypot(*path(scope, name).T)


def on_chart(scope: Scope, share: float) -> tuple[float, float]:
    """Where a share of the steps stands in the viewport."""
    chart = scope.view().locator(".srm-course")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    return box["x"] + LEFT + share * (box["width"] - LEFT - RIGHT), box["y"] + box["height"] / 2


def test_one_step_has_nothing_to_choose(scope: Scope) -> None:
    scope.open(small(4))
    for name in ("Step", "Compare with", "Play steps", "Alignment over steps"):
        expect(scope.view().get_by_text(name, exact=True)).to_be_hidden()
    expect(scope.view().get_by_role("slider", name="Step", exact=True)).to_have_count(0)


def test_the_slider_goes_from_step_to_step(scope: Scope) -> None:
    scope.open(stepped(4))
    slider = scope.slider("Step")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 3 (4 of 4)")
    slider.focus()
    for key, expected in [("ArrowLeft", 2), ("Home", 0), ("ArrowRight", 1), ("End", 3)]:
        scope.page.keyboard.press(key)
        scope.wait("scope.model.get('_frame').step === arg", expected)
        expect(slider).to_have_attribute(
            "aria-valuetext", f"epoch {expected} ({expected + 1} of 4)"
        )
    assert scope.kernel("kernel.requests") == [{"step": k} for k in (2, 0, 1, 3)]
    assert slider.get_attribute("data-lm-suppress-shortcuts") == "true"


def test_only_the_newest_step_is_asked_for(scope: Scope) -> None:
    scope.open(stepped(6))
    scope.kernel("kernel.held = true")
    slider = scope.slider("Step")
    for value in "43210":
        slider.fill(value)
    assert scope.kernel("kernel.requests") == [{"step": 4}]
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0 (1 of 6)")
    scope.kernel("kernel.answer()")
    scope.wait("scope.kernel.requests.length === 2")
    scope.kernel("kernel.answer()")
    assert scope.kernel("kernel.requests") == [{"step": 4}, {"step": 0}]
    scope.wait("scope.model.get('_frame').step === 0")
    assert scope.kernel("kernel.mostAtOnce") == 1


def test_play_runs_through_all_steps_until_the_slider_is_touched(scope: Scope) -> None:
    scope.open(stepped(3))
    scope.button("Play steps").click()
    for expected in (0, 1, 2, 0):
        scope.wait("scope.kernel.requests.some(({ step }) => step === arg)", expected)
    scope.wait("scope.kernel.requests.length >= 4")
    asked = scope.kernel("kernel.requests.slice(0, 4)")
    assert asked == [{"step": 0}, {"step": 1}, {"step": 2}, {"step": 0}]
    assert scope.trait("position") == 0
    expect(scope.button("Pause steps")).to_be_visible()
    expect(scope.button("Play")).to_be_visible()
    scope.slider("Step").fill("1")
    expect(scope.button("Play steps")).to_be_visible()


@pytest.mark.parametrize("pair", [[0, 1], [3, 1]])
@pytest.mark.parametrize(("signed", "scale"), [(False, "fraction"), (True, "gain")])
def test_the_other_curve_has_the_scale_of_the_one_on_show(
    scope: Scope, pair: list[int], signed: bool, scale: str
) -> None:
    scope.open(stepped(3, pair=pair, signed=signed, scale=scale))
    other = radii(scope, "srm-curves .srm-compared")
    label = scope.view().get_by_label("Legend").get_by_text("before: epoch 0")
    expect(label).to_be_visible()
    name = "_signed_counts" if signed else "_counts"
    shown = radii(scope, "srm-curve")
    counts = scope.page.evaluate("name => [...new Int32Array(scope.model.get(name).buffer)]", name)
    per_count = shown.max() / max(counts)
    compared = scope.page.evaluate(
        "name => [...new Int32Array(scope.model.get(name).buffer)]",
        "_signed_compared" if signed else "_compared",
    )
    lobes = [np.maximum(0, compared), np.maximum(0, np.negative(compared))]
    expected = np.concatenate(lobes) if signed else lobes[0]
    np.testing.assert_allclose(other, expected * per_count, atol=0.03)
    # That is what the kernel counts when that step is on show itself.
    scope.kernel("kernel.push({ step: 0 })")
    expect(label).to_be_hidden()
    assert len(path(scope, "srm-curves .srm-compared")) == 0
    name = "_signed_counts" if signed else "_counts"
    assert compared == scope.page.evaluate(
        "name => [...new Int32Array(scope.model.get(name).buffer)]", name
    )


def test_any_step_or_none_is_compared_with(scope: Scope) -> None:
    scope.open(stepped(4, step=1))
    choice = scope.view().get_by_role("combobox", name="Compare with", exact=True)
    options = choice.locator("option").all_text_contents()
    assert options == ["None", "epoch 0", "epoch 1", "epoch 2", "epoch 3"]
    expect(choice).to_have_value("0")
    choice.select_option("epoch 3")
    scope.wait("scope.model.get('_compared_frame').step === 3")
    legend = scope.view().get_by_label("Legend")
    expect(legend.get_by_text("after: epoch 3")).to_be_visible()
    choice.select_option("None")
    scope.wait("scope.model.get('compare') === -1")
    expect(legend.get_by_text("epoch 3")).to_be_hidden()
    assert len(path(scope, "srm-curves .srm-compared")) == 0
    assert scope.kernel("kernel.requests") == [{"compare": 3}, {"compare": -1}]


def test_the_chart_shows_both_alignments_and_their_gaps(scope: Scope) -> None:
    scope.open(stepped(5))
    scope.painted()
    course = scope.page.evaluate("[...new Float32Array(scope.model.get('_course').buffer)]")
    drawn = path(scope, "srm-course-plane")
    assert len(drawn) == 5
    # Heights are linear in the alignment, and steps are equally far from each other.
    slope, at_zero = np.polyfit(course, drawn[:, 1], 1)
    np.testing.assert_allclose(drawn[:, 1], slope * np.array(course) + at_zero, atol=0.1)
    assert slope > 0
    np.testing.assert_allclose(np.diff(drawn[:, 0]), np.diff(drawn[:, 0])[0], atol=0.1)
    chart = scope.view().get_by_role("img", name="Alignment over 5 steps")
    first = f"{course[0]:.2f}".replace("-", "−").rstrip("0")
    assert first in (chart.get_attribute("aria-label") or "")
    scope.kernel("kernel.model.receive(kernel.course(kernel.traits, 2))")
    scope.painted()
    assert len(path(scope, "srm-course-all")) == 2
    expect(scope.view().get_by_text("all planes –")).to_be_visible()


def test_a_press_or_a_drag_in_the_chart_chooses_a_step(scope: Scope) -> None:
    scope.open(stepped(5))
    scope.page.mouse.click(*on_chart(scope, 0.26))
    scope.wait("scope.model.get('_frame').step === 1")
    scope.drag(on_chart(scope, 0.5), on_chart(scope, 0.8), on_chart(scope, 2))
    scope.wait("scope.model.get('_frame').step === 4")
    assert scope.kernel("kernel.requests") == [{"step": k} for k in (1, 2, 3, 4)]
    scope.page.mouse.move(*on_chart(scope, 0))
    scope.painted()
    assert scope.trait("step") == 4
    cursor = scope.view().locator(".srm-course-cursor").bounding_box()
    thumb = on_chart(scope, 1)
    assert cursor
    assert abs(cursor["x"] + cursor["width"] / 2 - thumb[0]) < 2


def test_the_slider_grows_with_what_is_recorded(scope: Scope) -> None:
    scope.open(stepped(2))
    slider = scope.slider("Step")
    scope.kernel("kernel.record(arg)", step(2, 3))
    expect(slider).to_have_attribute("aria-valuetext", "epoch 2 (3 of 3)")
    expect(slider).to_have_attribute("max", "2")
    scope.kernel("kernel.push({ step: 0 })")
    scope.kernel("kernel.record(arg)", step(3, 4))
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0 (1 of 4)")
    choice = scope.view().get_by_role("combobox", name="Compare with", exact=True)
    expect(choice.locator("option")).to_have_count(5)


def test_a_refused_step_is_said_and_the_picture_stays(scope: Scope) -> None:
    scope.open(stepped(3))
    before = path(scope, "srm-curve")
    scope.page.evaluate("scope.model.set('step', 7); scope.model.save_changes();")
    error = scope.view().get_by_role("alert")
    expect(error).to_have_text("expected step in 0 … 2, got 7")
    np.testing.assert_array_equal(path(scope, "srm-curve"), before)
    scope.slider("Step").fill("1")
    expect(error).to_be_hidden()


def test_another_cone_dims_the_chart_until_it_is_there(scope: Scope) -> None:
    scope.open(stepped(3))
    line = scope.view().locator(".srm-course-plane")
    scope.kernel("kernel.held = true")
    scope.slider("Epsilon").fill("0.6")
    expect(line).to_have_class("srm-course-plane srm-pending")
    scope.kernel("kernel.answer()")
    expect(line).not_to_have_class("srm-course-plane srm-pending")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 900])
@pytest.mark.parametrize("n_steps", [2, 20, 500])
def test_the_steps_fit_at_any_width(
    scope: Scope, shot: Callable[..., Path], n_steps: int, width: int, theme: str
) -> None:
    scope.page.set_viewport_size({"width": width, "height": 900})
    scope.open(stepped(n_steps, 60 if n_steps < 100 else 12), theme=theme)
    scope.painted()
    panel = scope.view().get_by_role("group", name="Steps", exact=True)
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
    for name in ("srm-course-plane", "srm-course-all"):
        assert len(path(scope, name)) == n_steps
    expect(panel.locator(".srm-course")).to_have_css("height", "132px")
    shot(f"steps-{n_steps}-{width}-{theme}", panel)


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

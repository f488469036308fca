"""The built page over time: play, slow kernels, several views, and what is left at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake import NBSP, Scope, opened, small

HOSTILE = '<img src=x onerror="window.executed = true">\u202e\u2067&amp;\''


@pytest.fixture
def scope(page: Page) -> Iterator[Scope]:
    yield from opened(page)


@pytest.mark.parametrize(("motion", "step"), [("no-preference", 170), ("reduce", 1000)])
def test_play_sweeps_the_planes_until_paused(scope: Scope, motion: Any, step: int) -> None:
    scope.page.emulate_media(reduced_motion=motion)
    clock = scope.page.clock
    clock.install(time=0)
    scope.open(small())
    clock.pause_at(100_000)
    scope.button("Play").click()
    for position in (1, 2, 3):
        assert scope.trait("position") == position
        clock.run_for(step + 20)
    scope.button("Pause").click()
    clock.run_for(100)
    expect(scope.button("Play")).to_be_visible()
    clock.run_for(5000)
    assert scope.trait("position") == 4


def test_play_waits_for_a_slow_kernel_and_yields_to_the_user(scope: Scope) -> None:
    clock = scope.page.clock
    clock.install(time=0)
    scope.open(small())
    clock.pause_at(100_000)
    scope.kernel("kernel.held = true")
    scope.button("Play").click()
    clock.run_for(3000)
    assert scope.kernel("kernel.requests") == [{"position": 1}]
    scope.kernel("kernel.answer()")
    assert scope.kernel("kernel.requests") == [{"position": 1}, {"position": 2}]
    scope.slider("Rotation plane").press("End")
    scope.kernel("kernel.answer()")
    clock.run_for(3000)
    expect(scope.button("Play")).to_be_visible()
    assert scope.kernel("kernel.requests.at(-1)") == {"position": 5}


def test_readout_is_announced_once_it_settles(scope: Scope) -> None:
    clock = scope.page.clock
    clock.install(time=0)
    scope.open(small())
    clock.pause_at(100_000)
    live = scope.view().locator(".srm-live")
    first = live.text_content()
    assert first
    live.evaluate(
        """live => {
            window.said = 0;
            const all = { childList: true, characterData: true, subtree: true };
            new MutationObserver(() => { window.said += 1; }).observe(live, all);
        }"""
    )
    for _ in range(3):
        scope.slider("Epsilon").press("ArrowLeft")
        clock.run_for(200)
    assert live.text_content() == first
    clock.run_for(1000)
    text = (live.text_content() or "").replace(NBSP, " ")
    assert text.startswith("Plane b0 ∧ b1: spotlight at 0° ± 48°, ")
    assert scope.page.evaluate("said") == 1
    expect(live).to_have_attribute("aria-live", "polite")
    expect(scope.view().locator(".srm-polar desc")).to_have_text(live.text_content() or "")


def test_hostile_strings_stay_text(scope: Scope) -> None:
    names = [f"{HOSTILE} {k}" for k in range(4)]
    texts: dict[str, Any] = {
        "title": HOSTILE,
        "error": HOSTILE,
        "description": HOSTILE,
        "names": names,
    }
    scope.open(small(**texts))
    view = scope.view()
    expect(view.locator(".srm-title")).to_have_text(HOSTILE)
    expect(view.get_by_role("alert")).to_have_text(HOSTILE)
    expect(view.locator(".srm-plane bdi").first).to_have_text(names[0])
    expect(view.locator(".srm-subtitle")).to_contain_text(HOSTILE)
    assert view.locator("img").count() == 0
    assert scope.page.evaluate("window.executed") is None
    # Marks for the writing direction end with the name that brings them.
    for part in view.locator("bdi").all():
        expect(part).to_have_css("unicode-bidi", "isolate")


def test_two_views_stay_equal(scope: Scope) -> None:
    scope.open(small(), views=2)
    scope.slider("Epsilon").press("ArrowLeft")
    scope.slider("Rotation plane").press("End")
    scope.drag(scope.place(0.0, 1.0), scope.place(1.0, 1.0))
    scope.painted()
    pictures = [
        scope.view(k).evaluate("node => node.innerHTML.replace(/srm-[a-z0-9]{8}-/g, '')")
        for k in range(2)
    ]
    assert pictures[0] == pictures[1]
    values = [
        scope.view(k).locator("input").evaluate_all("all => all.map(each => each.value)")
        for k in range(2)
    ]
    assert values[0] == values[1]
    assert scope.trait("theta") == pytest.approx(1.0, abs=0.02)

    scope.page.evaluate("scope.views[0].removal.abort()")
    scope.slider("Epsilon").press("ArrowLeft")
    expect(scope.view().locator(".srm-controls .srm-value").nth(1)).to_contain_text("0.68")


def test_nothing_is_left_behind(scope: Scope) -> None:
    scope.page.add_init_script(path=Path(__file__).parent / "pages" / "leaks.js")
    scope.open(small(), views=2)
    before = scope.page.evaluate("leftover()")
    assert before["observers"] == 14
    scope.button("Play").click()
    scope.page.evaluate("scope.views[0].removal.abort()")
    assert scope.page.evaluate("leftover()")["observers"] == 7
    scope.kernel("kernel.held = true")
    scope.slider("Epsilon").press("ArrowLeft")
    # A change just before the end must not be drawn after it.
    end = "kernel.push({ theta: 2 }), scope.views[1].removal.abort(), scope.closing.abort()"
    nothing = {"observers": 0, "timers": 0, "frames": 0, "listeners": 0}
    assert scope.kernel(f"({end}, leftover())") == nothing
    assert scope.page.evaluate("scope.model.handlers") == 0
    assert scope.page.locator(".srm-scope").count() == 0
    scope.kernel("kernel.push({ theta: 1 })")
    assert scope.page.evaluate("leftover()") == nothing


def test_a_slow_kernel_gets_one_request_at_a_time_and_the_last_value(scope: Scope) -> None:
    scope.open(small())
    scope.kernel("kernel.held = true")
    slider = scope.slider("Epsilon")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    mouse = scope.page.mouse
    mouse.move(box["x"] + 0.2 * box["width"], middle)
    mouse.down()
    for k in range(50):
        mouse.move(box["x"] + (0.2 + 0.01 * k) * box["width"], middle)
        if k % 15 == 14:
            scope.kernel("kernel.answer()")
    mouse.up()
    last = float(slider.input_value())
    assert last == pytest.approx(0.38, abs=0.05)
    assert scope.trait("epsilon") == last
    while scope.kernel("kernel.waiting"):
        scope.kernel("kernel.answer()")
    assert scope.kernel("kernel.traits.epsilon") == last
    assert scope.kernel("kernel.mostAtOnce") == 1
    assert scope.kernel("kernel.requests.length") <= 5

"""The map of all planes in the built page: what it draws and says."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.fake import Scope, small, wide
from tests.browser.navigator import canvas, cell, hover, line

QUERIES = """
window.resolutions = [];
const ask = window.matchMedia.bind(window);
window.matchMedia = (text) => {
    const query = ask(text);
    if (text.includes('dppx')) window.resolutions.push(query);
    return query;
};
"""
TILE = "kernel.model.receive(kernel.survey.tile())"


@pytest.mark.firefox
def test_cells_have_the_colours_of_their_scores(scope: Scope) -> None:
    scope.open(small(8, epsilon=0.5))
    key = scope.view().locator(".srm-key-texts")
    expect(key).to_contain_text("between axes")
    for i in range(8):
        assert scope.pixel(cell(i, 8), cell(i, 8))[3] == 0
        for j in range(i):
            score = scope.kernel("kernel.survey.score(arg)", [i, j])
            here = scope.pixel(cell(i, 8), cell(j, 8))
            assert here == scope.pixel(cell(j, 8), cell(i, 8))
            assert here[3] == 255
            if abs(score) > 0.05:
                assert (here[2] > here[0]) is (score > 0)
    # Crisp: a cell has one colour up to its seam.
    corners = [scope.pixel((2 + a) / 8, (5 + b) / 8) for a in (0.1, 0.9) for b in (0.1, 0.9)]
    assert corners == [scope.pixel(cell(2, 8), cell(5, 8))] * 4


@pytest.mark.firefox
def test_where_there_is_no_score_it_is_hatched_and_the_diagonal_named(scope: Scope) -> None:
    layer = small(6)
    for row in layer["samples"]:
        row[1] = row[2] = 0.0
    for theme in ("light", "dark"):
        scope.open(layer, theme=theme)

        def lines(i: int, j: int) -> np.ndarray:
            """By how much the pixels of a plane's square differ in each of its rows."""
            left, top = scope.on_map(i / 6, j / 6)
            right, bottom = scope.on_map((i + 1) / 6, (j + 1) / 6)
            # Within the frames of the plane on show.
            room = (math.ceil(left + 6), math.ceil(top + 6), int(right - 6), int(bottom - 6))
            whole = Image.open(io.BytesIO(scope.page.screenshot())).convert("L")
            return np.ptp(np.asarray(whole.crop(room)).astype(int), axis=1)

        unlit, named = lines(1, 2), lines(3, 3)
        assert unlit.min() > 8, theme  # in every row of pixels, not in one corner
        middle = len(named) // 2
        assert named[middle - 5 : middle + 6].max() > 150, theme
        assert named[[0, 1, -2, -1]].max() == 0, theme


def test_millions_of_planes_by_the_best_of_each_cell(scope: Scope) -> None:
    scope.open(wide(4096))
    said = hover(scope, 0.3, 0.7)
    assert said.endswith("best of 256 planes here")
    scope.page.mouse.click(*scope.on_map(0.3, 0.7))
    i, j = scope.trait("pair")
    assert said.startswith(f"b{i} ∧ b{j} · ")
    assert (i // 16, j // 16) == (int(0.3 * 256), int(0.7 * 256))
    block = [[16 * (i // 16) + a, 16 * (j // 16) + b] for a in range(16) for b in range(16)]
    scores = scope.kernel("arg.map((pair) => kernel.survey.score(pair))", block)
    assert [i, j] == block[int(np.argmax(np.abs(scores)))]
    expect(scope.view().locator(".srm-map-count")).to_contain_text("8,386,560")


def test_a_closer_look_comes_from_the_kernel_and_nothing_is_blank_before(scope: Scope) -> None:
    scope.open(wide())
    scope.kernel("kernel.tilesHeld = true")
    for _ in range(4):
        scope.page.mouse.dblclick(*scope.on_map(0.3, 0.7))
        scope.painted()
    assert scope.pixel(0.3, 0.7)[3] == 255
    assert "best of 16" in hover(scope, 0.3, 0.7)
    asked = "kernel.requests.flatMap(({ _window }) => (_window ? [_window] : []))"
    assert len(scope.kernel(asked)) == 1
    scope.kernel(TILE)
    windows = scope.kernel(asked)
    assert len(windows) == 2
    row, column, side = windows[-1]
    assert row <= 0.3 * 1024 <= row + side <= 1024
    assert column <= 0.7 * 1024 <= column + side <= 1024
    assert side < 0.1 * 1024
    scope.kernel(TILE)
    scope.painted()
    assert "here" not in hover(scope, 0.31, 0.7)
    scope.page.mouse.click(*scope.on_map(0.31, 0.7))
    score = scope.kernel("kernel.survey.score(arg)", scope.trait("pair"))
    assert f"{score:.2f}".replace("-", "−") in hover(scope, 0.31, 0.7)
    assert len(scope.kernel(asked)) == 2
    scope.button("Whole map").click()
    scope.wait("scope.kernel.traits._window.length === 0")


def test_while_a_survey_runs_the_map_before_stays(scope: Scope) -> None:
    scope.open(small(8, epsilon=0.5))
    scope.kernel("kernel.surveys = 'running'")
    scope.slider("Epsilon").press("ArrowLeft")
    bar = scope.view().get_by_role("progressbar", name="Survey")
    expect(bar).to_have_attribute("aria-valuenow", "40")
    expect(scope.view().locator(".srm-map")).to_have_class("srm-map srm-pending")
    expect(bar).to_have_css("opacity", "1")
    assert scope.pixel(cell(0, 8), cell(1, 8))[3] == 255
    expect(scope.view().locator(".srm-map-notice")).to_be_hidden()
    expect(scope.view().locator(".srm-ensemble")).to_have_class("srm-ensemble srm-pending")
    scope.kernel("kernel.model.receive(kernel.survey.at('done'))")
    expect(scope.view().locator(".srm-map")).to_have_class("srm-map")
    expect(scope.view().locator(".srm-ensemble")).to_have_class("srm-ensemble")
    expect(scope.view().locator(".srm-map-count")).to_contain_text("0.49")


def test_names_of_directions_stand_for_themselves(scope: Scope) -> None:
    names = ["<b>cat</b>", "dog\u202e", "a name of very many letters indeed", "mouse"]
    scope.open(small(names=names))
    assert hover(scope, cell(0, 4), cell(3, 4)).startswith("<b>cat</b> ∧ mouse · ")
    assert "a name of ve…" in hover(scope, cell(0, 4), cell(2, 4))
    for name in line(scope).locator("bdi").all():
        expect(name).to_have_css("unicode-bidi", "isolate")


def test_the_map_is_as_sharp_as_the_screen_and_as_large_as_its_place(
    fresh_scope: Scope,
) -> None:
    scope = fresh_scope
    scope.page.add_init_script(QUERIES)
    scope.open(small(8, epsilon=0.5))
    box = canvas(scope).bounding_box()
    assert box
    assert canvas(scope).evaluate("node => node.width") == round(box["width"])
    session = scope.page.context.new_cdp_session(scope.page)
    metrics = {"width": 1280, "height": 800, "deviceScaleFactor": 2, "mobile": False}
    session.send("Emulation.setDeviceMetricsOverride", metrics)
    # An emulated screen changes without the event that a real one sends.
    scope.page.evaluate("resolutions.at(-1).dispatchEvent(new Event('change'))")
    twice = "document.querySelector('.srm-map-canvas').width === 2 * arg"
    scope.wait(twice, round(box["width"]))
    assert scope.pixel(cell(0, 8), cell(1, 8))[3] == 255
    scope.page.evaluate("scope.views[0].el.style.width = '320px'")
    scope.wait(twice, 296)
    assert scope.pixel(cell(0, 8), cell(1, 8))[3] == 255


@pytest.mark.firefox
def test_a_map_out_of_the_page_is_drawn_when_it_comes_back(scope: Scope) -> None:
    scope.open(small(8, epsilon=0.5))
    before = scope.pixel(cell(0, 8), cell(1, 8))
    scope.page.evaluate("scope.views[0].el.remove()")
    scope.kernel("kernel.push({ order: 'peak', pair: [2, 3] })")
    scope.painted()
    scope.page.evaluate("document.body.append(scope.views[0].el)")
    expect(line(scope)).to_contain_text("b2 ∧\u00a0b3 · peak")
    assert scope.pixel(cell(0, 8), cell(1, 8)) != before
    # As it is where it was put away for a while.
    shown = scope.pixel(cell(0, 8), cell(1, 8))
    scope.button("Map").click()
    expect(canvas(scope)).to_be_hidden()
    scope.button("Map").click()
    scope.painted()
    assert scope.pixel(cell(0, 8), cell(1, 8)) == shown


def test_the_map_is_drawn_in_the_theme_of_the_host(scope: Scope) -> None:
    scope.open(small(8, epsilon=0.5, order="peak"))
    place = cell(0, 8), cell(1, 8)
    light = scope.pixel(*place)
    scope.page.evaluate("document.body.className = 'dark'")
    expect(scope.view()).to_have_attribute("data-srm-theme", "dark")
    scope.painted()
    assert scope.pixel(*place) != light
    scope.page.evaluate("document.body.className = 'light'")
    expect(scope.view()).to_have_attribute("data-srm-theme", "light")
    scope.painted()
    assert scope.pixel(*place) == light

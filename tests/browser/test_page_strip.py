"""The samples inside the beam, below the built page's picture: what is shown and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.access import tokens
from tests.browser.fake import Scope, small

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "\u202e\u2067reversed</span><script>alert(1)</script>",
    "nul \0 and \ud800 half a pair",
    "x" * 100_000,
    "&lt;b&gt; 'quoted' \"twice\"",
]


def pictured(n_samples: int = 300, **more: Any) -> dict[str, Any]:
    """Samples with a grey picture of 8 × 8 each, a slope that no other sample has."""
    slopes = np.random.default_rng(2).uniform(size=(n_samples, 64)).round(2)
    return small(4, n_samples, contents={"images": slopes.tolist()}, epsilon=0.5, **more)


def tiles(scope: Scope) -> Locator:
    return scope.view().get_by_role("toolbar").get_by_role("button")


def shown(scope: Scope) -> list[int]:
    """The samples of the tiles, in order."""
    names = tiles(scope).evaluate_all("all => all.map(each => each.ariaLabel)")
    return [int(name.removeprefix("sample ").split(" ")[0].replace(",", "")) for name in names]


def lit(layer: dict[str, Any], theta: float) -> list[int]:
    """The samples beyond the chord in the plane of the first two axes, by falling cosine."""
    samples = np.array(layer["samples"])
    samples /= np.linalg.norm(samples, axis=1, keepdims=True)
    cosines = samples[:, 0] * np.cos(theta) + samples[:, 1] * np.sin(theta)
    inside = np.flatnonzero(cosines >= layer["epsilon"])
    return [int(k) for k in inside[np.argsort(-cosines[inside])]]


def test_the_strip_shows_what_is_inside_by_falling_cosine(scope: Scope) -> None:
    layer = pictured(labels=[["cat", "dog"][k % 2] for k in range(300)])
    scope.open({**layer, "theta": 1.0})
    expected = lit(layer, 1.0)
    assert shown(scope) == expected[:24]
    group = scope.view().get_by_role("group", name="Inside the spotlight")
    expect(group).to_contain_text(f"24 of {len(expected)} shown")
    captions = tiles(scope).locator(".srm-tile-caption").all_inner_texts()
    items = scope.trait("_strip_frame")["items"]
    assert [text.replace("\n", " ") for text in captions] == [
        f"{item['label']} {item['cosine']:.2f}" for item in items
    ]
    for index, image in zip(expected[:24], tiles(scope).locator("img").all(), strict=True):
        grey = image.evaluate(
            """async (image) => {
                await image.decode();
                const context = document.createElement('canvas').getContext('2d');
                context.drawImage(image, 0, 0);
                return [...context.getImageData(0, 0, 8, 8).data].filter((_, k) => k % 4 === 0);
            }"""
        )
        darkness = np.array(layer["contents"]["images"][index])
        np.testing.assert_allclose(grey, 255 * (1 - darkness), atol=1)
    scope.drag(scope.place(1.0, 1.0), scope.place(4.0, 1.0))
    scope.painted()
    assert shown(scope) == lit(layer, scope.trait("theta"))[:24]


@pytest.mark.firefox
def test_what_stays_inside_is_not_made_anew_and_keeps_the_focus(scope: Scope) -> None:
    scope.open(pictured(theta=1.0))
    before = shown(scope)
    tiles(scope).evaluate_all("all => all.forEach(each => { each.known = true; })")
    # A small step on, the order is another one.
    kept = before[12]
    tiles(scope).nth(12).focus()
    scope.kernel("kernel.push({ theta: 1.08 })")
    scope.painted()
    after = shown(scope)
    assert after != before
    assert kept in after
    known = tiles(scope).evaluate_all("all => all.map(each => each.known ?? false)")
    assert known == [index in before for index in after]
    expect(tiles(scope).nth(after.index(kept))).to_be_focused()
    # A focused sample that leaves hands the focus to the one in its place.
    scope.kernel("kernel.push({ theta: 4 })")
    scope.painted()
    assert kept not in shown(scope)
    expect(tiles(scope).nth(after.index(kept))).to_be_focused()
    for epsilon, focused in [(1.0, scope.view().locator(".srm-strip-empty")), (0.5, tiles(scope))]:
        scope.kernel("kernel.push({ epsilon: arg })", epsilon)
        expect(focused.first).to_be_focused()


def test_tiles_by_keyboard_and_the_ring_around_their_sample(scope: Scope) -> None:
    scope.open(pictured(theta=1.0))
    ring = scope.view().locator(".srm-pointed")
    expect(ring).to_have_count(0)
    tiles(scope).first.focus()
    for key, place in [("ArrowRight", 1), ("End", 23), ("ArrowRight", 23), ("Home", 0)]:
        scope.page.keyboard.press(key)
        expect(tiles(scope).nth(place)).to_be_focused()
        expect(tiles(scope).nth(place)).to_be_in_viewport(ratio=0.9)
        scope.painted()
        a, c = scope.trait("_strip_frame")["items"][place]["at"]
        rim = float(scope.view().locator(".srm-disc").get_attribute("r") or "nan")
        x, y = (float(ring.get_attribute(name) or "nan") for name in ("cx", "cy"))
        assert (x, y) == pytest.approx((a * rim, -c * rim))
    assert tiles(scope).evaluate_all("all => all.filter(each => each.tabIndex === 0).length") == 1
    tiles(scope).first.blur()
    expect(ring).to_have_count(0)
    tiles(scope).nth(3).hover()
    expect(ring).to_have_count(1)


def test_texts_and_problems_are_shown_as_they_are(scope: Scope) -> None:
    texts = [HOSTILE[k % len(HOSTILE)] for k in range(60)]
    problems = {str(k): f"ValueError: {HOSTILE[0]} " + "and so on " * 40 for k in range(5, 60, 6)}
    contents = {"texts": texts, "problems": problems}
    scope.open(
        small(4, 60, contents=contents, epsilon=-1, labels=[HOSTILE[k % 3] for k in range(60)])
    )
    frame = scope.trait("_strip_frame")
    view = scope.view()
    faces = tiles(scope).locator(".srm-tile-face")
    written = faces.evaluate_all("all => all.map(each => each.textContent)")
    for said, item in zip(written, frame["items"], strict=True):
        if item["kind"] == "problem":
            assert said == "Cannot be shown"
        else:
            assert item["text"].startswith(said.removesuffix("…"))
    assert view.locator("img, script").count() == 0
    for part in faces.locator("bdi").all():
        expect(part).to_have_css("unicode-bidi", "isolate")
        expect(part).to_have_attribute("dir", "auto")
    kinds = [item["kind"] for item in frame["items"]]
    tiles(scope).nth(kinds.index("problem")).focus()
    peek = view.locator(".srm-peek")
    expect(peek).to_have_text(problems["5"].strip(), use_inner_text=False)
    scope.page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    short = next(k for k, item in enumerate(frame["items"]) if len(item["text"]) < 40)
    tiles(scope).nth(short).hover()
    expect(peek).to_be_hidden()


def test_the_page_stands_still_whatever_is_inside(scope: Scope, shot: Callable[..., Path]) -> None:
    scope.open({**pictured(theta=1.0), "highlight": [1, 2]})
    strip = scope.view().get_by_role("group", name="Inside the spotlight")
    for theme in ("light", "dark"):
        scope.page.evaluate("theme => { document.body.className = theme; }", theme)
        for width in (360, 900):
            scope.page.set_viewport_size({"width": width, "height": 800})
            heights = set()
            for epsilon in (0.5, 0.9, 1.0):
                scope.kernel("kernel.push({ epsilon: arg })", epsilon)
                scope.painted()
                heights.add(strip.evaluate("node => node.getBoundingClientRect().height"))
                if epsilon == 0.5:
                    shot(f"page-strip-{width}-{theme}", scope.page)
            assert len(heights) == 1
            expect(strip).to_contain_text("Nothing inside the beam")
            assert scope.page.evaluate("document.documentElement.scrollWidth") == width
    scope.open(small())
    expect(strip).to_be_hidden()


@pytest.mark.parametrize("width", [pytest.param(360, marks=pytest.mark.firefox), 900])
def test_what_is_marked_of_a_text_is_in_view_and_lighter_further_inside(
    scope: Scope, width: int
) -> None:
    scope.resize(width)
    scope.open(tokens(epsilon=-1.0))
    marks = scope.view().locator(".srm-tile-face mark")
    expect(marks).to_have_count(24)
    for tile, mark in zip(tiles(scope).all(), marks.all(), strict=True):
        face, box = tile.locator(".srm-tile-face").bounding_box(), mark.bounding_box()
        assert face is not None
        assert box is not None
        assert face["y"] <= box["y"]
        assert box["y"] + box["height"] <= face["y"] + face["height"]
    scope.open(tokens(epsilon=0.4))
    ends = [marks.first, marks.last]
    lights = [
        each.evaluate("mark => Number(getComputedStyle(mark).getPropertyValue('--_lit'))")
        for each in ends
    ]
    assert 1 >= lights[0] > lights[1] >= 0
    colours = [each.evaluate("mark => getComputedStyle(mark).backgroundColor") for each in ends]
    assert colours[0] != colours[1]

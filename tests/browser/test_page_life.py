"""The built page over time: play, slow kernels, several views, and what is left at the end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.fake import Scope, small

HOSTILE = '<img src=x onerror="window.executed = true">\u202e\u2067&amp;\''


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


# A place in the page, made apart from it as hosts do, with a view in it.
APART = """() => {
    window.place = document.createElement("div");
    view(place);
}"""
HEIGHT = "() => { document.body.append(place); return place.offsetHeight; }"
ORDER = """() => [".srm-figure", ".srm-controls", ".srm-readout"]
    .map(name => place.querySelector(name))
    .sort((one, other) => one.compareDocumentPosition(other) & 4 ? -1 : 1)
    .map(part => part.className.split("-")[1])"""


@pytest.mark.parametrize("width", [360, 900])
def test_a_view_that_is_not_drawn_yet_takes_about_its_height(scope: Scope, width: int) -> None:
    scope.resize(width)
    scope.open(small(6), views=0)
    scope.page.evaluate(APART)
    at_once = scope.page.evaluate(HEIGHT)
    expect(scope.view().locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
    assert 0.8 < at_once / scope.page.evaluate("place.offsetHeight") <= 1


def test_a_view_that_is_put_elsewhere_has_the_order_of_its_width(scope: Scope) -> None:
    scope.resize(900)
    scope.open(small(6), views=0)
    scope.page.evaluate(APART)
    for width, order in [
        (360, ["figure", "controls", "readout"]),
        (900, ["figure", "readout", "controls"]),
        (360, ["figure", "controls", "readout"]),
    ]:
        scope.page.evaluate("place.remove()")
        scope.page.evaluate("width => { place.style.width = `${width}px`; }", width)
        scope.page.evaluate(HEIGHT)
        scope.painted()
        scope.painted()
        assert scope.page.evaluate(ORDER) == order, width


def test_nothing_is_left_behind(fresh_scope: Scope) -> None:
    scope = fresh_scope
    scope.page.add_init_script(path=Path(__file__).parent / "pages" / "leaks.js")
    scope.open(small(), views=2)
    before = scope.page.evaluate("leftover()")
    assert before["observers"] == 22
    scope.button("Play").click()
    scope.page.evaluate("scope.views[0].removal.abort()")
    assert scope.page.evaluate("leftover()")["observers"] == 11
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

"""The built page over time: play, slow kernels, several views, and what is left at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

"""Every task in the built page by keyboard alone: nothing here moves a mouse."""

from __future__ import annotations

import math
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.access import labelled, pictured, timeline
from tests.browser.fake import Scope, small

NAME = """(node => node.ariaLabel ?? node.labels?.[0]?.textContent
    ?? [...node.childNodes].map(({ textContent }) => textContent).join(""))"""

# All that takes the focus is noted where it happens: to be asked after each key takes as long as
# the key. From a button before the scope or behind it no Tab leads on, so that more may be pressed.
WATCH = f"""(scope, place) => {{
    for (const button of scope.parentNode.querySelectorAll(":scope > button")) button.remove();
    const stops = window.stops = [];
    const note = ({{ target: node }}) => {{
        const {{ left, right, top }} = node.getBoundingClientRect();
        const {{ outlineStyle, outlineWidth, outlineColor }} = getComputedStyle(node);
        const panel = node.closest('.srm-body > *');
        const within = panel?.getBoundingClientRect();
        stops.push({{
            name: {NAME}(node), left, right, top: top + scrollY,
            ring: outlineStyle === 'solid' && outlineColor !== 'rgba(0, 0, 0, 0)'
                ? parseFloat(outlineWidth) : 0,
            panel: panel?.className, row: within?.top + scrollY, column: within?.left,
            over: !!panel,
        }});
    }};
    for (const end of ["beforebegin", "afterend"]) {{
        const button = document.createElement("button");
        scope.insertAdjacentElement(end, button);
        if (end === place) {{
            button.focus();
            continue;
        }}
        button.addEventListener("focus", note);
        button.addEventListener("keydown", (event) => event.preventDefault());
    }}
    window.watched?.abort();
    window.watched = new AbortController();
    scope.addEventListener("focusin", note, {{ signal: window.watched.signal }});
}}"""

AT_ONCE, MOST_STOPS = 12, 60


def walk(scope: Scope, key: str) -> list[dict[str, Any]]:
    """All that Tab comes by, from one end of the scope until it leaves at the other."""
    scope.view().evaluate(WATCH, {"Tab": "beforebegin", "Shift+Tab": "afterend"}[key])
    stops: list[dict[str, Any]] = []
    while len(stops) < MOST_STOPS:
        press(scope, *[key] * AT_ONCE)
        stops = scope.page.evaluate("stops")
        if not stops[-1]["over"]:
            return stops[:-1]
    raise AssertionError(f"no end after {[stop['name'] for stop in stops]}")


# Whether a control stands behind what has the focus, is it, or stands before it.
TOWARDS = f"""name => {{
    const nodes = [...document.querySelectorAll('.srm-scope *')];
    const wanted = nodes.findIndex(node => node.tabIndex >= 0 && {NAME}(node) === name);
    return Math.sign(wanted - nodes.indexOf(document.activeElement));
}}"""


def reach(scope: Scope, name: str) -> None:
    """Press Tab until the control of this name has the focus, backwards if it stands before."""
    names = []
    for _ in range(MOST_STOPS):
        step = scope.page.evaluate(TOWARDS, name)
        if step == 0:
            return
        names.append(scope.page.evaluate(f"{NAME}(document.activeElement)"))
        # Not on beyond the last: that way leads out of the page, and in some browsers not back.
        scope.page.keyboard.press("Tab" if step > 0 else "Shift+Tab")
    raise AssertionError(f"{name} not among {names}")


def press(scope: Scope, *keys: str) -> None:
    for key in keys:
        scope.page.keyboard.press(key)


EVERYTHING: dict[str, dict[str, Any]] = {
    "samples": pictured(by_class=True, table=True, hidden_classes=[1]),
    "steps": timeline(),
}


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        pytest.param("samples", (360, 1280), marks=pytest.mark.firefox),
        ("samples", (600, 900)),
        ("steps", (360, 600, 900, 1280)),
    ],
)
def test_tab_follows_the_picture_and_is_seen(
    scope: Scope, name: str, widths: tuple[int, ...]
) -> None:
    scope.open(EVERYTHING[name])
    for width in widths:
        scope.resize(width, 900)
        follows_the_picture(scope, width)


def follows_the_picture(scope: Scope, width: int) -> None:
    stops = walk(scope, "Tab")
    names = [stop["name"] for stop in stops]
    assert len(names) == len(set(names)) > 15
    for stop in stops:
        assert stop["ring"] >= 2, stop
        assert stop["left"] >= 0, stop
        assert stop["right"] <= width, stop
    # From panel to panel as they stand, row by row; so are the buttons of the first.
    assert [stop["panel"] for stop in stops] == [
        stop["panel"] for stop in sorted(stops, key=lambda stop: (stop["row"], stop["column"]))
    ]
    head = [stop for stop in stops if stop["panel"] == "srm-header"]
    assert head == sorted(head, key=lambda stop: (stop["top"], stop["left"]))
    # And the same way back.
    assert [stop["name"] for stop in walk(scope, "Shift+Tab")] == names[::-1]


@pytest.mark.firefox
def test_a_plane_is_chosen(scope: Scope) -> None:
    sorting: dict[str, Any] = {"table_by": "direction", "table_descending": False, "table_least": 0}
    scope.open(small(6, table=True, **sorting))
    reach(scope, "Map of planes")
    press(scope, "ArrowRight", "ArrowDown", "ArrowDown", "Shift+ArrowRight")
    scope.wait("scope.model.get('pair').join() === '3,5'")
    press(scope, "+")
    expect(scope.button("Whole map")).to_be_enabled()
    press(scope, "0")
    expect(scope.button("Whole map")).to_be_disabled()
    reach(scope, "Plane order")
    press(scope, "p")
    scope.wait("scope.model.get('order') === 'peak'")
    reach(scope, "Rotation plane")
    press(scope, "Home", "ArrowRight")
    scope.wait("scope.model.get('position') === 1")
    for name, entry in (("First direction", "4"), ("Second direction", "3")):
        reach(scope, name)
        press(scope, "Control+a", entry, "Enter")
    scope.wait("scope.model.get('pair').join() === '4,3'")
    press(scope, "Shift+Tab", "Enter")  # Swap
    scope.wait("scope.model.get('pair').join() === '3,4'")
    reach(scope, "+b0")
    press(scope, "ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    scope.wait("scope.model.get('pair').join() === '1,3'")
    assert scope.trait("theta") == pytest.approx(math.pi)


@pytest.mark.firefox
def test_the_beam_is_turned_and_widened_and_looked_at_closer(scope: Scope) -> None:
    scope.open(small(4, theta=1.0))
    reach(scope, "Epsilon")
    press(scope, "ArrowLeft", "ArrowLeft")
    scope.wait("Math.abs(scope.model.get('epsilon') - 0.68) < 1e-9")
    reach(scope, "Spotlight angle")
    press(scope, "Home", "ArrowRight", "PageUp")
    scope.wait("scope.model.get('theta') > 0.3")
    reach(scope, "Angular resolution")
    press(scope, "End")
    scope.wait("scope.model.get('_frame').resolution === 2880")


@pytest.mark.firefox
def test_switches(scope: Scope) -> None:
    scope.open(labelled())
    for name, trait, value in (
        ("Signed", "signed", True),
        ("Gain", "scale", "gain"),
        ("Classes", "by_class", True),
        ("Map", "navigator", False),
        ("Directions", "table", True),
    ):
        before = scope.trait(trait)
        reach(scope, name)
        press(scope, "Space")
        scope.wait(f"scope.model.get('{trait}') === arg", value)
        press(scope, "Enter")
        scope.wait(f"scope.model.get('{trait}') === arg", before)
    reach(scope, "Samples as")
    press(scope, "d")
    scope.wait("scope.model.get('cloud') === 'density'")
    for name, of in (("All planes", "all"), ("This plane", "plane")):
        reach(scope, name)
        press(scope, "Space")
        scope.wait("scope.model.get('cloud_of') === arg", of)


def test_classes_are_switched_off_and_on(scope: Scope) -> None:
    scope.open(labelled(by_class=True))
    for key, name, hidden in (
        ("Enter", "dog", [1]),
        ("Space", "dog", []),
        ("Shift+Enter", "dog", [0, 2]),
        ("Enter", "All", []),
    ):
        reach(scope, name)
        press(scope, key)
        scope.wait("scope.model.get('hidden_classes').join() === arg", ",".join(map(str, hidden)))
    assert scope.page.evaluate(f"{NAME}(document.activeElement)") == "cat"


@pytest.mark.firefox
@pytest.mark.parametrize(
    ("keys", "file"),
    [(["Enter"], "srm-b0-b1.svg"), (["ArrowUp", "Space"], "srm-b0-b1.csv")],
)
def test_a_file_is_saved(scope: Scope, keys: list[str], file: str) -> None:
    scope.open(small(4))
    reach(scope, "Save")
    press(scope, "Enter", "Escape")
    expect(scope.view().get_by_role("menu")).to_be_hidden()
    expect(scope.button("Save")).to_be_focused()
    press(scope, "Enter")
    expect(scope.view().get_by_role("menuitem").first).to_be_focused()
    with scope.page.expect_download() as started:
        press(scope, *keys)
    assert started.value.suggested_filename == file
    expect(scope.button("Save")).to_be_focused()
    started.value.delete()


def test_steps_are_walked_played_and_compared(scope: Scope) -> None:
    scope.open(timeline())
    reach(scope, "Compare with")
    press(scope, "ArrowDown")
    scope.wait("scope.model.get('compare') === 1")
    reach(scope, "Play steps")
    press(scope, "Enter")
    scope.wait("scope.kernel.requests.some(({ step }) => step === 1)")
    press(scope, "Enter")
    expect(scope.button("Play steps")).to_be_focused()
    reach(scope, "Step")
    press(scope, "End", "ArrowLeft")
    scope.wait("scope.model.get('_frame').step === 2")


def test_samples_in_the_beam_are_marked(scope: Scope) -> None:
    scope.open(pictured())
    items = [item["index"] for item in scope.trait("_strip_frame")["items"]]
    first = scope.view().get_by_role("toolbar").get_by_role("button").first
    reach(scope, first.get_attribute("aria-label") or "")
    press(scope, "ArrowRight", "ArrowRight", "Enter", "Home", "Space")
    scope.wait("scope.model.get('highlight').join() === arg", f"{items[2]},{items[0]}")
    expect(first).to_have_attribute("aria-pressed", "true")
    press(scope, "Enter")
    scope.wait("scope.model.get('highlight').join() === arg", f"{items[2]}")

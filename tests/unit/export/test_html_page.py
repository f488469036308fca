"""The page itself: what its policy lets run, and that data stay data."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.export.html_page import SCRIPT, STYLE, html_page, iframe
from srm_widget.export.page import page_of
from srm_widget.export.payload import Payload, as_json

NASTY = "</title></script><!--<script>alert(1)</script> \u2028 \x00 \" ' & é 汉 \ud800"


class Parsed(HTMLParser):
    """Elements in order, with their attributes and the text in them."""

    def __init__(self, made: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[str] | None = None
        self.feed(made)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        self._open = []
        self.elements.append((tag, dict(attrs), self._open))

    def handle_endtag(self, _tag: str) -> None:
        """End it; what follows is only the page's white space."""
        self._open = None

    def handle_data(self, data: str) -> None:
        """Text of the element begun last."""
        if self._open is not None:
            self._open.append(data)

    def tags(self) -> list[str]:
        """Names of the elements."""
        return [tag for tag, _, _ in self.elements]

    def text(self, tag: str, **attributes: str) -> str:
        """Text of the only such element."""
        [found] = [
            "".join(text)
            for name, has, text in self.elements
            if name == tag and attributes.items() <= has.items()
        ]
        return found


def held(**facts: Any) -> Payload:
    return Payload({"version": "1.2", **facts}, b"12345678")


def made(title: str = "Digits", traits: dict[str, Any] | None = None) -> str:
    return html_page(traits or {}, lambda *_: held(), title=title, max_bytes=10_000_000)


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_names_the_script_and_the_style_in_the_page_and_nothing_else() -> None:
    parsed = Parsed(made())
    [policy] = [
        attributes["content"]
        for tag, attributes, _ in parsed.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(" ", 1) for rule in (policy or "").split("; "))
    assert rules == {
        "default-src": "'none'",
        "script-src": f"'{digest(parsed.text('script', type='module'))}'",
        "style-src": f"'{digest(parsed.text('style'))}'",
        "img-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_script_and_style_stand_in_a_page_as_they_are() -> None:
    for text in (SCRIPT, STYLE):
        # Browsers make \n of \r\n before they hash, and end the elements at these.
        assert "\r" not in text
        assert "\x00" not in text
        assert not re.search(r"</(script|style)|<!--", text, re.IGNORECASE)
    parsed = Parsed(made())
    assert parsed.text("script", type="module") == SCRIPT
    assert parsed.text("style").startswith(STYLE)


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    parsed = Parsed(made("</title>", {"title": NASTY}))
    for tag, attributes, _ in parsed.elements:
        assert "src" not in attributes, tag
        assert attributes.get("href", "data:,") == "data:,", tag
        assert not any(name.startswith("on") for name in attributes), tag


def saved(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Parsed(text).text("script", id="srm-saved"))
    return found


def test_data_come_back_as_they_were() -> None:
    traits = {"title": NASTY, "_names": [NASTY, ""], "pair": (1, 2), "epsilon": 0.25}
    text = html_page(traits, lambda *_: held(names=[NASTY]), title="Digits", max_bytes=10_000_000)
    found = saved(text)
    assert base64.b64decode(found["held"]) == b"12345678"
    assert found["traits"]["_held_frame"] == {"version": "1.2", "names": [NASTY]}
    assert found["traits"]["pair"] == [1, 2]
    assert {name: found["traits"][name] for name in ("title", "_names")} == {
        "title": NASTY,
        "_names": [NASTY, ""],
    }
    assert "<" not in Parsed(text).text("script", id="srm-saved")
    assert text.encode().decode() == text


def test_nasty_data_add_no_element() -> None:
    plain = Parsed(made()).tags()
    scope = srm.SRMScope(
        np.eye(3), title=NASTY, directions=[NASTY, "b", "c"], labels=[NASTY, "x", "y"],
        samples=[NASTY] * 3, navigator=False, epsilon=0.5,
    )  # fmt: skip
    text = page_of(scope._snapshot(), 10_000_000, 0).text
    assert Parsed(text).tags() == plain
    title = Parsed(text).text("title")
    assert title.startswith("</title></script><!--")
    assert "\x00" not in text
    scope.close()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_no_page_could_read_is_an_error_here(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"epsilon": value})


def test_its_bytes_are_counted_in_utf_8() -> None:
    def hold(most: int, _beside: int) -> Payload:
        frame = {"version": "1.2", "texts": ""}
        spare = most - Payload(frame, b"").size
        return Payload({**frame, "texts": "é<" * (spare // 8)}, b"")

    for most in (300_000, 300_001, 400_007):
        text = html_page({}, hold, title="汉", max_bytes=most)
        assert most - 40 <= len(text.encode()) <= most


def test_a_page_that_comes_out_too_long_is_held_in_less() -> None:
    rooms: list[int] = []

    def hold(most: int, beside: int) -> Payload:
        assert most + beside == 300_000
        rooms.append(most)
        return Payload({"version": "1.2"}, bytes(3 * most // 4 + 300 // len(rooms)))

    assert len(html_page({}, hold, title="", max_bytes=300_000).encode()) <= 300_000
    assert len(rooms) > 1
    assert rooms == sorted(rooms, reverse=True)


def test_less_than_the_page_alone_takes_is_refused() -> None:
    def never(_most: int, _beside: int) -> Payload:
        raise AssertionError

    with pytest.raises(ValueError, match=r"of more than [\d,]+, which the page alone takes, got 9"):
        html_page({}, never, title="", max_bytes=9)


@pytest.fixture
def scope() -> Iterator[srm.SRMScope]:
    made = srm.SRMScope(np.eye(3), navigator=False, epsilon=0.5)
    yield made
    made.close()


def test_refusals_name_the_bytes_that_were_asked_for(scope: srm.SRMScope) -> None:
    with pytest.raises(ValueError, match="which the page alone takes") as refusal:
        page_of(scope._snapshot(), 9, 0)
    asked = int(str(refusal.value).split("more than ")[1].split(", which")[0].replace(",", "")) + 1
    with pytest.raises(ValueError, match=rf"at least [\d,]+, got {asked:,}$") as refusal:
        page_of(scope._snapshot(), asked, 0)
    least = int(str(refusal.value).split("at least ")[1].split(", got")[0].replace(",", ""))
    assert asked < least <= len(page_of(scope._snapshot(), least, 0).text.encode()) + 100


def test_a_frame_holds_a_page_as_one_attribute() -> None:
    inner = made(NASTY.replace("\ud800", ""))
    outer = Parsed(iframe(inner, title='a " b', height=321, picture=None))
    assert outer.tags() == ["style", "iframe"]
    attributes = outer.elements[1][1]
    assert attributes["srcdoc"] == inner
    assert attributes["title"] == 'a " b'
    assert attributes["sandbox"] == "allow-scripts allow-downloads"
    assert "height: 321px" in (attributes["style"] or "")

"""Texts with a marked part: short, plain, with the marked part in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.view.marked_text import shown_text
from srm_widget.view.sample_previews import SamplePreviews

ANY_TEXT = st.text(st.characters(exclude_categories=[]) | st.sampled_from(" \n\t\0\u202e🙂"))


def shown(text: srm.MarkedText, most: int = 240) -> tuple[str, str, str]:
    """What is shown before, in and after the marked part."""
    whole, (start, stop) = shown_text(text, most)
    return whole[:start], whole[start:stop], whole[stop:]


@pytest.mark.parametrize(
    ("marked", "seen"),
    [
        (" the", "␣the"), ("\n\n", "↵↵"), ("\t", "⇥"), ("\r\n", "␍↵"), ("\xa0x", "⍽x"),
        ("a b", "a␣b"),
        ("\u200b", "<U+200B>"), ("\u0301", "<U+0301>"), ("\u3000", "<U+3000>"), ("\0", "␀"),
        ("a\u202eb", "a<U+202E>b"), ("\u2066", "<U+2066>"),
        ("e\u0301", "e\u0301"), ("👩\u200d💻", "👩\u200d💻"), ("\ud800", "\ufffd"), ("", ""),
    ],
)  # fmt: skip
def test_white_space_is_seen(marked: str, seen: str) -> None:
    text = f"so much \t{marked}\n for it"
    whole = srm.MarkedText(text, 9, 9 + len(marked))
    assert whole.marked == marked
    assert shown(whole) == ("so much ⇥", seen, "↵ for it")


def test_nothing_around_the_marked_part_draws_it_elsewhere() -> None:
    text = srm.MarkedText("a\u202eb\u2067c mark d\u202c שלום \u200f", 6, 10)
    assert shown(text) == ("a\ufffdb\ufffdc ", "mark", " d\ufffd שלום \u200f")


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        (3, 3, ("bbb", "aaa")),
        (100, 3, ("…bbbb", "aaa")),
        (3, 100, ("bbb", "aaaa…")),
        (100, 100, ("…bbb", "aaa…")),
        (8, 0, ("bbbbbbbb", "")),
        (9, 0, ("…bbbbbbb", "")),
        (0, 9, ("", "aaaaaaa…")),
    ],
)
def test_of_a_long_text_what_is_around_the_marked_part(
    before: int, after: int, seen: tuple[str, str]
) -> None:
    text = srm.MarkedText("b" * before + "XY" + "a" * after, before, before + 2)
    left, mark, right = shown(text, most=10)
    assert ((left, right), mark) == (seen, "XY")


def test_a_long_mark_is_cut_in_its_middle() -> None:
    text = srm.MarkedText("b" * 500 + "s" + "m" * 1000 + "e" + "a" * 500, 500, 1502)
    left, mark, right = shown(text)
    assert (mark[0], mark[-1], mark.count("…")) == ("s", "e", 1)
    assert len(left + mark + right) == 240
    assert set(left) == {"…", "b"}
    assert set(right) == {"…", "a"}


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, st.integers(12, 240))
def test_any_text_at_all(before: str, marked: str, after: str, most: int) -> None:
    whole = srm.MarkedText(before + marked + after, len(before), len(before + marked))
    left, mark, right = shown(whole, most)
    assert len(left) + len(right) <= most
    assert bool(mark) == bool(marked)
    assert not set(left + mark + right) & set("\n\t\0\r\ud800")
    (left + mark + right).encode()
    if len(mark) == len(marked) and len(before + marked + after) <= most:
        assert (len(left), len(right)) == (len(before), len(after))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((b"abc", 0, 1), TypeError, "b'abc'"),
        (("abc", -1, 1), ValueError, "expected start in 0 … 3, got -1"),
        (("abc", 2, 1), ValueError, "expected stop in 2 … 3, got 1"),
        (("abc", 0, 4), ValueError, "expected stop in 0 … 3, got 4"),
        (("abc", 0.0, 1), TypeError, "0.0"),
    ],
)
def test_refused(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        srm.MarkedText(*arguments)


def test_a_function_may_mark_what_it_likes() -> None:
    previews = SamplePreviews(lambda row: srm.MarkedText("one two", 3 * row, 3 * row + 1), 2)
    found = [previews.preview(row) for row in range(2)]
    assert [(each.kind, each.text, each.mark) for each in found] == [
        ("marked", "one two", (0, 1)), ("marked", "one␣two", (3, 4)),
    ]  # fmt: skip
    assert previews.preview(9).kind == "problem"

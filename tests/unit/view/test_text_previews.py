"""Samples that are text, and those that can not be shown."""

from __future__ import annotations

import json
import logging
import math
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset

import srm_widget as srm
from srm_widget.view.sample_previews import SamplePreviews

pytestmark = pytest.mark.usefixtures("wires")

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\u202egnp.exe\u202c \u200f\u2066",
    "a\0b\x1b[31mc\x7f",
    "\x85\x9b31m\x9f",
    "\ud800",
    "\udc00x\ud83d",
    "\ufffe\ufeff\uffff",
    "line\nline\ttab\r",
    "é" * 239 + "\U0001f600" * 5,
    "{{constructor.constructor('alert(1)')()}} ${1} `",
    "\u2028\u2029",
]


def is_plain(text: str) -> bool:
    categories = {unicodedata.category(sign) for sign in text if sign not in "\n\t"}
    json.loads(json.dumps(text, ensure_ascii=False).encode())
    return len(text) <= 240 and not categories & {"Cc", "Cs"}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text(text: str, caplog: pytest.LogCaptureFixture) -> None:
    # A lone surrogate in a log could not be passed on between the processes of the tests.
    caplog.set_level(logging.CRITICAL, logger="srm_widget.view.sample_previews")

    def failing(row: int) -> str:
        if row == 1:
            raise ValueError(text)
        return ""

    for source in ([text], lambda _: text * 10_000, failing):
        found = SamplePreviews(source, 1).preview(int(source is failing))
        assert found.kind == ("problem" if source is failing else "text")
        assert (found.mime, found.data, found.width) == ("", b"", 0)
        assert is_plain(found.text)


@pytest.mark.parametrize("text", ["", "word", "two\nlines", "<b>", "日本語 😀", "x" * 240])
def test_harmless_text_stays(text: str) -> None:
    assert SamplePreviews([text], 1).preview(0).text == text


def test_long_text_is_cut_and_says_so() -> None:
    assert SamplePreviews(["ab" * 500_000], 1).preview(0).text == "ab" * 119 + "a…"
    assert SamplePreviews(["\0" * 500_000], 1).preview(0).text == "␀" * 239 + "…"


TEXTS = ["one", "two", "three"]


@pytest.mark.parametrize(
    "source",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        pd.Series(TEXTS, index=[2, 0, 1]),
        pd.Series(TEXTS, index=list("xyz"), dtype="string"),
        pd.Series(TEXTS, dtype="category"),
        pd.Index(TEXTS),
        TEXTS.__getitem__,
    ],
    ids=lambda source: type(source).__name__,
)
def test_rows_are_rows_however_they_are_called(source: Any) -> None:
    assert [SamplePreviews(source, 3).preview(row).text for row in range(3)] == TEXTS


class Streamed(IterableDataset[int]):
    """A data set without rows."""

    def __iter__(self) -> Iterator[int]:
        return iter(range(3))


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (np.zeros((3, 8, 9, 2)), ValueError, r"\(3, 8, 9, 2\); samples\[..., 0\] is one of its 2"),
        (np.zeros((3, 5, 9, 9)), ValueError, r"\(3, 5, 9, 9\); samples\[:, 0\] is one of its 5"),
        (np.zeros((3, 64)), ValueError, r"got shape \(3, 64\); samples.reshape\(-1, 8, 8\) has"),
        (np.zeros((3, 3072)), ValueError, r"samples.reshape\(-1, 3, 32, 32\) has height"),
        (np.zeros((3, 7)), ValueError, r"got shape \(3, 7\); a picture has height and width"),
        (np.zeros((3, 5, 2, 2, 3)), ValueError, r"samples\[:, 0\] is the first of several"),
        (np.zeros((8, 8, 1, 3)), ValueError, r"got 8 of shape .*; np.moveaxis\(samples, -1, 0\)"),
        (pd.DataFrame(np.zeros((3, 64))), ValueError, r"got shape \(3, 64\); samples.reshape"),
        (np.zeros((4, 8, 8)), ValueError, "expected 3 samples, one a row, got 4"),
        (torch.zeros(3, 32, 32)[0], ValueError, "expected 3 samples, one a row, got 32"),
        (TEXTS[:2], ValueError, "expected 3 samples, one a row, got 2"),
        ([], ValueError, "one a row, got 0"),
        ("abc", TypeError, "expected samples as pictures .* got 'abc'; give a list of them"),
        ("a" * 10_000, TypeError, "a function of the row, got 'a{10,60}...a{10,60}'"),
        (b"abc", TypeError, "got b'abc'"),
        (Path("folder"), TypeError, r"samples=sorted\(folder.glob\('\*.png'\)\) are the files"),
        (5, TypeError, "got 5"),
        (iter(TEXTS), TypeError, r"; samples=list\(…\) of it has rows"),
        ({"a", "b", "c"}, TypeError, "a set has no order"),
        ({"x": TEXTS, "y": TEXTS}, TypeError, "got dict of 'x', 'y'; give the column that is seen"),
        (np.array(5), TypeError, "expected samples as"),
        (np.zeros((3, 2, 2), complex), TypeError, "expected pictures of numbers, got complex128"),
        (np.zeros((3, 2, 2), object), TypeError, "expected pictures of numbers, got object"),
        (np.full((3, 2, 2), "a"), TypeError, "expected pictures of numbers, got <U1"),
        (DataLoader(Streamed()), TypeError, "; samples=loader.dataset has the samples one by one"),
        (Streamed(), TypeError, r"; samples=list\(dataset\) has rows"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value[:12],
)
def test_refused(source: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        SamplePreviews(source, 3)


NONSENSE: list[tuple[Any, str]] = [
    (object, "got <class 'object'>"),
    (b"\x89PNG", "got 4 bytes that begin like one"),
    ({"a": 1}, "got dict of 'a'"),
    ([[1, 2], [3]], r"got \[\[1, 2\], \[3\]\]"),
    ((3, 4), r"got \(3, 4\)"),
    (np.zeros(7), r"got shape \(7,\) of float64; a picture has height and width"),
    (np.zeros(784), r"; picture.reshape\(28, 28\) has height and width"),
    ((np.zeros(3072), 1), r"; picture.reshape\(3, 32, 32\) has height and width"),
    (np.zeros((2, 3, 2)), r"got shape \(2, 3, 2\) of float64; picture\[0\] is one of its 2"),
    (np.zeros((8, 8, 2)), r"; picture\[..., 0\] is one of its 2 channels"),
    (np.zeros((2, 3, 4, 5)), r"; picture\[0\] is the first of several"),
    (np.zeros((0, 3)), r"got shape \(0, 3\)"),
    (np.ones((2, 2), complex), "of complex128"),
    (np.full((2, 2), "a"), "of <U1"),
    (np.full((2, 2), None), "of object"),
    (Path("nowhere.png"), "FileNotFoundError"),
    (Path(__file__), r"expected a picture file, one of PNG.*; its text is .read_text\(\)"),
    (Path(__file__).parent, "which is no file"),
    ("x".join, "got <built-in method join"),
]


@pytest.mark.parametrize(("value", "said"), NONSENSE, ids=lambda value: repr(value)[:30])
def test_what_is_no_sample_is_refused_in_the_cell(value: Any, said: str) -> None:
    for source in ([value] * 4, lambda _: value):
        with pytest.raises((TypeError, ValueError), match="rows? 0.* can not be shown.*" + said):
            SamplePreviews(source, 4)


def test_some_that_are_no_samples_are_problems(caplog: pytest.LogCaptureFixture) -> None:
    for value, _ in NONSENSE:
        caplog.clear()
        previews = SamplePreviews(["one", value, value], 3)
        assert previews.preview(0).text == "one"
        for row in (1, 2, 1):
            found = previews.preview(row)
            assert found.kind == "problem"
            assert is_plain(found.text)
        assert len([each for each in caplog.records if each.levelname == "WARNING"]) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"cat", "cat"),
        (np.bytes_(b"cat"), "cat"),
        (bytearray("é<b>".encode()), "é<b>"),
        (b"caf\xe9 \x00", "caf\\xe9 ␀"),
        (b"BMW and RIFF", "BMW and RIFF"),
        (np.str_("one"), "one"),
        (np.array("one"), "one"),
        (5, "5"),
        (np.float64(1.5), "1.5"),
        (torch.tensor(7), "7"),
        (True, "True"),
        (pd.Timestamp("2020-01-02"), "2020-01-02 00:00:00"),
        (np.datetime64("2020-01-02"), "2020-01-02"),
        (("a text", 3), "a text"),
        ((3, "a text"), "a text"),
        ({"label": "3", "text": "a text"}, "a text"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_shown_as_text(value: Any, text: str) -> None:
    for source in ([value], lambda _: value):
        found = SamplePreviews(source, 1).preview(0)
        assert (found.kind, found.text) == ("text", text)


@pytest.mark.parametrize("value", [None, float("nan"), np.nan, pd.NA, pd.NaT, np.datetime64("NaT")])
def test_rows_without_a_sample(value: Any) -> None:
    for source in (["one", value], pd.Series(["one", value], dtype=object)):
        found = SamplePreviews(source, 2).preview(1)
        assert (found.kind, found.text) == ("problem", "no sample was given for this row")
    with pytest.raises(TypeError, match="a function of the row that returns a picture or a text"):
        SamplePreviews(lambda _: None, 2)


def test_columns_of_texts() -> None:
    numbers = SamplePreviews(np.array([0.5, math.nan, 2.0]), 3)
    assert [numbers.preview(row).kind for row in range(3)] == ["text", "problem", "text"]
    frame = pd.DataFrame({"label": [0, 1, 2], "text": TEXTS})
    for source in (frame, frame[["text"]], {"label": [0, 1, 2], "text": TEXTS}):
        previews = SamplePreviews(source, 3)
        assert [previews.preview(row).text for row in range(3)] == TEXTS
    missing = SamplePreviews(pd.Series(["one", None, "three"], dtype="string"), 3)
    assert [missing.preview(row).kind for row in range(3)] == ["text", "problem", "text"]


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError("no such file"), "OSError: no such file"),
        (KeyError(), "KeyError"),
        (StopIteration("end"), "StopIteration: end"),
        (SpeechlessError(), "SpeechlessError"),
    ],
    ids=["with a message", "without one", "that ends loops", "that has no words"],
)
def test_a_function_that_raises_later_is_heard_once(
    scope: srm.SRMScope, caplog: pytest.LogCaptureFixture, error: Exception, text: str
) -> None:
    broken = False

    def sample(row: int) -> str:
        if broken:
            raise error
        return f"sample {row}"

    def items() -> Sequence[dict[str, Any]]:
        found: Sequence[dict[str, Any]] = scope._strip_frame["items"]
        assert [item["index"] for item in found] == scope.selected[:24]
        return [item for item in found if item["index"] not in seen]

    seen = {0, 150, 299}
    scope.theta = 1.2
    scope.samples = sample
    seen |= set(scope.selected[:24])
    broken = True
    scope.set_state({"theta": 2.5})
    assert (scope._frame["theta"], scope.error) == (2.5, "")
    assert all(item["kind"] == "problem" and text in item["text"] for item in items())
    assert items()
    scope.theta = 2.6
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert record.exc_info is not None
    assert record.exc_info[1] is error

    broken = False
    scope.theta = 2.7
    assert all(item["text"] == f"sample {item['index']}" for item in items())


def test_a_function_that_raises_at_once_is_refused(scope: srm.SRMScope) -> None:
    """In the cell, with what it raised; what was shown stays."""
    scope.samples = str
    before = scope._strip_frame
    rows: list[dict[str, str]] = [{}] * 300

    def sample(row: int) -> str:
        return rows[row]["image"]

    with pytest.raises(ValueError, match=r"rows 0, 150, 299 can not.*: KeyError: 'image'") as told:
        scope.samples = sample
    causes = told.value.__cause__, told.value.__cause__ and told.value.__cause__.__cause__
    assert any(isinstance(each, KeyError) for each in causes)
    assert scope._strip_frame == before


def test_an_interrupt_is_no_problem() -> None:
    def interrupted(row: int) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SamplePreviews(interrupted, 1).preview(0)


def test_rows_that_came_later_have_no_sample(scope: srm.SRMScope, activations: np.ndarray) -> None:
    scope.samples = [f"sample {row}" for row in range(300)]
    later = np.zeros((2, 5), np.float32)
    later[:, 0] = 1.0
    scope.engine.append(later)
    items = {item["index"]: item for item in scope._strip_frame["items"]}
    assert items[300]["kind"] == items[301]["kind"] == "problem"
    assert items[300]["text"] == "no sample was given for this row"
    assert {item["kind"] for row, item in items.items() if row < 300} == {"text"}
    scope.samples = lambda row: f"sample {row}"
    assert scope._strip_frame["items"][0]["text"] == "sample 300"
    scope.samples = None
    assert (scope._strip_frame, scope._strip) == ({}, b"")

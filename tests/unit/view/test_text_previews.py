"""Samples that are text, and those that can not be shown."""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

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
        raise ValueError(text)

    for source in ([text], lambda _: text * 10_000, failing):
        found = SamplePreviews(source, 1).preview(0)
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


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (np.zeros((3, 1, 5, 5)), ValueError, r"got shape \(3, 1, 5, 5\); move the channels last"),
        (torch.zeros(3, 3, 8, 9), ValueError, r"samples.permute\(0, 2, 3, 1\)"),
        (np.zeros((3, 8, 9, 2)), ValueError, r"expected samples as images .* \(3, 8, 9, 2\)$"),
        (np.zeros((3, 64)), ValueError, r"got shape \(3, 64\)"),
        (np.zeros((3, 1, 2, 2, 3)), ValueError, "got shape"),
        (pd.DataFrame(np.zeros((3, 64))), ValueError, r"got shape \(3, 64\)"),
        (np.zeros((4, 8, 8)), ValueError, "expected 3 samples, one a row, got 4"),
        (TEXTS[:2], ValueError, "expected 3 samples, one a row, got 2"),
        ([], ValueError, "one a row, got 0"),
        ("abc", TypeError, "expected samples as images .* got 'abc'"),
        ("a" * 10_000, TypeError, "a function of the row, got 'a{1,200}$"),
        (b"abc", TypeError, "got b'abc'"),
        (5, TypeError, "got 5"),
        (iter(TEXTS), TypeError, "expected samples as"),
        ({"a", "b", "c"}, TypeError, "expected samples as"),
        (np.array(5), TypeError, "expected samples as"),
        (np.zeros((3, 2, 2), complex), TypeError, "expected samples as"),
        (np.zeros((3, 2, 2), object), TypeError, "expected samples as"),
        (np.full((3, 2, 2), "a"), TypeError, "expected samples as"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value[:12],
)
def test_refused(source: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        SamplePreviews(source, 3)


NONSENSE: list[Any] = [
    None,
    object,
    5,
    np.float64(1.5),
    b"\x89PNG",
    {"a": 1},
    [[1, 2], [3]],
    np.zeros(7),
    np.zeros((2, 3, 2)),
    np.zeros((3, 8, 8)),
    np.zeros((2, 3, 4, 5)),
    np.zeros((0, 3)),
    np.ones((2, 2), complex),
    np.full((2, 2), "a"),
    np.full((2, 2), None),
    "x".join,
]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: repr(value)[:30])
def test_what_is_no_sample_is_a_problem(value: Any) -> None:
    for source in ([value], lambda _: value):
        found = SamplePreviews(source, 1).preview(0)
        assert found.kind == "problem"
        assert found.text.startswith(("TypeError: ", "ValueError: "))
        assert is_plain(found.text)


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
def test_a_function_that_raises_is_heard_once(
    scope: srm.SRMScope, caplog: pytest.LogCaptureFixture, error: Exception, text: str
) -> None:
    broken = True

    def sample(row: int) -> str:
        if broken:
            raise error
        return f"sample {row}"

    def items() -> Sequence[dict[str, Any]]:
        found: Sequence[dict[str, Any]] = scope._strip_frame["items"]
        assert [item["index"] for item in found] == scope.selected[:24]
        return found

    scope.samples = sample
    assert all(item["kind"] == "problem" and text in item["text"] for item in items())
    scope.set_state({"theta": 1.0})
    assert (scope._frame["theta"], scope.error) == (1.0, "")
    assert {item["kind"] for item in items()} == {"problem"}
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert record.exc_info is not None
    assert record.exc_info[1] is error

    broken = False
    scope.theta = 1.1
    assert [item["text"] for item in items()] == [f"sample {row}" for row in scope.selected[:24]]


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

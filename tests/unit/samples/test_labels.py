"""What is taken for labels, and what becomes of it."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import ml_dtypes
import numpy as np
import pandas as pd
import pytest
import torch
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.samples.labels import NO_LABEL, ClassCodes, Labels, as_labels

HOSTILE = [
    "<script>alert(1)</script>",
    "</td>&amp;\"'",
    "\x00\x1b[31m\r\n\t",
    "\u202eright to left",
    "نص 標籤 🏷️",
    "",
    " ",
    "$x$ `code` %s {0}",
    "x" * 10_000,
]
CATEGORICAL = pd.Categorical(
    ["warm", "cold", None, "warm"], categories=["hot", "warm", "mild", "cold"], ordered=True
)

STRINGS: Any = getattr(np.dtypes, "StringDType", lambda: object)()  # of NumPy from 2 on


@pytest.mark.parametrize(
    ("given", "names", "codes"),
    [
        ([3, 10, 3], ["3", "10"], [0, 1, 0]),
        ((-1, 1, 0), ["-1", "0", "1"], [0, 2, 1]),
        (range(3), ["0", "1", "2"], [0, 1, 2]),
        (["b", "a", "b"], ["a", "b"], [1, 0, 1]),
        ([True, False, True], ["False", "True"], [1, 0, 1]),
        ([2, None, 1], ["1", "2", NO_LABEL], [1, 2, 0]),
        (["b", None, "a"], ["a", "b", NO_LABEL], [1, 2, 0]),
        ([True, None, pd.NA], ["True", NO_LABEL], [0, 1, 1]),
        ([None, np.nan, pd.NA, pd.NaT], [NO_LABEL], [0, 0, 0, 0]),
        ([2**60, -(2**60), 2**60 + 1], [str(-(2**60)), str(2**60), str(2**60 + 1)], [1, 0, 2]),
        (np.array([7, 2, 7], dtype=np.uint8), ["2", "7"], [1, 0, 1]),
        (np.array([2**64 - 1, 0], dtype=np.uint64), ["0", str(2**64 - 1)], [1, 0]),
        (np.array(["b", "a"]), ["a", "b"], [1, 0]),
        (np.array([True, False]), ["False", "True"], [1, 0]),
        (np.array(["x", None, 3, np.nan], dtype=object), ["x", "3", NO_LABEL], [0, 2, 1, 2]),
        (np.array([1.0, np.nan, 0.0]), ["0", "1", NO_LABEL], [1, 2, 0]),
        (np.arange(6)[::-2], ["1", "3", "5"], [2, 1, 0]),
        (torch.tensor([4, 0, 4]), ["0", "4"], [1, 0, 1]),
        (torch.tensor([True, False]), ["False", "True"], [1, 0]),
        (torch.tensor([2.0, 1.0], requires_grad=True), ["1", "2"], [1, 0]),
        (pd.Series(["b", "a"], index=[9, 9]), ["a", "b"], [1, 0]),
        (pd.Series([5, None], dtype="Int64"), ["5", NO_LABEL], [0, 1]),
        (pd.Series(["b", None], dtype="string"), ["b", NO_LABEL], [0, 1]),
        (pd.Index(["b", "a"]), ["a", "b"], [1, 0]),
        (CATEGORICAL, ["warm", "cold", NO_LABEL], [0, 1, 2, 0]),
        (pd.Series(CATEGORICAL), ["warm", "cold", NO_LABEL], [0, 1, 2, 0]),
        ([torch.tensor(3), torch.tensor(10), np.array(3)], ["3", "10"], [0, 1, 0]),
        ([torch.tensor([3, 10]), torch.tensor([3])], ["3", "10"], [0, 1, 0]),
        ([torch.tensor([3]), np.array([10]), [3]], ["3", "10"], [0, 1, 0]),
        ([("b", "a"), ("b",)], ["a", "b"], [1, 0, 1]),
        (np.array([b"b", b"a"]), ["a", "b"], [1, 0]),
        ([b"b", "a", b"a", "b"], ["a", "b"], [1, 0, 0, 1]),
        (pd.Categorical([b"b", None, b"a"]), ["a", "b", NO_LABEL], [1, 2, 0]),
        ([b"\xff", "ü", "ü".encode()], ["ü", "\\xff"], [1, 0, 0]),
        (np.array(["b", "a"], dtype=STRINGS), ["a", "b"], [1, 0]),
        (np.ma.masked_array([5, 7], [False, True]), ["5", NO_LABEL], [0, 1]),
        (list(np.ma.masked_array([5, 7], [False, True])), ["5", NO_LABEL], [0, 1]),
        (torch.tensor([2, 1]).bfloat16(), ["1", "2"], [1, 0]),
        (np.array([2, 1], dtype=np.float16), ["1", "2"], [1, 0]),
        (pd.Series([2, 1], dtype=np.float16), ["1", "2"], [1, 0]),
        (np.array([2, 1], dtype=np.longdouble), ["1", "2"], [1, 0]),
        (pd.Series([torch.tensor(3), torch.tensor(10), torch.tensor(3)]), ["3", "10"], [0, 1, 0]),
        ([bytearray(b"b"), memoryview(b"a"), b"b"], ["a", "b"], [1, 0, 1]),
        (np.array([2, 1]).astype(ml_dtypes.int4), ["1", "2"], [1, 0]),
        (zarr.array(np.array([2, 1])), ["1", "2"], [1, 0]),
        ({"x": "b", "y": "a"}.values(), ["a", "b"], [1, 0]),
        ((name for name in "ba"), ["a", "b"], [1, 0]),
        (pd.CategoricalIndex(CATEGORICAL), ["warm", "cold", NO_LABEL], [0, 1, 2, 0]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_accepted(given: Any, names: list[str], codes: list[int]) -> None:
    found = as_labels(given, len(codes))
    assert [found.names[code] for code in found.codes] == [names[code] for code in codes]
    assert sorted(found.names) == sorted(names)
    assert len(found) == len(codes)
    assert found.codes.dtype == np.int64
    assert found.n_classes == len(names)
    mixed = isinstance(given, np.ndarray) and given.dtype == object
    assert mixed or list(found.names) == names


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (None, TypeError, "one a row, got None"),
        (7, TypeError, "one a row, got 7"),
        ("abc", TypeError, "one a row, got 'abc'"),
        (b"abc", TypeError, "one a row, got b'abc'"),
        (np.array(3), TypeError, r"one a row, got array\(3\)"),
        (torch.tensor(3), TypeError, r"one a row, got array\(3\)"),
        (np.zeros((3, 2)), ValueError, r"one dimension, got shape \(3, 2\)"),
        (torch.zeros(3, 2), ValueError, r"one dimension, got shape \(3, 2\)"),
        ([[1], [2], [3]], TypeError, "integers, strings or categories.*list"),
        ([{}, {}, {}], TypeError, "integers, strings or categories.*dict"),
        (pd.DataFrame({"y": [1, 2, 3]}), ValueError, r"a table; labels\['y'\] is a column of it"),
        (np.ones((3, 1)), ValueError, r"labels.reshape\(-1\) has one axis"),
        (np.eye(3), ValueError, r"labels.argmax\(1\) of rows of scores"),
        ({0: "a"}, TypeError, r"list\(labels.values\(\)\) is one"),
        (
            [["a", "b"], ["a"], []],
            TypeError,
            r"a list in every row; \[row\[0\] for row in labels\]",
        ),
        (["a", ["b"], "c"], TypeError, r"got both: 'a' and, entry 1, \['b'\]"),
        (pd.MultiIndex.from_product([[1], [2, 3, 4]]), TypeError, r"get_level_values\(0\)"),
        (torch.ones(3, device="meta"), TypeError, "holds no numbers"),
        (itertools.cycle("ab"), ValueError, "expected 3 labels.* got a cycle that gives more"),
        (
            [[np.ones((2, 4)), np.ones(2)], [np.ones((1, 4)), np.ones(1)]],
            TypeError,
            r"an entry 0 of 2 parts, .*\[each\[1\] for each in labels\]",
        ),
        ([{"x": 0, "y": [1, 2]}, {"x": 0, "y": [3]}], TypeError, r"\[each\['y'\] for each in lab"),
        (["a", {"b"}, "c"], TypeError, r"got {'b'} in entry 1; \[str\(each\)"),
        (
            ["a"] * 9,
            ValueError,
            r"expected 3 labels.* got 9; .*labels\[acts\.origins\(layer\)\[:, 0\]\]",
        ),
        (["a"], ValueError, "expected 3 labels.* got 1$"),
        (["a", "b"], ValueError, "expected 3 labels, one a row of activations, got 2$"),
        ([], ValueError, "expected 3 labels.*got 0"),
        (Labels(("a",), np.zeros(4, dtype=np.int64)), ValueError, "expected 3 labels.*got 4"),
        (torch.ones(3).to_sparse(), TypeError, "integers, strings or categories"),
    ],
)
def test_refused(given: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        as_labels(given, 3)


def test_a_long_refused_value_is_cut_short() -> None:
    with pytest.raises(TypeError) as caught:
        as_labels("x" * 100_000, 3)
    assert len(str(caught.value)) < 300


@settings(max_examples=30)
@given(st.lists(st.one_of(st.none(), st.text(max_size=4), st.sampled_from(HOSTILE)), min_size=1))
def test_strings_pass_through_as_they_are(strings: list[str | None]) -> None:
    found = as_labels(strings, len(strings))
    named = [found.names[code] for code in found.codes]
    assert named == [NO_LABEL if string is None else string for string in strings]
    assert len(found.names) == len(set(strings))
    assert None not in strings or found.names[-1] == NO_LABEL


def test_labels_are_taken_as_they_are() -> None:
    labels = as_labels(["a", "b"], 2)
    assert as_labels(labels, 2) is labels


def test_a_class_named_like_no_label_is_not_taken_for_it() -> None:
    """Names are told apart, and a majority of the class is one."""
    found = as_labels([NO_LABEL, None, NO_LABEL], 3)
    assert len(set(found.names)) == found.n_classes == 2
    engine = srm.ResonanceEngine([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0]])
    table = engine.directions(epsilon=0.9, labels=[NO_LABEL, None, NO_LABEL])
    assert table.code[0] >= 0
    assert table.purity[0] == 1.0
    assert table.code[2] == -1


def test_large_integers_beside_missing_ones_stay_apart() -> None:
    found = as_labels([2**53, None, 2**53 + 1], 3)
    assert found.names == (str(2**53), str(2**53 + 1), NO_LABEL)


@pytest.mark.parametrize(
    ("given", "names"), [([1, 0], ("0", "1", NO_LABEL)), ([1, None], ("1", NO_LABEL))]
)
def test_grown(given: list[Any], names: tuple[str, ...]) -> None:
    labels = as_labels(given, 2)
    assert labels.grown(2) is labels
    assert labels.grown(1) is labels
    grown = labels.grown(4)
    assert grown.names == names
    assert grown.codes.tolist() == [*labels.codes.tolist(), *[len(names) - 1] * 2]
    assert grown.grown(5).names == names
    assert len(labels) == 2


def test_coded_samples() -> None:
    labels = as_labels(["b", "a", "c", "a"], 4)
    coded = ClassCodes(labels, np.array([0, 1, 3]), torch.device("cpu"))
    assert (coded.names, coded.n_classes) == (("a", "b", "c"), 3)
    assert coded.codes.tolist() == [1, 0, 0]
    assert coded.sizes.tolist() == [2, 1, 0]
    assert coded.sizes_of(np.array([2, 2, 0])).tolist() == [2, 1, 0]
    assert coded.in_classes(np.arange(3), iter([0])).tolist() == [False, True, True]
    assert coded.in_classes(np.array([0]), []).tolist() == [False]


@pytest.mark.parametrize(
    "given",
    [
        np.random.default_rng(0).standard_normal(60),
        [*(np.arange(40) / 3).tolist(), *[0.0] * 10, None],
        pd.Series(np.arange(30) / 8),
    ],
)
def test_measured_numbers_are_warned_of(given: Any) -> None:
    rows = np.eye(3)[np.arange(len(given)) % 3]
    with pytest.warns(
        UserWarning, match=r"different numbers, .*pd\.qcut\(labels, 5\).*np\.digitize"
    ):
        labels = as_labels(given, len(given))
    assert labels.n_classes >= 30
    with pytest.warns(UserWarning, match="not whole ones, make as many classes") as warned:
        scope = srm.SRMScope(rows, labels=given, epsilon=0.5)
    assert sum("as many classes" in str(each.message) for each in warned) == 1
    scope.close()


@pytest.mark.parametrize(
    "given",
    [
        np.arange(60.0),
        np.arange(60),
        np.arange(60) % 20 / 2,
        np.arange(19) / 2,
        [f"{k / 7}" for k in range(60)],
    ],
)
def test_whole_few_and_named_classes_are_not(given: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        as_labels(given, len(given))

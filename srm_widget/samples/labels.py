"""Labels: the classes of samples that `labels=` names, as integer codes."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int32, Int64
from torch import Tensor

from srm_widget.utils.entries import flat_entries
from srm_widget.utils.text import decoded
from srm_widget.utils.users_line import warn
from srm_widget.utils.ways_out import one_a_row_hint

NO_LABEL = "no label"
"""Name of the class of samples that have none."""

_FEWEST_MEASURED = 20
"""Rows from which on numbers that nearly all differ are no classes."""


class Labels:
    """Names of the classes, and the class of every row of the activations.

    Parameters
    ----------
    names
        Names of the C classes, in order.
    codes
        (n,) int64, the class of every row, 0 … C - 1.
    missing
        Code of the class of rows that have no label; None if all have one.
    are_measured
        Whether they are numbers that are not whole and nearly all different.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        codes: Int64[np.ndarray, " rows"],
        missing: int | None = None,
        *,
        are_measured: bool = False,
    ) -> None:
        self.names, self.codes, self.missing = names, codes, missing
        self.are_measured = are_measured

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def n_classes(self) -> int:
        """C, the number of classes."""
        return len(self.names)

    def grown(self, n_rows: int) -> "Labels":
        """Return labels of `n_rows` rows, of which those that were added have none."""
        if n_rows <= len(self):
            return self
        names, missing = self.names, self.missing
        if missing is None:
            names, missing = _with_missing(names)
        codes = np.full(n_rows - len(self), missing, dtype=np.int64)
        return Labels(names, np.concatenate([self.codes, codes]), missing)


class ClassCodes:
    """Class of every sample that an engine holds.

    Parameters
    ----------
    labels
        Labels of the rows of the activations.
    rows
        (N,) rows of the samples; None if sample n is row n.
    device
        Where to keep the codes.

    Attributes
    ----------
    codes
        (N,) int32 on that device, the class of every sample.
    sizes
        (C,) int64, samples of each class.
    """

    def __init__(
        self, labels: Labels, rows: Int64[np.ndarray, " samples"] | None, device: torch.device
    ) -> None:
        self.labels = labels
        self._codes = labels.codes if rows is None else labels.codes[rows]
        self.codes: Int32[Tensor, " samples"] = torch.from_numpy(self._codes.astype(np.int32))
        self.codes = self.codes.to(device)
        self.sizes = self.sizes_of(slice(None))

    @property
    def nbytes(self) -> int:
        """Bytes kept in addition to those of the labels."""
        own = 0 if self._codes is self.labels.codes else self._codes.nbytes
        return own + self.codes.nbytes

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the C classes."""
        return self.labels.names

    @property
    def n_classes(self) -> int:
        """C, the number of classes."""
        return self.labels.n_classes

    def sizes_of(
        self, samples: Int64[np.ndarray, " some"] | slice
    ) -> Int64[np.ndarray, " classes"]:
        """Count how many of the `samples` are of each class, (C,)."""
        return np.bincount(self._codes[samples], minlength=self.n_classes)

    def in_classes(
        self, samples: Int64[np.ndarray, " some"], classes: Iterable[int]
    ) -> Bool[np.ndarray, " some"]:
        """Return whether each of the `samples` is of one of the `classes`, (n,) bool.

        Raises
        ------
        IndexError
            If there is no such class.
        """
        wanted = np.zeros(self.n_classes, dtype=np.bool_)
        for code in classes:
            if not 0 <= code < self.n_classes:
                raise IndexError(f"expected classes in 0 … {self.n_classes - 1}, got {code}")
            wanted[code] = True
        return wanted[self._codes[samples]]


class LatestClassCodes:
    """The class codes last asked for, kept for the next call with the same labels."""

    def __init__(self) -> None:
        self._kept: ClassCodes | None = None

    @property
    def nbytes(self) -> int:
        """Bytes kept in addition to those of the labels."""
        return 0 if self._kept is None else self._kept.nbytes

    def of(
        self, labels: Labels, rows: Int64[np.ndarray, " samples"] | None, device: torch.device
    ) -> ClassCodes:
        """Return the codes of `labels`; the parameters are those of `ClassCodes`."""
        if self._kept is None or self._kept.labels is not labels:
            self._kept = ClassCodes(labels, rows, device)
        return self._kept


def as_labels(values: Any, n_rows: int, n_dims: int | None = None) -> Labels:
    """Return `labels=` as classes, one a row of the activations.

    Parameters
    ----------
    values
        Integers, text, bytes of text, booleans or a categorical, in any sequence, array, tensor or
        column of a table, in the order of the rows, or in a list of batches of such; or `Labels`.
        Categories that no row has are left out. None, NaN and the like make a class of their own,
        the last.
    n_rows
        Rows of the activations as they came in, dropped ones counted too.
    n_dims
        D, for the message: as many labels hint at activations that are given with samples as
        columns.

    Raises
    ------
    TypeError, ValueError
        If they are anything else, or not one a row.

    Warns
    -----
    UserWarning
        If they are numbers that are not whole and nearly all different, as a measured quantity is.
    """
    if isinstance(values, Labels):
        labels = values
    else:
        labels = parse_labels(values, "labels", n_rows)
        if labels.are_measured:
            warn(
                f"labels of {labels.n_classes:,} different numbers, not whole ones, make as many "
                f"classes of {len(labels):,} rows: pd.qcut(labels, 5) makes five classes of the "
                "ranges they are in, np.digitize(labels, edges) such of your own"
            )
    if len(labels) != n_rows:
        raise ValueError(
            f"expected {n_rows} labels, one a row of activations, got {len(labels)}"
            f"{one_a_row_hint(len(labels), n_rows, n_dims, 'labels')}"
        )
    return labels


def parse_labels(values: Any, what: str, n_rows: int) -> Labels:
    """Return the classes that `values` name, which pandas tells apart.

    Parameters
    ----------
    values, n_rows
        As for `as_labels`.
    what
        Plural of what they are, for the message of an error.

    Raises
    ------
    TypeError, ValueError
        If they are anything else.
    """
    import pandas as pd  # noqa: PLC0415

    try:
        entries = flat_entries(values, what, n_rows)
        # Of a list pandas would make floats of integers beside None, and lose digits.
        series = pd.Series(entries, dtype=object if isinstance(entries, list) else None)
        categories = pd.Categorical(series).remove_unused_categories()
    except (TypeError, ValueError) as error:
        if str(error).startswith("expected"):
            raise
        expected = f"expected integers, strings or categories as {what}"
        raise type(error)(f"{expected}: {error}") from error
    codes = categories.codes.astype(np.int64)
    are_measured = _are_measured(categories.categories, int((codes >= 0).sum()))
    names, codes = _named(categories.categories, codes)
    if not (codes < 0).any():
        return Labels(names, codes, are_measured=are_measured)
    names, missing = _with_missing(names)
    return Labels(names, np.where(codes < 0, missing, codes), missing, are_measured=are_measured)


def _are_measured(classes: Any, n_labelled: int) -> bool:
    """Return whether classes are numbers of which hardly any two rows have the same."""
    if not _FEWEST_MEASURED <= n_labelled < 2 * len(classes):
        return False
    values = list(classes)
    if not all(isinstance(value, float | np.floating) for value in values):
        return False
    return not all(float(value).is_integer() for value in values)


def _named(
    classes: Iterable[Any], codes: Int64[np.ndarray, " rows"]
) -> tuple[tuple[str, ...], Int64[np.ndarray, " rows"]]:
    """Return the names of classes, and the codes; the same text, as bytes or not, is one class."""
    values = list(classes)
    if not any(isinstance(value, bytes) for value in values):
        return tuple(map(_class_name, values)), codes
    texts = [decoded(value) for value in values]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    merged = np.array([*(places[text] for text in texts), -1], dtype=np.int64)
    return tuple(map(_class_name, places)), merged[codes]


def _with_missing(names: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """Return the names with one more, for rows that have no label, and its code."""
    name = NO_LABEL
    while name in names:
        name = f"({name})"
    return (*names, name), len(names)


def _class_name(value: Any) -> str:
    # Integers beside missing values are floats by now.
    is_integer = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if is_integer else str(value)

"""Classes of samples: what `labels=` takes, as one small integer a row."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int32, Int64
from torch import Tensor

NO_LABEL = "no label"


class Labels:
    """Class of every row of the activations.

    Parameters
    ----------
    names
        Of the C classes, in order.
    codes
        (n,) class of every row, 0 … C - 1.
    """

    def __init__(self, names: tuple[str, ...], codes: Int64[np.ndarray, " rows"]) -> None:
        self.names = names
        self.codes = codes

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def n_classes(self) -> int:
        """C."""
        return len(self.names)

    def grown(self, n_rows: int) -> "Labels":
        """Labels of `n_rows` rows: those that came since have none."""
        missing = n_rows - len(self)
        if missing <= 0:
            return self
        known = NO_LABEL in self.names
        names = self.names if known else (*self.names, NO_LABEL)
        codes = np.full(missing, names.index(NO_LABEL), dtype=np.int64)
        return Labels(names, np.concatenate([self.codes, codes]))


class Coded:
    """Classes of the samples that an engine holds.

    Parameters
    ----------
    labels
        Of the rows.
    rows
        (N,) rows of the samples; None if they are the same.
    device
        Where to keep the codes.
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
    def names(self) -> tuple[str, ...]:
        """Of the classes."""
        return self.labels.names

    @property
    def n_classes(self) -> int:
        """C."""
        return self.labels.n_classes

    def sizes_of(
        self, samples: Int64[np.ndarray, " some"] | slice
    ) -> Int64[np.ndarray, " classes"]:
        """How many of the `samples` are of each class."""
        return np.bincount(self._codes[samples], minlength=self.n_classes)

    def are_of(
        self, samples: Int64[np.ndarray, " some"], classes: Iterable[int]
    ) -> Bool[np.ndarray, " some"]:
        """Whether each of the `samples` is of one of the `classes`."""
        wanted = np.zeros(self.n_classes, dtype=np.bool_)
        wanted[list(classes)] = True
        return wanted[self._codes[samples]]


def as_labels(values: Any, n_rows: int) -> Labels:
    """Return the classes that `values` name, one a row.

    Parameters
    ----------
    values
        Integers, strings, booleans or a pandas categorical, in any sequence, array, tensor or
        Series, in the order of the rows; or `Labels`. Categories that no row has are left out.
        None, NaN and the like make a class of their own, the last.
    n_rows
        Rows of the activations as they were given, those dropped counted in.

    Raises
    ------
    TypeError, ValueError
        If they are anything else, or not one a row.
    """
    labels = values if isinstance(values, Labels) else _labels(values)
    if len(labels) != n_rows:
        raise ValueError(f"expected {n_rows} labels, one a row of activations, got {len(labels)}")
    return labels


def _labels(values: Any) -> Labels:
    import pandas as pd  # noqa: PLC0415

    if isinstance(values, Tensor):
        values = values.detach().cpu().numpy()
    if isinstance(values, str | bytes) or not np.iterable(values):
        raise TypeError(f"expected labels as a sequence, one a row, got {values!r:.200}")
    try:
        series = pd.Series(values if hasattr(values, "dtype") else list(values))
        categories = pd.Categorical(series).remove_unused_categories()
    except (TypeError, ValueError) as error:
        raise type(error)(f"expected integers, strings or categories as labels: {error}") from error
    names = [_name(value) for value in categories.categories]
    codes = categories.codes.astype(np.int64)
    if (codes < 0).any():
        codes = np.where(codes < 0, len(names), codes)
        names.append(NO_LABEL)
    return Labels(tuple(names), codes)


def _name(value: Any) -> str:
    # Integers beside missing values become floats on the way.
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if whole else str(value)

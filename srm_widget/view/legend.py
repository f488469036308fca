"""Legend of the classes: the largest are drawn by themselves, the others together as one group."""

from functools import cached_property

import numpy as np
from jaxtyping import Int64

from srm_widget.samples.labels import Labels
from srm_widget.utils.text import printable
from srm_widget.view.wire import LegendFrame

MOST_GROUPS = 10
"""Colours that can be told apart, by the colour-blind too, the last of them grey."""

LONGEST_NAME = 60
"""Characters of a class's name that the page is sent."""


class Legend:
    """Groups of classes: every class is one if there are few; else the last is all the others.

    Parameters
    ----------
    labels
        Class of every row.

    Attributes
    ----------
    labels
        As above.
    groups
        Group of every row, as labels.
    group_of
        Group of every class.
    other
        Group of all the other classes, or None.
    """

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        sizes = np.bincount(labels.codes, minlength=labels.n_classes)
        self.other: int | None = None
        group_of = np.arange(labels.n_classes)
        if labels.n_classes > MOST_GROUPS:
            largest = np.sort(np.argsort(-sizes, kind="stable")[: MOST_GROUPS - 1])
            self.other = len(largest)
            group_of = np.full(labels.n_classes, self.other)
            group_of[largest] = np.arange(len(largest))
            names = [labels.names[code] for code in largest]
            names.append(f"{labels.n_classes - len(largest):,} other classes")
        else:
            names = list(labels.names)
        self.group_of: Int64[np.ndarray, " classes"] = group_of
        # Where every class is a group the labels are the groups, coded once.
        self.groups = labels if self.other is None else Labels(tuple(names), group_of[labels.codes])

    def __len__(self) -> int:
        return self.groups.n_classes

    @cached_property
    def frame(self) -> LegendFrame:
        """Names and sizes of the groups, as the page is sent them."""
        sizes = np.bincount(self.groups.codes, minlength=len(self))
        return {
            "names": [printable(name, LONGEST_NAME) for name in self.groups.names],
            "sizes": sizes.tolist(),
            "other": self.other,
            "n_classes": self.labels.n_classes,
        }

    def of_row(self, row: int) -> tuple[str, int]:
        """Return label and group of a row."""
        return self.of_class(int(self.labels.codes[row]))

    def of_class(self, code: int) -> tuple[str, int]:
        """Return label and group of a class."""
        return printable(self.labels.names[code], LONGEST_NAME), int(self.group_of[code])


class LegendCache:
    """Legend of the labels asked for last: as long as they stay it is the same object."""

    def __init__(self) -> None:
        self._key: tuple[Labels, int] | None = None
        self._legend: Legend | None = None

    def of(self, labels: Labels, n_rows: int) -> Legend:
        """Return the legend of the classes of `n_rows` rows; those after the labels have none."""
        if self._legend is None or self._key != (labels, n_rows):
            self._key, self._legend = (labels, n_rows), Legend(labels.grown(n_rows))
        return self._legend

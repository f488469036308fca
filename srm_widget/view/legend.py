"""Classes as they are drawn: the largest ones by themselves, the rest together."""

from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Int64

from srm_widget.samples.labels import Labels
from srm_widget.utils.text import printable

MOST_GROUPS = 10
"""Colours that can be told apart, by the colour-blind too, the last of them grey."""

LONGEST_NAME = 60


class Legend:
    """Groups of classes: every class is one if there are few; else the last is all the others.

    Parameters
    ----------
    labels
        Class of every row.
    """

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        sizes = np.bincount(labels.codes, minlength=labels.n_classes)
        self.other: int | None = None
        own = np.arange(labels.n_classes)
        if labels.n_classes > MOST_GROUPS:
            largest = np.sort(np.argsort(-sizes, kind="stable")[: MOST_GROUPS - 1])
            self.other = len(largest)
            own = np.full(labels.n_classes, self.other)
            own[largest] = np.arange(len(largest))
            names = [labels.names[code] for code in largest]
            names.append(f"{labels.n_classes - len(largest):,} other classes")
        else:
            names = list(labels.names)
        self.group_of: Int64[np.ndarray, " classes"] = own
        # Where every class is a group the labels are the groups, coded once.
        self.groups = labels if self.other is None else Labels(tuple(names), own[labels.codes])

    def __len__(self) -> int:
        return self.groups.n_classes

    @cached_property
    def frame(self) -> dict[str, Any]:
        """What the page is told."""
        sizes = np.bincount(self.groups.codes, minlength=len(self))
        return {
            "names": [printable(name, LONGEST_NAME) for name in self.groups.names],
            "sizes": sizes.tolist(),
            "other": self.other,
            "n_classes": self.labels.n_classes,
        }

    def of_row(self, row: int) -> tuple[str, int]:
        """Label and group of a row."""
        return self.of_class(int(self.labels.codes[row]))

    def of_class(self, code: int) -> tuple[str, int]:
        """Label and group of a class."""
        return printable(self.labels.names[code], LONGEST_NAME), int(self.group_of[code])

"""Groups of samples that hang together, as tokens of a sentence do: a code for every sample."""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int32, Int64

from srm_widget.samples.labels import Labels, parse_labels
from srm_widget.utils.text import first_few, span_text
from srm_widget.utils.ways_out import one_a_row_hint


class SampleGroups(NamedTuple):
    """Group of every sample.

    Attributes
    ----------
    codes
        (N,) int32, the group of every sample, 0 … G - 1, numbered as they came.
    sizes
        (G,) int64, samples of each group, 1 at least.
    """

    codes: Int32[np.ndarray, " samples"]
    sizes: Int64[np.ndarray, " groups"]

    def __repr__(self) -> str:
        return (
            f"SampleGroups({self.n_groups:,} groups of {span_text(self.sizes)} samples, "
            f"{len(self.codes):,} samples)"
        )

    @property
    def n_groups(self) -> int:
        """G, the number of groups."""
        return len(self.sizes)

    @property
    def mean_size(self) -> float:
        """Σ n_g² / N: of how many samples the group of a sample is in the mean."""
        return self.squares / len(self.codes)

    @property
    def squares(self) -> int:
        """Sum of the squares of the sizes."""
        return int((self.sizes * self.sizes).sum())


class GroupEncoder:
    """Encoder of the groups of samples that come in batches; those of one name are one group."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._parts: list[Int32[np.ndarray, " batch"]] = []

    def snapshot(self) -> "GroupEncoder":
        """Return an encoder of the samples there are now, which goes on by itself."""
        other = GroupEncoder()
        other._codes, other._parts = dict(self._codes), list(self._parts)
        return other

    @property
    def nbytes(self) -> int:
        """Bytes of the codes and of the groups' names."""
        names = sum(map(len, self._codes))
        return sum(part.nbytes for part in self._parts) + self.groups.sizes.nbytes + names

    def append(self, labels: Labels, rows: Int64[np.ndarray, " kept"]) -> None:
        """Add the groups of the `rows` of a batch that were kept."""
        codes = labels.codes[rows]
        named, first = np.unique(codes, return_index=True)
        own = np.empty(labels.n_classes, dtype=np.int32)
        # Numbered as they came: then batches give what all at once would.
        for code in named[np.argsort(first)].tolist():
            own[code] = self._codes.setdefault(labels.names[code], len(self._codes))
        self._parts.append(own[codes])
        self.__dict__.pop("groups", None)

    @cached_property
    def groups(self) -> SampleGroups:
        """Groups of all samples added."""
        codes = np.concatenate(self._parts) if self._parts else np.empty(0, dtype=np.int32)
        self._parts = [codes]
        groups = SampleGroups(codes, np.bincount(codes, minlength=len(self._codes)))
        for array in groups:
            array.flags.writeable = False
        return groups


def as_groups(values: Any, n_rows: int, n_dims: int | None = None) -> Labels:
    """Return `groups=`, one id a row of a batch of activations, as labels.

    Parameters
    ----------
    values
        What labels can be given as, in the order of the rows. They go by their text: 1 and "1"
        are one group.
    n_rows
        Rows of the batch, those that will be dropped counted in.
    n_dims
        D, for the message.

    Raises
    ------
    TypeError, ValueError
        If they are anything else, not one a row, or a row has none.
    """
    labels = parse_labels(values, "groups", n_rows)
    if len(labels) != n_rows:
        raise ValueError(
            f"expected {n_rows} groups, one a row of activations, got {len(labels)}"
            f"{one_a_row_hint(len(labels), n_rows, n_dims, 'groups')}"
        )
    if labels.missing is not None:
        without = np.flatnonzero(labels.codes == labels.missing)
        named = first_few(without.tolist())
        raise ValueError(
            f"expected a group for every row, got none for {len(without)} of {n_rows} ({named}); "
            "give a row that hangs together with no other an id of its own"
        )
    return labels

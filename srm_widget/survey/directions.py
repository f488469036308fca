"""Table of the samples along each basis direction: candidates for grandmother neurons."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float64, Int64
from torch import Tensor

from srm_widget.geometry.arcs import CLOSING_MARGIN
from srm_widget.geometry.basis import Basis
from srm_widget.samples.labels import ClassCodes
from srm_widget.samples.moment_sums import fourth_power_sums, kurtosis_of
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore

if TYPE_CHECKING:
    import pandas as pd

_AT_ONCE = 1 << 20
"""Projections, or counts by class, made at once."""

TOP_CLASSES = 3
"""Classes that are named of each direction."""


@dataclass(frozen=True, repr=False)
class Directions:
    """Table of the 2M directions +b_0, -b_0, +b_1, …: how many samples lie along each, and κ.

    Attributes
    ----------
    direction, sign
        (2M,) int64: i, and +1 for b_i or -1 for -b_i.
    count
        (2M,) int64, samples with ±x̂ · b_i ≥ ε.
    kurtosis
        (2M,) float64, κ_i = ⟨p_i⁴⟩ D (D + 2) / 3 of b_i and of -b_i, over the samples that have a
        direction: 1 for isotropic ones, more where few of them make up most of it. It depends on no
        ε. p_i⁴ is rounded to 2⁻³⁰ a sample, so that κ_i is off by D (D + 2) 2⁻³¹ / 3 at most, 0.003
        at D = 4,096. NaN if no sample has a direction, and of rows of zeros, along which no sample
        is counted.
    code
        (2M,) int64, the class that most of them are of, the first of equals; -1 where there is
        none, among them all without labels.
    purity
        (2M,) float64, its share of `count`; NaN where there is no class.
    coverage
        (2M,) float64, the share of that class that is among them; NaN where there is no class.
    top_code, top_count
        (2M, 3) int64, the three classes that most of them are of, the largest first and of equals
        the first, and how many are of each; -1 and 0 where there are fewer.
    classes
        Names of the classes.
    epsilon, n_samples
        ε and N.
    names
        M names of the directions, where the basis has such, as of a table; else None.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> table = engine.directions(epsilon=0.8, labels=["cat", "dog", "dog"])
    >>> table.count.tolist()  # along +b_0, -b_0, +b_1, …
    [1, 0, 1, 0, 0, 1]
    >>> table.label[0], table.purity[0].tolist(), table.coverage[0].tolist()
    ('cat', 1.0, 1.0)
    """

    direction: Int64[np.ndarray, " rows"]
    sign: Int64[np.ndarray, " rows"]
    count: Int64[np.ndarray, " rows"]
    kurtosis: Float64[np.ndarray, " rows"]
    code: Int64[np.ndarray, " rows"]
    purity: Float64[np.ndarray, " rows"]
    coverage: Float64[np.ndarray, " rows"]
    top_code: Int64[np.ndarray, "rows top"]
    top_count: Int64[np.ndarray, "rows top"]
    classes: tuple[str, ...]
    epsilon: float
    n_samples: int
    names: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.count)

    @property
    def label(self) -> list[str | None]:
        """Name of each row's class, None where there is none."""
        return [None if code < 0 else self.classes[code] for code in self.code]

    @property
    def top(self) -> list[tuple[tuple[str, float], ...]]:
        """Of each row its first three classes, the largest first: names, and shares of `count`."""
        pairs = zip(self.top_code.tolist(), self.top_count.tolist(), self.count, strict=True)
        return [
            tuple(
                (self.classes[code], own / count)
                for code, own in zip(codes, counts, strict=True)
                if code >= 0
            )
            for codes, counts, count in pairs
        ]

    def to_dataframe(self) -> "pd.DataFrame":
        """Return one row a direction and sign; with labels also label, purity, coverage and top.

        Where the basis has names, as that of a table, there is a column name too.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> table = engine.directions(epsilon=0.8).to_dataframe()
        >>> table[["direction", "sign", "count"]].values.tolist()
        [[0, 1, 1], [0, -1, 0], [1, 1, 1], [1, -1, 0], [2, 1, 0], [2, -1, 1]]
        """
        import pandas as pd  # noqa: PLC0415

        columns: dict[str, Any] = {
            "direction": self.direction,
            "sign": self.sign,
            "count": self.count,
            "kurtosis": self.kurtosis,
        }
        if self.names is not None:
            columns["name"] = np.repeat(np.array(self.names, dtype=object), 2)
        if self.classes:
            columns |= {"label": self.label, "purity": self.purity, "coverage": self.coverage}
            columns["top"] = [
                ", ".join(f"{name} {share:.0%}" for name, share in each) for each in self.top
            ]
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        return repr(self.to_dataframe())

    def _repr_html_(self) -> str:
        return self.to_dataframe().to_html(max_rows=20)


def directions_steps(
    store: SampleStore,
    basis: Basis,
    epsilon: float,
    class_codes: ClassCodes | None,
) -> Generator[float, None, Directions]:
    """Count the samples along every direction, with its κ, in steps that yield the share done.

    Parameters
    ----------
    store, basis
        Samples and directions.
    epsilon
        ε.
    class_codes
        The classes of the store's samples; None for none.
    """
    n_samples = len(store)
    m = basis.n_directions
    sums = _DirectionSums.unset(m)
    for done, low, part in _count_rows(store, basis, epsilon, class_codes):
        if part is not None:
            sums.put(low, part)
        yield done
        store.check_size(n_samples)
    is_dead = np.repeat(np.isin(np.arange(m), basis.dead), 2)
    count = sums.along.numpy()
    kurtosis = kurtosis_of(sums.fourth, n_samples - store.n_zero, basis.n_dims)
    top_code, top_count = sums.top_code.numpy(), sums.top_count.numpy()
    count[is_dead], top_count[is_dead], top_code[is_dead] = 0, 0, -1
    kurtosis[basis.dead] = torch.nan
    purity, coverage = _shares(count, top_code[:, 0], top_count[:, 0], class_codes)
    return Directions(
        direction=np.repeat(np.arange(m, dtype=np.int64), 2),
        sign=np.tile(np.array([1, -1], dtype=np.int64), m),
        count=count,
        kurtosis=np.repeat(kurtosis.numpy(), 2),
        code=top_code[:, 0].copy(),
        purity=purity,
        coverage=coverage,
        top_code=top_code,
        top_count=top_count,
        classes=() if class_codes is None else class_codes.names,
        epsilon=epsilon,
        n_samples=n_samples,
        names=basis.names,
    )


class _DirectionSums(NamedTuple):
    """Sums over the samples, of some directions.

    Attributes
    ----------
    along
        Those along each of b_i and -b_i.
    top_code, top_count
        As in `Directions`.
    fourth
        As `fourth_power_sums` returns them.
    """

    along: Int64[Tensor, " rows"]
    top_code: Int64[Tensor, "rows top"]
    top_count: Int64[Tensor, "rows top"]
    fourth: Int64[Tensor, " directions"]

    @classmethod
    def unset(cls, n_directions: int) -> "_DirectionSums":
        """Return room for the sums of so many directions.

        It is taken before anything is counted: small tensors that stay, made between large ones
        that go, would leave gaps in memory that none of the next large ones fits.
        """
        shapes = (2 * n_directions,), *[(2 * n_directions, TOP_CLASSES)] * 2, (n_directions,)
        return cls(*(torch.zeros(shape, dtype=torch.int64) for shape in shapes))

    def put(self, low: int, part: "_DirectionSums") -> None:
        """Write the sums of some directions, from `low` on, into these."""
        for own, others, first in zip(self, part, (2 * low, 2 * low, 2 * low, low), strict=True):
            own[first : first + len(others)] = others


def _count_rows(
    store: SampleStore, basis: Basis, epsilon: float, class_codes: ClassCodes | None
) -> Generator[tuple[float, int, _DirectionSums | None], None, None]:
    """Yield the share done, the first of the next directions, and their sums, None if incomplete.

    Counts by class are kept of these few directions alone: of all there may be too many.
    """
    projections = Projections(store, basis, store.dtype)
    n_classes = 1 if class_codes is None else class_codes.n_classes
    m, total = basis.n_directions, basis.n_directions * len(store)
    widest = max((columns.shape[1] for _, columns in store.blocks()), default=1)
    step = max(1, min(_AT_ONCE // widest, _AT_ONCE // n_classes))
    done = 0
    for low in range(0, m, step):
        width = min(step, m - low)
        table = torch.zeros((width, 2, n_classes), dtype=torch.int64, device=store.device)
        fourth = torch.zeros(width, dtype=torch.int64, device=store.device)
        for offset, columns in store.blocks():
            projected = projections.project_on(slice(low, low + width), columns)
            threshold = _lit_threshold(epsilon, projected.dtype)
            for side, along in enumerate((projected, -projected)):
                table[:, side] += _count_by_class(along >= threshold, class_codes, offset)
            fourth += fourth_power_sums(projected)
            done += projected.numel()
            if offset + columns.shape[1] < len(store):
                yield done / total, low, None
        yield done / total, low, _summed(table.view(2 * width, n_classes), fourth, class_codes)


def _summed(
    table: Int64[Tensor, "rows classes"],
    fourth: Int64[Tensor, " directions"],
    class_codes: ClassCodes | None,
) -> _DirectionSums:
    """Return the sums of some directions from their counts by class."""
    count = table.sum(dim=1)
    code = torch.full((len(table), TOP_CLASSES), -1, dtype=torch.int64, device=table.device)
    own = torch.zeros_like(code)
    if class_codes is not None:
        missing, n_classes = class_codes.labels.missing, class_codes.n_classes
        if missing is not None:
            table[:, missing] = 0
        # Of equals the first: what is sorted differs for every two classes.
        last = torch.arange(n_classes - 1, -1, -1, device=table.device)
        best = torch.topk(table * n_classes + last, min(TOP_CLASSES, n_classes), dim=1).values
        counts = best.div(n_classes, rounding_mode="floor")
        found = slice(0, best.shape[1])
        own[:, found] = counts
        code[:, found] = torch.where(counts > 0, n_classes - 1 - best % n_classes, -1)
    return _DirectionSums(count, code, own, fourth)


def _count_by_class(
    lit: Bool[Tensor, "some samples"], class_codes: ClassCodes | None, offset: int
) -> Int64[Tensor, "some classes"]:
    """Count the lit samples of each class, or all of them without classes."""
    if class_codes is None:
        return lit.sum(dim=1, keepdim=True)
    direction, sample = lit.nonzero().unbind(1)
    own = direction * class_codes.n_classes + class_codes.codes[sample + offset]
    return torch.bincount(own, minlength=len(lit) * class_codes.n_classes).view(
        -1, class_codes.n_classes
    )


def _lit_threshold(epsilon: float, dtype: torch.dtype) -> float:
    """Return the least value of `dtype` that reaches ε: a comparison would round ε itself."""
    exact = epsilon - CLOSING_MARGIN
    if dtype == torch.float64:
        return exact
    threshold = np.float32(exact)
    return float(threshold if float(threshold) >= exact else np.nextafter(threshold, np.float32(2)))


def _shares(
    count: Int64[np.ndarray, " rows"],
    code: Int64[np.ndarray, " rows"],
    largest: Int64[np.ndarray, " rows"],
    class_codes: ClassCodes | None,
) -> tuple[Float64[np.ndarray, " rows"], Float64[np.ndarray, " rows"]]:
    """Return purity and coverage of each row's largest class."""
    purity, coverage = np.full((2, len(count)), np.nan)
    if class_codes is not None:
        found = largest > 0
        np.divide(largest, count, out=purity, where=found)
        np.divide(largest, class_codes.sizes[code], out=coverage, where=found)
    return purity, coverage

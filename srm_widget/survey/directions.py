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
    classes
        Names of the classes.
    epsilon, n_samples
        ε and N.
    """

    direction: Int64[np.ndarray, " rows"]
    sign: Int64[np.ndarray, " rows"]
    count: Int64[np.ndarray, " rows"]
    kurtosis: Float64[np.ndarray, " rows"]
    code: Int64[np.ndarray, " rows"]
    purity: Float64[np.ndarray, " rows"]
    coverage: Float64[np.ndarray, " rows"]
    classes: tuple[str, ...]
    epsilon: float
    n_samples: int

    def __len__(self) -> int:
        return len(self.count)

    @property
    def label(self) -> list[str | None]:
        """Name of each row's class, None where there is none."""
        return [None if code < 0 else self.classes[code] for code in self.code]

    def to_dataframe(self) -> "pd.DataFrame":
        """Return one row a direction and sign; label, purity and coverage only with labels."""
        import pandas as pd  # noqa: PLC0415

        columns: dict[str, Any] = {
            "direction": self.direction,
            "sign": self.sign,
            "count": self.count,
            "kurtosis": self.kurtosis,
        }
        if self.classes:
            columns |= {"label": self.label, "purity": self.purity, "coverage": self.coverage}
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
    parts: list[_DirectionSums] = []
    for done, part in _count_rows(store, basis, epsilon, class_codes):
        if part is not None:
            parts.append(part)
        yield done
        store.check_size(n_samples)
    counts, fourth = (torch.cat(column).cpu() for column in zip(*parts, strict=True))
    table, m = counts.numpy(), basis.n_directions
    kurtosis = kurtosis_of(fourth, n_samples - store.n_zero, basis.n_dims)
    kurtosis[basis.dead] = torch.nan
    table.reshape(m, 2, -1)[basis.dead] = 0
    count = table.sum(axis=1)
    code, purity, coverage = _majority(table, count, class_codes)
    return Directions(
        direction=np.repeat(np.arange(m, dtype=np.int64), 2),
        sign=np.tile(np.array([1, -1], dtype=np.int64), m),
        count=count,
        kurtosis=np.repeat(kurtosis.numpy(), 2),
        code=code,
        purity=purity,
        coverage=coverage,
        classes=() if class_codes is None else class_codes.names,
        epsilon=epsilon,
        n_samples=n_samples,
    )


class _DirectionSums(NamedTuple):
    """Sums over the samples, of some directions.

    Attributes
    ----------
    counts
        Those along each by class, of b_i and of -b_i.
    fourth
        As `fourth_power_sums` returns them.
    """

    counts: Int64[Tensor, "rows classes"]
    fourth: Int64[Tensor, " directions"]


def _count_rows(
    store: SampleStore, basis: Basis, epsilon: float, class_codes: ClassCodes | None
) -> Generator[tuple[float, _DirectionSums | None], None, None]:
    """Yield the share done, and the sums of the next directions, None while incomplete."""
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
                yield done / total, None
        yield done / total, _DirectionSums(table.view(2 * width, n_classes), fourth)


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


def _majority(
    table: Int64[np.ndarray, "rows classes"],
    count: Int64[np.ndarray, " rows"],
    class_codes: ClassCodes | None,
) -> tuple[Int64[np.ndarray, " rows"], Float64[np.ndarray, " rows"], Float64[np.ndarray, " rows"]]:
    """Return each row's largest class, its purity and its coverage."""
    purity, coverage = np.full((2, len(count)), np.nan)
    if class_codes is None:
        return np.full(len(count), -1, dtype=np.int64), purity, coverage
    by_label = table.copy()
    if class_codes.labels.missing is not None:
        by_label[:, class_codes.labels.missing] = 0
    code = by_label.argmax(axis=1)
    largest = by_label[np.arange(len(by_label)), code]
    found = largest > 0
    np.divide(largest, count, out=purity, where=found)
    np.divide(largest, class_codes.sizes[code], out=coverage, where=found)
    return np.where(found, code, -1), purity, coverage

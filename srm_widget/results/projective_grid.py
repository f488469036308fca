"""Densities of all planes side by side: rows of models, columns of steps, on one scale."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float64, UInt8

from srm_widget.results.density import Density

LEVELS = 64
"""Colours of the scale."""

_MOST_RATIO = 32.0
"""Ratio, and its inverse, at which the scale of colours ends at the latest."""

_LEAST_RATIO = 2.0


@dataclass(frozen=True, eq=False)
class ProjectiveGrid:
    """Densities of all planes of several models at several steps.

    Attributes
    ----------
    models
        Names of the rows.
    steps
        Labels of the columns, row by row: they may differ.
    densities
        Row by row, all at one ε, in the same bins.
    by_ratio
        Whether they are shown divided by what isotropy gives, rather than as shares of their hits.
    least
        Where isotropy would give fewer, no ratio is shown.
    """

    models: list[str]
    steps: list[list[str]]
    densities: list[list[Density]]
    by_ratio: bool
    least: float

    @property
    def first(self) -> Density:
        """One of them: ε, bins and kind of coordinates are those of all."""
        return self.densities[0][0]

    @property
    def column_labels(self) -> list[str] | None:
        """Labels of the columns where all rows have the same; else None."""
        own = self.steps[0]
        return own if all(labels == own for labels in self.steps) else None

    @cached_property
    def values(self) -> list[list[Float64[np.ndarray, "bins bins"]]]:
        """What is shown: shares of the hits, NaN for none; or ratios, NaN where they say little."""
        return [[self._values(density) for density in row] for row in self.densities]

    @cached_property
    def scale(self) -> tuple[float, float]:
        """Ends of the logarithmic scale of colours, the same for all panels."""
        shown = [values[values > 0] for row in self.values for values in row]
        known = np.concatenate(shown)
        if self.by_ratio:
            far = float(np.abs(np.log(known)).max(initial=0.0))
            end = min(_MOST_RATIO, max(_LEAST_RATIO, float(np.exp(far))))
            return 1 / end, end
        if not len(known):
            return 0.1, 1.0
        low, high = float(known.min()), float(known.max())
        return (low, high) if low < high else (low / 10, high)

    @property
    def is_cut(self) -> bool:
        """Whether some ratios are beyond the ends of the scale."""
        return self.by_ratio and self.scale[1] == _MOST_RATIO

    def picture(self, row: int, column: int) -> UInt8[np.ndarray, "bins bins"]:
        """Return a panel as codes of colours, the second coordinate falling from row to row.

        0 is nothing, 1 samples where no ratio is known, and 2 … 1 + `LEVELS` places on the scale.
        """
        values, (low, high) = self.values[row][column], self.scale
        known = ~np.isnan(values)
        with np.errstate(divide="ignore"):
            place = np.log(values[known] / low) / np.log(high / low)
        codes = ((self.densities[row][column].counts > 0) & ~known).astype(np.uint8)
        codes[known] = 2 + np.rint((LEVELS - 1) * place.clip(0.0, 1.0)).astype(np.uint8)
        return codes.T[::-1]

    def facts(self) -> str:
        """Return what the panels show and rest on, in sentences."""
        first = self.first
        of = "x · e₁ and x · e₂ of the activations" if first.raw else "x̂ · e₁ and x̂ · e₂"
        kept = (
            f"samples of an in-plane share of at least ε = {first.epsilon:g}"
            if first.epsilon > 0
            else "all samples"
        )
        bins, all_ = len(first.counts), [density for row in self.densities for density in row]
        planes = _range([density.n_planes for density in all_], "plane")
        samples = _range([density.n_samples for density in all_], "sample")
        return (
            f"In-plane coordinates {of} in all planes, laid over one another: {kept}. Of each "
            f"panel {planes} and {samples}; a sample is a hit in every plane that it is near to. "
            f"{bins} × {bins} bins up to ±{first.extent:.3g}, the first coordinate across, the "
            f"second up. {self.scale_facts}"
        )

    @property
    def scale_facts(self) -> str:
        """What colours stand for, in a sentence."""
        if not self.by_ratio:
            return "Colour: share of the panel's hits in a bin, on one logarithmic scale for all."
        lengths = " and the same lengths" if self.first.raw else ""
        return (
            f"Colour: counts divided by those of isotropic directions{lengths}, on one logarithmic "
            f"scale for all; grey are samples where these would give fewer than {self.least:g}."
        )

    def weight(self, row: int, column: int) -> str:
        """Return what a panel rests on, in words."""
        density = self.densities[row][column]
        hits = f"{density.n_hits:,} " + ("hit" if density.n_hits == 1 else "hits")
        beyond = f", {density.n_outside:,} outside" if density.n_outside else ""
        return hits + beyond

    def _values(self, density: Density) -> Float64[np.ndarray, "bins bins"]:
        if self.by_ratio:
            return density.ratio(self.least)
        counts = density.counts.astype(np.float64)
        counts[counts == 0] = np.nan
        result: np.ndarray = counts / max(1, density.n_hits)
        return result


def _range(numbers: list[int], what: str) -> str:
    """Return some numbers of something in words, or from the least to the most."""
    low, high = min(numbers), max(numbers)
    many = f"{low:,}" if low == high else f"{low:,} … {high:,}"
    return f"{many} {what}" + ("" if high == 1 else "s")

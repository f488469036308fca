"""Counts as a source of resonance in place of an engine: answers without samples."""

from collections.abc import Generator
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.engine.engine import ResonanceEngine
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import TURN
from srm_widget.geometry.basis import Basis
from srm_widget.plane.beam import Beam
from srm_widget.plane.density import Density
from srm_widget.results.curves import Resonance
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.results.survey import Survey
from srm_widget.samples.store import as_rows
from srm_widget.streaming.counts import ResonanceCounts
from srm_widget.survey.directions import Directions
from srm_widget.utils.callbacks import WeakCallbacks

_Result = TypeVar("_Result")


class CountsSource:
    """Answers from `ResonanceCounts` as a `ResonanceEngine` does, as far as counts can.

    Parameters
    ----------
    counts
        Counts of at least one sample.
    """

    def __init__(self, counts: ResonanceCounts) -> None:
        if counts.n_samples == 0:
            raise ValueError("expected counts of at least one sample, got none; append some")
        self.counts = counts
        self.listeners = WeakCallbacks()

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        return self.counts.basis

    @property
    def n_samples(self) -> int:
        """N, samples counted."""
        return self.counts.n_samples

    @property
    def n_rows(self) -> int:
        """Rows of the activations counted, those dropped among them."""
        return self.counts.n_samples + self.counts.n_dropped

    @property
    def n_zero(self) -> int:
        """Rows of zeros among the samples."""
        return self.counts.n_zero

    @property
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""
        return self.counts.n_dropped

    @property
    def n_dims(self) -> int:
        """D, dimensions of the activations."""
        return self.counts.n_dims

    @property
    def n_directions(self) -> int:
        """M, directions of the basis."""
        return self.counts.n_directions

    @property
    def n_planes(self) -> int:
        """Unordered pairs of directions, M (M - 1) / 2."""
        return plane_index.n_planes(self.n_directions)

    @property
    def levels(self) -> list[float]:
        """Levels of ε counted, rising."""
        return sorted(self.counts.epsilons)

    @property
    def resolution(self) -> int:
        """K, angles counted."""
        return self.counts.resolution

    @property
    def has_survey(self) -> bool:
        """Whether all planes i < j are counted, and no others."""
        return self.counts.all_planes and self.counts.variant == "combination"

    def agrees(self, other: "CountsSource") -> bool:
        """Return whether the same planes were counted at the same levels of ε and angles."""
        mine, theirs = self.counts, other.counts
        return (self.levels, self.resolution, mine.all_planes, mine.variant) == (
            other.levels,
            other.resolution,
            theirs.all_planes,
            theirs.variant,
        ) and (mine.all_planes or np.array_equal(mine.planes, theirs.planes))

    def append(self, batch: Any) -> None:
        """Count more samples, (n, D); a scope that shows the counts follows."""
        self.counts.append(batch)
        self.listeners.call()

    def auto_epsilon(self) -> float:
        """Return the first level of ε."""
        return self.counts.epsilons[0]

    def resolved_epsilon(self, epsilon: float | str) -> float:
        """Return ε as one of the levels counted; `auto_epsilon` for "auto".

        Raises
        ------
        ValueError
            If ε is none of the levels.
        """
        if isinstance(epsilon, str) and epsilon == "auto":
            return self.auto_epsilon()
        value = checked_epsilon(epsilon)
        if value in self.counts.epsilons:
            return value
        known = ", ".join(f"{level:g}" for level in self.levels)
        raise ValueError(f"expected epsilon as one of those counted, {known}, got {value!r}")

    def curve(self, i: int, j: int, *, epsilon: float, resolution: int | None = None) -> Resonance:
        """Return the resonance of the plane (i, j) at the angles counted, `resolution` of them."""
        if resolution not in (None, self.resolution):
            raise ValueError(
                f"expected the resolution counted, {self.resolution}, got {resolution}"
            )
        return self.counts.curve(i, j, epsilon=epsilon)

    def curve_steps(
        self, i: int, j: int, *, epsilon: float, resolution: int | None = None
    ) -> Generator[Resonance | None, None, Resonance]:
        """Return `curve` in one step."""
        return _in_one_step(self.curve(i, j, epsilon=epsilon, resolution=resolution))

    def nearest_angle(self, theta: float) -> int:
        """Return the index of the counted angle that is nearest to θ."""
        return round(theta / TURN * self.resolution) % self.resolution

    def beam(self, i: int, j: int, theta: float, *, epsilon: float, **_labels: Any) -> Beam:
        """Return the beam at the nearest angle counted, without the samples: their number alone."""
        n_lit = int(self.curve(i, j, epsilon=epsilon).counts[0, self.nearest_angle(theta)])
        return Beam(n_lit, 0, self.evenly_spaced(0), np.empty(0))

    def beam_steps(self, *plane: Any, **options: Any) -> Generator[Any, None, Beam]:
        """Return `beam` in one step."""
        return _in_one_step(self.beam(*plane, **options))

    def inside(self, *_plane: Any, **_options: Any) -> Int64[np.ndarray, " inside"]:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("those inside the spotlight")

    def radii(self, i: int, j: int) -> Float64[np.ndarray, " levels"]:
        """Return the levels of ε that light the plane, else a radius just below all levels."""
        lit = [e for e in self.levels if self.curve(i, j, epsilon=e).counts.any()]
        return np.array(lit or [self.levels[0] - 0.01])

    def reach_steps(self, i: int, j: int) -> Generator[Any, None, float]:
        """Return the largest of `radii` in one step."""
        return _in_one_step(float(self.radii(i, j).max()))

    def evenly_spaced(self, _most: int) -> Int64[np.ndarray, " none"]:
        """Return no rows: counts keep no samples."""
        return np.empty(0, dtype=np.int64)

    def checked_rows(self, rows: Any) -> Int64[np.ndarray, " none"]:
        """Return no rows, or raise ``IndexError`` if there are any."""
        checked = as_rows(rows)
        if len(checked):
            raise IndexError(f"expected no rows, as counts keep no samples, got {checked[0]}")
        return checked

    def coordinates(self, _i: int, _j: int, indices: Any) -> Float64[np.ndarray, "none 2"]:
        """Return no coordinates: counts keep no samples."""
        return np.empty((len(self.checked_rows(indices)), 2))

    def density(self, _i: int, _j: int, *, bins: int = 128) -> Density:
        """Return a density without samples."""
        edges = np.linspace(-1, 1, bins + 1)
        counts = np.zeros((bins, bins), dtype=np.int64)
        return Density(counts, edges, self.n_samples, self.n_dims, raw=False)

    def density_steps(self, i: int, j: int, *, bins: int = 128) -> Generator[Any, None, Density]:
        """Return `density` in one step."""
        return _in_one_step(self.density(i, j, bins=bins))

    def class_curves(self, *_plane: Any, **_options: Any) -> Any:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("classes")

    def class_curves_steps(self, *plane: Any, **options: Any) -> Generator[Any, None, Any]:
        """Raise ``ValueError``: counts keep no samples."""
        return _in_one_step(self.class_curves(*plane, **options))

    def directions(self, **_options: Any) -> Directions:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("the table of directions")

    def directions_steps(self, **options: Any) -> Generator[float, None, Directions]:
        """Raise ``ValueError``: counts keep no samples."""
        yield 0.0
        return self.directions(**options)

    def survey(
        self, *, epsilon: float, top: int = 100, by: str = "alignment", **_options: Any
    ) -> Survey:
        """Survey all planes at once, at the angles counted."""
        if not self.has_survey:
            raise ValueError("expected counts of all planes i < j, got those of some")
        return self.counts.survey(epsilon=epsilon, top=top, by=by)

    def survey_steps(self, **options: Any) -> Generator[float, None, Survey]:
        """Return `survey` in one step."""
        survey = self.survey(**options)
        yield 1.0
        return survey


ResonanceSource = ResonanceEngine | CountsSource
"""Source of the resonance that a scope shows: an engine with its samples, or counts."""


def _without_samples(what: str) -> ValueError:
    return ValueError(f"expected samples for {what}, got counts, which keep none")


def _in_one_step(result: _Result) -> Generator[Any, None, _Result]:
    """Return `result` after one step that yields None."""
    yield None
    return result

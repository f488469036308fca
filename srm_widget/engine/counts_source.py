"""Counts as a source of resonance in place of an engine: answers without samples."""

from collections.abc import Generator
from typing import Any, SupportsIndex, final

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.concurrency.generators import Progress, in_one_step, reported
from srm_widget.engine.source import ResonanceSource
from srm_widget.geometry.angular_grid import TURN
from srm_widget.geometry.basis import Basis
from srm_widget.plane.beam import Beam
from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.results.curves import ClassCurves, Resonance
from srm_widget.results.density import Density
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.results.survey import Survey
from srm_widget.samples.store import as_rows
from srm_widget.streaming.counts import ResonanceCounts
from srm_widget.survey.directions import Directions
from srm_widget.survey.rotation_test import RotationTest
from srm_widget.survey.significance import Significance
from srm_widget.utils.callbacks import WeakCallbacks
from srm_widget.utils.validation import integer


@final
class CountsSource(ResonanceSource):
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
        self._listeners = WeakCallbacks()

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        return self.counts.basis

    @property
    def n_samples(self) -> int:
        """N, samples counted."""
        return self.counts.n_samples

    @property
    def n_zero(self) -> int:
        """Rows of zeros among the samples."""
        return self.counts.n_zero

    @property
    def n_short(self) -> int:
        """Those of the rows of zeros that are only shorter than the least norm."""
        return self.counts.n_short

    @property
    def preparation(self) -> str:
        """What is done to rows before they are brought to unit length, in words."""
        return self.counts.preparation

    @property
    def groups(self) -> None:
        """None: counts hold no groups."""

    @property
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""
        return self.counts.n_dropped

    @property
    def listeners(self) -> WeakCallbacks:
        """Bound methods to call after samples were counted."""
        return self._listeners

    @property
    def original(self) -> ResonanceCounts:
        """The counts."""
        return self.counts

    @property
    def has_samples(self) -> bool:
        """False: counts keep no samples."""
        return False

    @property
    def has_survey(self) -> bool:
        """Whether all planes i < j are counted, and no others."""
        return self.counts.all_planes and self.counts.variant == "combination"

    @property
    def levels(self) -> list[float]:
        """Levels of ε counted, rising."""
        return sorted(self.counts.epsilons)

    @property
    def resolution(self) -> int:
        """K, angles counted."""
        return self.counts.resolution

    @property
    def fixed_resolution(self) -> int:
        """K, angles counted."""
        return self.counts.resolution

    @property
    def questions(self) -> object:
        """Levels of ε, angles and planes counted."""
        counts = self.counts
        planes = None if counts.all_planes else counts.planes.tolist()
        return self.levels, counts.resolution, counts.variant, planes

    def append(self, batch: Any) -> None:
        """Count more samples, (n, D); a scope that shows the counts follows."""
        self.counts.append(batch)
        self._listeners.call()

    def first_plane(self, *, epsilon: float | str | None = None) -> tuple[int, int]:
        """Return the first plane counted, or, at a level of ε, the first one that is lit there."""
        first, state = 0, self.counts.state
        if epsilon is not None and state is not None:
            plan, totals = state
            first = int((totals.lit[plan.level(self.resolved_epsilon(epsilon))] > 0).int().argmax())
        i, j = self.counts.planes[first].tolist()
        return i, j

    def counted_angle(self, theta: float) -> float:
        """Return the counted angle nearest to θ, radians."""
        return self._nearest_angle(theta) * TURN / self.resolution

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
        value = checked_epsilon(epsilon, or_auto=True)
        if value in self.counts.epsilons:
            return value
        known = ", ".join(f"{level:g}" for level in self.levels)
        raise ValueError(f"expected epsilon as one of those counted, {known}, got {value!r}")

    def n_to_read(self, *_plane: Any, **_options: Any) -> int:
        """Return 0: there are no samples to read."""
        return 0

    def survey_cost(self, _epsilon: float) -> float:
        """Return 0: all is counted already."""
        return 0.0

    def survey_bytes(self, _epsilon: float) -> int:
        """Return 0: all is counted already, and what is made of it is small beside the counts."""
        return 0

    @property
    def rows(self) -> Int64[np.ndarray, " none"]:
        """No rows: counts keep no samples."""
        return np.empty(0, dtype=np.int64)

    def evenly_spaced(self, _most: int) -> Int64[np.ndarray, " none"]:
        """Return no rows: counts keep no samples."""
        return self.rows

    def checked_rows(self, rows: Any) -> Int64[np.ndarray, " none"]:
        """Return no rows, or raise ``IndexError`` if there are any."""
        checked = as_rows(rows)
        if len(checked):
            raise IndexError(f"expected no rows, as counts keep no samples, got {checked[0]}")
        return checked

    def preparation_of(self, _rows: Any) -> str:
        """Return `preparation`: counts keep no samples to tell apart."""
        return self.preparation

    def unit_rows(self, rows: Any) -> Float[Tensor, "none dims"]:
        """Return no unit rows: counts keep no samples."""
        return torch.empty((len(self.checked_rows(rows)), self.n_dims))

    def coordinates(
        self, _i: SupportsIndex, _j: SupportsIndex, indices: Any
    ) -> Float64[np.ndarray, "none 2"]:
        """Return no coordinates: counts keep no samples."""
        return np.empty((len(self.checked_rows(indices)), 2))

    def radii(self, _i: SupportsIndex, _j: SupportsIndex) -> Float64[np.ndarray, " none"]:
        """Return no radii: counts keep no samples."""
        return np.empty(0)

    def curve_steps(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        *,
        epsilon: float | str,
        resolution: SupportsIndex | None = None,
        angles: Any = None,
    ) -> Generator[None, None, Resonance]:
        """Return the resonance of the plane (i, j) at the angles counted, `resolution` of them."""
        fixed = self.resolution
        if angles is not None or (resolution is not None and resolution != fixed):
            asked = "other angles" if angles is not None else resolution
            raise ValueError(f"expected the resolution counted, {fixed}, got {asked}")
        return in_one_step(self.counts.curve(i, j, epsilon=self.resolved_epsilon(epsilon)), None)

    def class_curves_steps(
        self, *_plane: Any, **_options: Any
    ) -> Generator[float, None, ClassCurves]:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("classes")

    def beam_steps(
        self, i: SupportsIndex, j: SupportsIndex, theta: float, *, epsilon: float | str, **_: Any
    ) -> Generator[float, None, Beam]:
        """Return the beam at the nearest angle counted, without the samples: their number alone."""
        n_lit = int(self.curve(i, j, epsilon=epsilon).counts[0, self._nearest_angle(theta)])
        return in_one_step(Beam(n_lit, 0, self.rows, np.empty(0)), 1.0)

    def inside(self, *_plane: Any, **_options: Any) -> Int64[np.ndarray, " inside"]:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("those inside the spotlight")

    def reach_steps(self, i: SupportsIndex, j: SupportsIndex) -> Generator[float, None, float]:
        """Return the largest level of ε that lights the plane, else a little less than all."""
        lit = [level for level in self.levels if self.curve(i, j, epsilon=level).counts.any()]
        return in_one_step(max(lit, default=self.levels[0] - 0.01), 1.0)

    def density_steps(
        self, _i: SupportsIndex, _j: SupportsIndex, *, bins: SupportsIndex = 128
    ) -> Generator[float, None, Density]:
        """Return a density without samples."""
        n_bins = integer("bins", bins, least=1)
        counts = np.zeros((n_bins, n_bins), dtype=np.int64)
        edges = np.linspace(-1, 1, n_bins + 1)
        return in_one_step(Density(counts, edges, self.n_samples, self.n_dims, raw=False), 1.0)

    def ensemble_density_steps(self, **_options: Any) -> Generator[float, None, Density]:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("the density of all planes")

    def directions_steps(self, **_options: Any) -> Generator[float, None, Directions]:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("the table of directions")

    def survey_steps(
        self,
        *,
        epsilon: float | str,
        top: SupportsIndex = 100,
        by: str = "alignment",
        per_direction: SupportsIndex | None = None,
        progress: Progress = None,
        **_angles: Any,
    ) -> Generator[float, None, Survey]:
        """Survey all planes at once, at the angles counted."""
        if not self.has_survey:
            raise ValueError("expected counts of all planes i < j, got those of some")
        level = self.resolved_epsilon(epsilon)
        survey = self.counts.survey(epsilon=level, top=top, by=by, per_direction=per_direction)
        return reported(in_one_step(survey, 1.0), progress, "planes")

    def coactive_steps(self, **_options: Any) -> Generator[float, None, CoactivePlanes]:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("the pairs that fire together")

    def alignment_steps(
        self, *, epsilon: float | str | None = None
    ) -> Generator[float, None, float]:
        """Return the alignment of all samples with the basis, A₄ or A(ε) at a level."""
        level = None if epsilon is None else self.resolved_epsilon(epsilon)
        return in_one_step(self.counts.alignment(epsilon=level), 1.0)

    @property
    def participation(self) -> float:
        """Participation number n_eff: on how many directions a sample stands."""
        return self.counts.participation

    def rotation_test_steps(self, **_options: Any) -> Generator[float, None, RotationTest]:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("the rotation test")

    def significance_steps(self, **_asked: Any) -> Generator[float, None, Significance]:
        """Raise ``ValueError``: counts keep no samples."""
        raise _without_samples("p over all planes")

    def significance_cost(self, _epsilon: float | str) -> float:
        """Return 0: there are no samples to test."""
        return 0.0

    def _nearest_angle(self, theta: float) -> int:
        """Return the index of the counted angle that is nearest to θ."""
        return round(theta / TURN * self.resolution) % self.resolution


def _without_samples(what: str) -> ValueError:
    return ValueError(f"expected samples for {what}, got counts, which keep none")

"""One step of a timeline: an engine under a label, and what is known of its alignment."""

from collections.abc import Generator
from typing import Any

import numpy as np
from cachetools import LRUCache

from srm_widget.engine.counts_source import CountsSource, ResonanceSource
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey
from srm_widget.samples.activations import as_activations, computing_dtype
from srm_widget.streaming.counts import ResonanceCounts

_AXES = 8
"""Angles at which the alignment of two orthogonal directions is read: four axes, four bisectors."""

_KEPT = 256
_LEAST_CACHE = 1 << 20


class TimelineStep:
    """One step of a timeline.

    Parameters
    ----------
    label
        What it is called.
    engine
        Of its activations, to which samples may be appended; or its counts.

    Attributes
    ----------
    n_rows
        Rows of its activations when it was recorded.
    """

    def __init__(self, label: str, engine: ResonanceSource) -> None:
        self.label, self.engine = label, engine
        self.n_rows = engine.n_rows
        self._resolution = engine.resolution if isinstance(engine, CountsSource) else _AXES
        self._alignment: LRUCache[tuple[int, int, float], tuple[int, float]] = LRUCache(_KEPT)
        self._ensemble: LRUCache[float, tuple[int, float]] = LRUCache(_KEPT)

    @property
    def recorded(self) -> ResonanceEngine | ResonanceCounts:
        """What was recorded."""
        return self.engine.counts if isinstance(self.engine, CountsSource) else self.engine

    @property
    def has_survey(self) -> bool:
        """Whether all planes can be surveyed."""
        return not isinstance(self.engine, CountsSource) or self.engine.has_survey

    def check_rows(self, what: str, n_rows: int | None) -> None:
        """Raise ``ValueError`` if `what` of so many rows is not for the rows of this step.

        Rows that were appended have none. None: for any rows.
        """
        if n_rows is not None and not self.n_rows <= n_rows <= self.engine.n_rows:
            raise ValueError(
                f"expected {what} for the {self.engine.n_rows} rows of step {self.label!r}, got "
                f"those of {n_rows} rows"
            )

    def alignment(self, i: int, j: int, epsilon: float) -> float:
        """Alignment contrast of one plane; NaN where nothing is lit or no plane is spanned."""
        known = self.known((i, j), epsilon)
        if known is not None:
            return known
        if not self.engine.basis.spans(i, j):
            self._alignment[min(i, j), max(i, j), epsilon] = self.engine.n_samples, np.nan
            return np.nan
        curve = self.engine.curve(i, j, epsilon=epsilon, resolution=self._resolution)
        self.note(curve)
        return float(curve.alignment[0])

    def known(self, pair: tuple[int, int], epsilon: float) -> float | None:
        """`alignment`, if it is known."""
        known = self._alignment.get((min(pair), max(pair), epsilon))
        return None if known is None or known[0] != self.engine.n_samples else known[1]

    def note(self, curve: Resonance) -> None:
        """Keep the alignment that `curve`, of one plane in this step, has."""
        i, j = sorted(curve.planes[0].tolist())
        self._alignment[i, j, curve.epsilon] = curve.n_samples, float(curve.alignment[0])

    def ensemble(self, epsilon: float) -> float | None:
        """Alignment of all planes together, if it is known."""
        known = self._ensemble.get(epsilon)
        return None if known is None or known[0] != self.engine.n_samples else known[1]

    def ensemble_steps(self, epsilon: float) -> Generator[float, None, float]:
        """The same computed in short steps, unless it is known; yields the share done."""
        known = self.ensemble(epsilon)
        if known is not None or not self.has_survey:
            return np.nan if known is None else known
        # Alignment does not depend on the resolution, but a survey at the usual one may be at hand.
        survey = yield from self.engine.survey_steps(
            epsilon=epsilon, resolution=DEFAULT_RESOLUTION, top=0
        )
        return self.take(survey)

    def take(self, survey: Survey) -> float:
        """Note the alignment of all planes that `survey`, of this step's engine, found."""
        found = overall_alignment(survey)
        self._ensemble[survey.epsilon] = survey.n_samples, found
        return found


def overall_alignment(survey: Survey) -> float:
    """Alignment of all planes together: Σ axes - Σ between over their sum; NaN if both are 0."""
    axes, between = int(survey.lit.axes.sum()), int(survey.lit.between.sum())
    return (axes - between) / (axes + between) if axes + between else np.nan


def as_source(activations_or_engine: Any, basis: Any = None, **options: Any) -> ResonanceSource:
    """Return the engine or the counts that came, or an engine of activations with `options`."""
    if activations_or_engine is None:
        raise TypeError("expected activations of shape (N, D) or a ResonanceEngine, got None")
    if isinstance(activations_or_engine, CountsSource):
        return activations_or_engine
    if isinstance(activations_or_engine, ResonanceCounts):
        if basis is not None:
            raise TypeError("expected no basis beside counts, which have their own")
        return CountsSource(activations_or_engine)
    if not isinstance(activations_or_engine, ResonanceEngine):
        return ResonanceEngine(activations_or_engine, basis, **options)
    if basis is not None:
        raise TypeError("expected no basis beside an engine, which has its own")
    if activations_or_engine.n_samples == 0:
        raise ValueError("expected an engine with at least one sample, got none; append some")
    return activations_or_engine


def as_light_source(activations_or_engine: Any, basis: Any) -> ResonanceSource:
    """As `as_source`; an engine made here is one of many and keeps little to save work."""
    held = ResonanceEngine, ResonanceCounts, CountsSource
    if activations_or_engine is None or isinstance(activations_or_engine, held):
        return as_source(activations_or_engine, basis)
    values = as_activations(activations_or_engine)
    copy = values.shape[0] * values.shape[1] * computing_dtype(values).itemsize
    return as_source(values, basis, cache_bytes=max(copy, _LEAST_CACHE))

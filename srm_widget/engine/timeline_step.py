"""One step of a timeline: an engine or counts under a label, and the alignment computed of it."""

from collections.abc import Generator

import numpy as np
from cachetools import LRUCache

from srm_widget.engine.source import ResonanceSource
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey

_FEWEST_ANGLES = 4
"""K of a curve whose alignment alone is wanted."""

_ALIGNMENTS_KEPT = 256


class TimelineStep:
    """One step of a timeline: an engine or counts, and the alignments computed of it.

    Parameters
    ----------
    label
        Name of the step.
    engine
        Engine of its activations, to which samples may be appended; or its counts.

    Attributes
    ----------
    n_rows
        Rows of its activations when it was recorded.
    """

    def __init__(self, label: str, engine: ResonanceSource) -> None:
        self.label, self.engine = label, engine
        self.n_rows = engine.n_rows
        fixed = engine.fixed_resolution
        self._resolution = _FEWEST_ANGLES if fixed is None else fixed
        # Each with the number of samples it was computed of.
        self._of_planes: LRUCache[tuple[int, int, float], tuple[int, float]] = LRUCache(
            _ALIGNMENTS_KEPT
        )
        self._of_ensemble: LRUCache[float, tuple[int, float]] = LRUCache(_ALIGNMENTS_KEPT)

    def check_rows(self, what: str, n_rows: int | None) -> None:
        """Raise ``ValueError`` if `what`, given for `n_rows` rows, is not for those of this step.

        It may lack rows that were appended. None: it is for any rows.
        """
        if n_rows is not None and not self.n_rows <= n_rows <= self.engine.n_rows:
            raise ValueError(
                f"expected {what} for the {self.engine.n_rows} rows of step {self.label!r}, got "
                f"those of {n_rows} rows"
            )

    def alignment(self, i: int, j: int, epsilon: float) -> float:
        """Compute the alignment of one plane; NaN where nothing is lit or no plane is spanned."""
        known = self.known_alignment((i, j), epsilon)
        if known is not None:
            return known
        if not self.engine.basis.spans(i, j):
            self._of_planes[min(i, j), max(i, j), epsilon] = self.engine.n_samples, np.nan
            return np.nan
        curve = self.engine.curve(i, j, epsilon=epsilon, resolution=self._resolution)
        self.note_curve(curve)
        return float(curve.alignment[0])

    def known_alignment(self, pair: tuple[int, int], epsilon: float) -> float | None:
        """Return the alignment of one plane, or None if it is not computed yet."""
        known = self._of_planes.get((min(pair), max(pair), epsilon))
        return None if known is None or known[0] != self.engine.n_samples else known[1]

    def note_curve(self, curve: Resonance) -> None:
        """Keep the alignment of `curve`, which is of one plane in this step."""
        i, j = sorted(curve.planes[0].tolist())
        self._of_planes[i, j, curve.epsilon] = curve.n_samples, float(curve.alignment[0])

    def ensemble_steps(self, epsilon: float) -> Generator[float, None, float]:
        """Compute the alignment of all planes together in short steps; yields the share done."""
        known = self.known_ensemble(epsilon)
        if known is not None or not self.engine.has_survey:
            return np.nan if known is None else known
        survey = yield from self.engine.survey_steps(
            epsilon=epsilon, resolution=DEFAULT_RESOLUTION, top=0
        )
        return self.note_survey(survey)

    def known_ensemble(self, epsilon: float) -> float | None:
        """Return the alignment of all planes together, or None if it is not computed yet."""
        known = self._of_ensemble.get(epsilon)
        return None if known is None or known[0] != self.engine.n_samples else known[1]

    def note_survey(self, survey: Survey) -> float:
        """Keep and return the alignment of all planes together in `survey` of this step."""
        self._of_ensemble[survey.epsilon] = survey.n_samples, survey.alignment
        return survey.alignment

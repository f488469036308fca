"""One step of a timeline: an engine or counts under a label, and the alignment computed of it."""

from collections.abc import Generator
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache

from srm_widget.engine.source import ResonanceSource
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey
from srm_widget.survey.rotation_test import RotationTest

_FEWEST_ANGLES = 4
"""K of a curve whose alignment alone is wanted."""

_ALIGNMENTS_KEPT = 256

TestKey = tuple[int, str, int]
"""What tells rotation tests of A₄ apart: R, the null's name, and the seed."""


class PlaneAlignment(NamedTuple):
    """Alignment of one plane, and its standard error, infinite where nothing is known of it."""

    alignment: float
    error: float


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
        self.__setstate__((label, engine, engine.n_rows))

    def __getstate__(self) -> tuple[str, ResonanceSource, int]:
        return self.label, self.engine, self.n_rows

    def __setstate__(self, state: tuple[str, ResonanceSource, int]) -> None:
        self.label, self.engine, self.n_rows = state
        engine = self.engine
        fixed = engine.fixed_resolution
        self._resolution = _FEWEST_ANGLES if fixed is None else fixed
        # Each with the number of samples it was computed of; of the layer by ε, None for A₄.
        self._of_planes: LRUCache[tuple[int, int, float], tuple[int, PlaneAlignment]] = LRUCache(
            _ALIGNMENTS_KEPT
        )
        self._of_layer: LRUCache[float | None, tuple[int, float]] = LRUCache(_ALIGNMENTS_KEPT)
        self._test: tuple[TestKey, int, RotationTest] | None = None

    def check_rows(self, what: str, n_rows: int | None) -> None:
        """Raise ``ValueError`` if `what`, given for `n_rows` rows, is not for those of this step.

        It may lack rows that were appended. None: it is for any rows.
        """
        if n_rows is not None and not self.n_rows <= n_rows <= self.engine.n_rows:
            raise ValueError(
                f"expected {what} for the {self.engine.n_rows} rows of step {self.label!r}, got "
                f"those of {n_rows} rows"
            )

    def alignment(self, i: int, j: int, epsilon: float) -> PlaneAlignment:
        """Compute the alignment of one plane; NaN where nothing is lit or no plane is spanned."""
        known = self.known_alignment((i, j), epsilon)
        if known is not None:
            return known
        if not self.engine.basis.spans(i, j):
            nothing = PlaneAlignment(np.nan, np.inf)
            self._of_planes[min(i, j), max(i, j), epsilon] = self.engine.n_samples, nothing
            return nothing
        curve = self.engine.curve(i, j, epsilon=epsilon, resolution=self._resolution)
        return self.note_curve(curve)

    def known_alignment(self, pair: tuple[int, int], epsilon: float) -> PlaneAlignment | None:
        """Return the alignment of one plane, or None if it is not computed yet."""
        known = self._of_planes.get((min(pair), max(pair), epsilon))
        return None if known is None or known[0] != self.engine.n_samples else known[1]

    def note_curve(self, curve: Resonance) -> PlaneAlignment:
        """Keep and return the alignment of `curve`, which is of one plane in this step."""
        i, j = sorted(curve.planes[0].tolist())
        found = PlaneAlignment(float(curve.alignment[0]), float(curve.alignment_error[0]))
        self._of_planes[i, j, curve.epsilon] = curve.n_samples, found
        return found

    def layer_steps(self, epsilon: float | None) -> Generator[float, None, float]:
        """Compute the alignment of all samples, A₄ or A(ε), in short steps; yields the share done.

        NaN for A(ε) in counts of some planes alone.
        """
        known = self.known_layer(epsilon)
        if known is not None:
            return known
        if epsilon is not None and not self.engine.has_survey:
            return np.nan
        n_samples = self.engine.n_samples
        found = yield from self.engine.alignment_steps(epsilon=epsilon)
        self._of_layer[epsilon] = n_samples, found
        return found

    def known_layer(self, epsilon: float | None) -> float | None:
        """Return the alignment of all samples, or None if it is not computed yet."""
        known = self._of_layer.get(epsilon)
        return None if known is None or known[0] != self.engine.n_samples else known[1]

    def note_survey(self, survey: Survey) -> None:
        """Keep the alignments of all samples that `survey`, of this step, tells."""
        self._of_layer[survey.epsilon] = survey.n_samples, survey.alignment
        if survey.fourth_moment_alignment is not None:
            self._of_layer[None] = survey.n_samples, survey.fourth_moment_alignment

    def test_steps(self, key: TestKey) -> Generator[float, None, RotationTest]:
        """Test A₄ against turned bases, in short steps; yields the share done."""
        known = self.known_test(key)
        if known is not None:
            return known
        n_samples, (rotations, null, seed) = self.engine.n_samples, key
        found = yield from self.engine.rotation_test_steps(
            null=null, rotations=rotations, seed=seed
        )
        self._test = key, n_samples, found
        return found

    def known_test(self, key: TestKey) -> RotationTest | None:
        """Return the test of A₄ against turned bases, or None if it is not done yet."""
        if self._test is None or self._test[:2] != (key, self.engine.n_samples):
            return None
        return self._test[2]

"""What a survey of all planes takes in time and memory, looked at before one begins."""

from collections.abc import Callable
from typing import NamedTuple

from srm_widget.engine.source import ResonanceSource
from srm_widget.utils.memory import available_bytes, bytes_text
from srm_widget.view.plane_map import MAP_BYTES

_COSTLY = 2.5e8
"""Projections, or for ε about 0 samples times planes, above which a survey waits until the user
asks for it."""

_COST_OF_SECOND = 2.5e7
"""So many of these take about a second, or less."""

_BYTES_OF_SECOND = 1e8
"""So many bytes of planes take about a second to be filled."""

MOST_UNASKED = 1_000_000_000
"""Bytes above which a survey waits until the user asks for it."""

FEW_PLANES = 1_000_000
"""Planes up to which a survey takes less than that, so that it is not worked out how much."""


class SurveyDemand(NamedTuple):
    """What a survey takes, with its map.

    Attributes
    ----------
    cost
        As `ResonanceSource.survey_cost`.
    n_bytes
        Bytes beyond the samples.
    n_planes
        Planes that are surveyed.
    n_samples
        N.
    """

    cost: float
    n_bytes: int
    n_planes: int
    n_samples: int

    @property
    def is_quick(self) -> bool:
        """Whether it takes so little time that it may begin unasked; its memory may be large."""
        return is_quick(self.cost)

    @property
    def is_large(self) -> bool:
        """Whether it takes so much memory that the user is asked first."""
        return self.n_bytes > MOST_UNASKED

    @property
    def is_costly(self) -> bool:
        """Whether it takes so much time or memory that the user is asked first."""
        return self.is_large or not self.is_quick

    @property
    def is_too_large(self) -> bool:
        """Whether it takes more memory than there is now."""
        room = available_bytes()
        return self.is_large and room is not None and self.n_bytes > room

    @property
    def text(self) -> str:
        """What it takes, as a sentence."""
        planes = f"{self.n_planes:,} planes"
        if not self.is_large:
            return f"{planes} of {self.n_samples:,} samples: this may take a while."
        took = f"{planes}: a survey takes some {bytes_text(self.n_bytes)}"
        if self.is_too_large:
            return f"{took} of memory, and {bytes_text(available_bytes() or 0)} are free here."
        seconds = self.cost / _COST_OF_SECOND + self.n_bytes / _BYTES_OF_SECOND
        return f"{took} and {_duration(seconds)}."


def survey_demand(engine: ResonanceSource, epsilon: float) -> SurveyDemand:
    """Return what a survey of `engine` at `epsilon` takes, estimated from a part of it."""
    n_bytes = MAP_BYTES * engine.n_directions**2
    if engine.n_planes > FEW_PLANES:
        n_bytes += engine.survey_bytes(epsilon)
    return SurveyDemand(engine.survey_cost(epsilon), n_bytes, engine.n_planes, engine.n_samples)


def is_testable(engine: ResonanceSource, demand: Callable[[], SurveyDemand]) -> bool:
    """Return whether the layer can be tested against turned bases.

    Each of these is surveyed, unless the basis is orthonormal; `demand` says what that takes.
    """
    if engine.n_planes <= FEW_PLANES or engine.basis.is_orthonormal:
        return True
    return not demand().is_large


def is_quick(cost: float) -> bool:
    """Return whether what costs as much, see `ResonanceSource.survey_cost`, may begin unasked."""
    return cost <= _COSTLY


def is_large_map(n_directions: int) -> bool:
    """Return whether a map of the planes of so many directions takes much memory."""
    return MAP_BYTES * n_directions**2 > MOST_UNASKED


def _duration(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute"
    return "minutes" if seconds < 3600 else "hours"

"""What the questions to an engine are answered from."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from srm_widget.concurrency.locks import WatchedLock
from srm_widget.engine.sample_set import SampleSet
from srm_widget.plane.plane_queries import PlaneQueries
from srm_widget.results.fresh_source import CurveSource
from srm_widget.samples.store import SampleStore
from srm_widget.survey.surveyor import Surveyor


class EngineParts(ABC):
    """Names of an engine's parts, for the classes of its questions, which have no state.

    The engine owns them; to ask for one of those below before there is a sample raises
    ``ValueError``.
    """

    _lock: WatchedLock
    _samples: SampleSet

    @property
    @abstractmethod
    def _plane_queries(self) -> PlaneQueries:
        """Questions about single planes, and what is kept of the answers."""

    @property
    @abstractmethod
    def _surveyor(self) -> Surveyor:
        """Surveys of all planes, and what is kept of the last one."""

    @property
    @abstractmethod
    def _engine_of(self) -> Callable[[Any], CurveSource]:
        """What makes an engine of other activations, with the settings of this one."""

    @property
    def _store(self) -> SampleStore:
        """The samples."""
        return self._samples.store

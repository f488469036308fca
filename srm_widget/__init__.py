"""Spotlight Resonance Method: how activations lie around a privileged basis, seen and counted."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from srm_widget import basis, datasets
from srm_widget.capture import capture
from srm_widget.counts import ResonanceCounts
from srm_widget.engine import ResonanceEngine
from srm_widget.explorer import SRMExplorer
from srm_widget.functional import spotlight_resonance
from srm_widget.resonance import Resonance
from srm_widget.rotation import RotationTest
from srm_widget.scope import SRMScope
from srm_widget.survey import Survey
from srm_widget.timeline import Timeline

if TYPE_CHECKING:
    from srm_widget import sharded
    from srm_widget.metric import SpotlightResonanceMetric

__version__ = version("srm_widget")

__all__ = [
    "Resonance",
    "ResonanceCounts",
    "ResonanceEngine",
    "RotationTest",
    "SRMExplorer",
    "SRMScope",
    "SpotlightResonanceMetric",
    "Survey",
    "Timeline",
    "__version__",
    "basis",
    "capture",
    "datasets",
    "sharded",
    "spotlight_resonance",
]


def __getattr__(name: str) -> Any:
    """What needs an extra, imported when it is asked for."""
    if name == "SpotlightResonanceMetric":
        return import_module("srm_widget.metric").SpotlightResonanceMetric
    if name == "sharded":
        return import_module("srm_widget.sharded")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Spotlight Resonance Method: counts and shows how activations lie around a privileged basis."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from srm_widget import basis, datasets
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.engine.functional import alignment, kurtosis, spotlight_resonance
from srm_widget.engine.timeline import Timeline
from srm_widget.explorer.explorer import SRMExplorer
from srm_widget.export.projective_grid import projective_grid, save_projective_grid
from srm_widget.hooks.capture import capture
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey
from srm_widget.streaming.counts import ResonanceCounts
from srm_widget.survey.rotation_test import RotationTest
from srm_widget.view.marked_text import MarkedText
from srm_widget.view.tokens import Tokens, tokens
from srm_widget.widget.blank_page import save_blank_page
from srm_widget.widget.scope import SRMScope

if TYPE_CHECKING:
    from srm_widget import sharded
    from srm_widget.distributed.metric import SpotlightResonanceMetric

__version__ = version("srm_widget")

__all__ = [
    "MarkedText",
    "Resonance",
    "ResonanceCounts",
    "ResonanceEngine",
    "RotationTest",
    "SRMExplorer",
    "SRMScope",
    "SpotlightResonanceMetric",
    "Survey",
    "Timeline",
    "Tokens",
    "__version__",
    "alignment",
    "basis",
    "capture",
    "datasets",
    "kurtosis",
    "projective_grid",
    "save_blank_page",
    "save_projective_grid",
    "sharded",
    "spotlight_resonance",
    "tokens",
]


def __getattr__(name: str) -> Any:
    """Import the names that need an extra when they are first used."""
    if name == "SpotlightResonanceMetric":
        return import_module("srm_widget.distributed.metric").SpotlightResonanceMetric
    if name == "sharded":
        return import_module("srm_widget.sharded")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

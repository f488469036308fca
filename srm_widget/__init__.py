"""Spotlight Resonance Method: how activations lie around a privileged basis, seen and counted."""

from importlib.metadata import version

from srm_widget import basis, datasets
from srm_widget.counts import ResonanceCounts
from srm_widget.engine import ResonanceEngine
from srm_widget.explorer import SRMExplorer
from srm_widget.functional import spotlight_resonance
from srm_widget.resonance import Resonance
from srm_widget.rotation import RotationTest
from srm_widget.scope import SRMScope
from srm_widget.survey import Survey

__version__ = version("srm_widget")

__all__ = [
    "Resonance",
    "ResonanceCounts",
    "ResonanceEngine",
    "RotationTest",
    "SRMExplorer",
    "SRMScope",
    "Survey",
    "__version__",
    "basis",
    "datasets",
    "spotlight_resonance",
]

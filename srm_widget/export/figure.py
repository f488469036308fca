"""Matplotlib figure of a scope, and the picture that stands in for it without widgets."""

from typing import TYPE_CHECKING, Any

import numpy as np

from srm_widget.export.display import Picture
from srm_widget.export.snapshot import ScopeSnapshot
from srm_widget.figures import palette
from srm_widget.figures.plot_data import ClassAreas, ComparisonLine, EnsembleBands, PlanePlot
from srm_widget.results.count_histogram import BAND_QUANTILES
from srm_widget.results.curves import Resonance
from srm_widget.view.legend import Legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PICTURE_SIZE = 4.5  # inches

MOST_GAIN = 1e15
"""Gain beyond which isotropic data would light nothing: f is drawn instead."""


def figure_of(plot: PlanePlot, size: float) -> "Figure":
    """Return a Matplotlib polar figure of a scope, `size` inches wide."""
    # Matplotlib takes long to import, and only figures need it.
    from srm_widget.figures.polar_figure import polar_figure  # noqa: PLC0415

    return polar_figure(plot, size=size)


def picture_of(plot: PlanePlot) -> Picture:
    """Return the picture that stands in for a scope where no widgets are shown."""
    from srm_widget.figures.png import small_png  # noqa: PLC0415
    from srm_widget.figures.polar_figure import polar_figure  # noqa: PLC0415

    drawn = small_png(polar_figure(plot, size=_PICTURE_SIZE))
    return Picture(drawn.data, drawn.size, plot.summary)


def plane_plot(snapshot: ScopeSnapshot, curve: Resonance) -> PlanePlot:
    """Return the data of a figure of a scope and its resonance, which were read together."""
    traits, legend = snapshot.traits, snapshot.legend
    frame = traits["_frame"]
    by_class = legend is not None and traits["by_class"] and not traits["signed"]
    gain = traits["scale"] == "gain" and curve.isotropic * MOST_GAIN >= 1
    first, second = frame["names"]
    return PlanePlot(
        resonance=curve,
        names=(first, second),
        theta=frame["theta"],
        n_lit=frame["n_lit"],
        lit_angle=frame["lit_angle"],
        title=traits["title"],
        step=_step_text(snapshot.timeline.labels, frame["step"]),
        signed=traits["signed"],
        gain=gain,
        reach=frame["reach"],
        classes=_class_areas(traits, legend) if legend is not None and by_class else None,
        compared=_comparison_line(snapshot, curve.isotropic, gain=gain),
        ensemble=None if traits["signed"] else _ensemble_bands(traits),
    )


def _step_text(labels: list[str], step: int) -> str:
    """Return label and number of a step; "" if there is only one."""
    return f"{labels[step]} ({step + 1} of {len(labels)})" if len(labels) > 1 else ""


def _class_areas(traits: Any, legend: Legend) -> ClassAreas:
    """Return the curves by class, of the classes that are switched on."""
    counts = np.frombuffer(traits["_class_counts"], "<i4").reshape(len(legend), -1)
    visible = [group for group in range(len(legend)) if group not in traits["hidden_classes"]]
    grey = len(palette.CLASSES) - 1
    return ClassAreas(
        names=tuple(legend.frame["names"][group] for group in visible),
        colours=tuple(grey if group == legend.other else group for group in visible),
        counts=counts[visible].astype(np.int64),
    )


def _ensemble_bands(traits: Any) -> EnsembleBands | None:
    """Return the bands of all planes, if they were surveyed at the step and ε on show."""
    frame, survey = traits["_frame"], traits["_map_frame"]
    asked = survey.get("epsilon"), survey.get("surveyed")
    quantiles = np.frombuffer(traits["_ensemble"], "<f4").astype(np.float64)
    if not len(quantiles) or asked != (frame["epsilon"], frame["step"]):
        return None
    if survey["n_planes"] == 1:  # they are its own curve
        return None
    by_share = quantiles.reshape(len(BAND_QUANTILES), -1)
    return EnsembleBands(by_share, survey["n_lit"], survey["n_planes"])


def _comparison_line(
    snapshot: ScopeSnapshot, isotropic: float, *, gain: bool
) -> ComparisonLine | None:
    """Return the compared step's curve; where rings are gains, in multiples of its own f0."""
    traits = snapshot.traits
    frame: dict[str, Any] = traits["_compared_frame"]
    counts = np.frombuffer(traits["_signed_compared" if traits["signed"] else "_compared"], "<i4")
    if not frame or not len(counts):
        return None
    values = counts / frame["n_samples"]
    if gain and frame["isotropic"] > 0:
        values *= isotropic / frame["isotropic"]
    when = "before" if frame["step"] < traits["_frame"]["step"] else "after"
    return ComparisonLine(f"{when}: {snapshot.timeline.labels[frame['step']]}", values)

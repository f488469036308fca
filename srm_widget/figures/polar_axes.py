"""Drawing a plane on polar axes: grid, curves, spotlight and names of directions."""

import math
import textwrap
from typing import Any

import numpy as np
from jaxtyping import Float64
from matplotlib.ticker import MaxNLocator

from srm_widget.figures import palette
from srm_widget.figures.plot_data import (
    ClassAreas,
    PlanePlot,
    degrees,
    power_of_ten,
)
from srm_widget.geometry.angular_grid import TURN, AngularGrid
from srm_widget.utils.text import shorten_middle

FONT: dict[str, Any] = {"family": "sans-serif", "parse_math": False, "usetex": False}
"""Font of all texts. Names are data: neither mathematics nor TeX."""

ENSEMBLE_ALPHA = 0.09
"""Opacity of a band of all planes; that of half of them lies over that of most."""

SMALL, MIDDLING, LARGE = 8.0, 9.0, 11.0
"""Font sizes, points."""

GAP = 0.14
"""Gap between the rim and the names of directions, inches."""

LETTER, SMALL_LETTER = 0.098, 0.061
"""Widths of a letter, in larger font sizes and in the smallest, inches."""

ISOTROPIC: dict[str, Any] = {"color": palette.QUIET, "lw": 0.9, "ls": (0, (3.2, 2.6))}
COMPARED: dict[str, Any] = {"color": palette.INK, "lw": 1.1, "ls": (0, (0.9, 2.4))}
TOTAL: dict[str, Any] = {"color": palette.INK, "lw": 1.0}
POSITIVE: dict[str, Any] = {"color": palette.CURVE, "lw": 1.5}
NEGATIVE: dict[str, Any] = {"color": palette.NEGATIVE, "lw": 1.5, "ls": (0, (4, 2.4))}
MEDIAN: dict[str, Any] = {"color": palette.AXIS, "lw": 0.9}
"""Styles of lines, in the disc and in the legend."""

MOST_ISOTROPIC = 4.0
"""Multiple of the curve's peak up to which the scale makes room for the isotropic ring."""

OVERLOOKED = 1.25
"""Multiple of the curve's peak up to which the scale makes room for all planes' curves."""

_RING_GAP = 0.24
"""Least distance between labels of rings, inches."""

ROUND_NUMBERS = 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0


def draw_plane(axes: Any, plot: PlanePlot, radius: float, names: list[str]) -> None:
    """Draw a plane on polar axes.

    Parameters
    ----------
    axes
        Empty ``PolarAxes``.
    plot
        Data of the plane.
    radius
        Radius of the disc, inches.
    names
        Names of ±i and ±j, see `direction_labels`.
    """
    maximum = _maximum(plot)
    _draw_grid(axes, plot, maximum)
    _draw_curves(axes, plot, maximum)
    _draw_beam(axes, plot, maximum)
    _draw_ring_labels(axes, plot, maximum, radius)
    _draw_direction_labels(axes, plot, maximum * (1 + GAP / radius), radius + GAP, names)
    if plot.note:
        most = max(12, int(1.4 * radius / SMALL_LETTER))
        note = "\n".join(textwrap.wrap(plot.note, most))
        box = {"boxstyle": "round,pad=0.5", "fc": palette.GROUND, "ec": palette.RIM}
        style = {**FONT, "size": SMALL, "color": palette.INK, "ha": "center", "zorder": 6}
        axes.text(0.5, 0.34, note, **style, bbox=box, transform=axes.transAxes)


def direction_labels(plot: PlanePlot, size: float) -> list[str]:
    """Return the names of +i, +j, −i and −j as they fit, or numbers where those look the same.

    Parameters
    ----------
    plot
        Data of the plane.
    size
        Width of the figure, inches.
    """
    room = int((0.27 * size - GAP) / LETTER) - 1
    first, second = (shorten_middle(name, min(max(room, 3), 9)) for name in plot.names)
    if first == second and plot.names[0] != plot.names[1]:
        first, second = (f"b{direction}" for direction in plot.resonance.planes[0])
    return [f"+{first}", f"+{second}", f"−{first}", f"−{second}"]


def _maximum(plot: PlanePlot) -> float:
    """Return the value at the rim: a round one, not below what is drawn."""
    curve, values = plot.resonance, np.abs(plot.values)
    peak = max(values.max(), 0.0 if plot.compared is None else np.abs(plot.compared.values).max())
    isotropic = 0.0 if plot.signed else curve.isotropic
    planes = 0.0 if plot.ensemble is None else float(plot.ensemble.quantiles.max(initial=0.0))
    if not peak > 0:
        return _round_up(max(isotropic, planes, 1 / curve.n_samples))
    highest = max(peak, isotropic) if isotropic <= MOST_ISOTROPIC * peak else peak
    return _round_up(max(highest, min(planes, OVERLOOKED * peak)))


def _round_up(value: float) -> float:
    """Return the smallest round number not below `value`, at most 1."""
    unit = 10.0 ** math.floor(math.log10(value))
    step = next((each for each in ROUND_NUMBERS if each * unit >= value * (1 - 1e-9)), 10.0)
    return min(1.0, float(f"{step * unit:.3g}"))


def _draw_grid(axes: Any, plot: PlanePlot, maximum: float) -> None:
    axes.set_rlim(0, maximum)
    axes.set_xticks([])
    axes.grid(visible=False, axis="x")
    axes.grid(visible=True, axis="y", color=palette.GRID, linewidth=0.7, linestyle="-")
    axes.set_yticks(_rings(plot, maximum))
    for ring in axes.yaxis.get_gridlines():
        ring.set_clip_on(False)
    axes.tick_params(axis="y", labelleft=False, labelright=False, length=0)
    axes.spines["polar"].set(edgecolor=palette.RIM, linewidth=0.9)
    axes.set_axisbelow(True)
    thin = {"lw": 0.7, "clip_on": False, "zorder": 1}
    for angle in (0.0, plot.alpha):
        axes.plot([angle, angle + math.pi], [1.04 * maximum] * 2, color=palette.AXIS, **thin)
    places = np.arange(72)
    lengths = 0.014 + 0.01 * (places % 3 == 0) + 0.011 * (places % 9 == 0)
    ticks = np.stack([np.ones(72), 1 + lengths, np.full(72, np.nan)], axis=1).ravel()
    axes.plot(np.repeat(places * (TURN / 72), 3), ticks * maximum, color=palette.RIM, **thin)


def _rings(plot: PlanePlot, maximum: float) -> Float64[np.ndarray, " rings"]:
    unit = plot.resonance.isotropic if plot.gain else 1.0
    locator = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])
    ticks = np.asarray(locator.tick_values(0, maximum / unit)) * unit
    return ticks[(ticks > 0) & (ticks <= maximum * (1 + 1e-9))]


def _draw_curves(axes: Any, plot: PlanePlot, maximum: float) -> None:
    curve = plot.resonance
    if plot.signed:
        _draw_lobe(axes, _closed_curve(curve.angles, plot.values, maximum), POSITIVE)
        _draw_lobe(axes, _closed_curve(curve.angles, -plot.values, maximum), NEGATIVE)
    else:
        if plot.ensemble is not None:
            _draw_ensemble(axes, plot.ensemble.quantiles, maximum)
        if plot.classes is not None:
            _draw_classes(axes, plot, plot.classes, maximum)
            closed = _closed_curve(curve.angles, plot.values, maximum)
            axes.plot(*closed, **TOTAL, clip_on=False, zorder=3)
        else:
            if curve.counts.any():
                _draw_band(axes, plot, maximum)
            _draw_lobe(axes, _closed_curve(curve.angles, plot.values, maximum), POSITIVE)
        if curve.isotropic <= maximum:
            ring = np.linspace(0, TURN, 181), np.full(181, curve.isotropic)
            axes.plot(*ring, **ISOTROPIC, clip_on=False, zorder=3.2)
    if plot.compared is not None:
        for sign in (1, -1) if plot.signed else (1,):
            closed = _closed_curve(curve.angles, sign * plot.compared.values, maximum)
            axes.plot(*closed, **COMPARED, clip_on=False, zorder=3.1)


_ClosedCurve = tuple[Float64[np.ndarray, " closed"], Float64[np.ndarray, " closed"]]


def _closed_curve(
    angles: Float64[np.ndarray, " angles"], values: Float64[np.ndarray, " angles"], maximum: float
) -> _ClosedCurve:
    """Return angles and radii of a closed curve, cut off at the rim."""
    radii = values.clip(0, maximum)
    return np.append(angles, angles[0] + TURN), np.append(radii, radii[0])


def _draw_lobe(axes: Any, closed: _ClosedCurve, line: dict[str, Any]) -> None:
    colour, lines = line["color"], {"lw": line["lw"], "ls": line.get("ls", "-")}
    axes.fill(*closed, fc=(colour, 0.1), ec=colour, **lines, clip_on=False, zorder=3)


def _draw_band(axes: Any, plot: PlanePlot, maximum: float) -> None:
    curve = plot.resonance
    low, high = (_closed_curve(curve.angles, each[0], maximum) for each in curve.interval())
    style = {"fc": palette.CURVE, "alpha": 0.2, "lw": 0, "clip_on": False, "zorder": 2.1}
    axes.fill_between(low[0], low[1], high[1], **style)


def _draw_ensemble(
    axes: Any, quantiles: Float64[np.ndarray, "shares angles"], maximum: float
) -> None:
    """Draw where most curves of all planes lie, half of them, and the one in the middle."""
    angles = AngularGrid.uniform(quantiles.shape[1]).angles
    lowest, low, median, high, highest = (
        _closed_curve(angles, values, maximum) for values in quantiles
    )
    style = {"fc": palette.INK, "alpha": ENSEMBLE_ALPHA, "lw": 0, "clip_on": False, "zorder": 1.7}
    for inner, outer in (lowest, highest), (low, high):
        axes.fill_between(inner[0], inner[1], outer[1], **style)
    axes.plot(*median, **MEDIAN, clip_on=False, zorder=1.8)


def _draw_classes(axes: Any, plot: PlanePlot, classes: ClassAreas, maximum: float) -> None:
    """Draw the areas of classes from the outermost in, each over the one before."""
    outlines = classes.counts.cumsum(axis=0) / plot.resonance.n_samples
    for colour, values in reversed(list(zip(classes.colours, outlines, strict=True))):
        own = palette.CLASSES[colour]
        style = {"fc": palette.blend(own, 0.38), "ec": own, "lw": 0.7, "zorder": 2.2}
        closed = _closed_curve(plot.resonance.angles, values, maximum)
        axes.fill(*closed, **style, clip_on=False)


def _draw_beam(axes: Any, plot: PlanePlot, maximum: float) -> None:
    theta, phi = plot.theta, math.acos(plot.resonance.epsilon)
    arc = np.linspace(theta - phi, theta + phi, max(2, math.ceil(math.degrees(phi)) + 1))
    rim = np.full(len(arc), maximum)
    style = {"fc": palette.BEAM, "alpha": 0.17, "lw": 0, "clip_on": False}
    full_circle = phi > math.pi - 1e-6
    edge = ([], []) if full_circle else ([theta], [0.0])
    axes.fill(np.append(arc, edge[0]), np.append(rim, edge[1]), **style, zorder=1.5)
    line = {"color": palette.BEAM_LINE, "clip_on": False, "zorder": 4}
    for angle in () if full_circle else (theta - phi, theta + phi):
        axes.plot([angle, angle], [0, maximum], **line, lw=0.9, ls=(0, (1.4, 2.2)))
    axes.plot([theta, theta], [0, maximum], **line, lw=1.1)


def _draw_ring_labels(axes: Any, plot: PlanePlot, maximum: float, radius: float) -> None:
    """Label rings in per cent or multiples of f0, in the wider sector between the axes."""
    alpha = plot.alpha
    if abs(alpha - math.pi / 2) < math.radians(4):
        angle = math.radians(68)
    else:
        angle = alpha / 2 if alpha > math.pi / 2 else (alpha + math.pi) / 2
    style = {**FONT, "size": 7.0, "color": palette.QUIET, "ha": "center", "va": "center"}
    ground = {"boxstyle": "round,pad=0.12", "fc": palette.GROUND, "ec": "none", "alpha": 0.78}
    unit = plot.resonance.isotropic if plot.gain else 0.01
    rings = _rings(plot, maximum)
    texts = _format_numbers(rings / unit)
    # On a small disc every second label is left out rather than let them touch.
    step = 1 if radius * rings[0] / maximum >= _RING_GAP else 2
    for value, text in zip(rings[::-step], texts[::-step], strict=True):
        place = value - 0.045 * maximum
        label = f"{text} {'×' if plot.gain else '%'}"
        axes.text(angle, place, label, **style, bbox=ground, zorder=4.5)


def _format_numbers(values: Float64[np.ndarray, " rings"]) -> list[str]:
    """Format with as few decimals as tell all values exactly, or as powers of ten."""
    if not 1e-4 <= values.min() <= values.max() < 1e6:
        return [power_of_ten(value) for value in values]
    exact = [d for d in range(8) if np.allclose(values.round(d), values, rtol=1e-6, atol=0)]
    return [f"{value:,.{min(exact, default=8)}f}" for value in values]


def _draw_direction_labels(
    axes: Any, plot: PlanePlot, radius: float, inches: float, names: list[str]
) -> None:
    """Write the names of directions at their angles, and degrees where there is room.

    All at one radius, `inches` from the centre.
    """
    alpha, gap = plot.alpha, 0.2 / inches
    lack = max(0.0, gap - min(alpha, math.pi - alpha)) / 2 * (1 if alpha <= math.pi / 2 else -1)
    angles = [-lack, alpha + lack, math.pi - lack, math.pi + alpha + lack]
    style = {**FONT, "va": "center", "clip_on": False, "zorder": 5}
    for text, angle in zip(names, angles, strict=True):
        own = {
            "size": MIDDLING,
            "weight": "bold",
            "color": palette.INK,
            "ha": _horizontal_alignment(angle),
        }
        axes.text(angle, radius, text, **own, **style)
    for angle in np.arange(8) * (TURN / 8):
        apart = [abs(math.remainder(angle - other, TURN)) for other in angles]
        if min(apart) >= 1.8 * gap:
            own = {"size": SMALL, "color": palette.QUIET, "ha": _horizontal_alignment(angle)}
            axes.text(angle, radius, degrees(angle), **own, **style)


def _horizontal_alignment(angle: float) -> str:
    x = math.cos(angle)
    if abs(x) < 0.35:
        return "center"
    return "left" if x > 0 else "right"

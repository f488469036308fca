"""The disc of a polar figure: grid, curves, spotlight and directions, on Matplotlib's axes."""

import math
import textwrap
from typing import Any

import numpy as np
from jaxtyping import Float64
from matplotlib.ticker import MaxNLocator

from srm_widget.figures import palette
from srm_widget.figures.plot_data import ClassAreas, PlanePlot, degrees, power_of_ten
from srm_widget.geometry.angular_grid import TURN
from srm_widget.utils.text import shortened

FONT: dict[str, Any] = {"family": "sans-serif", "parse_math": False, "usetex": False}
"""Names are data: neither mathematics nor TeX."""

SMALL, MIDDLING, LARGE = 8.0, 9.0, 11.0
"""Sizes of letters, points."""

GAP = 0.14
"""Between the rim and the names of directions, inches."""

LETTER, SMALL_LETTER = 0.098, 0.061
"""Widths of a letter, inches."""

ISOTROPIC: dict[str, Any] = {"color": palette.QUIET, "lw": 0.9, "ls": (0, (3.2, 2.6))}
COMPARED: dict[str, Any] = {"color": palette.INK, "lw": 1.1, "ls": (0, (0.9, 2.4))}
TOTAL: dict[str, Any] = {"color": palette.INK, "lw": 1.0}
POSITIVE: dict[str, Any] = {"color": palette.CURVE, "lw": 1.5}
NEGATIVE: dict[str, Any] = {"color": palette.NEGATIVE, "lw": 1.5, "ls": (0, (4, 2.4))}
"""Lines, in the disc and in the legend."""

_SQUASHED = 4.0  # isotropy is worth a ring while it leaves the curve this share of the radius
_APART = 0.24  # inches between labels of rings
_ROUND = np.array([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])


def draw_plane(axes: Any, shown: PlanePlot, radius: float, names: list[str]) -> None:
    """Draw a plane on polar axes.

    Parameters
    ----------
    axes
        Empty ``PolarAxes``.
    shown
        The plane.
    radius
        Of the disc, inches.
    names
        Of ±i and ±j, see `direction_labels`.
    """
    maximum = _maximum(shown)
    _draw_grid(axes, shown, maximum)
    _draw_curves(axes, shown, maximum)
    _draw_beam(axes, shown, maximum)
    _draw_ring_labels(axes, shown, maximum, radius)
    _draw_labels(axes, shown, maximum * (1 + GAP / radius), radius + GAP, names)
    if shown.note:
        most = max(12, int(1.4 * radius / SMALL_LETTER))
        note = "\n".join(textwrap.wrap(shown.note, most))
        box = {"boxstyle": "round,pad=0.5", "fc": palette.GROUND, "ec": palette.RIM}
        style = {**FONT, "size": SMALL, "color": palette.INK, "ha": "center", "zorder": 6}
        axes.text(0.5, 0.34, note, **style, bbox=box, transform=axes.transAxes)


def direction_labels(shown: PlanePlot, size: float) -> list[str]:
    """+i, +j, −i and −j as they fit; by number where their names would look the same.

    Parameters
    ----------
    shown
        The plane.
    size
        Width of the figure, inches.
    """
    room = int((0.27 * size - GAP) / LETTER) - 1
    first, second = (shortened(name, min(max(room, 3), 9)) for name in shown.names)
    if first == second and shown.names[0] != shown.names[1]:
        first, second = (f"b{direction}" for direction in shown.resonance.planes[0])
    return [f"+{first}", f"+{second}", f"−{first}", f"−{second}"]


def _maximum(shown: PlanePlot) -> float:
    """The value at the rim: a round one, not below what is drawn."""
    curve, values = shown.resonance, np.abs(shown.values)
    peak = max(values.max(), 0.0 if shown.compared is None else np.abs(shown.compared.values).max())
    isotropic = 0.0 if shown.signed else curve.isotropic
    if not peak > 0:
        return _ceiling(max(isotropic, 1 / curve.n_samples))
    return _ceiling(max(peak, isotropic) if isotropic <= _SQUASHED * peak else peak)


def _ceiling(value: float) -> float:
    """The smallest round number not below `value`, at most 1."""
    unit = 10.0 ** math.floor(math.log10(value))
    step = _ROUND[_ROUND * unit >= value * (1 - 1e-9)]
    return min(1.0, float(f"{(step[0] if len(step) else 10) * unit:.3g}"))


def _draw_grid(axes: Any, shown: PlanePlot, maximum: float) -> None:
    axes.set_rlim(0, maximum)
    axes.set_xticks([])
    axes.grid(visible=False, axis="x")
    axes.grid(visible=True, axis="y", color=palette.GRID, linewidth=0.7, linestyle="-")
    axes.set_yticks(_rings(shown, maximum))
    for ring in axes.yaxis.get_gridlines():
        ring.set_clip_on(False)
    axes.tick_params(axis="y", labelleft=False, labelright=False, length=0)
    axes.spines["polar"].set(edgecolor=palette.RIM, linewidth=0.9)
    axes.set_axisbelow(True)
    thin = {"lw": 0.7, "clip_on": False, "zorder": 1}
    for angle in (0.0, shown.alpha):
        axes.plot([angle, angle + math.pi], [1.04 * maximum] * 2, color=palette.AXIS, **thin)
    places = np.arange(72)
    lengths = 0.014 + 0.01 * (places % 3 == 0) + 0.011 * (places % 9 == 0)
    ticks = np.stack([np.ones(72), 1 + lengths, np.full(72, np.nan)], axis=1).ravel()
    axes.plot(np.repeat(places * (TURN / 72), 3), ticks * maximum, color=palette.RIM, **thin)


def _rings(shown: PlanePlot, maximum: float) -> Float64[np.ndarray, " rings"]:
    unit = shown.resonance.isotropic if shown.gain else 1.0
    locator = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])
    ticks = np.asarray(locator.tick_values(0, maximum / unit)) * unit
    return ticks[(ticks > 0) & (ticks <= maximum * (1 + 1e-9))]


def _draw_curves(axes: Any, shown: PlanePlot, maximum: float) -> None:
    curve = shown.resonance
    if shown.signed:
        _draw_lobe(axes, _ring(shown, shown.values, maximum), POSITIVE)
        _draw_lobe(axes, _ring(shown, -shown.values, maximum), NEGATIVE)
    else:
        if shown.classes is not None:
            _draw_classes(axes, shown, shown.classes, maximum)
            ring = _ring(shown, shown.values, maximum)
            axes.plot(*ring, **TOTAL, clip_on=False, zorder=3)
        else:
            if curve.counts.any():
                _draw_band(axes, shown, maximum)
            _draw_lobe(axes, _ring(shown, shown.values, maximum), POSITIVE)
        if curve.isotropic <= maximum:
            ring = np.linspace(0, TURN, 181), np.full(181, curve.isotropic)
            axes.plot(*ring, **ISOTROPIC, clip_on=False, zorder=3.2)
    if shown.compared is not None:
        for sign in (1, -1) if shown.signed else (1,):
            ring = _ring(shown, sign * shown.compared.values, maximum)
            axes.plot(*ring, **COMPARED, clip_on=False, zorder=3.1)


_Ring = tuple[Float64[np.ndarray, " closed"], Float64[np.ndarray, " closed"]]


def _ring(shown: PlanePlot, values: Float64[np.ndarray, " angles"], maximum: float) -> _Ring:
    """A closed curve, angles and radii; what is beyond the scale stops at the rim."""
    angles, radii = shown.resonance.angles, values.clip(0, maximum)
    return np.append(angles, angles[0] + TURN), np.append(radii, radii[0])


def _draw_lobe(axes: Any, ring: _Ring, line: dict[str, Any]) -> None:
    colour, lines = line["color"], {"lw": line["lw"], "ls": line.get("ls", "-")}
    axes.fill(*ring, fc=(colour, 0.1), ec=colour, **lines, clip_on=False, zorder=3)


def _draw_band(axes: Any, shown: PlanePlot, maximum: float) -> None:
    low, high = (_ring(shown, bound[0], maximum) for bound in shown.resonance.interval())
    style = {"fc": palette.CURVE, "alpha": 0.2, "lw": 0, "clip_on": False, "zorder": 2.1}
    axes.fill_between(low[0], low[1], high[1], **style)


def _draw_classes(axes: Any, shown: PlanePlot, classes: ClassAreas, maximum: float) -> None:
    """Areas from the outermost, each covered by those within it."""
    outlines = classes.counts.cumsum(axis=0) / shown.resonance.n_samples
    for colour, values in reversed(list(zip(classes.colours, outlines, strict=True))):
        own = palette.CLASSES[colour]
        style = {"fc": palette.mixed(own, 0.38), "ec": own, "lw": 0.7, "zorder": 2.2}
        axes.fill(*_ring(shown, values, maximum), **style, clip_on=False)


def _draw_beam(axes: Any, shown: PlanePlot, maximum: float) -> None:
    theta, phi = shown.theta, math.acos(shown.resonance.epsilon)
    arc = np.linspace(theta - phi, theta + phi, max(2, math.ceil(math.degrees(phi)) + 1))
    rim = np.full(len(arc), maximum)
    style = {"fc": palette.BEAM, "alpha": 0.17, "lw": 0, "clip_on": False}
    whole = phi > math.pi - 1e-6
    edge = ([], []) if whole else ([theta], [0.0])
    axes.fill(np.append(arc, edge[0]), np.append(rim, edge[1]), **style, zorder=1.5)
    line = {"color": palette.BEAM_LINE, "clip_on": False, "zorder": 4}
    for angle in () if whole else (theta - phi, theta + phi):
        axes.plot([angle, angle], [0, maximum], **line, lw=0.9, ls=(0, (1.4, 2.2)))
    axes.plot([theta, theta], [0, maximum], **line, lw=1.1)


def _draw_ring_labels(axes: Any, shown: PlanePlot, maximum: float, radius: float) -> None:
    """Per cents, or multiples of isotropy, in the middle of the wider sector between the axes."""
    alpha = shown.alpha
    if abs(alpha - math.pi / 2) < math.radians(4):
        angle = math.radians(68)
    else:
        angle = alpha / 2 if alpha > math.pi / 2 else (alpha + math.pi) / 2
    style = {**FONT, "size": 7.0, "color": palette.QUIET, "ha": "center", "va": "center"}
    ground = {"boxstyle": "round,pad=0.12", "fc": palette.GROUND, "ec": "none", "alpha": 0.78}
    unit = shown.resonance.isotropic if shown.gain else 0.01
    rings = _rings(shown, maximum)
    texts = _numbers(rings / unit)
    # On a small disc every second label is left out rather than let them touch.
    step = 1 if radius * rings[0] / maximum >= _APART else 2
    for value, text in zip(rings[::-step], texts[::-step], strict=True):
        place = value - 0.045 * maximum
        label = f"{text} {'×' if shown.gain else '%'}"
        axes.text(angle, place, label, **style, bbox=ground, zorder=4.5)


def _numbers(values: Float64[np.ndarray, " rings"]) -> list[str]:
    """Of as few decimals as tell all of them exactly, or powers of ten."""
    if not 1e-4 <= values.min() <= values.max() < 1e6:
        return [power_of_ten(value) for value in values]
    exact = [d for d in range(8) if np.allclose(values.round(d), values, rtol=1e-6, atol=0)]
    return [f"{value:,.{min(exact, default=8)}f}" for value in values]


def _draw_labels(axes: Any, shown: PlanePlot, place: float, reach: float, names: list[str]) -> None:
    """Names of the directions at their angles, and degrees where there is room.

    All at the radius `place`, which is `reach` inches.
    """
    alpha, gap = shown.alpha, 0.2 / reach
    lack = max(0.0, gap - min(alpha, math.pi - alpha)) / 2 * (1 if alpha <= math.pi / 2 else -1)
    angles = [-lack, alpha + lack, math.pi - lack, math.pi + alpha + lack]
    style = {**FONT, "va": "center", "clip_on": False, "zorder": 5}
    for text, angle in zip(names, angles, strict=True):
        own = {"size": MIDDLING, "weight": "bold", "color": palette.INK, "ha": _anchor(angle)}
        axes.text(angle, place, text, **own, **style)
    for angle in np.arange(8) * (TURN / 8):
        apart = [abs(math.remainder(angle - other, TURN)) for other in angles]
        if min(apart) >= 1.8 * gap:
            own = {"size": SMALL, "color": palette.QUIET, "ha": _anchor(angle)}
            axes.text(angle, place, degrees(angle), **own, **style)


def _anchor(angle: float) -> str:
    across = math.cos(angle)
    if abs(across) < 0.35:
        return "center"
    return "left" if across > 0 else "right"

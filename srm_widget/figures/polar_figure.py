"""Polar figure of one plane with its spotlight, drawn by Matplotlib."""

import math
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from srm_widget.figures import palette, polar_axes
from srm_widget.figures.plot_data import EMPTY_NAME, PlanePlot
from srm_widget.figures.png import png
from srm_widget.figures.polar_axes import (
    COMPARED,
    ENSEMBLE_ALPHA,
    FONT,
    ISOTROPIC,
    LARGE,
    LETTER,
    MIDDLING,
    NEGATIVE,
    POSITIVE,
    SMALL,
    SMALL_LETTER,
    TOTAL,
)
from srm_widget.utils.text import shorten_middle

MIN_SIZE = 2.0
"""Least width of a figure, inches."""

_LINE_HEIGHT, _LABEL_HEIGHT, _PADDING, _HANDLE_WIDTH = 0.19, 0.34, 0.09, 0.48  # inches


class ScopeFigure(Figure):
    """Matplotlib figure that a notebook shows without pyplot."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        return png(self)


class _LegendEntry(NamedTuple):
    """Entry of a legend."""

    handle: Artist
    label: str


_Legends = Sequence[Sequence[_LegendEntry]]


class _Layout(NamedTuple):
    """Sizes and places of the parts of a figure, in inches from its lower left corner."""

    width: float
    height: float
    radius: float
    centre: float
    facts: list[str]
    legend_top: float
    legend_rows: tuple[int, ...]


def polar_figure(plot: PlanePlot, *, size: float = 5.0) -> Figure:
    """Draw a polar figure of a plane with its spotlight.

    Parameters
    ----------
    plot
        Data of the plane.
    size
        Width in inches, at least `MIN_SIZE`; the height follows.

    Raises
    ------
    TypeError, ValueError
        If `size` is no number, or less than `MIN_SIZE`.
    """
    check_size(size)
    legends = [each for each in (_curve_entries(plot), _class_entries(plot)) if each]
    names = polar_axes.direction_labels(plot, size)
    layout = _lay_out(plot, names, legends, size)
    figure = ScopeFigure(figsize=(layout.width, layout.height), facecolor=palette.GROUND)
    bounds = (
        (layout.width / 2 - layout.radius) / layout.width,
        (layout.centre - layout.radius) / layout.height,
        2 * layout.radius / layout.width,
        2 * layout.radius / layout.height,
    )
    axes = figure.add_axes(bounds, projection="polar", label="plane")
    axes.patch.set_visible(False)
    polar_axes.draw_plane(axes, plot, layout.radius, names)
    _draw_texts(figure, plot, legends, layout)
    return figure


def check_size(size: float) -> None:
    """Raise ``TypeError`` or ``ValueError`` if `size` is no width of a figure in inches."""
    if isinstance(size, bool) or not isinstance(size, int | float | np.number):
        raise TypeError(f"expected size as a width in inches, got {size!r}")
    if not MIN_SIZE <= size < math.inf:
        raise ValueError(f"expected a size of at least {MIN_SIZE:g} inches, got {size:g}")


def _lay_out(plot: PlanePlot, names: list[str], legends: _Legends, size: float) -> _Layout:
    letters = max(3, *map(len, names))
    radius = size / 2 - min(0.3 * size, polar_axes.GAP + LETTER * letters)
    rows = tuple(_n_rows(entries, size) for entries in legends)
    facts = _wrap(plot.facts, int(size / SMALL_LETTER))
    above = 2 * _PADDING + _LINE_HEIGHT * (bool(plot.title) + bool(plot.step))
    below = _LINE_HEIGHT * (sum(rows) + 1 + len(facts)) + (2 + len(legends)) * _PADDING
    height = above + 2 * (radius + _LABEL_HEIGHT) + below
    centre = height - above - _LABEL_HEIGHT - radius
    return _Layout(size, height, radius, centre, facts, centre - radius - _LABEL_HEIGHT, rows)


def _n_rows(entries: Sequence[_LegendEntry], size: float) -> int:
    """Return the number of lines that entries take side by side."""
    widths = [len(entry.label) * SMALL_LETTER + _HANDLE_WIDTH for entry in entries]
    if sum(widths) <= size:
        return 1
    columns = max(1, min(len(entries), int(size / max(widths))))
    return -(-len(entries) // columns)


def _wrap(parts: Sequence[str], max_letters: int) -> list[str]:
    """Join `parts` to as few lines of at most `max_letters` as hold them."""
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines[-1] else part
        if len(longer) <= max_letters:
            lines[-1] = longer
        else:
            lines += textwrap.wrap(part, max_letters, break_on_hyphens=False)
    return [line for line in lines if line]


def _curve_entries(plot: PlanePlot) -> list[_LegendEntry]:
    """Return the legend of the curves and the spotlight."""
    by_class = plot.classes is not None and not plot.signed
    entries = []
    if plot.signed:
        entries.append(_line_entry(POSITIVE, "signed s(θ) > 0"))
        entries.append(_line_entry(NEGATIVE, "s(θ) < 0"))
    else:
        entries.append(_line_entry(TOTAL if by_class else POSITIVE, "resonance f(θ)"))
        if not by_class and plot.resonance.counts.any():
            band = Patch(fc=palette.CURVE, alpha=0.3, lw=0)
            groups = plot.resonance.groups
            of = "" if groups is None else f" ({groups.n_groups:,} groups)"
            entries.append(_LegendEntry(band, f"95 % interval{of}"))
        if plot.ensemble is not None:
            band = Patch(fc=palette.blend(palette.INK, 2 * ENSEMBLE_ALPHA), ec=palette.AXIS, lw=0.8)
            entries.append(_LegendEntry(band, plot.ensemble.text))
        entries.append(_line_entry(ISOTROPIC, "isotropic"))
    beam = Patch(fc=palette.blend(palette.BEAM, 0.4), ec=palette.BEAM_LINE, lw=0.8)
    entries.append(_LegendEntry(beam, "spotlight"))
    if plot.compared is not None:
        entries.append(_line_entry(COMPARED, shorten_middle(plot.compared.label, 24)))
    return entries


def _line_entry(style: dict[str, Any], label: str) -> _LegendEntry:
    return _LegendEntry(Line2D([], [], **style), label)


def _class_entries(plot: PlanePlot) -> list[_LegendEntry]:
    """Return the legend of the classes."""
    if plot.classes is None or plot.signed:
        return []
    entries = []
    for name, colour in zip(plot.classes.names, plot.classes.colours, strict=True):
        own = palette.CLASSES[colour]
        patch = Patch(fc=palette.blend(own, 0.55), ec=own, lw=0.8)
        entries.append(_LegendEntry(patch, shorten_middle(name, 16) or EMPTY_NAME))
    return entries


def _draw_texts(figure: Figure, plot: PlanePlot, legends: _Legends, layout: _Layout) -> None:
    """Write the title above, legends and facts below."""
    max_letters = int(layout.width / LETTER)
    y = layout.height - _PADDING
    if plot.title:
        title = shorten_middle(plot.title, max_letters)
        _write(figure, layout, y, title, size=LARGE, weight="bold", color=palette.INK)
        y -= _LINE_HEIGHT + 0.02
    if plot.step:
        step = shorten_middle(plot.step, int(1.3 * max_letters))
        _write(figure, layout, y, step, size=MIDDLING, color=palette.QUIET)
    y = layout.legend_top
    for entries, rows in zip(legends, layout.legend_rows, strict=True):
        _draw_legend(figure, entries, y / layout.height, columns=-(-len(entries) // rows))
        y -= _LINE_HEIGHT * rows + _PADDING
    plane = " ∧ ".join(shorten_middle(name, max(9, max_letters // 2 - 2)) for name in plot.names)
    _write(figure, layout, y, plane, size=MIDDLING, weight="bold", color=palette.INK)
    for line in layout.facts:
        y -= _LINE_HEIGHT
        _write(figure, layout, y, line, size=SMALL, color=palette.QUIET)


def _draw_legend(
    figure: Figure, entries: Sequence[_LegendEntry], top: float, *, columns: int
) -> None:
    handles, labels = zip(*entries, strict=True)
    legend = figure.legend(
        handles,
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, top),
        ncols=columns,
        prop={"family": "sans-serif", "size": SMALL},
        labelcolor=palette.QUIET,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.6,
        handleheight=0.8,
        handletextpad=0.5,
        labelspacing=0.55,
        columnspacing=1.4,
    )
    for text in legend.get_texts():
        text.set(parse_math=False, usetex=False)


def _write(figure: Figure, layout: _Layout, y: float, text: str, **style: Any) -> None:
    """Write a centred line, its top at `y` inches."""
    figure.text(0.5, y / layout.height, text, ha="center", va="top", **style, **FONT)

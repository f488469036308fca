"""The polar picture of one plane, drawn by Matplotlib."""

import io
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from srm_widget.figures import palette, polar_axes
from srm_widget.figures.plot_data import PlanePlot
from srm_widget.figures.polar_axes import (
    COMPARED,
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
from srm_widget.utils.text import shortened

LEAST_SIZE = 2.0
"""Inches."""

_LINE, _ABOVE, _PADDING, _HANDLE = 0.19, 0.34, 0.09, 0.48  # inches


class ScopeFigure(Figure):
    """A figure that a notebook shows without pyplot."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        data = io.BytesIO()
        self.savefig(data, format="png", dpi=144)
        width, height = (round(96 * inches) for inches in self.get_size_inches())
        return data.getvalue(), {"width": width, "height": height}


class _Entry(NamedTuple):
    """Of a legend."""

    handle: Artist
    label: str


_Legends = Sequence[Sequence[_Entry]]


class _Room(NamedTuple):
    """Where things stand, in inches from the lower left corner."""

    width: float
    height: float
    radius: float
    centre: float
    facts: list[str]
    legend_top: float
    legend_rows: tuple[int, ...]


def polar_figure(shown: PlanePlot, *, size: float = 5.0) -> Figure:
    """Draw a plane with its spotlight.

    Parameters
    ----------
    shown
        The plane.
    size
        Width in inches, at least `LEAST_SIZE`; the height follows.

    Raises
    ------
    TypeError, ValueError
        If `size` is no such number.
    """
    checked_size(size)
    legends = [each for each in (_entries(shown), _class_entries(shown)) if each]
    names = polar_axes.direction_labels(shown, size)
    room = _room(shown, names, legends, size)
    figure = ScopeFigure(figsize=(room.width, room.height), facecolor=palette.GROUND)
    box = (
        (room.width / 2 - room.radius) / room.width,
        (room.centre - room.radius) / room.height,
        2 * room.radius / room.width,
        2 * room.radius / room.height,
    )
    axes = figure.add_axes(box, projection="polar", label="plane")
    axes.patch.set_visible(False)
    polar_axes.draw_plane(axes, shown, room.radius, names)
    _draw_words(figure, shown, legends, room)
    return figure


def checked_size(size: float) -> None:
    """Refuse what is no width of a figure."""
    if isinstance(size, bool) or not isinstance(size, int | float | np.number):
        raise TypeError(f"expected size as a width in inches, got {size!r}")
    if not LEAST_SIZE <= size < math.inf:
        raise ValueError(f"expected a size of at least {LEAST_SIZE:g} inches, got {size:g}")


def _room(shown: PlanePlot, names: list[str], legends: _Legends, size: float) -> _Room:
    letters = max(3, *map(len, names))
    radius = size / 2 - min(0.3 * size, polar_axes.GAP + LETTER * letters)
    rows = tuple(_rows(entries, size) for entries in legends)
    facts = _lines(shown.facts, int(size / SMALL_LETTER))
    above = 2 * _PADDING + _LINE * (bool(shown.title) + bool(shown.step))
    below = _LINE * (sum(rows) + 1 + len(facts)) + (2 + len(legends)) * _PADDING
    height = above + 2 * (radius + _ABOVE) + below
    centre = height - above - _ABOVE - radius
    return _Room(size, height, radius, centre, facts, centre - radius - _ABOVE, rows)


def _rows(entries: Sequence[_Entry], size: float) -> int:
    """Lines that entries take side by side."""
    widths = [len(entry.label) * SMALL_LETTER + _HANDLE for entry in entries]
    if sum(widths) <= size:
        return 1
    columns = max(1, min(len(entries), int(size / max(widths))))
    return -(-len(entries) // columns)


def _lines(parts: Sequence[str], most: int) -> list[str]:
    """`parts` side by side, in as few lines of at most `most` letters as hold them."""
    lines = [parts[0]]
    for part in parts[1:]:
        longer = f"{lines[-1]} · {part}"
        if len(longer) <= most:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _entries(shown: PlanePlot) -> list[_Entry]:
    """What stands for what."""
    by_class = shown.classes is not None and not shown.signed
    entries = []
    if shown.signed:
        entries.append(_line(POSITIVE, "signed s(θ) > 0"))
        entries.append(_line(NEGATIVE, "s(θ) < 0"))
    else:
        entries.append(_line(TOTAL if by_class else POSITIVE, "resonance f(θ)"))
        if not by_class and shown.resonance.counts.any():
            entries.append(_Entry(Patch(fc=palette.CURVE, alpha=0.3, lw=0), "95 % interval"))
        entries.append(_line(ISOTROPIC, "isotropic"))
    beam = Patch(fc=palette.mixed(palette.BEAM, 0.4), ec=palette.BEAM_LINE, lw=0.8)
    entries.append(_Entry(beam, "spotlight"))
    if shown.compared is not None:
        entries.append(_line(COMPARED, shortened(shown.compared.label, 24)))
    return entries


def _line(style: dict[str, Any], label: str) -> _Entry:
    return _Entry(Line2D([], [], **style), label)


def _class_entries(shown: PlanePlot) -> list[_Entry]:
    if shown.classes is None or shown.signed:
        return []
    entries = []
    for name, colour in zip(shown.classes.names, shown.classes.colours, strict=True):
        own = palette.CLASSES[colour]
        patch = Patch(fc=palette.mixed(own, 0.55), ec=own, lw=0.8)
        entries.append(_Entry(patch, shortened(name, 16) or "(empty)"))
    return entries


def _draw_words(figure: Figure, shown: PlanePlot, legends: _Legends, room: _Room) -> None:
    """Title above, legends and facts below."""
    most = int(room.width / LETTER)
    y = room.height - _PADDING
    if shown.title:
        title = shortened(shown.title, most)
        _write(figure, room, y, title, size=LARGE, weight="bold", color=palette.INK)
        y -= _LINE + 0.02
    if shown.step:
        step = shortened(shown.step, int(1.3 * most))
        _write(figure, room, y, step, size=MIDDLING, color=palette.QUIET)
    y = room.legend_top
    for entries, rows in zip(legends, room.legend_rows, strict=True):
        _draw_legend(figure, entries, y / room.height, columns=-(-len(entries) // rows))
        y -= _LINE * rows + _PADDING
    plane = " ∧ ".join(shortened(name, max(9, most // 2 - 2)) for name in shown.names)
    _write(figure, room, y, plane, size=MIDDLING, weight="bold", color=palette.INK)
    for line in room.facts:
        y -= _LINE
        _write(figure, room, y, line, size=SMALL, color=palette.QUIET)


def _draw_legend(figure: Figure, entries: Sequence[_Entry], top: float, *, columns: int) -> None:
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


def _write(figure: Figure, room: _Room, y: float, text: str, **style: Any) -> None:
    """A line in the middle, its top at `y` inches."""
    figure.text(0.5, y / room.height, text, ha="center", va="top", **style, **FONT)

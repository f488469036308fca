"""Figure of densities of all planes: rows of models, columns of steps, one scale."""

import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from srm_widget.figures import palette
from srm_widget.figures.density_colours import LIGHT
from srm_widget.figures.polar_axes import FONT, LARGE, LETTER, MIDDLING, SMALL, SMALL_LETTER
from srm_widget.figures.polar_figure import ScopeFigure
from srm_widget.results.projective_grid import ProjectiveGrid
from srm_widget.utils.text import shorten_middle

_LEFT, _RIGHT, _TOP, _GAP, _WEIGHT, _LINE = 0.95, 0.95, 0.42, 0.14, 0.2, 0.17  # inches
_TICK_LABEL, _BAR, _BAR_GAP = 0.18, 0.14, 0.22

_MIN_PANEL, _MAX_PANEL, _LETTERS_PANEL = 0.9, 2.6, 0.085


def projective_figure(grid: ProjectiveGrid, *, size: float) -> Figure:
    """Draw a grid of densities.

    Parameters
    ----------
    grid
        What is drawn.
    size
        Width in inches; it grows where panels would be less than 0.9 inches wide.
    """
    n_rows, n_columns = len(grid.models), len(grid.steps[0])
    beside = _LEFT + _RIGHT + (n_columns - 1) * _GAP
    panel = min(_MAX_PANEL, max(_MIN_PANEL, (size - beside) / n_columns))
    width = max(beside + n_columns * panel, 4.2)
    facts = textwrap.wrap(grid.facts(), int((width - 0.3) / SMALL_LETTER))
    top = _TOP if grid.column_labels else _TOP / 2
    step = panel + _WEIGHT + (_LINE if not grid.column_labels else 0) + _GAP
    height = top + n_rows * step + _TICK_LABEL + len(facts) * _LINE + 0.12
    figure = ScopeFigure(figsize=(width, height), facecolor=palette.GROUND)
    for row in range(n_rows):
        for column in range(n_columns):
            left = _LEFT + column * (panel + _GAP)
            above = top + row * step + (0 if grid.column_labels else _LINE)
            bounds = (
                left / width,
                (height - above - panel) / height,
                panel / width,
                panel / height,
            )
            axes = figure.add_axes(bounds, label=f"{row}, {column}")
            _draw_panel(axes, grid, row, column, panel, is_last=row == n_rows - 1)
    _draw_scale(figure, grid, (width, height), top, n_rows * step - _GAP - _WEIGHT)
    for k, line in enumerate(reversed(facts)):
        figure.text(0.15 / width, (0.1 + k * _LINE) / height, line, **_text(SMALL), va="bottom")
    return figure


def _text(size: float, colour: str = palette.QUIET) -> dict[str, Any]:
    return {**FONT, "size": size, "color": colour}


def _draw_panel(
    axes: Axes, grid: ProjectiveGrid, row: int, column: int, panel: float, *, is_last: bool
) -> None:
    density = grid.densities[row][column]
    end = density.extent
    colours = LIGHT.table(by_ratio=grid.by_ratio)[grid.picture(row, column)]
    axes.imshow(colours, extent=(-end, end, -end, end), interpolation="nearest")
    if not density.raw:
        for radius in (max(density.epsilon, 0.0), 1.0):
            axes.add_patch(Circle((0, 0), radius, fill=False, color=palette.AXIS, lw=0.5))
    for line in (axes.axhline, axes.axvline):
        line(0, color=palette.AXIS, lw=0.4, alpha=0.5)
    axes.set(xlim=(-end, end), ylim=(-end, end), facecolor=palette.GROUND)
    for spine in axes.spines.values():
        spine.set(color=palette.RIM, linewidth=0.6)
    axes.tick_params(color=palette.RIM, labelcolor=palette.QUIET, labelsize=SMALL - 1, length=2)
    ticks = FixedLocator([-end, 0, end])
    axes.xaxis.set_major_locator(ticks)
    axes.yaxis.set_major_locator(ticks)
    # All ends are the same: once is enough, and leaves no numbers side by side.
    for axis, shown in ((axes.xaxis, is_last and column == 0), (axes.yaxis, column == 0)):
        axis.set_major_formatter(FuncFormatter(_number) if shown else NullFormatter())
    letters = int(panel / _LETTERS_PANEL)
    weight = shorten_middle(grid.weight(row, column), int(panel / SMALL_LETTER))
    below = -(_TICK_LABEL if is_last else 0.03) / panel
    axes.text(
        0.5, below, weight, **_text(SMALL - 1), transform=axes.transAxes, ha="center", va="top"
    )
    if row == 0 or not grid.column_labels:
        label = shorten_middle(grid.steps[row][column], letters)
        axes.set_title(label, pad=4, **_text(MIDDLING, palette.INK))
    if column == 0:
        letters = int(panel / LETTER)
        lines = textwrap.wrap(grid.models[row], letters, max_lines=2, placeholder="…")
        name = "\n".join(shorten_middle(line, letters) for line in lines)
        axes.set_ylabel(name, labelpad=2, **_text(LARGE, palette.INK))


def _number(value: float, _position: object = None) -> str:
    return f"{value:.2g}".replace("-", "−")


def _draw_scale(
    figure: Figure, grid: ProjectiveGrid, size: tuple[float, float], top: float, height: float
) -> None:
    """Draw the colours beside the panels, with their ends and, of a ratio, 1."""
    width, whole = size
    low, high = grid.scale
    length = min(height, 2.6)
    left = (width - _RIGHT + _BAR_GAP) / width
    bottom = (whole - top - (height + length) / 2) / whole
    axes = figure.add_axes((left, bottom, _BAR / width, length / whole), label="scale")
    norm = LogNorm(low, high)
    bar = figure.colorbar(ScalarMappable(norm, LIGHT.ramp(by_ratio=grid.by_ratio)), cax=axes)
    bar.ax.yaxis.set_major_locator(FixedLocator([low, (low * high) ** 0.5, high]))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    labels = scale_labels(grid)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda _value, k: labels[k or 0]))
    bar.outline.set_visible(False)
    bar.ax.tick_params(color=palette.RIM, labelcolor=palette.QUIET, labelsize=SMALL - 1, length=2)


def scale_labels(grid: ProjectiveGrid) -> tuple[str, str, str]:
    """Return what the low end, the middle and the high end of the scale stand for."""
    low, high = grid.scale
    if not grid.by_ratio:
        least, middle, most = (f"{100 * share:.2g} %" for share in (low, (low * high) ** 0.5, high))
        return least, middle, most
    least, most = ("≤ ", "≥ ") if grid.is_cut else ("", "")
    return f"{least}1/{high:.2g} ×", "1 ×", f"{most}{high:.2g} ×"

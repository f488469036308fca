"""What the explorer's figures share: their look, and a line that is dragged."""

import html
import math
from collections.abc import Callable, Sequence
from typing import Any

import bqplot
import ipywidgets
import numpy as np

from srm_widget.figures import palette

CURVE = f"var(--srm-explorer-curve, {palette.CURVE})"
BEAM = palette.BEAM
GREY = "#8c8c8c"
BRIGHTER = '<style>[data-jp-theme-light="false"] { --srm-explorer-curve: #56b4e9 }</style>'
"""The curve where the page is dark."""

_HEIGHT = "300px"
_TEXT = "var(--jp-ui-font-color2, #808080)"
_GRID = "rgba(128,128,128,0.2)"
_HANDLES = 361
_HANDLE_WIDTH, _HANDLE_HEIGHT = 2.2, 800
"""Pixels; in the widest figure they touch, and in any the one pressed is within one."""


def axis(scale: bqplot.Scale, side: str, **options: Any) -> bqplot.Axis:
    """An axis that is quiet in the light and in the dark."""
    away = {"bottom": "0, 3px", "top": "0, -4px", "left": "-3px, 0"}[side]
    style = {"fill": _TEXT, "transform": f"translate({away})"}
    look = {"color": GREY, "grid_color": _GRID, "label_color": _TEXT, "tick_style": style}
    return bqplot.Axis(scale=scale, side=side, **look, **options)


def graduate(axis: bqplot.Axis, low: float, high: float, *, per_cent: bool) -> None:
    """Bound the scale of an axis, with ticks at round numbers."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9) - (2 if per_cent else 0))
    inside = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    fixed = ".1e" if high >= 1e5 else f",.{decimals}f"
    # One by one: bqplot writes ticks in the format that it has when their values come.
    axis.tick_format = f".{decimals}%" if per_cent else fixed
    with axis.scale.hold_sync():
        axis.scale.min, axis.scale.max = low, high
    axis.tick_values = inside * step + 0.0


def figure(marks: Sequence[bqplot.Mark], axes: Sequence[bqplot.Axis], left: int) -> bqplot.Figure:
    """A figure of the explorer, with a left margin in pixels."""
    return bqplot.Figure(
        marks=list(marks),
        axes=list(axes),
        fig_margin={"top": 24, "bottom": 44, "left": left, "right": 22},
        padding_y=0.0,
        background_style={"fill": "transparent"},
        display_toolbar=False,
        layout=ipywidgets.Layout(width="100%", height=_HEIGHT, min_width="0"),
    )


def caption() -> ipywidgets.HTML:
    """The line above a figure."""
    return ipywidgets.HTML(layout=ipywidgets.Layout(margin="0 8px", min_height="28px"))


def framed(above: ipywidgets.HTML, drawn: bqplot.Figure) -> ipywidgets.VBox:
    """A figure under its caption."""
    room = ipywidgets.Layout(flex="1 1 340px", min_width="0", max_width="760px", overflow="hidden")
    return ipywidgets.VBox([above, drawn], layout=room)


def heading(title: str, *keys: tuple[str, str, str]) -> str:
    """HTML of a caption: a title, then keys (sign, its colour, what it stands for)."""
    signs = "".join(
        f' &ensp;<span style="color:{colour}">{sign}</span>&nbsp;<small>{html.escape(text)}</small>'
        for sign, colour, text in keys
    )
    return f'<div style="line-height:1.3"><b>{html.escape(title)}</b>{signs}</div>'


class DragLine:
    """A vertical line that goes where the pointer presses in the figure, and follows it.

    bqplot drags points. Here each is as tall as the figure, none is seen, and together they cover
    it: a press finds the one under the pointer.

    Parameters
    ----------
    scale
        Of the line's position, with its bounds.
    moved
        Called with the position the pointer asks for.
    """

    def __init__(self, scale: bqplot.LinearScale, moved: Callable[[float], None]) -> None:
        self._scale, self._moved = scale, moved
        self.dragged = False
        across = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        both = {"x": scale, "y": across}
        self.line = bqplot.Lines(
            x=[0.0, 0.0], y=[0.0, 1.0], scales=both, colors=[BEAM], stroke_width=2.5
        )
        # A scale lets the skew, log10(height / width), pass the bound of `default_skew`.
        skew = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self.handles = bqplot.Scatter(
            y=np.full(_HANDLES, 0.5),
            skew=np.full(_HANDLES, np.log10(_HANDLE_HEIGHT / _HANDLE_WIDTH)),
            scales={**both, "skew": skew},
            marker="rectangle",
            stroke_width=0.0,
            default_size=round(_HANDLE_WIDTH * _HANDLE_HEIGHT),
            opacities=[0.0],
            hovered_style={"cursor": "ew-resize"},
            enable_move=True,
            restrict_x=True,
            update_on_move=True,
        )
        self.spread()
        self.handles.on_drag_start(self._start)
        self.handles.on_drag_end(self._end)
        self.handles.observe(self._follow, "x")

    @property
    def marks(self) -> list[bqplot.Mark]:
        """For the figure, on top of its other marks."""
        return [self.line, self.handles]

    def move(self, to: float) -> None:
        """Show the line at a position."""
        self.line.x = np.array([to, to])

    def spread(self) -> None:
        """Put the handles back in their places."""
        self._places = np.linspace(self._scale.min, self._scale.max, _HANDLES)
        self.handles.x = self._places

    def _start(self, _mark: Any, message: dict[str, Any]) -> None:
        self.dragged = True
        self._moved(message["point"]["x"])

    def _follow(self, _change: Any) -> None:
        moved = np.flatnonzero(np.abs(self.handles.x - self._places) > 1e-9)
        if len(moved) == 0:
            return
        self._moved(float(self.handles.x[moved[0]]))
        if not self.dragged:
            self.spread()  # what was sent last may come after the end

    def _end(self, _mark: Any, message: dict[str, Any]) -> None:
        self.dragged = False
        self._moved(message["point"]["x"])
        self.spread()

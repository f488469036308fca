"""Parts of the explorer's bqplot figures: axes, figures, captions, and a line that is dragged."""

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
EXPLORER_CLASS = "srm-explorer"
STYLE = f"""<style>
.jupyter-widgets.widget-box.{EXPLORER_CLASS} {{
  display: flex; flex-flow: row wrap; align-items: flex-start; width: 100%; min-width: 0;
}}
[data-jp-theme-light="false"] {{ --srm-explorer-curve: #56b4e9 }}
</style>"""
"""How an explorer is laid out where its ``layout`` says nothing else, as that is the user's; the
curve's colour where JupyterLab is dark."""

_HEIGHT = "300px"
_TEXT = "var(--jp-ui-font-color2, #808080)"
_GRID = "rgba(128,128,128,0.2)"
_N_HANDLES = 361
_HANDLE_WIDTH, _HANDLE_HEIGHT = 2.2, 800
"""Pixels: handles touch in the widest figure, so that a press always finds one within a pixel."""


def axis(scale: bqplot.Scale, side: str, **options: Any) -> bqplot.Axis:
    """Return an axis in grey, which suits light and dark pages."""
    offset = {"bottom": "0, 3px", "top": "0, -4px", "left": "-3px, 0"}[side]
    tick_style = {"fill": _TEXT, "transform": f"translate({offset})"}
    look = {"color": GREY, "grid_color": _GRID, "label_color": _TEXT, "tick_style": tick_style}
    return bqplot.Axis(scale=scale, side=side, **look, **options)


def graduate(axis: bqplot.Axis, low: float, high: float, *, per_cent: bool) -> None:
    """Set the bounds of an axis, with ticks at round numbers."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9) - (2 if per_cent else 0))
    multiples = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    plain = ".1e" if high >= 1e5 else f",.{decimals}f"
    # The format first: bqplot writes ticks in the format that it has when their values come.
    axis.tick_format = f".{decimals}%" if per_cent else plain
    with axis.scale.hold_sync():
        axis.scale.min, axis.scale.max = low, high
    axis.tick_values = multiples * step + 0.0


def figure(marks: Sequence[bqplot.Mark], axes: Sequence[bqplot.Axis], left: int) -> bqplot.Figure:
    """Return a figure of the explorer, with a left margin in pixels."""
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
    """Return the widget of the line above a figure, whose value is a `heading`."""
    return ipywidgets.HTML(layout=ipywidgets.Layout(margin="0 8px", min_height="28px"))


def captioned(above: ipywidgets.HTML, below: bqplot.Figure) -> ipywidgets.VBox:
    """Return a box with a caption and the figure under it."""
    layout = ipywidgets.Layout(
        flex="1 1 340px", min_width="0", max_width="760px", overflow="hidden"
    )
    return ipywidgets.VBox([above, below], layout=layout)


def heading(title: str, *keys: tuple[str, str, str]) -> str:
    """Return the HTML of a caption: a title, then keys (sign, its colour, what it stands for)."""
    signs = "".join(
        f' &ensp;<span style="color:{colour}">{sign}</span>&nbsp;<small>{html.escape(text)}</small>'
        for sign, colour, text in keys
    )
    return f'<div style="line-height:1.3"><b>{html.escape(title)}</b>{signs}</div>'


class DragLine:
    """Vertical line that goes where the pointer presses in the figure, and follows its drag.

    bqplot drags points. Here each is as tall as the figure, none is seen, and together they cover
    it: a press finds the one under the pointer.

    Parameters
    ----------
    scale
        Scale of the line's position, with its bounds.
    on_move
        Called with the position that the pointer asks for.
    """

    def __init__(self, scale: bqplot.LinearScale, on_move: Callable[[float], None]) -> None:
        self._scale, self._on_move = scale, on_move
        self.dragged = False
        height = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        scales = {"x": scale, "y": height}
        self.line = bqplot.Lines(
            x=[0.0, 0.0], y=[0.0, 1.0], scales=scales, colors=[BEAM], stroke_width=2.5
        )
        # A scale lets the skew, log10(height / width), pass the bound of `default_skew`.
        skew = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self.handles = bqplot.Scatter(
            y=np.full(_N_HANDLES, 0.5),
            skew=np.full(_N_HANDLES, np.log10(_HANDLE_HEIGHT / _HANDLE_WIDTH)),
            scales={**scales, "skew": skew},
            marker="rectangle",
            stroke_width=0.0,
            default_size=round(_HANDLE_WIDTH * _HANDLE_HEIGHT),
            opacities=[0.0],
            hovered_style={"cursor": "ew-resize"},
            enable_move=True,
            restrict_x=True,
            update_on_move=True,
        )
        self.reset_handles()
        self.handles.on_drag_start(self._start)
        self.handles.on_drag_end(self._end)
        self.handles.observe(self._follow, "x")

    @property
    def marks(self) -> list[bqplot.Mark]:
        """Marks of the line, to lie on top of the figure's others."""
        return [self.line, self.handles]

    def move(self, to: float) -> None:
        """Show the line at a position."""
        self.line.x = np.array([to, to])

    def reset_handles(self) -> None:
        """Spread the handles evenly over the scale again."""
        self._rest = np.linspace(self._scale.min, self._scale.max, _N_HANDLES)
        self.handles.x = self._rest

    def _start(self, _mark: Any, message: dict[str, Any]) -> None:
        self.dragged = True
        self._on_move(message["point"]["x"])

    def _follow(self, _change: Any) -> None:
        moved = np.flatnonzero(np.abs(self.handles.x - self._rest) > 1e-9)
        if len(moved) == 0:
            return
        self._on_move(float(self.handles.x[moved[0]]))
        if not self.dragged:
            self.reset_handles()  # the last move may come after the drag's end

    def _end(self, _mark: Any, message: dict[str, Any]) -> None:
        self.dragged = False
        self._on_move(message["point"]["x"])
        self.reset_handles()

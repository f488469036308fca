"""The explorer's figures: the curve over θ, the best planes, the in-plane radii."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import bqplot
import numpy as np
from jaxtyping import Float64

from srm_widget.explorer.chart_parts import (
    BEAM,
    CURVE,
    GREY,
    DragLine,
    axis,
    caption,
    captioned,
    figure,
    graduate,
    heading,
)
from srm_widget.figures.plot_data import EnsembleBands
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.arcs import least_lit_radius
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey
from srm_widget.survey.significance import Significance
from srm_widget.utils.text import shorten_middle

N_BEST = 20
"""Planes that are shown as bars."""

_BINS = 50
_LEAST_COUNT = 0.6
"""Where the logarithmic axis of counts begins, so that a single sample is seen."""


class CurveChart:
    """Chart of f over θ in degrees, or of s if the scope is signed, over those of all planes.

    Parameters
    ----------
    on_turn
        Called with the angle in degrees that the pointer asks for.
    """

    def __init__(self, on_turn: Callable[[float], None]) -> None:
        self._theta = bqplot.LinearScale(min=0.0, max=360.0, allow_padding=False)
        self._value = bqplot.LinearScale(allow_padding=False)
        self.cursor = DragLine(self._theta, lambda degrees: on_turn(round(degrees, 1)))
        self.band = self._lines(
            [GREY], fill="between", fill_colors=[GREY], fill_opacities=[0.18], stroke_width=0.0
        )
        self.half = self._lines(
            [GREY], fill="between", fill_colors=[GREY], fill_opacities=[0.18], stroke_width=0.0
        )
        self.median = self._lines([GREY], stroke_width=1.5)
        self.isotropic = self._lines([GREY], stroke_width=1.2, line_style="dashed")
        self.curve = self._lines([CURVE], stroke_width=2.2)
        degrees = axis(
            self._theta, "bottom", label="θ in degrees", tick_values=np.arange(0, 361, 45)
        )
        self._directions = axis(self._theta, "top", grid_lines="dashed")
        self._values = axis(self._value, "left")
        behind = [self.band, self.half, self.median]
        marks = [*behind, self.isotropic, self.curve, *self.cursor.marks]
        self.figure = figure(marks, [degrees, self._directions, self._values], left=54)
        self.caption = caption()
        self.box = captioned(self.caption, self.figure)

    def show(
        self, resonance: Resonance, names: tuple[str, str], survey: Survey | None, signed: bool
    ) -> None:
        """Show a curve, over those of all planes if there is a survey, and it is not signed."""
        values = resonance.signed[0] if signed else resonance.values[0]
        expected = 0.0 if signed else resonance.isotropic
        _draw(self.curve, *_full_turn(resonance.angles, values))
        _draw(self.isotropic, np.array([0.0, 360.0]), np.full(2, expected))
        drawn = np.append(values, expected)
        behind = ""
        # Of a plane alone they would be its own curve.
        has_bands = survey is not None and survey.n_lit > 0 and survey.n_planes > 1 and not signed
        if survey is not None and has_bands:
            bands = EnsembleBands.of(survey)
            self._show_bands(bands.quantiles)
            drawn = np.append(drawn, bands.quantiles)
            outdated = survey.epsilon != resonance.epsilon
            behind = bands.text + (f" at ε = {survey.epsilon:.3g}" if outdated else "")
        for mark in self.band, self.half, self.median:
            mark.visible = has_bands
        top = 1.06 * float(np.abs(drawn).max()) or 1.0
        graduate(self._values, -top if signed else 0.0, top, per_cent=True)
        self._mark_directions(float(resonance.basis_angles[0]), names)
        self.caption.value = self._caption(names, behind, signed)

    def turn(self, theta: float) -> None:
        """Show the spotlight's angle, in radians."""
        self.cursor.move(math.degrees(theta))

    def _mark_directions(self, alpha: float, names: tuple[str, str]) -> None:
        """Name ±b_i and ±b_j at their angles, in ticks above the figure."""
        second_at = math.degrees(alpha)
        # A letter is some 7 px wide, a degree at least 0.9 px.
        letters = int(min(second_at, 180.0 - second_at) * 0.9 / 7) - 1
        first, second = (shorten_middle(name, min(max(letters, 2), 9)) for name in names)
        degrees = [round(at, 2) for at in (0.0, second_at, 180.0, 180.0 + second_at)]
        labels = (f"{sign}{name}" for sign in "+−" for name in (first, second))
        # The labels first, as the format in `graduate`.
        self._directions.tick_labels = {
            format(at, "g"): label for at, label in zip(degrees, labels, strict=True)
        }
        self._directions.tick_values = np.array(degrees)

    def _show_bands(self, quantiles: Float64[np.ndarray, "shares angles"]) -> None:
        """Show where most curves of all planes lie, half of them, and the one in the middle."""
        angles = AngularGrid.uniform(quantiles.shape[1]).angles
        lowest, low, median, high, highest = quantiles
        _draw(self.median, *_full_turn(angles, median))
        _draw(self.half, *_full_turn(angles, np.stack([low, high])))
        _draw(self.band, *_full_turn(angles, np.stack([lowest, highest])))

    @staticmethod
    def _caption(names: tuple[str, str], behind: str, signed: bool) -> str:
        keys = [("━", CURVE, "s(θ) = f(θ) − f(θ + π)" if signed else "f(θ)")]
        if behind:
            keys.append(("━", GREY, behind))
        keys.append(("┅", GREY, "isotropic"))
        first, second = (shorten_middle(name, 16) for name in names)
        return heading(f"{first} ∧ {second}", *keys)

    def _lines(self, colors: list[str], **look: Any) -> bqplot.Lines:
        scales = {"x": self._theta, "y": self._value}
        return bqplot.Lines(x=[], y=[], scales=scales, colors=colors, **look)


class PlanesChart:
    """Bar chart of the scores of the best planes; alignments have their standard errors.

    Of samples in groups they have none: a survey knows only that of samples each for itself.

    Parameters
    ----------
    names
        Names of the M directions.
    on_choose
        Called with the plane that was clicked.
    """

    def __init__(self, names: Sequence[str], on_choose: Callable[[tuple[int, int]], None]) -> None:
        self._names, self._on_choose = names, on_choose
        self.planes: list[tuple[int, int]] = []
        self._rank = bqplot.OrdinalScale(reverse=True)
        self._score = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        scales = {"x": self._rank, "y": self._score}
        look: dict[str, Any] = {"scales": scales, "orientation": "horizontal", "padding": 0.25}
        self.bars = bqplot.Bars(x=[], y=[], colors=[CURVE], **look)
        # A row is clicked in all its width: the bar of a low score would be hard to hit.
        self.rows = bqplot.Bars(x=[], y=[], opacities=[0.0], **{**look, "padding": 0.0})
        self.rows.on_element_click(self._click)
        self._labels = axis(self._rank, "left", grid_lines="none")
        self._scores = axis(self._score, "bottom")
        across = {"x": self._score, "y": self._rank}
        self.errors = bqplot.Lines(x=[], y=[], colors=[GREY], stroke_width=1.5, scales=across)
        marks = [self.bars, self.errors, self.rows]
        self.figure = figure(marks, [self._labels, self._scores], left=70)
        self.caption = caption()
        self.box = captioned(self.caption, self.figure)

    def show(
        self, survey: Survey | None, by: str, tested: Significance | None, *, grouped: bool
    ) -> None:
        """Show the best planes of a survey, if there is one, by a measure; with p if tested."""
        best = None if survey is None else survey.leading(by, N_BEST)
        pairs = [] if best is None else best.planes.tolist()
        scores = np.empty(0) if best is None else best.score
        alone = by == "alignment" and not grouped
        errors = best.error if best is not None and alone else np.empty(0)
        self.planes = [(i, j) for i, j in pairs]
        low, high = min(0.0, scores.min(initial=0.0)), max(0.0, scores.max(initial=0.0))
        if low == high:
            high = 1.0
        labels = self._bar_labels(tested)
        self._labels.tick_labels = {str(rank): label for rank, label in enumerate(labels)}
        margin = 16 + 7 * max(map(len, labels), default=8)
        self.figure.fig_margin = {**self.figure.fig_margin, "left": margin}
        graduate(self._scores, float(low), float(high), per_cent=by == "peak")
        with_error = " ± 1/√(2n)" if len(errors) else ""
        self._scores.label = f"{by} of the plane{with_error}"
        ranks = np.arange(len(pairs))
        self.rows.base = float(low)
        _draw(self.rows, ranks, np.full(len(pairs), float(high)))
        _draw(self.bars, ranks, scores)
        ends = scores[: len(errors), None] + errors[:, None] * [-1, 1]
        places = np.repeat(ranks[: len(errors), None], 2, axis=1)
        _draw(self.errors, np.clip(ends, low, high), places)

    def mark(self, pair: tuple[int, int]) -> None:
        """Highlight the bar of the plane on show, if it is among them."""
        plane_on_show = tuple(sorted(pair))
        self.bars.opacities = [1.0 if plane == plane_on_show else 0.4 for plane in self.planes] or [
            1.0
        ]

    def set_caption(self, by: str, state: str, tested: Significance | None) -> None:
        """Name the measure, what p are, and the state of the survey, above the figure."""
        keys = [("", GREY, state)]
        if tested is not None:
            among = f", {tested.n_samples:,} samples"
            rests_on = f"p of A over all {tested.n_planes:,} planes · {tested.kept} kept{among}"
            keys.append(("", GREY, rests_on))
        self.caption.value = heading(f"Best planes by {by}", *keys)

    def _bar_labels(self, tested: Significance | None) -> list[str]:
        """Return the names of the planes, with p if they are tested."""
        short = [shorten_middle(name, 9) for name in self._names]
        names = [f"{short[i]} ∧ {short[j]}" for i, j in self.planes]
        if tested is None:
            return names
        p = [tested.p_of(i, j) for i, j in self.planes]
        return [
            name if math.isnan(one) else f"{name}, p {one:.2g}"
            for name, one in zip(names, p, strict=True)
        ]

    def _click(self, _mark: Any, message: dict[str, Any]) -> None:
        self._on_choose(self.planes[message["data"]["index"]])


class RadiiChart:
    """Histogram of the samples' in-plane radii, with ε as a line to drag.

    Parameters
    ----------
    on_move
        Called with the ε that the pointer asks for.
    """

    def __init__(self, on_move: Callable[[float], None]) -> None:
        self._radius = bqplot.LinearScale(min=0.0, max=1.0, allow_padding=False)
        self._count = bqplot.LogScale(min=_LEAST_COUNT, max=10.0, allow_padding=False)
        self.cursor = DragLine(self._radius, self._ask)
        self._on_move = on_move
        scales = {"x": self._radius, "y": self._count}
        look: dict[str, Any] = {"scales": scales, "fill": "bottom", "stroke_width": 1.0}
        self.dark = bqplot.Lines(x=[], y=[], colors=[GREY], fill_opacities=[0.45], **look)
        self.lit = bqplot.Lines(x=[], y=[], colors=[BEAM], fill_opacities=[0.6], **look)
        self._radii_axis = axis(self._radius, "bottom", label="in-plane radius r")
        self._counts = axis(self._count, "left", tick_format=",")
        marks = [self.dark, self.lit, *self.cursor.marks]
        self.figure = figure(marks, [self._radii_axis, self._counts], left=54)
        self.caption = caption()
        self.box = captioned(self.caption, self.figure)
        self._radii: Float64[np.ndarray, " samples"] = np.empty(0)

    def show(self, radii: Float64[np.ndarray, " samples"]) -> None:
        """Take the radii of a plane, to be drawn by `move`."""
        self._radii = np.minimum(radii, 1.0)
        counts, _ = np.histogram(self._radii, bins=_BINS, range=(0.0, 1.0))
        top = max(10.0, 1.5 * counts.max())
        self._count.max = top
        self._counts.tick_values = 10.0 ** np.arange(math.floor(math.log10(top)) + 1)
        self._edges = np.linspace(0.0, 1.0, _BINS + 1)
        self._heights = np.maximum(counts, _LEAST_COUNT).astype(np.float64)

    def move(self, epsilon: float) -> None:
        """Show ε, and which samples are lit at some θ."""
        self._epsilon = epsilon
        self._fit_axis()
        self.cursor.move(epsilon)
        split = min(max(epsilon, 0.0), 1.0)
        _draw(self.dark, *self._outline(0.0, split))
        _draw(self.lit, *self._outline(split, 1.0))
        lit = int(np.count_nonzero(self._radii >= least_lit_radius(epsilon)))
        keys = [("■", BEAM, f"r ≥ ε, lit at some θ: {lit:,}")]
        keys.append(("■", GREY, f"dark: {len(self._radii) - lit:,}"))
        self.caption.value = heading("In-plane radii", *keys)

    def _ask(self, epsilon: float) -> None:
        self._on_move(min(max(round(epsilon, 3), -1.0), 1.0))
        self._fit_axis()

    def _fit_axis(self) -> None:
        """Let the axis of radii begin at -1 for ε < 0, else at 0; not during a drag."""
        low = -1.0 if self._epsilon < 0 else 0.0
        if self._radii_axis.tick_values is None or (
            self._radius.min != low and not self.cursor.dragged
        ):
            graduate(self._radii_axis, low, 1.0, per_cent=False)
            self.cursor.reset_handles()

    def _outline(self, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
        """Return x and y of the histogram's outline between two radii."""
        if low >= high:
            return np.empty(0), np.empty(0)
        inner = self._edges[(self._edges > low) & (self._edges < high)]
        edges = np.concatenate([[low], inner, [high]])
        heights = self._heights[np.searchsorted(self._edges, edges[:-1], side="right") - 1]
        x, y = np.repeat(edges, 2), np.repeat(heights, 2)
        return x, np.concatenate([[_LEAST_COUNT], y, [_LEAST_COUNT]])


def _draw(mark: bqplot.Mark, x: np.ndarray, y: np.ndarray) -> None:
    with mark.hold_sync():
        mark.x, mark.y = x, y


def _full_turn(
    angles: Float64[np.ndarray, " angles"], values: np.ndarray
) -> tuple[Float64[np.ndarray, " closed"], np.ndarray]:
    """Return the angles in degrees and their values, with the value at 0 again at 360."""
    closed = np.append(np.degrees(angles), 360.0)
    return closed, np.concatenate([values, values[..., :1]], axis=-1)

"""Matplotlib figure of a scope, and the SVG that stands in for it where no widgets are shown."""

from typing import TYPE_CHECKING, Any

import numpy as np

from srm_widget.concurrency.threads import widget_lock
from srm_widget.figures import palette
from srm_widget.figures.plot_data import ClassAreas, ComparisonLine, PlanePlot
from srm_widget.view.legend import Legend
from srm_widget.widget.prefetcher import Prefetcher

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SVG = "image/svg+xml"
_SVG_SIZE = 4.5  # inches
_MOST_ANGLES = 360
"""Angles of the curve in the SVG, about as many as its pixels tell apart."""

MOST_GAIN = 1e15
"""Gain beyond which isotropic data would light nothing: f is drawn instead."""


class FigureExport(Prefetcher):
    """Scope with `figure`, and with an SVG for readers that show no widgets."""

    def figure(self, *, size: float = 5.0) -> "Figure":
        """Return a Matplotlib polar figure of what is on show, for print.

        Parameters
        ----------
        size
            Width in inches, at least 2; the height follows.

        Returns
        -------
        matplotlib.figure.Figure
            With one polar ``Axes``, whose angle is θ and whose radius is f or s. It belongs to no
            pyplot; a notebook shows it, ``figure.savefig("plane.pdf")`` writes it.

        Raises
        ------
        TypeError, ValueError
            If `size` is no such number.
        """
        # Matplotlib takes long to import, and only figures need it.
        from srm_widget.figures.polar_figure import polar_figure  # noqa: PLC0415

        return polar_figure(self._plane_plot(), size=size)

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the live scope, and an SVG of it for readers that show no widgets."""
        bundle: tuple[dict[str, Any], dict[str, Any]] | None = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        data, metadata = bundle
        try:
            data = {**data, _SVG: self._svg()}
        except Exception:
            self.log.warning("The scope is shown without a picture of it", exc_info=True)
        return data, metadata

    def _svg(self) -> str:
        """Return what is on show as a small SVG, drawn at no more angles than pixels tell apart."""
        from srm_widget.figures.polar_figure import polar_figure  # noqa: PLC0415
        from srm_widget.figures.svg import inline_svg  # noqa: PLC0415

        plot = self._plane_plot().thinned(_MOST_ANGLES)
        return inline_svg(polar_figure(plot, size=_SVG_SIZE), plot.summary)

    def _plane_plot(self) -> PlanePlot:
        """Return what a figure is drawn from."""
        with widget_lock:  # curve, frame and traits belong together
            curve, frame, legend = self.resonance, self._frame, self.legend
            by_class = legend is not None and self.by_class and not self.signed
            gain = self.scale == "gain" and curve.isotropic * MOST_GAIN >= 1
            first, second = frame["names"]
            return PlanePlot(
                resonance=curve,
                names=(first, second),
                theta=frame["theta"],
                n_lit=frame["n_lit"],
                lit_angle=frame["lit_angle"],
                title=self.title,
                step=self._step_text(frame["step"]),
                signed=self.signed,
                gain=gain,
                reach=frame["reach"],
                classes=self._class_areas(legend) if legend is not None and by_class else None,
                compared=self._comparison_line(gain=gain),
            )

    def _step_text(self, step: int) -> str:
        """Return label and number of a step; "" if there is only one."""
        steps = self._timeline.labels
        return f"{steps[step]} ({step + 1} of {len(steps)})" if len(steps) > 1 else ""

    def _class_areas(self, legend: Legend) -> ClassAreas:
        """Return the curves by class, of the classes that are switched on."""
        counts = np.frombuffer(self._class_counts, "<i4").reshape(len(legend), -1)
        visible = [group for group in range(len(legend)) if group not in self.hidden_classes]
        grey = len(palette.CLASSES) - 1
        return ClassAreas(
            names=tuple(legend.frame["names"][group] for group in visible),
            colours=tuple(grey if group == legend.other else group for group in visible),
            counts=counts[visible].astype(np.int64),
        )

    def _comparison_line(self, *, gain: bool) -> ComparisonLine | None:
        """Return the compared step's curve; where rings are gains, in multiples of its own f0."""
        frame: dict[str, Any] = self._compared_frame
        counts = np.frombuffer(self._signed_compared if self.signed else self._compared, "<i4")
        if not frame or not len(counts):
            return None
        values = counts / frame["n_samples"]
        if gain and frame["isotropic"] > 0:
            values *= self.resonance.isotropic / frame["isotropic"]
        when = "before" if frame["step"] < self._frame["step"] else "after"
        return ComparisonLine(f"{when}: {self._timeline.labels[frame['step']]}", values)

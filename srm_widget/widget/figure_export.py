"""The scope outside its notebook: as a figure, and in files."""

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
_PICTURE_SIZE = 4.5  # inches
_MOST_ANGLES = 360
_MOST_GAIN = 1e15  # beyond this all that a gain says is that isotropy would light nothing


class FigureExport(Prefetcher):
    """A drawing that can be taken elsewhere."""

    def figure(self, *, size: float = 5.0) -> "Figure":
        """Polar figure of what is on show, for print.

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
        # Matplotlib takes long to import, and only pictures need it.
        from srm_widget.figures.polar_figure import polar_figure  # noqa: PLC0415

        return polar_figure(self._on_show(), size=size)

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The live scope; and for readers that show no widgets, a picture of it."""
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
        """What is on show as a small SVG, drawn at no more angles than its pixels tell apart."""
        from srm_widget.figures.polar_figure import polar_figure  # noqa: PLC0415
        from srm_widget.figures.svg import inline_svg  # noqa: PLC0415

        shown = self._on_show().thinned(_MOST_ANGLES)
        return inline_svg(polar_figure(shown, size=_PICTURE_SIZE), shown.summary)

    def _on_show(self) -> PlanePlot:
        """What a figure is drawn from."""
        with widget_lock:  # what is read belongs together
            curve, frame, legend = self.resonance, self._frame, self.legend
            by_class = legend is not None and self.by_class and not self.signed
            gain = self.scale == "gain" and curve.isotropic * _MOST_GAIN >= 1
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
                compared=self._other_curve(gain=gain),
            )

    def _step_text(self, step: int) -> str:
        steps = self._timeline.labels
        return f"{steps[step]} ({step + 1} of {len(steps)})" if len(steps) > 1 else ""

    def _class_areas(self, legend: Legend) -> ClassAreas:
        """Of the classes switched on."""
        counts = np.frombuffer(self._class_counts, "<i4").reshape(len(legend), -1)
        on = [group for group in range(len(legend)) if group not in self.hidden_classes]
        grey = len(palette.CLASSES) - 1
        return ClassAreas(
            names=tuple(legend.frame["names"][group] for group in on),
            colours=tuple(grey if group == legend.other else group for group in on),
            counts=counts[on].astype(np.int64),
        )

    def _other_curve(self, *, gain: bool) -> ComparisonLine | None:
        """Of the step that is compared with; where rings are gains, in multiples of its own f0."""
        frame: dict[str, Any] = self._compared_frame
        counts = np.frombuffer(self._signed_compared if self.signed else self._compared, "<i4")
        if not frame or not len(counts):
            return None
        values = counts / frame["n_samples"]
        if gain and frame["isotropic"] > 0:
            values *= self.resonance.isotropic / frame["isotropic"]
        when = "before" if frame["step"] < self._frame["step"] else "after"
        return ComparisonLine(f"{when}: {self._timeline.labels[frame['step']]}", values)

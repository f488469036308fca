"""Build what the page is shown of a plane (`ViewBuilder`), in short steps where that takes long."""

import time
from collections.abc import Sequence

import numpy as np

from srm_widget.concurrency.generators import run
from srm_widget.engine.source import ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.plane.beam import Beam
from srm_widget.results.curves import Resonance
from srm_widget.samples.labels import Labels
from srm_widget.utils.arrays import to_bytes
from srm_widget.utils.caches import Made, ResumableCache, Steps
from srm_widget.view.frames import (
    NO_COMPARISON,
    ComparisonCurve,
    beam_frame,
    comparison_steps,
    curve_arrays,
    curve_frame,
    layer_frame,
)
from srm_widget.view.legend import Legend, LegendCache
from srm_widget.view.sample_previews import MOST_PREVIEWS, preview_strip
from srm_widget.view.samples_in_plane import SampleCloud, cloud_steps
from srm_widget.view.spec import PlaneView, ScopeView, ViewSpec, ViewSteps
from srm_widget.view.wire import (
    AheadFrame,
    EmptyFrame,
    LegendFrame,
    SpotlightFacts,
    StripFrame,
    ViewFrames,
)

LARGE = 2_000_000
"""Samples to read beyond which a view takes longer than some 50 ms to build."""


class ViewBuilder:
    """Builder of `ScopeView` from `ViewSpec`, which keeps what the next view is likely to need.

    Parameters
    ----------
    timeline
        Engines of the activations.
    names
        Names of the M directions.
    legends
        Legends of the classes.
    """

    def __init__(self, timeline: Timeline, names: Sequence[str], legends: LegendCache) -> None:
        self._timeline, self._names, self._legends = timeline, names, legends
        self._cache = ResumableCache()

    def legend(self, labels: Labels | None, step: int) -> Legend | None:
        """Return the legend of the classes; rows that came after the labels have none."""
        if labels is None:
            return None
        return self._legends.of(labels, self._timeline.step(step).engine.n_rows)

    def is_large(self, spec: ViewSpec) -> bool:
        """Return whether `spec` may take so long to build that other tasks would have to wait."""
        engine = self._engine(spec)
        if not engine.has_samples:
            return False
        n_samples, legend = engine.n_samples, self.legend(spec.labels, spec.step)
        n = engine.n_to_read(*spec.pair, epsilon=spec.epsilon)
        if legend is not None and not self._cache.has("classes", self._classes_key(spec)):
            n += n_samples
        if spec.cloud not in ("off", "points") and not self._cache.has(
            "cloud", self._cloud_key(spec)
        ):
            n += n_samples // 2
        return n + self._n_to_read_compared(spec) > LARGE

    def build(self, spec: ViewSpec, position: int) -> ScopeView:
        """Compute what `spec` shows; `position` is where the plane stands in the order."""
        return run(self.build_steps(spec, position))

    def build_steps(self, spec: ViewSpec, position: int) -> ViewSteps[ScopeView]:
        """`build` in short steps; what can be refused is refused before the first one."""
        max_listed = max(spec.max_selected, MOST_PREVIEWS)
        plane, beam = yield from self._plane_steps(spec, position, max_listed)
        engine, legend = self._engine(spec), self.legend(spec.labels, spec.step)
        strip_frame: StripFrame | EmptyFrame = {}
        images = b""
        if spec.samples is not None:
            items, images = preview_strip(spec.samples, engine, spec.pair, beam, legend)
            strip_frame = {**_spotlight_frame(spec), "n_lit": beam.n_listed, "items": items}
        frames = {
            **plane.frames,
            "layer": layer_frame(engine),
            "legend": _legend_frame(legend),
            "strip_frame": strip_frame,
        }
        selected = beam.indices[: spec.max_selected].tolist()
        arrays = {**plane.arrays, "strip": images}
        return ScopeView(plane.resonance, selected, beam.n_listed, frames, arrays)

    def build_plane(self, spec: ViewSpec, position: int) -> PlaneView:
        """Compute the plane of `build`, without the samples inside the spotlight."""
        return run(self._plane_steps(spec, position, 0))[0]

    def partial_view(self, spec: ViewSpec, position: int, resonance: Resonance) -> PlaneView:
        """Return the plane of `spec` while it is counted, with the curve of the samples so far.

        Curves by class and the compared step's curve are there if they are in the cache, else
        empty. Samples are there if they are in the cache, else their frame is left out.
        """
        engine, legend = self._engine(spec), self.legend(spec.labels, spec.step)
        known = self._cache.get
        cloud: SampleCloud | None = known("cloud", self._cloud_key(spec))
        comparison: ComparisonCurve = known("compared", self._comparison_key(spec)) or NO_COMPARISON
        by_class = None if legend is None else np.zeros(len(legend), dtype=np.int64)
        beam = Beam(0, 0, engine.evenly_spaced(0), np.empty(0), by_class)
        frame = self._frame(spec, position, resonance, beam, reach=None, elapsed=0.0)
        frames: ViewFrames = {
            "frame": {**frame, "is_partial": True},
            "compared_frame": comparison.frame,
            "layer": layer_frame(engine),
            "legend": _legend_frame(legend),
        }
        arrays = {
            "class_counts": known("classes", self._classes_key(spec)) or b"",
            **self._curve_arrays(spec, resonance, comparison),
        }
        if cloud is not None:
            frames["cloud_frame"] = cloud.frame
            arrays |= cloud.arrays
        return PlaneView(resonance, {**frames}, arrays)

    def _plane_steps(
        self, spec: ViewSpec, position: int, max_listed: int
    ) -> ViewSteps[tuple[PlaneView, Beam]]:
        """Compute the plane, and the first `max_listed` samples in its beam, in short steps."""
        step = self._timeline.step(spec.step)
        step.check_rows("labels", None if spec.labels is None else len(spec.labels))
        step.check_rows("samples", None if spec.samples is None else spec.samples.n_rows)
        engine, legend = step.engine, self.legend(spec.labels, spec.step)
        engine.checked_rows(np.array(spec.highlight, dtype=np.int64))
        seconds = [0.0]
        resonance = yield from _timed(self._curve_steps(spec), seconds)
        step.note_curve(resonance)
        class_counts = yield from _timed(self._class_steps(spec, legend), seconds)
        beam = yield from _timed(self._beam_steps(spec, legend, max_listed), seconds)
        comparison = yield from self._comparison_steps(spec)
        cloud = yield from self._cloud_steps(spec, legend)
        # Largest ε that lights a sample; read from all samples, so only where none is lit.
        reach = None if resonance.counts.any() else (yield from self._reach_steps(spec))
        frame = self._frame(spec, position, resonance, beam, reach=reach, elapsed=1e3 * seconds[0])
        frames: ViewFrames = {
            "frame": frame,
            "cloud_frame": cloud.frame,
            "compared_frame": comparison.frame,
        }
        curves = self._curve_arrays(spec, resonance, comparison)
        arrays = {"class_counts": class_counts, **curves, **cloud.arrays}
        return PlaneView(resonance, {**frames}, arrays), beam

    def _curve_steps(self, spec: ViewSpec) -> ViewSteps[Resonance]:
        engine = self._engine(spec)
        key = *_curve_key(spec), spec.step, engine.n_samples
        i, j = spec.pair
        return self._cache.steps(
            "curve",
            key,
            lambda: engine.curve_steps(i, j, epsilon=spec.epsilon, resolution=spec.resolution),
        )

    def _class_steps(self, spec: ViewSpec, legend: Legend | None) -> ViewSteps[bytes]:
        """Count the curve class by class, which does not change as the spotlight turns."""
        if legend is None:
            return b""
        engine, (i, j), groups = self._engine(spec), spec.pair, legend.groups

        def count() -> Steps[bytes]:
            curves = yield from engine.class_curves_steps(
                i, j, groups, epsilon=spec.epsilon, resolution=spec.resolution
            )
            return to_bytes(curves.counts, "<i4")

        made = yield from _without_curves(
            self._cache.steps("classes", self._classes_key(spec), count)
        )
        return made

    def _beam_steps(
        self, spec: ViewSpec, legend: Legend | None, max_listed: int
    ) -> ViewSteps[Beam]:
        only = None
        if legend is not None and spec.by_class and spec.hidden_classes:
            only = set(range(len(legend))).difference(spec.hidden_classes)
        steps = self._engine(spec).beam_steps(
            *spec.pair,
            spec.theta,
            epsilon=spec.epsilon,
            labels=None if legend is None else legend.groups,
            only=only,
            most=max_listed,
        )
        beam = yield from _without_curves(steps)
        return beam

    def _cloud_steps(self, spec: ViewSpec, legend: Legend | None) -> ViewSteps[SampleCloud]:
        engine = self._engine(spec)
        begin = lambda: cloud_steps(engine, spec.pair, spec.cloud, legend)  # noqa: E731
        cloud = yield from _without_curves(self._cache.steps("cloud", self._cloud_key(spec), begin))
        return cloud

    def _comparison_steps(self, spec: ViewSpec) -> ViewSteps[ComparisonCurve]:
        """Count the curve of the compared step; it depends neither on θ nor on the step shown."""
        if spec.compare in (-1, spec.step):
            return NO_COMPARISON
        step = self._timeline.step(spec.compare)
        begin = lambda: comparison_steps(step, spec.compare, *_curve_key(spec))  # noqa: E731
        steps = self._cache.steps("compared", self._comparison_key(spec), begin)
        comparison = yield from _without_curves(steps)
        return comparison

    def _reach_steps(self, spec: ViewSpec) -> ViewSteps[float]:
        engine = self._engine(spec)
        key = spec.pair, spec.step, engine.n_samples
        begin = lambda: engine.reach_steps(*spec.pair)  # noqa: E731
        reach = yield from _without_curves(self._cache.steps("reach", key, begin))
        return reach

    def _frame(
        self,
        spec: ViewSpec,
        position: int,
        resonance: Resonance,
        beam: Beam,
        *,
        reach: float | None,
        elapsed: float,
    ) -> AheadFrame:
        engine = self._engine(spec)
        return {
            **_spotlight_frame(spec),
            **curve_frame(engine, resonance, self._names),
            **beam_frame(engine, beam, spec.theta),
            "reach": reach,
            "step": spec.step,
            "order": spec.order,
            "position": position,
            "resolution": spec.resolution,
            "elapsed_ms": elapsed,
            "is_partial": False,
        }

    def _curve_arrays(
        self, spec: ViewSpec, resonance: Resonance, comparison: ComparisonCurve
    ) -> dict[str, bytes]:
        marked = np.array(spec.highlight, dtype=np.int64)
        marks = self._engine(spec).coordinates(*spec.pair, marked)
        return {**curve_arrays(resonance), **comparison.arrays, "marks": to_bytes(marks, "<f4")}

    def _n_to_read_compared(self, spec: ViewSpec) -> int:
        """Return how many samples are read for the curve of the compared step."""
        if spec.compare in (-1, spec.step):
            return 0
        engine = self._timeline.step(spec.compare).engine
        known = self._cache.has("compared", self._comparison_key(spec))
        if known or not engine.basis.spans(*spec.pair):
            return 0
        return engine.n_to_read(*spec.pair, epsilon=spec.epsilon)

    def _engine(self, spec: ViewSpec) -> ResonanceSource:
        return self._timeline.step(spec.step).engine

    def _classes_key(self, spec: ViewSpec) -> object:
        legend = self.legend(spec.labels, spec.step)
        return *_curve_key(spec), spec.step, legend, self._engine(spec).n_samples

    def _cloud_key(self, spec: ViewSpec) -> object:
        legend = self.legend(spec.labels, spec.step)
        return spec.step, spec.pair, spec.cloud, legend, self._engine(spec).n_samples

    def _comparison_key(self, spec: ViewSpec) -> object:
        if spec.compare in (-1, spec.step):
            return None
        n_samples = self._timeline.step(spec.compare).engine.n_samples
        return *_curve_key(spec), spec.compare, n_samples


def _legend_frame(legend: Legend | None) -> LegendFrame | EmptyFrame:
    if legend is None:
        return {}
    return legend.frame


def _spotlight_frame(spec: ViewSpec) -> SpotlightFacts:
    """Return plane, θ and ε, as the page is sent them: the samples in the beam depend on these."""
    return {"pair": spec.pair, "theta": spec.theta, "epsilon": spec.epsilon}


def _curve_key(spec: ViewSpec) -> tuple[tuple[int, int], float, int]:
    """Return what a curve depends on beside the samples: plane, ε and K."""
    return spec.pair, spec.epsilon, spec.resolution


def _without_curves(steps: Steps[Made]) -> ViewSteps[Made]:
    """Take `steps`, yielding None in place of what they yield: none of it is a curve to show."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made
        yield None


def _timed(steps: ViewSteps[Made], seconds: list[float]) -> ViewSteps[Made]:
    """Take `steps`, adding their time to `seconds`, that between them left out."""
    while True:
        began = time.perf_counter()
        try:
            step = next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made
        finally:
            seconds[0] += time.perf_counter() - began
        yield step

"""Makes pictures of planes, in short steps where that takes long."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from srm_widget.concurrency.generators import run
from srm_widget.engine.counts_source import CountsSource, ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.plane.beam import Beam
from srm_widget.results.curves import Resonance
from srm_widget.samples.labels import Labels
from srm_widget.utils.arrays import to_bytes
from srm_widget.utils.caches import Made, ResumableCache, Steps
from srm_widget.view.frames import (
    NOTHING,
    ComparisonCurve,
    beam_frame,
    compared_steps,
    curve_arrays,
    curve_frame,
    layer_frame,
)
from srm_widget.view.legend import Legend
from srm_widget.view.sample_previews import MOST_SHOWN, preview_strip
from srm_widget.view.samples_in_plane import SampleCloud, cloud_steps
from srm_widget.view.spec import PlaneView, ScopeView, ViewSpec, ViewSteps

LARGE = 2_000_000
"""Samples to go through beyond which a picture takes longer than some 50 ms."""


class ViewBuilder:
    """Makes pictures, and keeps what the next one is likely to need again.

    Parameters
    ----------
    timeline
        Engines of the activations.
    names
        Of the M directions.
    """

    def __init__(self, timeline: Timeline, names: Sequence[str]) -> None:
        self._timeline, self._names = timeline, names
        self._cache = ResumableCache()

    def legend(self, labels: Labels | None, step: int) -> Legend | None:
        """Legend of the classes, rows that came after them included."""
        if labels is None:
            return None
        n_rows = self._timeline.step(step).engine.n_rows
        make = lambda: Legend(labels.grown(n_rows))  # noqa: E731
        return self._cache.get_or_make("legend", (labels, n_rows), make)

    def is_large(self, spec: ViewSpec) -> bool:
        """Whether to draw `spec` may take so long that others would have to wait."""
        engine = self._engine(spec)
        if isinstance(engine, CountsSource):
            return False
        n_samples, legend = engine.n_samples, self.legend(spec.labels, spec.step)
        n = engine.n_to_read(*spec.pair, epsilon=spec.epsilon)
        if legend is not None and not self._cache.has("classes", self._classes_key(spec)):
            n += n_samples
        if spec.cloud not in ("off", "points") and not self._cache.has(
            "cloud", self._cloud_key(spec)
        ):
            n += n_samples // 2
        return n + self._n_compared(spec) > LARGE

    def _n_compared(self, spec: ViewSpec) -> int:
        """Samples to go through for the curve of the step compared with."""
        if spec.compare in (-1, spec.step):
            return 0
        engine = self._timeline.step(spec.compare).engine
        known = self._cache.has("compared", self._compared_key(spec))
        if known or isinstance(engine, CountsSource) or not engine.basis.spans(*spec.pair):
            return 0
        return engine.n_to_read(*spec.pair, epsilon=spec.epsilon)

    def build(self, spec: ViewSpec, position: int) -> ScopeView:
        """Compute what `spec` shows; `position` is where the plane stands in the order."""
        return run(self.build_steps(spec, position))

    def build_steps(self, spec: ViewSpec, position: int) -> ViewSteps[ScopeView]:
        """`build` in short steps; what can be refused is refused before the first one."""
        most = max(spec.max_selected, MOST_SHOWN)
        plane, beam = yield from self._plane_steps(spec, position, most)
        engine, legend = self._engine(spec), self.legend(spec.labels, spec.step)
        row, images = {}, b""
        if spec.samples is not None:
            items, images = preview_strip(spec.samples, engine, spec.pair, beam, legend)
            row = {**_shown(spec), "n_lit": beam.n_listed, "items": items}
        frames = {
            **plane.frames,
            "layer": layer_frame(engine),
            "legend": {} if legend is None else legend.frame,
            "strip_frame": row,
        }
        selected = beam.indices[: spec.max_selected].tolist()
        arrays = {**plane.arrays, "strip": images}
        return ScopeView(plane.resonance, selected, beam.n_listed, frames, arrays)

    def build_plane(self, spec: ViewSpec, position: int) -> PlaneView:
        """What `build` would compute of the plane, without the samples inside the spotlight."""
        return run(self._plane_steps(spec, position, 0))[0]

    def partial_view(self, spec: ViewSpec, position: int, resonance: Resonance) -> PlaneView:
        """What there is of `spec` while it is counted: the curve of the samples so far.

        Of the rest what is known already: its classes, the step compared with, and its samples
        if these are known, or there is nothing said of them.
        """
        engine, legend = self._engine(spec), self.legend(spec.labels, spec.step)
        known = self._cache.get
        cloud: SampleCloud | None = known("cloud", self._cloud_key(spec))
        other = known("compared", self._compared_key(spec)) or NOTHING
        by_class = None if legend is None else np.zeros(len(legend), dtype=np.int64)
        beam = Beam(0, 0, engine.evenly_spaced(0), np.empty(0), by_class)
        frame = self._frame(spec, position, resonance, beam, reach=None, elapsed=0.0)
        frames = {
            "frame": {**frame, "is_partial": True},
            "compared_frame": other.frame,
            "layer": layer_frame(engine),
            "legend": {} if legend is None else legend.frame,
        }
        arrays = {
            "class_counts": known("classes", self._classes_key(spec)) or b"",
            **self._curve_arrays(spec, resonance, other),
        }
        if cloud is not None:
            frames |= {"cloud_frame": cloud.frame}
            arrays |= cloud.arrays
        return PlaneView(resonance, frames, arrays)

    def _plane_steps(
        self, spec: ViewSpec, position: int, most: int
    ) -> ViewSteps[tuple[PlaneView, Beam]]:
        """The plane, and the first `most` samples in its beam."""
        step = self._timeline.step(spec.step)
        step.check_rows("labels", None if spec.labels is None else len(spec.labels))
        step.check_rows("samples", None if spec.samples is None else spec.samples.n_rows)
        engine, legend = step.engine, self.legend(spec.labels, spec.step)
        engine.checked_rows(np.array(spec.highlight, dtype=np.int64))
        seconds = [0.0]
        resonance = yield from _timed(self._curve_steps(spec), seconds)
        step.note_curve(resonance)
        class_counts = yield from _timed(self._class_steps(spec, legend), seconds)
        beam = yield from _timed(self._beam_steps(spec, legend, most), seconds)
        other = yield from self._compared_steps(spec)
        cloud = yield from self._cloud_steps(spec, legend)
        # How far ε would have to go down; read from all samples, so only where it is needed.
        reach = None if resonance.counts.any() else (yield from self._reach_steps(spec))
        frame = self._frame(spec, position, resonance, beam, reach=reach, elapsed=1e3 * seconds[0])
        frames = {"frame": frame, "cloud_frame": cloud.frame, "compared_frame": other.frame}
        curves = self._curve_arrays(spec, resonance, other)
        arrays = {"class_counts": class_counts, **curves, **cloud.arrays}
        return PlaneView(resonance, frames, arrays), beam

    def _curve_steps(self, spec: ViewSpec) -> ViewSteps[Resonance]:
        engine = self._engine(spec)
        key = *_curve(spec), spec.step, engine.n_samples
        i, j = spec.pair
        return self._cache.steps(
            "curve",
            key,
            lambda: engine.curve_steps(i, j, epsilon=spec.epsilon, resolution=spec.resolution),
        )

    def _class_steps(self, spec: ViewSpec, legend: Legend | None) -> ViewSteps[bytes]:
        """The curve class by class, which does not change as the spotlight turns."""
        if legend is None:
            return b""
        engine, (i, j), groups = self._engine(spec), spec.pair, legend.groups

        def count() -> Steps[bytes]:
            curves = yield from engine.class_curves_steps(
                i, j, groups, epsilon=spec.epsilon, resolution=spec.resolution
            )
            return to_bytes(curves.counts, "<i4")

        made = yield from _silent(self._cache.steps("classes", self._classes_key(spec), count))
        return made

    def _beam_steps(self, spec: ViewSpec, legend: Legend | None, most: int) -> ViewSteps[Beam]:
        only = None
        if legend is not None and spec.by_class and spec.hidden_classes:
            only = set(range(len(legend))).difference(spec.hidden_classes)
        steps = self._engine(spec).beam_steps(
            *spec.pair,
            spec.theta,
            epsilon=spec.epsilon,
            labels=None if legend is None else legend.groups,
            only=only,
            most=most,
        )
        beam = yield from _silent(steps)
        return beam

    def _cloud_steps(self, spec: ViewSpec, legend: Legend | None) -> ViewSteps[SampleCloud]:
        engine = self._engine(spec)
        begin = lambda: cloud_steps(engine, spec.pair, spec.cloud, legend)  # noqa: E731
        cloud = yield from _silent(self._cache.steps("cloud", self._cloud_key(spec), begin))
        return cloud

    def _compared_steps(self, spec: ViewSpec) -> ViewSteps[ComparisonCurve]:
        """The curve of the step to compare with, which moves neither with θ nor with the step."""
        if spec.compare in (-1, spec.step):
            return NOTHING
        step = self._timeline.step(spec.compare)
        begin = lambda: compared_steps(step, spec.compare, *_curve(spec))  # noqa: E731
        steps = self._cache.steps("compared", self._compared_key(spec), begin)
        other = yield from _silent(steps)
        return other

    def _reach_steps(self, spec: ViewSpec) -> ViewSteps[float]:
        engine = self._engine(spec)
        key = spec.pair, spec.step, engine.n_samples
        begin = lambda: engine.reach_steps(*spec.pair)  # noqa: E731
        reach = yield from _silent(self._cache.steps("reach", key, begin))
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
    ) -> dict[str, Any]:
        engine = self._engine(spec)
        return {
            **_shown(spec),
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
        self, spec: ViewSpec, resonance: Resonance, other: ComparisonCurve
    ) -> dict[str, bytes]:
        marked = np.array(spec.highlight, dtype=np.int64)
        marks = self._engine(spec).coordinates(*spec.pair, marked)
        return {**curve_arrays(resonance), **other.arrays, "marks": to_bytes(marks, "<f4")}

    def _engine(self, spec: ViewSpec) -> ResonanceSource:
        return self._timeline.step(spec.step).engine

    def _classes_key(self, spec: ViewSpec) -> object:
        legend = self.legend(spec.labels, spec.step)
        return *_curve(spec), spec.step, legend, self._engine(spec).n_samples

    def _cloud_key(self, spec: ViewSpec) -> object:
        legend = self.legend(spec.labels, spec.step)
        return spec.step, spec.pair, spec.cloud, legend, self._engine(spec).n_samples

    def _compared_key(self, spec: ViewSpec) -> object:
        if spec.compare in (-1, spec.step):
            return None
        n_samples = self._timeline.step(spec.compare).engine.n_samples
        return *_curve(spec), spec.compare, n_samples


def _shown(spec: ViewSpec) -> dict[str, Any]:
    """What the samples in the beam depend on."""
    return {"pair": list(spec.pair), "theta": spec.theta, "epsilon": spec.epsilon}


def _curve(spec: ViewSpec) -> tuple[tuple[int, int], float, int]:
    """What a curve depends on beside the samples."""
    return spec.pair, spec.epsilon, spec.resolution


def _silent(steps: Steps[Made]) -> ViewSteps[Made]:
    """Steps that show no curve."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made
        yield None


def _timed(steps: ViewSteps[Made], seconds: list[float]) -> ViewSteps[Made]:
    """Steps whose time is added to `seconds`, that between them left out."""
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

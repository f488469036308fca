"""Makes pictures of planes, in short steps where that takes long."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from srm_widget.concurrency.generators import run
from srm_widget.engine.counted import Counted, Source
from srm_widget.engine.timeline import Timeline
from srm_widget.plane.beam import Beam
from srm_widget.results.curves import Resonance
from srm_widget.samples.labels import Labels
from srm_widget.utils.arrays import packed
from srm_widget.utils.caches import Made, Steps, Workshop
from srm_widget.view import frames as facts
from srm_widget.view.frames import NOTHING, Compared, compared_steps
from srm_widget.view.legend import Legend
from srm_widget.view.sample_previews import MOST_SHOWN, strip
from srm_widget.view.samples_in_plane import Cloud, cloud_steps
from srm_widget.view.spec import Asked, Drawing, Picture, PlanePicture

LARGE = 2_000_000
"""Samples to go through beyond which a picture takes longer than some 50 ms."""


class Painter:
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
        self._workshop = Workshop()

    def legend(self, labels: Labels | None, step: int) -> Legend | None:
        """Legend of the classes, rows that came after them included."""
        if labels is None:
            return None
        n_rows = self._timeline.step(step).engine.n_rows
        make = lambda: Legend(labels.grown(n_rows))  # noqa: E731
        return self._workshop.once("legend", (labels, n_rows), make)

    def is_large(self, asked: Asked) -> bool:
        """Whether to draw `asked` may take so long that others would have to wait."""
        engine = self._engine(asked)
        if isinstance(engine, Counted):
            return False
        n_samples, legend = engine.n_samples, self.legend(asked.labels, asked.step)
        n = engine.n_to_read(*asked.pair, epsilon=asked.epsilon)
        if legend is not None and not self._workshop.has("classes", self._classes_key(asked)):
            n += n_samples
        if asked.cloud not in ("off", "points") and not self._workshop.has(
            "cloud", self._cloud_key(asked)
        ):
            n += n_samples // 2
        return n + self._n_compared(asked) > LARGE

    def _n_compared(self, asked: Asked) -> int:
        """Samples to go through for the curve of the step compared with."""
        if asked.compare in (-1, asked.step):
            return 0
        engine = self._timeline.step(asked.compare).engine
        known = self._workshop.has("compared", self._compared_key(asked))
        if known or isinstance(engine, Counted) or not engine.basis.spans(*asked.pair):
            return 0
        return engine.n_to_read(*asked.pair, epsilon=asked.epsilon)

    def draw(self, asked: Asked, position: int) -> Picture:
        """Compute what `asked` shows; `position` is where the plane stands in the order."""
        return run(self.draw_steps(asked, position))

    def draw_steps(self, asked: Asked, position: int) -> Drawing[Picture]:
        """`draw` in short steps; what can be refused is refused before the first one."""
        most = max(asked.max_selected, MOST_SHOWN)
        plane, beam = yield from self._plane_steps(asked, position, most)
        engine, legend = self._engine(asked), self.legend(asked.labels, asked.step)
        row, images = {}, b""
        if asked.samples is not None:
            items, images = strip(asked.samples, engine, asked.pair, beam, legend)
            row = {**_shown(asked), "n_lit": beam.n_listed, "items": items}
        frames = {
            **plane.frames,
            "layer": facts.of_layer(engine),
            "legend": {} if legend is None else legend.frame,
            "strip_frame": row,
        }
        selected = beam.indices[: asked.max_selected].tolist()
        arrays = {**plane.arrays, "strip": images}
        return Picture(plane.resonance, selected, beam.n_listed, frames, arrays)

    def glance(self, asked: Asked, position: int) -> PlanePicture:
        """What `draw` would compute of the plane, without the samples inside the spotlight."""
        return run(self._plane_steps(asked, position, 0))[0]

    def glimpse(self, asked: Asked, position: int, resonance: Resonance) -> PlanePicture:
        """What there is of `asked` while it is counted: the curve of the samples so far.

        Of the rest what is known already: its classes, the step compared with, and its samples
        if these are known, or there is nothing said of them.
        """
        engine, legend = self._engine(asked), self.legend(asked.labels, asked.step)
        known = self._workshop.made
        sky: Cloud | None = known("cloud", self._cloud_key(asked))
        other = known("compared", self._compared_key(asked)) or NOTHING
        by_class = None if legend is None else np.zeros(len(legend), dtype=np.int64)
        beam = Beam(0, 0, engine.evenly_spaced(0), np.empty(0), by_class)
        frame = self._frame(asked, position, resonance, beam, reach=None, elapsed=0.0)
        frames = {
            "frame": {**frame, "is_partial": True},
            "compared_frame": other.frame,
            "layer": facts.of_layer(engine),
            "legend": {} if legend is None else legend.frame,
        }
        arrays = {
            "class_counts": known("classes", self._classes_key(asked)) or b"",
            **self._curve_arrays(asked, resonance, other),
        }
        if sky is not None:
            frames |= {"cloud_frame": sky.frame}
            arrays |= sky.arrays
        return PlanePicture(resonance, frames, arrays)

    def _plane_steps(
        self, asked: Asked, position: int, most: int
    ) -> Drawing[tuple[PlanePicture, Beam]]:
        """The plane, and the first `most` samples in its beam."""
        step = self._timeline.step(asked.step)
        step.check_rows("labels", None if asked.labels is None else len(asked.labels))
        step.check_rows("samples", None if asked.samples is None else asked.samples.n_rows)
        engine, legend = step.engine, self.legend(asked.labels, asked.step)
        engine.checked_rows(np.array(asked.highlight, dtype=np.int64))
        seconds = [0.0]
        resonance = yield from _timed(self._curve_steps(asked), seconds)
        step.note(resonance)
        class_counts = yield from _timed(self._class_steps(asked, legend), seconds)
        beam = yield from _timed(self._beam_steps(asked, legend, most), seconds)
        other = yield from self._compared_steps(asked)
        sky = yield from self._cloud_steps(asked, legend)
        # How far ε would have to go down; read from all samples, so only where it is needed.
        reach = None if resonance.counts.any() else (yield from self._reach_steps(asked))
        frame = self._frame(asked, position, resonance, beam, reach=reach, elapsed=1e3 * seconds[0])
        frames = {"frame": frame, "cloud_frame": sky.frame, "compared_frame": other.frame}
        curves = self._curve_arrays(asked, resonance, other)
        arrays = {"class_counts": class_counts, **curves, **sky.arrays}
        return PlanePicture(resonance, frames, arrays), beam

    def _curve_steps(self, asked: Asked) -> Drawing[Resonance]:
        engine = self._engine(asked)
        key = *_curve(asked), asked.step, engine.n_samples
        i, j = asked.pair
        return self._workshop.steps(
            "curve",
            key,
            lambda: engine.curve_steps(i, j, epsilon=asked.epsilon, resolution=asked.resolution),
        )

    def _class_steps(self, asked: Asked, legend: Legend | None) -> Drawing[bytes]:
        """The curve class by class, which does not change as the spotlight turns."""
        if legend is None:
            return b""
        engine, (i, j), groups = self._engine(asked), asked.pair, legend.groups

        def count() -> Steps[bytes]:
            curves = yield from engine.class_curves_steps(
                i, j, groups, epsilon=asked.epsilon, resolution=asked.resolution
            )
            return packed(curves.counts, "<i4")

        made = yield from _silent(self._workshop.steps("classes", self._classes_key(asked), count))
        return made

    def _beam_steps(self, asked: Asked, legend: Legend | None, most: int) -> Drawing[Beam]:
        only = None
        if legend is not None and asked.by_class and asked.hidden_classes:
            only = set(range(len(legend))).difference(asked.hidden_classes)
        steps = self._engine(asked).beam_steps(
            *asked.pair,
            asked.theta,
            epsilon=asked.epsilon,
            labels=None if legend is None else legend.groups,
            only=only,
            most=most,
        )
        beam = yield from _silent(steps)
        return beam

    def _cloud_steps(self, asked: Asked, legend: Legend | None) -> Drawing[Cloud]:
        engine = self._engine(asked)
        begin = lambda: cloud_steps(engine, asked.pair, asked.cloud, legend)  # noqa: E731
        sky = yield from _silent(self._workshop.steps("cloud", self._cloud_key(asked), begin))
        return sky

    def _compared_steps(self, asked: Asked) -> Drawing[Compared]:
        """The curve of the step to compare with, which moves neither with θ nor with the step."""
        if asked.compare in (-1, asked.step):
            return NOTHING
        step = self._timeline.step(asked.compare)
        begin = lambda: compared_steps(step, asked.compare, *_curve(asked))  # noqa: E731
        steps = self._workshop.steps("compared", self._compared_key(asked), begin)
        other = yield from _silent(steps)
        return other

    def _reach_steps(self, asked: Asked) -> Drawing[float]:
        engine = self._engine(asked)
        key = asked.pair, asked.step, engine.n_samples
        begin = lambda: engine.reach_steps(*asked.pair)  # noqa: E731
        reach = yield from _silent(self._workshop.steps("reach", key, begin))
        return reach

    def _frame(
        self,
        asked: Asked,
        position: int,
        resonance: Resonance,
        beam: Beam,
        *,
        reach: float | None,
        elapsed: float,
    ) -> dict[str, Any]:
        engine = self._engine(asked)
        return {
            **_shown(asked),
            **facts.of_curve(engine, resonance, self._names),
            **facts.of_beam(engine, beam, asked.theta),
            "reach": reach,
            "step": asked.step,
            "order": asked.order,
            "position": position,
            "resolution": asked.resolution,
            "elapsed_ms": elapsed,
            "is_partial": False,
        }

    def _curve_arrays(
        self, asked: Asked, resonance: Resonance, other: Compared
    ) -> dict[str, bytes]:
        marked = np.array(asked.highlight, dtype=np.int64)
        marks = self._engine(asked).coordinates(*asked.pair, marked)
        return {**facts.arrays_of(resonance), **other.arrays, "marks": packed(marks, "<f4")}

    def _engine(self, asked: Asked) -> Source:
        return self._timeline.step(asked.step).engine

    def _classes_key(self, asked: Asked) -> object:
        legend = self.legend(asked.labels, asked.step)
        return *_curve(asked), asked.step, legend, self._engine(asked).n_samples

    def _cloud_key(self, asked: Asked) -> object:
        legend = self.legend(asked.labels, asked.step)
        return asked.step, asked.pair, asked.cloud, legend, self._engine(asked).n_samples

    def _compared_key(self, asked: Asked) -> object:
        if asked.compare in (-1, asked.step):
            return None
        n_samples = self._timeline.step(asked.compare).engine.n_samples
        return *_curve(asked), asked.compare, n_samples


def _shown(asked: Asked) -> dict[str, Any]:
    """What the samples in the beam depend on."""
    return {"pair": list(asked.pair), "theta": asked.theta, "epsilon": asked.epsilon}


def _curve(asked: Asked) -> tuple[tuple[int, int], float, int]:
    """What a curve depends on beside the samples."""
    return asked.pair, asked.epsilon, asked.resolution


def _silent(steps: Steps[Made]) -> Drawing[Made]:
    """Steps that show no curve."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made
        yield None


def _timed(steps: Drawing[Made], seconds: list[float]) -> Drawing[Made]:
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

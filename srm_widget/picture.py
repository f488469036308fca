"""What the page is shown: one plane's curve, spotlight and samples, ready to be sent."""

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from srm_widget.angles import TURN
from srm_widget.beam import Beam
from srm_widget.cloud import Cloud, cloud
from srm_widget.compared import NOTHING, Compared, compared, packed
from srm_widget.counted import Counted, Source
from srm_widget.exhibits import Exhibits
from srm_widget.isotropy import isotropic_series
from srm_widget.labels import Labels
from srm_widget.legend import Legend
from srm_widget.resonance import Resonance
from srm_widget.strip import MOST_SHOWN, strip
from srm_widget.timeline import Timeline

_Made = TypeVar("_Made")


class Asked(NamedTuple):
    """What is to be shown: plane (i, j) in some order, cone ε, angles K, spotlight θ, marks, ….

    `step` comes first: what the others may be depends on it.
    """

    step: int
    compare: int
    pair: tuple[int, int]
    order: str
    epsilon: float
    resolution: int
    theta: float
    highlight: tuple[int, ...]
    max_selected: int
    labels: Labels | None
    samples: Exhibits | None
    cloud: str
    by_class: bool
    hidden_classes: tuple[int, ...]


class PlanePicture(NamedTuple):
    """A plane as it is drawn; the attributes are those of `Picture`."""

    resonance: Resonance
    frames: dict[str, dict[str, Any]]
    arrays: dict[str, bytes]


class Picture(NamedTuple):
    """An answer to `Asked`.

    Attributes
    ----------
    resonance
        Of the plane, P = 1.
    selected
        Samples inside the spotlight by falling cosine, of the classes switched on, at most
        ``max_selected`` of them.
    n_selected
        All of them.
    frames
        Facts about the layer, its classes (legend), this picture (frame), its samples
        (cloud_frame), those inside (strip_frame), and the step it is compared to (compared_frame).
    arrays
        Little-endian: counts and signed counts (K int32 each), of the step on show and of that it
        is compared to, counts by class (G · K int32), 95 %
        band (2K float32: lows, then highs), marks in the unit disc (2n float32: a, c, a, c, …),
        points, their groups and their density (`srm_widget.cloud`), images (`srm_widget.strip`).
    """

    resonance: Resonance
    selected: list[int]
    n_selected: int
    frames: dict[str, dict[str, Any]]
    arrays: dict[str, bytes]


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
        self._kept: dict[str, tuple[object, Any]] = {}

    def legend(self, labels: Labels | None, step: int) -> Legend | None:
        """Legend of the classes, rows that came after them included."""
        if labels is None:
            return None
        n_rows = self._timeline.step(step).engine.n_rows
        return self._once("legend", (labels, n_rows), lambda: Legend(labels.grown(n_rows)))

    def draw(self, asked: Asked, position: int) -> Picture:
        """Compute what `asked` shows; `position` is where the plane stands in the order."""
        plane, beam = self._plane(asked, position, max(asked.max_selected, MOST_SHOWN))
        engine, legend = (
            self._timeline.step(asked.step).engine,
            self.legend(asked.labels, asked.step),
        )
        row, images = {}, b""
        if asked.samples is not None:
            items, images = strip(asked.samples, engine, asked.pair, beam, legend)
            row = {**_shown(asked), "n_lit": beam.n_listed, "items": items}
        frames = {
            **plane.frames,
            "layer": _layer(engine),
            "legend": {} if legend is None else legend.frame,
            "strip_frame": row,
        }
        selected = beam.indices[: asked.max_selected].tolist()
        arrays = {**plane.arrays, "strip": images}
        return Picture(plane.resonance, selected, beam.n_listed, frames, arrays)

    def glance(self, asked: Asked, position: int) -> PlanePicture:
        """What `draw` would compute of the plane, without the samples inside the spotlight."""
        return self._plane(asked, position, 0)[0]

    def _plane(self, asked: Asked, position: int, most: int) -> tuple[PlanePicture, Beam]:
        """The plane, and the first `most` samples in its beam."""
        step = self._timeline.step(asked.step)
        step.check_rows("labels", None if asked.labels is None else len(asked.labels))
        step.check_rows("samples", None if asked.samples is None else asked.samples.n_rows)
        engine, legend = step.engine, self.legend(asked.labels, asked.step)
        began = time.perf_counter()
        resonance = engine.curve(*asked.pair, epsilon=asked.epsilon, resolution=asked.resolution)
        step.note(resonance)
        class_counts = self._class_counts(asked, legend)
        beam = self._beam(asked, legend, most)
        elapsed = time.perf_counter() - began

        other = self._compared(asked)
        sky = self._cloud(asked, legend)
        marks = engine.coordinates(*asked.pair, np.array(asked.highlight, dtype=np.int64))
        frame = {
            **_shown(asked),
            **self._facts(engine, resonance, beam, asked.theta),
            "step": asked.step,
            "order": asked.order,
            "position": position,
            "resolution": asked.resolution,
            "elapsed_ms": 1e3 * elapsed,
        }
        arrays = {
            "counts": packed(resonance.counts, "<i4"),
            "signed_counts": packed(resonance.signed_counts, "<i4"),
            "class_counts": class_counts,
            **other.arrays,
            "band": packed(np.concatenate(resonance.interval(), axis=1), "<f4"),
            "marks": packed(marks, "<f4"),
            "points": sky.points,
            "point_groups": sky.point_groups,
            "density": sky.density,
        }
        frames = {"frame": frame, "cloud_frame": sky.frame, "compared_frame": other.frame}
        return PlanePicture(resonance, frames, arrays), beam

    def _class_counts(self, asked: Asked, legend: Legend | None) -> bytes:
        """The curve class by class, which does not change as the spotlight turns."""
        if legend is None:
            return b""

        engine = self._timeline.step(asked.step).engine

        def count() -> bytes:
            curves = engine.class_curves(
                *asked.pair, legend.groups, epsilon=asked.epsilon, resolution=asked.resolution
            )
            return packed(curves.counts, "<i4")

        key = *_curve(asked), asked.step, legend, engine.n_samples
        return self._once("class_counts", key, count)

    def _beam(self, asked: Asked, legend: Legend | None, most: int) -> Beam:
        only = None
        if legend is not None and asked.by_class and asked.hidden_classes:
            only = set(range(len(legend))).difference(asked.hidden_classes)
        return self._timeline.step(asked.step).engine.beam(
            *asked.pair,
            asked.theta,
            epsilon=asked.epsilon,
            labels=None if legend is None else legend.groups,
            only=only,
            most=most,
        )

    def _cloud(self, asked: Asked, legend: Legend | None) -> Cloud:
        engine = self._timeline.step(asked.step).engine
        key = asked.step, asked.pair, asked.cloud, legend, engine.n_samples
        return self._once("cloud", key, lambda: cloud(engine, asked.pair, asked.cloud, legend))

    def _compared(self, asked: Asked) -> Compared:
        """The curve of the step to compare with, which moves neither with θ nor with the step."""
        if asked.compare in (-1, asked.step):
            return NOTHING
        step = self._timeline.step(asked.compare)
        key = *_curve(asked), asked.compare, step.engine.n_samples
        return self._once("compared", key, lambda: compared(step, asked.compare, *_curve(asked)))

    def _facts(
        self, engine: Source, resonance: Resonance, beam: Beam, theta: float
    ) -> dict[str, Any]:
        """What the page says about the curve and the spotlight."""
        i, j = resonance.planes[0].tolist()
        peak = int(resonance.counts.argmax())
        dark = resonance.counts[0, peak] == 0
        alignment = float(resonance.alignment[0])
        return {
            "names": [self._names[i], self._names[j]],
            "alpha": float(resonance.basis_angles[0]),
            "n_samples": resonance.n_samples,
            "n_lit": beam.n_lit,
            "lit_angle": _counted_angle(engine, theta),
            "class_lit": [] if beam.by_class is None else beam.by_class.tolist(),
            "isotropic": resonance.isotropic,
            "alignment": alignment if np.isfinite(alignment) else None,
            "peak": int(resonance.counts[0, peak]),
            "peak_angle": float(resonance.angles[peak]),
            # How far ε would have to go down; read from all samples, so only where it is needed.
            "reach": float(engine.radii(i, j).max()) if dark else None,
        }

    def _once(self, name: str, key: object, make: Callable[[], _Made]) -> _Made:
        """What was made last under `name`, made anew if `key` differs."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != key:
            kept = self._kept[name] = key, make()
        made: _Made = kept[1]
        return made


def _shown(asked: Asked) -> dict[str, Any]:
    """What the samples in the beam depend on."""
    return {"pair": list(asked.pair), "theta": asked.theta, "epsilon": asked.epsilon}


def _curve(asked: Asked) -> tuple[tuple[int, int], float, int]:
    """What a curve depends on beside the samples."""
    return asked.pair, asked.epsilon, asked.resolution


def _counted_angle(engine: Source, theta: float) -> float | None:
    """The angle that stands for θ, where only some are counted."""
    if not isinstance(engine, Counted):
        return None
    return engine.nearest(theta) * TURN / engine.resolution


def _layer(engine: Source) -> dict[str, Any]:
    return {
        "n_samples": engine.n_samples,
        "n_dims": engine.n_dims,
        "n_directions": engine.n_directions,
        "n_planes": engine.n_planes,
        "n_zero": engine.n_zero,
        "basis": engine.basis.name,
        # Of ε, where it can not be any.
        "levels": engine.levels if isinstance(engine, Counted) else [],
        "isotropic_series": list(isotropic_series(engine.n_dims)),
    }

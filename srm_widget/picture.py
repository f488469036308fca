"""What the page is shown: one plane's curve, spotlight and samples, ready to be sent."""

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from srm_widget.beam import Beam
from srm_widget.cloud import Cloud, cloud
from srm_widget.engine import ResonanceEngine
from srm_widget.exhibits import Exhibits
from srm_widget.labels import Labels
from srm_widget.legend import Legend
from srm_widget.resonance import Resonance
from srm_widget.strip import MOST_SHOWN, strip

_Made = TypeVar("_Made")


class Asked(NamedTuple):
    """What is to be shown: plane (i, j) in some order, cone ε, angles K, spotlight θ, marks, …."""

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
        Facts about the layer, its classes (legend), this picture (frame), its samples (cloud_frame)
        and those inside (strip_frame).
    arrays
        Little-endian: counts and signed counts (K int32 each), counts by class (G · K int32), 95 %
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
    engine
        Of the activations.
    names
        Of the M directions.
    """

    def __init__(self, engine: ResonanceEngine, names: Sequence[str]) -> None:
        self._engine, self._names = engine, names
        self._kept: dict[str, tuple[object, Any]] = {}

    def legend(self, labels: Labels | None) -> Legend | None:
        """Legend of the classes, rows that came after them included."""
        if labels is None:
            return None
        n_rows = self._engine.n_rows
        return self._once("legend", (labels, n_rows), lambda: Legend(labels.grown(n_rows)))

    def draw(self, asked: Asked, position: int) -> Picture:
        """Compute what `asked` shows; `position` is where the plane stands in the order."""
        engine, legend = self._engine, self.legend(asked.labels)
        began = time.perf_counter()
        resonance = engine.curve(*asked.pair, epsilon=asked.epsilon, resolution=asked.resolution)
        class_counts = self._class_counts(asked, legend)
        beam = self._beam(asked, legend)
        elapsed = time.perf_counter() - began

        sky = self._cloud(asked, legend)
        marks = engine.coordinates(*asked.pair, np.array(asked.highlight, dtype=np.int64))
        shown = {"pair": list(asked.pair), "theta": asked.theta, "epsilon": asked.epsilon}
        row, images = {}, b""
        if asked.samples is not None:
            items, images = strip(asked.samples, engine, asked.pair, beam, legend)
            row = {**shown, "n_lit": beam.n_listed, "items": items}
        frame = {
            **shown,
            **self._facts(resonance, beam),
            "order": asked.order,
            "position": position,
            "resolution": asked.resolution,
            "elapsed_ms": 1e3 * elapsed,
        }
        arrays = {
            "counts": _packed(resonance.counts, "<i4"),
            "signed_counts": _packed(resonance.signed_counts, "<i4"),
            "class_counts": class_counts,
            "band": _packed(np.concatenate(resonance.interval(), axis=1), "<f4"),
            "marks": _packed(marks, "<f4"),
            "points": sky.points,
            "point_groups": sky.point_groups,
            "density": sky.density,
            "strip": images,
        }
        frames = {
            "layer": _layer(engine),
            "legend": {} if legend is None else legend.frame,
            "frame": frame,
            "cloud_frame": sky.frame,
            "strip_frame": row,
        }
        selected = beam.indices[: asked.max_selected].tolist()
        return Picture(resonance, selected, beam.n_listed, frames, arrays)

    def _class_counts(self, asked: Asked, legend: Legend | None) -> bytes:
        """The curve class by class, which does not change as the spotlight turns."""
        if legend is None:
            return b""

        def count() -> bytes:
            curves = self._engine.class_curves(
                *asked.pair, legend.groups, epsilon=asked.epsilon, resolution=asked.resolution
            )
            return _packed(curves.counts, "<i4")

        key = asked.pair, asked.epsilon, asked.resolution, legend, self._engine.n_samples
        return self._once("class_counts", key, count)

    def _beam(self, asked: Asked, legend: Legend | None) -> Beam:
        only = None
        if legend is not None and asked.by_class and asked.hidden_classes:
            only = set(range(len(legend))).difference(asked.hidden_classes)
        return self._engine.beam(
            *asked.pair,
            asked.theta,
            epsilon=asked.epsilon,
            labels=None if legend is None else legend.groups,
            only=only,
            most=max(asked.max_selected, MOST_SHOWN),
        )

    def _cloud(self, asked: Asked, legend: Legend | None) -> Cloud:
        engine = self._engine
        key = asked.pair, asked.cloud, legend, engine.n_samples
        return self._once("cloud", key, lambda: cloud(engine, asked.pair, asked.cloud, legend))

    def _facts(self, resonance: Resonance, beam: Beam) -> dict[str, Any]:
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
            "class_lit": [] if beam.by_class is None else beam.by_class.tolist(),
            "isotropic": resonance.isotropic,
            "alignment": alignment if np.isfinite(alignment) else None,
            "peak": int(resonance.counts[0, peak]),
            "peak_angle": float(resonance.angles[peak]),
            # How far ε would have to go down; read from all samples, so only where it is needed.
            "reach": float(self._engine.radii(i, j).max()) if dark else None,
        }

    def _once(self, name: str, key: object, make: Callable[[], _Made]) -> _Made:
        """What was made last under `name`, made anew if `key` differs."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != key:
            kept = self._kept[name] = key, make()
        made: _Made = kept[1]
        return made


def _layer(engine: ResonanceEngine) -> dict[str, Any]:
    return {
        "n_samples": engine.n_samples,
        "n_dims": engine.n_dims,
        "n_directions": engine.n_directions,
        "n_planes": engine.n_planes,
        "n_zero": engine.n_zero,
        "basis": engine.basis.name,
    }


def _packed(values: np.ndarray, dtype: str) -> bytes:
    return np.ascontiguousarray(values, dtype=dtype).tobytes()

"""What the page is shown: one plane's curve, spotlight and samples, ready to be sent."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from srm_widget.engine import ResonanceEngine
from srm_widget.resonance import Resonance

MOST_POINTS = 2_000
"""Samples drawn as points; of more, these are evenly spaced ones."""


class Asked(NamedTuple):
    """What is to be shown: plane (i, j) in some order, cone ε, angles K, spotlight θ, marks."""

    pair: tuple[int, int]
    order: str
    epsilon: float
    resolution: int
    theta: float
    highlight: tuple[int, ...]
    max_selected: int


class Picture(NamedTuple):
    """An answer to `Asked`.

    Attributes
    ----------
    resonance
        Of the plane, P = 1.
    selected
        Samples inside the spotlight by falling cosine, at most ``max_selected`` of them.
    n_selected
        All of them.
    layer, frame
        Facts about the data, and about this picture.
    arrays
        Little-endian: counts and signed counts (K int32 each), 95 % band (2K float32: lows, then
        highs), points and marks in the unit disc (2n float32: a, c, a, c, …).
    """

    resonance: Resonance
    selected: list[int]
    n_selected: int
    layer: dict[str, Any]
    frame: dict[str, Any]
    arrays: dict[str, bytes]


def draw(engine: ResonanceEngine, asked: Asked, names: Sequence[str], position: int) -> Picture:
    """Compute what `asked` shows.

    Parameters
    ----------
    engine
        Of the activations.
    asked
        Checked values.
    names
        Of the M directions.
    position
        Where the plane stands in the order.
    """
    began = time.perf_counter()
    i, j = asked.pair
    resonance = engine.curve(i, j, epsilon=asked.epsilon, resolution=asked.resolution)
    inside = engine.inside(i, j, asked.theta, epsilon=asked.epsilon)
    elapsed = time.perf_counter() - began

    points = engine.coordinates(i, j, engine.evenly_spaced(MOST_POINTS))
    marks = engine.coordinates(i, j, np.array(asked.highlight, dtype=np.int64))
    peak = int(resonance.counts.argmax())
    alignment = float(resonance.alignment[0])
    frame = {
        "pair": [i, j],
        "names": [names[i], names[j]],
        "order": asked.order,
        "position": position,
        "epsilon": asked.epsilon,
        "resolution": asked.resolution,
        "theta": asked.theta,
        "alpha": float(resonance.basis_angles[0]),
        "n_samples": engine.n_samples,
        "n_lit": len(inside),
        "isotropic": resonance.isotropic,
        "alignment": alignment if np.isfinite(alignment) else None,
        "peak": int(resonance.counts[0, peak]),
        "peak_angle": float(resonance.angles[peak]),
        "elapsed_ms": 1e3 * elapsed,
        "n_points": len(points),
        "reach": float(np.hypot(*points.T).max()),
    }
    arrays = {
        "counts": _packed(resonance.counts, "<i4"),
        "signed_counts": _packed(resonance.signed_counts, "<i4"),
        "band": _packed(np.concatenate(resonance.interval(), axis=1), "<f4"),
        "points": _packed(points, "<f4"),
        "marks": _packed(marks, "<f4"),
    }
    selected = inside[: asked.max_selected].tolist()
    return Picture(resonance, selected, len(inside), _layer(engine), frame, arrays)


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

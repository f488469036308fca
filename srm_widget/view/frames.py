"""Frames: facts about layer, curve, spotlight and compared step, as the page is sent them."""

from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np

from srm_widget.engine.source import ResonanceSource
from srm_widget.engine.timeline_step import TimelineStep
from srm_widget.plane.beam import Beam
from srm_widget.results.curves import Resonance
from srm_widget.results.isotropy import isotropic_series
from srm_widget.utils.arrays import to_bytes
from srm_widget.view.wire import BeamFacts, ComparedFrame, CurveFacts, EmptyFrame, LayerFrame


def layer_frame(engine: ResonanceSource) -> LayerFrame:
    """Return the facts about the layer, which do not depend on the plane."""
    return {
        "n_samples": engine.n_samples,
        "n_dims": engine.n_dims,
        "n_directions": engine.n_directions,
        "n_planes": engine.n_planes,
        "n_zero": engine.n_zero,
        "n_dead": engine.basis.n_dead,
        "n_clusters": None if engine.groups is None else engine.groups.n_groups,
        "basis": engine.basis.name,
        "preparation": engine.preparation,
        # Values that ε can take, where it can not take any.
        "levels": engine.levels,
        "isotropic_series": list(isotropic_series(engine.n_dims)),
    }


def curve_frame(engine: ResonanceSource, resonance: Resonance, names: Sequence[str]) -> CurveFacts:
    """Return the facts about the curve: names, α, samples, alignment and peak."""
    i, j = resonance.planes[0].tolist()
    peak = int(resonance.counts.argmax())
    alignment, error = float(resonance.alignment[0]), float(resonance.alignment_error[0])
    return {
        "names": (names[i], names[j]),
        "alpha": float(resonance.basis_angles[0]),
        "n_samples": resonance.n_samples,
        "n_total": engine.n_samples,
        "isotropic": resonance.isotropic,
        "n_in_plane": int(resonance.n_lit[0]),
        "arc": float(resonance.arcs[0]) if resonance.n_lit[0] else None,
        "alignment": alignment if np.isfinite(alignment) else None,
        "alignment_error": error if np.isfinite(error) else None,
        "peak": int(resonance.counts[0, peak]),
        "peak_angle": float(resonance.angles[peak]),
    }


def beam_frame(engine: ResonanceSource, beam: Beam, theta: float) -> BeamFacts:
    """Return the facts about the spotlight: samples inside it, in all and by class."""
    return {
        "n_lit": beam.n_lit,
        "lit_angle": engine.counted_angle(theta),
        "class_lit": [] if beam.by_class is None else beam.by_class.tolist(),
    }


def curve_arrays(resonance: Resonance) -> dict[str, bytes]:
    """Return the curve and its 95 % band, little-endian, as the page is sent them."""
    return {
        "counts": to_bytes(resonance.counts, "<i4"),
        "signed_counts": to_bytes(resonance.signed_counts, "<i4"),
        "band": to_bytes(np.concatenate(resonance.interval(), axis=1), "<f4"),
    }


class ComparisonCurve(NamedTuple):
    """Curve of the step that is compared with.

    Attributes
    ----------
    frame
        Facts about the curve; empty if there is none.
    arrays
        Its counts and signed counts, little-endian, K int32 each.
    """

    frame: ComparedFrame | EmptyFrame
    arrays: dict[str, bytes]


NO_COMPARISON = ComparisonCurve({}, {"compared": b"", "signed_compared": b""})


def comparison_steps(
    step: TimelineStep, number: int, pair: tuple[int, int], epsilon: float, resolution: int
) -> Generator[object, None, ComparisonCurve]:
    """Count the curve of a plane in the compared step of the timeline, in short steps.

    Parameters
    ----------
    step
        The compared step.
    number
        Its position in the timeline.
    pair
        The plane.
    epsilon
        ε.
    resolution
        K.

    Returns
    -------
    ComparisonCurve
        `NO_COMPARISON` where the two directions span no plane in that step.
    """
    if not step.engine.basis.spans(*pair):
        return NO_COMPARISON
    i, j = pair
    curve = yield from step.engine.curve_steps(i, j, epsilon=epsilon, resolution=resolution)
    step.note_curve(curve)
    frame: ComparedFrame = {
        "step": number,
        "n_samples": curve.n_samples,
        "isotropic": curve.isotropic,
        "peak": int(curve.counts.max()),
    }
    counts, signed = to_bytes(curve.counts, "<i4"), to_bytes(curve.signed_counts, "<i4")
    return ComparisonCurve(frame, {"compared": counts, "signed_compared": signed})

"""The curve of another step, as it is drawn over that of the step on show."""

from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np

from srm_widget.engine.timeline_step import Step


class Compared(NamedTuple):
    """The step that is compared with.

    Attributes
    ----------
    frame
        Facts about its curve; empty if there is none.
    arrays
        Its counts and signed counts, little-endian, K int32 each.
    """

    frame: dict[str, Any]
    arrays: dict[str, bytes]


NOTHING = Compared({}, {"compared": b"", "signed_compared": b""})


def compared_steps(
    step: Step, number: int, pair: tuple[int, int], epsilon: float, resolution: int
) -> Generator[object, None, Compared]:
    """Curve of one plane in another step, counted in short steps.

    `NOTHING` where two directions are parallel there.
    """
    if not step.engine.basis.spans(*pair):
        return NOTHING
    i, j = pair
    curve = yield from step.engine.curve_steps(i, j, epsilon=epsilon, resolution=resolution)
    step.note(curve)
    frame = {
        "step": number,
        "n_samples": curve.n_samples,
        "isotropic": curve.isotropic,
        "peak": int(curve.counts.max()),
    }
    counts, signed = packed(curve.counts, "<i4"), packed(curve.signed_counts, "<i4")
    return Compared(frame, {"compared": counts, "signed_compared": signed})


def packed(values: np.ndarray, dtype: str) -> bytes:
    """`values` as bytes, row by row."""
    return np.ascontiguousarray(values, dtype=dtype).tobytes()

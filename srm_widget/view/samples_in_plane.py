"""The samples of a plane as the page draws them: points when few, else a density."""

from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np

from srm_widget.engine.counted import Source
from srm_widget.view.legend import Legend

CLOUDS = "off", "points", "density", "ratio"

MOST_POINTS = 2_000
"""Samples drawn as points; of more, these are evenly spaced ones."""

BINS = 128
_FARTHEST = 6.0  # powers of ten from isotropy: beyond, isotropy gives nothing to compare with


class Cloud(NamedTuple):
    """What lies in the unit disc of a plane.

    Attributes
    ----------
    frame
        Facts about it.
    points
        (a, c) of at most `MOST_POINTS` samples, float32, little-endian.
    point_groups
        Group of each of them, uint8; empty without labels.
    density
        `BINS` rows of `BINS` cells, from the least c and a on, uint8: 0 where there is no sample,
        else 1 … 255 from ``low`` to ``high``, powers of ten of the samples or of their ratio to
        what isotropy gives.
    """

    frame: dict[str, Any]
    points: bytes = b""
    point_groups: bytes = b""
    density: bytes = b""

    @property
    def arrays(self) -> dict[str, bytes]:
        """All that is sent beside the frame, by its name."""
        names = "points", "point_groups", "density"
        return {name: getattr(self, name) for name in names}


def cloud_steps(
    engine: Source, pair: tuple[int, int], kind: str, legend: Legend | None
) -> Generator[float, None, Cloud]:
    """Samples of the plane `pair` as one of `CLOUDS`, in short steps that yield the share done."""
    frame = {"pair": list(pair), "kind": kind, "bins": BINS, "n_points": 0}
    if kind == "off":
        return Cloud(frame)
    if kind == "points":
        rows = engine.evenly_spaced(MOST_POINTS)
        points = engine.coordinates(*pair, rows).astype("<f4").tobytes()
        groups = b"" if legend is None else legend.groups.codes[rows].astype(np.uint8).tobytes()
        return Cloud({**frame, "n_points": len(rows)}, points, groups)
    density = yield from engine.density_steps(*pair, bins=BINS)
    found = density.counts > 0
    if not found.any():
        return Cloud(frame)
    powers = np.log10(density.counts[found])
    if kind == "ratio":
        with np.errstate(divide="ignore"):  # far out isotropy gives less than a float can hold
            powers -= np.log10(density.isotropic[found])
        powers = powers.clip(-_FARTHEST, _FARTHEST)
    low, high = float(powers.min()) if kind == "ratio" else 0.0, float(powers.max())
    levels = np.ones_like(powers) if high <= low else (powers - low) / (high - low)
    cells = np.zeros(density.counts.shape, dtype=np.uint8)
    cells[found] = 1 + np.rint(254 * levels).astype(np.uint8)
    # Its rows are the first coordinate, those of the picture the second.
    return Cloud({**frame, "low": low, "high": high}, density=cells.T.tobytes())

"""The samples of a plane as the page draws them: points when few, else a density."""

import math
from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.engine.counts_source import CountsSource, ResonanceSource
from srm_widget.samples.labels import Labels
from srm_widget.view.legend import Legend

CLOUDS = "off", "points", "density", "ratio"
MOST_POINTS = 2_000
"""Samples drawn as points; of more, these are evenly spaced ones."""

BINS = 128
_FARTHEST = 6.0  # powers of ten from isotropy: beyond, isotropy gives nothing to compare with
MOST_HELD = 20_000
"""Samples of a plane that a page is sent: 160 KB."""


class SampleCloud(NamedTuple):
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
    engine: ResonanceSource, pair: tuple[int, int], kind: str, legend: Legend | None
) -> Generator[float, None, SampleCloud]:
    """Samples of the plane `pair` as one of `CLOUDS`, in short steps that yield the share done."""
    frame = {"pair": list(pair), "kind": kind, "bins": BINS, "n_points": 0}
    if kind == "off":
        return SampleCloud(frame)
    if kind == "points":
        rows = engine.evenly_spaced(MOST_POINTS)
        points = engine.coordinates(*pair, rows).astype("<f4").tobytes()
        groups = b"" if legend is None else legend.groups.codes[rows].astype(np.uint8).tobytes()
        return SampleCloud({**frame, "n_points": len(rows)}, points, groups)
    density = yield from engine.density_steps(*pair, bins=BINS)
    found = density.counts > 0
    if not found.any():
        return SampleCloud(frame)
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
    return SampleCloud({**frame, "low": low, "high": high}, density=cells.T.tobytes())


def page_samples(
    engine: ResonanceSource,
    pair: tuple[int, int],
    labels: Labels | None,
    compared: ResonanceSource | None,
) -> tuple[dict[str, Any], list[bytes]]:
    """Facts about a plane's samples and their arrays: coordinates, groups, those compared with.

    Where there are more than `MOST_HELD`, those farthest out are sent: as long as ε > ``floor`` no
    other can be lit.

    Parameters
    ----------
    engine
        Of the activations.
    pair
        The plane.
    labels
        Class group of each row, if there are any.
    compared
        Of the step to compare with, if there is one in which the directions span a plane.

    Raises
    ------
    ValueError
        If there are counts, and no samples.
    """
    if isinstance(engine, CountsSource):
        raise ValueError("expected samples to be held by the page, got counts, which keep none")
    rows, floor = _farthest(engine, pair)
    groups = b"" if labels is None else labels.codes[rows].astype(np.uint8).tobytes()
    others, below = b"", -1.0
    if compared is not None:
        nearer, below = _farthest(compared, pair)
        others = _points(compared, pair, nearer)
    facts = {
        "pair": list(pair),
        "alpha": float(engine.basis.plane(*pair).alpha),
        "n_samples": engine.n_samples,
        "floor": max(floor, below),
        "n_groups": 0 if labels is None else labels.n_classes,
        "n_compared": 0 if compared is None else compared.n_samples,
    }
    return facts, [_points(engine, pair, rows), groups, others]


def _farthest(
    engine: ResonanceSource, pair: tuple[int, int]
) -> tuple[Int64[np.ndarray, " some"], float]:
    """Rows of the samples farthest out, and the radius that no other exceeds; -1 if all are."""
    rows = engine.evenly_spaced(engine.n_samples)
    if len(rows) <= MOST_HELD:
        return rows, -1.0
    radii: Float64[np.ndarray, " samples"] = engine.radii(*pair)
    order = np.argpartition(radii, len(radii) - MOST_HELD)
    near, far = np.split(order, [len(radii) - MOST_HELD])
    # Up to the next float32: the page compares rounded squares.
    floor = math.nextafter(float(np.float32(radii[near].max())), 2.0) + 1e-6
    return rows[np.sort(far)], floor


def _points(engine: ResonanceSource, pair: tuple[int, int], rows: np.ndarray) -> bytes:
    return engine.coordinates(*pair, rows).astype("<f4").tobytes()

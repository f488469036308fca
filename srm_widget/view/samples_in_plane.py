"""Samples in a plane: the points or the density that the page draws, and what it counts from."""

import math
from collections.abc import Generator
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.engine.source import ResonanceSource
from srm_widget.results.density import Density
from srm_widget.samples.labels import Labels
from srm_widget.utils.arrays import to_bytes
from srm_widget.view.legend import Legend
from srm_widget.view.wire import CloudFrame, CloudKind, PlaneSamplesFacts

CLOUD_KINDS: tuple[CloudKind, ...] = get_args(CloudKind)

MOST_POINTS = 2_000
"""Samples drawn as points; of more, these are evenly spaced ones."""

BINS = 128
"""Cells of the density along either axis."""

DENSITY_CODES = 255
"""Largest code of a cell of the density."""

MOST_SENT = 20_000
"""Samples of a plane that the page is sent to count from: 160 KB."""

MOST_POWERS = 6.0
"""Powers of ten of the ratio to isotropy: beyond, isotropy gives nothing to compare with."""


class SampleCloud(NamedTuple):
    """Samples in the unit disc of a plane, as points or as a density.

    Attributes
    ----------
    frame
        Facts about them.
    points
        (a, c) of at most `MOST_POINTS` samples, float32, little-endian.
    point_groups
        Group of each of them, uint8; empty without labels.
    density
        `BINS` rows of `BINS` cells, from the least c and a on, uint8: 0 where there is no sample,
        else 1 … `DENSITY_CODES` from ``low`` to ``high``, powers of ten of the samples or of their
        ratio to what isotropy gives.
    """

    frame: CloudFrame
    points: bytes = b""
    point_groups: bytes = b""
    density: bytes = b""

    @property
    def arrays(self) -> dict[str, bytes]:
        """Arrays that are sent beside the frame, by name."""
        return {
            "points": self.points,
            "point_groups": self.point_groups,
            "density": self.density,
        }


def cloud_steps(
    engine: ResonanceSource, pair: tuple[int, int], kind: CloudKind, legend: Legend | None
) -> Generator[float, None, SampleCloud]:
    """Compute the samples of the plane `pair` as one of `CLOUD_KINDS`, in short steps.

    The steps yield the share done.
    """
    frame: CloudFrame = {"pair": pair, "kind": kind, "bins": BINS, "n_points": 0}
    if kind == "off":
        return SampleCloud(frame)
    if kind == "points":
        rows = engine.evenly_spaced(MOST_POINTS)
        points = _coordinate_bytes(engine, pair, rows)
        groups = b"" if legend is None else to_bytes(legend.groups.codes[rows], "u1")
        return SampleCloud({**frame, "n_points": len(rows)}, points, groups)
    density = yield from engine.density_steps(*pair, bins=BINS)
    coded = coded_cells(density.counts, density.isotropic if kind == "ratio" else None)
    if coded is None:
        return SampleCloud(frame)
    return SampleCloud({**frame, "low": coded.low, "high": coded.high}, density=coded.codes)


class CodedCells(NamedTuple):
    """Cells of a density as they are drawn.

    Attributes
    ----------
    low, high
        Powers of ten that the codes 1 and `DENSITY_CODES` stand for.
    codes
        As `SampleCloud.density`.
    """

    low: float
    high: float
    codes: bytes


def coded_cells(
    counts: Int64[np.ndarray, "bins bins"],
    isotropic: Float64[np.ndarray, "bins bins"] | None = None,
) -> CodedCells | None:
    """Return the codes of counts, or of their ratio to those of isotropy; None if nothing counts.

    Parameters
    ----------
    counts
        As `Density.counts`.
    isotropic
        What isotropy gives in each cell, if the ratio to it is drawn.
    """
    occupied = counts > 0
    if not occupied.any():
        return None
    powers = np.log10(counts[occupied])
    if isotropic is not None:
        with np.errstate(divide="ignore"):  # far out isotropy gives less than a float can hold
            powers -= np.log10(isotropic[occupied])
        powers = powers.clip(-MOST_POWERS, MOST_POWERS)
    low, high = 0.0 if isotropic is None else float(powers.min()), float(powers.max())
    levels = np.ones_like(powers) if high <= low else (powers - low) / (high - low)
    cells = np.zeros(counts.shape, dtype=np.uint8)
    cells[occupied] = 1 + np.rint((DENSITY_CODES - 1) * levels).astype(np.uint8)
    # Rows of `counts` are the first coordinate, rows of the page's picture the second.
    return CodedCells(low, high, cells.T.tobytes())


def ensemble_kind(cloud: CloudKind) -> Literal["density", "ratio"]:
    """Return how all planes are drawn where samples are drawn as `cloud`: as cells in any case."""
    return "density" if cloud == "density" else "ratio"


def ensemble_picture(
    density: Density, kind: Literal["density", "ratio"], *, step: int, epsilon: float
) -> tuple[dict[str, Any], bytes]:
    """Return what the page draws of all planes laid over one another.

    Parameters
    ----------
    density
        Density of all planes, in `BINS` cells along either axis.
    kind
        Whether counts or their ratio to those of isotropy are drawn.
    step, epsilon
        Position in the timeline, and ε.

    Returns
    -------
    facts
        Those of `EnsembleCloudFrame`.
    cells
        As `SampleCloud.density`; empty where nothing is lit.
    """
    coded = coded_cells(density.counts, density.isotropic if kind == "ratio" else None)
    facts = {
        "kind": kind,
        "bins": len(density.counts),
        "step": step,
        "epsilon": epsilon,
        "n_samples": density.n_samples,
        "n_planes": density.n_planes,
        "n_lit": density.n_hits,
        "isotropic": float(density.isotropic.sum()),
    }
    if coded is None:
        return facts, b""
    return {**facts, "low": coded.low, "high": coded.high}, coded.codes


def page_samples(
    engine: ResonanceSource,
    pair: tuple[int, int],
    labels: Labels | None,
    compared: ResonanceSource | None,
) -> tuple[PlaneSamplesFacts, list[bytes]]:
    """Return the samples of a plane that the page counts from: facts about them, and arrays.

    Where there are more than `MOST_SENT`, those farthest out are sent: as long as ε > ``floor`` no
    other can be lit.

    Parameters
    ----------
    engine
        Engine of the activations.
    pair
        The plane.
    labels
        Class group of each row, if there are any.
    compared
        Engine of the step to compare with, if there is one in which the directions span a plane.

    Returns
    -------
    facts
        Plane, α, number of samples, ``floor``, ….
    arrays
        In-plane coordinates (float32) and groups (uint8) of the samples, in-plane coordinates of
        those of the compared step; if samples hang together, of each the cluster, and the sizes of
        all clusters (int32). Little-endian.

    Raises
    ------
    ValueError
        If `engine` has counts, and no samples.
    """
    if not engine.has_samples:
        raise ValueError("expected samples to be held by the page, got counts, which keep none")
    rows, floor = _farthest(engine, pair)
    groups = b"" if labels is None else to_bytes(labels.codes[rows], "u1")
    compared_coordinates, compared_floor = b"", -1.0
    if compared is not None:
        compared_rows, compared_floor = _farthest(compared, pair)
        compared_coordinates = _coordinate_bytes(compared, pair, compared_rows)
    facts: PlaneSamplesFacts = {
        "pair": pair,
        "alpha": float(engine.basis.plane(*pair).alpha),
        "n_samples": engine.n_samples,
        "floor": max(floor, compared_floor),
        "n_groups": 0 if labels is None else labels.n_classes,
        "n_compared": 0 if compared is None else compared.n_samples,
        "n_clusters": None if engine.groups is None else engine.groups.n_groups,
    }
    arrays = [_coordinate_bytes(engine, pair, rows), groups, compared_coordinates]
    if engine.groups is not None:
        clusters = engine.groups.codes[np.searchsorted(engine.rows, rows)]
        arrays += [to_bytes(each, "<i4") for each in (clusters, engine.groups.sizes)]
    return facts, arrays


def _farthest(
    engine: ResonanceSource, pair: tuple[int, int]
) -> tuple[Int64[np.ndarray, " some"], float]:
    """Return the rows of the samples farthest out, and the radius that no other sample exceeds.

    At most `MOST_SENT` rows; the radius is -1 if these are all samples.
    """
    rows = engine.evenly_spaced(engine.n_samples)
    if len(rows) <= MOST_SENT:
        return rows, -1.0
    radii: Float64[np.ndarray, " samples"] = engine.radii(*pair)
    order = np.argpartition(radii, len(radii) - MOST_SENT)
    near, far = np.split(order, [len(radii) - MOST_SENT])
    # Up to the next float32 and more: the page has the coordinates rounded to float32.
    floor = math.nextafter(float(np.float32(radii[near].max())), 2.0) + 1e-6
    return rows[np.sort(far)], floor


def _coordinate_bytes(engine: ResonanceSource, pair: tuple[int, int], rows: np.ndarray) -> bytes:
    return to_bytes(engine.coordinates(*pair, rows), "<f4")

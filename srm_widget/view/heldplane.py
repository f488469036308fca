"""The samples of one plane, for a live page that counts while a slider moves."""

import math
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.engine.counted import Counted, Source
from srm_widget.samples.labels import Labels

MOST_HELD = 20_000
"""Samples of a plane that a page is sent: 160 KB."""


def held_plane(
    engine: Source,
    pair: tuple[int, int],
    labels: Labels | None,
    compared: Source | None,
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
    if isinstance(engine, Counted):
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


def _farthest(engine: Source, pair: tuple[int, int]) -> tuple[Int64[np.ndarray, " some"], float]:
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


def _points(engine: Source, pair: tuple[int, int], rows: np.ndarray) -> bytes:
    return engine.coordinates(*pair, rows).astype("<f4").tobytes()

"""Density in the plane against numpy.histogram2d."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.geometry.square_bins import SquareBins
from tests.unit.support.labelled import Labelled, labelled

BINS = st.sampled_from([1, 2, 3, 7, 8, 128])


def histogram(points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    inside = np.clip(points, edges[0], edges[-1])  # rounding may go beyond the disc
    return np.histogram2d(inside[:, 0], inside[:, 1], bins=[edges, edges])[0]


def points_of(engine: srm.ResonanceEngine, pair: tuple[int, int], raw: bool, least: float) -> Any:
    points, rows = engine.projection(*pair, epsilon=least)
    return points if raw else engine.coordinates(*pair, rows)


@pytest.mark.usefixtures("sample_layout")
@settings(max_examples=30)
@given(problem=labelled(), bins=BINS, raw=st.booleans(), mirrored=st.booleans())
def test_counts_on_the_axes(problem: Labelled, bins: int, raw: bool, mirrored: bool) -> None:
    """Nothing is projected there, so that samples at the edges of bins lie where they lie."""
    rows = problem.given.astype(np.float64)
    engine = srm.ResonanceEngine(rows, nan_policy="drop", cache_bytes=problem.cache_bytes)
    pair = (1, 0) if mirrored else (0, 1)
    found = engine.density(*pair, bins=bins, raw=raw)
    points = points_of(engine, pair, raw, 0.0)
    extent = (np.abs(points).max() or 1.0) if raw else 1.0
    assert found.edges == pytest.approx(np.linspace(-extent, extent, bins + 1), rel=1e-12)
    assert np.array_equal(found.counts, histogram(points, found.edges))
    assert found.counts.dtype == np.int64
    assert found.counts.sum() == found.n_samples == engine.n_samples
    assert (found.n_dims, found.raw) == (engine.n_dims, raw)


@pytest.mark.usefixtures("sample_layout")
@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize(
    ("pair", "bins", "least"),
    [((0, 2), 1, 0.5), ((2, 0), 2, 0.0), ((3, 1), 7, 0.7), ((0, 2), 128, 0.9), ((1, 0), 33, -1.0)],
)
@pytest.mark.parametrize("kind", ["float32", "float64", "turned", "skew"])
def test_counts_of_generic_samples(
    kind: str, pair: tuple[int, int], bins: int, least: float, raw: bool
) -> None:
    rng = np.random.default_rng(9)
    rows = rng.standard_normal((64, 4)) * rng.uniform(0.1, 9, (64, 1))
    turned = srm.basis.rotated(4, 3)
    basis = {"turned": turned, "skew": rng.standard_normal((5, 4))}.get(kind)
    engine = srm.ResonanceEngine(rows, basis, dtype="float32" if kind == "float32" else None)
    found = engine.density(*pair, bins=bins, epsilon=least, raw=raw)
    points = points_of(engine, pair, raw, least)
    assert found.counts.sum() == len(points)
    assert found.n_samples == 64
    assert np.array_equal(found.counts, histogram(points, found.edges))


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("bins", [2, 7, 128])
def test_zeros_of_relu_stay_in_one_row(bins: int, raw: bool) -> None:
    """Mirrored, the counts are those of the plane transposed: zeros stay zeros."""
    rows = np.maximum(np.random.default_rng(3).standard_normal((400, 4)), 0)
    engine = srm.ResonanceEngine(rows)
    here = engine.density(0, 1, bins=bins, raw=raw).counts
    there = engine.density(1, 0, bins=bins, raw=raw).counts
    assert np.array_equal(here, there.T)
    zero = bins // 2
    assert here[zero].sum() >= (rows[:, 0] == 0).sum()
    assert here[:, zero].sum() >= (rows[:, 1] == 0).sum()
    assert here[:zero].sum() == here[:, :zero].sum() == 0


@pytest.mark.parametrize("bins", [1, 2, 7, 300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_samples_at_the_rim_are_counted(bins: int, dtype: type) -> None:
    """Where rounding takes a coordinate beyond 1, too."""
    angles = np.arange(360) * (math.tau / 360)
    rows = np.column_stack([np.cos(angles), np.sin(angles)]).astype(dtype) * dtype(0.1)
    turned = srm.basis.rotated(2, 1)
    for basis in (None, turned, np.array([[1.0, 0.0], [1.0, 1e-4]])):
        engine = srm.ResonanceEngine(np.vstack([rows, np.asarray(turned).astype(dtype)]), basis)
        for pair in ((0, 1), (1, 0)):
            for raw in (False, True):
                assert engine.density(*pair, bins=bins, raw=raw).counts.sum() == 362


def test_edges_belong_to_the_bin_above_and_the_last_to_the_last() -> None:
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [0.0, 0.0], [3.0, 4.0]])
    found = srm.ResonanceEngine(rows).density(0, 1, bins=4)
    assert found.edges.tolist() == [-1.0, -0.5, 0.0, 0.5, 1.0]
    expected = [[0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 1, 1], [0, 0, 1, 1]]
    assert found.counts.tolist() == expected


@pytest.mark.parametrize("extent", [1.0, 0.3, 7.0])
@pytest.mark.parametrize("bins", [1, 2, 3, 7, 33, 100, 128, 300])
def test_values_one_rounding_beside_an_edge(bins: int, extent: float) -> None:
    """Those below are in the bin below, those above and at the edge in the bin above."""
    counter = SquareBins(bins, extent, torch.device("cpu"))
    edges = counter.edges
    values = np.concatenate([edges, np.nextafter(edges, -9)[1:], np.nextafter(edges, 9)[:-1]])
    at = torch.from_numpy(values)
    for a, c in ((at, at), (at, at.flip(0))):
        points = np.stack([a.numpy(), c.numpy()], axis=1)
        assert np.array_equal(counter.count(a, c).numpy(), histogram(points, edges))


@pytest.mark.parametrize("scale", [1e-310, 1e-300, 1e-150, 1.0, 1e150, 4e307])
def test_raw_extents(scale: float) -> None:
    rows = np.array([[2.5, 1.0, 0.5], [-4.0, 0.0, 0.25], [0.0, 3.0, -1.0]]) * scale
    found = srm.ResonanceEngine(rows).density(0, 1, bins=4, raw=True)
    assert found.edges / scale == pytest.approx([-4, -2, 0, 2, 4])
    assert found.counts.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]


@pytest.mark.parametrize("raw", [False, True])
def test_no_sample_lies_in_the_plane(raw: bool) -> None:
    engine = srm.ResonanceEngine([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    assert engine.density(0, 1, bins=3, raw=raw).counts.tolist() == [[0] * 3, [0, 2, 0], [0] * 3]
    empty = engine.density(0, 1, bins=3, raw=raw, epsilon=0.5)
    assert (empty.counts.sum(), empty.n_samples) == (0, 2)
    assert empty.edges.tolist() == pytest.approx([-1, -1 / 3, 1 / 3, 1])


def test_appended_samples_are_counted(engine: srm.ResonanceEngine, gaussian: np.ndarray) -> None:
    before = engine.density(0, 1, bins=8).counts
    engine.append(gaussian)
    assert np.array_equal(engine.density(0, 1, bins=8).counts, 2 * before)


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"bins": 0}, ValueError, "bins ≥ 1, got 0"),
        ({"bins": -3}, ValueError, "bins ≥ 1, got -3"),
        ({"bins": 1.5}, TypeError, "integer bins ≥ 1, got 1.5"),
        ({"epsilon": 1.5}, ValueError, "1.5"),
        ({"epsilon": math.nan}, ValueError, "nan"),
        ({"j": 0}, IndexError, "0 … 4"),
    ],
)
@pytest.mark.usefixtures("as_users")
def test_refused(
    engine: srm.ResonanceEngine, asked: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        engine.density(**({"i": 0, "j": 1} | asked))

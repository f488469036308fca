"""Samples in the plane as the page draws them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from tests.unit.support.wire import packed

pytestmark = pytest.mark.usefixtures("wires")

BINS = 128
KINDS = ["off", "points", "density", "ratio"]


def cells(scope: srm.SRMScope) -> np.ndarray:
    """Levels, the first coordinate first, as the engine has them."""
    return packed(scope, "density", "u1").reshape(BINS, BINS).T


def powers(scope: srm.SRMScope) -> np.ndarray:
    """Powers of ten that the levels stand for, NaN where there is no sample."""
    levels, frame = cells(scope).astype(float), scope._cloud_frame
    low, high = frame["low"], frame["high"]
    return np.where(levels == 0, np.nan, low + (levels - 1) / 254 * (high - low))


@pytest.mark.parametrize(("n", "expected"), [(2_000, "points"), (2_001, "density")])
def test_auto_is_points_of_few_samples(n: int, expected: str) -> None:
    rows = np.random.default_rng(0).standard_normal((n, 3)).astype(np.float32)
    scope = srm.SRMScope(rows, epsilon=0.5)
    assert scope.cloud == scope._cloud_frame["kind"] == expected
    scope.cloud = "off"
    scope.cloud = "auto"
    assert scope.cloud == expected


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_sends_its_own(scope: srm.SRMScope, kind: str) -> None:
    scope.labels = np.arange(300) % 3
    scope.cloud = kind
    scope.pair = (4, 1)
    frame = scope._cloud_frame
    assert (frame["kind"], frame["pair"], frame["bins"]) == (kind, (4, 1), BINS)
    drawn = 300 if kind == "points" else 0
    assert frame["n_points"] == drawn == len(scope._point_groups)
    assert len(scope._points) == 8 * drawn
    assert len(scope._density) == (BINS**2 if kind in ("density", "ratio") else 0)


@pytest.mark.parametrize("n", [7, 2_000, 5_001])
def test_points_and_their_groups(n: int) -> None:
    rng = np.random.default_rng(2)
    rows, labels = rng.standard_normal((n, 4)), rng.integers(0, 14, n)
    rows[3] = np.nan
    asked: dict[str, Any] = {"cloud": "points", "labels": labels, "nan_policy": "drop"}
    scope = srm.SRMScope(rows, srm.basis.simplex(4), epsilon=0.5, pair=(4, 2), **asked)
    many = min(n - 1, 2_000)
    points = packed(scope, "points", "<f4").reshape(many, 2)
    engine = scope.engine
    shown = engine.evenly_spaced(2_000)
    assert 3 not in shown
    np.testing.assert_allclose(points, engine.coordinates(4, 2, shown), atol=1e-6)
    assert scope.legend is not None
    groups = scope.legend.groups.codes[shown]
    assert packed(scope, "point_groups", "u1").tolist() == groups.tolist()
    scope.labels = None
    assert scope._point_groups == b""
    assert len(scope._points) == 8 * many


@pytest.mark.parametrize("pair", [(0, 1), (3, 1)])
def test_density_is_that_of_the_engine(pair: tuple[int, int]) -> None:
    rows = np.random.default_rng(6).standard_normal((20_000, 5)).astype(np.float32) ** 3
    scope = srm.SRMScope(rows, epsilon=0.5, pair=pair, cloud="density")
    density = scope.engine.density(*pair, bins=BINS)
    found = density.counts > 0
    assert np.array_equal(cells(scope) > 0, found)
    frame = scope._cloud_frame
    assert (frame["low"], frame["high"]) == (0.0, np.log10(density.counts.max()))
    step = frame["high"] / 254
    errors = powers(scope)[found] - np.log10(density.counts[found])
    assert np.abs(errors).max() <= step / 2 + 1e-9
    assert cells(scope)[density.counts == density.counts.max()].min() == 255
    assert set(cells(scope)[density.counts == 1]) == {1}


@pytest.mark.parametrize("n_dims", [2, 3, 5, 64, 1024])
@pytest.mark.parametrize("power", [1, 5])
def test_ratio_is_the_density_over_isotropy(n_dims: int, power: int) -> None:
    rows = np.random.default_rng(6).standard_normal((3_000, n_dims)).astype(np.float32) ** power
    scope = srm.SRMScope(rows, epsilon=0.5, pair=(1, 0), cloud="ratio", navigator=False)
    density = scope.engine.density(1, 0, bins=BINS)
    found = density.counts > 0
    with np.errstate(divide="ignore"):
        ratio = np.log10(density.counts[found] / density.isotropic[found]).clip(-6.0, 6.0)
    frame = scope._cloud_frame
    assert (frame["low"], frame["high"]) == pytest.approx((ratio.min(), ratio.max()), abs=1e-9)
    assert -6 <= frame["low"] <= frame["high"] <= 6
    step = (frame["high"] - frame["low"]) / 254
    assert np.abs(powers(scope)[found] - ratio).max() <= step / 2 + 1e-6
    assert np.array_equal(cells(scope) > 0, found)


@pytest.mark.parametrize("kind", ["density", "ratio"])
@pytest.mark.parametrize("row", [[1.0, 0, 0], [0, 0, 0], [0, -1.0, 0], [0.3, 0.4, 0.5]])
@pytest.mark.parametrize("n", [1, 50])
def test_one_cell(kind: str, row: list[float], n: int) -> None:
    scope = srm.SRMScope(np.tile(row, (n, 1)), epsilon=0.5, cloud=kind, navigator=False)
    assert sorted(set(cells(scope).ravel())) == [0, 255]
    assert (cells(scope) > 0).sum() == 1
    frame = scope._cloud_frame
    assert frame["low"] <= frame["high"]
    if kind == "density":
        assert (frame["low"], frame["high"]) == (0.0, np.log10(n))


def test_where_isotropy_gives_nothing_there_is_a_bound() -> None:
    scope = srm.SRMScope(np.eye(2_048, dtype=np.float32)[:5], epsilon=0.5, navigator=False)
    scope.cloud = "ratio"
    density = scope.engine.density(0, 1, bins=BINS)
    assert (density.isotropic[density.counts > 0] == 0).any()
    assert scope._cloud_frame["high"] == 6.0


def test_nothing_is_binned_again_for_what_is_known(scope: srm.SRMScope, spy: Any) -> None:
    scope.labels = np.arange(300) % 3
    calls = spy(srm.ResonanceEngine, "density_steps")
    scope.cloud = "density"
    scope.theta, scope.epsilon, scope.resolution, scope.highlight = 1.0, 0.3, 40, [7]
    scope.samples, scope.hidden_classes = str, [1]
    assert len(calls) == 1


def test_appended_samples_are_drawn(scope: srm.SRMScope, activations: np.ndarray) -> None:
    for kind in KINDS:
        scope.cloud = kind
        scope.engine.append(activations[:9])
        rows = np.concatenate([activations, np.tile(activations[:9], (KINDS.index(kind) + 1, 1))])
        again = srm.SRMScope(rows, epsilon=0.5, theta=0.0, cloud=kind)
        for name in ("_cloud_frame", "_points", "_density", "_point_groups"):
            assert getattr(scope, name) == getattr(again, name)

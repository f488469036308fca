"""Densities against isotropy: ε, extents, lengths, ratios; and adding them up."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import dblquad

import srm_widget as srm
from srm_widget.results.density import Density
from srm_widget.results.isotropic_density import isotropic_counts_of_lengths, isotropic_share


def lit_share(dims: int, epsilon: float) -> float:
    """Of isotropic directions those of at least that in-plane radius."""
    return float((1 - epsilon**2) ** ((dims - 2) / 2))


@pytest.mark.parametrize("bins", [1, 2, 9, 64])
@pytest.mark.parametrize("epsilon", [-0.5, 0.0, 0.3, 0.71, 0.999])
@pytest.mark.parametrize("dims", [3, 4, 8, 256])
def test_what_is_lit_is_shared_out(dims: int, epsilon: float, bins: int) -> None:
    share = isotropic_share(dims, bins, epsilon)
    assert share.sum() == pytest.approx(lit_share(dims, max(epsilon, 0.0)), rel=1e-6)
    corners = np.abs(np.linspace(-1, 1, bins + 1))
    far = np.maximum(corners[1:], corners[:-1])
    inner = np.hypot(far[:, None], far[None, :]) <= epsilon
    assert (share[inner] == 0).all()
    near = np.where(far * bins > 1.5, np.minimum(corners[1:], corners[:-1]), 0.0)
    assert (share[np.hypot(near[:, None], near[None, :]) >= 1] == 0).all()


def test_in_two_dimensions_all_is_lit() -> None:
    assert np.array_equal(isotropic_share(2, 8, 1.0), isotropic_share(2, 8))


@pytest.mark.parametrize("place", [(5, 5), (6, 5), (6, 6), (2, 1), (7, 4)])
def test_bins_that_the_circle_cuts_hold_the_part_beyond_it(place: tuple[int, int]) -> None:
    """At ε = 0.55 in D = 6, by a road that integrates over a and c."""
    edges, epsilon = np.linspace(-1, 1, 9), 0.55
    (left, right), (low, high) = (np.sort(np.abs(edges[[k, k + 1]])) for k in place)

    def rim(a: float, radius: float) -> float:
        return min(max(low, math.sqrt(max(radius**2 - a * a, 0.0))), high)

    expected, _ = dblquad(
        lambda c, a: (4 / math.tau) * (1 - a * a - c * c),
        left,
        right,
        lambda a: rim(a, epsilon),
        lambda a: rim(a, 1.0),
    )
    assert isotropic_share(6, 8, epsilon)[place] == pytest.approx(expected, abs=1e-6)
    assert expected > 1e-4


def test_a_smaller_extent_shows_the_middle() -> None:
    whole, middle = isotropic_share(5, 16, 0.2), isotropic_share(5, 8, 0.2, 0.5)
    assert middle == pytest.approx(whole[4:12, 4:12], rel=1e-9)


@pytest.mark.parametrize("epsilon", [0.0, 0.6])
def test_lengths_scale_what_isotropy_gives(epsilon: float) -> None:
    own = isotropic_counts_of_lengths(np.full(30, 2.0), 6, 16, epsilon, 2.0)
    assert own == pytest.approx(30 * isotropic_share(6, 16, epsilon), rel=2e-3, abs=1e-5)
    both = isotropic_counts_of_lengths(np.repeat([1.0, 2.0], 30), 6, 16, epsilon, 2.0)
    half = 30 * isotropic_share(6, 16, epsilon, 2.0)
    assert both == pytest.approx(own + half, rel=5e-3, abs=1e-2)


@pytest.mark.parametrize("spread", [0.0, 0.01, 1.0])
def test_many_lengths_are_grouped(spread: float) -> None:
    lengths = np.exp(spread * np.random.default_rng(1).standard_normal(3000))
    asked: tuple[Any, ...] = (32, 24, 0.4, 1.5)
    parts = [isotropic_counts_of_lengths(part, *asked) for part in np.split(lengths, 6)]
    found = isotropic_counts_of_lengths(lengths, *asked)
    assert found == pytest.approx(np.sum(parts, axis=0), rel=5e-3, abs=5e-3)


@pytest.mark.parametrize(("dims", "epsilon"), [(2, 0.5), (3, 0.5), (8, 0.7), (32, 0.35)])
@pytest.mark.parametrize("raw", [False, True])
def test_isotropic_samples_fall_as_isotropy_says(dims: int, epsilon: float, *, raw: bool) -> None:
    """χ² over the bins of a plane in which enough are expected, for directions of any lengths."""
    rng = np.random.default_rng(dims)
    rows = rng.standard_normal((30_000, dims)) * rng.uniform(0.5, 2, (30_000, 1))
    engine = srm.ResonanceEngine(rows)
    found = engine.density(0, 1, epsilon=epsilon, raw=raw, bins=16, isotropic=True)
    expected = found.isotropic
    many = expected >= 10
    statistic = ((found.counts[many] - expected[many]) ** 2 / expected[many]).sum()
    assert many.sum() >= 40
    assert stats.chi2.sf(statistic, many.sum()) > 1e-3
    assert np.nanmean(found.ratio(10.0)) == pytest.approx(1, abs=0.02)
    ensemble = engine.ensemble_density(
        epsilon=epsilon, raw=raw, bins=16, extent=found.extent, isotropic=True
    )
    assert ensemble.isotropic == pytest.approx(expected * engine.n_planes)


def test_isotropy_of_a_plane_knows_epsilon() -> None:
    rows = np.random.default_rng(0).standard_normal((500, 6))
    found = srm.ResonanceEngine(rows).density(0, 1, epsilon=0.7, bins=8)
    assert found.isotropic.sum() == pytest.approx(500 * lit_share(6, 0.7))
    assert (found.epsilon, found.n_planes, found.n_hits) == (0.7, 1, found.counts.sum())


def test_what_lengths_would_give_is_to_be_asked_for(engine: srm.ResonanceEngine) -> None:
    with pytest.raises(ValueError, match="isotropic=True"):
        engine.ensemble_density(epsilon=0.5).ratio()
    alone = engine.density(0, 1, raw=True, isotropic=True, extent=9.0)
    assert alone.isotropic.sum() == pytest.approx(60, rel=1e-3)


def test_ratios_to_little_are_left_out(engine: srm.ResonanceEngine) -> None:
    found = engine.ensemble_density(epsilon=0.5, raw=False, bins=8)
    ratio, expected = found.ratio(), found.isotropic
    assert np.array_equal(np.isnan(ratio), expected < 1)
    known = expected >= 1
    assert ratio[known] == pytest.approx(found.counts[known] / expected[known])
    assert np.isnan(found.ratio(0.0)).sum() == (expected == 0).sum()
    assert np.isnan(found.ratio(1e9)).all()


def density(**other: Any) -> Density:
    own: dict[str, Any] = {"n_samples": 3, "n_dims": 4, "raw": False}
    return Density(np.eye(2, dtype=np.int64), np.array([-1.0, 0, 1]), **(own | other))


def test_densities_add_up() -> None:
    total = Density.total([density(n_outside=1), density(n_samples=5), density()])
    assert total.counts.tolist() == [[3, 0], [0, 3]]
    assert (total.n_samples, total.n_outside, total.n_hits) == (11, 1, 7)
    assert Density.total([density()]).of_lengths is None


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (density(n_dims=5), "same n_dims, got 4 and 5"),
        (density(raw=True), "same raw"),
        (density(epsilon=0.5), "same epsilon, got 0.0 and 0.5"),
        (density(n_planes=2), "same n_planes"),
        (
            replace(density(), edges=np.array([-2.0, 0, 2])),
            "same bins, got 2 up to 1 and 2 up to 2",
        ),
    ],
)
def test_densities_of_other_bins_are_not_added(other: Density, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Density.total([density(), other])


def test_nothing_is_no_density() -> None:
    with pytest.raises(ValueError, match="at least one density"):
        Density.total([])


@pytest.mark.parametrize("given", [None, 3, "ab", [density(), None], density()])
@pytest.mark.usefixtures("as_users")
def test_what_is_no_density_is_not_added(given: Any) -> None:
    with pytest.raises(TypeError, match="densities"):
        Density.total(given)


@pytest.mark.parametrize(
    ("least", "kind"),
    [(-1, ValueError), (np.nan, ValueError), ("5", TypeError), ([1], TypeError)],
)
@pytest.mark.usefixtures("as_users")
def test_a_ratio_is_of_some_samples_at_least(least: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="expected least"):
        density().ratio(least)

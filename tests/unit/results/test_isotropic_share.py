"""What isotropy gives in a plane, against other roads."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import dblquad

import srm_widget as srm
from srm_widget.results.density import Density
from srm_widget.results.isotropic_density import isotropic_share

ACCURACY = 1e-5
"""Of a share; where the disc ends within a bin the quadrature is not exact."""


def test_isotropy_knows_no_lengths(engine: srm.ResonanceEngine) -> None:
    with pytest.raises(ValueError, match="raw=False"):
        _ = engine.density(0, 1, raw=True).isotropic
    found = engine.density(0, 1, bins=9)
    assert found.isotropic == pytest.approx(60 * isotropic_share(5, 9))
    assert found.isotropic is found.isotropic


@pytest.mark.parametrize("bins", [1, 2, 7, 16, 129])
@pytest.mark.parametrize("dims", [2, 3, 4, 5, 8, 64, 2048])
def test_the_isotropic_share_is_a_symmetric_distribution(dims: int, bins: int) -> None:
    share = isotropic_share(dims, bins)
    assert share.shape == (bins, bins)
    assert share.sum() == pytest.approx(1, abs=1e-9)
    assert (share >= 0).all()
    for other in (share[::-1], share[:, ::-1]):
        assert np.allclose(share, other, rtol=1e-9, atol=1e-14)
    assert np.allclose(share, share.T, rtol=0, atol=ACCURACY)


def density_at(dims: int) -> Any:
    """Of (a, c) of a random direction: (D - 2) / 2π · (1 - a² - c²)^((D - 4) / 2)."""
    factor = (dims - 2) / (2 * math.pi)
    return lambda c, a: factor * max(1 - a * a - c * c, 0.0) ** ((dims - 4) / 2)


@pytest.mark.parametrize("place", [(4, 4), (4, 3), (6, 2), (5, 7), (7, 4), (0, 2)])
@pytest.mark.parametrize("dims", [4, 5, 8, 64])
def test_the_isotropic_share_is_the_integral(dims: int, place: tuple[int, int]) -> None:
    edges = np.linspace(-1, 1, 9)
    (left, right), (low, high) = (edges[[k, k + 1]] for k in place)

    def rim(a: float) -> float:
        return math.sqrt(max(1 - a * a, 0))

    expected, _ = dblquad(
        density_at(dims),
        left,
        right,
        lambda a: min(max(low, -rim(a)), high),
        lambda a: max(min(high, rim(a)), low),
        epsabs=0,
        epsrel=1e-8,
    )
    assert isotropic_share(dims, 8)[place] == pytest.approx(expected, rel=1e-3, abs=1e-300)
    assert isotropic_share(dims, 8)[place] == pytest.approx(expected, abs=ACCURACY)


@pytest.mark.parametrize(
    ("dims", "bins"), [(2, 5), (2, 8), (3, 5), (3, 8), (4, 7), (8, 8), (64, 9)]
)
def test_random_directions_fall_as_isotropy_says(dims: int, bins: int) -> None:
    """χ² over the bins in which enough are expected; the rest make one more."""
    rows = np.random.default_rng(dims).standard_normal((30_000, dims))
    found = srm.ResonanceEngine(rows).density(0, 1, bins=bins)
    expected, many = found.isotropic, found.isotropic >= 10
    rest = [part[~many].sum() for part in (found.counts, expected)]
    observed, mean = np.append(found.counts[many], rest[0]), np.append(expected[many], rest[1])
    statistic = ((observed - mean) ** 2 / np.maximum(mean, 10)).sum()
    assert stats.chi2.sf(statistic, many.sum()) > 1e-3
    assert (found.counts[expected == 0] == 0).all()


@pytest.mark.parametrize("bins", [6, 7])
def test_in_two_dimensions_directions_lie_on_the_circle(bins: int) -> None:
    angles = (np.arange(200_000) + 0.5) * (math.tau / 200_000)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    share = np.histogram2d(circle[:, 0], circle[:, 1], bins=bins, range=[[-1, 1]] * 2)[0]
    share /= len(circle)
    assert isotropic_share(2, bins) == pytest.approx(share, abs=1e-5)
    assert ((isotropic_share(2, bins) > 0) == (share > 0)).all()


@pytest.mark.parametrize("dims", [64, 512])
def test_small_tails_keep_their_digits(dims: int) -> None:
    """Along the middle, from either rim inwards."""
    share = isotropic_share(dims, 32)
    for line in (share[:16, 16], share[::-1, 16][:16], share[16, :16]):
        assert (line > 0).all()
        assert (np.diff(line) > 0).all()
        assert line[0] < 1e-20


def test_the_isotropic_share_is_kept_unharmed() -> None:
    engine = srm.ResonanceEngine(np.eye(3))
    before = engine.density(0, 1, bins=4)
    expected = before.isotropic.copy()
    before.isotropic[:] = 0
    after: Density = engine.density(0, 1, bins=4)
    assert np.array_equal(after.isotropic, expected)

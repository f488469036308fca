"""Density of all planes laid over one another: the sum of those of single planes."""

from __future__ import annotations

import itertools
import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.geometry.basis import Basis
from srm_widget.results.density import Density
from srm_widget.survey import ensemble_density
from tests.unit.support import oracle
from tests.unit.support.survey_problems import CLEAR, SIZES, Problem, Sizes, problems

BINS = st.sampled_from([1, 2, 7, 8, 128])


def planes_of(engine: srm.ResonanceEngine) -> list[tuple[int, int]]:
    pairs = itertools.combinations(range(engine.n_directions), 2)
    return [pair for pair in pairs if engine.basis.spans(*pair)]


def plain(
    problem: Problem, found: Density, *, raw: bool, closed: bool
) -> tuple[np.ndarray, int, float]:
    """Counts by numpy.histogram2d plane by plane, those outside, and how far rounding is away."""
    basis = srm.basis.of(problem.directions)
    rows = problem.samples.astype(np.float64)
    unit = oracle.unit(problem.samples).numpy().astype(np.float64)
    counts, outside, clear = np.zeros(found.counts.shape), 0, 1.0
    m = basis.n_directions
    for i, j in itertools.combinations(range(m), 2):
        if not basis.spans(i, j):
            continue
        plane = basis.plane(i, j)
        frame = np.stack([plane.e1.numpy(), plane.e2.numpy()], axis=1)
        radius = np.hypot(*(unit @ frame).T)
        clear = min(clear, np.abs(radius - problem.epsilon).min(initial=1.0))
        lit = radius >= problem.epsilon if problem.epsilon > 0 else np.ones(len(unit), dtype=bool)
        points = ((rows if raw else unit) @ frame)[lit]
        clear = min(clear, np.abs(points[..., None] - found.edges).min(initial=1.0))
        within = (np.abs(points) <= found.extent).all(axis=1) | closed
        outside += int((~within).sum())
        inside = points[within].clip(found.edges[0], found.edges[-1])
        counts += np.histogram2d(inside[:, 0], inside[:, 1], bins=[found.edges] * 2)[0]
    return counts, outside, clear


@settings(max_examples=60)
@given(
    problem=problems(),
    sizes=SIZES,
    bins=BINS,
    raw=st.booleans(),
    extent=st.sampled_from([None, 0.4, 3.0]),
)
def test_counts_are_those_of_the_planes(
    problem: Problem, sizes: Sizes, bins: int, *, raw: bool, extent: float | None
) -> None:
    """Added up plane by plane by the engine; and where rounding decides nothing, by NumPy."""
    engine = problem.engine()
    planes = planes_of(engine)
    if not planes:
        with pytest.raises(ValueError, match="at least one plane"):
            engine.ensemble_density(epsilon=problem.epsilon)
        return
    asked: dict[str, Any] = {"epsilon": problem.epsilon, "raw": raw, "bins": bins}
    with sizes.used():
        found = engine.ensemble_density(**asked, extent=extent)
    assert (found.n_planes, found.n_samples) == (len(planes), engine.n_samples)
    assert (found.epsilon, found.raw) == (problem.epsilon, raw)
    assert found.counts.dtype == np.int64
    counts, outside, clear = plain(problem, found, raw=raw, closed=extent is None)
    if problem.basis is None or clear > CLEAR:
        parts = [engine.density(*pair, **asked, extent=extent or found.extent) for pair in planes]
        assert np.array_equal(found.counts, sum(part.counts for part in parts))
        assert found.n_outside == sum(part.n_outside for part in parts)
    if clear > CLEAR:
        assert np.array_equal(found.counts, counts)
        assert (found.n_outside, found.n_hits) == (outside, counts.sum() + outside)


ROWS = np.array([[3.0, 1, -2], [0.5, -4, 1], [2, 2, 2], [-1, 0.25, 5], [-6, -3, 0.5]])
OBLIQUE = np.array([[2.0, 0, 0], [1, 3, 0], [0, -1, 1]])
AUTHORS: list[tuple[Any, float, list[list[float]]]] = [
    (
        OBLIQUE,
        0.8,
        [
            [0.5, -4.0],
            [-6.0, -3.0],
            [3.0, -2.12132],
            [3.0, 1.0],
            [-3.636619, 1.477867],
            [2.0, 2.0],
            [2.529822, 2.28831],
            [-6.0, 2.474874],
            [0.5, 3.535534],
            [-0.079057, 4.457438],
        ],
    ),
    (
        OBLIQUE,
        0.95,
        [[0.5, -4.0], [-6.0, -3.0], [3.0, -2.12132], [2.529822, 2.28831], [-6.0, 2.474874]],
    ),
]
"""Points that the author's published function gives for these rows, its planes as combinations.

Its default, permutations, counts every plane in both orders.
"""


@pytest.mark.parametrize(("basis", "epsilon", "points"), AUTHORS)
def test_coordinates_are_those_of_the_authors_code(
    basis: np.ndarray, epsilon: float, points: list[list[float]]
) -> None:
    engine = srm.ResonanceEngine(ROWS, basis)
    own = np.vstack([engine.projection(*pair, epsilon=epsilon)[0] for pair in planes_of(engine)])
    assert sorted(own.round(6).tolist()) == sorted(points)
    found = engine.ensemble_density(epsilon=epsilon, bins=50, extent=7.0)
    at = np.array(points)
    expected = np.histogram2d(at[:, 0], at[:, 1], bins=50, range=[[-7.0, 7.0]] * 2)[0]
    assert np.array_equal(found.counts, expected)


def test_permutations_of_the_axes_as_the_author_counts_them() -> None:
    """In a plane of orthogonal directions the other order swaps the coordinates."""
    found = srm.ResonanceEngine(ROWS).ensemble_density(epsilon=0.95, bins=56, extent=7.0)
    swapped = [[-3.0, -6.0], [0.5, -4.0], [1.0, -4.0], [3.0, -2.0], [5.0, -1.0], [5.0, 0.25]]
    points = np.array([*swapped, *(each[::-1] for each in swapped)])
    expected = np.histogram2d(points[:, 0], points[:, 1], bins=56, range=[[-7.0, 7.0]] * 2)[0]
    assert np.array_equal(found.counts + found.counts.T, expected)


@pytest.mark.parametrize("basis", [None, srm.basis.rotated(5, 3), srm.basis.thomson(7, 5, 0)])
def test_the_extent_holds_all_raw_coordinates(basis: Any) -> None:
    rows = np.random.default_rng(2).standard_normal((50, 5)) * 3
    engine = srm.ResonanceEngine(rows, basis)
    found = engine.ensemble_density(epsilon=-1.0)
    assert found.n_hits == found.counts.sum() == 50 * found.n_planes
    longest = np.abs(rows @ np.asarray(engine.basis).T).max()
    if not engine.basis.is_orthonormal:
        longest = np.linalg.norm(rows, axis=1).max()
    assert found.extent == pytest.approx(longest)


def test_only_rows_of_zeros() -> None:
    engine = srm.ResonanceEngine(np.zeros((3, 4)))
    found = engine.ensemble_density(epsilon=0.0, bins=3)
    assert (found.extent, found.n_hits, found.counts[1, 1]) == (1.0, 18, 18)
    assert engine.ensemble_density(epsilon=0.1, bins=3).n_hits == 0


def test_short_rows_are_at_the_centre() -> None:
    rows = np.array([[9.0, 0, 0], [0.3, 0.4, 0]])
    engine = srm.ResonanceEngine(rows, min_norm=1.0)
    found = engine.ensemble_density(epsilon=0.0, bins=3, isotropic=True)
    assert (found.extent, found.counts[1, 1]) == (9.0, 4)
    assert found.isotropic.sum() == pytest.approx(6, rel=1e-3)


def test_appended_samples_are_counted_and_densities_add_up(engine: srm.ResonanceEngine) -> None:
    asked: dict[str, Any] = {"epsilon": 0.6, "bins": 16, "extent": 2.5, "isotropic": True}
    more = np.random.default_rng(5).standard_normal((30, 5)).astype(np.float32)
    before = engine.ensemble_density(**asked)
    added = srm.ResonanceEngine(more).ensemble_density(**asked)
    engine.append(more)
    both, total = engine.ensemble_density(**asked), Density.total([before, added])
    assert np.array_equal(both.counts, total.counts)
    assert (both.n_samples, both.n_outside) == (total.n_samples, total.n_outside)
    assert both.isotropic == pytest.approx(total.isotropic, rel=1e-3, abs=1e-6)


def test_epsilon_is_chosen_and_said(engine: srm.ResonanceEngine) -> None:
    found = engine.ensemble_density()
    assert (found.epsilon, found.raw, found.counts.shape) == (
        engine.auto_epsilon(),
        True,
        (128, 128),
    )


def test_it_tells_how_far_it_is(engine: srm.ResonanceEngine) -> None:
    shares: list[float] = []
    engine.ensemble_density(epsilon=0.5, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_samples_that_come_meanwhile_are_refused(
    engine: srm.ResonanceEngine, gaussian: np.ndarray
) -> None:
    steps = engine.ensemble_density_steps(epsilon=0.5, extent=1.0)
    next(steps)
    engine.append(gaussian)
    with pytest.raises(RuntimeError, match="append"):
        for _ in steps:
            pass


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"bins": 0}, ValueError, "bins ≥ 1, got 0"),
        ({"bins": 1.5}, TypeError, "integer bins ≥ 1, got 1.5"),
        ({"epsilon": 1.5}, ValueError, "1.5"),
        ({"epsilon": "most"}, TypeError, "'most'"),
        ({"extent": 0}, ValueError, "extent as a positive number, got 0"),
        ({"extent": math.inf}, ValueError, "extent as a positive number, got inf"),
        ({"extent": "wide"}, TypeError, "'wide'"),
        ({"extent": [1.0]}, TypeError, r"extent as a number, got \[1.0\]"),
        ({"extent": 10**400}, ValueError, "extent as a number that a float holds"),
        ({"raw": "yes"}, TypeError, "raw"),
        ({"isotropic": 1}, TypeError, "isotropic"),
        ({"progress": 3}, TypeError, "progress"),
    ],
)
@pytest.mark.usefixtures("as_users")
def test_refused(
    engine: srm.ResonanceEngine, asked: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        engine.ensemble_density(**asked)


def test_bins_that_do_not_fit_are_refused_of_one_plane_too(engine: srm.ResonanceEngine) -> None:
    for count in (engine.ensemble_density, partial(engine.density, 0, 1)):
        with pytest.raises(MemoryError, match=r"got 10,000,000 × 10,000,000 bins"):
            count(bins=10_000_000)


def test_an_extent_that_was_found_holds_all_where_it_is_stated() -> None:
    """However a coordinate is rounded: of one plane by itself, or of all at once."""
    for seed in range(40):
        normal = np.random.default_rng(seed).standard_normal((20, 6)).astype(np.float32)
        engine = srm.ResonanceEngine(normal, srm.basis.rotated(6, seed))
        extent = engine.coordinate_extent()
        assert extent == engine.ensemble_density(epsilon=0.5, bins=2).extent
        for plane in itertools.combinations(range(6), 2):
            assert engine.density(*plane, raw=True, bins=2, extent=extent).n_outside == 0


def test_no_direction_is_beyond_one() -> None:
    rows = srm.basis.rotated(9, 1).directions.numpy().astype(np.float32)
    found = srm.ResonanceEngine(rows, rows).ensemble_density(epsilon=0.9, raw=False, extent=1.0)
    assert (found.n_outside, found.n_hits) == (0, 72)


def test_axes_take_no_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 65,536 directions it would be 34 GB."""
    monkeypatch.setattr(Basis, "directions", property(lambda _: pytest.fail("it was made")))
    engine = srm.ResonanceEngine(np.random.default_rng(0).standard_normal((50, 12)))
    assert engine.ensemble_density(epsilon=0.5).n_hits > 0
    assert engine.survey(epsilon=0.5).n_lit > 0


def test_what_does_not_fit_is_refused(
    engine: srm.ResonanceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ensemble_density, "available_bytes", lambda: 1_000_000)
    assert engine.ensemble_density(epsilon=0.9, bins=16).n_planes == 10
    with pytest.raises(MemoryError, match=r"1.0 MB .*1,000 × 1,000 bins over 10 planes .*40 MB"):
        engine.ensemble_density(epsilon=0.9, bins=1_000)

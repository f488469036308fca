"""Density of all planes laid over one another: the sum of those of single planes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.results.density import Density
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
        counts += np.histogram2d(*inside.T, bins=[found.edges] * 2)[0]
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
    assert (found.epsilon, found.raw, found.counts.dtype) == (problem.epsilon, raw, np.int64)
    counts, outside, clear = plain(problem, found, raw=raw, closed=extent is None)
    if problem.basis is None or clear > CLEAR:
        parts = [engine.density(*pair, **asked, extent=extent or found.extent) for pair in planes]
        assert np.array_equal(found.counts, sum(part.counts for part in parts))
        assert found.n_outside == sum(part.n_outside for part in parts)
    if clear > CLEAR:
        assert np.array_equal(found.counts, counts)
        assert (found.n_outside, found.n_hits) == (outside, counts.sum() + outside)

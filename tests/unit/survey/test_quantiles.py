"""Quantiles over all planes, against NumPy's of all their curves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.results.count_histogram import CountHistogram
from srm_widget.results.curves import Resonance
from srm_widget.survey import scores
from tests.unit.support.survey_problems import with_dead

SHARES = [0.0, 0.05, 0.25, 0.5, 0.6, 0.75, 0.95, 1.0]


def assert_those_of_all(found: Any, curves: srm.Resonance, n_planes: int) -> None:
    """Equal, and not nearly: both are of the same whole numbers."""
    dark = np.zeros((n_planes - len(curves.counts), curves.counts.shape[1]), dtype=np.int64)
    counts = np.concatenate([curves.counts, dark])
    of_all = np.quantile(counts, SHARES, axis=0) / curves.n_samples
    np.testing.assert_array_equal(found.quantiles(SHARES), of_all)
    lit = curves.counts[curves.n_lit > 0]
    if len(lit):
        of_lit = np.quantile(lit, SHARES, axis=0) / curves.n_samples
        np.testing.assert_array_equal(found.quantiles(SHARES, lit=True), of_lit)
    else:
        assert np.isnan(found.quantiles(SHARES, lit=True)).all()


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    epsilon=st.floats(-0.4, 0.95),
    variant=st.sampled_from(["combination", "permutation"]),
    axes=st.booleans(),
    sizes=st.sampled_from([(1, 8), (40, 0), (1 << 18, 0), (1 << 18, 8)]),
)
def test_quantiles_are_those_of_all_curves(
    seed: int, epsilon: float, variant: str, axes: bool, sizes: tuple[int, int]
) -> None:
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 7))
    basis = None if axes else with_dead(rng.standard_normal((int(rng.integers(4, 9)), d)), rng)
    rows = rng.standard_normal((25, d)) ** 3
    engine = srm.ResonanceEngine(rows, basis)
    asked: Any = {"epsilon": epsilon, "resolution": 24, "variant": variant}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("srm_widget.survey.sparse_counts._AT_ONCE", sizes[0])
        patch.setattr(scores, "_DENSE", sizes[1])
        survey = engine.survey(**asked)
    curves = srm.spotlight_resonance(rows, engine.basis, **asked)
    assert_those_of_all(survey, curves, survey.n_planes)
    merged = CountHistogram.total(
        [CountHistogram.of(part) for part in np.array_split(curves.counts, 3)]
    )
    for name in ("key", "change"):
        np.testing.assert_array_equal(getattr(merged, name), getattr(survey.histogram, name))


def test_of_planes_drawn_they_are_those_of_their_curves() -> None:
    rng = np.random.default_rng(1)
    engine = srm.ResonanceEngine(rng.standard_normal((80, 6)), rng.standard_normal((30, 6)))
    found = engine.ensemble(epsilon=0.8, resolution=36, n_planes=40, seed=3)
    curves = [engine.curve(i, j, epsilon=0.8, resolution=36) for i, j in found.planes.tolist()]
    assert_those_of_all(found, Resonance.stack(curves), found.n_planes)


def test_a_number_gives_one_curve() -> None:
    survey = srm.ResonanceEngine(np.eye(4)).survey(epsilon=0.5, resolution=8)
    assert survey.quantiles(0.5).shape == (8,)
    assert survey.quantiles([0.5]).shape == (1, 8)
    np.testing.assert_array_equal(survey.quantiles([0.2, 0.5])[1], survey.quantiles(0.5))


def test_after_samples_were_appended_they_are_those_of_all() -> None:
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((60, 5))
    engine = srm.ResonanceEngine(rows[:40])
    engine.survey(epsilon=0.6)
    engine.append(rows[40:])
    survey = engine.survey(epsilon=0.6)
    curves = srm.spotlight_resonance(rows, epsilon=0.6)
    assert_those_of_all(survey, curves, survey.n_planes)


def test_streams_and_shards_give_the_same() -> None:
    rows = np.random.default_rng(3).standard_normal((90, 6))
    curves = srm.spotlight_resonance(rows, epsilon=0.6)
    counts = srm.ResonanceCounts(epsilon=[0.4, 0.6])
    for batch in np.array_split(rows, 4):
        counts.append(batch)
    shards = srm.sharded.survey(rows, epsilon=0.6, rows=40, blocks=3)
    for survey in counts.survey(epsilon=0.6), shards:
        assert_those_of_all(survey, curves, len(curves.planes))


@pytest.mark.parametrize(
    ("q", "error", "said"),
    [
        (1.5, ValueError, "expected q in 0 … 1, got 1.5"),
        ([0.5, float("nan")], ValueError, "got nan"),
        ("median", TypeError, "got 'median'"),
        (True, TypeError, "got True"),
    ],
)
def test_refusals(q: Any, error: type[Exception], said: str) -> None:
    survey = srm.ResonanceEngine(np.eye(4)).survey(epsilon=0.5)
    with pytest.raises(error, match=said):
        survey.quantiles(q)

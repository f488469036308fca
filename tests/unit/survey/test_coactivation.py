"""Coactivation: more samples between two directions than the two would give by themselves."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm
from srm_widget import sharded
from srm_widget.results.column_histograms import (
    LAST_BIN,
    LEAST_EXPECTED,
    bin_edge,
    coactivation,
    least_binned,
)
from srm_widget.results.multiple_tests import holm, two_sided_p
from srm_widget.survey import random_rotations
from srm_widget.survey.column_counter import ColumnCounter
from tests.bench.bench_coactivation import found_among, planted_pairs
from tests.unit.support import oracle
from tests.unit.support.plain_survey import VARIANTS
from tests.unit.support.survey_problems import ANCHORED, CROWDED, Sizes

RNG = np.random.default_rng(5)
NEAR = np.vstack([np.eye(6), np.eye(6)[:1] + 0.7 * np.eye(6)[1:2]])
BASES = {
    "axes": None,
    "rotated": srm.basis.rotated(6, 1),
    "simplex": srm.basis.simplex(6),
    "thomson": srm.basis.thomson(12, 6, 0),
    "near": NEAR,
}
CPU = torch.device("cpu")


def rows(n: int = 400) -> np.ndarray:
    return RNG.standard_normal((n, 6)) * RNG.random((n, 6)) ** 2


def by_definition(projected: np.ndarray, i: int, j: int, g: float, epsilon: float) -> float:
    """E: all samples' p_i with all samples' p_j, each pair as if it were one sample."""
    p, q = (column.ravel() for column in np.meshgrid(projected[:, i], projected[:, j]))
    e2 = (q - g * p) / math.sqrt(1 - g * g)
    alpha, psi = math.acos(g), np.mod(np.arctan2(e2, p), math.pi)
    phi = np.where(
        psi <= alpha,
        psi / alpha * (math.pi / 2),
        math.pi / 2 + (psi - alpha) / (math.pi - alpha) * (math.pi / 2),
    )
    lit = np.hypot(p, e2) >= epsilon
    return float((lit & (np.cos(4 * phi) < 0)).sum() / len(projected))


@pytest.mark.parametrize("epsilon", [0.8, 0.45, 0.1])
@pytest.mark.parametrize("name", BASES)
def test_expected_is_that_of_columns_drawn_independently(name: str, epsilon: float) -> None:
    basis, samples = BASES[name], rows()
    survey = srm.ResonanceEngine(samples, basis).survey(epsilon=epsilon, top=12)
    directions = np.eye(6) if basis is None else np.asarray(srm.basis.of(basis))
    unit = oracle.unit(directions).numpy()
    projected = oracle.unit(samples).numpy() @ unit.T
    assert len(survey.planes)
    for (i, j), expected in zip(survey.planes.tolist(), survey.expected, strict=True):
        g = float(unit[i] @ unit[j])
        if abs(g) > 0.9:
            continue
        wanted = by_definition(projected, i, j, g, epsilon)
        assert expected == pytest.approx(wanted, rel=0.06, abs=0.05)


@pytest.mark.parametrize("epsilon", [0.8, 0.3, 0.0, -0.5])
def test_no_sample_between_two_axes_is_in_no_bin(epsilon: float) -> None:
    least = least_binned(epsilon, srm.basis.standard(6))
    samples = rows(3000)
    coordinates, kept = srm.ResonanceEngine(samples).projection(0, 1, epsilon=epsilon)
    a, c = coordinates.T
    unit = np.stack([a, c]) / np.linalg.norm(samples[kept], axis=1)
    between = np.cos(4 * np.arctan2(unit[1], unit[0])) < 0
    assert between.any()
    assert np.abs(unit[:, between]).min() >= least * (1 - 1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_histograms_count_every_projection_in_its_bin(dtype: Any) -> None:
    samples = rows().astype(dtype)
    samples[0] = [0.5, 0.5, 0.5, 0.5, 0.0, 0.0]  # on an edge
    samples[1] = [0, 0, -2, 0, 0, 0]
    histograms = srm.ResonanceEngine(samples).survey(epsilon=0.5).columns
    unit = oracle.unit(samples).numpy().astype(dtype).astype(np.float64)
    edges = [bin_edge(k) for k in range(histograms.first, LAST_BIN + 2)]
    assert edges[-2] == 1.0
    assert edges[0] <= 0.5 * math.sin(math.pi / 8) < edges[1]
    for i in range(6):
        for sign, counts in zip((1, -1), histograms.counts[:, i], strict=True):
            column = sign * unit[:, i]
            # numpy closes the last bin at both ends: nothing is there.
            assert counts.tolist() == np.histogram(column, edges)[0].tolist()


@pytest.mark.parametrize("crowded", [ANCHORED, CROWDED], ids=["anchored", "crowded"])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", ["axes", "simplex"])
def test_any_way_to_the_survey_has_the_same_histograms(
    name: str, variant: str, crowded: float
) -> None:
    samples, basis = rows(120), BASES[name]
    asked: dict[str, Any] = {"epsilon": 0.5, "resolution": 24, "variant": variant}
    with Sizes(crowded=crowded, tests=200, projected=50, block=32).used():
        whole = srm.ResonanceEngine(samples, basis).survey(**asked)
        grown = srm.ResonanceEngine(samples[:50], basis)
        grown.survey(**asked)
        grown.append(samples[50:])
        counts = srm.ResonanceCounts(srm.basis.of(whole.columns.basis), **asked)
        other = srm.ResonanceCounts(srm.basis.of(whole.columns.basis), **asked)
        counts.append(samples[:70])
        other.append(samples[70:])
        counts.merge(other)
        in_shards = sharded.survey(
            np.array_split(samples, 3), basis, **asked, blocks=2, dtype=torch.float64
        )
        found = [grown.survey(**asked), counts.survey(), in_shards]
    for survey in found:
        assert survey.columns.first == whole.columns.first
        assert survey.columns.counts.tolist() == whole.columns.counts.tolist()
        np.testing.assert_allclose(survey.scores("coactivation"), whole.scores("coactivation"))
    if variant == "permutation":
        matrix = whole.matrix("coactivation")
        np.testing.assert_allclose(matrix, matrix.T)


def test_counts_at_several_levels_expect_the_same_as_at_one() -> None:
    samples = rows()
    counts = srm.ResonanceCounts(6, epsilon=[0.7, 0.3])
    counts.append(samples)
    for epsilon in 0.7, 0.3:
        alone = srm.ResonanceEngine(samples).survey(epsilon=epsilon)
        np.testing.assert_allclose(counts.survey(epsilon=epsilon).expected, alone.expected)


def test_counts_of_some_planes_hold_no_histograms() -> None:
    counts = srm.ResonanceCounts(6, epsilon=0.5, planes=[(0, 1), (2, 3)])
    counts.append(rows())
    state = counts.state
    assert state is not None
    assert state[1].columns.numel() == 0


def test_the_score_is_the_signed_root_of_the_deviance() -> None:
    n = np.array([12, 3, 3, 0, 0, 1, 7])
    expected = np.array([3.0, 12.0, 3.0, 2.0, 0.01, 0.01, 0.0])
    found = coactivation(n, expected)
    for k, (count, mean) in enumerate(zip(n.tolist(), expected.tolist(), strict=True)):
        e = max(mean, LEAST_EXPECTED) if count else mean
        logs = count * math.log(count / e) if count else 0.0
        wanted = math.copysign(math.sqrt(2 * (logs - (count - e))), count - e)
        assert found[k] == pytest.approx(wanted)
    assert found[2] == 0.0


@pytest.mark.parametrize("variant", VARIANTS)
def test_ranks_and_matrix_follow_the_score(variant: str) -> None:
    survey = srm.ResonanceEngine(rows()).survey(
        epsilon=0.4, by="coactivation", top=5, variant=variant
    )
    scores = survey.scores("coactivation")
    expected = survey.columns.expected(survey.pairs(slice(None)), 0.4)
    assert scores.tolist() == coactivation(survey.lit.n_between, expected).tolist()
    assert survey.score.tolist() == sorted(scores.tolist(), reverse=True)[:5]
    np.testing.assert_allclose(coactivation(survey.between, survey.expected), survey.score)
    matrix = survey.matrix("coactivation")
    assert [matrix[i, j] for i, j in survey.planes.tolist()] == survey.score.tolist()
    assert survey.weights("coactivation").tolist() == scores.tolist()


def test_corners_are_neither_together_nor_apart() -> None:
    """All projections are alike, and exactly on the rim of what is lit."""
    for width in 9, 32:
        samples = np.sign(RNG.standard_normal((500, width)))
        survey = srm.ResonanceEngine(samples).survey(epsilon=math.sqrt(2 / width), top=500)
        assert survey.expected == pytest.approx(500.0)
        assert survey.scores("coactivation") == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("epsilon", [0.22, 0.25, 0.26, 0.27])
def test_expected_of_columns_that_are_narrow_beside_a_bin(epsilon: float) -> None:
    samples = np.tanh(6 * RNG.standard_normal((700, 32)))
    survey = srm.ResonanceEngine(samples).survey(epsilon=epsilon, top=500)
    projected = oracle.unit(samples).numpy()
    some = slice(None, None, 100)
    for (i, j), expected in zip(survey.planes[some].tolist(), survey.expected[some], strict=True):
        wanted = by_definition(projected, i, j, 0.0, epsilon)
        assert expected == pytest.approx(wanted, rel=0.04, abs=0.5)


def test_one_sample_of_two_directions_is_no_find() -> None:
    samples = np.zeros((40, 30))
    samples[np.arange(40), np.arange(40) % 30] = 1.0
    samples[0, 1] = 1.0
    survey = srm.ResonanceEngine(samples).survey(epsilon=0.9)
    scores = survey.scores("coactivation")
    assert scores.max() == pytest.approx(math.sqrt(2 * (math.log(4) - 0.75)))
    assert -0.6 <= scores.min() < 0


def test_a_plane_that_lights_nothing_has_no_coactivation() -> None:
    survey = srm.ResonanceEngine(np.eye(6)[[0, 0, 1]]).survey(epsilon=0.9)
    matrix = survey.matrix("coactivation")
    assert np.isnan(matrix[4, 5])
    assert not np.isnan(matrix[0, 1])


def test_expected_of_many_planes_is_that_of_each() -> None:
    """A product of matrices and dot products, one after the other, are the same."""
    histograms = srm.ResonanceEngine(rows(), srm.basis.thomson(40, 6, 0)).survey(epsilon=0.3)
    planes = histograms.pairs(slice(None))
    together = histograms.columns.expected(planes, 0.3)
    some = RNG.permutation(len(planes))[:9]
    np.testing.assert_allclose(histograms.columns.expected(planes[some], 0.3), together[some])
    swapped = histograms.columns.expected(planes[some][:, ::-1], 0.3)
    np.testing.assert_allclose(swapped, together[some])


def test_planted_pairs_come_first() -> None:
    activations, basis, planted = planted_pairs(n_samples=12_000, active=4.0, seed=0)
    engine = srm.ResonanceEngine(activations, basis)
    survey = engine.survey(epsilon="auto", by="coactivation", top=15)
    assert found_among(survey.planes, planted) >= 0.75 * 15
    assert Counter(survey.planes.ravel().tolist()).most_common(1)[0][1] <= 3
    assert found_among(survey.best("peak").planes, planted) <= 2


def test_counter_goes_on_from_counts_of_others() -> None:
    basis = srm.basis.standard(6)
    counter = ColumnCounter(basis, 0.5, CPU)
    columns = torch.from_numpy(rows(50).T.copy()).clamp(-1, 1)
    counter.add_all(0, columns[:4])
    more = ColumnCounter(basis, 0.5, CPU, counter.counts)
    more.add_all(4, columns[4:])
    whole = ColumnCounter(basis, 0.5, CPU)
    whole.add_all(0, columns)
    for mine, theirs in zip(counter.counts, whole.counts, strict=True):
        assert mine.tolist() == theirs.tolist()


@pytest.mark.parametrize("null", ["mean", "rotations"])
def test_significance_compares_with_the_highest_of_every_turn(null: str) -> None:
    samples = rows(200)
    engine = srm.ResonanceEngine(samples)
    ask: dict[str, Any] = {"epsilon": 0.6, "null": null, "rotations": 5, "seed": 3}
    found = engine.significance(**ask, by="coactivation")
    turns = random_rotations.RandomRotations(engine._store, 3, keep_mean=null == "mean")
    highest = [
        srm.ResonanceEngine(samples, turns.turned(engine.basis).directions)
        .survey(epsilon=0.6)
        .scores("coactivation")
        .max()
        for _ in range(5)
    ]
    assert found.null == pytest.approx(highest, rel=1e-3)
    survey = engine.survey(epsilon=0.6, by="coactivation")
    assert found.planes.tolist() == survey.planes.tolist()
    assert found.score.tolist() == found.strength.tolist() == survey.score.tolist()
    for one, p in zip(found.strength, found.p, strict=True):
        assert p == (1 + (found.null >= one).sum()) / 6


def test_two_that_fire_together_stand_out_of_shuffled_columns() -> None:
    """Every direction fires in a fifth of the samples; the first two do so together."""
    rng = np.random.default_rng(0)
    fires = rng.random((600, 40)) < 0.03
    fires[:40, :2] = True
    engine = srm.ResonanceEngine(fires * (1 + rng.random((600, 40))) + 1e-3)
    found = engine.significance(epsilon=0.6, by="coactivation", null="columns", rotations=39)
    assert found.planes[0].tolist() == [0, 1]
    assert found.p[0] == 1 / 40
    assert found.p[1] > found.p[0]
    alone = rng.random((600, 40)) < 0.03
    apart = srm.ResonanceEngine(alone * (1 + rng.random((600, 40))) + 1e-3)
    chance = apart.significance(epsilon=0.6, by="coactivation", null="columns", rotations=39)
    assert chance.p[0] > 1 / 40
    assert chance.strength[0] < found.strength[0] / 2


def test_fresh_samples_are_compared_with_what_their_own_columns_give() -> None:
    samples, fresh = rows(300), rows(150)
    samples[:60, :2] = fresh[:30, :2] = 2.0
    survey = srm.ResonanceEngine(samples).survey(epsilon=0.6, by="coactivation", top=5)
    confirmed = survey.confirm(fresh)
    again = srm.spotlight_resonance(fresh, planes=survey.planes.tolist(), epsilon=0.6)
    own = srm.ResonanceEngine(fresh).column_histograms(epsilon=0.6)
    expected = own.expected(survey.planes, 0.6)
    assert (
        own.counts.tolist()
        == srm.ResonanceEngine(fresh).survey(epsilon=0.6).columns.counts.tolist()
    )
    assert confirmed.fresh.expected.tolist() == expected.tolist()
    assert confirmed.fresh.n_between.tolist() == again.n_between.tolist()
    scores = coactivation(again.n_between, expected)
    assert confirmed.fresh.score.tolist() == scores.tolist()
    assert confirmed.p == pytest.approx(holm(two_sided_p(scores)))

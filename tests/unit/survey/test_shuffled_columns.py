"""Coactive planes where the projections on every direction are shuffled over the samples."""

from collections import Counter
from typing import Any

import jaxtyping
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.concurrency.generators import run
from srm_widget.geometry.arcs import lit_fourfold
from srm_widget.survey import between_search
from srm_widget.survey.between_search import BetweenSearch
from srm_widget.survey.close_pairs import close_pairs_steps
from srm_widget.survey.pair_tally import PairTally


def engine_of(seed: int, m: int = 20, d: int = 12, n: int = 90) -> srm.ResonanceEngine:
    """Directions with near-parallel, opposite and dead ones; samples of few of them."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((m, d))
    rows[1], rows[2], rows[3] = -rows[0], rows[0] + 0.1 * rows[5], 0
    fires = rng.random((n, m)) < 3 / m
    return srm.ResonanceEngine(fires @ rows + 0.05 * rng.standard_normal((n, d)), rows)


def lit_between(a: np.ndarray, b: np.ndarray, g: float, epsilon: float) -> int:
    x = torch.from_numpy(a)
    c = (torch.from_numpy(b) - g * x) / np.sqrt(1 - g * g)
    _, fourfold = lit_fourfold(x, c, epsilon, float(np.arccos(g)))
    return int((fourfold < 0).sum())


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**32 - 1),
    epsilon=st.floats(0.2, 0.9),
    tests=st.sampled_from([40, 1 << 20]),
    projections=st.sampled_from([200, 1 << 20]),
    at_once=st.sampled_from([17, 1 << 14]),
)
def test_shuffled_projections_are_counted_as_they_are(
    seed: int, epsilon: float, tests: int, **sizes: int
) -> None:
    engine = engine_of(seed)
    basis, n = engine.basis, engine.n_samples
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
        patch.setattr(between_search, "_TESTS", tests)
        patch.setattr(between_search, "_SHUFFLED_AT_ONCE", tests)
        patch.setattr(between_search, "_PROJECTIONS", sizes["projections"])
        patch.setattr(between_search, "_MOST_SAMPLES", sizes["at_once"])
        search = BetweenSearch(engine._store, basis, epsilon, run(close_pairs_steps(basis)))
        shuffled = run(search.shuffled_steps(torch.Generator().manual_seed(seed % 1000)))
        tally = PairTally(basis.n_directions)
        shares = list(shuffled.steps(tally))
        codes, times, _ = run(tally.tallied_steps())
        close = list(search.close_columns(shuffled._seed))
    assert shares[-1] == 1
    found = dict(zip(codes.tolist(), times.tolist(), strict=True))
    projected = basis.directions.numpy() @ engine.unit_rows(np.arange(n)).double().numpy().T
    direction, sample, value = (part.numpy() for part in shuffled._near)
    dense = np.zeros_like(projected)
    dense[direction, sample] = value
    assert np.count_nonzero(dense) == len(value)
    for own, theirs in zip(dense, projected, strict=True):
        kept = np.sort(own[own != 0])
        assert np.isin(np.round(kept, 9), np.round(theirs, 9)).all()
    expected: Counter[int] = Counter()
    one_by_one = set()
    for group, columns in close:
        for i, j, code, g in zip(
            group.i.tolist(),
            group.j.tolist(),
            group.codes.tolist(),
            group.cosines.tolist(),
            strict=True,
        ):
            one_by_one.add(code)
            for row, k in ((i, code // 20), (j, code % 20)):
                own = np.sort(columns[row].numpy())
                np.testing.assert_allclose(own, np.sort(projected[k]), atol=1e-9)
            expected[code] = lit_between(columns[i].numpy(), columns[j].numpy(), g, epsilon)
    for i in range(20):
        for j in range(i + 1, 20):
            if i * 20 + j not in one_by_one and basis.spans(i, j):
                g = float(basis.directions[i] @ basis.directions[j])
                expected[i * 20 + j] = lit_between(dense[i], dense[j], g, epsilon)
    assert found == {code: many for code, many in expected.items() if many}


def test_in_the_mean_as_many_as_are_expected() -> None:
    engine = engine_of(3, m=12, d=10, n=400)
    basis, epsilon = engine.basis, 0.5
    search = BetweenSearch(engine._store, basis, epsilon, run(close_pairs_steps(basis)))
    counts = np.zeros((12, 12))
    for seed in range(60):
        shuffled = run(search.shuffled_steps(torch.Generator().manual_seed(seed)))
        tally = PairTally(12)
        list(shuffled.steps(tally))
        codes, times, _ = run(tally.tallied_steps())
        counts[codes // 12, codes % 12] += times / 60
    pairs = np.array([(i, j) for i in range(12) for j in range(i + 1, 12) if basis.spans(i, j)])
    expected = engine.survey(epsilon=epsilon).columns.expected(pairs, epsilon)
    mean = counts[tuple(pairs.T)]
    off = (mean - expected) / np.sqrt(np.maximum(expected, 0.25) / 60)
    far = np.abs(basis.directions.numpy() @ basis.directions.numpy().T)[tuple(pairs.T)] < 0.9
    assert np.abs(off[far]).max() < 6
    assert mean[far].sum() == pytest.approx(expected[far].sum(), rel=0.05)


def test_planted_pairs_stand_out_and_others_do_not() -> None:
    rng = np.random.default_rng(4)
    fires = rng.random((500, 80)) < 0.03
    chance = srm.ResonanceEngine(fires + 0.01 * rng.standard_normal(fires.shape))
    asked: dict[str, Any] = {"epsilon": 0.6, "shuffles": 19, "top": 10}
    none = chance.coactive(**asked)
    assert none.shuffled.shape == (19,)
    assert none.p_shuffled[0] > 1 / 20
    fires[:40] = False
    fires[:40, [7, 30]] = True
    planted = srm.ResonanceEngine(fires + 0.01 * rng.standard_normal(fires.shape))
    found = planted.coactive(**asked)
    assert found.planes[0].tolist() == [7, 30]
    assert found.p_shuffled[0] == 1 / 20
    assert (np.diff(found.p_shuffled) >= 0).all()
    assert planted.coactive(**asked).shuffled.tolist() == found.shuffled.tolist()
    other = planted.coactive(**asked, seed=1)
    assert other.shuffled.tolist() != found.shuffled.tolist()
    assert np.isnan(planted.coactive(epsilon=0.6).p_shuffled).all()
    shares = list(planted.coactive_steps(**asked))
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1
    with pytest.raises(ValueError, match="shuffles"):
        planted.coactive(epsilon=0.6, shuffles=-1)

"""What coactive planes say: p, a table, and how they look on fresh samples."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import poisson

import srm_widget as srm
from srm_widget.results.coactive_planes import CoactivePlanes, poisson_tail
from srm_widget.results.multiple_tests import holm

RNG = np.random.default_rng(0)
BASIS = RNG.standard_normal((60, 40))
BASIS[50], BASIS[51:53] = -BASIS[3], 0
TOGETHER = (4, 9)


def samples(n: int, seed: int) -> np.ndarray:
    """Of three directions each, two of which often come together, and alone."""
    rng = np.random.default_rng(seed)
    fires = rng.random((n, 60)) < 3 / 60
    fires[: n // 8] = False
    fires[: n // 8, TOGETHER] = True
    return np.asarray((fires * (0.5 + rng.random(fires.shape))) @ BASIS)


ENGINE = srm.ResonanceEngine(samples(600, 1), BASIS)
FOUND = ENGINE.coactive(epsilon=0.6, top=20)


def test_p_is_the_upper_tail_times_the_planes_that_were_possible() -> None:
    assert FOUND.n_planes == 58 * 57 // 2 - 1
    tail = [poisson.sf(n - 1, e) for n, e in zip(FOUND.n_between, FOUND.expected, strict=True)]
    np.testing.assert_allclose(FOUND.p, np.minimum(np.array(tail) * FOUND.n_planes, 1), rtol=1e-9)
    assert FOUND.planes[0].tolist() == list(TOGETHER)
    assert FOUND.p[0] < 0.01
    of_one = ENGINE.coactive(epsilon=0.6, top=20, partners_of=3)
    assert of_one.n_planes == 57 - 1
    axes = srm.ResonanceEngine(RNG.standard_normal((50, 30))).coactive(epsilon=0.5)
    assert axes.n_planes == 435
    empty = ENGINE.coactive(epsilon=0.6, top=0)
    assert empty.p.shape == (0,)


@pytest.mark.parametrize(("n", "mean"), [(0, 3.0), (1, 0.0), (7, 1e-9), (300, 2.5), (40, 40.0)])
def test_the_tail_is_exact_far_out(n: int, mean: float) -> None:
    found = float(poisson_tail(np.array([n]), np.array([mean]))[0])
    terms = (
        math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) if mean else float(k == 0)
        for k in range(n, n + 400)
    )
    assert found == pytest.approx(math.fsum(terms), rel=1e-9)


def test_samples_of_directions_without_anything_to_do_with_each_other_are_no_find() -> None:
    rng = np.random.default_rng(2)
    least = []
    for _ in range(20):
        fires = rng.random((400, 60)) < 3 / 60
        engine = srm.ResonanceEngine(fires @ np.eye(60)[:, rng.permutation(60)] + 0.0)
        least.append(float(engine.coactive(epsilon=0.6, top=50).p.min(initial=1)))
    assert np.mean(np.array(least) < 0.05) <= 0.2


def test_no_p_where_samples_hang_together() -> None:
    engine = srm.ResonanceEngine(samples(60, 3), BASIS, groups=np.arange(60) // 4)
    found = engine.coactive(epsilon=0.6, top=5)
    assert len(found.p) == 5
    assert np.isnan(found.p).all()
    fresh = FOUND.confirm(engine)
    assert np.isnan(fresh.p).all()
    assert (fresh.n_between >= 0).all()


def test_confirmed_on_fresh_samples() -> None:
    fresh = samples(500, 4)
    engine = srm.ResonanceEngine(fresh, BASIS)
    looked_up = FOUND.confirm(fresh)
    whole = engine.coactive(epsilon=0.6, top=1 << 20)
    known = {tuple(pair): k for k, pair in enumerate(whole.planes.tolist())}
    assert looked_up.n_samples == 500
    assert looked_up.planes.tolist() == FOUND.planes.tolist()
    for k, pair in enumerate(map(tuple, looked_up.planes.tolist())):
        if pair in known:
            assert looked_up.n_between[k] == whole.n_between[known[pair]]
            assert looked_up.expected[k] == pytest.approx(whole.expected[known[pair]], rel=0.05)
        else:
            assert looked_up.n_between[k] == 0
    assert (
        looked_up.p.tolist() == holm(poisson_tail(looked_up.n_between, looked_up.expected)).tolist()
    )
    assert looked_up.p[0] < 0.01
    assert np.median(looked_up.p[5:]) > 0.5
    by_engine = FOUND.confirm(engine)
    assert by_engine.n_between.tolist() == looked_up.n_between.tolist()
    shares = list(FOUND.confirm_steps(engine))
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1


@pytest.mark.parametrize(
    ("fresh", "error", "said"),
    [
        (srm.ResonanceEngine(samples(9, 5)), ValueError, "planes.basis"),
        (srm.ResonanceEngine(samples(9, 5), BASIS, center="mean"), ValueError, "center"),
        (srm.ResonanceEngine(samples(9, 5), BASIS, min_norm=0.5), ValueError, "min_norm"),
        (3, TypeError, "activations"),
        (np.ones((3, 7)), ValueError, "7"),
    ],
)
def test_what_does_not_fit_is_refused(fresh: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        FOUND.confirm(fresh)


def test_none_found_is_none_confirmed() -> None:
    assert ENGINE.coactive(epsilon=0.6, top=0).confirm(samples(9, 6)).p.shape == (0,)


def test_as_a_table() -> None:
    table = FOUND.to_dataframe()
    assert list(table) == ["i", "j", "score", "n_between", "n_same_sign", "expected", "p"]
    assert table[["i", "j"]].to_numpy().tolist() == FOUND.planes.tolist()
    named = FOUND.to_dataframe([f"latent {k}" for k in range(60)])
    assert list(named.iloc[0][["name_i", "name_j"]]) == ["latent 4", "latent 9"]
    with pytest.raises(ValueError, match="60 names, one a direction, got 2"):
        FOUND.to_dataframe(["one", "two"])
    shuffled = ENGINE.coactive(epsilon=0.6, top=3, shuffles=4)
    assert shuffled.to_dataframe()["p_shuffled"].tolist() == shuffled.p_shuffled.tolist()


@pytest.mark.parametrize("basis", [None, np.eye(12) + 0.2 * np.eye(12, k=1)])
def test_together_is_told_from_one_against_the_other(basis: np.ndarray | None) -> None:
    """Whatever the signs a pair is found; how many samples have them alike is said beside it."""
    rng = np.random.default_rng(7)
    sources = 0.05 * rng.standard_normal((900, 12))
    sources[:300, [1, 2]] += rng.choice([-4, 4], (300, 1))
    sources[300:600, [5, 6]] += 4 * np.array([1, -1])
    sources[600:, [8, 10]] += rng.choice([-4, 4], (300, 2))
    rows = sources if basis is None else sources @ basis
    table = srm.ResonanceEngine(rows, basis).coactive(epsilon=0.9, top=3).to_dataframe()
    found = {(row.i, row.j): (row.n_between, row.n_same_sign) for row in table.itertuples()}
    mixed = int((np.sign(sources[600:, [8, 10]]).prod(axis=1) > 0).sum())
    assert found == {(1, 2): (300, 300), (5, 6): (300, 0), (8, 10): (300, mixed)}


def test_in_words() -> None:
    said = repr(FOUND)
    assert f"20 of {FOUND.n_found:,} found among 1,652 planes" in said
    assert "600 samples, 1 antipodal, 2 directions of zeros; (4, 9) " in said
    n, expected = FOUND.n_between[0], FOUND.expected[0]
    assert said.endswith(f" {n} between, {expected:.3g} expected, p {FOUND.p[0]:.2g})")
    assert isinstance(FOUND, CoactivePlanes)


@pytest.mark.parametrize("n_dims", [4, 8, 16])
def test_in_few_dimensions_it_says_that_pairs_can_be_missed(n_dims: int) -> None:
    """Of E, which large projections of the pair raise with whatever others have beside them."""
    rows = np.random.default_rng(0).standard_normal((500, 2 * n_dims))
    rows[:100, 1:3] += 6
    said = f"; at this ε in {n_dims} dimensions pairs can be missed)"
    narrow = srm.ResonanceEngine(rows[:, :n_dims])
    limit = 1 / (math.sin(math.pi / 8) * math.sqrt(n_dims))
    assert repr(narrow.coactive(epsilon=min(0.99 * limit, 1.0), top=1)).endswith(said)
    test = narrow.significance(epsilon=0.5, by="coactivation", null="columns", rotations=2)
    assert repr(test).endswith(said)
    for wider in (
        srm.ResonanceEngine(np.pad(rows, ((0, 0), (0, 64)))).coactive(epsilon=0.5),
        narrow.significance(epsilon=0.5, rotations=2),
    ):
        assert "missed" not in repr(wider)
    if n_dims > 6:
        assert "missed" not in repr(narrow.coactive(epsilon=1.01 * limit))


def test_the_narrow_layer_is_where_a_planted_pair_is_missed() -> None:
    """The rule against what happens, 25 of 500 samples firing together, in 24 dimensions."""

    def n_first(epsilon: float) -> int:
        first = 0
        for seed in range(10):
            rows = np.random.default_rng(seed).standard_normal((500, 24))
            rows[:25, 1:3] += 6
            first += srm.ResonanceEngine(rows).coactive(epsilon=epsilon).planes[0].tolist() == [
                1,
                2,
            ]
        return first

    limit = 1 / (math.sin(math.pi / 8) * math.sqrt(24))
    assert n_first(limit) == 10
    assert n_first(0.7 * limit) < 8

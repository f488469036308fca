"""Coactive planes of very many directions: the same as by going through all planes."""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jaxtyping
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.concurrency.generators import run
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.samples import auto_epsilon, store
from srm_widget.survey import between_search, close_pairs, coactive, pair_cosines, pair_tally
from srm_widget.survey.between_bound import BetweenBound
from srm_widget.survey.close_pairs import close_pairs_steps, partner_pairs
from srm_widget.survey.pair_tally import PairTally
from tests.unit.support import oracle

ALL = 1 << 30


@contextmanager
def small(**sizes: Any) -> Iterator[None]:
    """Work in small parts, and with few close pairs; without annotations enforced."""
    places: dict[str, tuple[tuple[Any, str], ...]] = {
        "least_close": ((close_pairs, "LEAST_CLOSE"),),
        "most_close": ((close_pairs, "MOST_CLOSE"),),
        "one_by_one": ((close_pairs, "_ONE_BY_ONE"),),
        "entries": ((close_pairs, "_ENTRIES_AT_ONCE"),),
        "numbers": ((pair_cosines, "_NUMBERS_AT_ONCE"), (close_pairs, "_NUMBERS_AT_ONCE")),
        "tests": ((between_search, "_TESTS"),),
        "merged": ((pair_tally, "_MERGED_AT_ONCE"),),
        "projections": ((between_search, "_PROJECTIONS"),),
        "counted": ((between_search, "_PROJECTED_AT_ONCE"),),
        "block": ((store, "BLOCK"),),
        "pending": ((pair_tally, "_PENDING"),),
        "pairs": ((pair_tally, "_MOST_PAIRS"),),
        "scored": ((coactive, "_SCORED_AT_ONCE"),),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
        for name, size in sizes.items():
            for module, constant in places[name]:
                patch.setattr(module, constant, size)
        yield


def counts(found: CoactivePlanes) -> dict[tuple[int, int], int]:
    return {
        (i, j): n for (i, j), n in zip(found.planes.tolist(), found.n_between.tolist(), strict=True)
    }


def surveyed(engine: srm.ResonanceEngine, epsilon: float) -> dict[tuple[int, int], int]:
    """What a survey of all planes counts."""
    survey = engine.survey(epsilon=epsilon)
    planes = survey.pairs(slice(None)).tolist()
    both = zip(planes, survey.lit.n_between.tolist(), strict=True)
    return {(i, j): n for (i, j), n in both if n}


def by_definition(
    unit: np.ndarray, directions: np.ndarray, epsilon: float, tie: float, *, same: bool = False
) -> tuple[np.ndarray, np.ndarray, Counter[str]]:
    """(M, M) least and most samples that are lit and between; pairs that span no plane, by kind.

    With `same` those samples alone that stand between the two, or between their negatives.
    One whose cos 4φ is rounded to 0 is not between.
    """
    m = len(directions)
    low, high = np.zeros((m, m), dtype=int), np.zeros((m, m), dtype=int)
    skipped: Counter[str] = Counter()
    lives = (directions != 0).any(axis=1).reshape(m)
    for i in range(m - 1):
        g = directions[i + 1 :] @ directions[i]
        e2 = directions[i + 1 :] - g[:, None] * directions[i]
        sine = np.linalg.norm(e2, axis=1)
        is_dead, on_one_line = ~lives[i + 1 :] | ~lives[i], np.less(sine**2, 1e-10)
        skipped["dead"] += int(is_dead.sum())
        skipped["parallel"] += int((on_one_line & ~is_dead & (g > 0)).sum())
        skipped["antipodal"] += int((on_one_line & ~is_dead & (g < 0)).sum())
        spans = np.flatnonzero(~is_dead & ~on_one_line)
        g, sine = g[spans, None], sine[spans, None]
        a, c = directions[i] @ unit.T, e2[spans] @ unit.T / sine
        radius, psi = np.hypot(a, c), np.mod(np.arctan2(c, a), math.pi)
        alpha = np.arctan2(sine, g)
        sector = np.where(psi <= alpha, psi / alpha, 1 + (psi - alpha) / (math.pi - alpha))
        fourfold = np.cos(2 * math.pi * sector)
        if same:
            fourfold[psi > alpha] = 1
        slack = tie / sine
        border = 50 * slack / epsilon
        surely = (radius >= epsilon + slack) & (fourfold < -border - 0.5 / FOURFOLD_UNIT)
        maybe = (radius >= epsilon - slack) & (fourfold < border)
        low[i, i + 1 + spans], high[i, i + 1 + spans] = surely.sum(axis=1), maybe.sum(axis=1)
    return low, high, skipped


def sparse(rng: np.random.Generator, n: int, basis: np.ndarray, active: int = 3) -> np.ndarray:
    """Samples of few directions each, and noise."""
    fires = rng.random((n, len(basis))) < active / len(basis)
    rows = (fires * (0.5 + rng.random(fires.shape))) @ basis
    return np.asarray(rows + 0.05 * rng.standard_normal(rows.shape))


def family(rng: np.random.Generator, m: int, d: int, kind: str) -> np.ndarray:
    """Directions: anywhere, some nearly or exactly parallel to others, some dead; orthonormal."""
    if kind == "orthonormal":
        return np.linalg.qr(rng.standard_normal((d, d)))[0]
    rows = rng.standard_normal((m, d))
    if kind == "near":
        few = rng.integers(1, m // 2 + 1)
        rows[-few:] = rows[:few] + 10.0 ** rng.uniform(-5, 0) * rng.standard_normal((few, d))
    if kind == "parallel":
        few = rng.integers(1, m // 2 + 1)
        rows[-few:] = rows[:few] * rng.choice([-2.0, 0.5], (few, 1))
    if kind == "dead":
        rows[rng.choice(m, rng.integers(1, m - 2), replace=False)] = 0
    return rows


@settings(max_examples=16)
@given(
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["anywhere", "near", "near", "parallel", "dead", "orthonormal"]),
    dtype=st.sampled_from([np.float32, np.float64]),
    epsilon=st.floats(0.02, 0.95),
    most_close=st.sampled_from([0, 1, 1 << 20]),
    one_by_one=st.sampled_from([0.0, 0.1, 0.4]),
    tests=st.sampled_from([30, 1 << 20]),
    pairs=st.sampled_from([20, 1 << 20]),
)
def test_counts_are_those_of_the_definition(
    seed: int, kind: str, dtype: Any, epsilon: float, **sizes: Any
) -> None:
    rng = np.random.default_rng(seed)
    m, d = int(rng.integers(4, 16)), int(rng.integers(2, 12))
    basis = family(rng, m, d, kind)
    samples = sparse(rng, 40, basis).astype(dtype)
    engine = srm.ResonanceEngine(samples, basis)
    sizes |= {"least_close": sizes["most_close"], "entries": 50, "projections": 200}
    with small(**sizes, numbers=100, pending=30, scored=16, block=25):
        found = engine.coactive(epsilon=epsilon, top=ALL)
    unit = engine.unit_rows(np.arange(40)).double().numpy()
    tie = 1e-6 if dtype == np.float32 else 1e-11
    low, high, skipped = by_definition(unit, np.asarray(engine.basis), epsilon, tie)
    wide = np.zeros_like(low)
    for pair, n in counts(found).items():
        wide[pair] = n
    assert (low <= wide).all()
    assert (wide <= high).all()
    wide[tuple(found.planes.T)] = found.n_same_sign
    low_same, high_same, _ = by_definition(unit, np.asarray(engine.basis), epsilon, tie, same=True)
    assert (low_same <= wide).all()
    assert (wide <= high_same).all()
    assert (found.n_parallel, found.n_antipodal) == (skipped["parallel"], skipped["antipodal"])
    assert engine.basis.n_dead_pairs == skipped["dead"]
    assert found.n_found == len(found.planes) == (found.n_between > 0).sum()


@settings(max_examples=3)
@given(
    seed=st.integers(0, 2**32 - 1),
    m=st.integers(150, 200),
    dtype=st.sampled_from([np.float32, np.float64]),
    epsilon=st.floats(0.3, 0.7),
    most_close=st.sampled_from([0, 1, 8]),
)
def test_counts_of_hundreds_of_directions_are_those_of_the_definition(
    seed: int, m: int, dtype: Any, epsilon: float, most_close: int
) -> None:
    """Families of near-parallel directions, the same and opposite ones, and dead rows together."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(20, 60))
    basis = rng.standard_normal((m, d))
    near = 10.0 ** rng.uniform(-4, 0, (40, 1)) * rng.standard_normal((40, d))
    basis[-40:] = basis[np.arange(40) % 8] + near
    basis[20:25] = -3 * basis[10:15]
    basis[25:30] = 2 * basis[10:15]
    basis[rng.choice(np.arange(30, m - 40), 9, replace=False)] = 0
    engine = srm.ResonanceEngine(sparse(rng, 120, basis).astype(dtype), basis)
    with small(least_close=0, most_close=most_close):
        found = engine.coactive(epsilon=epsilon, top=ALL)
    unit = engine.unit_rows(np.arange(120)).double().numpy()
    tie = 1e-6 if dtype == np.float32 else 1e-11
    low, high, skipped = by_definition(unit, np.asarray(engine.basis), epsilon, tie)
    wide = np.zeros_like(low)
    wide[tuple(found.planes.T)] = found.n_between
    is_sure = low == high
    np.testing.assert_array_equal(wide[is_sure], low[is_sure])
    assert is_sure.mean() > 0.98
    assert (low <= wide).all()
    assert (wide <= high).all()
    assert wide.sum() > 100
    assert (found.n_parallel, found.n_antipodal) == (skipped["parallel"], skipped["antipodal"])
    assert (found.n_parallel, found.n_antipodal) == (5, 10)
    n_live = m - 9
    assert found.n_planes == n_live * (n_live - 1) // 2 - 15


@given(
    numbers=st.lists(st.integers(1, 40), max_size=100),
    at_once=st.sampled_from([1, 7, 1000]),
)
def test_planes_are_scored_those_with_the_most_samples_first(
    numbers: list[int], at_once: int
) -> None:
    n_between, came, before = np.array(numbers, dtype=np.int64), list[int](), 40
    with small(scored=at_once):
        for most, places in coactive._by_falling_count(n_between):
            assert len(places) <= at_once
            assert n_between[places].max() <= most <= before
            came, before = [*came, *places.tolist()], most
            left = np.setdiff1d(np.arange(len(numbers)), came)
            assert n_between[left].max(initial=0) <= most
    assert sorted(came) == list(range(len(numbers)))


def test_no_step_sums_more_products_than_are_meant_to_be_at_once() -> None:
    rng = np.random.default_rng(11)
    basis = rng.standard_normal((90, 20))
    engine = srm.ResonanceEngine(sparse(rng, 400, basis), basis)
    with pytest.MonkeyPatch.context() as patch:
        for module in close_pairs, between_search:
            patch.setattr(module, "_PRODUCTS", 20_000)
        patch.setattr(pair_tally, "_PENDING", 500)
        made: list[int] = []

        class Watch(torch.overrides.TorchFunctionMode):
            def __torch_function__(self, func, types, args=(), kwargs=None):
                out = func(*args, **(kwargs or {}))
                if func in (torch.Tensor.__matmul__, torch.Tensor.matmul):
                    made.append(out.numel() * args[0].shape[-1])
                return out

        steps, of_steps = engine.coactive_steps(epsilon=0.5), [0]
        with Watch():
            for _ in steps:
                of_steps.append(sum(made))
                made.clear()
    assert 0 < max(of_steps) <= 20_000
    assert sum(of_steps) > 400 * 90 * 20


@pytest.mark.parametrize("kind", ["axes", "anywhere", "near"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_same_planes_as_of_a_survey(kind: str, dtype: Any) -> None:
    rng = np.random.default_rng(1)
    m, d = (120, 120) if kind == "axes" else (300, 60)
    basis = np.eye(d) if kind == "axes" else rng.standard_normal((m, d))
    if kind == "near":
        basis[-30:] = basis[:30] + 0.1 * rng.standard_normal((30, d))
    samples = sparse(rng, 500, basis).astype(dtype)
    engine = srm.ResonanceEngine(samples, None if kind == "axes" else basis)
    with small(least_close=0, most_close=1, projections=1 << 16):
        found = engine.coactive(epsilon=0.5, top=ALL)
    assert len(found.planes) > 500
    assert counts(found) == surveyed(engine, 0.5)
    survey = engine.survey(epsilon=0.5)
    expected = survey.columns.expected(found.planes, 0.5)
    np.testing.assert_allclose(found.expected, expected, rtol=1e-3)
    best = survey.best("coactivation", top=20)
    np.testing.assert_allclose(found.score[:20], best.score, rtol=1e-3)
    assert (np.diff(found.score) <= 0).all()


def test_no_plane_is_told_from_few_samples_before_the_best_are_known() -> None:
    """Of all planes those with few samples are not scored: the list is the same."""
    rng = np.random.default_rng(2)
    basis = rng.standard_normal((80, 30))
    engine = srm.ResonanceEngine(sparse(rng, 400, basis), basis)
    whole = engine.coactive(epsilon=0.5, top=ALL)
    with small(scored=100):
        few = engine.coactive(epsilon=0.5, top=5)
    assert few.planes.tolist() == whole.planes[:5].tolist()
    np.testing.assert_allclose(few.score, whole.score[:5])
    assert few.n_found == whole.n_found > 100
    assert engine.coactive(epsilon=0.5, top=0).planes.shape == (0, 2)


def test_at_most_so_many_planes_of_one_direction() -> None:
    rng = np.random.default_rng(3)
    basis = rng.standard_normal((40, 20))
    engine = srm.ResonanceEngine(sparse(rng, 600, basis), basis)
    whole = engine.coactive(epsilon=0.5, top=ALL)
    taken: Counter[int] = Counter()
    wanted: list[list[int]] = []
    for i, j in whole.planes.tolist():
        if max(taken[i], taken[j]) < 2 and len(wanted) < 12:
            taken.update((i, j))
            wanted.append([i, j])
    with small(pairs=200, pending=200):
        found = engine.coactive(epsilon=0.5, top=12, per_direction=2)
    assert found.planes.tolist() == wanted


@pytest.mark.parametrize("partner", [0, 17, 39])
@pytest.mark.parametrize("axes", [False, True])
def test_partners_of_one_direction(partner: int, axes: bool) -> None:
    rng = np.random.default_rng(4)
    basis = np.eye(40) if axes else rng.standard_normal((40, 20))
    if not axes:
        basis[39], basis[20] = basis[0] + 1e-2 * rng.standard_normal(20), -basis[17]
    engine = srm.ResonanceEngine(sparse(rng, 600, basis), None if axes else basis)
    whole = engine.coactive(epsilon=0.5, top=ALL)
    found = engine.coactive(epsilon=0.5, top=ALL, partners_of=partner)
    of_it = (whole.planes == partner).any(axis=1)
    assert of_it.sum() > 5
    # Where E is rounded otherwise, equal scores may come in another order.
    of_whole = zip(whole.planes[of_it].tolist(), whole.n_between[of_it].tolist(), strict=True)
    assert counts(found) == {(i, j): n for (i, j), n in of_whole}
    np.testing.assert_allclose(found.score, whole.score[of_it])
    assert found.n_antipodal == (not axes and partner == 17)
    assert found.n_parallel == 0
    assert found.n_found == len(found.planes)


def test_appended_samples_count_as_those_at_once() -> None:
    rng = np.random.default_rng(5)
    basis = rng.standard_normal((50, 20))
    samples = sparse(rng, 300, basis)
    whole = srm.ResonanceEngine(samples, basis).coactive(epsilon=0.45, top=ALL)
    with small(block=64):
        grown = srm.ResonanceEngine(samples[:100], basis)
        grown.coactive(epsilon=0.45)
        grown.append(samples[100:130])
        grown.append(samples[130:])
        found = grown.coactive(epsilon=0.45, top=ALL)
    assert found.n_samples == whole.n_samples == 300
    assert counts(found) == counts(whole)


def test_planted_pairs_come_first_and_the_automatic_epsilon_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(6)
    basis = rng.standard_normal((200, 64))
    fires = rng.random((2000, 200)) < 0.02
    fires[:60, :2] = fires[100:160, 150:152] = True
    engine = srm.ResonanceEngine(fires @ basis, basis)
    found = engine.coactive(epsilon="auto", top=2)
    assert sorted(found.planes.tolist()) == [[0, 1], [150, 151]]
    assert found.epsilon == engine.auto_epsilon()
    monkeypatch.setattr(auto_epsilon, "_COSINES_AT_ONCE", 1000)
    assert found.epsilon == srm.ResonanceEngine(fires @ basis, basis).auto_epsilon()


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"epsilon": 0.0}, ValueError, "by='coactivation'"),
        ({"epsilon": -0.3}, ValueError, "positive epsilon, got -0.3"),
        ({"epsilon": 2.0}, ValueError, "epsilon"),
        ({"partners_of": 6}, IndexError, "0 … 5, got 6"),
        ({"partners_of": -1}, IndexError, "0 … 5, got -1"),
        ({"partners_of": 1.5}, TypeError, "partners_of"),
        ({"partners_of": 1, "per_direction": 2}, ValueError, "either"),
        ({"top": -1}, ValueError, "top"),
        ({"per_direction": 0}, ValueError, "per_direction"),
    ],
)
def test_refusals(asked: dict[str, Any], error: type[Exception], said: str) -> None:
    engine = srm.ResonanceEngine(np.eye(6) + 0.1)
    with pytest.raises(error, match=said):
        engine.coactive(**{"epsilon": 0.5, **asked})


def test_parallel_directions_alone_are_refused() -> None:
    engine = srm.ResonanceEngine(np.eye(3), np.array([[1.0, 0, 0], [-2.0, 0, 0]]))
    with pytest.raises(ValueError, match="parallel directions alone"):
        engine.coactive(epsilon=0.5)
    with pytest.raises(ValueError, match="of direction 1"):
        engine.coactive(epsilon=0.5, partners_of=1)


def test_too_much_work_is_refused_before_it_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = srm.ResonanceEngine(np.random.default_rng(7).standard_normal((300, 40)))
    monkeypatch.setattr(coactive, "_MOST_TESTS", 300 * 100)
    with pytest.raises(ValueError, match=r"got 0\.01, where some 1e\+05"):
        engine.coactive(epsilon=0.01)
    assert engine.coactive(epsilon=0.8).n_samples == 300


def test_shares_rise_to_one_also_in_several_passes() -> None:
    rng = np.random.default_rng(8)
    basis = rng.standard_normal((40, 20))
    engine = srm.ResonanceEngine(sparse(rng, 300, basis), basis)
    with small(pairs=300, pending=200, projections=4000, entries=400):
        shares = list(engine.coactive_steps(epsilon=0.4))
        heard: list[float] = []
        engine.coactive(epsilon=0.4, progress=heard.append)
    assert len(shares) > 20
    assert 0 < shares[0] < 0.2
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1
    assert heard == shares


def test_samples_appended_meanwhile_end_it() -> None:
    engine = srm.ResonanceEngine(np.random.default_rng(9).standard_normal((50, 8)))
    with small(projections=80):
        steps = engine.coactive_steps(epsilon=0.5)
        next(steps)
        engine.append(np.eye(8))
        with pytest.raises(RuntimeError, match="appended"):
            run(steps)


@given(
    g=st.floats(-0.999, 0.999),
    share=st.floats(0.25, 0.75),
    radius=st.floats(0, 1),
    epsilon=st.floats(0.01, 1),
    others=st.tuples(st.booleans(), st.floats(0, 1)),
)
def test_no_sample_that_is_lit_and_between_is_beyond_the_bound(
    g: float, share: float, radius: float, epsilon: float, others: tuple[bool, float]
) -> None:
    obtuse, more = others
    alpha = math.acos(g)
    psi = alpha + share * (math.pi - alpha) if obtuse else share * alpha
    r = epsilon + radius * (1 - epsilon)
    a, b = sorted((abs(r * math.cos(psi)), abs(r * math.cos(psi - alpha))), reverse=True)
    bound = BetweenBound(epsilon, min(1.0, abs(g) + more * (1 - abs(g))))
    larger = torch.tensor([a, min(1.0, a + more)], dtype=torch.float64)
    assert b >= float(bound.smaller(larger[:1]))
    assert b >= float(bound.least(larger[:1]))
    assert b >= float(bound.least(larger[1:]))


def test_the_bound_of_orthogonal_directions_is_reached() -> None:
    bound = BetweenBound(0.5, 0.0)
    edge = torch.tensor([0.5 * math.cos(math.pi / 8)], dtype=torch.float64)
    assert float(bound.least(edge)) == pytest.approx(0.5 * math.sin(math.pi / 8), rel=1e-4)
    one = torch.ones(1, dtype=torch.float64)
    assert float(bound.smaller(one)) == pytest.approx(math.tan(math.pi / 8), rel=1e-4)


@pytest.mark.parametrize("m", [12, 60])
@pytest.mark.parametrize("most", [0, 2, 1 << 20])
def test_close_pairs_are_those_of_the_matrix_of_cosines(m: int, most: int) -> None:
    rng = np.random.default_rng(10)
    rows = rng.standard_normal((m, 24))
    rows[-3:], rows[5] = rows[:3] + 1e-3 * rng.standard_normal((3, 24)), -3 * rows[4]
    basis = srm.basis.of(rows)
    cosines = oracle.unit(rows).numpy() @ oracle.unit(rows).numpy().T
    upper = np.triu(np.abs(cosines), 1)
    upper[4, 5] = 0
    with small(least_close=most, most_close=0, entries=100, numbers=30):
        found = run(close_pairs_steps(basis))
    assert (found.n_parallel, found.n_antipodal) == (0, 1)
    assert len(found.codes) <= most
    i, j = np.divmod(found.codes.numpy(), m)
    np.testing.assert_allclose(found.cosines.numpy(), cosines[i, j])
    assert (np.diff(found.codes.numpy()) > 0).all()
    kept = upper[i, j].min(initial=1)
    upper[i, j] = 0
    assert upper.max() <= found.bound < upper.max() + 2e-5 or found.bound < 1 / 16 + 2e-5
    assert kept >= upper.max()
    of_one = partner_pairs(basis, 4)
    assert (of_one.n_parallel, of_one.n_antipodal) == (0, 1)
    i, j = np.divmod(of_one.codes.numpy(), m)
    assert ((i == 4) | (j == 4)).all()
    np.testing.assert_allclose(of_one.cosines.numpy(), cosines[i, j])
    rest = np.abs(cosines[4])
    rest[[4, 5, *(i + j - 4)]] = 0
    assert rest.max() <= of_one.bound


@given(
    codes=st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=200),
    most=st.sampled_from([1, 5, 30, 1 << 20]),
    pending=st.sampled_from([1, 8, 1 << 20]),
    merged=st.sampled_from([1, 5, 1 << 20]),
    partner=st.sampled_from([None, 3]),
)
def test_pairs_are_tallied_in_as_many_goes_as_it_takes(
    codes: list[tuple[int, bool]],
    most: int,
    pending: int,
    merged: int,
    partner: int | None,
) -> None:
    m, found, same, first = 10, Counter[int](), Counter[int](), 0
    given_ones = torch.tensor([code for code, _ in codes], dtype=torch.int64)
    alike = torch.tensor([is_same for _, is_same in codes], dtype=torch.bool)
    with small(pairs=most, pending=pending, merged=merged):
        while first < m:
            tally = PairTally(m, first, partner)
            for part in torch.tensor_split(torch.arange(len(codes)), 7):
                some = part[tally.counts(given_ones[part])]
                for _ in tally.add_steps(given_ones[some], alike[some]):
                    pass
            kept, times, times_same = run(tally.tallied_steps())
            assert len(kept) <= max(most, 2 * m)
            assert (np.diff(kept) > 0).all()
            found.update(dict(zip(kept.tolist(), times.tolist(), strict=True)))
            same.update(dict(zip(kept.tolist(), times_same.tolist(), strict=True)))
            first = tally.rows.stop
    wanted = [each for each in codes if partner is None or partner in divmod(each[0], m)]
    assert found == Counter(code for code, _ in wanted)
    assert +same == Counter(code for code, is_same in wanted if is_same)

"""p over all planes: calibrated by the null of the maximum, and small where a plane is planted."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency.torch_threads import limit_threads
from srm_widget.survey import null_draws, random_rotations
from tests.unit.support.survey_problems import Sizes

ROWS = np.random.default_rng(0).standard_normal((150, 6))
ROWS[:60, :2] = np.sign(ROWS[:60, :2]) * 3
"""Sixty samples halfway between the first two directions."""


@pytest.mark.parametrize("by", ["alignment", "peak"])
@pytest.mark.parametrize("null", ["mean", "rotations"])
@pytest.mark.parametrize("basis", [None, srm.basis.simplex(6)], ids=["axes", "simplex"])
def test_each_plane_against_the_largest_of_every_turn(by: str, null: str, basis: Any) -> None:
    engine = srm.ResonanceEngine(ROWS + 0.2, basis)
    ask: dict[str, Any] = {"epsilon": 0.6, "by": by, "null": null, "rotations": 9, "seed": 3}
    found = engine.significance(**ask)
    turns = random_rotations.RandomRotations(engine._store, 3, keep_mean=null == "mean")
    largest = []
    for _ in range(9):
        turned = srm.ResonanceEngine(ROWS + 0.2, turns.turned(engine.basis).directions)
        largest.append(np.abs(turned.survey(epsilon=0.6).weights(by)).max())
    assert found.null == pytest.approx(largest, rel=1e-4)
    survey = engine.survey(epsilon=0.6)
    strength = np.abs(survey.weights(by))
    order = np.argsort(-strength, kind="stable")
    assert found.planes.tolist() == survey.pairs(order).tolist()
    assert found.score.tolist() == survey.scores(by)[order].tolist()
    assert found.n_lit.tolist() == survey.lit.n_lit[order].tolist()
    for one, p in zip(found.strength, found.p, strict=True):
        assert p == (1 + (found.null >= one).sum()) / 10
    assert (found.n_planes, found.n_samples) == (survey.n_planes, 150)
    assert (found.by, found.kept, found.epsilon) == (by, null, 0.6)


def test_a_planted_plane_is_found_and_named() -> None:
    found = srm.ResonanceEngine(ROWS).significance(epsilon=0.8, rotations=39, top=3)
    assert found.planes[0].tolist() == [0, 1]
    assert found.p[0] == 1 / 40
    assert found.score[0] < -0.5
    assert len(found.planes) == 3
    assert repr(found) == (
        "Significance(15 planes by alignment, epsilon=0.8, 39 turned bases, mean kept, "
        f"150 samples; (0, 1) −{abs(found.score[0]):.2g}, p 0.025 over all planes)"
    )


def _plain_totals(columns: np.ndarray, by: str) -> dict[tuple[int, int], tuple[float, float]]:
    """Of every lit plane what is compared and its variance, by the definition; (M, N) columns."""
    found = {}
    for i, j in combinations(range(len(columns)), 2):
        a, c = columns[[i, j]].astype(np.float64)
        radius, psi = np.hypot(a, c), np.arctan2(c, a)
        lit = radius >= 0.5
        if not lit.any():
            continue
        total = np.cos(4 * psi[lit]).sum()
        if by == "peak":
            angles = np.arange(360) * 2 * np.pi / 360
            total = (np.cos(angles[:, None] - psi) * radius >= 0.5).sum(axis=1).max()
        found[i, j] = float(total), float(total if by == "peak" else lit.sum() / 2)
    return found


@pytest.mark.parametrize("by", ["alignment", "peak"])
@pytest.mark.parametrize("basis", [None, np.eye(6)[[4, 1, 0, 2]]], ids=["axes", "four of six"])
def test_each_plane_against_shuffled_columns(by: str, basis: Any) -> None:
    engine = srm.ResonanceEngine(ROWS, basis)
    found = engine.significance(epsilon=0.5, by=by, null="columns", rotations=5, seed=3)
    unit = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    own = unit.T if basis is None else basis @ unit.T
    rng = np.random.default_rng(3)
    shuffled, columns = [], own
    for _ in range(55):
        columns = rng.permuted(columns, axis=1)
        shuffled.append(_plain_totals(columns, by))
    planes = set().union(*shuffled[:50])
    means = {
        plane: np.sum([one.get(plane, (0.0, 0.0)) for one in shuffled[:50]], axis=0) / 50
        for plane in planes
    }

    def strengths(lit: dict[tuple[int, int], tuple[float, float]]) -> dict[tuple[int, int], float]:
        return {
            plane: abs(total - means[plane][0]) / max(means[plane][1], 0.5) ** 0.5
            for plane, (total, _) in lit.items()
        }

    expected = [max(strengths(lit).values()) for lit in shuffled[50:]]
    assert found.null == pytest.approx(expected, abs=1e-5)
    of_plane = strengths(_plain_totals(own, by))
    assert sorted(of_plane) == sorted(map(tuple, found.planes.tolist()))
    for plane, strength, p in zip(found.planes.tolist(), found.strength, found.p, strict=True):
        assert strength == pytest.approx(of_plane[tuple(plane)], abs=1e-5)
        assert p == (1 + (found.null >= strength).sum()) / 6
    assert found.strength.tolist() == sorted(found.strength, reverse=True)
    survey = engine.survey(epsilon=0.5)
    place = [survey.pairs(slice(None)).tolist().index(plane) for plane in found.planes.tolist()]
    assert found.score.tolist() == survey.scores(by)[place].tolist()
    assert (found.kept, found.n_samples) == ("columns", 150)
    again = engine.significance(epsilon=0.5, by=by, null="columns", rotations=5, seed=3)
    assert again.null.tolist() == found.null.tolist()
    assert "5 shuffles, columns kept" in repr(found)


def test_directions_that_fire_together_stand_out_of_shuffled_columns_alone() -> None:
    """All planes are aligned by sparse samples; that two fire together is more than each alone."""
    rng = np.random.default_rng(0)
    rows = rng.laplace(size=(600, 24)) ** 3
    rows[:40, :2] = rng.choice([-1, 1], (40, 2)) * np.abs(rows[:40, 2:]).max() / 2
    engine = srm.ResonanceEngine(rows)
    found = engine.significance(epsilon=0.6, null="columns", rotations=39, top=2)
    assert found.planes[0].tolist() == [0, 1]
    assert found.p[0] == 1 / 40 < found.p[1]


def test_shuffled_columns_take_an_orthonormal_basis() -> None:
    engine = srm.ResonanceEngine(ROWS, srm.basis.simplex(6))
    with pytest.raises(
        ValueError, match=r"for the null of shuffled columns, .*; null='mean' takes any"
    ):
        engine.significance(epsilon=0.5, null="columns")


def test_where_all_would_take_too_long_some_are_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.tanh(3 * np.random.default_rng(0).standard_normal((2_000, 5)))
    engine = srm.ResonanceEngine(rows)
    # All ten planes are lit in every sample.
    monkeypatch.setattr(null_draws, "MOST_WORK", 20 * (5 * 5 + 1000 * 10) * 700)
    for null, most in (("mean", 700), ("columns", 256)):
        found = engine.significance(epsilon=-0.1, rotations=20, null=null, top=1)
        assert found.n_samples == most
        assert found.n_lit[0] == most


def test_the_cost_is_that_of_few_samples_and_of_the_rotations() -> None:
    rows = np.random.default_rng(0).standard_normal((2_000, 5))
    engine = srm.ResonanceEngine(rows)
    # All ten planes are lit in every sample.
    assert engine.significance_cost(-0.1) == 200 * (256 * (5 * 5 + 1000 * 10) + 2 * 5**3) / 5e11
    assert engine.significance_cost(1.0, rotations=50) == 50 * (256 * 5 * 5 + 2 * 5**3) / 5e11
    few = srm.ResonanceEngine(rows[:10])
    assert few.significance_cost(1.0, rotations=1) == (10 * 5 * 5 + 2 * 5**3) / 5e11


def _least_p(rows: np.ndarray, seed: int, **asked: Any) -> float:
    found = srm.ResonanceEngine(rows).significance(
        epsilon=0.6, rotations=19, seed=seed, top=1, **asked
    )
    return float(found.p.min(initial=1.0))


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("by", ["alignment", "peak"])
def test_false_alarms_are_as_many_as_the_level_says(by: str) -> None:
    """One in twenty of layers whose basis is none of theirs. Seeds are fixed: once and for all."""
    alarms, many = 0, 120
    with Sizes().used(), limit_threads(1):
        for seed in range(many):
            rng = np.random.default_rng(seed)
            rows = rng.standard_normal((60, 4)) * np.linspace(1, 3, 4)
            turned = rows @ np.asarray(srm.basis.rotated(4, seed))
            alarms += _least_p(turned, seed + 1000, by=by) <= 0.05
    # 6 expected; 99.7 % of the binomial distribution.
    assert 1 <= alarms <= 14


def test_where_nothing_is_lit_there_is_nothing() -> None:
    found = srm.ResonanceEngine(np.eye(6)[:3] + 0.4).significance(epsilon=1.0, rotations=3)
    assert found.planes.shape == (0, 2)
    assert found.null.tolist() == [0, 0, 0]
    assert "; none lit)" in repr(found)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": "gain"}, "by='peak', got 'gain'"),
        ({"null": "rows"}, "'mean', 'rotations', 'columns', got 'rows'"),
        ({"rotations": 0}, "rotations ≥ 1, got 0"),
        ({"top": -1}, "top ≥ 0, got -1"),
        ({"epsilon": 3}, "got 3"),
        ({"seed": -1, "null": "columns"}, "seed in 0 … .*, got -1"),
        ({"seed": -1}, "seed in 0 … .*, got -1"),
    ],
)
def test_refusals_repeat_what_came(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        srm.ResonanceEngine(ROWS).significance(**{"epsilon": 0.5, **asked})


@pytest.mark.parametrize("null", ["mean", "columns"])
def test_a_seed_is_any_integer(null: str) -> None:
    asked: dict[str, Any] = {"epsilon": 0.5, "null": null, "rotations": 3}
    engine = srm.ResonanceEngine(ROWS)
    found = [engine.significance(**asked, seed=seed).null.tolist() for seed in (7, np.int64(7))]
    assert found[0] == found[1]


def test_progress_rises_and_may_end_it() -> None:
    engine = srm.ResonanceEngine(ROWS)
    shares: list[float] = []
    engine.significance(epsilon=0.6, rotations=4, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.significance(epsilon=0.6, progress=stop)

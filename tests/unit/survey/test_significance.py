"""p over all planes: calibrated by the null of the maximum, and small where a plane is planted."""

from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency.threads import limit_threads
from srm_widget.survey import random_rotations
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
        "Significance(15 planes by alignment, least p 0.025, epsilon=0.8, 39 turned bases, "
        "mean kept, 150 samples)"
    )


def _least_p(rows: np.ndarray, seed: int, **asked: Any) -> float:
    found = srm.ResonanceEngine(rows).significance(
        epsilon=0.6, rotations=19, seed=seed, top=1, **asked
    )
    return float(found.p.min(initial=1.0))


@pytest.mark.parametrize("by", ["alignment", "peak"])
@pytest.mark.parametrize("scales", [(1, 1), (1, 3)], ids=["isotropic", "anisotropic"])
def test_false_alarms_are_as_many_as_the_level_says(scales: tuple[int, int], by: str) -> None:
    """One in twenty of layers whose basis is none of theirs. Seeds are fixed: once and for all."""
    alarms, many = 0, 200
    with Sizes().used(), limit_threads(1):
        for seed in range(many):
            rng = np.random.default_rng(seed)
            rows = rng.standard_normal((60, 4)) * np.linspace(*scales, 4)
            turned = rows @ np.asarray(srm.basis.rotated(4, seed))
            alarms += _least_p(turned, seed + 1000, by=by) <= 0.05
    # 10 expected; 99.8 % of the binomial distribution.
    assert 2 <= alarms <= 21


def test_where_nothing_is_lit_there_is_nothing() -> None:
    found = srm.ResonanceEngine(np.eye(6)[:3] + 0.4).significance(epsilon=1.0, rotations=3)
    assert found.planes.shape == (0, 2)
    assert found.null.tolist() == [0, 0, 0]
    assert "least p none lit" in repr(found)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": "gain"}, "by='peak', got 'gain'"),
        ({"null": "columns"}, "'mean', 'rotations', got 'columns'"),
        ({"rotations": 0}, "rotations ≥ 1, got 0"),
        ({"top": -1}, "top ≥ 0, got -1"),
        ({"epsilon": 3}, "got 3"),
    ],
)
def test_refusals_repeat_what_came(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        srm.ResonanceEngine(ROWS).significance(**{"epsilon": 0.5, **asked})


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

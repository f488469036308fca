"""The rotation test: exact statistic, uniform p without alignment, small p with it."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import kstest

import srm_widget as srm
from srm_widget.concurrency.threads import limit_threads
from tests.unit.support.survey_problems import ANCHORED, CROWDED, Sizes

ROWS = np.random.default_rng(3).standard_normal((200, 5))
BASES: dict[str, Any] = {
    "axes": None,
    "turned": srm.basis.rotated(5, 2),
    "thomson": srm.basis.thomson(7, 5, 0),
    "near": np.vstack([np.eye(5), np.eye(5)[:2] + 1e-3]),
    "parallel": np.eye(5)[[0, 0, 1, 2, 4]],
}


@pytest.mark.parametrize("epsilon", [-0.3, 0.4, 0.7])
@pytest.mark.parametrize("crowded", [ANCHORED, CROWDED], ids=["anchored", "crowded"])
@pytest.mark.parametrize("basis", BASES)
def test_the_statistic_is_the_alignment_of_all_planes(
    basis: str, epsilon: float, crowded: float
) -> None:
    with Sizes(crowded=crowded, tests=700, candidates=100).used():
        found = srm.ResonanceEngine(ROWS, BASES[basis]).rotation_test(epsilon=epsilon, rotations=1)
        planes = srm.spotlight_resonance(ROWS, BASES[basis], epsilon=epsilon)
    expected = np.average(planes.alignment, weights=planes.n_lit)
    assert found.statistic == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("basis", ["axes", "thomson"])
def test_it_is_seeded(basis: str) -> None:
    engine = srm.ResonanceEngine(ROWS, BASES[basis])
    one, again, other = (
        engine.rotation_test(epsilon=0.5, rotations=9, seed=seed) for seed in (4, 4, 5)
    )
    assert one.null.tolist() == again.null.tolist()
    assert one.null.tolist() != other.null.tolist()
    assert one.statistic == again.statistic == other.statistic
    assert one.null.shape == (9,)
    assert one.p == (1 + (np.abs(one.null) >= abs(one.statistic)).sum()) / 10


def test_torchs_own_seed_is_left_alone() -> None:
    import torch

    before = torch.get_rng_state()
    srm.ResonanceEngine(ROWS).rotation_test(epsilon=0.5, rotations=2)
    assert torch.equal(before, torch.get_rng_state())


def test_more_rotations_begin_with_the_same() -> None:
    engine = srm.ResonanceEngine(ROWS)
    few, many = (engine.rotation_test(epsilon=0.5, rotations=n) for n in (3, 6))
    assert many.null[:3].tolist() == few.null.tolist()


def test_a_turned_basis_has_what_the_turned_samples_have() -> None:
    """The null is that of rigidly turned bases: of one alone it is no rotation at all."""
    flat = np.random.default_rng(0).standard_normal((4000, 2))
    found = srm.ResonanceEngine(flat).rotation_test(epsilon=0.9, rotations=20)
    # In two dimensions any rotation is one angle; isotropic data look alike from each.
    assert np.abs(found.null).max() < 0.05


def _p_of(rows: np.ndarray, basis: Any = None, **asked: Any) -> float:
    return srm.ResonanceEngine(rows, basis).rotation_test(**asked).p


def test_p_is_uniform_where_nothing_is_aligned() -> None:
    """Seeds are fixed: this holds or fails once and for all."""
    found = []
    with Sizes().used(), limit_threads(1):
        for seed in range(80):
            rng = np.random.default_rng(seed)
            scales = np.linspace(1.0, 2.0, 4)
            spread = (rng.standard_normal((60, 4)) * scales) @ np.asarray(
                srm.basis.rotated(4, seed)
            )
            found.append(_p_of(spread, epsilon=0.6, rotations=39, seed=seed + 1000))
    assert kstest(found, "uniform").pvalue > 0.05
    assert min(found) >= 1 / 40
    assert max(found) <= 1


@pytest.mark.parametrize("sign", [1, -1], ids=["aligned", "between"])
@pytest.mark.parametrize("basis", ["axes", "turned"])
def test_p_is_small_where_samples_are_aligned(sign: int, basis: str) -> None:
    rows = np.random.default_rng(0).standard_normal((400, 5))
    rows = rows**5 if sign > 0 else np.tanh(4 * rows)
    turned = rows if BASES[basis] is None else rows @ np.asarray(BASES[basis])
    # Of a cone wider than 45° a sample on an axis lights the bisectors on both sides.
    asked: dict[str, Any] = {"epsilon": 0.8 if sign > 0 else 0.6, "rotations": 39}
    found = srm.ResonanceEngine(turned, BASES[basis]).rotation_test(**asked)
    assert found.p == 1 / 40
    assert found.statistic * sign > 0
    assert _p_of(turned, srm.basis.rotated(5, 9), **asked) > 0.05


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"rotations": 0}, ValueError, "rotations ≥ 1, got 0"),
        ({"rotations": -2}, ValueError, "got -2"),
        ({"rotations": 2.5}, TypeError, "integer rotations ≥ 1, got 2.5"),
        ({"epsilon": 2}, ValueError, "got 2"),
    ],
)
def test_refusals_repeat_what_came(
    asked: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        srm.ResonanceEngine(ROWS).rotation_test(**{"epsilon": 0.5, **asked})


@pytest.mark.parametrize("ask", ["rotation_test", "survey", "curves_steps"])
def test_directions_that_are_all_parallel_have_no_planes(ask: str) -> None:
    engine = srm.ResonanceEngine(ROWS, np.ones((3, 5)))
    with pytest.raises(ValueError, match="parallel"):
        getattr(engine, ask)(epsilon=0.5)


@pytest.mark.parametrize("basis", BASES)
def test_where_nothing_is_lit_nothing_is_known(basis: str) -> None:
    """All statistics are 0 then, and equal ones count as evidence against alignment."""
    rows = np.random.default_rng(0).standard_normal((30, 5))
    found = srm.ResonanceEngine(rows, BASES[basis]).rotation_test(epsilon=1.0, rotations=9)
    assert found.statistic == 0
    assert not found.null.any()
    assert found.p == 1


def test_samples_that_come_meanwhile_end_it() -> None:
    """Else p would compare the statistic of some samples with the null of more."""
    engine = srm.ResonanceEngine(ROWS)
    before = engine.rotation_test(epsilon=0.5, rotations=3)

    def progress(done: float) -> None:
        if done < 1 and engine.n_samples == len(ROWS):
            engine.append(ROWS[:50])

    with pytest.raises(RuntimeError, match="samples were appended"):
        engine.rotation_test(epsilon=0.5, rotations=3, progress=progress)
    assert engine.n_samples == len(ROWS) + 50
    assert engine.rotation_test(epsilon=0.5, rotations=3).statistic != before.statistic

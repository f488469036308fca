"""The rotation test: exact statistic, uniform p without alignment, small p with it."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import kstest

import srm_widget as srm
from srm_widget.concurrency.torch_threads import limit_threads
from srm_widget.survey import null_draws, random_rotations
from srm_widget.survey.rotation_test import RotationTest
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


@pytest.mark.parametrize("basis", ["axes", "turned"])
def test_the_statistic_is_a4_unless_there_is_an_epsilon(basis: str) -> None:
    engine = srm.ResonanceEngine(ROWS, BASES[basis])
    found = engine.rotation_test(rotations=2)
    assert (found.epsilon, found.n_samples) == (None, len(ROWS))
    expected = float(srm.alignment(ROWS, BASES[basis]))
    assert found.statistic == pytest.approx(expected, abs=1e-12)
    assert found.statistic == pytest.approx(engine.alignment(), abs=1e-8)


@pytest.mark.parametrize("basis", ["thomson", "near", "parallel"])
def test_without_an_orthonormal_basis_it_is_at_the_automatic_epsilon(basis: str) -> None:
    engine = srm.ResonanceEngine(ROWS, BASES[basis])
    found = engine.rotation_test(rotations=1)
    assert found.epsilon == engine.auto_epsilon()
    assert found.statistic == engine.alignment(epsilon=found.epsilon)


def as_far(found: RotationTest) -> int:
    """Turned bases that are as far from their mean as the basis itself."""
    centre = found.null.mean()
    return int((np.abs(found.null - centre) >= abs(found.statistic - centre)).sum())


@pytest.mark.parametrize("epsilon", [None, 0.5])
@pytest.mark.parametrize("null", ["mean", "rotations"])
@pytest.mark.parametrize("basis", ["axes", "turned"])
def test_it_is_seeded(basis: str, null: str, epsilon: float | None) -> None:
    engine = srm.ResonanceEngine(ROWS + 0.5, BASES[basis])
    one, again, other = (
        engine.rotation_test(epsilon=epsilon, null=null, rotations=9, seed=seed)
        for seed in (4, 4, 5)
    )
    assert one.null.tolist() == again.null.tolist()
    assert one.null.tolist() != other.null.tolist()
    assert one.statistic == again.statistic == other.statistic
    assert one.null.shape == (9,)
    assert one.kept == null
    assert one.p == (1 + as_far(one)) / 10
    assert one.effect == pytest.approx((one.statistic - one.null.mean()) / one.null.std())


@pytest.mark.parametrize("null", ["mean", "rotations"])
def test_rotations_keep_what_they_say(null: str) -> None:
    rng = np.random.default_rng(0)
    engine = srm.ResonanceEngine(np.abs(rng.standard_normal((50, 6))))
    turns = random_rotations.RandomRotations(engine._store, 3, keep_mean=null == "mean")
    mean = random_rotations.mean_direction(engine._store)
    bases = [turns.turned(engine.basis).directions for _ in range(400)]
    for turned in bases:
        np.testing.assert_allclose(turned @ turned.T, np.eye(6), atol=1e-12)
    kept = torch.stack([turned @ mean for turned in bases])
    if null == "mean":
        # What the basis as a whole sees of the mean stays: its directions turn around it.
        np.testing.assert_allclose(kept, mean.expand(400, 6), atol=1e-12)
    else:
        assert kept.std(dim=0).min() > 0.2
    # Of every vector across the mean any direction across it comes, and as often its opposite.
    across = np.linalg.svd(mean[None].numpy())[2][1:]
    seen = np.einsum("rij,kj->rki", np.stack(bases), across)
    assert np.abs(seen.mean(axis=0)).max() < 5 / 20


def test_torchs_own_seed_is_left_alone() -> None:
    before = torch.get_rng_state()
    srm.ResonanceEngine(ROWS).rotation_test(rotations=2)
    assert torch.equal(before, torch.get_rng_state())


def test_more_rotations_begin_with_the_same() -> None:
    engine = srm.ResonanceEngine(ROWS)
    few, many = (engine.rotation_test(rotations=n) for n in (3, 6))
    assert many.null[:3].tolist() == few.null.tolist()


def test_where_all_would_take_too_long_some_are_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.tanh(3 * np.random.default_rng(0).standard_normal((2_000, 5)))
    engine = srm.ResonanceEngine(rows)
    monkeypatch.setattr(null_draws, "MOST_WORK", 20 * 5 * 5 * 700)
    found = engine.rotation_test(rotations=20)
    assert found.n_samples == 700
    assert found.p == 1 / 21
    assert found.statistic == pytest.approx(engine.alignment(), abs=0.05)
    assert found.statistic != engine.alignment()
    monkeypatch.setattr(null_draws, "MOST_WORK", 1)
    assert engine.rotation_test(rotations=20).n_samples == null_draws.FEWEST_SAMPLES


def _p_of(rows: np.ndarray, basis: Any = None, **asked: Any) -> float:
    return srm.ResonanceEngine(rows, basis).rotation_test(**asked).p


AROUND, OFF_CENTRE = 0.0, 1.0
ASKED: list[tuple[float, dict[str, Any]]] = [
    (AROUND, {}),
    (AROUND, {"null": "rotations"}),
    (OFF_CENTRE, {}),
    (OFF_CENTRE, {"null": "rotations"}),
    (OFF_CENTRE, {"epsilon": 0.6, "null": "rotations"}),
]


@pytest.mark.parametrize(("shift", "asked"), ASKED, ids=str)
def test_p_is_uniform_where_nothing_is_aligned(asked: dict[str, Any], shift: float) -> None:
    """Anisotropic samples in a basis of their own. Seeds are fixed: once and for all."""
    found = []
    with Sizes().used(), limit_threads(1):
        for seed in range(100):
            rng = np.random.default_rng(seed)
            scales = np.linspace(1.0, 2.0, 4)
            spread = rng.standard_normal((60, 4)) * scales + shift
            turned = spread @ np.asarray(srm.basis.rotated(4, seed))
            found.append(_p_of(turned, rotations=39, seed=seed + 1000, **asked))
    assert kstest(found, "uniform").pvalue > 0.02
    assert min(found) >= 1 / 40
    assert max(found) <= 1


def test_with_the_mean_kept_p_is_uniform_over_turns_about_it() -> None:
    """Samples all on one side, as behind a ReLU, whose shape about their mean is of no basis."""
    found = []
    with Sizes().used(), limit_threads(1):
        for seed in range(100):
            rng = np.random.default_rng(seed)
            rows = rng.standard_normal((60, 5)) * np.linspace(0.5, 1.5, 5)
            about = np.asarray(srm.basis.rotated(5, seed))
            axis = np.full(5, 5**-0.5)
            rows = rows @ about
            rows += (4 - rows @ axis)[:, None] * axis
            found.append(_p_of(rows, rotations=39, seed=seed + 1000))
    assert kstest(found, "uniform").pvalue > 0.02


@pytest.mark.parametrize("epsilon", [None, 0.3, 0.6, 0.8])
@pytest.mark.parametrize("sign", [1, -1], ids=["aligned", "between"])
@pytest.mark.parametrize("basis", ["axes", "turned"])
def test_p_is_small_where_samples_are_aligned(sign: int, basis: str, epsilon: float | None) -> None:
    rows = np.random.default_rng(0).standard_normal((400, 5))
    rows = rows**5 if sign > 0 else np.tanh(4 * rows)
    turned = rows if BASES[basis] is None else rows @ np.asarray(BASES[basis])
    asked: dict[str, Any] = {"epsilon": epsilon, "rotations": 39}
    found = srm.ResonanceEngine(turned, BASES[basis]).rotation_test(**asked)
    assert found.p == 1 / 40
    assert found.statistic * sign > 0
    assert found.effect * sign > 3
    assert _p_of(turned, srm.basis.rotated(5, 9), **asked) > 0.05


def test_with_the_mean_kept_relu_is_found_where_it_is_lost_with_plain_rotations() -> None:
    """All samples lie about one mean, with which freely turned bases are aligned now and then."""
    lost = []
    for seed in range(4):
        rows = np.maximum(np.random.default_rng(seed).standard_normal((600, 16)) + 1, 0)
        assert _p_of(rows, rotations=99, seed=seed) == 1 / 100
        lost.append(_p_of(rows, rotations=99, seed=seed, null="rotations"))
    assert max(lost) > 1 / 100


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"rotations": 0}, ValueError, "rotations ≥ 1, got 0"),
        ({"rotations": -2}, ValueError, "got -2"),
        ({"rotations": 2.5}, TypeError, "integer rotations ≥ 1, got 2.5"),
        ({"epsilon": 2}, ValueError, "got 2"),
        (
            {"null": "columns"},
            ValueError,
            "'rotations', got 'columns': .* engine.significance takes",
        ),
        ({"null": "rows"}, ValueError, "null as one of 'mean', 'rotations', got 'rows'"),
        ({"seed": -1, "rotations": 0}, ValueError, "seed in 0 … .*, got -1"),
        ({"seed": 1.5}, TypeError, "an integer seed in 0 … .*, got 1.5"),
        ({"seed": 1 << 70}, ValueError, "seed in 0 … "),
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
    rows = np.random.default_rng(0).standard_normal((30, 5))
    found = srm.ResonanceEngine(rows, BASES[basis]).rotation_test(epsilon=1.0, rotations=9)
    assert np.isnan(found.statistic)
    assert np.isnan(found.null).all()
    assert np.isnan(found.effect)
    assert found.p == 1


def test_turned_bases_that_light_nothing_are_no_evidence() -> None:
    """Samples on the axes at a narrow ε: a turned basis sees none of them."""
    found = srm.ResonanceEngine(np.eye(8)).rotation_test(epsilon=0.99, rotations=19)
    assert found.statistic == 1
    unknown = np.isnan(found.null)
    assert unknown.sum() > 15
    assert found.p >= (1 + unknown.sum()) / 20


def test_samples_that_come_meanwhile_end_it() -> None:
    """Else p would compare the statistic of some samples with the null of more."""
    engine = srm.ResonanceEngine(ROWS)
    before = engine.rotation_test(rotations=3)

    def progress(done: float) -> None:
        if done < 1 and engine.n_samples == len(ROWS):
            engine.append(ROWS[:50])

    with pytest.raises(RuntimeError, match="samples were appended"):
        engine.rotation_test(rotations=3, progress=progress)
    assert engine.n_samples == len(ROWS) + 50
    assert engine.rotation_test(rotations=3).statistic != before.statistic

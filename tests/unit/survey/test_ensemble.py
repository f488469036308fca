"""The mean over planes drawn at random: exact of each, uniform among those there are."""

from collections import Counter
from typing import Any

import jaxtyping
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.survey import sampled_ensemble
from tests.unit.support.survey_problems import with_dead

RNG = np.random.default_rng(0)


def family(rng: np.random.Generator, m: int, d: int) -> np.ndarray:
    """Directions with opposite, nearly parallel and dead ones among them."""
    rows = rng.standard_normal((m, d))
    rows[1], rows[2] = -2 * rows[0], rows[0] + 1e-3 * rows[3]
    return with_dead(rows, rng)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    epsilon=st.floats(-0.3, 0.95),
    dtype=st.sampled_from([np.float32, np.float64]),
    at_once=st.sampled_from([1, 7, 1 << 10]),
    tests=st.sampled_from([1, 50, 1 << 20]),
    axes=st.booleans(),
)
def test_of_all_planes_it_is_that_of_a_survey(
    seed: int, epsilon: float, dtype: Any, axes: bool, **sizes: int
) -> None:
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 9))
    basis = None if axes else family(rng, int(rng.integers(4, 12)), d)
    engine = srm.ResonanceEngine(rng.standard_normal((30, d)).astype(dtype), basis)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
        patch.setattr(sampled_ensemble, "_PLANES_AT_ONCE", sizes["at_once"])
        patch.setattr(sampled_ensemble, "_TESTS", sizes["tests"])
        found = engine.ensemble(epsilon=epsilon, resolution=24)
    survey = engine.survey(epsilon=epsilon, resolution=24)
    assert (found.n_planes, found.n_all) == (survey.n_planes, survey.n_planes)
    # A projection that is rounded otherwise may leave a sample on the other side of ε.
    np.testing.assert_allclose(found.mean, survey.mean, atol=1.1 / 30 / survey.n_planes)
    assert found.n_lit == pytest.approx(survey.n_lit, abs=1)
    assert not found.mean_error.any()
    assert not found.std_error.any()


def test_planes_lit_between_the_angles_of_a_grid_are_lit() -> None:
    between = np.deg2rad(45)  # of 0°, 90°, …
    rows = [[np.cos(between), np.sin(between), 0.0], [0.0, 0.0, 1.0]]
    engine = srm.ResonanceEngine(rows)
    found = engine.ensemble(epsilon=0.9, resolution=4)
    assert found.n_lit == engine.survey(epsilon=0.9, resolution=4).n_lit == 3
    assert found.quantiles(1.0, lit=True).tolist() == [0.0, 0.5, 0.0, 0.0]
    assert not srm.ResonanceEngine(rows[:1]).ensemble(epsilon=0.9, resolution=4).mean.any()


def test_of_some_planes_it_is_that_of_their_curves() -> None:
    rng = np.random.default_rng(1)
    engine = srm.ResonanceEngine(rng.standard_normal((80, 6)), family(rng, 30, 6))
    found = engine.ensemble(epsilon=0.6, resolution=36, n_planes=40, seed=3)
    assert found.n_planes == len({tuple(pair) for pair in found.planes.tolist()}) == 40
    curves = [engine.curve(i, j, epsilon=0.6, resolution=36) for i, j in found.planes.tolist()]
    values = np.concatenate([curve.values for curve in curves])
    np.testing.assert_allclose(found.mean, values.mean(axis=0))
    np.testing.assert_allclose(found.std, values.std(axis=0, ddof=1))
    left = np.sqrt((1 - 40 / found.n_all) / 40)
    np.testing.assert_allclose(found.mean_error, found.std * left)
    assert "40 of" in repr(found)
    assert "seed 3" in repr(found)
    again = engine.ensemble(epsilon=0.6, resolution=36, n_planes=40, seed=3)
    assert again.planes.tolist() == found.planes.tolist()
    other = engine.ensemble(epsilon=0.6, resolution=36, n_planes=40, seed=4)
    assert other.planes.tolist() != found.planes.tolist()


def test_planes_are_drawn_uniformly_among_those_there_are() -> None:
    rng = np.random.default_rng(2)
    engine = srm.ResonanceEngine(rng.standard_normal((5, 3)), family(rng, 7, 3))
    drawn: Counter[tuple[int, int]] = Counter()
    n_draws, n_each = 600, 5
    for seed in range(n_draws):
        planes = engine.ensemble(epsilon=0.9, resolution=4, n_planes=n_each, seed=seed).planes
        drawn.update((i, j) for i, j in planes.tolist())
    n_all = engine.basis.n_planes
    assert len(drawn) == n_all
    assert all(engine.basis.spans(*pair) for pair in drawn)
    expected = n_draws * n_each / n_all
    chi2 = sum((n - expected) ** 2 / expected for n in drawn.values())
    assert chi2 < n_all - 1 + 4 * np.sqrt(2 * (n_all - 1))


def test_the_errors_are_those_of_drawing() -> None:
    rng = np.random.default_rng(3)
    engine = srm.ResonanceEngine(rng.standard_normal((300, 8)) ** 3, rng.standard_normal((60, 8)))
    truth = engine.survey(epsilon=0.7, resolution=8)
    off = []
    for seed in range(60):
        found = engine.ensemble(epsilon=0.7, resolution=8, n_planes=150, seed=seed)
        off.append(
            [
                (found.mean - truth.mean) / found.mean_error,
                (found.std - truth.std) / found.std_error,
            ]
        )
    spread = np.sqrt(np.mean(np.square(off), axis=(0, 2)))
    assert ((spread > 0.75) & (spread < 1.3)).all()


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"n_planes": 0}, ValueError, "n_planes"),
        ({"seed": -1}, ValueError, "seed"),
        ({"epsilon": 2.0}, ValueError, "epsilon"),
        ({"n_planes": 1.5}, TypeError, "n_planes"),
    ],
)
def test_refusals(asked: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        srm.ResonanceEngine(np.eye(4)).ensemble(**{"epsilon": 0.5, **asked})


def test_without_a_plane_there_is_none() -> None:
    engine = srm.ResonanceEngine(np.eye(3), [[1, 0, 0], [-1, 0, 0], [0, 0, 0]])
    with pytest.raises(ValueError, match="parallel directions and 1 row of zeros"):
        engine.ensemble(epsilon=0.5)


def test_shares_rise_to_one() -> None:
    engine = srm.ResonanceEngine(RNG.standard_normal((50, 6)))
    shares = list(engine.ensemble_steps(epsilon=0.5))
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1

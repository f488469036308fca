"""What a survey takes is estimated before it is begun, and refused where there is no room."""

from collections.abc import Callable

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.survey import surveyor
from srm_widget.survey.survey_memory import lit_shares

RNG = np.random.default_rng(0)


def wide(n: int, m: int, d: int) -> srm.ResonanceEngine:
    return srm.ResonanceEngine(RNG.standard_normal((n, d)) ** 3, RNG.standard_normal((m, d)))


@pytest.mark.parametrize(("n", "m", "epsilon"), [(300, 100, 0.6), (900, 300, 0.7), (3000, 90, 0.8)])
def test_how_much_is_lit_is_nearly_what_a_survey_finds(n: int, m: int, epsilon: float) -> None:
    engine = wide(n, m, 40)
    shares = lit_shares(engine._store, engine.basis, epsilon)
    survey = engine.survey(epsilon=epsilon)
    assert shares.planes == pytest.approx(survey.n_lit / survey.n_planes, rel=0.3)
    assert shares.pairs == pytest.approx(survey.lit.n_lit.sum() / survey.n_planes / n, rel=0.3)


def test_exactly_where_all_are_looked_at() -> None:
    engine = wide(200, 60, 20)
    survey = engine.survey(epsilon=0.7)
    shares = lit_shares(engine._store, engine.basis, 0.7)
    assert shares.planes == survey.n_lit / survey.n_planes
    assert shares.pairs == survey.lit.n_lit.sum() / survey.n_planes / 200


def test_the_bytes_grow_with_what_is_counted() -> None:
    engine = wide(400, 200, 40)
    at = [engine.survey_bytes(epsilon) for epsilon in (0.9, 0.6, 0.0)]
    assert at == sorted(at)
    assert wide(400, 2000, 40).survey_bytes(0.9) > 8 * 2000**2
    assert engine.counts(epsilon=0.5).n_samples == 400


def test_no_survey_is_begun_that_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = wide(300, 400, 20)
    monkeypatch.setattr(surveyor, "available_bytes", lambda: 1_000_000)
    with pytest.raises(
        MemoryError, match=r"into the 0\.0 GB .* 79,800 planes at epsilon=0\.5.*coac"
    ):
        engine.survey(epsilon=0.5)
    needed = engine.survey_bytes(0.5)
    monkeypatch.setattr(surveyor, "available_bytes", lambda: needed)
    assert engine.survey(epsilon=0.5).n_planes == 79_800
    # The cosines are held from now on.
    assert engine.survey_bytes(0.5) == needed - 8 * 400**2
    monkeypatch.setattr(surveyor, "available_bytes", lambda: None)
    assert engine.survey(epsilon=0.5).n_planes == 79_800


@pytest.mark.parametrize(
    "asked",
    [
        lambda engine: engine.alignment(epsilon=0.5),
        lambda engine: engine.rotation_test(epsilon=0.5, rotations=2),
        lambda engine: engine.significance(epsilon=0.5, rotations=2),
        lambda engine: engine.significance_cost(0.5),
    ],
)
def test_nothing_is_made_of_all_pairs_where_they_do_not_fit(
    asked: Callable[[srm.ResonanceEngine], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, room = wide(40, 60, 20), 8 * 60**2
    monkeypatch.setattr(surveyor, "available_bytes", lambda: room - 1)
    with pytest.raises(MemoryError, match=r"got 60, of which all 1,770 pairs .*coactive.*ensemble"):
        asked(engine)
    monkeypatch.setattr(surveyor, "available_bytes", lambda: room)
    asked(engine)
    # They are held from now on.
    monkeypatch.setattr(surveyor, "available_bytes", lambda: 0)
    asked(engine)


def test_shuffled_columns_take_room_for_the_means_of_all_planes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = srm.ResonanceEngine(RNG.standard_normal((40, 12)))
    monkeypatch.setattr(surveyor, "available_bytes", lambda: 16 * 66 - 1)
    with pytest.raises(MemoryError, match="got 12, of which all 66 pairs"):
        engine.significance(epsilon=0.5, null="columns", rotations=2)
    engine.significance(epsilon=0.5, null="columns", by="coactivation", rotations=2)
    monkeypatch.setattr(surveyor, "available_bytes", lambda: 16 * 66)
    engine.significance(epsilon=0.5, null="columns", rotations=2)

"""Confirming: the planes of a survey on samples that had no part in finding them."""

import pickle
from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm

import srm_widget as srm
from srm_widget.results.multiple_tests import holm
from srm_widget.results.survey import Survey

RNG = np.random.default_rng(0)
ROWS, FRESH = RNG.standard_normal((2, 300, 6))
ROWS[:80, :2] = FRESH[:70, :2] = 3.0
BASES: dict[str, Any] = {
    "axes": None,
    "turned": srm.basis.rotated(6, 2),
    "simplex": srm.basis.simplex(6),
}


@pytest.mark.parametrize("variant", ["combination", "permutation"])
@pytest.mark.parametrize("by", ["alignment", "peak"])
@pytest.mark.parametrize("basis", BASES)
def test_planes_are_those_of_the_survey_and_numbers_those_of_fresh_samples(
    basis: str, by: str, variant: str
) -> None:
    survey = srm.ResonanceEngine(ROWS, BASES[basis]).survey(
        epsilon=0.7, resolution=90, by=by, top=5, variant=variant
    )
    found, fresh, p, n_samples = survey.confirm(FRESH)
    assert found.planes.tolist() == fresh.planes.tolist() == survey.planes.tolist()
    assert found.score.tolist() == survey.score.tolist()
    assert n_samples == 300
    plain = srm.spotlight_resonance(
        FRESH, BASES[basis], planes=found.planes.tolist(), epsilon=0.7, resolution=90
    )
    assert fresh.n_lit.tolist() == plain.n_lit.tolist()
    assert fresh.n_between.tolist() == plain.n_between.tolist()
    assert fresh.peak.tolist() == plain.values.max(axis=1).tolist()
    assert fresh.peak_angle.tolist() == plain.angles[plain.counts.argmax(axis=1)].tolist()
    scores = plain.alignment if by == "alignment" else plain.values.max(axis=1)
    assert fresh.score == pytest.approx(scores, abs=1e-6)
    assert fresh.error == pytest.approx((2 * plain.n_lit) ** -0.5)
    each = 2 * norm.sf(np.abs(plain.alignment) * np.sqrt(2 * plain.n_lit))
    by_rank = np.sort(each)
    bound = [max((5 - k) * by_rank[k] for k in range(rank + 1)) for rank in range(5)]
    expected = [min(1.0, bound[sorted(by_rank).index(one)]) for one in each]
    assert p == pytest.approx(expected, rel=1e-4)


def test_a_planted_plane_is_confirmed_and_the_best_of_chance_is_not() -> None:
    survey = srm.ResonanceEngine(ROWS).survey(epsilon=0.8, top=15)
    p = survey.confirm(FRESH).p
    assert survey.planes[p <= 0.05].tolist() == [[0, 1]]
    chance = np.random.default_rng(1).standard_normal((2, 300, 6))
    assert srm.ResonanceEngine(chance[0]).survey(epsilon=0.8).confirm(chance[1]).p.min() > 0.05


def test_an_engine_is_asked_as_it_is_and_its_basis_must_be_the_same() -> None:
    survey = srm.ResonanceEngine(ROWS, BASES["turned"]).survey(epsilon=0.7)
    engine = srm.ResonanceEngine(FRESH, np.array(BASES["turned"]))
    assert survey.confirm(engine).p.tolist() == survey.confirm(FRESH).p.tolist()
    with pytest.raises(ValueError, match=r"basis that was surveyed, .*standard .*survey.basis\)"):
        survey.confirm(srm.ResonanceEngine(FRESH))
    with pytest.raises(ValueError, match="5"):
        survey.confirm(FRESH[:, :5])


def test_it_keeps_what_the_engine_was_told() -> None:
    survey = srm.ResonanceEngine(ROWS, dtype="float32", nan_policy="drop").survey(epsilon=0.7)
    with_nan = np.vstack([FRESH, np.full((1, 6), np.nan)])
    confirmed = survey.confirm(with_nan)
    assert confirmed.n_samples == 300
    assert confirmed.fresh.n_lit.tolist() == survey.confirm(FRESH).fresh.n_lit.tolist()


def test_a_survey_that_was_pickled_confirms_without_the_samples() -> None:
    rows = np.random.default_rng(0).standard_normal((100_000, 6)).astype(np.float32)
    survey = srm.ResonanceEngine(rows).survey(epsilon=0.7)
    kept = pickle.dumps(survey)
    assert len(kept) < rows.nbytes / 10
    again: Survey = pickle.loads(kept)
    assert again.confirm(FRESH).p.tolist() == survey.confirm(FRESH).p.tolist()


def test_a_survey_of_counts_takes_an_engine() -> None:
    counts = srm.ResonanceCounts(epsilon=0.7)
    counts.append(ROWS)
    survey = counts.survey()
    own = srm.ResonanceEngine(ROWS).survey(epsilon=0.7)
    engine = srm.ResonanceEngine(FRESH)
    assert survey.confirm(engine).p.tolist() == own.confirm(engine).p.tolist()
    with pytest.raises(TypeError, match=r"one of counts, got .*survey.basis\) makes one"):
        survey.confirm(FRESH)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("given", [None, "fresh", srm.ResonanceCounts(epsilon=0.7)], ids=str)
def test_nothing_else_is_taken(given: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        srm.ResonanceEngine(ROWS).survey(epsilon=0.7).confirm(given)


def test_progress_rises_plane_by_plane_then_the_columns_and_no_plane_is_none() -> None:
    survey = srm.ResonanceEngine(ROWS).survey(epsilon=0.7, top=4)
    shares: list[float] = []
    survey.confirm(FRESH, progress=shares.append)
    assert shares == [0.2, 0.4, 0.6, 0.8, 1.0]
    none = srm.ResonanceEngine(ROWS).survey(epsilon=0.7, top=0).confirm(FRESH)
    assert (len(none.p), len(none.fresh.planes), none.n_samples) == (0, 0, 300)


def test_where_nothing_is_lit_p_is_1() -> None:
    survey = srm.ResonanceEngine(np.eye(6)).survey(epsilon=0.99, top=3)
    confirmed = survey.confirm(np.ones((4, 6)))
    assert confirmed.p.tolist() == [1.0] * 3
    assert np.isnan(confirmed.fresh.score).all()


def test_holm_of_a_worked_example() -> None:
    assert holm(np.array([0.04, 0.01, 0.03, 0.005])) == pytest.approx([0.06, 0.03, 0.06, 0.02])
    p = np.random.default_rng(0).random(50) / 20
    assert (holm(p) >= false_discovery_control(p)).all()
    assert (holm(p) <= np.minimum(p * 50, 1)).all()

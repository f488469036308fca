"""Confirming: the planes of a survey on samples that had no part in finding them."""

import pickle
import re
from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm
from scipy.stats import t as student

import srm_widget as srm
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.results.multiple_tests import holm
from srm_widget.results.survey import Confirmation, Survey

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


def counted(**prepared: Any) -> Survey:
    counts = srm.ResonanceCounts(6, epsilon=0.7, **prepared)
    counts.append(ROWS)
    return counts.survey()


@pytest.mark.parametrize(
    ("more", "got"),
    [
        ({}, r"center=None, min_norm=0;"),
        ({"center": np.zeros(6), "min_norm": 1.5}, r"center=\[0.0, .*\], min_norm=1.5;"),
        ({"center": "mean", "min_norm": 1.5}, r"center=\[.*\], min_norm=1.5;"),
        ({"center": np.arange(6) / 8}, r"center=\[0.0, 0.125, .*\], min_norm=0;"),
    ],
)
def test_an_engine_prepares_rows_as_those_surveyed(more: dict[str, Any], got: str) -> None:
    prepared: dict[str, Any] = {"center": np.arange(6) / 8, "min_norm": 1.5}
    own = srm.ResonanceEngine(ROWS, **prepared).survey(epsilon=0.7)
    sharded = srm.sharded.survey(ROWS, epsilon=0.7, **prepared)
    same = srm.ResonanceEngine(FRESH, **prepared)
    for survey in (own, sharded, counted(**prepared)):
        assert survey.confirm(same).n_samples == 300
        way_out = "survey.confirm" if survey.engine_of else "ResonanceEngine"
        said = rf"surveyed, center=\[0.0, 0.125, .*\], min_norm=1.5, got {got} {way_out}"
        with pytest.raises(ValueError, match=said):
            survey.confirm(srm.ResonanceEngine(FRESH, **more))


@pytest.mark.parametrize("survey", [srm.ResonanceEngine(ROWS).survey(epsilon=0.7), counted()])
def test_an_engine_of_prepared_rows_is_not_one_of_rows_as_they_are(survey: Survey) -> None:
    said = r"surveyed, center=None, min_norm=0, got center=None, min_norm=1.5"
    with pytest.raises(ValueError, match=said):
        survey.confirm(srm.ResonanceEngine(FRESH, min_norm=1.5))


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
    with pytest.raises(TypeError, match=r"(?s)one of counts, got .*survey.basis\) makes one"):
        survey.confirm(FRESH)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("n_counted", [None, 0, 300])
def test_neither_nothing_nor_counts_are_taken(n_counted: int | None) -> None:
    given = None if n_counted is None else srm.ResonanceCounts(epsilon=0.7)
    if given and n_counted:
        given.append(FRESH)
    survey = srm.ResonanceEngine(ROWS).survey(epsilon=0.7)
    said = rf"expected activations \(N, D\) or an engine, got {re.escape(repr(given))}"
    with pytest.raises(TypeError, match=said):
        survey.confirm(given)


def p_by_groups(found: Confirmation, names: np.ndarray, epsilon: float) -> list[float]:
    """p of each plane alone: A over the error between groups, each an engine of its own."""
    each = []
    for (i, j), alignment in zip(found.fresh.planes.tolist(), found.fresh.score, strict=True):
        own = [
            srm.ResonanceEngine(FRESH[names == name]).curve(i, j, epsilon=epsilon)
            for name in np.unique(names)
        ]
        lit = np.array([curve.n_lit[0] for curve in own], dtype=float)
        sums = np.array([curve.fourfold[0] for curve in own]) / FOURFOLD_UNIT
        n = int((lit > 0).sum())
        squares = ((sums - alignment * lit) ** 2).sum() * n / (n - 1)
        degrees = max(1.0, (lit**2).sum() ** 2 / (lit**4).sum() - 1)
        each.append(2 * student.sf(abs(alignment) * lit.sum() / np.sqrt(squares), degrees))
    return each


def test_errors_and_p_of_fresh_samples_in_groups_are_those_of_groups() -> None:
    names = np.random.default_rng(3).integers(0, 9, 300)
    survey = srm.ResonanceEngine(ROWS).survey(epsilon=0.7, top=6)
    engine = srm.ResonanceEngine(FRESH, groups=names)
    found = survey.confirm(engine)
    curves = [engine.curve(i, j, epsilon=0.7) for i, j in survey.planes.tolist()]
    assert found.fresh.error.tolist() == [float(curve.alignment_error[0]) for curve in curves]
    assert found.p == pytest.approx(holm(np.array(p_by_groups(found, names, 0.7))), rel=1e-5)
    alone = survey.confirm(FRESH)
    assert found.fresh.score.tolist() == alone.fresh.score.tolist()
    assert found.p.tolist() != alone.p.tolist()
    by_peak = srm.ResonanceEngine(ROWS).survey(epsilon=0.7, top=15, by="peak").confirm(engine)
    whole = srm.ResonanceEngine(ROWS).survey(epsilon=0.7, top=15).confirm(engine)
    assert sorted(by_peak.p) == pytest.approx(sorted(whole.p))


def test_copies_in_groups_confirm_no_more_than_the_samples() -> None:
    survey = srm.ResonanceEngine(ROWS).survey(epsilon=0.8, top=15)
    few, copies = FRESH[80:140], 60
    rows, names = np.repeat(few, copies, axis=0), np.repeat(np.arange(60), copies)
    assert survey.confirm(rows).p.min() < 1e-6
    assert survey.confirm(srm.ResonanceEngine(rows, groups=names)).p.min() > 0.05


def test_by_coactivation_samples_in_groups_have_no_p() -> None:
    names = np.arange(300) % 20
    survey = srm.ResonanceEngine(ROWS).survey(epsilon=0.7, top=4, by="coactivation")
    found = survey.confirm(srm.ResonanceEngine(FRESH, groups=names))
    alone = survey.confirm(FRESH)
    assert np.isnan(found.p).all()
    assert not np.isnan(alone.p).any()
    for name in ("score", "expected", "n_between"):
        assert getattr(found.fresh, name).tolist() == getattr(alone.fresh, name).tolist()


@pytest.mark.parametrize("by", ["alignment", "peak"])
def test_columns_are_counted_for_coactivation_alone(
    by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = srm.ResonanceEngine(ROWS).survey(epsilon=0.7, top=4, by=by)

    def not_asked_for(*_args: Any, **_asked: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(srm.ResonanceEngine, "column_histograms_steps", not_asked_for)
    found = survey.confirm(FRESH)
    assert np.isnan(found.fresh.expected).all()
    assert not np.isnan(found.p).any()


@pytest.mark.parametrize(
    ("by", "expected"),
    [("alignment", [0.25, 0.5, 0.75, 1.0]), ("coactivation", [0.2, 0.4, 0.6, 0.8, 1.0])],
)
def test_progress_rises_plane_by_plane_then_the_columns_and_no_plane_is_none(
    by: str, expected: list[float]
) -> None:
    survey = srm.ResonanceEngine(ROWS).survey(epsilon=0.7, top=4, by=by)
    shares: list[float] = []
    survey.confirm(FRESH, progress=shares.append)
    assert shares == expected
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


@pytest.mark.parametrize("search", ["survey", "coactive"])
def test_samples_that_were_searched_are_not_fresh(search: str) -> None:
    engine = srm.ResonanceEngine(ROWS)
    found = pickle.loads(pickle.dumps(getattr(engine, search)(epsilon=0.5, top=3)))
    turned = engine.in_bases([srm.basis.standard(6)])[0]
    n = f"{len(ROWS):,}"
    for same in (ROWS, 2.0 * ROWS, engine, srm.ResonanceEngine(ROWS.copy()), turned):
        with pytest.raises(ValueError, match=f"finding the planes, got the {n} searched; search"):
            found.confirm(same)
    for more in (np.vstack([ROWS, FRESH]), srm.ResonanceEngine(ROWS)):
        if isinstance(more, srm.ResonanceEngine):
            more.append(FRESH)
        with pytest.raises(ValueError, match=f"got the {n} searched and more; search one half"):
            found.confirm(more)
    again = np.random.default_rng(7).permutation(ROWS)
    again[0] += 1e-3
    for fresh in (FRESH, np.vstack([FRESH, ROWS]), again, ROWS[:1]):
        assert found.confirm(fresh).n_samples == len(fresh)


def test_samples_that_were_appended_since_are_not_fresh_with_the_others() -> None:
    engine = srm.ResonanceEngine(ROWS)
    first = engine.survey(epsilon=0.5, top=3)
    engine.append(FRESH)
    with pytest.raises(ValueError, match="searched and more"):
        first.confirm(engine)
    assert first.confirm(FRESH).n_samples == len(FRESH)
    with pytest.raises(ValueError, match="searched; "):
        engine.survey(epsilon=0.5, top=3).confirm(engine)

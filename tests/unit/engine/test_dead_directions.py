"""Directions that are rows of zeros: the same results as without them, under their own numbers."""

from collections.abc import Callable

import numpy as np
import pytest

import srm_widget as srm

RNG = np.random.default_rng(0)
X = np.maximum(RNG.standard_normal((200, 6)), 0) + 0.1 * RNG.standard_normal((200, 6))
ROWS = RNG.standard_normal((9, 6))
ROWS[7] = -2 * ROWS[1]
ROWS[[2, 5]] = 0
LIVE = np.array([0, 1, 3, 4, 6, 7, 8])
WITH, WITHOUT = srm.ResonanceEngine(X, ROWS), srm.ResonanceEngine(X, ROWS[LIVE])


def test_the_survey_of_all_planes() -> None:
    for epsilon in 0.6, -0.2:
        found, expected = (each.survey(epsilon=epsilon) for each in (WITH, WITHOUT))
        assert found.n_skipped == 15 + expected.n_skipped == 16
        assert found.parallel == ((1, 7),)
        assert (found.n_parallel, found.n_antipodal) == (0, 1)
        assert (found.n_planes, found.n_lit) == (expected.n_planes, expected.n_lit)
        assert found.mean.tolist() == expected.mean.tolist()
        assert found.planes.tolist() == LIVE[expected.planes].tolist()
        assert found.alignment == expected.alignment
        np.testing.assert_array_equal(found.matrix()[np.ix_(LIVE, LIVE)], expected.matrix())
        assert np.isnan(found.matrix()[[2, 5]]).all()
        assert np.isnan(found.matrix()[:, [2, 5]]).all()
        assert "16 pairs span no plane" in repr(found)
    grown = srm.ResonanceEngine(X[:50], ROWS)
    grown.survey(epsilon=0.6)
    grown.append(X[50:])
    assert grown.survey(epsilon=0.6).total.tolist() == WITH.survey(epsilon=0.6).total.tolist()


@pytest.mark.parametrize("variant", ["combination", "permutation"])
def test_the_curves_of_all_planes(variant: str) -> None:
    found, expected = (
        srm.spotlight_resonance(X, rows, epsilon=0.5, variant=variant)
        for rows in (ROWS, ROWS[LIVE])
    )
    assert found.planes.tolist() == LIVE[expected.planes].tolist()
    assert found.counts.tolist() == expected.counts.tolist()
    counted = WITH.counts(epsilon=0.5, variant=variant).resonance()
    mine, theirs = (
        dict(zip(map(tuple, each.planes.tolist()), each.counts.tolist(), strict=True))
        for each in (found, counted)
    )
    assert mine == theirs


@pytest.mark.parametrize(
    "ask",
    [
        lambda engine: engine.rotation_test(rotations=9).null.tolist(),
        lambda engine: engine.significance(epsilon=0.5, rotations=9).p.tolist(),
        lambda engine: engine.alignment(epsilon=0.5),
        lambda engine: engine.auto_epsilon(),
        lambda engine: engine.survey(epsilon=0.5).scores("coactivation").tolist(),
        lambda engine: engine.coactive(epsilon=0.5).n_between.tolist(),
    ],
    ids=["rotation test", "significance", "alignment", "automatic", "expected", "coactive"],
)
def test_what_they_change_nothing_of(ask: Callable[[srm.ResonanceEngine], object]) -> None:
    found, expected = ask(WITH), ask(WITHOUT)
    assert found == pytest.approx(expected, rel=1e-9)


def test_coactive_planes_say_what_is_left_out() -> None:
    rows = np.concatenate([ROWS, ROWS[[0, 2]]])
    found = srm.ResonanceEngine(X, rows).coactive(epsilon=0.5, top=99)
    assert (found.n_parallel, found.n_antipodal, found.n_dead) == (1, 1, 3)
    assert not np.isin(found.planes, [2, 5, 10]).any()
    of_one = srm.ResonanceEngine(X, rows).coactive(epsilon=0.5, top=99, partners_of=7)
    assert (of_one.n_parallel, of_one.n_antipodal, of_one.n_dead) == (0, 1, 3)
    with pytest.raises(
        ValueError, match="partners_of as a direction, got 5, which is a row of zeros"
    ):
        srm.ResonanceEngine(X, rows).coactive(epsilon=0.5, partners_of=5)


def test_nothing_lies_along_them() -> None:
    table = WITH.directions(epsilon=-0.1, labels=np.arange(200) % 3)
    dead = np.isin(table.direction, [2, 5])
    assert table.count[dead].tolist() == [0] * 4
    assert (table.count[~dead] > 0).all()
    assert np.isnan(table.kurtosis[dead]).all()
    assert np.isnan(table.purity[dead]).all()
    assert (table.code[dead] == -1).all()
    other = WITHOUT.directions(epsilon=-0.1)
    assert table.count[~dead].tolist() == other.count.tolist()
    kurtosis = srm.kurtosis(X, ROWS).numpy()
    np.testing.assert_allclose(kurtosis[LIVE], srm.kurtosis(X, ROWS[LIVE]).numpy())
    assert np.isnan(kurtosis[[2, 5]]).all()


def test_what_takes_unit_rows_says_so() -> None:
    rows = np.eye(6)
    rows[3] = 0
    for ask in (lambda: srm.alignment(X, rows), srm.ResonanceEngine(X, rows).alignment_matrix):
        with pytest.raises(ValueError, match=r"orthonormal basis .* 1 row of zeros \(3\)"):
            ask()
    assert srm.ResonanceEngine(X, rows).survey(epsilon=0.5).fourth_moment_alignment is None


def test_a_curve_is_refused_with_the_reason() -> None:
    for pair, said in ((2, 0), "2 is a row"), ((0, 5), "5 is a row"), ((5, 2), "5 and 2 are rows"):
        with pytest.raises(ValueError, match=f"but {said} of zeros"):
            WITH.curve(*pair, epsilon=0.5)


def test_where_no_plane_is_left() -> None:
    rows = ROWS[[2, 1, 5, 7]]
    engine = srm.ResonanceEngine(X, rows)
    with pytest.raises(ValueError, match=r"got parallel directions and 2 rows of zeros \(0, 2\)"):
        engine.survey(epsilon=0.5)
    with pytest.raises(ValueError, match="got parallel directions and 2 rows"):
        engine.coactive(epsilon=0.5)
    with pytest.raises(ValueError, match="got 2 parallel ones and 2 rows of zeros"):
        engine.first_plane()
    assert srm.ResonanceEngine(X, ROWS[[2, 0, 1]]).first_plane() == (1, 2)


def test_a_scope_begins_beside_them_and_says_how_many() -> None:
    scope = srm.SRMScope(X, ROWS[[2, 0, 1, 5]], epsilon=0.5, navigator=False)
    assert scope.pair == (1, 2)
    assert scope._layer["n_dead"] == 2
    with pytest.raises(ValueError, match="0 is a row of zeros"):
        scope.pair = (0, 1)
    with pytest.raises(ValueError, match="direction 3, which is a row of zeros"):
        scope.turn_to(3)
    assert scope.pair == (1, 2)
    scope.close()

"""What is made of a survey: matrices, reduced ones, the map that is sent, and the ranking."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import srm_widget as srm
from srm_widget.geometry import plane_index
from srm_widget.results.survey import Survey
from srm_widget.utils.arrays import block_extremes, block_side, pick_of_blocks
from srm_widget.view import plane_map
from srm_widget.view.plane_map import ORDERS, PlaneOrder, ScoreMap
from tests.unit.support.plain_survey import MEASURES, VARIANTS
from tests.unit.support.survey_problems import Problem, Sizes, problems

SCORES = st.one_of(st.just(math.nan), st.integers(-3, 3).map(float), st.floats(-1, 1))


@given(
    matrix=arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=SCORES),
    side=st.integers(1, 10),
)
def test_reduced_to_the_entry_of_largest_magnitude(matrix: np.ndarray, side: int) -> None:
    best = block_extremes(matrix, side)
    values = pick_of_blocks(matrix, best, side)
    rows, columns = (math.ceil(n / side) for n in matrix.shape)
    assert values.shape == best.shape == (rows, columns)
    for row in range(rows):
        for column in range(columns):
            block = matrix[row * side : (row + 1) * side, column * side : (column + 1) * side]
            if np.isnan(block).all():
                assert np.isnan(values[row, column])
                continue
            place = divmod(int(best[row, column]), side)
            found = block[place]
            assert found == values[row, column]
            assert abs(found) == np.nanmax(np.abs(block))
            earlier = block.ravel()[: place[0] * block.shape[1] + place[1]]
            assert not (np.abs(earlier) == abs(found)).any()


@given(n=st.integers(1, 5000), most=st.integers(1, 5000))
def test_blocks_are_as_small_as_they_may_be(n: int, most: int) -> None:
    side = block_side(n, most)
    assert math.ceil(n / side) <= most
    assert side == 1 or math.ceil(n / (side - 1)) > most


@pytest.mark.parametrize("many", [2, 3, 17, 4096])
def test_planes_of_many_positions(many: int) -> None:
    total = plane_index.n_planes(many)
    some = np.unique(np.linspace(0, total - 1, 500).astype(np.int64))
    found = plane_index.unrank_many(some, many)
    assert found.dtype == np.int64
    assert found.tolist() == [list(plane_index.unrank(k, many)) for k in some.tolist()]
    assert plane_index.unrank_many(some[:0], many).shape == (0, 2)


@given(many=st.integers(2, 60), data=st.data())
def test_planes_of_positions_in_any_order(many: int, data: st.DataObject) -> None:
    position = st.integers(0, plane_index.n_planes(many) - 1)
    some = np.array(data.draw(st.lists(position, min_size=1, max_size=20)), dtype=np.int64)
    assert plane_index.unrank_many(some, many).tolist() == [
        list(plane_index.unrank(k, many)) for k in some.tolist()
    ]


@pytest.fixture(scope="module")
def wide() -> Survey:
    rows = np.random.default_rng(0).standard_normal((300, 40)) ** 3
    return srm.ResonanceEngine(rows).survey(epsilon=0.7, resolution=24)


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("most", [1, 7, 13, 39, 40, 100])
def test_a_matrix_made_smaller(wide: Survey, by: str, most: int) -> None:
    full, small = wide.matrix(by), wide.matrix(by, max_size=most)
    assert max(small.shape) <= most
    expected = pick_of_blocks(full, *best_of_blocks(wide, by, (0, 0), 40, block_side(40, most)))
    assert np.array_equal(small, expected, equal_nan=True)


def best_of_blocks(
    survey: Survey, by: str, corner: tuple[int, int], side: int, step: int
) -> tuple[np.ndarray, int]:
    """Places of the planes that stand for the blocks of a square, and the side of a block."""
    weights = survey.spread(survey.weights(by), math.nan)
    row, column = corner
    return block_extremes(weights[row : row + side, column : column + side], step), step


def test_a_plane_of_two_samples_does_not_stand_for_many() -> None:
    """It has the highest alignment of its block, and of all planes."""
    rng = np.random.default_rng(0)
    angles = rng.choice([0, 0.2, -0.2], 400)
    many = np.stack([0 * angles, 0 * angles, np.cos(angles), np.sin(angles)], axis=1)
    rows = np.vstack([np.eye(4)[[0, 0]], many])
    survey = srm.ResonanceEngine(rows).survey(epsilon=0.99, resolution=8)
    best = survey.best("alignment")
    assert best.planes[0].tolist() == [2, 3]
    assert best.score[0] < best.score[-1] == 1.0
    assert best.n_lit[0] == 400 > best.n_lit[-1] == 2
    assert survey.matrix("alignment", max_size=1).tolist() == [[best.score[0]]]


@pytest.mark.parametrize(("most", "error"), [(0, ValueError), (-3, ValueError), (1.5, TypeError)])
@pytest.mark.usefixtures("as_users")
def test_a_matrix_has_at_least_one_row(wide: Survey, most: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"≥ 1, got|float"):
        wide.matrix(max_size=most)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("ask", ["best", "scores", "ranked", "matrix"])
def test_an_unknown_measure_is_refused(wide: Survey, ask: str) -> None:
    with pytest.raises(ValueError, match="got 'height'"):
        getattr(wide, ask)("height")


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_matrix_is_symmetric_unless_both_orders_were_asked_for(variant: str) -> None:
    rows = np.random.default_rng(1).standard_normal((50, 5))
    basis = srm.basis.of(np.random.default_rng(2).standard_normal((6, 5)))
    matrix = (
        srm.ResonanceEngine(rows, basis)
        .survey(epsilon=0.6, resolution=7, variant=variant)
        .matrix("peak")
    )
    assert np.array_equal(matrix, matrix.T, equal_nan=True) == (variant == "combination")


@settings(max_examples=30)
@given(problem=problems(max_samples=8), order=st.sampled_from(ORDERS))
def test_ranking_and_its_inverse(problem: Problem, order: str) -> None:
    asked = {**problem.asked, "variant": "combination"}
    with Sizes().used():
        survey = problem.engine().survey(**asked)
    m = survey.n_directions
    ranking = PlaneOrder(m, order, survey)
    listed = [ranking.plane(k) for k in range(plane_index.n_planes(m))]
    assert [list(pair) for pair in sorted(listed)] == plane_index.all_pairs(m).tolist()
    for position, (i, j) in enumerate(listed):
        assert ranking.position(i, j) == ranking.position(j, i) == position
    if order == "index":
        assert listed == sorted(listed)
    else:
        best = survey.leading(order, survey.n_lit).planes.tolist()
        assert [list(pair) for pair in listed[: survey.n_lit]] == best
        assert listed[survey.n_lit :] == sorted(listed[survey.n_lit :])


def test_a_ranking_needs_a_survey() -> None:
    with pytest.raises(ValueError, match="to order planes by peak, got none"):
        PlaneOrder(5, "peak")


def unpacked(cells: plane_map.MapTile, chart: ScoreMap, corner: tuple[int, int], side: int) -> None:
    """Decode a square of the map and compare it with the scores it was made of."""
    survey, by = chart.survey, chart.by
    matrix = scores_of(survey, by)
    frame = cells.frame
    size, step = frame["size"], frame["step"]
    assert step == block_side(side, plane_map.MOST_CELLS)
    assert size == math.ceil(side / step) <= plane_map.MOST_CELLS
    codes = np.frombuffer(cells.scores, "<u2").reshape(size, size)
    row, column = corner
    part = matrix[row : row + side, column : column + side].astype(np.float32)
    weights = survey.spread(survey.weights(by), math.nan).astype(np.float32)
    weights[np.isnan(matrix)] = math.nan
    best = block_extremes(weights[row : row + side, column : column + side], step)
    values = pick_of_blocks(part, best, step)
    lit = np.nan_to_num(survey.spread(survey.lit.n_lit.astype(float), 0.0))
    told = np.frombuffer(cells.lit, "<u2").reshape(size, size)
    here = pick_of_blocks(lit[row : row + side, column : column + side], best, step)
    assert (told == np.minimum(here, plane_map.MOST_LIT)).all()
    assert ((codes == 0) == np.isnan(values)).all()
    low, high = frame["low"], frame["high"]
    if low is not None and high is not None:
        scale = (high - low) / 65_534
        decoded = low + (codes.astype(float) - 1) * scale
        known = codes > 0
        np.testing.assert_allclose(decoded[known], values[known], atol=scale + 1e-6)
    if step == 1:
        assert cells.best == b""
    else:
        places = np.frombuffer(cells.best, "<u2").reshape(size, size)
        assert (places == best)[codes > 0].all()


def scores_of(survey: Survey, by: str) -> np.ndarray:
    """What the map shows: planes that light nothing have no score in it."""
    return survey.spread(survey.scores(by), math.nan)


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("most", [4, 13, 39, 256])
def test_the_map_and_its_windows(
    wide: Survey, by: Any, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plane_map, "MOST_CELLS", most)
    chart, matrix = ScoreMap(wide, by), scores_of(wide, by)
    whole = chart.overview()
    unpacked(whole, chart, (0, 0), 40)
    known = matrix[~np.isnan(matrix)].astype(np.float32)
    assert (whole.frame["low"], whole.frame["high"]) == (known.min(), known.max())
    codes = np.frombuffer(whole.scores, "<u2")
    assert codes.max() == 65_535 or most < 40
    for row, column, side in [(0, 0, 1), (3, 20, 10), (20, 0, 20), (39, 39, 1), (1, 0, 39)]:
        unpacked(chart.tile(row, column, side), chart, (row, column), side)


@pytest.mark.parametrize("by", MEASURES)
def test_a_map_of_nothing_lit(by: Any) -> None:
    survey = srm.ResonanceEngine(np.zeros((2, 4))).survey(epsilon=0.5)
    whole = ScoreMap(survey, by).overview()
    assert not np.frombuffer(whole.scores, "<u2").any()
    assert (whole.frame["low"], whole.frame["high"]) == (None, None)


@pytest.mark.parametrize("by", MEASURES)
def test_a_map_of_equal_scores(by: Any) -> None:
    survey = srm.ResonanceEngine(np.eye(3)).survey(epsilon=0.9)
    whole = ScoreMap(survey, by).overview()
    low, high = whole.frame["low"], whole.frame["high"]
    assert low == high
    assert low is not None
    assert low > 0
    codes = np.frombuffer(whole.scores, "<u2").reshape(3, 3)
    assert np.array_equal(codes == 0, np.eye(3, dtype=bool))
    assert len(set(codes[codes > 0].tolist())) == 1

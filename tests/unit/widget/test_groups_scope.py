"""A scope on samples in groups: what it tells the page is cluster-robust."""

from __future__ import annotations

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.view import samples_in_plane
from srm_widget.view.samples_in_plane import page_samples
from tests.unit.support import page_answers
from tests.unit.support.wire import packed

pytestmark = pytest.mark.usefixtures("wires")

N = 300
GROUPS = np.repeat([f"sentence {k}" for k in range(20)], 15)
ROWS = np.random.default_rng(0).standard_normal((20, 5))[np.arange(N) // 15] + 0.5 * (
    np.random.default_rng(1).standard_normal((N, 5))
)


def test_the_band_is_that_of_groups_and_the_page_hears_of_them() -> None:
    scope = srm.SRMScope(ROWS, epsilon=0.5, groups=GROUPS)
    plain = srm.SRMScope(ROWS, epsilon=0.5)
    assert (scope._layer["n_clusters"], plain._layer["n_clusters"]) == (20, None)
    band = packed(scope, "band", "<f4")
    assert band.tolist() == np.ravel(scope.resonance.interval()).astype(np.float32).tolist()
    low, high = band.reshape(2, -1)
    narrow_low, narrow_high = packed(plain, "band", "<f4").reshape(2, -1)
    assert ((high - low) > 1.5 * (narrow_high - narrow_low)).any()
    error = scope._frame["alignment_error"]
    assert error == scope.resonance.alignment_error[0] > plain._frame["alignment_error"]
    scope.close()
    plain.close()


def test_appended_samples_widen_the_groups() -> None:
    engine = srm.ResonanceEngine(ROWS[:150], groups=GROUPS[:150])
    scope = srm.SRMScope(engine, epsilon=0.5)
    assert scope._layer["n_clusters"] == 10
    engine.append(ROWS[150:], groups=GROUPS[150:])
    assert scope._layer["n_clusters"] == 20
    whole = srm.SRMScope(ROWS, epsilon=0.5, groups=GROUPS, pair=scope.pair)
    assert packed(scope, "band", "<f4").tolist() == packed(whole, "band", "<f4").tolist()
    scope.close()
    whole.close()


def test_a_saved_page_counts_the_groups_of_the_samples_it_holds() -> None:
    rows = ROWS.copy()
    rows[[4, 77]] = np.nan
    scope = srm.SRMScope(rows, epsilon=0.5, groups=GROUPS, nan_policy="drop", navigator=False)
    moves = [{"epsilon": epsilon, "pair": [1, 3]} for epsilon in (0.2, 0.6)]
    answers = ["_band", "_layer", "_counts"]
    [shown] = page_answers.answered([page_answers.question(scope, moves, answers)])
    assert isinstance(scope.engine, srm.ResonanceEngine)
    for move, page in zip(moves, shown, strict=True):
        curve = scope.engine.curve(1, 3, epsilon=float(str(move["epsilon"])))
        assert page["_counts"] == curve.counts[0].tolist()
        assert page["_band"] == pytest.approx(np.concatenate(curve.interval(), axis=1)[0], abs=1e-6)
        assert page["_layer"]["n_clusters"] == 20
    scope.close()


def test_a_page_that_holds_some_rows_counts_their_groups() -> None:
    scope = srm.SRMScope(ROWS, epsilon=0.3, groups=GROUPS, navigator=False)
    moves, answers = [{"epsilon": 0.2}], ["_band", "_layer"]
    with pytest.warns(UserWarning, match=r"freeze\(max_bytes=…\) of some"):
        asked = page_answers.question(scope, moves, answers, max_bytes=25_000)
    frame = scope._held_frame
    rows = np.frombuffer(scope._held, "<i4", frame["n_rows"], frame["rows"][0])
    assert 5 < len(rows) < N
    [[page]] = page_answers.answered([asked])
    curve = srm.ResonanceEngine(ROWS[rows], groups=GROUPS[rows]).curve(*scope.pair, epsilon=0.2)
    assert page["_layer"]["n_clusters"] == len(np.unique(GROUPS[rows]))
    assert page["_band"] == pytest.approx(np.concatenate(curve.interval(), axis=1)[0], abs=1e-6)
    scope.close()


@pytest.mark.parametrize("most", [20_000, 40])
def test_samples_of_a_plane_go_with_their_groups(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples_in_plane, "MOST_SENT", most)
    rows = ROWS.copy()
    rows[7] = np.nan
    engine = srm.ResonanceEngine(rows, groups=GROUPS, nan_policy="drop")
    facts, arrays = page_samples(engine, (0, 1), None, None)
    points, _, _, codes, sizes = arrays
    sent = np.frombuffer(points, "<f4").reshape(-1, 2)
    own = np.frombuffer(codes, "<i4")
    assert len(own) == len(sent) == min(most, N - 1)
    assert facts["n_clusters"] == 20
    assert np.frombuffer(sizes, "<i4").tolist() == [14, *[15] * 19]
    kept = np.delete(np.arange(N), 7)
    exact = engine.coordinates(0, 1, kept)
    for point, code in zip(sent, own, strict=True):
        nearest = kept[np.abs(exact - point).sum(axis=1).argmin()]
        assert code == nearest // 15
    plain, without = page_samples(srm.ResonanceEngine(ROWS), (0, 1), None, None)
    assert (plain["n_clusters"], len(without)) == (None, 3)


def test_the_timeline_has_the_errors_of_groups() -> None:
    timeline = srm.Timeline()
    engines = [srm.ResonanceEngine(ROWS, groups=GROUPS), srm.ResonanceEngine(ROWS**3)]
    for engine in engines:
        timeline.record(engine)
    step = timeline.step(0).alignment(0, 1, 0.5)
    assert step.error == engines[0].curve(0, 1, epsilon=0.5).alignment_error[0]

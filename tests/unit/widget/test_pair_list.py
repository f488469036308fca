"""The list of pairs that fire together, in the background and as a page asks for it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.widget import pair_list
from tests.unit.support.event_loop import lived, turns, until

pytestmark = pytest.mark.usefixtures("wires")

RNG = np.random.default_rng(11)
ROWS = np.abs(RNG.standard_normal((300, 12))) ** 3
ROWS[:60, [2, 7]] += 6  # fire together
ROWS[60:90, [2, 9]] += 5
NAMES = [f"feature {k}" for k in range(12)]


def frame(scope: srm.SRMScope) -> dict[str, Any]:
    found: dict[str, Any] = scope._pairs_frame
    return found


def pairs(scope: srm.SRMScope) -> list[tuple[int, int]]:
    return [row[:2] for row in frame(scope)["rows"]]


def send(scope: srm.SRMScope, **message: Any) -> None:
    scope._handle_custom_msg(message, [])


@pytest.fixture
def scope() -> srm.SRMScope:
    """In no event loop: what is quick is found at once."""
    return srm.SRMScope(ROWS, epsilon=0.6, directions=NAMES)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_list, "_QUICK", 0.0)


def assert_rows(scope: srm.SRMScope, found: CoactivePlanes) -> None:
    rows = frame(scope)["rows"]
    assert [sorted(row[:2]) for row in rows] == found.planes.tolist()
    assert [row[2] for row in rows] == [(NAMES[row[0]], NAMES[row[1]]) for row in rows]
    columns = found.score, found.n_between, found.expected, found.p
    for place, column in enumerate(columns, 3):
        assert [row[place] for row in rows] == column.tolist()
    json.dumps(frame(scope), allow_nan=False)


def test_nothing_is_looked_for_unless_pairs_are_shown(scope: srm.SRMScope) -> None:
    assert (scope.navigator_as, scope.pairs_of, frame(scope)) == ("map", "all", {})
    send(scope, type="pairs")
    assert frame(scope) == {}
    assert scope.pairs_on_show is None
    scope.navigator_as = "pairs"
    assert frame(scope)["state"] == "done"
    scope.navigator = False
    scope.epsilon = 0.5
    assert frame(scope)["epsilon"] == 0.6  # kept until pairs are shown again
    scope.navigator = True
    assert frame(scope)["epsilon"] == 0.5


def test_the_best_pairs_are_those_of_the_engine(scope: srm.SRMScope) -> None:
    scope.navigator_as = "pairs"
    found = scope.engine.coactive(epsilon=0.6, per_direction=3)
    assert_rows(scope, found)
    assert pairs(scope)[0] == (2, 7)
    rest = {name: value for name, value in frame(scope).items() if name != "rows"}
    assert rest == {
        "state": "done",
        "progress": 0.0,
        "hint": "",
        "of": None,
        "step": 0,
        "epsilon": 0.6,
        "n_samples": 300,
        "n_planes": 66,
        "n_found": found.n_found,
        "per_direction": 3,
    }
    assert scope.pairs_on_show is not None
    assert np.array_equal(scope.pairs_on_show.planes, found.planes)


def test_partners_of_a_direction_of_the_plane_on_show(scope: srm.SRMScope) -> None:
    scope.navigator_as, scope.pair = "pairs", (9, 7)
    for pairs_of, of in ("first", 9), ("second", 7):
        scope.pairs_of = pairs_of
        assert_rows(scope, scope.engine.coactive(epsilon=0.6, partners_of=of))
        assert frame(scope)["of"] == of
        assert {i for i, _ in pairs(scope)} == {of}
        assert (frame(scope)["per_direction"], frame(scope)["n_planes"]) == (None, 11)
    assert pairs(scope)[0] == (7, 2)
    scope.pair = (2, 3)
    assert frame(scope)["of"] == 3
    scope.pairs_of = "first"
    before = frame(scope)
    scope.pair = (2, 5)  # another partner: the list stays
    assert frame(scope) == before


@pytest.mark.usefixtures("slow")
def test_what_may_take_long_waits_for_a_click(scope: srm.SRMScope) -> None:
    scope.navigator_as = "pairs"
    hint = "12 directions, 300 samples: to find the pairs may take a while."
    assert frame(scope) == {"state": "waiting", "progress": 0.0, "hint": hint}
    send(scope, type="pairs")
    assert frame(scope)["state"] == "done"
    best = pairs(scope)
    scope.epsilon = 0.5
    assert (frame(scope)["state"], frame(scope)["epsilon"]) == ("waiting", 0.6)
    assert (pairs(scope), scope.pairs_on_show) == (best, None)
    scope.epsilon = 0.6  # known still
    assert (frame(scope)["state"], frame(scope)["hint"]) == ("done", "")
    scope.engine.append(ROWS[:5])
    assert (frame(scope)["state"], frame(scope)["n_samples"]) == ("waiting", 300)


@pytest.mark.usefixtures("slow")
def test_it_runs_beside_other_work_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srm_widget.widget.pace.SHOWN_EVERY", 0.0)
    monkeypatch.setattr("srm_widget.concurrency.background._PAUSE", 0.0)
    monkeypatch.setattr("srm_widget.survey.between_search._MOST_SAMPLES", 4)

    async def life(_: srm.SRMScope) -> None:
        scope = srm.SRMScope(ROWS, epsilon=0.6, directions=NAMES)
        scope.navigator_as = "pairs"
        await turns(3)
        assert frame(scope)["state"] == "waiting"
        send(scope, type="pairs")
        assert frame(scope) == {"state": "running", "progress": 0.001, "hint": frame(scope)["hint"]}
        await until(lambda: 0.001 < frame(scope)["progress"] < 1)
        send(scope, type="stop_pairs")
        assert (frame(scope)["state"], frame(scope)["progress"]) == ("waiting", 0.0)
        await turns(5)
        assert "rows" not in frame(scope)
        send(scope, type="pairs")
        await until(lambda: frame(scope)["progress"] > 0)
        scope.epsilon = 0.5  # not what is looked for any more
        assert frame(scope)["state"] == "waiting"
        send(scope, type="pairs")
        await until(lambda: frame(scope)["state"] == "done")
        assert_rows(scope, scope.engine.coactive(epsilon=0.5, per_direction=3))
        scope.close()

    lived(life)


def test_what_cannot_be_found_is_said(scope: srm.SRMScope) -> None:
    scope.navigator_as, scope.epsilon = "pairs", 0.0
    assert frame(scope)["state"] == "failed"
    assert frame(scope)["hint"].startswith("expected a positive epsilon, got 0")
    assert frame(scope)["epsilon"] == 0.6
    assert scope.error == ""
    scope.theta = 1.0
    assert frame(scope)["state"] == "failed"
    scope.epsilon = 0.5
    assert frame(scope)["state"] == "done"


@pytest.mark.parametrize(
    ("signs", "middle"), [((1, 1), 0.25), ((-1, 1), 0.75), ((-1, -1), 1.25), ((1, -1), 1.75)]
)
def test_a_pair_is_shown_from_where_its_samples_are(signs: tuple[int, int], middle: float) -> None:
    rows = ROWS.copy()
    rows[:, [2, 7]] *= signs
    scope = srm.SRMScope(rows, epsilon=0.6)
    send(scope, type="pair", pair=[2, 7])
    assert scope.pair == (2, 7)
    assert scope.theta == pytest.approx(middle * np.pi)
    assert scope._frame["n_lit"] >= 60


def test_a_pair_of_data_too_large_to_count_is_shown_halfway(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_list, "LARGE", -1)
    send(scope, type="pair", pair=[7, 2])
    assert (scope.pair, scope.theta) == ((7, 2), pytest.approx(np.pi / 4))


@pytest.mark.parametrize("pair", [None, [1], [1, 1], [0, 12], ["a", 1], [0.5, 1]])
def test_another_pair_is_refused(scope: srm.SRMScope, pair: Any) -> None:
    before = scope.pair, scope.theta
    send(scope, type="pair", pair=pair)
    assert scope.error
    assert (scope.pair, scope.theta) == before


def test_samples_in_groups_have_no_p() -> None:
    scope = srm.SRMScope(ROWS, epsilon=0.6, groups=np.arange(300) % 9)
    scope.navigator_as = "pairs"
    assert {row[6] for row in frame(scope)["rows"]} == {None}


def test_counts_have_no_pairs() -> None:
    counts = srm.ResonanceCounts(4, epsilon=0.5)
    counts.append(ROWS[:, :4])
    scope = srm.SRMScope(counts)
    with pytest.raises(ValueError, match="'map' of counts, which keep no samples"):
        scope.navigator_as = "pairs"
    scope.set_state({"navigator_as": "pairs"})
    assert "counts" in scope.error
    send(scope, type="pairs")
    assert (scope.navigator_as, frame(scope), scope.pairs_on_show) == ("map", {}, None)
    with pytest.raises(ValueError, match="samples for the pairs that fire together, got counts"):
        scope.engine.coactive_steps(epsilon=0.5)


def test_many_directions_begin_with_the_list() -> None:
    scope = srm.SRMScope(ROWS, RNG.standard_normal((8_000, 12)))
    assert (scope.navigator_as, frame(scope)["state"]) == ("pairs", "waiting")
    with pytest.raises(ValueError, match="navigator_as"):
        scope.navigator_as = "list"


def test_a_saved_page_keeps_the_list(scope: srm.SRMScope, tmp_path: Any) -> None:
    scope.navigator_as, scope.pairs_of = "pairs", "first"
    text = scope.save_html(tmp_path / "page.html").read_text()
    saved = json.loads(
        text.split('<script type="application/json"')[1].split(">", 1)[1].split("</script>")[0]
    )
    traits = saved["traits"]
    assert (traits["navigator_as"], traits["pairs_of"]) == ("pairs", "first")
    assert traits["_pairs_frame"] == json.loads(json.dumps(frame(scope)))

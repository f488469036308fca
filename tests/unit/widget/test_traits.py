"""The scope without a browser: its traits, and what it sends to the page."""

from __future__ import annotations

import gc
import math
import weakref
from typing import Any

import ml_dtypes
import numpy as np
import pandas as pd
import pytest
import torch

import srm_widget as srm
from tests.unit.support import oracle
from tests.unit.support.wire import packed

pytestmark = pytest.mark.usefixtures("wires")


def test_first_picture_is_complete_when_the_page_hears_of_it(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, resolution=8, title="layer", theta=1.0)
    opened = scope.comm.sent[0]
    assert opened["type"] == "comm_open"
    assert opened["state"]["_frame"]["request"] == 0
    assert opened["state"]["title"] == "layer"
    assert len(scope.comm.sent) == 1
    assert scope.pair == (0, 1)
    assert scope.position == 0


@pytest.mark.parametrize("signed", [False, True])
def test_what_is_sent_is_what_the_oracle_counts(activations: np.ndarray, signed: bool) -> None:
    scope = srm.SRMScope(activations, epsilon=0.4, resolution=24, pair=(3, 1), signed=signed)
    angles = 2 * math.pi * np.arange(24) / 24
    question = (activations, np.eye(5), 3, 1, angles)
    counts = oracle.counts(*question, epsilon=0.4, tolerance=1e-6)
    signed_counts = oracle.signed(*question, epsilon=0.4, tolerance=1e-6)
    assert (counts.low == counts.high).all()
    np.testing.assert_array_equal(packed(scope, "counts", "<i4"), counts.low)
    np.testing.assert_array_equal(packed(scope, "signed_counts", "<i4"), signed_counts.low)
    np.testing.assert_array_equal(scope.resonance.counts[0], counts.low)
    low, high = packed(scope, "band", "<f4").reshape(2, 24)
    assert (low <= counts.low / 300).all()
    assert (high >= counts.low / 300).all()
    directions = oracle.unit(activations).numpy()
    np.testing.assert_allclose(
        packed(scope, "points", "<f4").reshape(-1, 2), directions[:, [3, 1]], atol=1e-6
    )


def test_selected_follows_the_beam_by_falling_cosine(
    scope: srm.SRMScope, activations: np.ndarray
) -> None:
    scope.theta = 0.7
    cosines = oracle.cosines(activations, np.eye(5), 0, 1, [0.7])[:, 0].numpy()
    lit = np.flatnonzero(cosines >= 0.5)
    assert scope.n_selected == len(lit) == scope._frame["n_lit"]
    assert scope.selected == lit[np.argsort(-cosines[lit], kind="stable")].tolist()
    scope.max_selected = 3
    assert len(scope.selected) == 3
    assert scope.n_selected == len(lit)


def test_selected_are_rows_of_the_callers_array() -> None:
    rows = np.array([[1, 0], [np.nan, 0], [0, 1], [1, 0.1]])
    engine = srm.ResonanceEngine(rows, nan_policy="drop")
    scope = srm.SRMScope(engine, epsilon=0.9, theta=0.0, highlight=[2])
    assert scope.selected == [0, 3]
    np.testing.assert_allclose(packed(scope, "marks", "<f4"), [0, 1], atol=1e-7)
    with pytest.raises(IndexError, match="got 1"):
        scope.highlight = [1]


def test_plane_and_position_say_the_same(scope: srm.SRMScope) -> None:
    scope.position = 9
    assert scope.pair == (3, 4)
    scope.pair = (2, 0)
    assert scope.position == 1
    with scope.hold_trait_notifications():
        scope.position = 5
        scope.pair = (4, 1)
    assert (scope.pair, scope.position) == ((4, 1), 6)
    scope.pair = np.array([1, 2])
    assert scope.pair == (1, 2)


def test_theta_is_kept_in_one_turn(scope: srm.SRMScope) -> None:
    scope.theta = -math.pi / 2
    assert scope.theta == pytest.approx(1.5 * math.pi)
    scope.theta = 2 * math.pi
    assert scope.theta == 0


def test_auto_epsilon_is_that_of_the_engine(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations)
    assert scope.epsilon == srm.ResonanceEngine(activations).auto_epsilon()
    scope.epsilon = 0.1
    scope.epsilon = "auto"
    assert scope.epsilon == scope.engine.auto_epsilon()


def test_names_of_directions(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, pair=(4, 2))
    assert scope._frame["names"] == ("b₄", "b₂")
    named = srm.SRMScope(activations, directions=list("vwxyz"), pair=(4, 2))
    assert named._frame["names"] == ("z", "x")


def test_one_answer_is_one_message(scope: srm.SRMScope) -> None:
    scope.set_state({"position": 7, "_request": {"id": 2, "asked": {"position": 7}}})
    (update,) = scope.comm.updates()
    assert {"pair", "_frame", "selected", "n_selected"} <= update.keys()
    assert update["_frame"]["request"] == 2
    assert "position" not in update
    scope.set_state({"theta": 7.0})
    (update,) = scope.comm.updates()
    assert update["theta"] == pytest.approx(7.0 - 2 * math.pi)
    assert "_counts" not in update


@pytest.mark.parametrize(
    "sent",
    [
        {"epsilon": 0.5},
        {"theta": 2 * math.pi},
        {"pair": [0, 1], "position": 0},
    ],
)
def test_a_request_for_what_is_shown_is_answered_too(
    scope: srm.SRMScope, sent: dict[str, Any]
) -> None:
    scope.set_state(sent | {"_request": {"id": 4, "asked": {}}})
    values, answer = scope.comm.updates()
    assert values.keys() == sent.keys()
    assert values.get("theta", 0) == 0
    assert answer["_frame"]["request"] == 4


def test_appended_samples_are_shown(scope: srm.SRMScope, activations: np.ndarray) -> None:
    scope.engine.append(activations[:50])
    assert scope._layer["n_samples"] == 350
    again = srm.SRMScope(np.concatenate([activations, activations[:50]]), epsilon=0.5, theta=0.0)
    assert scope._counts == again._counts
    assert scope.selected == again.selected


def test_observers_may_ask_in_turn(scope: srm.SRMScope) -> None:
    def turn(_change: Any) -> None:
        scope.theta = 1.25

    scope.observe(turn, "selected")
    scope.position = 4
    assert scope.theta == 1.25
    assert scope._frame["theta"] == 1.25
    i, j = scope.pair
    inside = scope.engine.inside(i, j, 1.25, epsilon=0.5)
    assert scope.selected == inside.tolist()


def test_highlight_takes_any_integers(scope: srm.SRMScope) -> None:
    for rows in (
        *([7, 3], (7, 3), np.array([7, 3], np.uint8), torch.tensor([7, 3])),
        *(np.array([7, 3], dtype=object), np.array([7, 3]).astype(ml_dtypes.int4)),
        *(pd.Series([7, 3], dtype="Int64"), np.ma.masked_array([7, 3])),
    ):
        scope.highlight = []
        scope.highlight = rows
        assert scope.highlight == [7, 3]
        assert len(packed(scope, "marks", "<f4")) == 4


def test_many_samples_are_drawn_by_some(activations: np.ndarray) -> None:
    scope = srm.SRMScope(np.tile(activations, (20, 1)), epsilon=0.5, cloud="points")
    assert scope._cloud_frame["n_points"] == 2000
    assert scope._frame["n_samples"] == 6000
    assert len(packed(scope, "points", "<f4")) == 4000


def test_closing_lets_go_of_the_engine_and_of_the_scope(activations: np.ndarray) -> None:
    engine = srm.ResonanceEngine(activations)
    scope = srm.SRMScope(engine)
    scope.close()
    assert len(engine.listeners) == 0
    scope.close()
    alive = weakref.ref(scope)
    del scope
    gc.collect()
    assert alive() is None


def test_the_beam_starts_at_the_peak(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, pair=(3, 1))
    counts = scope.resonance.counts[0]
    assert scope.theta == scope.resonance.angles[counts.argmax()]
    assert scope.n_selected == counts.max()
    assert scope.comm.sent[0]["state"]["n_selected"] == counts.max()


def test_unobserving_all_leaves_the_scope_alive(scope: srm.SRMScope) -> None:
    heard: list[Any] = []
    scope.observe(heard.append, "epsilon")
    scope.unobserve_all()
    scope.epsilon = 0.25
    assert heard == []
    assert scope.resonance.epsilon == 0.25


def test_observers_find_the_new_picture(scope: srm.SRMScope) -> None:
    seen: list[float] = []
    scope.observe(lambda _: seen.append(scope.resonance.epsilon), "epsilon")
    scope.epsilon = 0.25
    assert seen == [0.25]


def test_rows_with_nan_are_dropped_when_asked(activations: np.ndarray) -> None:
    holed = activations.copy()
    holed[3, 2] = np.nan
    with pytest.raises(ValueError, match="nan_policy='drop'"):
        srm.SRMScope(holed)
    assert srm.SRMScope(holed, nan_policy="drop").engine.n_dropped == 1


@pytest.mark.parametrize("theta", [-1e-20, -5e-324, -math.tau, math.tau])
def test_theta_is_below_a_turn(scope: srm.SRMScope, theta: float) -> None:
    scope.theta = theta
    assert 0 <= scope.theta < math.tau
    assert scope._frame["theta"] == scope.theta

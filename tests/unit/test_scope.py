"""The scope without a browser: traits, answers to a page, refusals."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Iterator
from typing import Any

import comm
import numpy as np
import pytest
import torch
import traitlets
from comm.base_comm import BaseComm

import srm_widget as srm
from tests.unit import oracle

Message = dict[str, Any]


class Wire(BaseComm):
    """A comm that keeps what is sent."""

    def __init__(self, **arguments: Any) -> None:
        self.sent: list[Message] = []
        super().__init__(**arguments)

    def publish_msg(self, msg_type: str, data: Any = None, *_: Any, **__: Any) -> None:
        self.sent.append({"type": msg_type, **(data or {})})

    def updates(self) -> list[Message]:
        """States sent since the last call, without echoes of what the page sent."""
        states = [message["state"] for message in self.sent if message.get("method") == "update"]
        self.sent.clear()
        return states


@pytest.fixture(autouse=True)
def wires(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(comm, "create_comm", Wire)
    yield
    srm.SRMScope.close_all()


# What is refused here comes from the page, or from users who run no type checker.
pytestmark = pytest.mark.usefixtures("as_users")


@pytest.fixture
def activations() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((300, 5)).astype(np.float32)


@pytest.fixture
def scope(activations: np.ndarray) -> srm.SRMScope:
    scope = srm.SRMScope(activations, epsilon=0.5)
    scope.comm.sent.clear()
    return scope


def packed(scope: srm.SRMScope, name: str, dtype: str) -> np.ndarray:
    return np.frombuffer(getattr(scope, f"_{name}"), dtype)


def state_of(scope: srm.SRMScope) -> dict[str, Any]:
    return {key: value for key, value in scope.get_state().items() if key != "_frame"} | {
        "_frame": {k: v for k, v in scope._frame.items() if k not in ("serial", "elapsed_ms")}
    }


def test_first_picture_is_complete_when_the_page_hears_of_it(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, resolution=8, title="layer", theta=1.0)
    opened = scope.comm.sent[0]
    assert opened["type"] == "comm_open"
    assert opened["state"]["_frame"]["serial"] == 1
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
    scope = srm.SRMScope(engine, epsilon=0.9, highlight=[2])
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


BAD = [
    ("epsilon", 1.5, ValueError, r"\[-1, 1\], got 1.5"),
    ("epsilon", math.nan, ValueError, "got nan"),
    ("epsilon", "wide", TypeError, "got 'wide'"),
    ("resolution", 3, ValueError, "4 … 2880, got 3"),
    ("resolution", 2881, ValueError, "got 2881"),
    ("resolution", 7.5, TypeError, "got 7.5"),
    ("theta", math.inf, ValueError, "got inf"),
    ("theta", None, TypeError, "got None"),
    ("pair", (2, 2), IndexError, r"0 … 4, got \(2, 2\)"),
    ("pair", (0, 5), IndexError, r"got \(0, 5\)"),
    ("pair", (0, 1, 2), TypeError, r"got \(0, 1, 2\)"),
    ("pair", ("a", 1), TypeError, "'a'"),
    ("position", 10, ValueError, "0 … 9, got 10"),
    ("position", 1.0, TypeError, "got 1.0"),
    ("order", "peak", ValueError, "'index', got 'peak'"),
    ("signed", "yes", TypeError, "got 'yes'"),
    ("title", 3, TypeError, "got 3"),
    ("highlight", [300], IndexError, "0 … 299"),
    ("highlight", [-1], IndexError, "got -1"),
    ("highlight", [0.5], TypeError, "float64"),
    ("highlight", "0", TypeError, "got '0'"),
    ("max_selected", -1, ValueError, "got -1"),
]
each_bad_value = pytest.mark.parametrize(("name", "value", "error", "message"), BAD)


@each_bad_value
def test_bad_values_raise_and_change_nothing(
    scope: srm.SRMScope, name: str, value: Any, error: type[Exception], message: str
) -> None:
    before = state_of(scope)
    with pytest.raises(error, match=message) as raised:
        setattr(scope, name, value)
    assert isinstance(raised.value, traitlets.TraitError)
    assert state_of(scope) == before
    assert scope.comm.updates() == []


@each_bad_value
def test_bad_values_in_one_assignment_with_good_ones_take_these_back(
    scope: srm.SRMScope, name: str, value: Any, error: type[Exception], message: str
) -> None:
    before = state_of(scope)

    def assign_both() -> None:
        with scope.hold_trait_notifications():
            scope.theta = 2.0
            setattr(scope, name, value)

    with pytest.raises(error, match=message):
        assign_both()
    assert state_of(scope) == before


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [bad for bad in BAD if bad[0] not in ("position", "order")],
)
def test_the_constructor_refuses_the_same(
    activations: np.ndarray, name: str, value: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        srm.SRMScope(activations, **{name: value})


def test_unknown_keyword_names_the_nearest(activations: np.ndarray) -> None:
    with pytest.raises(TypeError, match="no keyword 'epsilom'; did you mean 'epsilon'"):
        srm.SRMScope(activations, epsilom=0.3)
    with pytest.raises(TypeError, match="no keyword 'zzz'; known are basis, directions"):
        srm.SRMScope(activations, zzz=0.3)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"directions": ["a", "b"]}, ValueError, "expected 5 names of directions, got 2"),
        ({"directions": "abcde"}, TypeError, "got a string"),
        ({"directions": [1, 2, 3, 4, 5]}, TypeError, "got 1"),
        ({"basis": np.ones((3, 5))}, ValueError, "got 3 parallel ones"),
    ],
)
def test_directions_are_checked(
    activations: np.ndarray, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        srm.SRMScope(activations, **arguments)


def test_an_engine_brings_its_own_basis_and_samples(activations: np.ndarray) -> None:
    engine = srm.ResonanceEngine(activations, srm.basis.simplex(5))
    assert srm.SRMScope(engine).engine is engine
    with pytest.raises(TypeError, match="which has its own"):
        srm.SRMScope(engine, np.eye(5))
    with pytest.raises(ValueError, match="at least one sample"):
        srm.SRMScope(srm.ResonanceEngine(basis=np.eye(5)))


def test_parallel_directions_are_refused_by_either_name(activations: np.ndarray) -> None:
    basis = np.eye(5)[[0, 0, 1]]
    scope = srm.SRMScope(activations, basis)
    assert scope.pair == (0, 2)
    with pytest.raises(ValueError, match="0 and 1 are parallel"):
        scope.pair = (0, 1)
    with pytest.raises(ValueError, match="0 and 1 are parallel"):
        scope.position = 0


def test_names_of_directions(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, pair=(4, 2))
    assert scope._frame["names"] == ["b₄", "b₂"]
    named = srm.SRMScope(activations, directions=list("vwxyz"), pair=(4, 2))
    assert named._frame["names"] == ["z", "x"]


def test_one_answer_is_one_message(scope: srm.SRMScope) -> None:
    scope.set_state({"position": 7})
    (update,) = scope.comm.updates()
    assert {"pair", "_frame", "selected", "n_selected"} <= update.keys()
    assert update["_frame"]["serial"] == 2
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
    scope.set_state(sent)
    values, answer = scope.comm.updates()
    assert values.keys() == sent.keys()
    assert values.get("theta", 0) == 0
    assert answer["_frame"]["serial"] == 2


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"epsilon": 2}, "got 2.0"),
        ({"theta": 1.0, "pair": [0, 9]}, "(0, 9)"),
        ({"selected": [1]}, "selected is read-only"),
        ({"theta": 1.0, "_frame": {}}, "_frame is read-only"),
    ],
)
def test_the_page_is_told_what_was_refused_and_what_holds(
    scope: srm.SRMScope, sent: dict[str, Any], message: str
) -> None:
    before = state_of(scope)
    scope.set_state(sent)
    assert message in scope.error
    values, answer = scope.comm.updates()
    assert values == {key: scope.get_state([key])[key] for key in sent} | (
        {"_frame": values["_frame"]} if "_frame" in sent else {}
    )
    assert answer["error"] == scope.error
    assert answer["_frame"]["serial"] == 2
    assert state_of(scope) | {"error": ""} == before

    scope.set_state({"signed": True})
    assert scope.error == ""


def test_an_error_goes_when_python_asks_for_something_else(scope: srm.SRMScope) -> None:
    scope.set_state({"epsilon": 2})
    assert scope.error
    scope.epsilon = 0.3
    assert scope.error == ""


def test_a_failing_engine_leaves_the_last_good_picture(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise MemoryError("no room")

    before = state_of(scope)
    monkeypatch.setattr(srm.ResonanceEngine, "curve", failing)
    with pytest.raises(MemoryError):
        scope.position = 3
    assert state_of(scope) == before
    scope.set_state({"position": 3})
    assert scope.error == "no room"
    assert state_of(scope) | {"error": ""} == before
    scope.engine.append(np.ones((1, 5), dtype=np.float32))
    assert scope.error == "no room"
    assert scope.engine.n_samples == 301


def test_appended_samples_are_shown(scope: srm.SRMScope, activations: np.ndarray) -> None:
    scope.engine.append(activations[:50])
    assert scope._layer["n_samples"] == 350
    again = srm.SRMScope(np.concatenate([activations, activations[:50]]), epsilon=0.5)
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
    for rows in ([7, 3], (7, 3), np.array([7, 3], np.uint8), torch.tensor([7, 3])):
        scope.highlight = []
        scope.highlight = rows
        assert scope.highlight == [7, 3]
        assert len(packed(scope, "marks", "<f4")) == 4


def test_many_samples_are_drawn_by_some(activations: np.ndarray) -> None:
    scope = srm.SRMScope(np.tile(activations, (20, 1)), epsilon=0.5)
    assert scope._frame["n_points"] == 2000
    assert scope._frame["n_samples"] == 6000
    assert len(packed(scope, "points", "<f4")) == 4000


def test_closing_lets_go_of_the_engine_and_of_the_scope(activations: np.ndarray) -> None:
    engine = srm.ResonanceEngine(activations)
    scope = srm.SRMScope(engine)
    scope.close()
    assert engine._listeners == []
    scope.close()
    alive = weakref.ref(scope)
    del scope
    gc.collect()
    assert alive() is None

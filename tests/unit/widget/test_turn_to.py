"""The spotlight turned to a basis direction, by Python and by the page."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.view.builder import ViewBuilder
from tests.unit.support import oracle
from tests.unit.support.wire import state_of

pytestmark = pytest.mark.usefixtures("wires")

BASES: dict[str, Any] = {
    "axes": None,
    "rotated": srm.basis.rotated(5, 1),
    "simplex": srm.basis.simplex(5),
    "few": np.random.default_rng(8).standard_normal((3, 5)),
    "thomson": srm.basis.thomson(9, 5, 0),
}
PARALLEL = np.array([[1.0, 1, 0, 0, 0], [-2, -2, 0, 0, 0], [3, 3, 0, 0, 0], [0, 0, 1, 0, 0]])
each_sign = pytest.mark.parametrize("sign", [1, -1])


def ask(scope: srm.SRMScope, **content: Any) -> None:
    data = {"method": "custom", "content": {"type": "direction", **content}}
    scope.comm.handle_msg({"content": {"data": data}, "buffers": []})


def assert_at(scope: srm.SRMScope, rows: np.ndarray, direction: int, sign: int) -> None:
    """x̂ · u(θ) = ± x̂ · b_i for every sample, and what the table counts there is lit."""
    basis = np.asarray(scope.engine.basis)
    i, j = scope.pair
    found = oracle.cosines(rows, basis, i, j, [scope.theta])[:, 0].numpy()
    expected = sign * (oracle.unit(rows) @ oracle.unit(basis)[direction]).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert scope._frame["theta"] == scope.theta
    assert scope._frame["pair"] == scope.pair
    assert scope.position == scope.ranking.position(*scope.pair)
    assert scope.n_selected == scope.directions.count[2 * direction + (sign < 0)]


@pytest.mark.parametrize("pair", [(0, 1), (2, 0)])
@each_sign
@pytest.mark.parametrize("basis", BASES.values(), ids=BASES)
def test_the_spotlight_is_at_the_direction(
    activations: np.ndarray, basis: Any, pair: tuple[int, int], sign: int
) -> None:
    scope = srm.SRMScope(activations, basis, epsilon=0.4, theta=1.0)
    for direction in range(scope.engine.n_directions):
        scope.pair = pair
        scope.turn_to(direction, sign)
        if direction in pair:
            assert scope.pair == pair
        else:
            assert set(scope.pair) == {direction, pair[0]}
        assert_at(scope, activations, direction, sign)


@each_sign
def test_parallel_directions_span_no_plane(activations: np.ndarray, sign: int) -> None:
    scope = srm.SRMScope(activations, PARALLEL, epsilon=0.4, theta=1.0)
    assert scope.pair == (0, 3)
    for direction in (1, 2, 0, 3):
        scope.turn_to(direction, sign)
        assert 3 in scope.pair
        assert_at(scope, activations, direction, sign)


@each_sign
def test_the_page_turns_it_too(scope: srm.SRMScope, activations: np.ndarray, sign: int) -> None:
    scope.theta = 1.0
    scope.set_state({"epsilon": 2})
    scope.comm.sent.clear()
    ask(scope, direction=3, sign=sign)
    assert scope.error == ""
    assert_at(scope, activations, 3, sign)
    updates = scope.comm.updates()
    told = {name: value for update in updates for name, value in update.items()}
    assert (told["pair"], told["theta"], told["error"]) == (scope.pair, scope.theta, "")
    assert told["_frame"] == scope._frame
    ask(scope, direction=3, sign=sign)
    assert scope.comm.updates() == []  # all of it is on show already


def test_one_turn_is_one_picture(scope: srm.SRMScope, spy: Any) -> None:
    drawn = spy(ViewBuilder, "build")
    scope.turn_to(np.int64(4))
    assert len(drawn) == 1
    scope.turn_to(4)
    assert len(drawn) == 1


REFUSED = [
    (5, 1, "0 … 4, got 5"),
    (-1, 1, "0 … 4, got -1"),
    ("0", 1, "named '0'; direction 0 is given as a number, without quotes"),
    ("5", 1, "named '5'; directions have numbers, 0 … 4, and are named b0, b1, …"),
    (None, 1, "got None"),
    (1.0, 1, "got 1.0"),
    ([2], 1, r"got \[2\]"),
    (1, 0, "expected sign 1 or -1, got 0"),
    (1, 2, "got 2"),
    (1, "+", "got '\\+'"),
    (1, None, "got None"),
]


@pytest.mark.parametrize(("direction", "sign", "message"), REFUSED)
def test_refused_by_both_doors(
    scope: srm.SRMScope, direction: Any, sign: Any, message: str
) -> None:
    before = state_of(scope)
    with pytest.raises((TypeError, ValueError, IndexError), match=message) as raised:
        scope.turn_to(direction, sign)
    assert state_of(scope) == before
    assert scope.comm.updates() == []
    ask(scope, direction=direction, sign=sign)
    assert scope.error == str(raised.value)
    assert state_of(scope) | {"error": ""} == before
    (answer,) = scope.comm.updates()
    assert answer == {"error": scope.error}


def test_a_picture_that_fails_stays(scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise MemoryError("no room")

    before = state_of(scope)
    with monkeypatch.context() as patch:
        patch.setattr(srm.ResonanceEngine, "curve_steps", failing)
        with pytest.raises(MemoryError):
            scope.turn_to(3, -1)
        assert state_of(scope) == before
        ask(scope, direction=3, sign=-1)
    assert scope.error == "no room"
    assert state_of(scope) | {"error": ""} == before
    ask(scope)
    assert "direction" in scope.error


NAMES = ["cat", "dog", "Straße", "dog", "2"]
each_door = pytest.mark.parametrize(
    "pair",
    [("cat", "Straße"), ("cat", 2), (0, "Straße"), ["cat", "Straße"]],
    ids=["names", "name and number", "number and name", "list"],
)


def named(activations: np.ndarray, **more: Any) -> srm.SRMScope:
    return srm.SRMScope(activations, directions=NAMES, epsilon=0.4, **more)


@each_sign
def test_a_direction_by_its_name(activations: np.ndarray, sign: int) -> None:
    scope = named(activations, theta=1.0)
    scope.turn_to("Straße", sign)
    assert_at(scope, activations, 2, sign)
    scope.turn_to("2", sign)  # text is a name
    assert_at(scope, activations, 4, sign)
    scope.turn_to(2, sign)
    assert_at(scope, activations, 2, sign)
    ask(scope, direction="cat", sign=sign)
    assert scope.error == ""
    assert_at(scope, activations, 0, sign)


@each_door
def test_a_plane_by_names_and_numbers(activations: np.ndarray, pair: Any) -> None:
    assert named(activations, pair=pair).pair == (0, 2)
    scope = named(activations, pair=(3, 1))
    scope.pair = pair
    assert scope.pair == (0, 2)
    scope.pair = (3, 1)
    scope.set_state({"pair": list(pair)})
    assert (scope.pair, scope.error) == ((0, 2), "")
    assert state_of(scope)["pair"] == (0, 2)  # what pages are told


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("dogs", r"no direction is named 'dogs'; did you mean 'dog'\?"),
        ("Cat", r"no direction is named 'Cat'; did you mean 'cat'\?"),
        ("dog", "got 'dog', which 2 have: give one of their numbers, 1, 3"),
        ("1", "no direction is named '1'; direction 1 is given as a number, without quotes"),
    ],
)
def test_names_that_none_or_several_have(activations: np.ndarray, given: str, message: str) -> None:
    scope = named(activations, theta=1.0)
    before = state_of(scope)
    with pytest.raises(ValueError, match=message):
        scope.turn_to(given)
    with pytest.raises(ValueError, match=message):
        scope.pair = (0, given)
    with pytest.raises(ValueError, match=message):
        named(activations, pair=(given, 0))
    scope.set_state({"pair": [given, 0]})
    assert given in scope.error
    assert state_of(scope) | {"error": ""} == before


def test_among_thousands_of_names_the_nearest_is_told(spy: Any) -> None:
    names = [f"{word} {k}" for k in range(400) for word in ("grey wolf", "red fox", "owl", "cat")]
    compared = spy(difflib, "get_close_matches")
    scope = srm.SRMScope(np.eye(1600)[:3], directions=names, navigator=False, epsilon=0.5)
    with pytest.raises(ValueError, match="did you mean 'grey wolf 377'"):
        scope.turn_to("gray wolf 377")
    assert len(compared) == 1


@pytest.mark.parametrize("given", ["x", "x" * 50_000 + "7"])
def test_names_as_long_as_texts_are_told_in_short(given: str) -> None:
    names = [f"{'x' * 50_000} {k}" for k in range(4)]
    scope = srm.SRMScope(np.eye(4)[:3], directions=names, navigator=False, epsilon=0.5)
    with pytest.raises(ValueError, match="…") as refused:
        scope.turn_to(given)
    assert len(str(refused.value)) < 1000


def test_names_as_a_keyboard_types_them(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.4, pair=("b3", "b₁"))
    assert scope.pair == (3, 1)
    scope.turn_to("b4")
    assert scope.pair == (4, 3)


@pytest.mark.parametrize("pair", [(1, 4), (4, 1)])
def test_the_peak_is_the_first_angle_of_the_most_samples(
    scope: srm.SRMScope, activations: np.ndarray, pair: tuple[int, int]
) -> None:
    scope.pair, scope.theta, scope.resolution = pair, 1.0, 40
    scope.turn_to_peak()
    basis, angles = np.eye(5), 2 * np.pi * np.arange(40) / 40
    lit = oracle.cosines(activations, basis, *pair, angles).numpy() >= scope.epsilon
    assert scope.theta == pytest.approx(angles[lit.sum(axis=0).argmax()])
    assert scope.theta == scope._frame["peak_angle"]
    assert scope.n_selected == lit.sum(axis=0).max()


def test_without_anything_lit_there_is_no_peak() -> None:
    scope = srm.SRMScope(np.eye(4), pair=(0, 1), epsilon=0.9, theta=1.0)
    scope.turn_to_peak()
    assert scope.theta == 0.0  # of two equal ones, the first
    dark = srm.SRMScope(np.eye(5)[:3], pair=(3, 4), epsilon=0.9, theta=1.0)
    before = state_of(dark)
    with pytest.raises(
        ValueError, match=r"\(3, 4\) at ε = 0.9.*3 samples in 5 dim.*activations\.T"
    ):
        dark.turn_to_peak()
    tall = srm.SRMScope(np.eye(5)[[0, 1, 2, 0, 1]], pair=(3, 4), epsilon=0.9)
    with pytest.raises(ValueError, match=r"or a smaller epsilon$"):
        tall.turn_to_peak()
    assert state_of(dark) == before

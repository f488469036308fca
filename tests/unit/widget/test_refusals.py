"""Bad values: said clearly, to Python and to the page, and nothing changes."""

from __future__ import annotations

import math
import traceback
import warnings
from dataclasses import dataclass
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import pytest
import torch
import traitlets

import srm_widget as srm
from srm_widget.widget.traits import RefusedValueError
from tests.unit.support.wire import state_of

pytestmark = pytest.mark.usefixtures("wires")

ENGINE = srm.ResonanceEngine(np.random.default_rng(0).standard_normal((30, 5)))
BAD = [
    (
        "epsilon",
        1.5,
        ValueError,
        r"\[-1, 1\], got 1.5; it is the cosine of the half-angle: math.cos",
    ),
    ("epsilon", 60, ValueError, r"got 60.0; .*: math\.cos\(math\.radians\(60\)\)$"),
    ("epsilon", "aut", TypeError, r"in \[-1, 1\] or \"auto\", got 'aut'"),
    ("epsilon", math.nan, ValueError, "got nan"),
    ("epsilon", "wide", TypeError, "got 'wide'"),
    ("resolution", 3, ValueError, "4 … 2880, got 3"),
    ("resolution", 2881, ValueError, "got 2881"),
    ("resolution", 7.5, TypeError, "got 7.5"),
    ("theta", math.inf, ValueError, "got inf"),
    ("theta", "up", TypeError, "got 'up'"),
    ("pair", (2, 2), IndexError, r"0 … 4, got \(2, 2\)"),
    ("pair", (0, 5), IndexError, r"got \(0, 5\)"),
    ("pair", (0, 1, 2), TypeError, r"got \(0, 1, 2\)"),
    ("pair", ("a", 1), ValueError, "'a'"),
    ("pair", pd.DataFrame({"a": [0], "b": [1]}), TypeError, "expected a plane as a pair"),
    ("pair", [(0, 1), (1, 2)], TypeError, r"\(1, 2\)\]; planes\[0\] is the first of several"),
    ("pair", np.array([[0, 1]] * 3), TypeError, r"planes\[0\] is the first of several"),
    ("pair", ENGINE.coactive(epsilon=0.5), TypeError, r"its planes\[0\] is the first"),
    ("position", 10, ValueError, "0 … 9, got 10"),
    ("position", 1.0, TypeError, "got 1.0"),
    ("order", "best", ValueError, "'coactivation', 'peak', got 'best'"),
    ("scale", "log", ValueError, "'fraction', 'gain', got 'log'"),
    ("navigator", 1, TypeError, "as True or False, got 1"),
    ("signed", "yes", TypeError, "got 'yes'"),
    ("title", 3, TypeError, "got 3"),
    ("highlight", [300], IndexError, "0 … 299"),
    ("highlight", [-1], IndexError, "got -1"),
    ("highlight", [0.5], TypeError, "float64"),
    ("highlight", "0", TypeError, "got '0'"),
    (
        "highlight",
        np.ma.masked_array([1, 2], [False, True]),
        TypeError,
        r"rows.compressed\(\) leaves",
    ),
    ("highlight", [torch.tensor([1, 2]), torch.tensor([3])], TypeError, r"np.concatenate\(rows\)"),
    ("highlight", torch.tensor([0, 1]).to_sparse(), TypeError, r"integers, got .*to_dense\(\)"),
    ("highlight", torch.tensor([1.0]).bfloat16(), TypeError, r"rows.long\(\) makes integers"),
    ("highlight", torch.tensor([[1], [2]]), TypeError, r"rows.reshape\(-1\)"),
    ("highlight", [None], TypeError, "got None among them"),
    ("max_selected", -1, ValueError, "got -1"),
    ("labels", range(299), ValueError, "expected 300 labels, one a row of activations, got 299"),
    ("labels", [0] * 5, ValueError, r"300 labels, .* got 5; activations\.T has 5 rows"),
    ("samples", ["a"] * 5, ValueError, r"300 samples, .* got 5; activations\.T has 5 rows"),
    ("labels", "a" * 300, TypeError, "expected labels as a sequence"),
    ("samples", ["a"] * 301, ValueError, "expected 300 samples, one a row, got 301"),
    ("samples", "a" * 300, TypeError, "got 'aaa"),
    ("cloud", "stars", ValueError, "'off', 'points', 'density', 'ratio', got 'stars'"),
    ("cloud", 1, ValueError, "got 1"),
    ("by_class", "yes", TypeError, "as True or False, got 'yes'"),
    ("hidden_classes", [0], ValueError, r"without labels, got \[0\]"),
    ("hidden_classes", 0, TypeError, "as positions in the legend, got 0"),
    ("table", 1, TypeError, "as True or False, got 1"),
    ("table_by", "size", ValueError, "'purity', 'coverage', got 'size'"),
    ("table_descending", None, TypeError, "as True or False, got None"),
]
NO_KEYWORDS = {"position", "hidden_classes", "table_by", "table_descending"}
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
    [bad for bad in BAD if bad[0] not in NO_KEYWORDS],
)
def test_the_constructor_refuses_the_same(
    activations: np.ndarray, name: str, value: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        srm.SRMScope(activations, **{name: value})


def test_unknown_keyword_names_the_nearest(activations: np.ndarray) -> None:
    with pytest.raises(TypeError, match="no keyword 'epsilom'; did you mean 'epsilon'"):
        srm.SRMScope(activations, epsilom=0.3)
    for unlike in ("zzz", "y", "note", "colour"):
        given: dict[str, Any] = {unlike: 0.3}
        with pytest.raises(TypeError, match=f"no keyword '{unlike}'; there are 'basis', 'direct"):
            srm.SRMScope(activations, **given)


def test_an_attribute_that_there_is_none_of_is_refused(activations: np.ndarray) -> None:
    """Else a misspelt trait would be kept, and never be looked at."""
    scope = srm.SRMScope(activations, epsilon=0.5)
    with pytest.raises(AttributeError, match="no attribute 'epsilom'; did you mean 'epsilon'"):
        scope.epsilom = 0.3
    first, second, *_ = sorted(scope._settable)
    with pytest.raises(AttributeError, match=f"'zzz'; there are '{first}', '{second}', "):
        scope.zzz = 1
    assert not hasattr(scope, "epsilom")
    scope._of_mine = 3
    assert scope._of_mine == 3
    scope.add_traits(note=traitlets.Unicode())
    scope.note = "a trait of another"
    with pytest.raises(AttributeError, match="'epsilom'"):
        scope.epsilom = 0.3
    with scope.hold_trait_notifications(), scope.hold_sync():
        scope.epsilon = 0.4
    scope.close()


def test_a_class_of_ones_own_takes_any_attribute(activations: np.ndarray) -> None:
    class Kept(srm.SRMScope):  # type: ignore[misc]  # as users do
        def __init__(self, activations: np.ndarray) -> None:
            self.before = 1
            super().__init__(activations, epsilon=0.5)
            self.after = 2

    scope = Kept(activations)
    scope.epsilom = 3
    assert (scope.before, scope.after, scope.epsilom) == (1, 2, 3)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of bqplot, when it is imported
@pytest.mark.parametrize("kind", [srm.SRMScope, srm.SRMExplorer])
def test_traits_of_a_subclass_are_keywords_of_it(
    activations: np.ndarray, kind: type[srm.SRMScope]
) -> None:
    class Noted(kind):  # type: ignore[misc, valid-type]  # as users do
        note = traitlets.Unicode("none")

    noted = Noted(activations, note="mine", epsilon=0.5)
    assert (noted.note, Noted(activations).note) == ("mine", "none")
    assert repr(noted).startswith("Noted(")
    with pytest.raises(traitlets.TraitError, match="'note' trait of a Noted instance"):
        Noted(activations, note=3)
    with pytest.raises(TypeError, match=r"^Noted has no keyword 'epsilom'; did you mean 'epsilon'"):
        Noted(activations, epsilom=0.5)


def test_a_subclass_refuses_keywords_by_its_own_name(activations: np.ndarray) -> None:
    class Noted(srm.SRMScope):  # type: ignore[misc]  # as users do
        note = traitlets.Unicode()

    with pytest.raises(TypeError, match=r"^Noted has no keyword 'notes'; did you mean 'note'"):
        Noted(activations, notes="x")
    with pytest.raises(TypeError, match=r"^Noted has no keyword 'n_selected'"):
        Noted(activations, n_selected=3)


@pytest.mark.parametrize("given", [list("ab" * 150), [0.5] * 300, np.zeros(300), torch.zeros(300)])
def test_labels_in_the_place_of_the_basis(activations: np.ndarray, given: Any) -> None:
    with pytest.raises(TypeError, match=r"basis of directions \(M, D\), got 300 .*labels=\?"):
        srm.SRMScope(activations, given)


def test_a_column_of_arrays_is_a_basis(activations: np.ndarray) -> None:
    assert srm.SRMScope(activations, pd.Series(list(np.eye(5)[:3]))).engine.n_directions == 3


@pytest.mark.parametrize("theta", [45, -90.0, 22.5])
def test_degrees_for_theta_are_taken_and_warned_of(scope: srm.SRMScope, theta: float) -> None:
    with pytest.warns(UserWarning, match=rf"theta is in radians.*math.radians\({theta:g}\)"):
        scope.theta = theta
    assert scope.theta == pytest.approx(theta % math.tau)


def test_radians_beyond_a_full_turn_are_no_degrees(scope: srm.SRMScope) -> None:
    """As of sums of steps, and of several turns; a link from another scope sends none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for theta in [*np.linspace(0, 12 * math.pi, 50), 6.28, -math.tau]:
            scope.theta = theta


def test_a_refusal_shows_one_traceback_and_keeps_the_users_own(scope: srm.SRMScope) -> None:
    with pytest.raises(RefusedValueError) as raised:
        scope.epsilon = 2
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__

    def shown(_row: int) -> Any:
        raise ValueError("of the user's own")

    with pytest.raises(traitlets.TraitError) as raised_by_own:
        scope.samples = shown
    own = raised_by_own.value.__cause__
    assert str(own) == "of the user's own"
    assert own is not None
    assert traceback.extract_tb(own.__traceback__)[-1].name == "shown"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"directions": ["a", "b"]}, ValueError, "expected 5 names of directions, got 2"),
        ({"directions": "abcde"}, TypeError, "list of 5 names of directions, got 'abcde'"),
        ({"directions": set("abcde")}, TypeError, "got a set, which has no order"),
        ({"directions": {k: k for k in "abcde"}}, TypeError, "names of directions, got {'a'"),
        ({"directions": 5}, TypeError, "list of 5 names of directions, got 5"),
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
    scope.set_state(sent | {"_request": {"id": 6, "asked": {}}})
    assert message in scope.error
    values, answer = scope.comm.updates()
    assert values == {key: scope.get_state([key])[key] for key in sent} | (
        {"_frame": values["_frame"]} if "_frame" in sent else {}
    )
    assert answer["error"] == scope.error
    assert answer["_frame"]["request"] == 6
    assert state_of(scope) | {"error": ""} == before

    scope.set_state({"signed": True})
    assert scope.error == ""


def test_the_page_sets_nothing_that_the_kernel_shows(scope: srm.SRMScope) -> None:
    """Of the traits that begin with an underscore window and request alone are the page's."""
    hosts = set(anywidget.AnyWidget().keys) | {"_esm", "_script", "_css", "_anywidget_id"}
    hosts |= {"_window", "_request"}
    shown = [name for name in scope.keys if name.startswith("_") and name not in hosts]
    assert len(shown) > 20
    before = state_of(scope)
    for name in (*shown, "selected", "n_selected", "error"):
        scope.set_state({name: before[name]})
        assert scope.error == f"{name} is read-only for the page"
        assert state_of(scope) | {"error": ""} == before


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
    monkeypatch.setattr(srm.ResonanceEngine, "curve_steps", failing)
    with pytest.raises(MemoryError):
        scope.position = 3
    assert state_of(scope) == before
    scope.set_state({"position": 3})
    assert scope.error == "no room"
    assert state_of(scope) | {"error": ""} == before
    scope.engine.append(np.ones((1, 5), dtype=np.float32))
    assert scope.error == "no room"
    assert scope.engine.n_samples == 301


@dataclass(frozen=True)
class Holder:
    """A value that is told apart by what it holds."""

    held: Any


def test_values_nested_too_deep_for_python_are_refused_like_others(
    scope: srm.SRMScope, activations: np.ndarray
) -> None:
    """As a trait's own error, for which traitlets takes back what was set with it."""
    deep: Any = ()
    for _ in range(20_000):
        deep = (deep,)
    with pytest.raises(RefusedValueError, match="recursion"):
        scope.labels = [Holder(deep)] * len(activations)
    assert scope.labels is None

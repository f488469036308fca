"""Calls that Python refuses say what is missing, unknown, or came without its name."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.utils.calls import explain_calls, explained

ROWS = np.eye(6)
ENGINE: Any = srm.ResonanceEngine(ROWS)
SURVEY: Any = ENGINE.survey(epsilon=0.5)
TIMELINE: Any = srm.Timeline()
TIMELINE.record(ROWS)
COUNTS: Any = srm.ResonanceCounts
SRM: Any = srm
AUTO = "needs epsilon: 'auto', which the samples choose, or a number such as 0.6"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (ENGINE.survey, f"survey() {AUTO}"),
        (ENGINE.coactive, f"coactive() {AUTO}"),
        (ENGINE.survey_steps, f"survey_steps() {AUTO}"),
        (ENGINE.hubs, f"hubs() {AUTO}"),
        (lambda: ENGINE.inside(0, 1, 0.3), f"inside() {AUTO}"),
        (lambda: SRM.sharded.survey(ROWS), f"survey() {AUTO}"),
        (lambda: COUNTS(6), "ResonanceCounts needs epsilon"),
        (lambda: ENGINE.survey(n=5), "survey() has no keyword 'n'; did you mean 'top'?"),
        (lambda: ENGINE.coactive(k=5), "coactive() has no keyword 'k'; did you mean 'top'?"),
        (lambda: ENGINE.rotation_test(n=9), "has no keyword 'n'; did you mean 'rotations'?"),
        (lambda: ENGINE.ensemble(n=9), "has no keyword 'n'; did you mean 'n_planes'?"),
        (lambda: SURVEY.best(n=5), "best() has no keyword 'n'; did you mean 'top'?"),
        (lambda: ENGINE.alignment(eps=0.5), "no keyword 'eps'; did you mean 'epsilon'?"),
        (lambda: ENGINE.counts(eps=0.5), "no keyword 'eps'; did you mean 'epsilon'?"),
        (lambda: SRM.alignment(ROWS, by=1), "no keyword 'by'; there are 'activations', 'basis'"),
        (lambda: SRM.ResonanceEngine(ROWS, centre=1), "'centre'; did you mean 'center'?"),
        (
            lambda: ENGINE.alignment((0, 7)),
            "alignment() takes no argument without its name, got (0, 7); by name it takes epsilon",
        ),
        (lambda: ENGINE.survey(0.6), "without its name, got 0.6; by name it takes epsilon, reso"),
        (
            lambda: ENGINE.curve(0, 1, 0.5, 90),
            "curve() takes i, j, got 0.5, 90 beside them; by name it takes epsilon, resolution, an",
        ),
        (lambda: SRM.kurtosis(ROWS, None, 3), "takes activations, basis, got 3 beside them"),
        (
            lambda: ENGINE.curve((0, 1), epsilon=0.5),
            "curve() needs j beside i, got (0, 1) for both; *pair has the two one by one",
        ),
        (lambda: ENGINE.density(SURVEY.planes[0]), "got array([0, 1]) for both; *pair has"),
        (lambda: ENGINE.curve(0, epsilon=0.5), "curve() needs j"),
        (
            lambda: ENGINE.curve(0, 1, i=2, epsilon=0.5),
            "curve() got i by its place and by its name",
        ),
        (lambda: ENGINE.inside(0, 1, i=2), "inside() got i by its place and by its name"),
        (SURVEY.confirm, "confirm() needs activations"),
        (TIMELINE.record, "record() needs activations_or_engine"),
        (lambda: SRM.Timeline.turning(ROWS), "turning() needs rotation"),
    ],
)
def test_a_refused_call_says_what_is_wrong(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(TypeError) as refused:
        call()
    assert said in str(refused.value)
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("name", ["survey", "survey_steps", "curve", "inside", "append", "hubs"])
def test_signatures_stay_for_editors_and_the_reference(name: str) -> None:
    method = getattr(srm.ResonanceEngine, name)
    kinds = [each.kind for each in inspect.signature(method).parameters.values()]
    assert inspect.Parameter.VAR_KEYWORD not in kinds
    assert inspect.Parameter.VAR_POSITIONAL not in kinds
    assert method.__doc__
    assert method.__module__.startswith("srm_widget.engine.")
    assert "center" in inspect.signature(srm.ResonanceEngine).parameters


def test_errors_of_the_function_itself_are_left_alone() -> None:
    error = TypeError("f() missing 1 required positional argument: 'x'")

    @explained
    def f(x: int = 0) -> None:
        raise error

    with pytest.raises(TypeError) as raised:
        f(1)
    assert raised.value is error


def test_what_takes_anything_refuses_nothing() -> None:
    @explain_calls
    class Loose:
        def any(self, *given: int, last: int, **more: int) -> int:
            return sum(given) + last + sum(more.values())

        @staticmethod
        def plain(a: int) -> int:
            return a

    loose: Any = Loose()
    assert loose.any(1, 2, last=3, n=4) == 10
    assert loose.plain(3) == 3
    with pytest.raises(TypeError, match=r"^any\(\) needs last$"):
        loose.any(1, n=4)

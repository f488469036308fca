"""How far a survey is, and what becomes of it when it is ended on the way."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from tests.unit.support.plain_survey import assert_same
from tests.unit.support.survey_problems import ANCHORED, CROWDED, Sizes

ROWS = np.random.default_rng(0).standard_normal((200, 7))
NEAR = np.vstack([np.eye(7), np.eye(7)[:3] + 1e-3])
WAYS: dict[str, Sizes] = {
    "anchored": Sizes(tests=300, projected=100, crowded=ANCHORED),
    "crowded": Sizes(tests=300, crowded=CROWDED),
}
Steps = Callable[[srm.ResonanceEngine], Generator[float, None, Any]]
STEPS: dict[str, Steps] = {
    "survey": lambda engine: engine.survey_steps(epsilon=0.5),
    "curves": lambda engine: engine.curves_steps(epsilon=0.5, variant="permutation"),
}
each_way = pytest.mark.parametrize("way", WAYS)
each_kind = pytest.mark.parametrize("kind", STEPS)


@each_way
@each_kind
@pytest.mark.parametrize("basis", [None, NEAR], ids=["axes", "near"])
def test_shares_rise_to_one(way: str, kind: str, basis: Any) -> None:
    with WAYS[way].used():
        shares = list(STEPS[kind](srm.ResonanceEngine(ROWS, basis)))
    assert len(shares) > 5
    assert 0 < shares[0] < 1
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1


@each_way
def test_shares_of_new_samples_rise_to_one(way: str) -> None:
    with WAYS[way].used():
        engine = srm.ResonanceEngine(ROWS)
        engine.survey(epsilon=0.5)
        engine.append(ROWS[:40])
        shares = list(engine.survey_steps(epsilon=0.5))
    assert 0 < shares[0] <= 1
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1


def test_a_function_is_told() -> None:
    heard: list[float] = []
    engine = srm.ResonanceEngine(ROWS)
    engine.survey(epsilon=0.5, progress=heard.append)
    assert heard[-1] == 1
    heard.clear()
    engine.rotation_test(epsilon=0.5, rotations=4, progress=heard.append)
    assert heard == [0.2, 0.4, 0.6, 0.8, 1.0]
    heard.clear()
    srm.spotlight_resonance(ROWS, epsilon=0.5, progress=heard.append)
    assert heard[-1] == 1


@pytest.mark.parametrize("label", ["planes", "rotations"])
def test_true_shows_a_bar(label: str, capfd: pytest.CaptureFixture[str]) -> None:
    def ask(progress: bool | None) -> None:
        engine = srm.ResonanceEngine(ROWS)
        if label == "planes":
            engine.survey(epsilon=0.5, progress=progress)
        else:
            engine.rotation_test(epsilon=0.5, rotations=2, progress=progress)

    ask(None)
    ask(False)
    assert capfd.readouterr() == ("", "")
    ask(True)
    shown = capfd.readouterr().err
    assert label in shown
    assert "100%" in shown


def test_what_is_known_already_is_done_at_once() -> None:
    heard: list[float] = []
    engine = srm.ResonanceEngine(ROWS)
    engine.survey(epsilon=0.5)
    engine.survey(epsilon=0.5, by="peak", progress=heard.append)
    assert heard == [1]


@each_way
@pytest.mark.parametrize("turns", [1, 2, 7])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("surveyed", [False, True], ids=["first", "after another"])
def test_what_the_function_raises_ends_the_survey(
    way: str, turns: int, error: type[BaseException], surveyed: bool
) -> None:
    with WAYS[way].used():
        engine = srm.ResonanceEngine(ROWS)
        if surveyed:
            engine.survey(epsilon=0.7)
        heard: list[float] = []

        def stop(share: float) -> None:
            heard.append(share)
            if len(heard) == turns:
                raise error

        with pytest.raises(error):
            engine.survey(epsilon=0.5, progress=stop)
        assert len(heard) == turns
        assert_as_new(engine)


@each_way
@pytest.mark.parametrize("turns", [0, 1, 4])
@each_kind
def test_closed_on_the_way(way: str, turns: int, kind: str) -> None:
    with WAYS[way].used():
        engine = srm.ResonanceEngine(ROWS)
        steps = STEPS[kind](engine)
        for _ in range(turns):
            next(steps)
        steps.close()
        assert_as_new(engine)


def assert_as_new(engine: srm.ResonanceEngine) -> None:
    new = srm.ResonanceEngine(ROWS)
    for epsilon in (0.5, 0.7):
        assert_same(engine.survey(epsilon=epsilon), new.survey(epsilon=epsilon))
    one, other = (each.curve(0, 3, epsilon=0.5).counts.tolist() for each in (engine, new))
    assert one == other


@each_way
@each_kind
@pytest.mark.parametrize("turns", [1, 3])
def test_samples_appended_on_the_way_are_an_error(way: str, kind: str, turns: int) -> None:
    with WAYS[way].used():
        engine = srm.ResonanceEngine(ROWS[:150])
        steps = STEPS[kind](engine)
        for _ in range(turns):
            next(steps)
        engine.append(ROWS[150:])
        with pytest.raises(RuntimeError, match="samples were appended"):
            list(steps)
        assert_as_new(engine)


def test_two_surveys_in_turns_do_not_mix() -> None:
    with WAYS["anchored"].used():
        engine = srm.ResonanceEngine(ROWS)
        running = [engine.survey_steps(epsilon=epsilon) for epsilon in (0.5, 0.7)]
        results: list[Any] = [None, None]
        while None in results:
            for k, steps in enumerate(running):
                try:
                    next(steps)
                except StopIteration as end:
                    results[k] = results[k] or end.value
        new = srm.ResonanceEngine(ROWS)
        for found in results:
            assert_same(found, new.survey(epsilon=found.epsilon))
        assert_as_new(engine)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"by": "height"}, ValueError, "'alignment', 'coactivation', 'peak', got 'height'"),
        (
            {"by": "gain"},
            ValueError,
            "by='peak', got 'gain': .*orders them exactly as the peak does",
        ),
        ({"by": None}, ValueError, "got None"),
        ({"variant": "all"}, ValueError, "'combination', 'permutation', got 'all'"),
        ({"top": -1}, ValueError, "top ≥ 0, got -1"),
        ({"top": 1.5}, TypeError, "integer top ≥ 0, got 1.5"),
        ({"progress": "yes"}, TypeError, "True, False or a function, got 'yes'"),
        ({"progress": 1}, TypeError, "True, False or a function, got 1"),
        ({"epsilon": 1.5}, ValueError, r"\[-1, 1\], got 1.5"),
        ({"resolution": 3}, ValueError, "resolution ≥ 4, got 3"),
    ],
)
def test_refusals_repeat_what_came(
    asked: dict[str, Any], error: type[Exception], message: str
) -> None:
    engine = srm.ResonanceEngine(ROWS)
    with pytest.raises(error, match=message):
        engine.survey(**{"epsilon": 0.5, **asked})


def test_an_engine_without_samples_has_no_planes_to_survey() -> None:
    engine = srm.ResonanceEngine(basis=np.eye(3))
    for ask in (engine.survey, engine.rotation_test):
        with pytest.raises(ValueError, match="at least one sample"):
            ask(epsilon=0.5)

"""Steps recorded, and their alignment, against the engines of the steps themselves."""

from __future__ import annotations

from itertools import combinations
from typing import Any, cast

import numpy as np
import pytest

import srm_widget as srm
from srm_widget import Survey
from srm_widget.engine.timeline import Timeline
from tests.unit.support.growing import rows, timeline


def mean_alignment(curves: list[srm.Resonance]) -> float:
    """Alignment of planes together, each weighed by its lit samples."""
    n_lit = [int(curve.n_lit[0]) for curve in curves]
    return float(np.average([curve.alignment[0] for curve in curves], weights=n_lit))


def test_steps_are_numbered_or_named() -> None:
    made = Timeline()
    assert (len(made), made.labels, list(made)) == (0, [], [])
    engine = srm.ResonanceEngine(rows(0))
    made.record(engine)
    made.record(rows(1), label="epoch 1")
    made.record(rows(2).tolist(), basis=srm.basis.rotated(5, seed=0))
    assert len(made) == 3
    assert made.labels == ["0", "epoch 1", "2"]
    assert made[0] is engine
    assert list(made) == [made[0], made[1], made[-1]]
    assert made[2].basis.name == "rotated basis"
    assert repr(made) == "Timeline(3 steps: '0' … '2', 5 directions)"


@pytest.mark.parametrize("epsilon", [0.4, 0.75])
def test_alignment_is_that_of_every_step(epsilon: float) -> None:
    made = timeline(4)
    for pair in [(0, 1), (4, 2)]:
        found = made.alignment(*pair, epsilon=epsilon)
        curves = [engine.curve(*pair, epsilon=epsilon) for engine in made]
        np.testing.assert_array_equal(found, [curve.alignment[0] for curve in curves])
    together = made.ensemble(epsilon=epsilon)
    for engine, one in zip(made, together, strict=True):
        planes = combinations(range(5), 2)
        curves = [engine.curve(*pair, epsilon=epsilon) for pair in planes]
        assert one == pytest.approx(mean_alignment(curves), abs=1e-15)
    assert (np.diff(together) > 0).all()


def test_the_layers_alignment_needs_no_epsilon() -> None:
    made = timeline(4)
    together = made.ensemble()
    for engine, one in zip(made, together, strict=True):
        raw = engine.unit_rows(range(engine.n_samples))
        assert one == engine.alignment() == pytest.approx(float(srm.alignment(raw)), abs=1e-6)
    assert (np.diff(together) > 0).all()
    made.record(rows(1), basis=srm.basis.thomson(5, 5, seed=0))
    with pytest.raises(ValueError, match=r"orthonormal basis .* epsilon='auto'"):
        made.ensemble()


def test_directions_need_not_be_orthogonal() -> None:
    skewed = srm.basis.thomson(6, 5, seed=0)
    made = Timeline()
    for step in range(3):
        made.record(rows(step), basis=skewed)
    found = made.alignment(1, 4, epsilon=0.6)
    for engine, one in zip(made, found, strict=True):
        assert one == engine.curve(1, 4, epsilon=0.6).alignment[0]
        assert one == mean_alignment([engine.curve(4, 1, epsilon=0.6)])


@pytest.mark.parametrize("kind", [list, np.asarray], ids=["list", "array"])
def test_each_step_can_have_an_epsilon_of_its_own(kind: Any) -> None:
    made = timeline(4)
    own = made.auto_epsilons()
    assert own.tolist() == [engine.auto_epsilon() for engine in made]
    assert len(set(own)) > 1
    given = kind(own.tolist())
    found = made.alignment(4, 2, epsilon=given), made.ensemble(epsilon=given)
    for k, engine in enumerate(made):
        assert found[0][k] == engine.curve(4, 2, epsilon=own[k]).alignment[0]
        assert found[1][k] == engine.alignment(epsilon=own[k])
    assert list(made.auto_epsilons_steps()) == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.usefixtures("as_users")
def test_epsilons_are_as_many_as_steps_and_in_range() -> None:
    made = timeline(3)
    for wrong in ([0.5, 0.6], [0.5] * 4, [], np.full((3, 1), 0.5)):
        for ask in (made.ensemble, lambda epsilon: made.alignment(0, 1, epsilon=epsilon)):
            with pytest.raises(ValueError, match=r"one epsilon, or 3, .* auto_epsilons\(\), got"):
                ask(epsilon=wrong)
    with pytest.raises(ValueError, match=r"epsilon in \[-1, 1\], got 1.5"):
        made.ensemble(epsilon=[0.5, 1.5, 0.5])
    with pytest.raises(ValueError, match=r"or 3, .* got \[\[0.5\], \[0.5, 1\]\], of rows of diff"):
        made.ensemble(epsilon=cast("Any", [[0.5], [0.5, 1]]))
    with pytest.raises(IndexError, match="at least one step"):
        Timeline().ensemble(epsilon=[0.5])
    assert Timeline().auto_epsilons().tolist() == []


def test_auto_is_the_epsilon_of_the_last_step() -> None:
    made = timeline()
    fixed = made[-1].auto_epsilon()
    np.testing.assert_array_equal(
        made.ensemble(epsilon="auto"), made.ensemble(epsilon=fixed, progress=lambda _share: None)
    )
    np.testing.assert_array_equal(
        made.alignment(0, 1, epsilon="auto"), made.alignment(0, 1, epsilon=fixed)
    )


def test_what_is_not_there_is_nan() -> None:
    made = timeline(1)
    made.record(rows(1), basis=np.vstack([np.eye(5)[:4], np.eye(5)[0]]))
    found = made.alignment(0, 4, epsilon=0.5)
    assert np.isfinite(found[0])
    assert np.isnan(found[1])
    assert np.isfinite(made.alignment(0, 1, epsilon=0.5)).all()
    dark = Timeline()
    dark.record(np.full((3, 4), 1.0))
    assert np.isnan(dark.alignment(0, 1, epsilon=0.9)).all()
    assert np.isnan(dark.ensemble(epsilon=0.9)).all()


def test_nothing_is_computed_again_but_for_appended_samples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = timeline()
    asked: list[str] = []
    for name in ("curve", "alignment_steps"):
        original = getattr(srm.ResonanceEngine, name)

        def recorded(
            engine: Any, *one: Any, _name: str = name, _of: Any = original, **more: Any
        ) -> Any:
            asked.append(_name)
            return _of(engine, *one, **more)

        monkeypatch.setattr(srm.ResonanceEngine, name, recorded)
    made.alignment(0, 1, epsilon=0.5)
    made.ensemble(epsilon=0.5)
    assert asked == ["curve"] * 3 + ["alignment_steps"] * 3
    asked.clear()
    before = made.alignment(1, 0, epsilon=0.5), made.ensemble(epsilon=0.5)
    assert asked == []
    made[1].append(rows(7))
    after = made.alignment(1, 0, epsilon=0.5), made.ensemble(epsilon=0.5)
    assert asked == ["curve", "alignment_steps"]
    for one, other in zip(before, after, strict=True):
        assert (one != other).tolist() == [False, True, False]


def test_progress_rises_to_one_and_may_end_the_work() -> None:
    shares: list[float] = []
    timeline().ensemble(epsilon=0.5, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1

    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        timeline().ensemble(epsilon=0.5, progress=stop)


def test_a_survey_that_is_known_is_taken() -> None:
    made = timeline(1)
    survey: Survey = made[0].survey(epsilon=0.5)
    step = made.step(0)
    step.note_survey(survey)
    assert step.known_layer(0.5) == survey.alignment == made[0].alignment(epsilon=0.5)
    assert step.known_layer(None) == survey.fourth_moment_alignment == made[0].alignment()
    made[0].append(rows(3))
    assert step.known_layer(0.5) is step.known_layer(None) is None


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        (
            (rows(0, n_dims=4), "epoch 1"),
            ValueError,
            r"5 directions.*got 4 in step 1",
        ),
        ((rows(0), 3), TypeError, "label of step 1 as a string, got 3"),
        ((None,), TypeError, "got None"),
        ((np.zeros((2, 3, 4)),), ValueError, r"\(N, D\), got \(2, 3, 4\)"),
        ((srm.ResonanceEngine(rows(0)), "x", np.eye(5)), TypeError, "no basis beside an engine"),
        ((srm.ResonanceEngine(basis=np.eye(5)),), ValueError, "at least one sample"),
    ],
)
def test_a_refused_step_leaves_the_timeline_as_it_was(
    arguments: tuple[Any, ...], kind: type[Exception], said: str
) -> None:
    made = timeline(1)
    heard: list[int] = []

    class Listener:
        def hear(self) -> None:
            heard.append(len(made))

    listener = Listener()
    made.listeners.add(listener.hear)
    with pytest.raises(kind, match=said):
        made.record(*arguments)
    assert (len(made), heard) == (1, [])
    made.record(rows(1))
    assert heard == [2]


def test_steps_out_of_range_are_refused() -> None:
    with pytest.raises(IndexError, match="at least one step"):
        Timeline().alignment(0, 1, epsilon=0.5)
    with pytest.raises(IndexError, match=r"0 … 1, got 2"):
        timeline(2)[2]
    with pytest.raises(IndexError, match=r"got \(0, 5\)"):
        timeline(2).alignment(0, 5, epsilon=0.5)
    with pytest.raises(ValueError, match="epsilon"):
        timeline(2).alignment(0, 1, epsilon=1.5)


def test_an_engine_made_here_keeps_little() -> None:
    made = Timeline()
    made.record(np.random.default_rng(0).standard_normal((20_000, 64)).astype(np.float32))
    for i in range(63):
        made[0].curve(i, i + 1, epsilon=0.0)
    held = 20_000 * 64 * 4
    assert made[0].nbytes <= 2.1 * held + 20_000 * 8

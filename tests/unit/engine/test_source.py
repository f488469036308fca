"""Samples and counts behind one interface, and questions asked in one go and in steps."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.engine.as_source import as_source, as_step_source
from srm_widget.engine.counts_source import CountsSource
from srm_widget.engine.source import ResonanceSource
from tests.unit.support.growing import rows

LEVELS, K = (0.5, 0.8), 72
TWINS = sorted(
    name.removesuffix("_steps")
    for name in dir(ResonanceSource)
    if name.endswith("_steps") and not name.startswith("_")
)


def engine(*activations: Any) -> ResonanceSource:
    made = srm.ResonanceEngine()
    for batch in activations or [rows(0)]:
        made.append(batch)
    return as_source(made)


def counts(*activations: Any, **options: Any) -> ResonanceSource:
    made = srm.ResonanceCounts(**{"epsilon": LEVELS, "resolution": K, **options})
    for batch in activations or [rows(0)]:
        made.append(batch)
    return as_source(made)


either = pytest.mark.parametrize("make", [engine, counts])


@pytest.mark.parametrize("missing", sorted(ResonanceSource.__abstractmethods__))
def test_a_source_that_lacks_an_answer_can_not_be_made(missing: str) -> None:
    answers = {name: None for name in ResonanceSource.__abstractmethods__ if name != missing}
    incomplete = type("Incomplete", (ResonanceSource,), answers)
    with pytest.raises(TypeError, match=f"abstract.* {missing}\\b|'{missing}'"):
        incomplete()
    assert type("Complete", (incomplete,), {missing: None})()


def test_the_questions_that_take_long_are_those_that_views_ask() -> None:
    assert TWINS == [
        "alignment",
        "beam",
        "class_curves",
        "coactive",
        "curve",
        "density",
        "directions",
        "ensemble_density",
        "reach",
        "rotation_test",
        "significance",
        "survey",
    ]


@pytest.mark.parametrize("name", [*TWINS, "curves"])
def test_a_question_has_one_signature_and_one_docstring(name: str) -> None:
    steps = getattr(srm.ResonanceEngine, f"{name}_steps")
    if name == "curves":  # `spotlight_resonance` is the same in one go
        assert not hasattr(srm.ResonanceEngine, name)
        return
    asked = getattr(srm.ResonanceEngine, name)
    in_one_go, in_steps = inspect.signature(asked), inspect.signature(steps)
    assert in_one_go.parameters == in_steps.parameters
    assert in_one_go.return_annotation == get_args(in_steps.return_annotation)[-1]
    assert (asked.__name__, asked.__module__) == (name, steps.__module__)
    documented = inspect.getdoc(asked)
    assert documented is not None
    sections = (inspect.getdoc(steps) or "").split("\n\n")
    yields = [section for section in sections if section.startswith("Yields\n------\n")]
    assert len(yields) == 1
    assert documented == "\n\n".join(section for section in sections if section not in yields)
    assert "Parameters\n----------" in documented


@either
def test_a_source_says_what_it_is_of(make: Callable[..., ResonanceSource]) -> None:
    batch = rows(0).copy()
    batch[3], batch[7, 1] = 0.0, np.nan
    source = make(rows(1)) if make is engine else counts(rows(1), nan_policy="drop")
    if make is engine:
        source = as_source(srm.ResonanceEngine(rows(1), nan_policy="drop"))
    source.append(batch)
    n = len(rows(1)) + len(batch)
    assert (source.n_rows, source.n_samples, source.n_dropped, source.n_zero) == (n, n - 1, 1, 1)
    assert (source.n_dims, source.n_directions, source.n_planes) == (5, 5, 10)
    assert source.basis.n_directions == 5
    assert source.first_plane() == (0, 1)


@either
def test_a_source_tells_of_samples_that_came(make: Callable[..., ResonanceSource]) -> None:
    class Listener:
        heard = 0

        def hear(self) -> None:
            self.heard += 1

    source, listener = make(), Listener()
    source.listeners.add(listener.hear)
    source.append(rows(1))
    assert listener.heard == 1
    assert source.n_samples == len(rows(0)) + len(rows(1))


@either
@pytest.mark.parametrize("epsilon", LEVELS)
def test_a_source_counts_what_an_engine_counts(
    make: Callable[..., ResonanceSource], epsilon: float
) -> None:
    source, expected = make(), srm.ResonanceEngine(rows(0))
    own = {} if source.fixed_resolution is not None else {"resolution": K}
    found, curve = (each.curve(2, 1, epsilon=epsilon, resolution=K) for each in (source, expected))
    assert found.counts.tolist() == curve.counts.tolist()
    assert source.curve(2, 1, epsilon=epsilon, **own).counts.tolist() == curve.counts.tolist()
    surveys = [each.survey(epsilon=epsilon, resolution=K, top=3) for each in (source, expected)]
    assert surveys[0].mean.tolist() == surveys[1].mean.tolist()
    assert surveys[0].best().planes.tolist() == surveys[1].best().planes.tolist()
    theta = np.radians(35)
    assert source.beam(2, 1, theta, epsilon=epsilon).n_lit == curve.counts[0, 7]
    assert source.resolved_epsilon(epsilon) == epsilon
    assert -1 <= source.resolved_epsilon("auto") == source.auto_epsilon() <= 1


@either
@pytest.mark.usefixtures("as_users")
def test_a_survey_is_reported_in_one_go_and_in_steps(
    make: Callable[..., ResonanceSource],
) -> None:
    for ask in (lambda s, f: s.survey(epsilon=0.5, progress=f), in_steps):
        shares: list[float] = []
        ask(make(), shares.append)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
    with pytest.raises(TypeError, match="progress as True, False or a function, got 3"):
        make().survey_steps(epsilon=0.5, progress=3)  # type: ignore[arg-type]


def in_steps(source: ResonanceSource, report: Callable[[float], object]) -> None:
    assert list(source.survey_steps(epsilon=0.5, progress=report))[-1] == 1.0


def test_an_engine_answers_all_and_counts_what_was_counted() -> None:
    whole, some = engine(), counts(planes=[(2, 3), (0, 4)])
    assert (whole.has_samples, whole.has_survey, whole.levels) == (True, True, [])
    assert (whole.fixed_resolution, whole.counted_angle(0.3)) == (None, None)
    assert (some.has_samples, some.has_survey, some.levels) == (False, False, [0.5, 0.8])
    assert some.fixed_resolution == K
    for degrees, nearest in [(0, 0), (12, 10), (13, 15), (358, 0)]:
        assert some.counted_angle(np.radians(degrees)) == pytest.approx(np.radians(nearest))
    assert (whole.first_plane(), some.first_plane()) == ((0, 1), (2, 3))
    assert whole.questions is None
    assert counts().has_survey
    assert not counts(variant="permutation").has_survey


def test_the_first_plane_is_one_that_two_directions_span() -> None:
    parallel = np.array([[1.0, 0.0], [-2.0, 0.0], [1.0, 1.0]])
    assert srm.ResonanceEngine(np.eye(2), parallel).first_plane() == (0, 2)
    with pytest.raises(ValueError, match="got 2 parallel ones"):
        srm.ResonanceEngine(np.eye(2), parallel[:2]).first_plane()


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ({}, True),
        ({"epsilon": LEVELS[::-1]}, True),
        ({"epsilon": 0.5}, False),
        ({"resolution": 36}, False),
        ({"variant": "permutation"}, False),
        ({"planes": [(0, 1)]}, False),
    ],
)
def test_counts_of_the_same_have_the_same_questions(options: dict[str, Any], same: bool) -> None:
    assert (counts(rows(1), **options).questions == counts().questions) is same
    assert counts(**options).questions is not None


def test_what_a_survey_and_a_curve_cost() -> None:
    whole, n = engine(), len(rows(0))
    assert (whole.survey_cost(0.05), whole.survey_cost(0.049)) == (5 * n, 10 * n)
    assert whole.n_to_read(0, 1, epsilon=0.5) == n
    assert (counts().survey_cost(0.01), counts().n_to_read(0, 1, epsilon=0.5)) == (0, 0)


@either
def test_rows_are_those_of_the_samples_kept(make: Callable[..., ResonanceSource]) -> None:
    source = make()
    n = len(rows(0)) if source.has_samples else 0
    assert source.rows.tolist() == list(range(n))
    assert len(source.evenly_spaced(7)) == min(n, 7)
    assert source.checked_rows([]).tolist() == []
    assert source.unit_rows([]).shape == (0, 5)
    assert source.coordinates(0, 1, []).shape == (0, 2)
    assert len(source.radii(0, 1)) == n
    assert source.density(0, 1, bins=4).counts.sum() == n
    with pytest.raises(IndexError):
        source.checked_rows([n])


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda s: s.class_curves(0, 1, [0] * s.n_rows, epsilon=0.5), "samples for classes"),
        (lambda s: s.directions(epsilon=0.5), "samples for the table of directions"),
        (lambda s: s.inside(0, 1, 0.0, epsilon=0.5), "samples for those inside the spotlight"),
        (lambda s: s.curve(0, 1, epsilon=0.5, resolution=36), "resolution counted, 72, got 36"),
        (lambda s: s.curve(0, 1, epsilon=0.5, angles=[0.1]), "counted, 72, got other angles"),
        (lambda s: s.curve(0, 1, epsilon=0.6), "one of those counted, 0.5, 0.8, got 0.6"),
        (lambda s: s.density(0, 1, bins=0), "bins ≥ 1, got 0"),
    ],
)
def test_what_counts_can_not_answer_is_refused(
    ask: Callable[[ResonanceSource], object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        ask(counts())


def test_what_a_user_gives_becomes_a_source() -> None:
    whole, made = srm.ResonanceEngine(rows(0)), srm.ResonanceCounts(5, epsilon=0.5)
    made.append(rows(0))
    assert as_source(whole) is whole is whole.original
    found = as_source(made)
    assert found.original is made
    assert as_source(found) is found
    assert as_step_source(found, None) is found
    assert as_source(rows(0)).n_samples == len(rows(0))
    for given in (whole, made, found):
        for convert in (as_source, as_step_source):
            with pytest.raises(TypeError, match="no basis beside"):
                convert(given, np.eye(5))
    for convert in (as_source, as_step_source):
        with pytest.raises(TypeError, match="got None"):
            convert(None, None)
        with pytest.raises(ValueError, match="at least one sample"):
            convert(srm.ResonanceEngine(basis=np.eye(5)), None)
    assert isinstance(found, CountsSource)

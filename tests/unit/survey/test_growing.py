"""Samples that come after a survey: only they are searched, and nothing shows it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.samples import projections
from srm_widget.survey import anchors, arc_counts, search
from tests.unit.support.cases import split
from tests.unit.support.plain_survey import MEASURES, VARIANTS, assert_equal, assert_same, plain
from tests.unit.support.survey_problems import ANCHORED, CROWDED, SIZES, Problem, Sizes, problems

Watch = Callable[..., list[tuple[Any, ...]]]
ROWS = np.random.default_rng(1).standard_normal((300, 6))
NEAR = np.vstack([np.eye(6), np.eye(6)[:2] + 1e-3])
ASKED: dict[str, Any] = {"epsilon": 0.55, "resolution": 36}


@settings(max_examples=40)
@given(
    problem=problems(max_samples=30),
    sizes=SIZES,
    cuts=st.lists(st.integers(0, 50), max_size=4),
    budget=st.sampled_from([None, 0, 400, 4000]),
)
def test_any_way_of_growing_gives_what_one_go_gives(
    problem: Problem, sizes: Sizes, cuts: list[int], budget: int | None
) -> None:
    assume(problem.is_clear())
    with sizes.used():
        engine = srm.ResonanceEngine(basis=problem.basis, cache_bytes=budget)
        for part in split(problem.samples, cuts):
            engine.append(part)
            engine.survey(**problem.asked)
        assert_same(engine.survey(**problem.asked), problem.engine().survey(**problem.asked))


@pytest.mark.parametrize("crowded", [ANCHORED, CROWDED], ids=["anchored", "crowded"])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    "basis", [None, srm.basis.simplex(6), NEAR], ids=["axes", "simplex", "near"]
)
def test_growing_equals_the_loop(basis: Any, variant: str, crowded: float) -> None:
    with Sizes(crowded=crowded, tests=500).used():
        engine = srm.ResonanceEngine(ROWS[:200], basis)
        for k in range(200, 301, 20):
            found = engine.survey(**ASKED, variant=variant)
            assert found.n_samples == k
            again = engine.survey(**ASKED, variant=variant, by="peak", top=5)
            assert_same(
                again,
                srm.ResonanceEngine(ROWS[:k], basis).survey(
                    **ASKED, variant=variant, by="peak", top=5
                ),
            )
            if k < 300:
                engine.append(ROWS[k : k + 20])
        assert_equal(found, plain(engine, **ASKED, variant=variant))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("sparse", [1, 4, 1 << 40])
@pytest.mark.parametrize("tests", [3000, 1 << 20], ids=["many blocks", "few blocks"])
def test_the_same_question_again_has_the_same_answer(variant: str, sparse: int, tests: int) -> None:
    rows = np.random.default_rng(0).standard_normal((30, 20))
    basis = np.vstack([np.eye(20), np.eye(20)[:1] + 1e-3])
    with Sizes(sparse=sparse, tests=tests).used():
        engine = srm.ResonanceEngine(rows, basis)
        asked: dict[str, Any] = {"epsilon": 0.5, "resolution": 24, "variant": variant}
        first = engine.survey(**asked)
        for by in MEASURES:
            again = engine.survey(**asked, by=by)
            assert again.by == by
            for own, other in zip(again.lit, first.lit, strict=True):
                assert own.tolist() == other.tolist()
            assert again.total.tolist() == first.total.tolist()
            assert again.squares.tolist() == first.squares.tolist()


class Searched:
    """How many samples were looked at since the last look."""

    def __init__(self, spy: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
        self._columns = 0
        self.anchors = spy(anchors.Anchors, "search")
        self.arcs = spy(arc_counts, "lit_arcs")
        for name in ("rows", "chunks"):
            self._count(monkeypatch, name)

    def _count(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        original = getattr(projections.Projections, name)

        def counted(store: projections.Projections, since: int, *more: int) -> Any:
            self._columns += len(store._store) - since
            yield from original(store, since, *more)

        monkeypatch.setattr(projections.Projections, name, counted)

    def samples(self) -> int:
        columns, self._columns = self._columns, 0
        self.arcs.clear()
        return columns


@pytest.fixture
def searched(spy: Watch, monkeypatch: pytest.MonkeyPatch) -> Searched:
    return Searched(spy, monkeypatch)


@pytest.mark.parametrize("epsilon", [0.6, -0.1], ids=["anchored", "crowded"])
def test_only_new_samples_are_searched(searched: Searched, epsilon: float) -> None:
    engine = srm.ResonanceEngine(ROWS)
    engine.survey(epsilon=epsilon)
    assert searched.samples() == 300
    engine.survey(epsilon=epsilon, by="peak", top=3)
    assert searched.samples() == 0
    engine.append(ROWS[:7])
    engine.survey(epsilon=epsilon)
    assert sum(len(call[0]) for call in searched.arcs) <= 7 * engine.n_planes
    assert searched.samples() == 7
    engine.survey(epsilon=epsilon - 0.05)
    assert searched.samples() == 307


@pytest.mark.parametrize(
    "other", [{"epsilon": 0.5}, {"resolution": 30}, {"variant": "permutation"}]
)
def test_another_question_is_searched_in_whole(searched: Searched, other: dict[str, Any]) -> None:
    engine = srm.ResonanceEngine(ROWS)
    engine.survey(**ASKED)
    searched.samples()
    found = engine.survey(**{**ASKED, **other})
    assert searched.samples() == 300
    assert_same(found, srm.ResonanceEngine(ROWS).survey(**{**ASKED, **other}))


def test_what_does_not_fit_is_searched_again(searched: Searched) -> None:
    engine = srm.ResonanceEngine(ROWS, cache_bytes=100)
    held = engine.nbytes
    first = engine.survey(**ASKED)
    assert engine.nbytes == held
    searched.samples()
    assert_same(engine.survey(**ASKED), first)
    assert searched.samples() == 300
    assert engine.nbytes == held


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("budget", [0, 2_000, 40_000, 400_000])
def test_what_is_kept_is_bounded(variant: str, budget: int) -> None:
    engine = srm.ResonanceEngine(basis=srm.basis.rotated(6, 0), cache_bytes=budget)
    for _ in range(3):
        engine.append(ROWS)
        for epsilon in (0.8, 0.5, -0.5):
            before = engine._store.nbytes
            engine.survey(epsilon=epsilon, resolution=90, variant=variant)
            engine.curve(0, 1, epsilon=epsilon)
            assert engine._store.nbytes == before
            assert engine.nbytes <= before + budget


def test_a_result_does_not_change_when_samples_come() -> None:
    engine = srm.ResonanceEngine(ROWS)
    found = engine.survey(**ASKED)
    before = found.total.tolist(), found.lit.fourfold.tolist(), found.lit.peak.tolist()
    engine.append(ROWS)
    engine.survey(**ASKED)
    assert (found.total.tolist(), found.lit.fourfold.tolist(), found.lit.peak.tolist()) == before


def test_a_broken_off_survey_leaves_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = srm.ResonanceEngine(ROWS)
    engine.survey(**ASKED)
    engine.append(ROWS[:50])

    def failing(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search.PlaneSearch, "_may_be_lit", failing)
        with pytest.raises(KeyboardInterrupt):
            engine.survey(**ASKED)
    expected = srm.ResonanceEngine(np.vstack([ROWS, ROWS[:50]])).survey(**ASKED)
    assert_same(engine.survey(**ASKED), expected)

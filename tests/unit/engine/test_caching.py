"""What is kept, how much of it, and what is computed again when something changes."""

import gc
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.engine import sample_set
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.plane import plane_counts
from srm_widget.samples import store
from srm_widget.samples.coordinates import StoreBlock, VectorProjection
from srm_widget.survey import arc_counts

Watch = Callable[..., list[tuple[Any, ...]]]
MANY = 80
ROWS = np.random.default_rng(2).standard_normal((MANY, 5))


class Work:
    """How much was computed since the last look."""

    def __init__(self, spy: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
        self._projected: list[int] = []
        self._calls = {
            "arcs": spy(plane_counts, "lit_arcs"),
            "counts": spy(AngularGrid, "count"),
            "normalised": spy(store, "normalised"),
        }
        original = VectorProjection.extend

        def extend(column: VectorProjection, block: StoreBlock, stop: int) -> None:
            before = column.n_samples
            original(column, block, stop)
            self._projected.append(column.n_samples - before)

        monkeypatch.setattr(VectorProjection, "extend", extend)

    def done(self) -> dict[str, int]:
        """Samples normalised, projected and given arcs; and how often arcs were counted."""
        done = {
            "projected": sum(self._projected),
            "arcs": sum(len(call[0]) for call in self._calls["arcs"]),
            "counts": len(self._calls["counts"]),
            "normalised": sum(len(call[0]) for call in self._calls["normalised"]),
        }
        self._projected.clear()
        for calls in self._calls.values():
            calls.clear()
        return {what: much for what, much in done.items() if much}


@pytest.fixture
def work(spy: Watch, monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(spy, monkeypatch)


@pytest.fixture
def warm(work: Work) -> srm.ResonanceEngine:
    engine = srm.ResonanceEngine(ROWS, srm.basis.rotated(5, 3))
    assert work.done() == {"normalised": MANY}
    engine.curve(0, 1, epsilon=0.5, resolution=16)
    first = work.done()
    assert first.pop("counts") >= 1
    assert first == {"projected": 2 * MANY, "arcs": MANY}
    return engine


def test_the_same_question_costs_nothing(warm: srm.ResonanceEngine, work: Work) -> None:
    warm.curve(0, 1, epsilon=0.5, resolution=16)
    assert work.done() == {}


def test_epsilon_does_not_project_again(warm: srm.ResonanceEngine, work: Work) -> None:
    warm.curve(0, 1, epsilon=0.6, resolution=16)
    done = work.done()
    assert done.pop("counts") >= 1
    assert done == {"arcs": MANY}


@pytest.mark.parametrize("grid", [{"resolution": 40}, {"angles": [0.1, 5.0]}])
def test_angles_only_count_again(
    warm: srm.ResonanceEngine, work: Work, grid: dict[str, Any]
) -> None:
    warm.curve(0, 1, epsilon=0.5, **grid)
    assert set(work.done()) == {"counts"}


@pytest.mark.parametrize(("pair", "columns"), [((0, 2), 1), ((3, 4), 2), ((4, 0), 1)])
def test_another_plane_projects_what_is_new_to_it(
    warm: srm.ResonanceEngine, work: Work, pair: tuple[int, int], columns: int
) -> None:
    warm.curve(*pair, epsilon=0.5, resolution=16)
    assert work.done()["projected"] == columns * MANY


def test_the_axes_are_not_projected_on(work: Work) -> None:
    srm.ResonanceEngine(ROWS).curve(0, 1, epsilon=0.5)
    assert "projected" not in work.done()


def test_the_mirror_costs_nothing_where_the_grid_allows(
    warm: srm.ResonanceEngine, work: Work
) -> None:
    warm.curve(1, 0, epsilon=0.5, resolution=16)
    assert work.done() == {}


def test_inside_does_with_the_arcs(warm: srm.ResonanceEngine, work: Work) -> None:
    warm.inside(0, 1, 1.0, epsilon=0.5)
    assert work.done() == {}


def test_appended_samples_alone_are_computed(warm: srm.ResonanceEngine, work: Work) -> None:
    warm.append(ROWS[:7])
    assert work.done() == {"normalised": 7}
    warm.curve(0, 1, epsilon=0.5, resolution=16)
    done = work.done()
    assert done.pop("counts") >= 1
    assert done == {"projected": 2 * 7, "arcs": 7}


def test_all_permutations_compute_a_plane_once(spy: Watch) -> None:
    calls = spy(arc_counts, "lit_arcs")
    srm.spotlight_resonance(ROWS, variant="permutation", epsilon=0.1, resolution=360)
    assert sum(len(call[0]) for call in calls) <= 10 * MANY


@pytest.mark.parametrize("least", [40_000, 1 << 24], ids=["room for one plane", "room for all"])
def test_planes_one_by_one_compute_each_and_its_mirror_once(
    work: Work, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    monkeypatch.setattr(sample_set, "_MIN_CACHE_BYTES", least)
    listed = plane_index.all_pairs(5, "permutation").tolist()
    srm.spotlight_resonance(ROWS, planes=listed, epsilon=0.1, resolution=360)
    assert work.done()["arcs"] <= 10 * MANY


@pytest.mark.parametrize("budget", [0, 5_000, 60_000])
@pytest.mark.parametrize("basis", [None, srm.basis.thomson(6, 5, 0)], ids=["axes", "thomson"])
def test_what_is_kept_is_bounded(budget: int, basis: Any) -> None:
    rows = np.random.default_rng(0).standard_normal((500, 5))
    engine = srm.ResonanceEngine(rows, basis, cache_bytes=budget)
    held = engine.nbytes
    assert held == rows.nbytes + 8 * len(rows)
    for i, j in permutations(range(4), 2):
        for epsilon in (-0.5, 0.3):
            engine.curve(i, j, epsilon=epsilon, resolution=64)
            engine.curve(i, j, epsilon=epsilon, angles=np.arange(50.0))
            engine.inside(i, j, 0.4, epsilon=epsilon)
            assert engine.nbytes <= held + budget


def test_what_is_kept_is_bounded_by_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_set, "_MIN_CACHE_BYTES", 0)
    engine = srm.ResonanceEngine(basis=srm.basis.rotated(5, 0))
    for _ in range(4):
        engine.append(ROWS)
        for j in range(1, 5):
            engine.curve(0, j, epsilon=0.2)
            samples_held = engine.n_samples * 5 * 8
            # The store may have grown ahead of its samples, to twice them at most.
            assert engine.nbytes <= 2 * (samples_held + 8 * engine.n_samples) + samples_held


def test_a_negative_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="≥ 0, got -1"):
        srm.ResonanceEngine(ROWS, cache_bytes=-1)


class Listener:
    def __init__(self) -> None:
        self.heard = 0

    def hear(self) -> None:
        self.heard += 1


def test_listeners_hear_of_samples_while_they_live() -> None:
    engine = srm.ResonanceEngine(ROWS)
    stays, goes = Listener(), Listener()
    engine.listeners.add(stays.hear)
    engine.listeners.add(goes.hear)
    engine.append(ROWS)
    assert (stays.heard, goes.heard) == (1, 1)
    del goes
    gc.collect()
    engine.append(ROWS)
    assert stays.heard == 2
    assert len(engine.listeners) == 1
    engine.listeners.remove(Listener().hear)
    engine.listeners.remove(stays.hear)
    engine.append(ROWS)
    assert stays.heard == 2
    assert len(engine.listeners) == 0


def test_listeners_hear_of_nothing_that_was_refused() -> None:
    engine = srm.ResonanceEngine(ROWS)
    listener = Listener()
    engine.listeners.add(listener.hear)
    with pytest.raises(ValueError, match="finite"):
        engine.append(ROWS * np.nan)
    assert listener.heard == 0


def test_the_engine_does_not_keep_its_listeners_alive() -> None:
    engine, listener = srm.ResonanceEngine(ROWS), Listener()
    engine.listeners.add(listener.hear)
    references = len(gc.get_referrers(listener))
    del listener
    gc.collect()
    engine.append(ROWS)
    assert references <= 2
    assert len(engine.listeners) == 0

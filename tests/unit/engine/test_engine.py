"""The incremental engine: any way of growing gives what one go gives."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.plane import plane_counts
from srm_widget.samples import activations, coordinates, store
from tests.unit.support.cases import Case, cases, existing_planes, split

CUTS = st.lists(st.integers(0, 50), max_size=6)


def assert_same(found: srm.ResonanceEngine, expected: srm.ResonanceEngine, case: Case) -> None:
    """All that an engine answers."""
    another = existing_planes(case.directions)[-1]
    for pair in {case.pair, another}:
        for epsilon in {case.epsilon, 0.5}:
            one = found.curve(*pair, **case.asked | {"epsilon": epsilon})
            other = expected.curve(*pair, **case.asked | {"epsilon": epsilon})
            assert one.counts.tolist() == other.counts.tolist()
            assert one.signed_counts.tolist() == other.signed_counts.tolist()
            for name in ("probes", "n_lit", "n_between", "fourfold"):
                assert getattr(one, name).tolist() == getattr(other, name).tolist(), name
    i, j = case.pair
    for theta in (0.0, 2.5):
        inside = [engine.inside(i, j, theta, epsilon=case.epsilon) for engine in (found, expected)]
        assert inside[0].tolist() == inside[1].tolist()
    points = [engine.projection(i, j, epsilon=case.epsilon) for engine in (found, expected)]
    assert points[0][0].tolist() == points[1][0].tolist()
    assert points[0][1].tolist() == points[1][1].tolist()
    assert found.auto_epsilon() == expected.auto_epsilon()
    assert (found.n_samples, found.n_zero) == (expected.n_samples, expected.n_zero)


@pytest.mark.usefixtures("sample_blocks")
@settings(max_examples=30)
@given(case=cases(max_samples=40), cuts=CUTS, warm=st.lists(st.booleans(), min_size=7, max_size=7))
def test_append_in_any_split_equals_one_go(case: Case, cuts: list[int], warm: list[bool]) -> None:
    engine = srm.ResonanceEngine(basis=case.basis)
    for part, ask in zip(split(case.samples, cuts), warm, strict=False):
        engine.append(part)
        if ask:
            engine.curve(*case.pair, **case.asked)
            engine.curve(*case.pair[::-1], epsilon=0.5)
    assert_same(engine, case.engine(), case)


@pytest.mark.usefixtures("sample_blocks")
@settings(max_examples=20)
@given(
    case=cases(max_samples=20),
    cuts=CUTS,
    budget=st.integers(0, 3000),
    bad=st.sets(st.integers(0, 19)),
)
def test_whatever_is_kept_and_dropped(
    case: Case, cuts: list[int], budget: int, bad: set[int]
) -> None:
    holed = case.samples.copy()
    holed[[row for row in bad if 0 < row < len(holed)], 0] = np.nan
    engine = srm.ResonanceEngine(basis=case.basis, nan_policy="drop", cache_bytes=budget)
    for part in split(holed, cuts):
        engine.append(part)
        if engine.n_samples:
            engine.curve(*case.pair, **case.asked)
    whole = srm.ResonanceEngine(holed, case.basis, nan_policy="drop")
    assert engine.n_dropped == whole.n_dropped == np.isnan(holed).any(axis=1).sum()
    assert_same(engine, whole, case)


@st.composite
def walks(draw: st.DrawFn) -> list[tuple[int, float]]:
    """Batches to append, each before a question with an ε of its own."""
    size, epsilon = st.integers(0, 3), st.floats(-1, 1).map(lambda e: round(e, 1))
    near = st.sampled_from([0.5, 0.55, 0.6, 0.7, 0.9, 1.0])
    return draw(st.lists(st.tuples(size, st.one_of(near, epsilon)), min_size=3, max_size=6))


@pytest.mark.usefixtures("sample_blocks")
@settings(max_examples=40)
@given(case=cases(max_samples=12), walk=walks())
def test_a_walk_of_questions_gives_what_a_new_engine_gives(
    case: Case, walk: list[tuple[int, float]]
) -> None:
    """Whatever was kept of the questions before, at other ε and with fewer samples."""
    engine = srm.ResonanceEngine(case.samples, case.basis)
    held = case.samples
    for size, epsilon in walk:
        if size:
            held = np.vstack([held, case.samples[:size]])
            engine.append(case.samples[:size])
        fresh = srm.ResonanceEngine(held, case.basis)
        for ask in (
            lambda which, e=epsilon: which.inside(*case.pair, 0.7, epsilon=e),
            lambda which, e=epsilon: which.curve(*case.pair, epsilon=e, resolution=12).counts[0],
        ):
            assert ask(engine).tolist() == ask(fresh).tolist()


@pytest.mark.parametrize("basis", [None, srm.basis.rotated(3, 0)], ids=["axes", "turned"])
def test_a_spotlight_narrowed_until_it_is_empty(basis: srm.basis.Basis | None) -> None:
    rows = np.array([[1.0, 2.0, 30.0], [0.0, 0.5, 1.0]]) @ np.eye(3)
    engine = srm.ResonanceEngine(rows if basis is None else rows @ np.asarray(basis), basis)
    for epsilon in (0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 0.3):
        lit = engine.curve(0, 1, epsilon=epsilon, resolution=8).counts[0, 2]
        assert len(engine.inside(0, 1, np.pi / 2, epsilon=epsilon)) == lit
        assert lit == (epsilon < 0.45)
    assert engine.inside(0, 1, 0.0, epsilon=0.95).tolist() == []


@pytest.mark.usefixtures("sample_blocks")
@pytest.mark.parametrize("basis", [None, srm.basis.rotated(4, 0)], ids=["axes", "turned"])
@pytest.mark.parametrize(
    ("batch", "error"),
    [
        (np.full((7, 4), np.nan), ValueError),
        (np.vstack([np.ones((30, 4)), np.full((1, 4), np.inf)]), ValueError),
        (np.zeros((3, 5)), ValueError),
        (np.zeros((0, 4)), ValueError),
        (np.zeros((3, 4), dtype=complex), TypeError),
    ],
    ids=["all NaN", "late infinity", "wide", "empty", "complex"],
)
def test_a_refused_batch_leaves_the_engine_as_it_was(
    basis: srm.basis.Basis | None, batch: np.ndarray, error: type[Exception]
) -> None:
    rows = np.random.default_rng(0).standard_normal((23, 4))
    engine = srm.ResonanceEngine(rows, basis)
    before = engine.curve(0, 1, epsilon=0.5).counts.tolist()
    with pytest.raises(error):
        engine.append(batch)
    assert (engine.n_samples, engine.n_zero, engine.n_dropped) == (23, 0, 0)
    assert engine.curve(0, 1, epsilon=0.5).counts.tolist() == before
    engine.append(rows)
    expected = srm.ResonanceEngine(np.vstack([rows, rows]), basis)
    assert_same(engine, expected, Case(rows, None, (2, 1), 0.4, 12, None))


def test_a_refused_first_batch_leaves_the_engine_open() -> None:
    engine = srm.ResonanceEngine()
    with pytest.raises(ValueError, match="1 of 1 rows"):
        engine.append([[np.nan, 1.0, 2.0]])
    engine.append([[1.0, 2.0]])
    assert (engine.n_samples, engine.n_dims, engine.n_directions, engine.n_planes) == (1, 2, 2, 1)


def failing_at(call: int, original: Callable[..., object], error: BaseException) -> Callable:
    calls = 0

    def fails(*args: object) -> object:
        nonlocal calls
        calls += 1
        if calls == call:
            raise error
        return original(*args)

    return fails


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> srm.ResonanceEngine:
    """Several blocks of samples appended after a plane was computed."""
    for module in (store, coordinates):
        monkeypatch.setattr(module, "BLOCK", 5)
    rows = np.random.default_rng(0).standard_normal((40, 4))
    engine = srm.ResonanceEngine(rows[:20], srm.basis.rotated(4, 0))
    engine.curve(0, 1, epsilon=0.5)
    engine.append(rows[20:])
    return engine


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_batch_that_breaks_off_leaves_the_engine_as_it_was(
    monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Say, because the device is full."""
    rows = np.random.default_rng(0).standard_normal((40, 4))
    engine = srm.ResonanceEngine(rows)
    full = failing_at(call, activations.normalised, RuntimeError("out of memory"))
    with monkeypatch.context() as patch:
        patch.setattr(activations, "_ENTRIES_AT_ONCE", 40)
        patch.setattr(store, "normalised", full)
        with pytest.raises(RuntimeError, match="out of memory"):
            engine.append(rows)
    assert engine.n_samples == 40
    engine.append(rows)
    expected = srm.ResonanceEngine(np.vstack([rows, rows]))
    assert_same(engine, expected, Case(rows, None, (0, 1), 0.5, 12, None))


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("broken", ["arcs", "columns"])
def test_an_interrupted_curve_is_made_good_by_the_next(
    grown: srm.ResonanceEngine, monkeypatch: pytest.MonkeyPatch, call: int, broken: str
) -> None:
    """The kernel's stop button raises KeyboardInterrupt anywhere."""
    owner, name = {
        "arcs": (plane_counts, "lit_arcs"),
        "columns": (store.SampleStore, "blocks"),
    }[broken]
    if broken == "columns":
        stop = interrupted_blocks(call)
    else:
        stop = failing_at(call, getattr(owner, name), KeyboardInterrupt())
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, stop)
        with pytest.raises(KeyboardInterrupt):
            grown.curve(0, 1, epsilon=0.5)
    rows = np.random.default_rng(0).standard_normal((40, 4))
    expected = srm.ResonanceEngine(rows, srm.basis.rotated(4, 0))
    assert_same(grown, expected, Case(rows, np.eye(4), (0, 1), 0.5, 12, None))


def interrupted_blocks(call: int) -> Callable:
    original = store.SampleStore.blocks

    def blocks(store: store.SampleStore, since: int = 0) -> object:
        for number, block in enumerate(original(store, since), 1):
            yield block
            if number == call:
                raise KeyboardInterrupt

    return blocks


@pytest.mark.parametrize("resolution", [4, 12, 7, 360])
def test_a_permutation_is_the_mirror(resolution: int) -> None:
    rng = np.random.default_rng(1)
    rows, basis = rng.standard_normal((300, 4)), rng.standard_normal((4, 4))
    engine = srm.ResonanceEngine(rows, basis)
    there = engine.curve(3, 1, epsilon=0.5, resolution=resolution)
    alpha = there.basis_angles[0]
    here = engine.curve(1, 3, epsilon=0.5, angles=alpha - there.angles)
    assert there.counts.tolist() == here.counts.tolist()
    assert there.basis_angles == pytest.approx(here.basis_angles)
    assert there.alignment == pytest.approx(here.alignment)


def test_coordinates_are_those_of_the_disc(engine: srm.ResonanceEngine) -> None:
    points, rows = engine.projection(2, 0)
    found = engine.coordinates(2, 0, rows[::-1].copy())
    norms = np.linalg.norm(np.random.default_rng(7).standard_normal((60, 5)), axis=1)
    assert found * norms[rows[::-1], None] == pytest.approx(points[::-1])
    assert math.hypot(*found.max(axis=0)) > 0
    for row in (-1, 60):
        with pytest.raises(IndexError, match=f"0 … 59.*got {row}"):
            engine.coordinates(2, 0, np.array([0, row]))

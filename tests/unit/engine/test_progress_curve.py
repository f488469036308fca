"""A curve while it is counted: more and more samples, in the end the curve itself."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jaxtyping
import numpy as np
import pytest
import torch

import srm_widget as srm
from srm_widget.plane import plane_counts
from srm_widget.samples import coordinates, store
from srm_widget.utils.arrays import bit_reversed_order

MANY = 300
ROWS = np.random.default_rng(4).standard_normal((MANY, 4))
BASES = [None, srm.basis.rotated(4, 1), np.random.default_rng(2).standard_normal((5, 4))]
ASKED: list[tuple[tuple[int, int], dict[str, Any]]] = [
    ((0, 1), {"resolution": 12}),
    ((3, 2), {"resolution": 7}),
    ((3, 2), {"angles": [0.3, -2.0, 9.0]}),
]

each_basis = pytest.mark.parametrize("basis", BASES, ids=["standard", "rotated", "skew"])


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 16 samples, of which 4 are projected at once."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    for owner in (store, coordinates):
        monkeypatch.setattr(owner, "BLOCK", 16)
    monkeypatch.setattr(coordinates, "_PROJECTED_BYTES", 4 * 4 * 8)
    monkeypatch.setattr(plane_counts, "_MERGE_BELOW", 3)


def same(one: srm.Resonance, other: srm.Resonance) -> bool:
    names = [field.name for field in dataclasses.fields(one)]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@each_basis
@pytest.mark.parametrize(("pair", "grid"), ASKED, ids=["even", "odd", "angles"])
@pytest.mark.parametrize("epsilon", [0.8, 0.2, 0.0, -0.5])
def test_it_grows_and_ends_with_the_curve(
    basis: Any, grid: dict[str, Any], pair: tuple[int, int], epsilon: float
) -> None:
    expected = srm.ResonanceEngine(ROWS, basis).curve(*pair, epsilon=epsilon, **grid)
    engine = srm.ResonanceEngine(ROWS, basis)
    *parts, last = engine.progress_curve(*pair, epsilon=epsilon, **grid)
    assert same(last, expected)
    counted = [0, *(part.n_samples for part in parts), MANY]
    assert len(parts) > 15
    assert min(np.diff(counted)) > 0
    assert all(
        (np.diff([one.counts, other.counts], axis=0) >= 0).all()
        for one, other in zip(parts, [*parts[1:], last], strict=True)
    )
    assert all(0 <= part.values.min() <= part.values.max() <= 1 for part in parts)


def test_each_is_of_the_samples_counted_so_far_which_are_everywhere() -> None:
    # Sorted by angle, so that the samples that came first would be no picture of all.
    turn = np.linspace(0, 2 * np.pi, 4096, endpoint=False)
    engine = srm.ResonanceEngine(np.stack([np.cos(turn), np.sin(turn)], axis=1))
    curve = engine.curve(0, 1, epsilon=0.9, resolution=8)
    other = srm.ResonanceEngine(engine.unit_rows(range(4096)))
    for part in other.progress_curve(0, 1, epsilon=0.9, resolution=8):
        if part.n_samples >= 4096 // 8:
            assert np.abs(part.values - curve.values).max() < 0.1


def test_all_that_a_part_says_is_of_its_samples() -> None:
    engine = srm.ResonanceEngine(ROWS[:16])
    found = srm.ResonanceEngine(ROWS).progress_curve(0, 1, epsilon=0.3, resolution=7)
    part = next(found)
    assert same(part, engine.curve(0, 1, epsilon=0.3, resolution=7))
    assert part.alignment.tolist() == engine.curve(0, 1, epsilon=0.3).alignment.tolist()


@each_basis
def test_what_was_counted_is_kept(basis: Any, spy: Callable[..., list[Any]]) -> None:
    engine = srm.ResonanceEngine(ROWS, basis)
    *_, last = engine.progress_curve(0, 1, epsilon=0.4)
    arcs, projected = spy(plane_counts, "lit_arcs"), spy(coordinates.VectorProjection, "extend")
    assert same(engine.curve(0, 1, epsilon=0.4), last)
    assert [same(part, last) for part in engine.progress_curve(0, 1, epsilon=0.4)] == [True]
    assert arcs == projected == []


@each_basis
@pytest.mark.parametrize("cache_bytes", [None, 0])
@pytest.mark.parametrize("after", [1, 18])
def test_closed_half_way_nothing_is_counted_twice(
    basis: Any, cache_bytes: int | None, after: int
) -> None:
    engine = srm.ResonanceEngine(ROWS, basis, cache_bytes=cache_bytes)
    engine.curve(0, 1, epsilon=0.5, resolution=12)
    for epsilon in (0.45, 0.1):
        steps = engine.progress_curve(0, 1, epsilon=epsilon, resolution=12)
        for _ in range(after):
            next(steps)
        steps.close()
    fresh = srm.ResonanceEngine(ROWS, basis)
    for epsilon in (0.45, 0.1, 0.5, 0.48):
        for asked in ({"resolution": 12}, {"resolution": 7}):
            one = engine.curve(0, 1, epsilon=epsilon, **asked)
            assert same(one, fresh.curve(0, 1, epsilon=epsilon, **asked))
        inside = [e.inside(0, 1, 1.0, epsilon=epsilon).tolist() for e in (engine, fresh)]
        assert inside[0] == inside[1]


@each_basis
@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("after", [1, 11])
def test_samples_appended_meanwhile_are_counted_too(basis: Any, *, warm: bool, after: int) -> None:
    engine = srm.ResonanceEngine(ROWS[:200], basis)
    if warm:
        engine.curve(0, 1, epsilon=0.55, resolution=12)
    steps = engine.progress_curve(0, 1, epsilon=0.5, resolution=12)
    for _ in range(after if not warm else 1):
        next(steps)
    engine.append(ROWS[200:])
    *_, last = steps
    fresh = srm.ResonanceEngine(ROWS, basis)
    assert same(last, fresh.curve(0, 1, epsilon=0.5, resolution=12))
    assert same(last, engine.curve(0, 1, epsilon=0.5, resolution=12))


@each_basis
def test_questions_in_between_are_answered_and_nothing_is_lost(basis: Any) -> None:
    engine, fresh = srm.ResonanceEngine(ROWS[:200], basis), srm.ResonanceEngine(ROWS, basis)
    engine.curve(0, 1, epsilon=0.55)
    steps = [engine.progress_curve(0, 1, epsilon=e, resolution=12) for e in (0.5, 0.45, 0.5)]
    for found in steps[:2]:
        next(found)
    engine.curve(0, 1, epsilon=0.5, resolution=24)
    engine.append(ROWS[200:])
    engine.curve(0, 1, epsilon=0.5, resolution=36)
    for found, epsilon in zip(steps, (0.5, 0.45, 0.5), strict=True):
        *_, last = found
        for one in (last, engine.curve(0, 1, epsilon=epsilon, resolution=12)):
            assert same(one, fresh.curve(0, 1, epsilon=epsilon, resolution=12))
    for resolution in (24, 36):
        one = engine.curve(0, 1, epsilon=0.5, resolution=resolution)
        assert same(one, fresh.curve(0, 1, epsilon=0.5, resolution=resolution))


@each_basis
def test_after_an_append_the_samples_counted_before_are_not_counted_again(basis: Any) -> None:
    engine = srm.ResonanceEngine(ROWS[:200], basis)
    engine.curve(0, 1, epsilon=0.5)
    engine.append(ROWS[200:])
    assert min(part.n_samples for part in engine.progress_curve(0, 1, epsilon=0.5)) >= 200


@each_basis
def test_where_all_are_lit_each_angle_counts_the_samples_so_far(basis: Any) -> None:
    engine = srm.ResonanceEngine(ROWS[:200], basis)
    for more in (0, 55, 45):
        if more:
            engine.append(ROWS[:more])
        *parts, _ = engine.progress_curve(0, 1, epsilon=-1.0)
        assert parts
        for part in parts:
            assert (part.counts == part.n_samples).all()
            assert (part.probes == part.n_samples).all()


@each_basis
def test_what_others_have_counted_further_meanwhile_stays(basis: Any) -> None:
    engine, fresh = srm.ResonanceEngine(ROWS[:200], basis), srm.ResonanceEngine(ROWS, basis)
    engine.curve(0, 1, epsilon=0.3, resolution=12)
    engine.append(ROWS[200:250])
    steps = engine.progress_curve(0, 1, epsilon=0.3, resolution=12)
    next(steps)
    engine.append(ROWS[250:])
    engine.curve(0, 1, epsilon=0.3, resolution=24)
    for part in steps:
        if part.n_samples > 250:
            break  # what was there when it began is counted
    steps.close()
    for each in (engine, fresh):
        each.append(ROWS[:30])
    for resolution in (24, 36, 12):
        one = engine.curve(0, 1, epsilon=0.3, resolution=resolution)
        assert same(one, fresh.curve(0, 1, epsilon=0.3, resolution=resolution))
    assert engine.inside(0, 1, 1.0, epsilon=0.3).tolist() == (
        fresh.inside(0, 1, 1.0, epsilon=0.3).tolist()
    )


def test_refusals_come_at_once() -> None:
    engine = srm.ResonanceEngine(ROWS, [[1.0, 0, 0, 0], [0, 1, 0, 0], [-2, 0, 0, 0]])
    with pytest.raises(ValueError, match="antiparallel"):
        engine.progress_curve(0, 2, epsilon=0.5)
    with pytest.raises(IndexError):
        engine.progress_curve(0, 3, epsilon=0.5)
    with pytest.raises(ValueError, match="got 2"):
        engine.progress_curve(0, 1, epsilon=2.0)
    with pytest.raises(ValueError, match="resolution"):
        engine.progress_curve(0, 1, epsilon=0.5, resolution=3)


@each_basis
def test_the_other_questions_in_steps_have_the_same_answers(basis: Any) -> None:
    labels = np.arange(MANY) % 3
    engine = srm.ResonanceEngine(ROWS, basis)
    for most in (None, 5):
        asked: dict[str, Any] = {"epsilon": 0.2, "labels": labels, "most": most, "only": [0, 2]}
        beam = answered(engine.beam_steps(1, 2, 0.5, **asked))
        whole = engine.inside(1, 2, 0.5, epsilon=0.2)
        listed = whole[labels[whole] != 1]
        assert beam.indices.tolist() == listed[:most].tolist()
        assert (beam.n_lit, beam.n_listed) == (len(whole), len(listed))
        assert beam.by_class is not None
        assert beam.by_class.tolist() == np.bincount(labels[whole], minlength=3).tolist()
    curves = answered(engine.class_curves_steps(2, 1, labels, epsilon=0.2))
    assert curves.counts.sum(axis=0).tolist() == engine.curve(2, 1, epsilon=0.2).counts[0].tolist()
    radii = engine.radii(1, 2)
    assert answered(engine.reach_steps(1, 2)) == radii.max()
    density = answered(engine.density_steps(1, 2, bins=8, epsilon=0.4))
    assert density.counts.sum() == (radii >= 0.4).sum()


def answered(steps: Any) -> Any:
    """What steps return that yield rising shares, several of them, the last one 1."""
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            assert len(shares) > 3
            assert (np.diff(shares) >= 0).all()
            assert shares[-1] == pytest.approx(1)
            return end.value


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_under_inference_mode_too(dtype: torch.dtype) -> None:
    rows = torch.from_numpy(ROWS).to(dtype)
    engine = srm.ResonanceEngine(rows, srm.basis.rotated(4, 1))
    steps = engine.progress_curve(0, 1, epsilon=0.5)
    with torch.inference_mode():
        next(steps)
    *_, last = steps
    assert same(last, srm.ResonanceEngine(rows, srm.basis.rotated(4, 1)).curve(0, 1, epsilon=0.5))


@pytest.mark.parametrize("n", range(1, 40))
def test_spread_out(n: int) -> None:
    order = bit_reversed_order(n)
    assert sorted(order) == list(range(n))
    # In any beginning of it no gap is longer than twice what it could be, and a bit.
    for k in range(2, n):
        assert max(np.diff([*sorted(order[:k]), n])) <= 4 * n / k

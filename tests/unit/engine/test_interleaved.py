"""Questions answered in steps, between which samples come and other questions are asked."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import islice, product
from typing import Any

import jaxtyping
import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency.generators import run
from srm_widget.plane import plane_counts
from srm_widget.samples import coordinates, store

ROWS = np.random.default_rng(4).standard_normal((300, 4))
LABELS = np.arange(300) % 3
BASES = [None, srm.basis.rotated(4, 1), np.random.default_rng(2).standard_normal((5, 4))]
EPSILONS = 0.97, 0.95, 0.5, -0.2
MOVES = 0.12, 0.25, 0.13, 0.45, 0.05

Steps = Generator[Any, None, Any]

each_basis = pytest.mark.parametrize("basis", BASES, ids=["standard", "rotated", "skew"])


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Generator[None]:
    """Blocks of 24 samples, a step each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
        for owner in (store, coordinates):
            patch.setattr(owner, "BLOCK", 24)
        patch.setattr(coordinates, "_TOO_SMALL_TO_SHARE", 24)
        patch.setattr(plane_counts, "_MERGE_BELOW", 3)
        yield


def assert_as_new(engine: srm.ResonanceEngine, epsilon: float, basis: Any) -> None:
    """What the engine answers of a plane is what one answers that never knew anything else."""
    fresh = srm.ResonanceEngine(ROWS[: engine.n_samples], basis)
    for k in (12, 100):
        one, other = (e.curve(0, 1, epsilon=epsilon, resolution=k) for e in (engine, fresh))
        assert one.n_samples == other.n_samples
        assert one.counts.tolist() == other.counts.tolist()
    inside = [e.inside(0, 1, 1.0, epsilon=epsilon).tolist() for e in (engine, fresh)]
    assert inside[0] == inside[1]


def asked(engine: srm.ResonanceEngine, kind: str, epsilon: float) -> tuple[Steps, Any]:
    """A question in steps, and the answer to it as of now."""
    labels = LABELS[: engine.n_samples]
    alone = srm.ResonanceEngine(ROWS[: engine.n_samples], engine.basis)
    steps: dict[str, Callable[[srm.ResonanceEngine], Steps]] = {
        "beam": lambda e: e.beam_steps(0, 1, 0.3, epsilon=epsilon),
        "classes in the beam": lambda e: e.beam_steps(0, 1, 0.3, epsilon=epsilon, labels=labels),
        "classes": lambda e: e.class_curves_steps(0, 1, labels, epsilon=epsilon, resolution=12),
        "reach": lambda e: e.reach_steps(0, 1),
        "density": lambda e: e.density_steps(0, 1, bins=8),
        "raw density": lambda e: e.density_steps(0, 1, bins=8, raw=True),
    }
    return steps[kind](engine), run(steps[kind](alone))


def assert_same(found: Any, expected: Any) -> None:
    if isinstance(expected, float):
        assert found == expected
        return
    for name in vars(expected):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), name)


OF_A_CONE = ["beam", "classes in the beam", "classes"]
OF_ALL_SAMPLES = ["reach", "density", "raw density"]


@each_basis
@pytest.mark.parametrize("begun", [0, 2])
@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    ("kind", "epsilon"), [*product(OF_A_CONE, (0.95, 0.5)), *product(OF_ALL_SAMPLES, (0.5,))]
)
def test_a_question_is_of_the_samples_there_were_when_it_was_asked(
    kind: str, epsilon: float, warm: bool, begun: int, basis: Any
) -> None:
    engine = srm.ResonanceEngine(ROWS[:100], basis)
    if warm:
        engine.curve(0, 1, epsilon=epsilon, resolution=12)
    steps, expected = asked(engine, kind, epsilon)
    shares = [next(steps) for _ in range(begun)]
    engine.append(ROWS[100:200])
    engine.curve(0, 1, epsilon=epsilon, resolution=12)
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            found = end.value
            break
    assert_same(found, expected)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert_as_new(engine, epsilon, basis)
    engine.append(ROWS[200:])
    assert_as_new(engine, epsilon, basis)


@each_basis
def test_what_is_found_of_fewer_samples_takes_the_place_of_nothing(basis: Any) -> None:
    """Nor does it keep arcs of more from being kept: counts are never ahead of them."""
    engine = srm.ResonanceEngine(ROWS[:100], basis)
    engine.curve(0, 1, epsilon=0.5, resolution=12)
    engine.append(ROWS[100:200])
    fewer = engine.beam_steps(0, 1, 0.3, epsilon=0.5)
    for _ in range(4):
        next(fewer)
    engine.append(ROWS[200:250])
    more = engine.curve_steps(0, 1, epsilon=0.5, resolution=12)
    for _ in range(4):
        next(more)
    for steps in (fewer, more):
        run(steps)
    engine.append(ROWS[250:])
    assert_as_new(engine, 0.5, basis)


@each_basis
def test_outer_samples_found_for_another_cone_are_not_counted_early(basis: Any) -> None:
    """Two levels of ε share them: one may have found more than the other counts."""
    engine = srm.ResonanceEngine(ROWS[:100], basis)
    for epsilon in (0.95, 0.94):
        engine.curve(0, 1, epsilon=epsilon, resolution=12)
    engine.append(ROWS[100:200])
    steps = engine.beam_steps(0, 1, 0.3, epsilon=0.94)
    next(steps)
    engine.append(ROWS[200:])
    engine.curve(0, 1, epsilon=0.96, resolution=12)
    run(steps)
    assert_as_new(engine, 0.94, basis)


def test_outer_samples_that_are_too_many_are_given_up_once() -> None:
    """By the first of two that count them; the second finds nothing to give up."""
    dark, lit = np.eye(4)[[3] * 100], np.eye(4)[[0] * 300]
    engine = srm.ResonanceEngine(dark, cache_bytes=40_000)
    for epsilon in (0.9, 0.8):
        engine.curve(0, 1, epsilon=epsilon, resolution=12)
    engine.append(lit)
    steps = [engine.curve_steps(0, 1, epsilon=0.8, resolution=12) for _ in range(2)]
    for each in steps:
        next(each)
    assert [run(each).counts.max() for each in steps] == [300, 300]


@each_basis
@pytest.mark.parametrize("seed", range(8))
def test_a_walk_of_steps_and_samples_leaves_nothing_wrong(seed: int, basis: Any) -> None:
    rng = np.random.default_rng(seed)
    engine = srm.ResonanceEngine(ROWS[:100], basis, cache_bytes=[None, 0, 4000, 20_000][seed % 4])
    under_way: list[Steps] = []
    for move in rng.choice(["append", "begin", "curve", "go on", "close"], 60, p=MOVES):
        asks: dict[str, Any] = {"epsilon": rng.choice(EPSILONS), "resolution": rng.choice([12, 24])}
        if move == "append" and engine.n_samples < len(ROWS):
            engine.append(ROWS[engine.n_samples :][: rng.integers(1, 40)])
        elif move == "begin":
            begin: list[Steps] = [
                engine.curve_steps(0, 1, **asks),
                engine.class_curves_steps(0, 1, LABELS[: engine.n_samples], **asks),
                engine.beam_steps(0, 1, 0.3, epsilon=asks["epsilon"]),
            ]
            under_way.append(begin[rng.integers(len(begin))])
        elif move == "curve":
            engine.curve(0, 1, **asks)
        elif under_way:
            steps = under_way.pop(rng.integers(len(under_way)))
            n = int(rng.integers(1, 25))
            if len(list(islice(steps, n))) == n and move == "go on":
                under_way.append(steps)
            else:
                steps.close()
    for epsilon in EPSILONS:
        assert_as_new(engine, epsilon, basis)

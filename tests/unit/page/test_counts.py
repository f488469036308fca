"""The page counts what the engine counts, as whole numbers, on cases that both are given."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from tests.unit.support import oracle, page_answers
from tests.unit.support.cases import triples
from tests.unit.support.plain_survey import fourfold_slack

TIE = 1e-6
LAYERS, MOVES = 48, 18


class Layer(NamedTuple):
    samples: np.ndarray
    basis: np.ndarray | None
    scope: srm.SRMScope
    moves: list[dict[str, Any]]


class Case(NamedTuple):
    """What was asked for, and what came: of the engine, of the page."""

    layer: Layer
    move: dict[str, Any]
    curve: srm.Resonance
    page: dict[str, Any]

    def ties(self, angles: np.ndarray) -> np.ndarray:
        return _ties(self.layer, self.move["pair"], angles, self.move["epsilon"])

    @property
    def slack(self) -> float:
        """By how much Σ cos 4φ may be off."""
        engine = self.layer.scope.engine
        assert isinstance(engine, srm.ResonanceEngine)
        return fourfold_slack(engine, *self.move["pair"]) / FOURFOLD_UNIT


def _samples(rng: np.random.Generator, kind: int, n: int, d: int) -> np.ndarray:
    normal = rng.standard_normal((n, d))
    if kind == 0:
        return normal
    if kind == 1:
        return np.tanh(3 * normal)
    if kind == 2:  # many zeros, and rows of nothing else
        return np.maximum(normal - 0.5, 0)
    return rng.integers(-2, 3, (n, d)).astype(float)  # on axes, on bisectors, on ties


def _basis(rng: np.random.Generator, kind: int, d: int) -> np.ndarray | None:
    if kind == 0:
        return None
    if kind == 1:
        return np.array(srm.basis.rotated(d, int(rng.integers(99))))
    if kind == 2:
        return rng.standard_normal((max(2, d - 2), d))
    return rng.standard_normal((2 * d, d))


def _layer(seed: int) -> Layer:
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(1, 400)), int(rng.integers(2, 12))
    samples, basis = _samples(rng, seed % 4, n, d), _basis(rng, seed // 4 % 4, d)
    groups = rng.integers(0, (1, 2, 9, 60)[seed // 3 % 4], n) if seed % 3 else None
    asked: dict[str, Any] = {"epsilon": 0.5, "navigator": False, "groups": groups}
    scope = srm.SRMScope(samples.astype(np.float32), basis, **asked)
    m = scope.engine.n_directions
    moves = []
    for _ in range(MOVES):
        pair = rng.choice(m, 2, replace=False).tolist()
        epsilon = float(rng.choice([rng.uniform(-1, 1), rng.integers(-4, 5) / 4]))
        resolution = int(rng.choice([4, 5, 8, 90, 359, 360, 720]))
        theta = float(rng.choice([rng.uniform(0, math.tau), math.pi / 4 * rng.integers(8)]))
        move = {"pair": pair, "epsilon": epsilon, "resolution": resolution, "theta": theta}
        moves.append(move)
    return Layer(samples, basis, scope, moves)


def _ties(layer: Layer, pair: list[int], angles: np.ndarray, epsilon: float) -> np.ndarray:
    """Samples at each angle so near to ε that they may fall on either side."""
    directions = np.eye(layer.samples.shape[1]) if layer.basis is None else layer.basis
    first, second = (oracle.unit(directions[[k]]).numpy() for k in pair)
    rest = second - (second @ first.T) * first
    frame = np.concatenate([first, rest / np.linalg.norm(rest)])
    turns = np.stack([np.cos(angles), np.sin(angles)])
    cosines = oracle.unit(layer.samples.astype(np.float32)).numpy() @ frame.T @ turns
    return np.asarray((np.abs(cosines - epsilon) < TIE).sum(axis=0))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    layers = [_layer(seed) for seed in range(LAYERS)]
    answers = ["_frame", "_counts", "_signed_counts", "_band"]
    pages = page_answers.answered(
        [page_answers.question(x.scope, x.moves, answers) for x in layers]
    )
    return [
        Case(layer, move, _curve(layer.scope, move), page)
        for layer, shown in zip(layers, pages, strict=True)
        for move, page in zip(layer.moves, shown, strict=True)
    ]


def _curve(scope: srm.SRMScope, move: dict[str, Any]) -> srm.Resonance:
    i, j = move["pair"]
    assert isinstance(scope.engine, srm.ResonanceEngine)
    return scope.engine.curve(i, j, epsilon=move["epsilon"], resolution=move["resolution"])


def test_counts_are_those_of_the_engine(cases: list[Case]) -> None:
    assert len(cases) == LAYERS * MOVES
    equal = 0
    for case in cases:
        off = np.abs(np.array(case.page["_counts"]) - case.curve.counts[0])
        equal += not off.any()
        if off.any():
            assert (off <= case.ties(case.curve.angles)).all(), (case.move, off.max())
    # And ties too, but for a few: both decide them alike unless a coordinate is rounded otherwise.
    assert equal >= 0.99 * len(cases)


def test_the_facts_beside_the_curve_are_those_of_the_engine(cases: list[Case]) -> None:
    checked = 0
    for case in cases:
        frame, curve = case.page["_frame"], case.curve
        if case.ties(np.append(curve.angles, case.move["theta"])).any():
            continue
        checked += 1
        (i, j), theta = case.move["pair"], case.move["theta"]
        beam = case.layer.scope.engine.beam(i, j, theta, epsilon=case.move["epsilon"])
        assert case.page["_signed_counts"] == curve.signed_counts[0].tolist()
        assert frame["pair"] == [i, j]
        assert frame["n_lit"] == beam.n_lit
        assert frame["peak"] == curve.counts.max()
        if frame["n_in_plane"] == curve.n_lit[0] > 0:
            assert frame["arc"] == pytest.approx(curve.arcs[0], abs=1e-12)
        assert frame["peak_angle"] == pytest.approx(curve.angles[curve.counts.argmax()], abs=1e-9)
        assert frame["alpha"] == pytest.approx(curve.basis_angles[0], abs=1e-9)
        assert frame["isotropic"] == pytest.approx(curve.isotropic, rel=1e-7, abs=1e-12)
        low, high = curve.interval()
        assert case.page["_band"] == pytest.approx(np.append(low, high), abs=1e-6)
    assert checked >= 0.6 * len(cases)


def test_bands_and_errors_are_of_groups_too(cases: list[Case]) -> None:
    numbers = [case.curve.groups.n_groups for case in cases if case.curve.groups is not None]
    assert len(numbers) > len(cases) // 2
    assert min(numbers) == 1
    assert max(numbers) > 30


def test_alignment_is_that_of_the_engine(cases: list[Case]) -> None:
    checked = 0
    for case in cases:
        frame, n_lit = case.page["_frame"], int(case.curve.n_lit[0])
        if frame["n_in_plane"] != n_lit:  # a tie
            continue
        checked += 1
        if n_lit == 0:
            assert frame["alignment"] is None
            continue
        off = frame["alignment"] - case.curve.alignment[0]
        assert abs(off) <= case.slack / n_lit
        error = case.curve.alignment_error[0]
        if np.isfinite(error):
            expected = pytest.approx(error, rel=1e-5, abs=2 * case.slack / n_lit)
            assert frame["alignment_error"] == expected
        else:
            assert frame["alignment_error"] is None
    assert checked >= 0.6 * len(cases)


def test_samples_exactly_at_epsilon_are_lit_in_both_or_in_none() -> None:
    """(p, q, 0) at ε = p / h, where float32 rounds p / h up or down; on axes and between them."""
    found = triples(300)
    rows = np.array([[p, q, 0] for p, q, _ in found] + [[1, 0, 0], [0, -1, 0], [1, 1, 0]])
    scope = srm.SRMScope(rows.astype(np.float32), epsilon=0.5, navigator=False)
    moves: list[dict[str, Any]] = [
        {"pair": pair, "epsilon": p / h, "resolution": 8, "theta": 0.0}
        for p, _, h in found
        for pair in ([0, 2], [1, 0])
    ]
    moves += [
        {"pair": [0, 1], "epsilon": math.cos(math.tau * k / n), "resolution": n, "theta": 0.0}
        for n in (24, 90, 360)
        for k in range(n // 2)
    ]
    [shown] = page_answers.answered([page_answers.question(scope, moves, ["_frame", "_counts"])])
    at_epsilon = 0
    for move, page in zip(moves, shown, strict=True):
        curve = _curve(scope, move)
        assert page["_counts"] == curve.counts[0].tolist(), move
        assert page["_frame"]["n_lit"] == curve.counts[0, 0]
        next_up = _curve(scope, {**move, "epsilon": min(move["epsilon"] + 1e-7, 1.0)})
        at_epsilon += bool((next_up.counts < curve.counts).any())
    assert at_epsilon >= len(moves) // 4

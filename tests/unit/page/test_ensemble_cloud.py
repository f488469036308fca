"""The page lays all planes over one another as the engine does, as whole numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.view.samples_in_plane import BINS, DENSITY_CODES
from tests.unit.support import oracle, page_answers

N, D = 60, 6
ANSWERS = ["_ensemble_cloud_frame", "_ensemble_cloud", "error"]
EPSILONS = [0.95, 0.7, 0.4, 0.02, 0.0, -0.3, -1.0]
TELLABLE = 50
"""Counts up to which codes of a density tell which they are."""
TIE = 1e-6
"""So near to ε or to an edge of a cell rounding may decide."""

BASES: list[Callable[[], Any]] = [
    lambda: None,
    lambda: srm.basis.rotated(D, 1),
    lambda: srm.basis.thomson(9, D, 0),
    lambda: np.concatenate([np.eye(D), -np.eye(D)[:1], np.zeros((1, D))]),
]


def rows(n: int = N) -> np.ndarray:
    made = np.random.default_rng(3).standard_normal((n, D)).astype(np.float32) ** 3
    made[4] = 0
    return made


def counts(page: dict[str, Any]) -> np.ndarray:
    """What is in the cells, from the codes of a density."""
    frame = page["_ensemble_cloud_frame"]
    if "high" not in frame:
        assert (frame["n_lit"], page["_ensemble_cloud"]) == (0, [])
        return np.zeros((BINS, BINS), dtype=np.int64)
    codes = np.array(page["_ensemble_cloud"]).reshape(BINS, BINS)
    assert round(10 ** frame["high"]) <= TELLABLE
    found = np.rint(10 ** ((codes - 1) / (DENSITY_CODES - 1) * frame["high"]))
    return np.where(codes > 0, found, 0).astype(np.int64)


def n_ties(engine: srm.ResonanceEngine, samples: np.ndarray, epsilon: float) -> int:
    found, unit = 0, oracle.unit(samples).numpy()
    for i, j in itertools.combinations(range(engine.n_directions), 2):
        if not engine.basis.spans(i, j):
            continue
        plane = engine.basis.plane(i, j)
        points = unit @ np.stack([plane.e1.numpy(), plane.e2.numpy()], axis=1)
        edges = np.abs(points * BINS / 2 - np.rint(points * BINS / 2)).min(axis=1) < TIE * BINS
        found += int((edges | (np.abs(np.hypot(*points.T) - epsilon) < TIE)).sum())
    return found


@pytest.mark.parametrize("make", BASES)
def test_the_same_counts(make: Callable[[], Any]) -> None:
    basis = make()
    scope = srm.SRMScope(rows(), basis, epsilon=0.5, navigator=False)
    moves: list[dict[str, Any]] = [{"cloud_of": "all", "cloud": "density"}]
    moves += [{"epsilon": epsilon} for epsilon in EPSILONS]
    [pages] = page_answers.answered([page_answers.question(scope, moves, ANSWERS)])
    assert isinstance(scope.engine, srm.ResonanceEngine)
    lit = 0
    for epsilon, page in zip([0.5, *EPSILONS], pages, strict=True):
        expected = scope.engine.ensemble_density(epsilon=epsilon, raw=False, bins=BINS)
        off = int(np.abs(counts(page) - expected.counts.T).sum())
        frame = page["_ensemble_cloud_frame"]
        assert (frame["state"], frame["epsilon"], frame["n_planes"], frame["n_samples"]) == (
            "done",
            epsilon,
            expected.n_planes,
            N,
        )
        if basis is None or not n_ties(scope.engine, rows(), epsilon):
            assert off == 0
            assert frame["n_lit"] == expected.n_hits
        else:
            assert off <= 2 * n_ties(scope.engine, rows(), epsilon)
        assert frame["isotropic"] == pytest.approx(expected.isotropic.sum(), rel=1e-6)
        lit += frame["n_lit"]
    assert lit > N
    scope.close()


@pytest.mark.parametrize("kind", ["points", "density", "ratio"])
def test_the_same_picture_as_live(kind: str) -> None:
    timeline = srm.Timeline()
    for label, samples in (("before", rows()), ("after", np.tanh(rows(200)))):
        timeline.record(samples, label)
    scope = srm.SRMScope(timeline, epsilon=0.6, cloud=kind, navigator=False)
    moves: list[dict[str, Any]] = [
        {"cloud_of": "all"},
        {"epsilon": 0.31},
        {"step": 0},
        {"epsilon": 1.0},
        {"epsilon": -0.5},
        {"cloud": "off"},
        {"cloud": kind, "cloud_of": "plane"},
    ]
    [pages] = page_answers.answered([page_answers.question(scope, moves, ANSWERS)])
    for move, page in zip(moves, pages, strict=True):
        with scope.hold_trait_notifications():
            for name, value in move.items():
                setattr(scope, name, value)
        frame, shown = scope._ensemble_cloud_frame, page["_ensemble_cloud_frame"]
        assert shown.keys() == frame.keys()
        for name, value in frame.items():
            near = value if isinstance(value, str) else pytest.approx(value, rel=1e-5, abs=1e-5)
            assert shown[name] == near, name
        codes = np.frombuffer(scope._ensemble_cloud, "u1").astype(int)
        assert np.abs(np.array(page["_ensemble_cloud"], dtype=int) - codes).max(initial=0) <= 1
        assert bool(frame) == (scope.cloud_of == "all" and scope.cloud != "off")
    scope.close()

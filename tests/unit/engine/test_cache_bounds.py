"""What an engine keeps stays within what it promises, wherever one goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.geometry.basis import _PLANES_KEPT, Basis
from tests.unit.support.weighing import weighed

N, D, STEPS = 400, 6, 60
Step = Callable[[srm.ResonanceEngine, np.random.Generator, Any], object]

BASES: dict[str, Any] = {
    "standard": None,
    "rotated": srm.basis.rotated(D, 3),
    "simplex": srm.basis.simplex(D),
    "overcomplete": srm.basis.of(np.random.default_rng(4).standard_normal((11, D))),
    "nearly parallel": srm.basis.of(np.vstack([np.eye(D), np.eye(D)[0] + 1e-3 * np.eye(D)[1]])),
}


def rows(rng: np.random.Generator, many: int) -> np.ndarray:
    return rng.standard_normal((many, D)).astype(np.float32) ** 3


def plane(engine: srm.ResonanceEngine, rng: np.random.Generator) -> tuple[int, int]:
    i, j = rng.choice(engine.n_directions, 2, replace=False).tolist()
    return i, j


def width(rng: np.random.Generator) -> float:
    return round(float(rng.uniform(-0.3, 0.95)), 2)


def fan(rng: np.random.Generator) -> dict[str, Any]:
    """Angles as they are asked for: so many a turn, or any, sometimes very many."""
    if rng.random() < 0.5:
        return {"resolution": int(rng.integers(4, 2881))}
    return {"angles": rng.uniform(-7, 7, int(rng.integers(1, 3000)))}


WALK: list[Step] = [
    lambda e, rng, _: e.curve(*plane(e, rng), epsilon=width(rng), **fan(rng)),
    lambda e, rng, _: e.curve(0, 1, epsilon=width(rng), **fan(rng)),
    lambda e, rng, _: e.curve(1, 0, epsilon=0.5, **fan(rng)),
    lambda e, rng, x: e.class_curves(*plane(e, rng), x(e), epsilon=width(rng)),
    lambda e, rng, _: e.inside(*plane(e, rng), float(rng.uniform(0, 7)), epsilon=width(rng)),
    lambda e, rng, x: e.directions(epsilon=width(rng), labels=x(e)),
    lambda e, rng, _: e.density(*plane(e, rng)),
    lambda e, rng, _: e.projection(*plane(e, rng), epsilon=0.2),
    lambda e, rng, _: e.survey(epsilon=max(0.1, width(rng))),
    lambda e, rng, _: e.append(rows(rng, int(rng.integers(1, 30)))),
]


def unbounded(engine: srm.ResonanceEngine) -> int:
    """Bytes that no bound is promised for: labels as given, and the geometry of the basis."""
    m, d = engine.n_directions, engine.n_dims
    classes = engine._samples._class_codes._kept
    labels = 0 if classes is None else classes.labels.codes.nbytes
    sizes = 0 if classes is None else classes.sizes.nbytes
    frames = min(_PLANES_KEPT, m * m) * 2 * 8 * d
    return labels + sizes + frames + 8 * m * (m + d)


@pytest.mark.parametrize("cache_bytes", [0, 20_000, 200_000, None])
@pytest.mark.parametrize("of", list(BASES.values()), ids=list(BASES))
def test_a_random_walk_keeps_within_the_bound(of: Basis | None, cache_bytes: int | None) -> None:
    rng = np.random.default_rng(8)
    engine = srm.ResonanceEngine(rows(rng, N), of, cache_bytes=cache_bytes)
    given = np.arange(N + 30 * STEPS) // 7 % 5
    for step in rng.integers(0, len(WALK), STEPS):
        WALK[step](engine, rng, lambda e: given[: e.n_rows])
        kept = engine.nbytes - engine._samples.nbytes
        assert kept <= (16 << 20 if cache_bytes is None else cache_bytes)
        assert weighed(engine) <= engine.nbytes + unbounded(engine)

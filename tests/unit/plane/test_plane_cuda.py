"""What lies where in a plane, on a GPU: the same code, the same integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srm_widget as srm

pytestmark = pytest.mark.cuda
BASES = [None, srm.basis.rotated(6, 1), srm.basis.thomson(11, 6, 0)]


@pytest.fixture(params=BASES, ids=["axes", "rotated", "thomson"])
def engines(request: pytest.FixtureRequest) -> list[srm.ResonanceEngine]:
    """Filled in two steps, with rows dropped, here and on the GPU."""
    rows = np.random.default_rng(1).standard_normal((700, 6))
    rows[[3, 650]] = np.nan
    made = []
    for device in ("cpu", "cuda"):
        engine = srm.ResonanceEngine(rows[:500], request.param, device=device, nan_policy="drop")
        engine.curve(0, 1, epsilon=0.5)
        engine.append(rows[500:])
        made.append(engine)
    return made


def labels() -> list[str | None]:
    return [
        None if code == 4 else "abcd"[code] for code in np.random.default_rng(0).integers(0, 5, 700)
    ]


@pytest.mark.parametrize("pair", [(0, 1), (4, 2)])
@pytest.mark.parametrize("epsilon", [-0.3, 0.0, 0.4, 0.8])
def test_cuda_lights_and_counts_as_the_cpu_does(
    engines: list[srm.ResonanceEngine], pair: tuple[int, int], epsilon: float
) -> None:
    named = labels()
    ask: dict[str, Any] = {"epsilon": epsilon}
    grids: list[dict[str, Any]] = [{"resolution": 24}, {"angles": [0.3, -2.0, 9.0]}]
    here, there = (e.beam(*pair, 1.1, labels=named, only=[0, 2], most=40, **ask) for e in engines)
    assert here.indices.tolist() == there.indices.tolist()
    assert here.cosines == pytest.approx(there.cosines, abs=1e-12)
    assert (here.n_lit, here.n_listed) == (there.n_lit, there.n_listed)
    assert here.by_class is not None
    assert there.by_class is not None
    assert here.by_class.tolist() == there.by_class.tolist()
    for grid in grids:
        curves = [e.class_curves(*pair, named, **(ask | grid)) for e in engines]
        assert curves[0].counts.tolist() == curves[1].counts.tolist()
        curve = engines[1].curve(*pair, **(ask | grid))
        assert curves[1].counts.sum(axis=0).tolist() == curve.counts[0].tolist()


@pytest.mark.parametrize("epsilon", [-0.3, 0.0, 0.4, 0.8])
@pytest.mark.parametrize("named", [None, labels()], ids=["no labels", "labels"])
def test_cuda_fills_the_table_as_the_cpu_does(
    engines: list[srm.ResonanceEngine], epsilon: float, named: Any
) -> None:
    here, there = (engine.directions(epsilon=epsilon, labels=named) for engine in engines)
    for name in ("direction", "sign", "count", "code", "purity", "coverage"):
        assert np.array_equal(getattr(here, name), getattr(there, name), equal_nan=True)


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("epsilon", [0.0, 0.6])
@pytest.mark.parametrize("pair", [(0, 1), (4, 2)])
def test_cuda_bins_as_the_cpu_does(
    engines: list[srm.ResonanceEngine], pair: tuple[int, int], epsilon: float, raw: bool
) -> None:
    here, there = (e.density(*pair, bins=16, epsilon=epsilon, raw=raw) for e in engines)
    assert here.edges == pytest.approx(there.edges, rel=1e-12)
    assert here.counts.tolist() == there.counts.tolist()

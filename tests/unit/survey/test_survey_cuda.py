"""Surveys on a GPU: the same code, the same integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.geometry.fourfold import FOURFOLD_UNIT

pytestmark = pytest.mark.cuda
BASES = [None, srm.basis.rotated(8, 1), srm.basis.thomson(20, 8, 0)]


@pytest.mark.parametrize("basis", BASES, ids=["axes", "rotated", "thomson"])
@pytest.mark.parametrize("epsilon", [0.85, 0.3, -0.2])
@pytest.mark.parametrize("variant", ["combination", "permutation"])
def test_cuda_surveys_as_the_cpu_does(basis: Any, epsilon: float, variant: str) -> None:
    rows = np.random.default_rng(1).standard_normal((600, 8))
    ask: dict[str, Any] = {"epsilon": epsilon, "resolution": 24, "variant": variant}
    found = []
    for device in ("cpu", "cuda"):
        engine = srm.ResonanceEngine(rows[:500], basis, device=device)
        engine.survey(**ask)
        engine.append(rows[500:])
        found.append(engine.survey(**ask))
    here, there = found
    assert here.total.tolist() == there.total.tolist()
    assert here.squares.tolist() == there.squares.tolist()
    for name, one in here.lit._asdict().items():
        slack = 1e-5 * FOURFOLD_UNIT if name == "fourfold" and basis is not None else 0
        assert np.abs(one - getattr(there.lit, name)).max() <= slack * here.lit.n_lit.max(), name


@pytest.mark.parametrize("basis", BASES, ids=["axes", "rotated", "thomson"])
def test_cuda_curves_and_tests_as_the_cpu_does(basis: Any) -> None:
    rows = np.random.default_rng(2).standard_normal((400, 8))
    ask: dict[str, Any] = {"epsilon": 0.6, "resolution": 25, "variant": "permutation"}
    here, there = (srm.spotlight_resonance(rows, basis, device=at, **ask) for at in ("cpu", "cuda"))
    for name in ("counts", "opposite", "probes", "n_lit", "n_between"):
        assert np.array_equal(getattr(here, name), getattr(there, name))
    tests = [
        srm.ResonanceEngine(rows, basis, device=at).rotation_test(epsilon=0.6, rotations=5)
        for at in ("cpu", "cuda")
    ]
    assert tests[0].statistic == pytest.approx(tests[1].statistic, abs=1e-6)
    assert tests[0].null == pytest.approx(tests[1].null, abs=1e-6)

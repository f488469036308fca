"""Sums of planes without their curves: those of the survey, integer for integer."""

from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency.generators import run
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.survey.plane_sums import plane_sums
from tests.unit.support.survey_problems import ANCHORED, CROWDED, Sizes

ROWS = np.vstack([np.random.default_rng(3).standard_normal((120, 5)), np.zeros((2, 5))])
BASES: dict[str, Any] = {
    "axes": None,
    "turned": srm.basis.rotated(5, 2),
    "thomson": srm.basis.thomson(7, 5, 0),
    "near": np.vstack([np.eye(5), np.eye(5)[:2] + 1e-3]),
    "parallel": np.eye(5)[[0, 0, 1, 2, 4]],
}


@pytest.mark.parametrize("epsilon", [-0.3, 0.0, 0.7, 1.0])
@pytest.mark.parametrize("crowded", [ANCHORED, CROWDED], ids=["anchored", "crowded"])
@pytest.mark.parametrize("basis", BASES)
def test_they_are_those_of_the_survey(basis: str, epsilon: float, crowded: float) -> None:
    engine = srm.ResonanceEngine(ROWS, BASES[basis])
    with Sizes(crowded=crowded, tests=300, candidates=50).used():
        survey = engine.survey(epsilon=epsilon)
        pairs = PairGeometry.from_basis(engine.basis)
        sums = run(plane_sums(engine._store, pairs, epsilon))
    assert sums.position.tolist() == survey.lit.position.tolist()
    assert sums.n_lit.tolist() == survey.lit.n_lit.tolist()
    assert sums.fourfold.tolist() == survey.lit.fourfold.tolist()

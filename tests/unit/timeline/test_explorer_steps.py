"""Figures beside a scope over a timeline."""

from __future__ import annotations

import pytest

import srm_widget as srm
from tests.unit.timeline.growing import timeline


@pytest.mark.filterwarnings("ignore:metadata .* was set from the constructor:DeprecationWarning")
def test_the_explorer_follows_the_step() -> None:
    made = timeline(2)
    explorer = srm.SRMExplorer(made, epsilon=0.5)
    last = explorer.radii.marks[0].y.copy()
    explorer.scope.step = 0
    assert (explorer.radii.marks[0].y != last).any()
    explorer.close()
    assert [len(engine.listeners) for engine in made] == [0, 0]

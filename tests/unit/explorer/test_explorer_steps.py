"""Figures beside a scope over a timeline."""

from __future__ import annotations

import pytest

import srm_widget as srm
from srm_widget.streaming.counts import ResonanceCounts
from tests.unit.support.growing import rows, timeline

pytestmark = pytest.mark.filterwarnings(
    "ignore:metadata .* was set from the constructor:DeprecationWarning"
)


def test_the_explorer_follows_the_step() -> None:
    made = timeline(2)
    explorer = srm.SRMExplorer(made, epsilon=0.5)
    last = explorer.radii.marks[0].y.copy()
    explorer.scope.step = 0
    assert (explorer.radii.marks[0].y != last).any()
    explorer.close()
    assert [len(engine.listeners) for engine in made] == [0, 0]


def test_the_explorer_needs_samples() -> None:
    counts = ResonanceCounts(epsilon=0.5, resolution=72)
    counts.append(rows(0))
    with pytest.raises(TypeError, match="samples for the explorer"):
        srm.SRMExplorer(counts)

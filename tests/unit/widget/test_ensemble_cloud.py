"""All planes laid over one another under the scope, counted in the background."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.view.samples_in_plane import BINS, coded_cells
from srm_widget.widget import ensemble_cloud
from tests.unit.support.event_loop import turns, until

pytestmark = pytest.mark.usefixtures("wires")

ROWS = np.random.default_rng(5).standard_normal((300, 8)).astype(np.float32) ** 3


def frame(scope: srm.SRMScope) -> dict[str, Any]:
    found: dict[str, Any] = scope._ensemble_cloud_frame
    return found


def expected(scope: srm.SRMScope, kind: str) -> tuple[float, float, bytes]:
    density = scope.engine.ensemble_density(epsilon=scope.epsilon, raw=False, bins=BINS)
    coded = coded_cells(density.counts, density.isotropic if kind == "ratio" else None)
    assert coded is not None
    return coded


def assert_shows(scope: srm.SRMScope, kind: str) -> None:
    low, high, codes = expected(scope, kind)
    assert (frame(scope)["low"], frame(scope)["high"]) == (low, high)
    assert scope._ensemble_cloud == codes
    assert (frame(scope)["state"], frame(scope)["kind"]) == ("done", kind)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The ε of each counting that began."""
    began: list[float] = []
    steps = ResonanceEngine.ensemble_density_steps

    def noted(engine: ResonanceEngine, **asked: Any) -> Any:
        began.append(asked["epsilon"])
        return steps(engine, **asked)

    monkeypatch.setattr(ResonanceEngine, "ensemble_density_steps", noted)
    return began


def test_nothing_is_counted_unless_it_is_asked_for(counted: list[float]) -> None:
    scope = srm.SRMScope(ROWS, epsilon=0.6)
    scope.epsilon, scope.cloud, scope.theta = 0.5, "density", 1.0
    assert (scope.cloud_of, frame(scope), scope._ensemble_cloud, counted) == ("plane", {}, b"", [])
    scope.cloud, scope.cloud_of = "off", "all"
    assert (frame(scope), counted) == ({}, [])
    scope.cloud = "points"
    assert counted == [0.5]
    assert_shows(scope, "ratio")


def test_all_planes_follow_epsilon_kind_and_samples(counted: list[float]) -> None:
    engine = srm.ResonanceEngine(ROWS)
    scope = srm.SRMScope(engine, epsilon=0.6, cloud="ratio", cloud_of="all")
    assert_shows(scope, "ratio")
    assert frame(scope)["n_lit"] == engine.ensemble_density(epsilon=0.6, raw=False).n_hits
    counted.clear()
    scope.theta, scope.pair, scope.resolution, scope.cloud = 2.0, (3, 4), 90, "density"
    assert_shows(scope, "density")
    assert counted == [0.6]  # by `expected` alone
    scope.epsilon = 0.4
    assert_shows(scope, "density")
    engine.append(ROWS[:50] + 1)
    assert_shows(scope, "density")
    assert (frame(scope)["n_samples"], frame(scope)["epsilon"]) == (350, 0.4)
    scope.cloud_of = "plane"
    assert (frame(scope), scope._ensemble_cloud) == ({}, b"")
    counted.clear()
    scope.cloud_of = "all"
    assert_shows(scope, "density")
    assert counted == [0.4]  # by `expected` alone: what was counted is kept
    scope.epsilon = 1.0
    assert (frame(scope)["n_lit"], scope._ensemble_cloud) == (0, b"")
    assert not {"low", "high"} & frame(scope).keys()


def test_the_steps_of_a_timeline() -> None:
    timeline = srm.Timeline()
    for label, rows in (("before", ROWS), ("after", np.tanh(ROWS))):
        timeline.record(rows, label)
    scope = srm.SRMScope(timeline, epsilon=0.6, cloud_of="all")
    for step in (1, 0):
        scope.step = step
        assert_shows(scope, "ratio")
        assert frame(scope)["step"] == step


def test_counts_say_why_not() -> None:
    made = srm.ResonanceCounts(epsilon=(0.3, 0.5), resolution=36)
    made.append(ROWS)
    scope = srm.SRMScope(made)
    with pytest.raises(ValueError, match="cloud_of 'plane' of counts, which keep no samples"):
        scope.cloud_of = "all"
    assert scope.cloud_of == "plane"
    with pytest.raises(ValueError, match="'plane', 'all', got 'planes'"):
        srm.SRMScope(ROWS, cloud_of="planes")


def test_the_latest_epsilon_wins_and_the_last_picture_stays(
    counted: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("srm_widget.widget.pace.SHOWN_EVERY", 0.0)

    async def main() -> None:
        scope = srm.SRMScope(ROWS, epsilon=0.6, cloud_of="all", navigator=False)
        assert frame(scope) == {"state": "running", "progress": 0.0, "hint": ""}
        await until(lambda: frame(scope)["state"] == "done")
        before = scope._ensemble_cloud
        counted.clear()
        for epsilon in (0.5, 0.4, 0.3):
            scope.epsilon = epsilon
            assert (frame(scope)["state"], frame(scope)["epsilon"]) == ("running", 0.6)
            assert scope._ensemble_cloud == before
        await until(lambda: frame(scope)["state"] == "done")
        assert (counted, frame(scope)["epsilon"]) == ([0.3], 0.3)
        scope.epsilon = 0.2
        scope.cloud_of = "plane"
        await turns(100)
        assert (frame(scope), scope._ensemble_cloud) == ({}, b"")
        scope.close()

    asyncio.run(main())


def test_what_takes_too_long_is_refused_with_the_call_that_does_it(
    counted: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = srm.SRMScope(ROWS, epsilon=0.6, cloud_of="all")
    before = scope._ensemble_cloud
    for name in ("_TRIED", "_LONG"):
        monkeypatch.setattr(ensemble_cloud, name, 0.0)
    scope.epsilon = 0.1
    assert (frame(scope)["state"], frame(scope)["epsilon"]) == ("failed", 0.6)
    assert frame(scope)["hint"].startswith("28 planes of 300 samples: to lay them over one another")
    assert "engine.ensemble_density(epsilon=0.1, raw=False)" in frame(scope)["hint"]
    assert scope._ensemble_cloud == before
    counted.clear()
    scope.theta = 1.0
    assert counted == []  # not again for the same ε
    scope.epsilon = 0.6
    assert (frame(scope)["state"], frame(scope)["hint"]) == ("done", "")


def test_an_error_is_shown_and_the_last_picture_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = srm.SRMScope(ROWS, epsilon=0.6, cloud_of="all")
    before = scope._ensemble_cloud

    def refused(*_args: Any, **_asked: Any) -> Any:
        raise MemoryError("expected room for 15 GB")

    monkeypatch.setattr(ResonanceEngine, "ensemble_density_steps", refused)
    scope.epsilon = 0.5
    assert (frame(scope)["state"], frame(scope)["hint"]) == ("failed", "expected room for 15 GB")
    assert (frame(scope)["epsilon"], scope._ensemble_cloud) == (0.6, before)
    assert scope.epsilon == 0.5

"""Work of the size of all planes, which begins only after its time and memory were looked at."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.utils import memory
from srm_widget.widget import survey_controller, survey_demand
from tests.unit.support.event_loop import ROWS, done, lived, state, turns

pytestmark = pytest.mark.usefixtures("wires", "many_steps")

OBLIQUE = np.random.default_rng(3).standard_normal((24, 16))


def free(monkeypatch: pytest.MonkeyPatch, n_bytes: int) -> None:
    for module in (survey_demand, survey_controller):
        monkeypatch.setattr(module, "available_bytes", lambda: n_bytes)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every survey for one that fills a good part of the memory."""
    monkeypatch.setattr(survey_demand, "MOST_UNASKED", 0)
    monkeypatch.setattr(survey_controller, "MOST_UNASKED", 0)
    monkeypatch.setattr(survey_demand, "FEW_PLANES", 0)
    free(monkeypatch, 10**12)


@pytest.mark.usefixtures("large")
def test_a_survey_that_takes_much_memory_waits_for_a_click(begun: dict[str, list[float]]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        await turns(5)
        assert (state(scope), scope._map_frame["too_large"]) == ("waiting", False)
        demand = survey_demand.survey_demand(scope.engine, scope.epsilon)
        assert scope._map_frame["hint"] == demand.text
        assert demand.text.startswith("120 planes: a survey takes some ")
        assert demand.text.endswith(" and less than a minute.")
        scope.epsilon, scope.theta = 0.6, 1.0
        await turns(5)
        assert begun["begun"] == []
        scope._handle_custom_msg({"type": "survey"}, [])
        await done(scope)
        assert len(scope._map) == 2 * 16**2

    lived(life)
    assert begun["begun"] == [0.6]


@pytest.mark.usefixtures("large")
def test_a_survey_beyond_the_memory_is_not_even_begun_by_a_click(
    begun: dict[str, list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 7_000)

    async def life(scope: srm.SRMScope) -> None:
        for _ in range(2):
            assert (state(scope), scope._map_frame["too_large"]) == ("waiting", True)
            assert scope._map_frame["hint"].endswith("of memory, and 7,000 bytes are free here.")
            scope._handle_custom_msg({"type": "survey"}, [])
            await turns(5)
        free(monkeypatch, 10**12)
        scope._handle_custom_msg({"type": "survey"}, [])
        await done(scope)
        assert not scope._map_frame["too_large"]

    lived(life)
    assert begun["begun"] == [0.5]


@pytest.mark.usefixtures("large")
def test_planes_are_ordered_by_a_survey_that_was_asked_for(begun: dict[str, list[float]]) -> None:
    async def life(scope: srm.SRMScope) -> None:
        with pytest.raises(ValueError, match=r"survey of all planes before .* `scope\.survey`"):
            scope.order = "peak"
        assert scope.order == "index"
        scope.set_state({"order": "peak"})
        assert scope.error.startswith("expected a survey of all planes before")
        assert begun["begun"] == []
        _ = scope.survey
        scope.order = "peak"
        ranking = scope.ranking
        scope.epsilon = 0.6  # keeps the order of the survey that there is
        assert scope.ranking is ranking
        scope.engine.append(ROWS[:3])
        assert (scope.ranking is ranking, scope.error) == (True, "")

    lived(life)
    assert begun["begun"] == [0.5]


@pytest.mark.usefixtures("large")
def test_planes_of_an_oblique_basis_are_not_tested_against_turned_ones() -> None:
    scope = srm.SRMScope(ROWS, OBLIQUE, epsilon=0.5)
    assert not scope._map_frame["testable"]
    assert srm.SRMScope(ROWS, epsilon=0.5)._map_frame["testable"]
    scope._handle_custom_msg({"type": "test"}, [])
    assert scope.error.startswith("expected fewer planes for a test against turned bases, got 276")
    assert scope._test_frame == {}
    orthonormal = srm.SRMScope(ROWS, epsilon=0.5)
    orthonormal._handle_custom_msg({"type": "test"}, [])
    assert orthonormal._test_frame["state"] == "done"
    assert orthonormal._test_frame["planes"]["p"] is None


@pytest.mark.usefixtures("large")
def test_the_layer_over_steps_takes_no_surveys_unasked() -> None:
    timeline = srm.Timeline()
    for step in range(2):
        timeline.record(srm.ResonanceEngine(ROWS[step:], OBLIQUE), label=str(step))

    async def life(_: srm.SRMScope) -> None:
        scope = srm.SRMScope(timeline, epsilon=0.5)
        await turns(2_000)
        plane, layer = (np.frombuffer(x, "<f4") for x in (scope._course, scope._course_ensemble))
        assert np.isfinite(plane).all()
        assert np.isnan(layer).all()

    lived(life)


def test_a_map_without_room_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_controller, "MOST_UNASKED", 0)
    free(monkeypatch, 100)
    scope = srm.SRMScope(ROWS, epsilon=0.5)
    assert scope.survey.n_lit > 0
    assert scope._map == b""
    assert "no room for their map, some 4,096 bytes" in scope._map_frame["hint"]


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [(999, "999 bytes"), (2_345_678, "2.3 MB"), (9_960_000, "10 MB"), (15_098_880_000, "15 GB")],
)
def test_bytes_in_words(n_bytes: int, text: str) -> None:
    assert memory.bytes_text(n_bytes) == text


DICTIONARY = """
import asyncio, resource, sys
import torch, srm_widget as srm

rows, directions = torch.relu(torch.randn(200, 64)), torch.randn(24_576, 64)
srm.SRMScope(torch.randn(50, 8)).close()

async def main():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scope = srm.SRMScope(rows, directions)
    for change in ({"pair": (5, 9)}, {"epsilon": 0.3}, {"theta": 1.0}, {"position": 10**8}, {}):
        for name, value in change.items():
            setattr(scope, name, value)
        for _ in range(20):
            await asyncio.sleep(0)
    assert scope._map_frame["state"] == "waiting", scope._map_frame
    scope.save_html(sys.argv[1], max_bytes=100_000_000)
    unit = 1 if sys.platform == "darwin" else 1024
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_a_dictionary_takes_no_memory_of_the_size_of_all_its_planes(tmp_path) -> None:
    code = [sys.executable, "-c", DICTIONARY, str(tmp_path / "page.html")]
    ended = subprocess.run(code, capture_output=True, text=True, check=True)
    # A byte for each of its 302 million planes would be 302 MB.
    assert int(ended.stdout) < 300_000_000

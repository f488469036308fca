"""Survey, table, chart, prefetcher and follower of a scope, each without a widget."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency import background
from srm_widget.results.count_histogram import BAND_QUANTILES
from srm_widget.view.plane_map import PlaneOrder
from srm_widget.widget import survey_demand
from srm_widget.widget.direction_table import DirectionTable
from srm_widget.widget.followers import EngineFollower
from srm_widget.widget.prefetcher import Prefetcher
from srm_widget.widget.survey_controller import SurveyController
from srm_widget.widget.timeline_chart import TimelineChart
from tests.unit.support.event_loop import until
from tests.unit.support.parts import ROWS, Parts


def timeline_of_two() -> srm.Timeline:
    timeline = srm.Timeline()
    timeline.record(ROWS, "first")
    timeline.record(np.sign(ROWS) * ROWS**2, "second")
    return timeline


class Surveyed(Parts):
    """Traits, the survey of their planes, and what it tells others."""

    def __init__(self, activations: Any = ROWS, **traits: Any) -> None:
        super().__init__(activations, **traits)
        self.ranked: list[PlaneOrder] = []
        self.changes = 0
        self.surveys = SurveyController(
            self.model,
            self.publisher,
            self.timeline,
            on_ranked=self.ranked.append,
            on_changed=self.count_changes,
        )

    def count_changes(self) -> None:
        self.changes += 1


def test_a_survey_computed_now_is_the_map() -> None:
    scope = Surveyed(epsilon=0.6)
    survey = scope.surveys.compute()
    assert survey.epsilon == 0.6
    assert scope.surveys.latest is survey
    assert scope.surveys.latest_done == (0, survey)
    frame = scope.model._map_frame
    assert (frame["state"], frame["epsilon"], frame["n_lit"]) == ("done", 0.6, survey.n_lit)
    assert len(scope.model._map) == 2 * 5 * 5
    ensemble = np.frombuffer(scope.model._ensemble, "<f4")
    assert np.allclose(ensemble, survey.quantiles(BAND_QUANTILES, lit=True).ravel())
    assert scope.changes > 0
    assert scope.ranked == []  # in index order nothing is ranked


def test_an_order_is_ranked_by_the_survey() -> None:
    scope = Surveyed(order="peak")
    survey = scope.surveys.compute()
    assert [each.order for each in scope.ranked] == ["peak"]
    best = tuple(survey.best(top=1, by="peak").planes[0].tolist())
    assert scope.ranked[0].plane(0) == best
    order = scope.surveys.order_for("peak", scope.model.epsilon, samples_appended=False)
    assert order.plane(0) == best


def test_the_window_of_the_map_is_sent() -> None:
    scope = Surveyed()
    scope.model._window = [1, 1, 2]
    scope.surveys.show_tile()
    assert scope.model._tile == b""
    scope.surveys.compute()
    assert scope.model._tile_frame["window"] == [1, 1, 2]
    assert len(scope.model._tile) == 2 * 2 * 2


def test_a_map_that_is_switched_off_is_taken_away() -> None:
    scope = Surveyed()
    scope.surveys.compute()
    scope.model.navigator = False
    scope.surveys.request()
    assert scope.surveys.state == "off"
    assert scope.surveys.latest is None
    assert scope.model._map == scope.model._ensemble == b""
    assert [each.order for each in scope.ranked] == ["index"]


def test_a_costly_survey_waits_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_demand, "_COSTLY", 0)

    async def main() -> None:
        scope = Surveyed()
        scope.surveys.request()
        assert scope.surveys.state == "waiting"
        hint = f"10 planes of {len(ROWS)} samples: this may take a while."
        assert scope.model._map_frame["hint"] == hint
        scope.surveys.request(costly=True)
        await until(lambda: scope.surveys.state == "done")
        scope.surveys.close()

    asyncio.run(main())


def test_the_table_is_counted_while_it_is_shown() -> None:
    parts = Parts(table=True, table_by="count", table_descending=True)
    table = DirectionTable(parts.model, parts.publisher)
    table.request()
    frame = parts.model._table_frame
    assert (frame["state"], frame["n_rows"], frame["by"]) == ("done", 10, "count")
    counts = [row[3] for row in frame["rows"]]
    assert counts == sorted(table.compute().count.tolist(), reverse=True)
    parts.model.table = False
    table.request()
    assert parts.model._table_frame == {}
    table.close()


def test_the_chart_has_the_alignment_of_every_step() -> None:
    scope = Surveyed(timeline_of_two(), pair=(0, 2))
    chart = TimelineChart(scope.model, scope.publisher, scope.surveys)
    chart.request()
    known = [scope.timeline.step(k).known_alignment((0, 2), 0.5) for k in range(2)]
    lines = (
        np.frombuffer(scope.model._course, "<f4"),
        np.frombuffer(scope.model._course_error, "<f4"),
    )
    for told, one in zip(zip(*lines, strict=True), known, strict=True):
        assert one is not None
        assert one == pytest.approx(told)
    about = {"pair": [0, 2], "epsilon": 0.5, "layer_epsilon": None, "problem": ""}
    assert scope.model._course_frame == about
    assert np.isnan(np.frombuffer(scope.model._course_ensemble, "<f4")).all()
    survey = scope.surveys.compute()
    chart.request()
    assert scope.timeline.step(0).known_layer(survey.epsilon) == survey.alignment
    assert scope.timeline.step(0).known_layer(None) == survey.fourth_moment_alignment
    chart.close()


def test_the_chart_is_made_anew_for_new_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = Surveyed(timeline_of_two())
    chart = TimelineChart(scope.model, scope.publisher, scope.surveys)
    asked: list[object] = []
    original = srm.Timeline.alignment_steps

    def recorded(self: srm.Timeline, *plane: Any, **options: Any) -> Any:
        asked.append(plane)
        return original(self, *plane, **options)

    monkeypatch.setattr(srm.Timeline, "alignment_steps", recorded)
    for _ in range(2):
        chart.request()
    assert len(asked) == 1
    scope.timeline.step(1).engine.append(ROWS)
    chart.request()
    assert len(asked) == 2


def test_a_chart_of_one_step_is_none() -> None:
    scope = Surveyed()
    TimelineChart(scope.model, scope.publisher, scope.surveys).request()
    assert scope.model._course_frame == {}


def prefetcher_of(parts: Parts) -> Prefetcher:
    view = parts.view()
    view.reconcile()
    return Prefetcher(parts.model, parts.publisher, view, parts.builder())


def test_planes_are_sent_ahead_in_their_era(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_PAUSE", 0)
    parts = Parts()
    prefetcher = prefetcher_of(parts)
    era = parts.model._frame["era"]
    prefetcher.prefetch({"planes": [[3, 0.4], [99, 0.5], [4, 0.5]], "era": era})
    assert [each["type"] for each in parts.heard.messages] == ["ahead", "ahead"]
    first, arrays = parts.heard.messages[0], parts.heard.arrays[0]
    assert (first["era"], first["frames"]["_frame"]["position"]) == (era, 3)
    counts = np.frombuffer(arrays[first["arrays"].index("_counts")], "<i4")
    expected = parts.model.engine.curve(*parts.model.ranking.plane(3), epsilon=0.4)
    assert np.array_equal(counts, expected.counts[0])
    parts.heard.messages.clear()
    prefetcher.prefetch({"planes": [[3, 0.4]], "era": era + 1})
    assert parts.heard.messages == []
    prefetcher.close()


@pytest.mark.parametrize("planes", [None, "3", [[0, 0.5]] * 65, [[0]], [[0, 2.0]], [["0", 0.5]]])
def test_what_are_no_planes_is_refused(planes: Any) -> None:
    prefetcher = prefetcher_of(Parts())
    with pytest.raises((TypeError, ValueError), match="expected at most 64 planes"):
        prefetcher.prefetch({"planes": planes, "era": 1})


def test_the_samples_of_the_plane_are_sent() -> None:
    parts = Parts(pair=(1, 3))
    prefetcher_of(parts).send_samples({})
    message = parts.heard.messages[0]
    assert (message["type"], message["step"], message["compare"]) == ("held", 0, -1)
    assert message["pair"] == (1, 3)


class Following(Parts):
    """Traits that follow a timeline, and what was told of it."""

    def __init__(self, activations: Any, **traits: Any) -> None:
        super().__init__(activations, **traits)
        self.told: list[str] = []
        self.fails = False
        self.follower = EngineFollower(
            self.model,
            self.publisher,
            compares_automatically=True,
            on_samples=self.on_samples,
            on_changed=lambda: self.told.append("changed"),
        )
        self.follower.follow()

    def on_samples(self) -> None:
        self.told.append("samples")
        if self.fails:
            raise ValueError("cannot be shown")


def test_samples_and_steps_are_followed_until_it_is_closed() -> None:
    timeline = srm.Timeline()
    engine = srm.ResonanceEngine(ROWS)
    timeline.record(engine, "first")
    scope = Following(timeline)
    assert scope.model._steps == []
    engine.append(ROWS[:9])
    assert scope.told == ["samples", "changed"]
    timeline.record(ROWS, "second")
    assert (scope.model.step, scope.model.compare) == (1, 0)
    assert scope.model._steps == ["first", "second"]
    scope.model.step = 0
    timeline.record(ROWS, "third")
    assert scope.model.step == 0
    told = len(scope.told)
    scope.follower.close()
    engine.append(ROWS[:9])
    timeline.record(ROWS, "fourth")
    assert len(scope.told) == told
    scope.follower.close()


def test_what_cannot_be_shown_is_told_the_page() -> None:
    engine = srm.ResonanceEngine(ROWS)
    scope = Following(engine)
    scope.fails = True
    engine.append(ROWS[:9])
    assert scope.model.error == "cannot be shown"
    assert scope.told == ["samples", "changed"]

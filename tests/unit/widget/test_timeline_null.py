"""The band of turned bases over the steps, against the rotation tests of the steps themselves."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency import background
from srm_widget.engine.timeline import Timeline
from srm_widget.widget import timeline_null
from tests.unit.support.event_loop import until
from tests.unit.support.growing import rows, timeline


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_PAUSE", 0)


def expected(made: Timeline, rotations: int = 100, **more: Any) -> np.ndarray:
    tests = [engine.rotation_test(rotations=rotations, **more) for engine in made]
    return np.quantile([test.null for test in tests], [0.025, 0.975], axis=1)


def test_the_band_is_of_each_steps_own_rotations() -> None:
    made = timeline(3)
    for null in ("mean", "rotations"):
        band = made.null_band(rotations=20, null=null, seed=4)
        ends = expected(made, 20, null=null, seed=4)
        np.testing.assert_allclose([band.low, band.high], ends, rtol=1e-12)
        assert (band.kept, band.rotations, band.share, band.n_samples) == (null, 20, 0.95, 300)
    narrow = made.null_band(rotations=20, share=0.5, seed=4)
    wide = made.null_band(rotations=20, seed=4)
    assert (narrow.low > wide.low).all()
    assert (narrow.high < wide.high).all()


def test_nothing_is_computed_again_but_for_new_samples() -> None:
    made = timeline(2)
    first = made.null_band(rotations=10)
    shares: list[float] = []
    made.null_band(rotations=10, progress=shares.append)
    tests = [made.step(k).known_test((10, "mean", 0)) for k in range(2)]
    assert None not in tests
    made[0].append(rows(5))
    assert made.step(0).known_test((10, "mean", 0)) is None
    second = made.null_band(rotations=10)
    assert made.step(1).known_test((10, "mean", 0)) is tests[1]
    assert (second.low[0], second.low[1]) != (first.low[0], first.low[1])
    assert second.low[1] == first.low[1]


def test_a_band_of_zeros_alone_is_not_known() -> None:
    made = Timeline()
    made.record(np.zeros((4, 3)))
    made.record(rows(0, n_dims=3))
    band = made.null_band(rotations=5)
    assert np.isnan(band.low).tolist() == [True, False]


def test_bands_are_refused_where_there_is_none() -> None:
    made = Timeline()
    with pytest.raises(IndexError, match="at least one step"):
        made.null_band()
    made.record(rows(0), basis=srm.basis.thomson(5, 5, 0), label="oblique")
    with pytest.raises(ValueError, match="orthonormal bases for a band"):
        made.null_band()
    with pytest.raises(ValueError, match="share between 0 and 1, got 95"):
        timeline(2).null_band(share=95.0)
    counts = srm.ResonanceCounts(epsilon=0.5, resolution=8)
    counts.append(rows(0))
    of_counts = Timeline()
    of_counts.record(counts)
    with pytest.raises(ValueError, match="no rotation test beside counts"):
        of_counts.null_band()


def test_a_quick_band_comes_by_itself_and_grows_with_the_steps() -> None:
    async def life() -> None:
        made = timeline(2)
        scope = srm.SRMScope(made, epsilon=0.5)
        await until(lambda: scope._null_frame.get("state") == "done")
        frame = scope._null_frame
        np.testing.assert_allclose([frame["low"], frame["high"]], expected(made), atol=1e-6)
        assert (frame["kept"], frame["rotations"], frame["share"]) == ("mean", 100, 0.95)
        made.record(rows(2))
        await until(
            lambda: len(scope._null_frame["low"]) == 3 and None not in scope._null_frame["low"]
        )
        np.testing.assert_allclose(scope._null_frame["low"], expected(made)[0], atol=1e-6)
        scope.close()

    asyncio.run(life())


def test_what_takes_long_waits_until_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_null, "_MOST_UNASKED", 1)

    async def life() -> None:
        made = timeline(2)
        scope = srm.SRMScope(made, epsilon=0.5)
        assert scope._null_frame["state"] == "waiting"
        assert scope._null_frame["low"] == [None, None]
        scope.epsilon = 0.6
        assert scope._null_frame["state"] == "waiting"
        scope._handle_custom_msg({"type": "null_band"}, [])
        await until(lambda: scope._null_frame["state"] == "done")
        np.testing.assert_allclose(scope._null_frame["low"], expected(made)[0], atol=1e-6)
        scope.close()

    asyncio.run(life())


@pytest.mark.parametrize("kind", ["one step", "oblique"])
def test_asked_for_what_there_is_not_the_page_is_told(kind: str) -> None:
    made = timeline(1 if kind == "one step" else 2)
    if kind == "oblique":
        made.record(rows(3), basis=srm.basis.thomson(5, 5, 0))
    scope = srm.SRMScope(made, epsilon=0.5)
    scope._handle_custom_msg({"type": "null_band"}, [])
    assert "orthonormal bases to compare with turned bases" in scope.error
    assert scope._null_frame == {}
    scope.close()


def test_a_saved_page_has_the_band() -> None:
    """Without an event loop too: a page cannot compute it."""
    made = timeline(2)
    scope = srm.SRMScope(made, epsilon=0.5)
    assert scope._null_frame == {}
    page = scope.embed()._repr_html_()
    frame = scope._null_frame
    assert frame["state"] == "done"
    np.testing.assert_allclose([frame["low"], frame["high"]], expected(made), atol=1e-6)
    assert json.dumps(frame["low"][0]) in page
    scope.close()

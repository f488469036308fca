"""Scopes over counts, against scopes over the samples that were counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import comm
import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency import background
from srm_widget.engine.timeline import Timeline
from srm_widget.streaming.counts import ResonanceCounts
from tests.unit.support.event_loop import until
from tests.unit.support.growing import rows, timeline
from tests.unit.support.wire import Wire, packed, state_of

LEVELS = (0.8, 0.5)


@pytest.fixture(autouse=True)
def wires(monkeypatch: pytest.MonkeyPatch, as_users: None) -> Iterator[None]:
    monkeypatch.setattr(comm, "create_comm", Wire)
    yield
    srm.SRMScope.close_all()


def counts(step: int = 0, **more: Any) -> ResonanceCounts:
    made = ResonanceCounts(**{"epsilon": LEVELS, "resolution": 72, **more})
    made.append(rows(step))
    return made


def counted(n_steps: int = 3, **more: Any) -> Timeline:
    made = Timeline()
    for step in range(n_steps):
        made.record(counts(step, **more), label=f"epoch {step}")
    return made


@pytest.mark.parametrize("pair", [(0, 1), (3, 1)])
def test_curves_and_alignment_are_those_of_the_samples(pair: tuple[int, int]) -> None:
    scope = srm.SRMScope(counted(), pair=pair, order="peak")
    whole = srm.SRMScope(timeline(3), pair=pair, order="peak", epsilon=0.8, resolution=72)
    assert (scope.epsilon, scope.resolution, scope.step, scope.compare) == (0.8, 72, 2, 0)
    for step, epsilon in [(2, 0.8), (1, 0.5), (1, 0.8)]:
        for each in (scope, whole):
            with each.hold_trait_notifications():
                each.step, each.epsilon = step, epsilon
        for name in ("counts", "signed_counts", "compared", "signed_compared"):
            assert packed(scope, name, "<i4").tolist() == packed(whole, name, "<i4").tolist()
        for name in ("_band", "_course", "_compared_frame", "_course_frame"):
            assert getattr(scope, name) == getattr(whole, name), name
        assert scope.ranking.plane(0) == whole.ranking.plane(0)
        assert scope.survey.mean.shape == (72,)
        np.testing.assert_array_equal(scope.survey.score, whole.survey.score)


def test_the_timeline_of_counts_has_the_alignments_of_the_samples() -> None:
    for epsilon in LEVELS:
        one, other = counted(), timeline(3)
        assert one.ensemble(epsilon=epsilon).tolist() == other.ensemble(epsilon=epsilon).tolist()
        assert one.ensemble().tolist() == other.ensemble().tolist()
        for pair in [(0, 1), (4, 2)]:
            found = one.alignment(*pair, epsilon=epsilon).tolist()
            assert found == other.alignment(*pair, epsilon=epsilon).tolist()
    made = counted(1)
    assert isinstance(made[0], ResonanceCounts)
    assert made.step(0).engine.n_rows == 300


def test_what_is_lit_is_said_for_the_nearest_angle_that_was_counted() -> None:
    scope = srm.SRMScope(counts(), theta=0.0)
    for degrees, nearest in [(0, 0), (12, 2), (13, 3), (359, 0)]:
        scope.theta = np.radians(degrees)
        assert scope._frame["lit_angle"] == pytest.approx(np.radians(5 * nearest))
        assert scope._frame["n_lit"] == scope.resonance.counts[0, nearest]
    assert (scope.selected, scope.n_selected) == ([], 0)
    assert srm.SRMScope(rows(0), epsilon=0.5)._frame["lit_angle"] is None


@pytest.mark.parametrize("cloud", ["points", "density", "ratio", "off"])
def test_there_are_no_samples_to_show(cloud: str) -> None:
    scope = srm.SRMScope(counts(), cloud=cloud, table=True)
    assert (scope._points, scope._density, scope._strip_frame) == (b"", b"", {})
    assert scope._layer["levels"] == sorted(LEVELS)
    assert scope._table_frame["state"] == "failed"
    assert "counts, which keep none" in scope._table_frame["hint"]


@pytest.mark.parametrize(
    ("name", "value", "kind", "said"),
    [
        ("epsilon", 0.6, ValueError, "one of those counted, 0.5, 0.8, got 0.6"),
        ("resolution", 360, ValueError, "resolution in 72 … 72, got 360"),
        ("labels", [0] * 300, ValueError, "no labels beside counts"),
        ("samples", np.zeros((300, 2, 2)), ValueError, "no samples beside counts"),
        ("samples", str, ValueError, "no samples beside counts"),
        ("highlight", [3], IndexError, "no rows, as counts keep no samples, got 3"),
    ],
)
def test_what_counts_can_not_answer_is_refused(
    name: str, value: Any, kind: type[Exception], said: str
) -> None:
    scope = srm.SRMScope(counts())
    before = state_of(scope)
    with pytest.raises(kind, match=said):
        setattr(scope, name, value)
    assert state_of(scope) == before
    with pytest.raises(kind, match=said):
        srm.SRMScope(counts(), **{name: value})


@pytest.mark.parametrize(
    ("others", "kind", "said"),
    [
        (lambda: rows(1), TypeError, r"counts alone, .* got step 1 \('x'\)"),
        (lambda: srm.ResonanceEngine(rows(1)), TypeError, "counts alone"),
        (lambda: counts(1, epsilon=0.5), ValueError, "same planes, epsilon and angles"),
        (lambda: counts(1, resolution=36), ValueError, "same planes, epsilon and angles"),
        (lambda: counts(1, planes=[(0, 1)]), ValueError, "same planes, epsilon and angles"),
        (lambda: ResonanceCounts(np.eye(5), epsilon=LEVELS), ValueError, "at least one sample"),
    ],
)
def test_steps_are_all_counts_of_the_same(others: Any, kind: type[Exception], said: str) -> None:
    made = counted(1)
    with pytest.raises(kind, match=said):
        made.record(others(), label="x")
    assert len(made) == 1
    with pytest.raises(TypeError, match="engines alone"):
        timeline(1).record(counts(1))
    with pytest.raises(TypeError, match="no basis beside counts"):
        made.record(counts(1), basis=np.eye(5))


def test_some_planes_alone_are_shown_without_a_map() -> None:
    made = counted(2, planes=[(2, 3), (0, 4)])
    scope = srm.SRMScope(made)
    assert scope.pair == (2, 3)
    assert np.isnan(made.ensemble(epsilon=0.5)).all()
    assert made.ensemble().tolist() == timeline(2).ensemble().tolist()
    with pytest.raises(ValueError, match="planes counted"):
        scope.pair = (0, 1)
    with pytest.raises(ValueError, match="all planes"):
        scope.order = "peak"
    scope.pair = (4, 0)
    assert scope._course_frame["pair"] == [4, 0]


def test_a_dark_plane_says_which_level_lights_it() -> None:
    dim = np.array([[0.55, 0.0, 0.835]] * 3)
    made = ResonanceCounts(epsilon=(0.9, 0.5), resolution=36)
    made.append(dim)
    scope = srm.SRMScope(made, pair=(0, 1))
    assert (scope.epsilon, scope._frame["peak"], scope._frame["reach"]) == (0.9, 0, 0.5)


def test_maps_and_alignments_of_counts_come_in_the_background(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "_PAUSE", 0)
    made = counted(3)

    async def life(of: Timeline, state: str) -> None:
        scope = srm.SRMScope(of)
        expected = of.ensemble().astype("<f4").tobytes()
        await until(lambda: scope._map_frame["state"] == state)
        await until(lambda: scope._course_ensemble == expected)
        assert scope._course_frame["problem"] == ""
        scope.close()

    asyncio.run(life(made, "done"))
    asyncio.run(life(counted(2, planes=[(0, 1)]), "failed"))


def test_a_scope_follows_counts_that_are_appended_to() -> None:
    scope = srm.SRMScope(counts())
    before = scope.resonance.n_samples
    scope.engine.append(rows(1))
    assert scope.resonance.n_samples > before
    expected = counts()
    expected.append(rows(1))
    found, own = scope.resonance, expected.curve(*scope.pair, epsilon=scope.epsilon)
    assert np.array_equal(found.counts, own.counts)

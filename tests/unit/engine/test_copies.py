"""Copies and pickles of what holds samples and of what is computed of them, whoever looks at it."""

from __future__ import annotations

import copy
import io
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import torch
from torch import nn

import srm_widget as srm

ROWS = np.random.default_rng(3).standard_normal((300, 5)).astype(np.float32) ** 3
GROUPS = np.arange(300) % 40

Copying = Callable[[Any], Any]


def by_joblib(made: Any) -> Any:
    file = io.BytesIO()
    joblib.dump(made, file)
    file.seek(0)
    return joblib.load(file)


def by_torch(made: Any) -> Any:
    file = io.BytesIO()
    torch.save(made, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


COPYING: dict[str, Copying] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda made: pickle.loads(pickle.dumps(made)),
    "oldest pickle": lambda made: pickle.loads(pickle.dumps(made, protocol=2)),
    "joblib": by_joblib,
    "torch": by_torch,
}


@pytest.fixture(params=COPYING)
def copied(request: pytest.FixtureRequest) -> Copying:
    return COPYING[request.param]


def counts(source: Any) -> np.ndarray:
    return np.asarray(source.curve(0, 1, epsilon=0.5).counts)


@pytest.mark.parametrize("groups", [None, GROUPS])
def test_an_engine_that_a_scope_looks_at(copied: Copying, groups: Any) -> None:
    engine = srm.ResonanceEngine(ROWS, srm.basis.thomson(7, 5, 0), groups=groups)
    scope = srm.SRMScope(engine, epsilon=0.5)
    shown = scope._counts
    other = copied(engine)
    np.testing.assert_array_equal(counts(other), counts(engine))
    np.testing.assert_array_equal(other.survey(epsilon=0.5).score, engine.survey(epsilon=0.5).score)
    assert len(other.listeners) == 0
    # Each goes on by itself.
    other.append(ROWS[:50], groups=None if groups is None else groups[:50])
    assert (other.n_samples, engine.n_samples) == (350, 300)
    assert scope._counts == shown
    engine.append(-ROWS[:20], groups=None if groups is None else groups[:20])
    assert scope._layer["n_samples"] == 320
    both = srm.ResonanceEngine(
        np.concatenate([ROWS, ROWS[:50]]),
        engine.basis,
        groups=None if groups is None else np.concatenate([groups, groups[:50]]),
    )
    np.testing.assert_array_equal(counts(other), counts(both))
    if other.groups is not None and both.groups is not None:
        np.testing.assert_array_equal(other.groups.codes, both.groups.codes)
    assert (other.groups is None) == (groups is None)
    scope.close()


def test_copies_of_one_engine_go_on_by_themselves(copied: Copying) -> None:
    engine = srm.ResonanceEngine(ROWS, groups=GROUPS)
    first, second = copied(engine), copied(engine)
    first.append(ROWS[:50], groups=GROUPS[:50])
    assert (first.n_samples, second.n_samples, engine.n_samples) == (350, 300, 300)
    second.append(-ROWS[50:100], groups=GROUPS[50:100])
    # In one pickle too, where they have as many samples.
    pairs = zip((first, second), pickle.loads(pickle.dumps((first, second))), strict=True)
    for one, again in pairs:
        np.testing.assert_array_equal(counts(again), counts(one))
        np.testing.assert_array_equal(again.groups.codes, one.groups.codes)


def test_a_copy_knows_of_rows_left_out_since_the_last(copied: Copying) -> None:
    engine = srm.ResonanceEngine(ROWS, nan_policy="drop")
    before = copied(engine)
    engine.append(np.full_like(ROWS[:5], np.nan))
    assert [each.n_dropped for each in (before, engine, copied(engine))] == [0, 5, 5]


def test_an_engine_in_the_middle_of_a_survey(copied: Copying) -> None:
    """What is under way belongs to the one who asked for it."""
    engine = srm.ResonanceEngine(ROWS)
    steps = engine.survey_steps(epsilon=0.3)
    next(steps)
    np.testing.assert_array_equal(counts(copied(engine)), counts(engine))
    assert sum(1 for _ in steps) >= 0


def test_an_engine_is_stored_without_room_and_caches() -> None:
    engine = srm.ResonanceEngine(ROWS)
    for _ in range(3):
        engine.append(ROWS)  # which makes room for more
    engine.survey(epsilon=0.1)
    assert len(pickle.dumps(engine)) < 1.05 * (4 * 5 + 8) * 1200 + 5_000


def test_options_of_an_engine_are_kept(copied: Copying) -> None:
    rows = np.concatenate([ROWS, [[np.nan] * 5], 1e-3 * ROWS[:5]])
    engine = srm.ResonanceEngine(
        rows, center=ROWS.mean(0), min_norm=0.01, nan_policy="drop", cache_bytes=0
    )
    other = copied(engine)
    assert (other.n_dropped, other.n_zero, other.n_short) == (1, engine.n_zero, engine.n_short)
    assert other.preparation == engine.preparation
    np.testing.assert_array_equal(other.rows, engine.rows)
    other.append(rows[-10:])
    assert (other.n_dropped, engine.n_dropped) == (2, 1)
    empty = copied(srm.ResonanceEngine(basis=srm.basis.standard(5)))
    empty.append(ROWS)
    np.testing.assert_array_equal(counts(empty), counts(srm.ResonanceEngine(ROWS)))


def test_a_timeline_that_a_scope_looks_at(copied: Copying) -> None:
    timeline = srm.Timeline()
    for power in (1, 2):
        timeline.record(np.sign(ROWS) * np.abs(ROWS) ** power, f"power {power}")
    scope = srm.SRMScope(timeline, epsilon=0.5)
    other = copied(timeline)
    assert other.labels == timeline.labels
    other.record(ROWS)
    assert (len(other), len(timeline), len(scope._steps)) == (3, 2, 2)
    for mine, theirs in zip(timeline, other, strict=False):
        np.testing.assert_array_equal(counts(mine), counts(theirs))
    scope.close()


def test_samples_of_a_turn_stay_one_in_a_pickle() -> None:
    turn = srm.Timeline.turning(
        srm.ResonanceEngine(ROWS, groups=GROUPS), srm.basis.rotated(5, 1), 6
    )
    scope = srm.SRMScope(turn)
    kept = pickle.dumps(turn)
    assert len(kept) < 3 * len(pickle.dumps(turn[0]))
    again = pickle.loads(pickle.dumps(pickle.loads(kept)))
    again[2].append(ROWS[:10], groups=GROUPS[:10])
    assert {engine.n_samples for engine in again} == {310}
    assert all(engine.groups.codes.shape == (310,) for engine in again)
    scope.close()


def test_what_is_computed(copied: Copying) -> None:
    engine = srm.ResonanceEngine(ROWS)
    labels = np.arange(300) % 3
    made = [
        engine.curve(0, 1, epsilon=0.5),
        engine.class_curves(0, 1, labels=labels, epsilon=0.5),
        engine.survey(epsilon=0.5),
        engine.coactive(epsilon=0.5),
        engine.density(0, 1),
        engine.ensemble_density(epsilon=0.5),
        engine.directions(epsilon=0.5, labels=labels),
        engine.rotation_test(rotations=5),
        engine.significance(epsilon=0.5, rotations=5),
        engine.basis,
        srm.basis.thomson(7, 5, 0),
        srm.MarkedText("abc", 1, 2),
    ]
    for each in made:
        other = copied(each)
        assert type(other) is type(each)
        assert repr(other) == repr(each)


def test_counts_go_on_by_themselves(copied: Copying) -> None:
    counted = srm.ResonanceCounts(epsilon=[0.5], resolution=8)
    counted.append(ROWS)
    scope = srm.SRMScope(counted)
    other = copied(counted)
    other.append(ROWS)
    assert (other.n_samples, counted.n_samples) == (600, 300)
    assert counts(other).sum() == 2 * counts(counted).sum() > 0
    scope.close()


@pytest.mark.parametrize("kind", ["memory", "some", "file", "some in a file"])
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, COPYING["pickle"]])
def test_what_was_captured(copied: Copying, kind: str, tmp_path: Path) -> None:
    class Local(nn.Linear):
        """What pickle would refuse: the model stays behind."""

    torch.manual_seed(0)
    model = nn.Sequential(Local(5, 4), nn.ReLU())
    options: dict[str, Any] = {"max_samples": 70} if "some" in kind else {}
    options |= {"spill": tmp_path} if "file" in kind else {}
    with srm.capture(model, ["0", "*"], **options) as captured:
        model(torch.from_numpy(ROWS))
        with pytest.raises(TypeError, match="with block has ended"):
            copied(captured)
    other = copied(captured)
    assert other.names == captured.names
    for name in captured:
        assert torch.equal(other[name], captured[name])
        np.testing.assert_array_equal(other.origins(name), captured.origins(name))
        assert other.layout(name) == captured.layout(name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of bqplot, when it is imported
@pytest.mark.parametrize("kind", [srm.SRMScope, srm.SRMExplorer])
def test_a_scope_says_what_to_copy_in_its_place(copied: Copying, kind: Any) -> None:
    scope = kind(ROWS)
    with pytest.raises(TypeError, match=r"which belongs to this kernel.*scope\.engine.*save_html"):
        copied(scope)
    scope.close()


def test_a_pickle_is_read_by_another_process(tmp_path: Path) -> None:
    engine = srm.ResonanceEngine(ROWS)
    scope = srm.SRMScope(engine)
    file = tmp_path / "engine.pickle"
    file.write_bytes(pickle.dumps(engine))
    code = (
        "import pickle, sys; engine = pickle.load(open(sys.argv[1], 'rb'));"
        "print(engine.curve(0, 1, epsilon=0.5).counts.sum())"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
    )
    assert int(found.stdout) == counts(engine).sum()
    scope.close()


def test_pickles_beside_a_thread_that_appends_are_whole() -> None:
    engine = srm.ResonanceEngine(ROWS[:1], groups=["a"])
    kept: list[bytes] = []
    ended = threading.Event()

    def append() -> None:
        for k in range(1, 200):
            engine.append(ROWS[k : k + 1], groups=[f"{k % 7}"])
        ended.set()

    thread = threading.Thread(target=append)
    thread.start()
    while not ended.is_set():
        kept.append(pickle.dumps(engine))
    thread.join()
    for each in [*kept[:: max(1, len(kept) // 20)], pickle.dumps(engine)]:
        other = pickle.loads(each)
        assert other.groups is not None
        assert len(other.groups.codes) == other.n_samples
        rows = srm.ResonanceEngine(ROWS[: other.n_samples])
        np.testing.assert_array_equal(counts(other), counts(rows))

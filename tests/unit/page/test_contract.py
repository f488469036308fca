"""What travels is called the same in Python and in the page."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import anywidget
import numpy as np
import pytest

import srm_widget as srm
from tests.unit.support import page_answers

N = 60


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """Names that the page knows: traits, and fields of frames and messages."""
    done = subprocess.run(
        [page_answers.NODE, page_answers.ROOT / "js" / "tests" / "support" / "contract.ts"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    names: dict[str, Any] = json.loads(done.stdout)
    return names


@pytest.fixture(scope="module")
def sent() -> Iterator[dict[str, Any]]:
    """Every frame and every message that a scope has for its page."""
    random = np.random.default_rng(0)
    timeline = srm.Timeline()
    for step in ("before", "after"):
        timeline.record(random.standard_normal((N, 4)), label=step)
    messages: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(srm.SRMScope, "send", lambda _, message, _buffers: messages.append(message))
        scope = srm.SRMScope(
            timeline,
            labels=[k % 3 for k in range(N)],
            samples=random.random((N, 5, 7)),
            epsilon=0.3,
            compare=0,
            cloud="density",  # which has fields that points have not
            table=True,
        )
        assert scope.survey is not None  # without a loop it is computed when it is asked for
        scope._window = [0, 0, 2]
        scope.freeze()
        planes = [[1, scope.epsilon]]
        for wish in (
            {"type": "hold"},
            {"type": "ahead", "era": scope._frame["era"], "planes": planes},
        ):
            scope._handle_custom_msg(wish, [])
    yield scope.get_state() | {message["type"]: message for message in messages}
    scope.close()


def test_the_same_traits(page: dict[str, Any]) -> None:
    own = set(srm.SRMScope.class_traits(sync=True)) - set(
        anywidget.AnyWidget.class_traits(sync=True)
    )
    assert page["traits"] == sorted(own)


def test_the_same_fields(page: dict[str, Any], sent: dict[str, Any]) -> None:
    found = {}
    for name in page["frames"]:
        frame, _, part = name.partition(".")
        value = sent[frame][part] if part else sent[frame]
        [first, *others] = value if isinstance(value, list) else [value]
        assert all(first.keys() == other.keys() for other in others)
        found[name] = sorted(first)
    assert found == page["frames"]


def test_no_frame_is_left_out(page: dict[str, Any]) -> None:
    frames = {name for name in page["traits"] if name.endswith("_frame")}
    assert {*frames, "_frame", "_layer", "_legend"} <= page["frames"].keys()


def test_a_row_of_the_table_has_as_many_cells(page: dict[str, Any], sent: dict[str, Any]) -> None:
    assert {len(row) for row in sent["_table_frame"]["rows"]} == {page["columns"]}

"""How often a page hears of what goes on."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from srm_widget.widget import pace


def test_reports_are_due_at_intervals_and_not_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 5.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    told = pace.Pace()
    due = []
    for k in range(100):
        now = 5.0 + k / 64
        if told.is_due():
            due.append(now)
    assert due[0] > 5.0 + pace.SHOWN_EVERY
    assert len(due) == 7
    assert all(later - earlier > pace.SHOWN_EVERY for earlier, later in pairwise(due))
    now += pace.SHOWN_EVERY
    told.start()
    assert not told.is_due()

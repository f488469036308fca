"""What the tests of the scope share."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import comm
import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency.threads import limit_threads
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.survey import search
from srm_widget.widget import survey_task
from tests.unit.scope.wire import Wire


@pytest.fixture(autouse=True)
def wires(monkeypatch: pytest.MonkeyPatch, as_users: None) -> Iterator[None]:
    """Scopes that talk to a `Wire`, as pages and users without a type checker do."""
    monkeypatch.setattr(comm, "create_comm", Wire)
    yield
    srm.SRMScope.close_all()


@pytest.fixture
def activations() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((300, 5)).astype(np.float32)


@pytest.fixture
def scope(activations: np.ndarray) -> srm.SRMScope:
    scope = srm.SRMScope(activations, epsilon=0.5, theta=0.0)
    scope.comm.sent.clear()
    return scope


@pytest.fixture
def many_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A survey takes as long as it takes, and not less than these steps."""
    monkeypatch.setattr(search, "_TESTS", 400)
    monkeypatch.setattr(survey_task, "_SOON", 1e9)
    with limit_threads(1):
        yield


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """The ε of all surveys that were begun, and of those that came to their end."""
    found: dict[str, list[float]] = {"begun": [], "ended": []}
    original = ResonanceEngine.survey_steps

    def recorded(engine: ResonanceEngine, **asked: Any) -> Generator[float, None, srm.Survey]:
        found["begun"].append(asked["epsilon"])
        result = yield from original(engine, **asked)
        found["ended"].append(asked["epsilon"])
        return result

    monkeypatch.setattr(ResonanceEngine, "survey_steps", recorded)
    return found

"""What the tests of the scope share."""

from __future__ import annotations

from collections.abc import Iterator

import comm
import numpy as np
import pytest

import srm_widget as srm
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

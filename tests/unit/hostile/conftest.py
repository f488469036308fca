"""What the tests with hostile input share."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.unit.scope.conftest import wires

__all__ = ["quiet", "wires"]


@pytest.fixture
def quiet() -> Iterator[None]:
    """Nothing logged: what pytest keeps of a traceback would keep what is in it alive."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)

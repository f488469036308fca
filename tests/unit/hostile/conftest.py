"""What the tests with hostile input share."""

from tests.unit.scope.conftest import wires

__all__ = ["wires"]

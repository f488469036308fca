"""Callbacks held by weak references, so that they do not keep their owners alive."""

from collections.abc import Callable
from weakref import WeakMethod


class WeakCallbacks:
    """List of bound methods to call together; it keeps none of their owners alive."""

    def __init__(self) -> None:
        self._methods: list[WeakMethod[Callable[[], None]]] = []

    def __len__(self) -> int:
        return sum(method() is not None for method in self._methods)

    def add(self, listener: Callable[[], None]) -> None:
        """Call the bound method `listener` from now on, as long as its owner lives."""
        self._methods.append(WeakMethod(listener))

    def remove(self, listener: Callable[[], None]) -> None:
        """Stop calling `listener`; do nothing if it was not added."""
        self._methods = [method for method in self._methods if method() != listener]

    def call(self) -> None:
        """Call all methods in the order they were added, and drop those whose owners are gone."""
        alive = [(method, method()) for method in self._methods]
        self._methods = [method for method, listener in alive if listener is not None]
        for _, listener in alive:
            if listener is not None:
                listener()

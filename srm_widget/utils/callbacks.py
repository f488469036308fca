"""Those who want to be told, for as long as they live."""

from collections.abc import Callable
from weakref import WeakMethod


class WeakCallbacks:
    """Bound methods that are called together, none of which is kept alive by it."""

    def __init__(self) -> None:
        self._methods: list[WeakMethod[Callable[[], None]]] = []

    def __len__(self) -> int:
        return sum(method() is not None for method in self._methods)

    def add(self, listener: Callable[[], None]) -> None:
        """Call the bound method `listener` from now on, while its owner lives."""
        self._methods.append(WeakMethod(listener))

    def remove(self, listener: Callable[[], None]) -> None:
        """Call `listener` no more; nothing happens if it was not added."""
        self._methods = [method for method in self._methods if method() != listener]

    def call(self) -> None:
        """Call all in the order they came, and forget those whose owners are gone."""
        alive = [(method, method()) for method in self._methods]
        self._methods = [method for method, listener in alive if listener is not None]
        for _, listener in alive:
            if listener is not None:
                listener()

"""Callbacks that do not keep their owners alive."""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar
from weakref import WeakMethod

_P = ParamSpec("_P")
_T = TypeVar("_T")


def ignore(*_: object) -> None:
    """Do nothing: in place of a callback whose owner is to be let go."""


class WeakCall(Generic[_P, _T]):
    """Function that calls a bound method, and does not keep its owner alive.

    Once the owner is gone it raises ``ReferenceError``.

    Parameters
    ----------
    method
        The bound method.
    """

    def __init__(self, method: Callable[_P, _T]) -> None:
        self._method = WeakMethod(method)

    def __call__(self, *arguments: _P.args, **named: _P.kwargs) -> _T:
        """Call the method."""
        method = self._method()
        if method is None:
            raise ReferenceError("expected the owner of the method to be there, but it is gone")
        return method(*arguments, **named)


class WeakCallbacks:
    """List of bound methods to call together; it keeps none of their owners alive.

    A copy of it is empty: whoever listens to one thing has not asked to hear of its copies.
    """

    def __init__(self) -> None:
        self._methods: list[WeakMethod[Callable[[], None]]] = []

    def __len__(self) -> int:
        return sum(method() is not None for method in self._methods)

    def __reduce__(self) -> tuple[type["WeakCallbacks"], tuple[()]]:
        return WeakCallbacks, ()

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

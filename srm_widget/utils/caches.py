"""Caches: least recently used within a bound of bytes, and one that resumes unfinished work."""

from collections.abc import Callable, Generator
from typing import Any, Protocol, TypeVar, runtime_checkable

from cachetools import LRUCache

Made = TypeVar("Made")
Steps = Generator[Any, None, Made]


@runtime_checkable
class _Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


_Value = TypeVar("_Value", bound=_Sized)


def byte_lru(
    max_bytes: int, contents: LRUCache[object, _Value] | None = None
) -> LRUCache[object, _Value]:
    """Return a least-recently-used cache of at most `max_bytes`, with what fits of `contents`."""
    cache: LRUCache[object, _Value] = LRUCache(max_bytes, getsizeof=_nbytes)
    for key, value in (contents or {}).items():
        put(cache, key, value)
    return cache


def put(cache: LRUCache[object, _Value], key: object, value: _Value) -> None:
    """Store `value` with its present size in bytes, unless it is larger than the whole cache."""
    cache.pop(key, None)
    if value.nbytes <= cache.maxsize:
        cache[key] = value


def _nbytes(value: _Sized) -> int:
    return value.nbytes


class ResumableCache:
    """Cache of the last value under each name, which resumes unfinished work.

    A value is made in steps. Work that was dropped halfway goes on where it stopped when the same
    key is asked for again.
    """

    def __init__(self) -> None:
        self._values: dict[str, tuple[object, Any]] = {}
        self._unfinished: dict[str, tuple[object, Steps[Any]]] = {}

    def has(self, name: str, key: object) -> bool:
        """Return whether the value under `name` was made for `key`."""
        return name in self._values and self._values[name][0] == key

    def get(self, name: str, key: object) -> Any:
        """Return the value under `name` if it was made for `key`, else None."""
        return self._values[name][1] if self.has(name, key) else None

    def steps(self, name: str, key: object, begin: Callable[[], Steps[Made]]) -> Steps[Made]:
        """Return the value for `key`, made by the steps of `begin` if need be; yields theirs."""
        while not self.has(name, key):
            if name not in self._unfinished or self._unfinished[name][0] != key:
                self._unfinished[name] = key, begin()
            _, steps = self._unfinished[name]
            try:
                step = next(steps)
            except BaseException as end:
                self._unfinished.pop(name, None)
                if not isinstance(end, StopIteration):
                    raise
                self._values[name] = key, end.value
            else:
                yield step
        made: Made = self._values[name][1]
        return made

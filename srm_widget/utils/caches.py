"""Caches bounded in bytes."""

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
    """Least-recently-used cache of at most `max_bytes`, filled with what fits of `contents`."""
    cache: LRUCache[object, _Value] = LRUCache(max_bytes, getsizeof=_nbytes)
    for key, value in (contents or {}).items():
        put(cache, key, value)
    return cache


def put(cache: LRUCache[object, _Value], key: object, value: _Value) -> None:
    """File `value` under its size of now, if the cache has room for it at all."""
    cache.pop(key, None)
    if value.nbytes <= cache.maxsize:
        cache[key] = value


def _nbytes(value: _Sized) -> int:
    return value.nbytes


class ResumableCache:
    """Keeps what was made last under each name, and goes on with what was begun.

    Whoever wants the same once more, though not the whole of what it was begun for, finds it where
    it was left.
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[object, Any]] = {}
        self._begun: dict[str, tuple[object, Steps[Any]]] = {}

    def has(self, name: str, key: object) -> bool:
        """Whether it is what was made last under `name`."""
        return name in self._made and self._made[name][0] == key

    def made(self, name: str, key: object) -> Any:
        """What was made last under `name`, if that was for `key`; else None."""
        return self._made[name][1] if self.has(name, key) else None

    def steps(self, name: str, key: object, begin: Callable[[], Steps[Made]]) -> Steps[Made]:
        """Make what `begin` begins, unless it is there; yields what its steps yield."""
        while not self.has(name, key):
            if name not in self._begun or self._begun[name][0] != key:
                self._begun[name] = key, begin()
            _, steps = self._begun[name]
            try:
                step = next(steps)
            except BaseException as end:
                self._begun.pop(name, None)
                if not isinstance(end, StopIteration):
                    raise
                self._made[name] = key, end.value
            else:
                yield step
        made: Made = self._made[name][1]
        return made

    def once(self, name: str, key: object, make: Callable[[], Made]) -> Made:
        """What was made last under `name`, made anew if `key` differs."""
        if not self.has(name, key):
            self._made[name] = key, make()
        made: Made = self._made[name][1]
        return made

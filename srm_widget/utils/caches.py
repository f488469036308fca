"""Caches bounded in bytes."""

from typing import Protocol, TypeVar, runtime_checkable

from cachetools import LRUCache


@runtime_checkable
class _Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


_Value = TypeVar("_Value", bound=_Sized)


def byte_bounded(
    max_bytes: int, contents: LRUCache[object, _Value] | None = None
) -> LRUCache[object, _Value]:
    """Least-recently-used cache of at most `max_bytes`, filled with what fits of `contents`."""
    cache: LRUCache[object, _Value] = LRUCache(max_bytes, getsizeof=_nbytes)
    for key, value in (contents or {}).items():
        keep(cache, key, value)
    return cache


def keep(cache: LRUCache[object, _Value], key: object, value: _Value) -> None:
    """File `value` under its size of now, if the cache has room for it at all."""
    cache.pop(key, None)
    if value.nbytes <= cache.maxsize:
        cache[key] = value


def _nbytes(value: _Sized) -> int:
    return value.nbytes

"""Values held against the types that they are declared with, as deep as these go."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)


def misfits(value: Any, hint: Any, where: str = "value") -> list[str]:
    """What of a value that came as JSON is not of its type; no more and no fewer fields."""
    return list(_misfits(value, hint, where))


def _misfits(value: Any, hint: Any, where: str) -> Iterator[str]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Annotated, NotRequired):
        yield from _misfits(value, arguments[0], where)
    elif origin in (Union, types.UnionType):
        each = [misfits(value, option, where) for option in arguments]
        if all(each):
            yield min(each, key=len)[0] if len(each) > 1 else each[0][0]
    elif is_typeddict(hint):
        yield from _misfits_of_fields(value, hint, where)
    elif origin is Mapping:
        yield from _misfits_of_mapping(value, arguments, where)
    elif origin in (list, Sequence, tuple):
        yield from _misfits_of_items(value, origin, arguments, where)
    elif origin is Literal:
        if not any(value == word and type(value) is type(word) for word in arguments):
            yield f"{where}: {value!r} is none of {arguments}"
    elif not _is_plain(value, hint):
        yield f"{where}: {value!r} is no {hint}"


def _misfits_of_fields(value: Any, hint: Any, where: str) -> Iterator[str]:
    hints = get_type_hints(hint, include_extras=True)
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no {hint.__name__}"
        return
    for name in value.keys() - hints.keys():
        yield f"{where}.{name}: {hint.__name__} has no such field"
    for name, each in hints.items():
        if name in value:
            yield from _misfits(value[name], each, f"{where}.{name}")
        elif get_origin(each) is not NotRequired:
            yield f"{where}.{name}: missing in {hint.__name__}"


def _misfits_of_mapping(value: Any, hints: Sequence[Any], where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no mapping"
        return
    for name, each in value.items():
        yield from _misfits(name, hints[0], f"{where}: a name")
        yield from _misfits(each, hints[1], f"{where}[{name!r}]")


def _misfits_of_items(value: Any, origin: Any, hints: Sequence[Any], where: str) -> Iterator[str]:
    if not isinstance(value, list) or (origin is tuple and len(value) != len(hints)):
        yield f"{where}: {value!r} is none of {len(hints)} values"
        return
    each = hints if origin is tuple else [hints[0]] * len(value)
    for place, (item, hint) in enumerate(zip(value, each, strict=True)):
        yield from _misfits(item, hint, f"{where}[{place}]")


def _is_plain(value: Any, hint: Any) -> bool:
    """Whether a value is a number, text or nothing as declared; 1 is a float, True no number."""
    if hint is object:
        return True
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is (type(None) if hint is None else hint)

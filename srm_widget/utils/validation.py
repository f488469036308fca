"""Values that come from a page or from Python: of the kind that is due, or refused."""

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from srm_widget.utils.saying import short
from srm_widget.utils.text import well_formed


def whole(name: str, value: Any, least: int | None = None, most: int | None = None) -> int:
    """`value` as an integer from `least` to `most`, or an error."""
    expected = f"≥ {least}" if most is None else f"in {least} … {most}"
    try:
        number = operator.index(_number(value))
    except TypeError:
        within = "" if least is None else f" {expected}"
        raise TypeError(f"expected an integer {name}{within}, got {short(value)}") from None
    if (least is not None and number < least) or (most is not None and number > most):
        raise ValueError(f"expected {name} {expected}, got {short(number)}")
    return number


def _number(value: Any) -> Any:
    """`value`, unless it is a switch or text: neither True nor "1" is 1."""
    if isinstance(value, bool | np.bool_ | str | bytes):
        raise TypeError(f"expected a number, got {short(value)}")
    return value


def real(value: Any) -> float:
    """`value` as a float; ``TypeError`` or ``ValueError`` if it is no number."""
    try:
        return float(_number(value))
    except OverflowError as error:
        raise ValueError(str(error)) from error


def listed(value: Any) -> list[Any]:
    """`value` as a list, unless it is a sequence of another kind of things."""
    if isinstance(value, str | bytes | bytearray | memoryview | Mapping):
        raise TypeError(f"expected a list, got {short(value)}")
    return list(value)


def one_of(name: str, known: Sequence[str], value: Any) -> str:
    """`value` if it is one of the `known` words, or an error."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(
            f"expected {name} as one of {', '.join(map(repr, known))}, got {short(value)}"
        )
    return value


def switch(name: str, value: Any) -> bool:
    """`value` as a bool, or an error; 1 is no switch."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise TypeError(f"expected {name} as True or False, got {short(value)}")


def text(name: str, value: Any) -> str:
    """`value`, well-formed, if it is a string, or an error."""
    if isinstance(value, str):
        return well_formed(value)
    raise TypeError(f"expected {name} as a string, got {short(value)}")

"""Validation of arguments, from Python or from the page: converted, or refused with an error."""

import difflib
import heapq
import operator
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from srm_widget.utils.tables import is_table
from srm_widget.utils.text import brief, shorten_middle, well_formed

Word = TypeVar("Word", bound=str)

_MOST_COMPARED = 500
"""Names that are compared letter by letter with one that is not known: of more it takes seconds."""

_LONGEST_COMPARED = 100
"""Letters of it that are looked at to choose these."""

_SLIP, _BESIDE_A_SLIP = 0.75, 0.65
"""Shares of letters in common of names like another: of the best, one slip in four, and others."""

_FEWEST_SOUGHT = 3
"""Letters that a name has at least if others are named that contain it."""

_ELSEWHERE = {"n": ("top", "rotations", "n_planes"), "k": ("top", "resolution"), "limit": ("top",)}
"""Keywords as other packages name them, and what they may be here."""

_LONGEST_SHOWN = 150
"""Letters of a name that an error shows, so that what names a layer can be copied."""


def integer(name: str, value: Any, least: int | None = None, most: int | None = None) -> int:
    """Return `value` as an int.

    Parameters
    ----------
    name
        Of the argument, for the message.
    value
        Anything with ``__index__`` but booleans.
    least, most
        Bounds, both included; None is unbounded; `most` needs `least`.

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If it is out of range.
    """
    expected = f"≥ {least}" if most is None else f"in {least} … {most}"
    try:
        number = operator.index(_no_flag_or_text(value))
    except TypeError:
        within = "" if least is None else f" {expected}"
        raise TypeError(f"expected an integer {name}{within}, got {brief(value)}") from None
    if (least is not None and number < least) or (most is not None and number > most):
        raise ValueError(f"expected {name} {expected}, got {brief(number)}")
    return number


def _no_flag_or_text(value: Any) -> Any:
    """Return `value`, or raise ``TypeError`` for booleans and text: neither True nor "1" is 1."""
    if isinstance(value, bool | np.bool_ | str | bytes):
        raise TypeError(f"expected a number, got {brief(value)}")
    return value


def number(value: Any, name: str | None = None) -> float:
    """Return `value` as a float, or raise ``TypeError`` or ``ValueError`` if it is no number.

    Parameters
    ----------
    value
        Anything with ``__float__`` but booleans and text.
    name
        Of the argument, for the message.
    """
    expected = "expected a number" if name is None else f"expected {name} as a number"
    try:
        return float(_no_flag_or_text(value))
    except OverflowError:
        raise ValueError(f"{expected} that a float holds, got {brief(value)}") from None
    except (TypeError, ValueError, RuntimeError):
        # NumPy and Torch have errors of their own for arrays of several.
        raise TypeError(f"{expected}, got {brief(value)}") from None


def as_list(value: Any) -> list[Any]:
    """Return `value` as a list, or raise ``TypeError`` for text, mappings, tables and scalars."""
    if isinstance(value, str | bytes | bytearray | memoryview | Mapping) or is_table(value):
        raise TypeError(f"expected a list, got {brief(value)}")
    return list(value)


def choice(name: str, value: Any, known: Sequence[Word]) -> Word:
    """Return `value` if it is one of the `known` words, or raise ``ValueError``."""
    for word in known:
        if isinstance(value, str) and value == word:
            return word
    raise ValueError(f"expected {name} as one of {', '.join(map(repr, known))}, got {brief(value)}")


def boolean(name: str, value: Any) -> bool:
    """Return `value` as a bool, or raise ``TypeError``; 1 is not True here."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise TypeError(f"expected {name} as True or False, got {brief(value)}")


def string(name: str, value: Any) -> str:
    """Return the string `value` without lone surrogates, or raise ``TypeError``."""
    if isinstance(value, str):
        return well_formed(value)
    raise TypeError(f"expected {name} as a string, got {brief(value)}")


def did_you_mean(name: str, known: Iterable[str], most: int = 5) -> str:
    """Return the end of an error message: `known` names like `name`, else the first `most`."""
    names = [each for each in known if each]
    wanted = name.strip("*.").lower()
    lowered = {each.lower(): each for each in reversed(names)}
    near = [lowered[each] for each in _alike(wanted, _sharing_most(wanted, lowered))]
    is_telling = len(wanted) >= _FEWEST_SOUGHT
    containing = [each for each in names if is_telling and wanted in each.lower()]
    near = list(dict.fromkeys([*near, *containing]))[:3]
    if near:
        return f"; did you mean {' or '.join(map(_shown, near))}?"
    if not names:
        return "; there are none with a name"
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return f"; there are {', '.join(map(_shown, names[:most]))}{rest}"


def _shown(name: str) -> str:
    return repr(name if len(name) <= _LONGEST_SHOWN else shorten_middle(name, _LONGEST_SHOWN))


def _alike(wanted: str, names: Collection[str]) -> list[str]:
    """Return the three most like `wanted`; none if not one of them is but for a slip."""
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=_BESIDE_A_SLIP)
    is_slip = near and difflib.SequenceMatcher(None, near[0], wanted).ratio() >= _SLIP
    return near if is_slip else []


def _sharing_most(wanted: str, names: Collection[str]) -> Collection[str]:
    """Return at most `_MOST_COMPARED` of `names`, those with most pairs of letters of `wanted`."""
    if len(names) <= _MOST_COMPARED:
        return names
    letters = wanted[:_LONGEST_COMPARED]
    pairs = {letters[k : k + 2] for k in range(len(letters) - 1)}
    return heapq.nlargest(_MOST_COMPARED, names, lambda name: sum(pair in name for pair in pairs))


def refuse_unknown(owner: str, unknown: Iterable[str], known: Iterable[str]) -> None:
    """Raise ``TypeError`` for a keyword that `owner` does not know; it names like ones, or all."""
    names = list(known)
    for name in unknown:
        meant = [each for each in _ELSEWHERE.get(name, ()) if each in names]
        hint = did_you_mean(meant[0] if meant else name, meant or names, most=len(names))
        raise TypeError(f"{owner} has no keyword {name!r}{hint}")

"""`DirectionNames`: names of the basis directions, and the direction that a name means."""

import unicodedata
from collections.abc import KeysView, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

import numpy as np

from srm_widget.utils.tables import column_call, is_table
from srm_widget.utils.text import brief, decoded, folded
from srm_widget.utils.validation import as_list, did_you_mean, integer, string
from srm_widget.utils.ways_out import type_name

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MOST_LISTED = 12
"""Directions of one name that an error lists."""


class DirectionNames:
    """Names of the M directions of a basis.

    Parameters
    ----------
    given
        M strings, or bytes of such, in any sequence, array or column; None for b₀, b₁, ….
    n_directions
        M.

    Attributes
    ----------
    all
        The M names.
    are_given
        Whether they are the user's.

    Raises
    ------
    TypeError, ValueError
        If the names are no strings, or not M.
    """

    def __init__(self, given: Any, n_directions: int) -> None:
        self.are_given = given is not None
        self.all = tuple(_checked(given, n_directions))

    def __len__(self) -> int:
        return len(self.all)

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        """The M names as a keyboard types them: b₁₂ as b12."""
        return tuple(map(_plain, self.all))

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The M names as they are searched."""
        return tuple(map(folded, self.all))

    def index(self, direction: Any) -> int:
        """Return the number of a direction.

        Text is always a name, an integer always a number: the direction named "7" is "7", and
        direction 7 is 7. Where no name is just that, one of the same letters is taken, as b₁₂ for
        "b12".

        Parameters
        ----------
        direction
            Name or number.

        Raises
        ------
        ValueError
            If no direction has this name, or several.
        IndexError
            If there is no direction of this number.
        TypeError
            If it is neither a name nor a number.
        """
        if isinstance(direction, str | bytes):
            return self._index_of_name(decoded(direction))
        try:
            number = integer("direction", direction)
        except TypeError:
            raise TypeError(
                f"expected a direction as its number or name, got {brief(direction)}"
            ) from None
        if not 0 <= number < len(self):
            raise IndexError(f"expected direction in 0 … {len(self) - 1}, got {brief(number)}")
        return number

    def _index_of_name(self, name: str) -> int:
        found = _places(name, self.all) or _places(_plain(name), self._plain)
        if len(found) == 1:
            return found[0]
        if found:
            first = ", ".join(map(str, found[:_MOST_LISTED]))
            more = f" and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else ""
            raise ValueError(
                f"expected a name that one direction has, got {brief(name)}, which "
                f"{len(found)} have: give one of their numbers, {first}{more}"
            )
        raise ValueError(f"no direction is named {brief(name)}{self._hint(name)}")

    def _hint(self, name: str) -> str:
        """Return the end of the refusal of a name that no direction has."""
        number = int(name) if name.isascii() and name.isdigit() and len(name) < _MOST_LISTED else -1
        if 0 <= number < len(self):
            return f"; direction {number} is given as a number, without quotes"
        if self.are_given:
            return did_you_mean(name, self.all)
        return f"; directions have numbers, 0 … {len(self) - 1}, and are named b0, b1, …"


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name)


def _places(name: str, names: Sequence[str]) -> list[int]:
    return [number for number, each in enumerate(names) if each == name]


def _checked(given: Any, n_directions: int) -> list[str]:
    if given is None:
        return [f"b{str(k).translate(_SUBSCRIPTS)}" for k in range(n_directions)]
    if is_table(given):
        raise TypeError(
            f"expected a list of {n_directions} names of directions, got a {type_name(given)}"
            f"; {column_call(given, 'directions')}, list(directions.columns) has their names"
        )
    if isinstance(given, Set) and not isinstance(given, KeysView):
        raise TypeError(
            f"expected a list of {n_directions} names of directions, got a set, which has no order"
        )
    try:
        listed = as_list(_in_python(given))
    except TypeError:
        raise TypeError(
            f"expected a list of {n_directions} names of directions, got {brief(given)}"
            f"{_mapping_hint(given)}"
        ) from None
    names = [_name(name) for name in listed]
    if len(names) != n_directions:
        raise ValueError(f"expected {n_directions} names of directions, got {len(names)}")
    return names


def _in_python(given: Any) -> Any:
    """Return names of an array or a column as a list: what these hold are no strings of Python."""
    if hasattr(type(given), "to_pylist"):  # of Arrow
        return given.to_pylist()
    if not hasattr(type(given), "__array__"):
        return given
    array = np.asarray(given)
    if array.ndim > 1:
        raise ValueError(
            f"expected names of directions of one dimension, got shape {array.shape}; "
            "directions.reshape(-1) has one"
        )
    return array.tolist()


def _mapping_hint(given: Any) -> str:
    if not isinstance(given, Mapping):
        return ""
    return "; list(directions) has its keys, list(directions.values()) its values"


def _name(given: Any) -> str:
    """Return a name; bytes as their text."""
    name = decoded(given)
    if isinstance(name, int | np.integer) and not isinstance(name, bool):
        raise TypeError(
            f"expected a direction's name as a string, got {brief(given)}; list(map(str, names)) "
            "makes text of numbers"
        )
    return string("direction", name)

"""Traits with one check for all who set them: the constructor, Python code and the page."""

import difflib
import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import traitlets
from torch import Tensor


class RefusedValueError(traitlets.TraitError, ValueError):
    """A value out of bounds."""


class RefusedIndexError(traitlets.TraitError, IndexError):
    """An index out of bounds."""


class RefusedTypeError(traitlets.TraitError, TypeError):
    """A value of another kind."""


_REFUSALS = (
    (TypeError, RefusedTypeError),
    (IndexError, RefusedIndexError),
    (ValueError, RefusedValueError),
)


class Checked(traitlets.TraitType[Any, Any]):
    """Trait that holds what `check` makes of a value.

    What `check` raises is raised as the same kind and as a ``TraitError``, which is what traitlets
    takes several values back for when one of them is refused.

    Parameters
    ----------
    check
        Called with the object and the new value; returns the value to keep, or raises
        ``TypeError``, ``ValueError`` or ``IndexError`` with what came and what was expected.
    default
        Value before any is set, not checked.
    """

    def __init__(self, check: Callable[[Any, Any], Any], default: Any) -> None:
        super().__init__(default_value=default)
        self._check = check

    def validate(self, obj: Any, value: Any) -> Any:
        """Return what the check makes of `value`."""
        try:
            return self._check(obj, value)
        except (TypeError, IndexError, ValueError) as error:
            kind = next(refusal for base, refusal in _REFUSALS if isinstance(error, base))
            raise kind(str(error)) from error


def whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """`value` as an int from `least` to `most`, or an error that names it."""
    expected = f"≥ {least}" if most is None else f"in {least} … {most}"
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"expected an integer {name} {expected}, got {value!r}") from None
    if number < least or (most is not None and number > most):
        raise ValueError(f"expected {name} {expected}, got {number}")
    return number


def yes_or_no(name: str, value: Any) -> bool:
    """`value` as a bool, or an error that names it."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise TypeError(f"expected {name} as True or False, got {value!r}")


def text(name: str, value: Any) -> str:
    """`value` if it is a string, or an error that names it."""
    if isinstance(value, str):
        return value
    raise TypeError(f"expected {name} as a string, got {value!r}")


def indices(name: str, value: Any) -> list[int]:
    """`value` as a list of integers: from any sequence, array or tensor of them."""
    if isinstance(value, Tensor):
        value = value.detach().cpu()
    array = np.asarray(value if hasattr(value, "__array__") else list(_iterable(name, value)))
    if array.size == 0:
        return []
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise TypeError(
            f"expected {name} as sample indices, one dimension of integers, got shape "
            f"{array.shape} of {array.dtype}"
        )
    return [int(index) for index in array]


def _iterable(name: str, value: Any) -> Iterable[Any]:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return value
    raise TypeError(f"expected {name} as sample indices, got {value!r}")


def refuse_unknown(unknown: Iterable[str], known: Iterable[str]) -> None:
    """Raise ``TypeError`` for the first unknown keyword, naming the nearest known one."""
    names = list(known)
    for name in unknown:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(names)}"
        raise TypeError(f"SRMScope has no keyword {name!r}{hint}")

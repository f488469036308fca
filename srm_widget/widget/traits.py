"""Traits that say what they refuse."""

from collections.abc import Callable
from typing import Any

import traitlets

from srm_widget.concurrency.threads import widget_lock


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
    (OverflowError, RefusedValueError),
    (RecursionError, RefusedValueError),
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

    def set(self, obj: Any, value: Any) -> None:
        """Take the value, and all that follows from it, before another thread has its turn."""
        with widget_lock:
            super().set(obj, value)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return what the check makes of `value`."""
        try:
            return self._check(obj, value)
        except tuple(known for known, _ in _REFUSALS) as error:
            kind = next(refusal for base, refusal in _REFUSALS if isinstance(error, base))
            raise kind(str(error)) from error

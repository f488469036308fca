"""Kinds of traits: a function checks every value, and refusals are ``TraitError`` too."""

from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from srm_widget.concurrency.locks import widget_lock
from srm_widget.utils.users_line import told_briefly
from srm_widget.utils.validation import boolean, choice, integer, string


class RefusedValueError(traitlets.TraitError, ValueError):
    """Error for a value out of bounds."""


class RefusedIndexError(traitlets.TraitError, IndexError):
    """Error for an index out of bounds."""


class RefusedTypeError(traitlets.TraitError, TypeError):
    """Error for a value of another type."""


_REFUSALS = (
    (TypeError, RefusedTypeError),
    (IndexError, RefusedIndexError),
    (ValueError, RefusedValueError),
    (OverflowError, RefusedValueError),
    (RecursionError, RefusedValueError),
)


class Checked(traitlets.TraitType[Any, Any]):
    """Trait whose values are checked and converted by a function.

    An error that the function raises becomes one of the same type that is a ``TraitError`` too:
    traitlets takes back values that were set together only for that.

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

    @told_briefly
    def set(self, obj: Any, value: Any) -> None:
        """Set the value, and all that follows from it, while no other thread can."""
        with widget_lock:
            super().set(obj, value)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value` as the check converts it, or raise."""
        try:
            return self._check(obj, value)
        except tuple(known for known, _ in _REFUSALS) as error:
            kind = next(refusal for base, refusal in _REFUSALS if isinstance(error, base))
            # Of the check itself nothing is lost; what a user's own function raised stays.
            raise kind(str(error)) from error.__cause__


class Flag(Checked):
    """Trait that is True or False.

    Parameters
    ----------
    default
        Value before any is set.
    """

    def __init__(self, default: bool) -> None:
        super().__init__(lambda _model, value: boolean(str(self.name), value), default)


class Choice(Checked):
    """Trait that is one of some words.

    Parameters
    ----------
    words
        The words.
    default
        Value before any is set.
    """

    def __init__(self, words: Sequence[str], default: str) -> None:
        self.words = tuple(words)
        super().__init__(lambda _model, value: choice(str(self.name), value, self.words), default)


class Text(Checked):
    """Trait that is a string.

    Parameters
    ----------
    default
        Value before any is set.
    """

    def __init__(self, default: str = "") -> None:
        super().__init__(lambda _model, value: string(str(self.name), value), default)


class Count(Checked):
    """Trait that is an integer ≥ 0.

    Parameters
    ----------
    default
        Value before any is set.
    """

    def __init__(self, default: int) -> None:
        super().__init__(lambda _model, value: integer(str(self.name), value, least=0), default)

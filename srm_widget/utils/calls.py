"""Calls that Python refuses, told in words: what is missing, unknown, or came without its name."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from srm_widget.utils.text import brief
from srm_widget.utils.users_line import told_briefly
from srm_widget.utils.validation import refuse_unknown

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Class = TypeVar("_Class", bound=type)

_NEEDED = {"epsilon": ": 'auto', which the samples choose, or a number such as 0.6"}
"""What is said of an argument that is missing, where it may be text too."""


def explained(called: Callable[_P, _T], name: str | None = None) -> Callable[_P, _T]:
    """Decorate a public function to say what is wrong with a call that Python refuses.

    Whatever it refuses itself is `told_briefly`.

    Parameters
    ----------
    called
        The function; its signature stays.
    name
        What it is known as; None is its own name and brackets.
    """
    known_as = f"{called.__name__}()" if name is None else name

    @told_briefly
    @wraps(called)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return called(*args, **kwargs)
        except TypeError:
            if refusal := refusal_of(known_as, called, args, kwargs):
                raise refusal from None
            raise

    return call


def explain_calls(cls: _Class) -> _Class:
    """Decorate a class so that its own public methods, and how it is made, are `explained`.

    Methods ``x`` that run an ``x_steps`` to its end say it themselves, by that one's parameters.
    """
    for name, method in list(vars(cls).items()):
        if name.startswith("_") or f"{name}_steps" in vars(cls):
            continue
        if inspect.isfunction(method):
            setattr(cls, name, explained(method))
        elif isinstance(method, classmethod):
            setattr(cls, name, classmethod(explained(method.__func__)))
    if inspect.isfunction(init := vars(cls).get("__init__")):
        cls.__init__ = explained(init, cls.__name__)  # type: ignore[misc]  # of the class itself
    return cls


def refusal_of(
    known_as: str, called: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> TypeError | None:
    """Return a ``TypeError`` in words if a function does not take these arguments, else None.

    Parameters
    ----------
    known_as
        How a message begins.
    called
        The function; or a method, bound, or with its object as the first of `args`.
    args, kwargs
        What it was called with.
    """
    signature = inspect.signature(called)
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        try:
            _refuse(known_as, list(signature.parameters.values()), args, kwargs)
        except TypeError as refusal:
            return refusal.with_traceback(None)
    return None


def _refuse(
    known_as: str, own: list[inspect.Parameter], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    if own and own[0].name in ("self", "cls"):
        own, args = own[1:], args[1:]
    placed = [each.name for each in own if each.kind is each.POSITIONAL_OR_KEYWORD]
    named = placed + [each.name for each in own if each.kind is each.KEYWORD_ONLY]
    if not any(each.kind is each.VAR_KEYWORD for each in own):
        refuse_unknown(known_as, (name for name in kwargs if name not in named), named)
    if len(args) > len(placed) and not any(each.kind is each.VAR_POSITIONAL for each in own):
        raise TypeError(_too_many(known_as, placed, named, args))
    if twice := [name for name in placed[: len(args)] if name in kwargs]:
        raise TypeError(f"{known_as} got {twice[0]} by its place and by its name")
    taken = {*placed[: len(args)], *kwargs}
    missing = [each for each in own if each.name in named and each.default is each.empty]
    for each in missing:
        if each.name not in taken:
            raise TypeError(f"{known_as} needs {each.name}{_needed(each, args)}")


def _too_many(known_as: str, placed: list[str], named: list[str], args: tuple[Any, ...]) -> str:
    more = ", ".join(map(brief, args[len(placed) :]))
    by_name = ", ".join(name for name in named if name not in placed)
    names = f"; by name it takes {by_name}" if by_name else ""
    if placed:
        return f"{known_as} takes {', '.join(placed)}, got {more} beside them{names}"
    return f"{known_as} takes no argument without its name, got {more}{names}"


def _needed(missing: inspect.Parameter, args: tuple[Any, ...]) -> str:
    """Return what is said of an argument that is missing, beside its name."""
    if missing.name == "j" and args and _is_pair(args[0]):
        return f" beside i, got {brief(args[0])} for both; *pair has the two one by one"
    return _NEEDED.get(missing.name, "") if "str" in str(missing.annotation) else ""


def _is_pair(given: Any) -> bool:
    if isinstance(given, np.ndarray):
        return given.shape == (2,)
    return isinstance(given, tuple | list) and len(given) == 2

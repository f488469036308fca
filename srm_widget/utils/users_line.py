"""The user's own line that led here: warnings name it, and notebooks show refusals by it."""

import dis
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import takewhile
from traceback import walk_stack, walk_tb
from types import FrameType, TracebackType
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

_PASSED_THROUGH = {__name__.partition(".")[0], "anywidget", "ipywidgets", "traitlets"}
"""Packages between a user's line and what is said of it."""

_RAISE = dis.opmap["RAISE_VARARGS"]


def warn(message: str) -> None:
    """Warn users and name their line: the innermost of neither package nor widget libraries."""
    here = sys._getframe()  # noqa: SLF001 - as the standard library finds it
    n_own = sum(1 for _ in takewhile(_is_passed_through, (frame for frame, _ in walk_stack(here))))
    warnings.warn(message, stacklevel=n_own + 1)


def told_briefly(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Decorate a function so that a notebook shows of its refusals the user's line and the words.

    Only of an error that the package raises by a statement of its own: of any other all lines may
    matter. Nothing is lost: it is IPython that leaves out lines marked so, and says how many;
    ``traceback.print_last()`` shows them, and so does Python itself.
    """

    @wraps(function)
    def tells(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            mark_own_lines(error)
            raise

    return tells


def mark_own_lines(error: Exception) -> None:
    """Have IPython leave out the package's lines of the traceback if it is of a refusal."""
    trace = error.__traceback__
    if trace is None or not _runs_in_ipython() or not _is_refusal(trace):
        return
    inner = [frame for frame, _ in walk_tb(trace)]
    outer = (frame for frame, _ in walk_stack(trace.tb_frame.f_back))
    for frame in (*inner, *takewhile(_is_passed_through, outer)):
        if _is_passed_through(frame):
            frame.f_locals["__tracebackhide__"] = True


def _is_refusal(trace: TracebackType) -> bool:
    """Return whether a statement of the package's own raised the error."""
    *_, last = _links(trace)
    code = last.tb_frame.f_code.co_code
    return _is_passed_through(last.tb_frame) and code[last.tb_lasti] == _RAISE


def _links(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _is_passed_through(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in _PASSED_THROUGH


def _runs_in_ipython() -> bool:
    shells = sys.modules.get("IPython")
    return shells is not None and shells.get_ipython() is not None

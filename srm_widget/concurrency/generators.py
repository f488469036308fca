"""Generators that compute in steps: run to the end, with a progress bar or a callback."""

import inspect
import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, get_args

from tqdm.auto import tqdm

from srm_widget.concurrency.torch_threads import free_threads
from srm_widget.utils.calls import refusal_of
from srm_widget.utils.users_line import told_briefly

Report = Callable[[float], object]
Progress = bool | Report | None
"""True for a progress bar, or a function called with the share done, rising to 1."""

_P = ParamSpec("_P")
_Self = TypeVar("_Self")
_Step = TypeVar("_Step")
_Result = TypeVar("_Result")

_SUFFIX = "_steps"
_YIELDS = re.compile(r"\s*\n *Yields\n *-+\n.*?(?:(?=\n\n *\w+\n *-+\n)|\s*\Z)", re.DOTALL)
"""The section of a NumPy docstring on what a generator yields."""


def run(steps: Generator[Any, None, _Result]) -> _Result:
    """Run a generator to its end, on cores that are free; what it yields is left out.

    Returns
    -------
    result
        What the generator returns.
    """
    with closing(steps):
        try:
            while True:
                with free_threads():
                    next(steps)
        except StopIteration as end:
            result: _Result = end.value
            return result


def blocking(
    steps: Callable[Concatenate[_Self, _P], Generator[Any, None, _Result]],
) -> Callable[Concatenate[_Self, _P], _Result]:
    """Return the method ``x`` that runs the generator of the method ``x_steps`` to its end.

    It has the parameters of ``x_steps``, and its docstring but for what it yields. A subclass that
    overrides ``x_steps`` changes ``x`` as well.

    Parameters
    ----------
    steps
        Method whose name ends in ``_steps``, which returns a generator.
    """

    @wraps(steps, updated=())  # in an abstract class the method is not abstract
    @told_briefly
    def to_the_end(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> _Result:
        begin = getattr(self, steps.__name__)
        try:
            begun = begin(*args, **kwargs)
        except TypeError:
            if refusal := refusal_of(f"{to_the_end.__name__}()", begin, args, kwargs):
                raise refusal from None
            raise
        result: _Result = run(begun)
        return result

    signature = inspect.signature(steps)
    result_type = get_args(signature.return_annotation)[-1]
    to_the_end.__name__ = steps.__name__.removesuffix(_SUFFIX)
    to_the_end.__qualname__ = steps.__qualname__.removesuffix(_SUFFIX)
    to_the_end.__doc__ = _YIELDS.sub("", steps.__doc__ or "")
    to_the_end.__annotations__ = {**steps.__annotations__, "return": result_type}
    vars(to_the_end)["__signature__"] = signature.replace(return_annotation=result_type)
    return to_the_end


def in_one_step(result: _Result, step: _Step) -> Generator[_Step, None, _Result]:
    """Yield `step` once and return `result`, which is there already."""
    yield step
    return result


def as_part(
    steps: Generator[float, None, _Result], k: int, n: int
) -> Generator[float, None, _Result]:
    """Run `steps` as part k of n equal parts: yields the share done of all of them."""
    return _each(steps, lambda share: (k + share) / n)


def at_share(
    steps: Generator[object, None, _Result], share: float
) -> Generator[float, None, _Result]:
    """Run `steps`, yielding the same share for each of them."""
    return _each(steps, lambda _: share)


class TooLong(NamedTuple):
    """What is returned of steps that would take too long.

    Attributes
    ----------
    seconds
        About how long all of them would take.
    """

    seconds: float


def unless_long(
    steps: Generator[float, None, _Result], most: float, *, tried: float
) -> Generator[float, None, _Result | TooLong]:
    """Run `steps` to their end, or until they turn out to take more than `most` seconds.

    Parameters
    ----------
    steps
        Yields the share done, 0 … 1.
    most
        Seconds that they may take.
    tried
        Seconds of steps after which it is worked out what all of them take.
    """
    taken = 0.0
    while True:
        began = time.perf_counter()
        try:
            share = next(steps)
        except StopIteration as end:
            result: _Result = end.value
            return result
        taken += time.perf_counter() - began
        if taken > tried and share > 0 and taken / share > most:
            steps.close()
            return TooLong(taken / share)
        yield share


def reported(
    steps: Generator[float, None, _Result], progress: Progress, label: str
) -> Generator[float, None, _Result]:
    """Report the shares done that a generator yields, as they are yielded.

    Parameters
    ----------
    steps
        Yields the share done, 0 … 1.
    progress
        How to report it; what a function raises ends the computation and is raised.
    label
        Of the progress bar.

    Raises
    ------
    TypeError
        If `progress` is neither a boolean, None nor a function.
    """
    if progress is True or callable(progress):
        return _with_reports(steps, progress, label)
    if progress:
        raise TypeError(f"expected progress as True, False or a function, got {progress!r}")
    return steps


def _with_reports(
    steps: Generator[float, None, _Result], progress: bool | Report, label: str
) -> Generator[float, None, _Result]:
    with _reporting(progress, label) as report:

        def tell(share: float) -> float:
            report(share)
            return share

        return (yield from _each(steps, tell))


def _each(
    steps: Generator[_Step, None, _Result], passed_on: Callable[[_Step], float]
) -> Generator[float, None, _Result]:
    """Run `steps`, yielding what `passed_on` makes of each share."""
    with closing(steps):
        while True:
            try:
                share = next(steps)
            except StopIteration as end:
                result: _Result = end.value
                return result
            yield passed_on(share)


@contextmanager
def _reporting(progress: bool | Report, label: str) -> Iterator[Report]:
    if callable(progress):
        yield progress
    else:
        with tqdm(total=100, desc=label, unit="%") as bar:
            yield lambda share: bar.update(round(100 * share) - bar.n)

"""Generators that compute in steps: run to the end, with a progress bar or a callback."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar

from tqdm.auto import tqdm

Report = Callable[[float], object]
Progress = bool | Report | None
"""True for a progress bar, or a function called with the share done, rising to 1."""

_Result = TypeVar("_Result")


def run(
    steps: Generator[Any, None, _Result], progress: Progress = None, label: str = ""
) -> _Result:
    """Run a generator to its end and return its result.

    Parameters
    ----------
    steps
        Yields the share done, 0 … 1; without `progress` it may yield anything.
    progress
        How to report these shares; what a function raises ends the computation and is raised here.
    label
        Of the progress bar.

    Raises
    ------
    TypeError
        If `progress` is neither a boolean, None nor a function.
    """
    with _reporting(progress, label) as report, closing(steps):
        while True:
            try:
                share = next(steps)
            except StopIteration as end:
                result: _Result = end.value
                return result
            report(share)


def _ignore(_yielded: object) -> None: ...


@contextmanager
def _reporting(progress: Progress, label: str) -> Iterator[Report]:
    if progress is True:
        with tqdm(total=100, desc=label, unit="%") as bar:
            yield lambda share: bar.update(round(100 * share) - bar.n)
    elif callable(progress):
        yield progress
    elif not progress:
        yield _ignore
    else:
        raise TypeError(f"expected progress as True, False or a function, got {progress!r}")

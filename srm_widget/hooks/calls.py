"""Calls of hooks: copies of a model take none along, and some runs of a layer do not count."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import FrameType
from typing import Any

import torch
from torch import nn

_CALLS_HOOKS = nn.Module.__call__.__module__
"""Module of torch in whose functions hooks are called."""


class Hook:
    """Hook that copies of a model, and models that are stored, do not take along.

    Theirs is of the standard library and does nothing, so that neither fails inside of a capture
    nor gives samples to it.

    Parameters
    ----------
    call
        What the hook does.
    """

    def __init__(self, call: Callable[..., None]) -> None:
        self._call = call

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Do what the hook does."""
        self._call(*args, **kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (nullcontext(), "__exit__")


def counts() -> bool:
    """Return whether what runs is a forward pass, and nothing that only runs its code.

    That is a layer that runs again in a backward pass, because of activation checkpointing, or a
    model that is traced or exported, whose graph would have what a hook does in it.
    """
    if torch.compiler.is_exporting():  # first: the rest can't be exported
        return False
    is_tracing: Callable[[], bool] = torch._C._is_tracing  # noqa: SLF001
    task: Callable[[], int] = torch._C._current_graph_task_id  # noqa: SLF001
    return not is_tracing() and task() == -1


def calling_frame() -> FrameType | None:
    """Return the frame of the call of a module whose hook is running, None if there is none."""
    return next(
        (each for each in _frames() if each.f_globals.get("__name__") == _CALLS_HOOKS), None
    )


def still_runs(frame: FrameType | None) -> bool:
    """Return whether a call is still running: it is not after an interrupt, which no hook hears."""
    return any(each is frame for each in _frames())


def _frames() -> Iterator[FrameType]:
    frame = inspect.currentframe()
    while frame is not None:
        yield frame
        frame = frame.f_back

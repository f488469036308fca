"""Forward passes of a model while it is captured: number their items, evaluate their masks."""

import threading
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from weakref import WeakSet

import torch
from torch import Tensor, nn

from srm_widget.hooks.batch import Batch, Rows
from srm_widget.hooks.caches import (
    Sequences,
    cache_in,
    n_positions,
    stored_positions,
    takes_cache,
    tensors_in,
    tokens_given,
    without_cache,
)
from srm_widget.hooks.calls import calling_frame, counts, still_runs
from srm_widget.hooks.layouts import n_items_given
from srm_widget.hooks.masks import Flags, Mask, kept_positions
from srm_widget.hooks.outputs import arguments, first_tensor


class ItemCounter:
    """Counter of the items that a layer sees, over all passes of the model.

    A layer that runs several times in one pass sees the same items each time; for one that does not
    run in a pass as many items are counted as the model was given.
    """

    def __init__(self) -> None:
        self._first = 0
        self._n_items = 0
        self._has_run = False

    def begin(self, n_items: int) -> None:
        """Begin another pass, whose model is given `n_items` items as far as is known."""
        self._first += self._n_items
        self._n_items, self._has_run = n_items, False

    def first_item(self, n_items: int) -> tuple[int, bool]:
        """Return the number of the first of the items, and whether a run before had others."""
        differs = self._has_run and n_items != self._n_items
        self._n_items = max(n_items, self._n_items) if self._has_run else n_items
        self._has_run = True
        return self._first, differs

    @property
    def was_skipped(self) -> bool:
        """Whether items are counted of a pass that the layer has not run in."""
        return self._n_items > 0 and not self._has_run


@dataclass
class Pass:
    """Call of the model that is running.

    Attributes
    ----------
    n_items
        Items that it was given, None if there is no telling.
    may_have
        How many items that can be, empty if there is no telling.
    n_positions
        Positions that it was given, None if there is no telling.
    n_tokens
        Tokens of each item that it was given, None if it was given none.
    takes_sequences
        Whether each item that it was given has axes of its own beside the features.
    flags
        What its mask keeps, None for all.
    cache
        Cache that it was given, or None.
    sequences
        Sequences that it goes on with or begins; None for a model without a cache.
    goes_on
        Whether it goes on with a cache.
    unknown
        Why it cannot be known which item is which, "" where it can.
    error
        What went wrong with its mask, or None.
    frame
        Frame of the call, None if it is not known.
    """

    n_items: int | None = None
    may_have: tuple[int, ...] = ()
    n_positions: int | None = None
    n_tokens: int | None = None
    takes_sequences: bool = False
    flags: Flags | None = None
    cache: Any = None
    sequences: Sequences | None = None
    goes_on: bool = False
    unknown: str = ""
    error: Exception | None = None
    frame: FrameType | None = None


@dataclass
class _Running(threading.local):
    """Passes that run in a thread, the innermost last."""

    passes: list[Pass] = field(default_factory=list)


class ForwardPasses:
    """Forward passes that a model is in: numbers of their items, and their masks, for every hook.

    Parameters
    ----------
    model
        The model; a call of it is a pass.
    mask
        Which samples to keep.
    item_dim
        Axis of the items, as the caller says of all layers; None for what their classes say.

    Attributes
    ----------
    error
        First that went wrong with a mask, or None.
    n_reruns
        Passes that were given the tokens of the one before and one more, several in a row.
    """

    def __init__(self, model: nn.Module, mask: Mask, item_dim: int | None = None) -> None:
        self.error: Exception | None = None
        self.n_reruns = 0
        self._mask = mask
        self._item_dim = item_dim
        self._items: dict[str, ItemCounter] = {}
        self._running = _Running()
        self._lock = threading.RLock()
        self._threads: set[int] = set()
        self._workers: WeakSet[threading.Thread] = WeakSet()
        self._several_threads = False
        self._takes_cache = any(takes_cache(module) for module in model.modules())
        self._sequences: list[Sequences] = []
        self._tokens: Tensor | None = None
        self._n_grown = 0

    @property
    def n_tokens(self) -> int | None:
        """Tokens of each item in the pass that runs in this thread, None if it has none."""
        passes = self._running.passes
        return passes[-1].n_tokens if passes else None

    def add(self, layer: str) -> None:
        """Begin to count items for `layer`."""
        self._items[layer] = ItemCounter()

    def begin(self, model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Begin a pass with its arguments; a forward pre-hook."""
        if not counts():
            return
        running = Pass(frame=calling_frame())
        with self._lock:
            self._note_thread()
            try:
                running.flags = self._mask.of(args, kwargs)
            except Exception as error:  # noqa: BLE001 what a user's function raises, whatever it is
                running.error = _mask_error(error)
                self.error = self.error or running.error
            passes = self._running.passes
            while passes and not still_runs(passes[-1].frame):
                passes.pop()
            try:
                self._begin(running, model, arguments(model, args, kwargs))
            except Exception as error:  # noqa: BLE001 arguments may be of any class
                running.unknown = f"the arguments of the model could not be read: {error}"
            passes.append(running)

    def _note_thread(self) -> None:
        """Note the thread that a pass runs in, and whether others may run passes meanwhile."""
        self._threads.add(threading.get_ident())
        current = threading.current_thread()
        others = [each for each in self._workers if each is not current and each.is_alive()]
        self._several_threads |= len(self._threads) > 1 or bool(others)
        if current is not threading.main_thread():
            self._workers.add(current)

    def _begin(self, running: Pass, model: nn.Module, given: dict[str, Any]) -> None:
        first = first_tensor(without_cache(given))
        running.may_have = n_items_given(model, first, self._item_dim)
        running.n_items = running.may_have[0] if len(running.may_have) == 1 else None
        tokens = tokens_given(given, first)
        if tokens is not None and tokens.ndim == 2 and not tokens.is_floating_point():
            running.n_tokens = tokens.shape[1]
        if isinstance(first, Tensor):
            running.takes_sequences = first.ndim > 1 + first.is_floating_point()
        if self._running.passes:
            self._begin_within(running, self._running.passes[-1])
            return
        if self._takes_cache:
            running.cache = cache_in(given)
            running.n_positions = n_positions(given, first)
            self._go_on(running)
        if not running.goes_on:
            for items in self._items.values():
                items.begin(running.n_items or 0)
        if running.cache is None:
            needed = 1 if given.get("use_cache") is False else 2
            self._compare_tokens(running, None if running.n_tokens is None else tokens, needed)

    @staticmethod
    def _begin_within(running: Pass, outer: Pass) -> None:
        """Begin a pass in which the model calls itself: its items are those of the `outer` one."""
        running.unknown = outer.unknown
        if outer.goes_on or running.n_items != outer.n_items:
            running.unknown = running.unknown or (
                f"the model called itself on {running.n_items} items in a pass on {outer.n_items}"
                f"{' that goes on with a cache' * outer.goes_on}"
            )

    def _compare_tokens(self, running: Pass, tokens: Tensor | None, needed: int) -> None:
        """Note whether passes without a cache run the tokens of the ones before again.

        `needed` is how many in a row are given one token more than the one before, so that it is
        no chance.
        """
        before, self._tokens = self._tokens, None
        if tokens is None or tokens.is_meta:
            return
        self._tokens = tokens.clone()
        fits = before is not None and before.shape == (len(tokens), tokens.shape[1] - 1)
        grows = fits and before is not None and torch.equal(before, tokens[:, :-1])
        self._n_grown = self._n_grown + 1 if grows else 0
        if self._n_grown >= needed:
            self.n_reruns += self._n_grown if self._n_grown == needed else 1
            running.unknown = running.unknown or (
                "the model was given the tokens of the pass before and one more, as generation "
                "without a cache does, which runs them again for each new one"
            )

    def _go_on(self, running: Pass) -> None:
        """Find the sequences that a pass goes on with, or begin others."""
        stored = stored_positions(running.cache)
        is_empty = stored == 0 or not any(each.numel() for each in tensors_in(running.cache))
        if running.cache is None or is_empty:
            running.sequences = Sequences(running.n_items)
            return
        running.goes_on = True
        found = next((each for each in self._sequences if each.goes_on_with(running.cache)), None)
        if found is None:
            running.unknown = (
                "it went on with a cache that no pass in the block left so: one from before it, or "
                "whose sequences were chosen anew or cut, as a beam search does"
            )
        elif found.n_items != running.n_items:
            running.unknown = (
                f"it went on with the cache of {found.n_items} sequences and was given "
                f"{running.n_items}"
            )
        elif stored not in (None, found.n_positions):
            running.unknown = (
                f"its cache holds {stored} positions, and {found.n_positions} went by in the block"
            )
        else:
            running.sequences = found

    def end(self, _model: nn.Module, _args: tuple[Any, ...], output: Any) -> None:
        """End the pass; a forward hook."""
        if not counts():
            return
        with self._lock:
            if not self._running.passes:
                return  # a hook of somebody else's raised before the pass began
            ended = self._running.passes.pop()
            if not self._running.passes:
                self._threads.discard(threading.get_ident())
            if ended.sequences is not None and ended.n_positions is not None:
                ended.sequences.end_pass(ended.n_positions, ended.cache, output)
                others = [each for each in self._sequences if each is not ended.sequences]
                self._sequences = [each for each in [*others, ended.sequences] if each.is_alive]

    def batch(self, layer: str, rows: Rows) -> tuple[Batch, str] | None:
        """Return the samples that `layer` gave in this pass, and why items are unknown, or "".

        None stands for a pass whose mask failed: `error` has it.
        """
        with self._lock:
            running = self._running.passes[-1] if self._running.passes else None
            if running is None:
                return self._batch_outside(layer, rows)
            if running.error is not None:
                return None
            unknown = running.unknown or self._unknown(layer, running, rows)
            kept = None
            if running.flags is not None:
                self._mask.check_layer(layer)
                fits = rows.values.ndim == 3 and rows.values.shape[1] == running.n_positions
                last_columns = running.cache is not None and fits
                kept = kept_positions(running.flags, rows, layer, last_columns=last_columns)
            return self._numbered(layer, rows, kept, running, unknown)

    def _numbered(
        self, layer: str, rows: Rows, kept: Any, running: Pass, unknown: str
    ) -> tuple[Batch, str]:
        """Return the batch of a pass with the numbers of its items and positions."""
        sequences, first_position = running.sequences, 0
        if running.goes_on:
            first = 0 if sequences is None else sequences.first_items.get(layer)
            if first is None:
                first, unknown = 0, unknown or "it did not run in the pass that began the cache"
            first_position = 0 if sequences is None else sequences.n_positions
        else:
            first, differs = self._items[layer].first_item(rows.n_items)
            if differs:
                unknown = unknown or "it ran several times in a pass, on unequally many items"
            if sequences is not None:
                sequences.first_items[layer] = first
        return Batch(rows, kept, first, first_position), unknown

    def _unknown(self, layer: str, running: Pass, rows: Rows) -> str:
        """Return why it cannot be known which item of the pass is which, or ""."""
        if self._several_threads:
            return "the model ran in several threads, and they may have run at once"
        if running.may_have and rows.n_items not in running.may_have:
            given = " or ".join(map(str, running.may_have))
            return (
                f"it gave {rows.n_items} items in a pass whose model was given {given}: "
                "parts of them, or tokens, windows or frames of all of them"
            )
        if "expert" in layer and running.takes_sequences and rows.values.ndim == 2:
            return "it is of one of several experts, which may be given any of the tokens"
        if running.cache is None or rows.places is not None:
            return ""
        shape = tuple(rows.values.shape[1:-1])
        if shape != (running.n_positions,):
            return (
                f"it gave positions {shape} in a pass with a cache that was given "
                f"{running.n_positions}"
            )
        return ""

    def _batch_outside(self, layer: str, rows: Rows) -> tuple[Batch, str]:
        """Return the batch of a layer that ran outside of a call of the model."""
        if self._mask.needs_arguments:
            raise RuntimeError(
                f"layer {layer!r} ran outside of a call of the model, and the mask comes from the "
                "arguments of that call; call the model itself, not its forward, or capture from "
                "the module in it that is called"
            )
        flags = self._mask.without_arguments()
        kept = None if flags is None else kept_positions(flags, rows, layer, last_columns=False)
        was_skipped = self._items[layer].was_skipped
        self._items[layer].begin(rows.n_items)
        first, _ = self._items[layer].first_item(rows.n_items)
        unknown = ""
        if self._threads:
            unknown = "it ran in another thread than the call of the model"
        elif was_skipped:
            unknown = "it ran outside of a call of the model, after one in which it did not run"
        elif self._takes_cache:
            unknown = (
                "it ran outside of a call of the model, which takes a cache, so that it may have "
                "gone on with the same sequences"
            )
        return Batch(rows, kept, first), unknown


def _mask_error(error: Exception) -> Exception:
    """Return what to tell of an error of a mask: the tool's own words, or whose they are."""
    if isinstance(error, TypeError) and str(error).startswith("expected a "):
        return error
    told = RuntimeError(
        f"mask= failed on the arguments of a call of the model: {type(error).__name__}: {error}"
    )
    told.__cause__ = error
    return told

"""Sequences of token ids, and which of them are no padding, read from whatever holds them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Int64
from torch import Tensor
from torch.utils.data import BatchSampler, DataLoader, IterableDataset, SequentialSampler

from srm_widget.utils.text import brief, error_text

EXPECTED_IDS = (
    "input_ids as (N, T) integers, as lists of them, as what the tokenizer returned, or as a list "
    "of such batches"
)
_EXPECTED_MASK = "an attention_mask of booleans or integers, non-zero for what is no padding"
_LARGEST = np.iinfo(np.int64).max


class TokenRow(NamedTuple):
    """Ids of a sequence, and which are no padding; None if that is not said."""

    ids: Int64[np.ndarray, " tokens"]
    real: Bool[np.ndarray, " tokens"] | None


class _Kind(NamedTuple):
    """What numbers are read as: how that is told, and NumPy's kinds of types that they may have."""

    expected: str
    kinds: str


_IDS = _Kind(EXPECTED_IDS, "iu")
_MASK = _Kind(_EXPECTED_MASK, "biu")


def token_rows(input_ids: Any) -> Iterator[TokenRow]:
    """Yield the sequences of `input_ids` one after another.

    Raises
    ------
    TypeError, ValueError
        If `input_ids` are nothing of what `EXPECTED_IDS` says.
    """
    fields = _fields(input_ids)
    if fields is not None:
        yield from _masked(*fields)
        return
    if isinstance(input_ids, DataLoader) and not _is_in_order(input_ids):
        raise ValueError(
            "expected the batches in the order in which the model saw them, got a DataLoader whose "
            "order is another each time; keep them, batches = list(loader), give the model these, "
            "and give them here"
        )
    array = _as_array(input_ids, _IDS)
    if array is not None:
        yield from (TokenRow(row, None) for row in array)
        return
    for part in _parts(input_ids, _IDS):
        yield from token_rows(part)


def _fields(value: Any) -> tuple[Any, Any] | None:
    """Return ids and mask of a value that has them by name, None if it has none."""
    if isinstance(value, Mapping):
        if "input_ids" in value:
            return value["input_ids"], value.get("attention_mask")
        hint = "; give its sequences" if "sequences" in value else ""
        names = brief(sorted(map(str, value)))
        raise ValueError(f"expected {EXPECTED_IDS}, got a dictionary of {names}{hint}")
    if hasattr(value, "columns") and "input_ids" in value.columns:  # a data frame
        masked = "attention_mask" in value.columns
        return value["input_ids"], value["attention_mask"] if masked else None
    if hasattr(value, "ids") and hasattr(value, "attention_mask"):  # of the library tokenizers
        return value.ids, value.attention_mask
    return None


def _masked(input_ids: Any, attention_mask: Any) -> Iterator[TokenRow]:
    rows = list(token_rows(input_ids))
    if attention_mask is None:
        yield from rows
        return
    masks = list(_mask_rows(attention_mask))
    lengths, expected = [len(mask) for mask in masks], [len(row.ids) for row in rows]
    if lengths != expected:
        raise ValueError(
            f"expected an attention_mask of the sizes of input_ids, {brief(expected)}, got "
            f"{brief(lengths)}"
        )
    for row, mask in zip(rows, masks, strict=True):
        yield TokenRow(row.ids, mask)


def _mask_rows(value: Any) -> Iterator[Bool[np.ndarray, " tokens"]]:
    array = _as_array(value, _MASK)
    if array is not None:
        yield from array != 0
        return
    for part in _parts(value, _MASK):
        yield from _mask_rows(part)


def _is_in_order(loader: "DataLoader[Any]") -> bool:
    """Return whether a loader gives the same batches in the same order each time."""
    if isinstance(loader.dataset, IterableDataset):
        return True
    own = isinstance(loader.batch_sampler, BatchSampler | None)
    return own and isinstance(loader.sampler, SequentialSampler)


def _parts(value: Any, kind: _Kind) -> Iterator[Any]:
    """Yield what `value` is made of, batches or sequences; its numbers, if it is one, as an array.

    Only one part at a time is kept of what a generator yields.
    """
    is_text = isinstance(value, str | bytes)
    if is_text or isinstance(value, set | frozenset) or not isinstance(value, Iterable):
        hint = "; call the tokenizer on texts first" if is_text else ""
        raise TypeError(f"expected {kind.expected}, got {brief(value)}{hint}")
    numbers, is_nested = list[int](), False
    for part in value:
        if not is_nested and _is_number(part, kind):
            numbers.append(int(part))
        elif numbers or not (isinstance(part, Iterable) or hasattr(part, "ids")):
            raise TypeError(f"expected {kind.expected}, got {brief(part)} in {brief(value)}")
        else:
            is_nested = True
            yield part
    if not is_nested:
        try:
            yield np.array(numbers, dtype=np.int64)
        except OverflowError:
            raise _too_large(max(numbers, key=abs)) from None


def _is_number(value: Any, kind: _Kind) -> bool:
    """Return whether `value` is one number of the kind, in an array of no dimension too."""
    if isinstance(value, bool | np.bool_):
        return "b" in kind.kinds
    if isinstance(value, int | np.integer):
        return True
    if getattr(value, "shape", None) != ():
        return False
    return _as_numpy(value, kind).dtype.kind in kind.kinds


def _as_array(value: Any, kind: _Kind) -> Int64[np.ndarray, "sequences tokens"] | None:
    """Return `value` as sequences of one length if it is an array, None if it is none."""
    is_table = hasattr(value, "columns") and hasattr(value, "to_numpy")
    # Such as those of pandas, whose own types need not have a kind.
    typed = getattr(getattr(value, "dtype", None), "kind", "O") != "O" and hasattr(value, "shape")
    if not (typed or is_table or (isinstance(value, Tensor) and not value.is_nested)):
        return None
    array = _as_numpy(value, kind)
    if array.ndim not in (1, 2) or (array.dtype.kind not in kind.kinds and array.size):
        raise TypeError(f"expected {kind.expected}, got shape {array.shape} of {array.dtype}")
    if array.dtype.kind == "u" and array.size and array.max() > _LARGEST:
        raise _too_large(int(array.max()))
    return np.atleast_2d(array.astype(np.int64))


def _as_numpy(value: Any, kind: _Kind) -> np.ndarray:
    if not isinstance(value, Tensor):
        return np.asarray(value)
    try:
        return value.detach().cpu().numpy()
    except (TypeError, RuntimeError) as error:
        reason = f"a tensor of {value.dtype}: {error_text(error)}"
        raise TypeError(f"expected {kind.expected}, got {reason}") from error


def _too_large(number: int) -> ValueError:
    return ValueError(f"expected ids of tokens in 0 … {_LARGEST}, got {brief(number)}")

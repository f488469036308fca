"""Sequences of token ids as they are fed to a model, in one array."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Int32, Int64

from srm_widget.view.token_rows import EXPECTED_IDS, token_rows


class Neighbours(NamedTuple):
    """A token and those around it.

    Attributes
    ----------
    codes
        The tokens, as indices into `TokenSequences.ids`.
    at
        Which of them it is.
    """

    codes: list[int]
    at: int


class TokenSequences:
    """Sequences of tokens, one after another.

    Parameters
    ----------
    input_ids
        Ids of N sequences, see `EXPECTED_IDS`; of unequal length if need be. An ``attention_mask``
        beside them says which are padding.
    pad_id
        Id that is padding at the ends of a sequence without an attention mask; None for none.

    Attributes
    ----------
    ids
        The different ids, rising.
    codes
        Of all tokens, one sequence after another, indices into `ids`.
    starts
        (N + 1,) where each sequence begins, and the end of the last.

    Raises
    ------
    TypeError, ValueError
        If `input_ids` are anything else.
    """

    def __init__(self, input_ids: Any, pad_id: int | None) -> None:
        rows, real = [], []
        for row, mask in token_rows(input_ids):
            rows.append(row)
            real.append(_not_at_the_ends(row, pad_id) if mask is None else mask)
        lengths = [len(row) for row in rows]
        self.starts: Int64[np.ndarray, " bounds"] = np.cumsum([0, *lengths], dtype=np.int64)
        together = np.concatenate([np.empty(0, dtype=np.int64), *rows])
        if len(together) == 0:
            raise ValueError(f"expected {EXPECTED_IDS}, got no token at all")
        if together.min() < 0:
            raise ValueError(f"expected ids of tokens from 0 on, got {together.min()}")
        self.ids: Int64[np.ndarray, " ids"]
        self.ids, codes = np.unique(together, return_inverse=True)
        self.codes: Int32[np.ndarray, " tokens"] = codes.astype(np.int32)
        self._real: Bool[np.ndarray, " tokens"] = np.concatenate(real)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def n_tokens(self) -> int:
        """Number of all tokens, padding too."""
        return len(self.codes)

    def places(self, origins: Int64[np.ndarray, "rows 2"]) -> Int64[np.ndarray, " rows"]:
        """Return which of all tokens those of `origins` are, sequence and position.

        Raises
        ------
        ValueError
            If there is no such token.
        """
        items, positions = origins.T
        batches = "give the input_ids of all batches, in the order in which the model saw them"
        strange = np.flatnonzero((items < 0) | (items >= len(self)))
        if len(strange):
            row = int(strange[0])
            raise ValueError(
                f"expected origins in {len(self)} sequences of input_ids, got sequence "
                f"{items[row]} for row {row}; {batches}"
            )
        lengths = np.diff(self.starts)[items]
        strange = np.flatnonzero((positions < 0) | (positions >= lengths))
        if len(strange):
            row = int(strange[0])
            raise ValueError(
                f"expected origins within the sequences of input_ids, got position "
                f"{positions[row]} for row {row}, in sequence {items[row]} of {lengths[row]} "
                f"tokens; {batches}, those that it generated too"
            )
        return self.starts[items] + positions

    def origins(self, places: Int64[np.ndarray, " rows"]) -> Int64[np.ndarray, "rows 2"]:
        """Return sequence and position of some of all tokens, (N, 2)."""
        items = np.searchsorted(self.starts, places, side="right") - 1
        return np.stack([items, places - self.starts[items]], axis=1)

    def around(self, place: int, reach: int) -> Neighbours:
        """Return a token with those up to `reach` before and after it, without padding."""
        item = int(np.searchsorted(self.starts, place, side="right")) - 1
        low = max(int(self.starts[item]), place - reach)
        high = min(int(self.starts[item + 1]), place + reach + 1)
        shown = self._real[low:high].copy()
        shown[place - low] = True
        return Neighbours(self.codes[low:high][shown].tolist(), int(shown[: place - low].sum()))


def _not_at_the_ends(
    row: Int64[np.ndarray, " tokens"], pad_id: int | None
) -> Bool[np.ndarray, " tokens"]:
    """Return which tokens are not among those of `pad_id` at either end."""
    real = np.zeros(len(row), dtype=np.bool_)
    inner = np.flatnonzero(row != (-1 if pad_id is None else pad_id))
    if len(inner):
        real[inner[0] : inner[-1] + 1] = True
    return real

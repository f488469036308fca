"""Tokens of a language model as samples: each in its context, and as classes."""

from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np
import torch
from jaxtyping import Int64

from srm_widget.utils.calls import explained
from srm_widget.utils.inputs import as_numbers
from srm_widget.utils.text import brief
from srm_widget.utils.validation import integer
from srm_widget.utils.ways_out import Wanted
from srm_widget.view.marked_text import MarkedText
from srm_widget.view.token_sequences import TokenSequences
from srm_widget.view.token_texts import MARGIN, TokenTexts, pad_id_of, texts_of, whole_tokenizer

if TYPE_CHECKING:
    import pandas as pd

_EXPECTED_ORIGINS = (
    "origins as acts.origins(name) returns them, (N, 2) integers: sequence and position of each row"
)


class Tokens(Sequence[MarkedText]):
    """Tokens, one a row of the activations, each in its context; made by `tokens`.

    ``tokens[row]`` is the `MarkedText` of a row, made when it is asked for; ``tokens[rows]``, of a
    slice or any sequence of integers or booleans, are the tokens of some rows.

    Examples
    --------
    >>> import srm_widget as srm
    >>> tokens = srm.tokens([[2, 0, 1], [2, 0, 1]], ["the", " cat", "See "])
    >>> tokens
    <Tokens: 6 rows of 6 tokens in 2 sequences>
    >>> tokens.labels.tolist(), tokens.origins[-1].tolist()
    (['See␣', 'the', '␣cat', 'See␣', 'the', '␣cat'], [1, 2])
    >>> tokens[[1, 2]][0].marked
    'the'
    """

    def __init__(
        self,
        sequences: TokenSequences,
        texts: TokenTexts,
        places: Int64[np.ndarray, " rows"],
        window: int,
    ) -> None:
        self._sequences, self._texts = sequences, texts
        self._places, self._window = places, window

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, row: SupportsIndex) -> MarkedText: ...

    @overload
    def __getitem__(self, row: Any) -> "Tokens": ...

    def __getitem__(self, row: Any) -> "MarkedText | Tokens":
        """Return a row's token in its context, or the tokens of several rows.

        Raises
        ------
        IndexError
            If there is no such row.
        TypeError
            If `row` is no integer, slice, or sequence of integers or booleans.
        """
        if isinstance(row, torch.Tensor):
            row = row.detach().cpu().numpy()
        if isinstance(row, slice):
            return self._of(self._places[row])
        if np.ndim(row) == 1 and not isinstance(row, str | bytes):
            rows = np.asarray(row)
            rows = rows if rows.size else rows.astype(np.int64)
            if rows.dtype.kind in "biu":
                return self._of(self._places[rows])
        try:
            place = int(self._places[index(row)])
        except TypeError:
            raise TypeError(
                f"expected a row, a slice, or rows as integers or booleans, got {brief(row)}"
            ) from None
        around = self._sequences.around(place, self._window + MARGIN)
        return self._texts.marked(around, self._window)

    def _of(self, places: Int64[np.ndarray, " rows"]) -> "Tokens":
        return Tokens(self._sequences, self._texts, places, self._window)

    def __repr__(self) -> str:
        rows, all_of_them = f"{len(self):,} rows", f"{self._sequences.n_tokens:,} tokens"
        where = f"{all_of_them} in {len(self._sequences):,} sequences"
        return f"<{type(self).__name__}: {rows} of {where}>"

    @property
    def labels(self) -> "pd.Categorical[Any]":
        r"""Token of each row, (N,), as ``labels=`` takes them.

        White space in them is made visible as in a `MarkedText`, ␣ for a space; bytes that are
        only part of a character are written as ``\xe2``, and tokens that would read alike, to the
        eye too, have their id behind them.
        """
        import pandas as pd  # noqa: PLC0415

        codes = self._sequences.codes[self._places]
        return pd.Categorical.from_codes(codes, categories=pd.Index(self._texts.names))

    @property
    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Sequence and position of each row's token, (N, 2)."""
        return self._sequences.origins(self._places)


@explained
def tokens(
    input_ids: Any, tokenizer: Any, origins: Any = None, window: SupportsIndex = 8
) -> Tokens:
    """Return tokens in their context, as ``samples=`` of a scope takes them.

    Each row's token is marked, in its context. A character that several tokens have parts of, such
    as an emoji of three byte-level tokens, is marked whole for each of them. Special tokens stand
    by their name; padding is left out of contexts. Nothing is made of a token until it is shown.

    Parameters
    ----------
    input_ids
        Ids of the tokens as the model saw them: (N, T) array or tensor, (T,) of one sequence, lists
        of unequal length, what a tokenizer of Hugging Face returned, a data frame with a column of
        that name, or a list of such batches in the order in which the model saw them, so that a
        ``DataLoader`` that shuffles is refused. An ``attention_mask`` beside them says what padding
        is, booleans or integers, 0 for padding; else it is the tokenizer's id for padding, at the
        ends of a sequence.
    tokenizer
        Of Hugging Face, a processor with one too, or of the libraries tokenizers, tiktoken or
        sentencepiece: anything with ``convert_ids_to_tokens`` or ``decode``. Or a function from an
        id to a string or bytes, or the strings of the vocabulary in order. Strings are read as
        byte-level BPE, SentencePiece or WordPiece writes them, if the vocabulary is written so. Of
        a function that decodes one id, characters of several tokens stay in parts: give the
        tokenizer itself.
    origins
        (N, 2) sequence and position of each row, as ``acts.origins(name)`` of `capture` returns
        them. None if the rows are all positions of all sequences in order, padding too.
    window
        Tokens of context on either side, ≥ 0.

    Returns
    -------
    Tokens
        One a row; ``.labels`` are the tokens as classes.

    Raises
    ------
    TypeError, ValueError
        If arguments are anything else, or origins are not in these sequences.

    Examples
    --------
    >>> import srm_widget as srm
    >>> tokens = srm.tokens([[2, 0, 1]], ["the", " cat", "See "], window=1)
    >>> tokens[1]
    MarkedText(text='See the cat', start=4, stop=7)
    >>> tokens.labels.tolist()
    ['See␣', 'the', '␣cat']
    """
    window = integer("window", window, 0)
    if hasattr(origins, "origins"):
        raise TypeError(f"expected {_EXPECTED_ORIGINS}, got {type(origins).__name__} itself")
    tokenizer = whole_tokenizer(tokenizer)
    sequences = TokenSequences(input_ids, pad_id_of(tokenizer))
    if origins is None:
        places = np.arange(sequences.n_tokens)
    else:
        places = sequences.places(_checked_origins(origins))
    return Tokens(sequences, texts_of(tokenizer, sequences.ids.tolist()), places, window)


def _checked_origins(origins: Any) -> Int64[np.ndarray, "rows 2"]:
    """Return `origins` as an array, or raise."""
    values = as_numbers(origins, Wanted(_EXPECTED_ORIGINS, "origins", exact=True))
    if isinstance(values, torch.Tensor) and values.is_floating_point():
        raise TypeError(
            f"expected {_EXPECTED_ORIGINS}, got shape {tuple(values.shape)} of {values.dtype}"
        )
    array = values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else values
    if array.dtype.kind not in "iu" or array.ndim != 2 or array.shape[1] != 2:
        raise TypeError(f"expected {_EXPECTED_ORIGINS}, got shape {array.shape} of {array.dtype}")
    if array.size and array.max() > np.iinfo(np.int64).max:
        raise ValueError(f"expected {_EXPECTED_ORIGINS}, got {array.max()}")
    return array.astype(np.int64)

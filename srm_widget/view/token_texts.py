"""What tokens say: the text of each in its context, and a name of its own for each."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from srm_widget.utils.text import brief, error_text
from srm_widget.view.marked_text import MarkedText, visible
from srm_widget.view.token_sequences import Neighbours

EXPECTED_TOKENIZER = (
    "a tokenizer with decode or convert_ids_to_tokens, a function from an id to a string or bytes, "
    "or the strings of the vocabulary in order"
)
MARGIN = 3
"""Tokens beyond the window that a text is made with: a character may have four bytes."""

_PIECE_METHODS = (
    "convert_ids_to_tokens",
    "id_to_token",
    "id_to_piece",
    "decode_single_token_bytes",
)
_TEXT_METHODS = (
    "decode",
    "decode_batch",
    "decode_bytes",
    "decode_ids",
    "batch_decode",
    "Decode",
    "DecodeIds",
    "IdToPiece",
)
"""Other methods of tokenizers that make text of ids, sentencepiece's by their second names too."""

_SHARE = 0.01
"""Share of a vocabulary that shows by which convention its pieces are written."""

_MOST_STRANGE = 0.05
"""Share of a vocabulary, added tokens and the like, that follows no convention."""

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_CONTINUING = re.compile(r"##\w")
_WORD_END = "</w>"
_CHOOSES_LOOKS = re.compile("[\ufe00-\ufe0f]")
"""Variation selectors, which choose between looks of the character before them."""


class TokenTexts(ABC):
    """Texts of tokens, which are given as indices into the ids that a corpus has.

    Attributes
    ----------
    names
        Of each id one that no other has, with white space made visible.
    """

    names: tuple[str, ...]

    @abstractmethod
    def marked(self, tokens: Neighbours, window: int) -> MarkedText:
        """Return a token, marked, among those up to `window` before and after it.

        Parameters
        ----------
        tokens
            The token with up to `window` + `MARGIN` on either side; "…" stands for those beyond
            the window.
        window
            See there.
        """


class PieceTexts(TokenTexts):
    r"""Texts put together of each token's own bytes.

    A character that several tokens have parts of is marked whole for each of them; bytes that make
    no character are written as ``\xe2``.

    Parameters
    ----------
    ids
        The ids.
    pieces
        The piece of each, as the vocabulary writes it; None where there is none.
    convention
        By which they are written.
    verbatim
        Pieces that are written by none: special and other added tokens.
    """

    def __init__(
        self,
        ids: Sequence[int],
        pieces: Sequence[str | bytes | None],
        convention: "PieceConvention",
        verbatim: frozenset[str],
    ) -> None:
        known = [piece or _placeholder(token) for token, piece in zip(ids, pieces, strict=True)]
        self._bodies = [convention.body(piece, verbatim) for piece in known]
        self._begins_word = [convention.begins_word(piece) for piece in known]
        self._ends_word = [convention.ends_word(piece) for piece in known]
        bodies = zip(known, self._bodies, strict=True)
        names = [convention.name(piece, own) for piece, own in bodies]
        self.names = _unlike(names, ids)

    def marked(self, tokens: Neighbours, window: int) -> MarkedText:
        """Return a token, marked, among those up to `window` before and after it."""
        data, starts, stops = bytearray(), list[int](), list[int]()
        space = False
        for code in tokens.codes:
            if starts and (space or self._begins_word[code]):
                data += b" "
            starts.append(len(data))
            data += self._bodies[code]
            stops.append(len(data))
            space = self._ends_word[code]
        first, last = max(0, tokens.at - window), min(len(starts) - 1, tokens.at + window)
        low, high = _whole_characters(data, starts[first], stops[last])
        start, stop = _whole_characters(data, starts[tokens.at], stops[tokens.at])
        parts = (data[low:start], data[start:stop], data[stop:high])
        before, mark, after = (part.decode("utf-8", "backslashreplace") for part in parts)
        return _cut(before, mark, after, first > 0, last < len(starts) - 1)


class DecodedTexts(TokenTexts):
    """Texts that a tokenizer decodes, of which each token's part is found by decoding less.

    Parameters
    ----------
    ids
        The ids.
    names
        Name of each, which several may have.
    decode
        Text of a list of ids.
    """

    def __init__(
        self, ids: Sequence[int], names: Sequence[str], decode: Callable[[list[int]], str]
    ) -> None:
        self._ids, self._decode = ids, decode
        named = zip(names, ids, strict=True)
        self.names = _unlike([visible(name) or _placeholder(token) for name, token in named], ids)

    def marked(self, tokens: Neighbours, window: int) -> MarkedText:
        """Return a token, marked, among those up to `window` before and after it."""
        ids = [self._ids[code] for code in tokens.codes]
        whole = self._decode(ids)
        first, last = max(0, tokens.at - window), min(len(ids) - 1, tokens.at + window)
        low, _ = self._end_of(ids[:first], whole)
        start, _ = self._end_of(ids[: tokens.at], whole)
        _, stop = self._end_of(ids[: tokens.at + 1], whole)
        _, high = self._end_of(ids[: last + 1], whole)
        own = ids[tokens.at]
        without = ids[: tokens.at] + ids[tokens.at + 1 :]
        if start == stop and self._decode(without) != whole:
            stop += 1  # part of a character that shows nothing until it is complete
        # A space that decoding puts between tokens is none of theirs.
        if whole[start:stop].startswith(" ") and not self._decode([own]).startswith(" "):
            start += 1
        mark = whole[start:stop] or _placeholder(own)
        before, after = whole[low:start], whole[max(start, stop) : max(stop, high)]
        return _cut(before, mark, after, first > 0, last < len(ids) - 1)

    def _end_of(self, ids: list[int], whole: str) -> tuple[int, int]:
        """Return where the text of the first ids ends, before and after a character in parts."""
        text = self._decode(ids) if ids else ""
        pairs = enumerate(zip(text, whole, strict=False))
        least = min(len(text), len(whole))
        shared = next((k for k, (one, other) in pairs if one != other), least)
        return shared, min(len(whole), shared + (shared < len(text)))


class PieceConvention:
    """How a vocabulary writes its pieces.

    Byte-level BPE writes each byte as a letter (Ġ is a space); SentencePiece a space as ▁, and
    bytes as <0x0A>; WordPiece ## before what continues a word; BPE of words </w> after what ends
    one. Others write what is meant.

    Parameters
    ----------
    pieces
        Those of the vocabulary, or as many as are known.
    """

    def __init__(self, pieces: Sequence[str | bytes | None]) -> None:
        known = [piece for piece in pieces if isinstance(piece, str) and piece]
        least = max(1.0, _SHARE * len(known))

        strange = sum(1 for piece in known if not _BYTE_LETTERS.keys() >= set(piece))
        self._has_byte_letters = any(
            piece.startswith("Ġ") for piece in known
        ) and strange <= _MOST_STRANGE * len(known)
        has_spaces = sum(1 for piece in known if " " in piece) > least
        writes_spaces = has_spaces and not self._has_byte_letters
        n_spaces = sum(1 for piece in known if piece.startswith("▁"))
        n_continuing = sum(1 for piece in known if _CONTINUING.match(piece))
        has_others = writes_spaces or self._has_byte_letters
        self._has_metaspace = not writes_spaces and n_spaces >= max(least, n_continuing)
        self._has_words = not (has_others or self._has_metaspace) and n_continuing >= least
        n_ends = sum(1 for piece in known if piece.endswith(_WORD_END))
        self._has_word_ends = not writes_spaces and n_ends >= least

    @property
    def is_plain(self) -> bool:
        """Whether pieces are what is meant."""
        return not (
            self._has_byte_letters or self._has_metaspace or self._has_words or self._has_word_ends
        )

    def body(self, piece: str | bytes, verbatim: frozenset[str]) -> bytes:
        """Return the bytes of a piece, without spaces that stand between words."""
        if isinstance(piece, bytes):
            return piece
        if piece in verbatim:
            return _as_bytes(piece)
        if self._has_words:
            piece = piece.removeprefix("##") if _continues(piece) else piece
        if self._has_word_ends:
            piece = piece.removesuffix(_WORD_END) or piece
        if self._has_byte_letters and _BYTE_LETTERS.keys() >= set(piece):
            return bytes(_BYTE_LETTERS[letter] for letter in piece)
        if self._has_metaspace:
            byte = _BYTE.fullmatch(piece)
            return bytes.fromhex(byte[1]) if byte else _as_bytes(piece.replace("▁", " "))
        return _as_bytes(piece)

    def begins_word(self, piece: str | bytes) -> bool:
        """Return whether a space stands before the piece."""
        return self._has_words and isinstance(piece, str) and not _continues(piece)

    def ends_word(self, piece: str | bytes) -> bool:
        """Return whether a space stands after the piece."""
        return self._has_word_ends and isinstance(piece, str) and piece.endswith(_WORD_END)

    def name(self, piece: str | bytes, body: bytes) -> str:
        """Return the name of a piece: what it says, with the marks of words that belong to it."""
        text = body.decode("utf-8", "backslashreplace")
        if self._has_words and isinstance(piece, str) and _continues(piece):
            text = "##" + text
        return visible(text + _WORD_END if self.ends_word(piece) else text)


def texts_of(tokenizer: Any, ids: Sequence[int]) -> TokenTexts:
    """Return what the tokens `ids` say.

    Parameters
    ----------
    tokenizer
        See `EXPECTED_TOKENIZER`.
    ids
        The ids.

    Raises
    ------
    TypeError, ValueError
        If the tokenizer is anything else, or does not know the ids.
    """
    decode = getattr(tokenizer, "decode", None) if not isinstance(tokenizer, str | bytes) else None
    read, vocabulary = _reader(tokenizer, ids)
    if read is None:
        decoded = _decoder(tokenizer.decode, ids[0])
        return DecodedTexts(ids, [_decoded(decoded, token) for token in ids], decoded)
    pieces = [_piece(read, token) for token in ids]
    convention = PieceConvention(pieces if vocabulary is None else vocabulary)
    if decode is not None and convention.is_plain and not isinstance(pieces[0], bytes):
        decoded = _decoder(decode, ids[0])
        named = zip(pieces, ids, strict=True)
        names = [
            _decoded_name(str(piece or ""), _decoded(decoded, token)) for piece, token in named
        ]
        return DecodedTexts(ids, names, decoded)
    return PieceTexts(ids, pieces, convention, _added(tokenizer))


def whole_tokenizer(tokenizer: Any) -> Any:
    """Return the tokenizer of a method of one or of a processor, which knows more than they do.

    Raises
    ------
    TypeError
        If it is a class.
    """
    if isinstance(tokenizer, type) and _reads_pieces(tokenizer):
        raise TypeError(
            f"expected {EXPECTED_TOKENIZER}, got the class {tokenizer.__name__} "
            "itself; give a tokenizer of it"
        )
    owner = getattr(tokenizer, "__self__", None)
    is_method = getattr(tokenizer, "__name__", "") in (*_PIECE_METHODS, *_TEXT_METHODS)
    if owner is not None and is_method:
        return owner
    inner = getattr(tokenizer, "tokenizer", None)
    return inner if _reads_pieces(inner) and not _reads_pieces(tokenizer) else tokenizer


def pad_id_of(tokenizer: Any) -> int | None:
    """Return the id that a tokenizer pads sequences with, None if it says none."""
    padding = getattr(tokenizer, "padding", None)
    inside = padding.get("pad_id") if isinstance(padding, Mapping) else None
    pad_id = getattr(tokenizer, "pad_id", inside)
    found = getattr(tokenizer, "pad_token_id", pad_id() if callable(pad_id) else pad_id)
    return found if isinstance(found, int) else None


def _reads_pieces(tokenizer: Any) -> bool:
    return any(hasattr(tokenizer, name) for name in _PIECE_METHODS)


def _reader(
    tokenizer: Any, ids: Sequence[int]
) -> tuple[Callable[[int], Any] | None, Sequence[Any] | None]:
    """Return what reads the piece of an id, None for `decode` alone, and the vocabulary if known.

    Raises
    ------
    TypeError, ValueError
        If `tokenizer` is nothing of the kind, or a vocabulary without some of the `ids`.
    """
    is_text = isinstance(tokenizer, str | bytes)
    methods = (getattr(tokenizer, name, None) for name in _PIECE_METHODS)
    read = next((method for method in methods if method is not None), None)
    if read is not None:
        get_vocabulary = getattr(tokenizer, "get_vocab", None)
        return read, None if get_vocabulary is None else list(get_vocabulary())
    if hasattr(tokenizer, "decode") and not is_text:
        return None, None
    is_array = len(getattr(tokenizer, "shape", ())) == 1  # NumPy's, or a column of pandas
    if is_array or (isinstance(tokenizer, Sequence) and not is_text):
        vocabulary = list(tokenizer)
        unknown = next((token for token in ids if token >= len(vocabulary)), None)
        if unknown is not None:
            raise ValueError(
                f"expected a vocabulary with the ids of input_ids, got {len(vocabulary)} strings "
                f"and the id {unknown}"
            )
        return vocabulary.__getitem__, vocabulary
    if callable(tokenizer):
        return tokenizer, None
    hint = ""
    if isinstance(tokenizer, Mapping):
        hint = "; of a dictionary from ids to strings give its get"
        if isinstance(next(iter(tokenizer), None), str):
            hint = "; of one from strings to ids give {k: text for text, k in it.items()}.get"
    raise TypeError(f"expected {EXPECTED_TOKENIZER}, got {brief(tokenizer)}{hint}")


def _piece(read: Callable[[int], Any], token: int) -> str | bytes | None:
    """Return the piece of a token, None if there is none."""
    try:
        piece = read(token)
    except Exception as error:
        raise _unknown(token, error) from error
    if piece is None or isinstance(piece, str | bytes):
        return piece
    raise TypeError(
        f"expected {EXPECTED_TOKENIZER}, got {brief(piece)} for the id {token}, which is neither a "
        "string nor bytes"
    )


def _unknown(token: int, error: Exception) -> ValueError:
    """Return what to tell of an error of a user's tokenizer."""
    told = f"{type(error).__name__}: {error_text(error)}"
    is_part = isinstance(error, UnicodeDecodeError)
    hint = "; a token may be part of a character: return its bytes" if is_part else ""
    return ValueError(f"expected the tokenizer to know the id {token}, got {told}{hint}")


def _decoded(decode: Callable[[list[int]], str], token: int) -> str:
    """Return what one id decodes to, or raise that it is not known."""
    return str(_piece(lambda one: decode([one]), token) or "")


def _decoder(decode: Callable[..., str], some_id: int) -> Callable[[list[int]], str]:
    """Return `decode` with special tokens kept and spaces as they are, where it can do that."""
    kept = {"skip_special_tokens": False}
    for options in ({**kept, "clean_up_tokenization_spaces": False}, kept):
        try:
            decode([some_id], **options)
        except TypeError:
            continue
        except Exception as error:
            raise _unknown(some_id, error) from error
        return partial(decode, **options)
    return decode


def _decoded_name(piece: str, own: str) -> str:
    """Return the name of a token: what it decodes to by itself, or the piece of part of that."""
    if own and "\ufffd" not in own:
        return own
    is_byte = len(piece) == 1 and 0x80 <= ord(piece) < 0x100
    return f"\\x{ord(piece):02x}" if is_byte else piece or own


def _added(tokenizer: Any) -> frozenset[str]:
    """Return the pieces that a tokenizer was given beside its vocabulary, special ones too."""
    if hasattr(tokenizer, "get_added_vocab"):
        return frozenset(tokenizer.get_added_vocab())
    if hasattr(tokenizer, "get_added_tokens_decoder"):
        return frozenset(each.content for each in tokenizer.get_added_tokens_decoder().values())
    return frozenset()


def _byte_letters() -> dict[str, int]:
    """Return the byte of each letter that byte-level BPE writes bytes by."""
    as_they_are = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in as_they_are]
    letters = {chr(byte): byte for byte in as_they_are}
    return letters | {chr(256 + k): byte for k, byte in enumerate(others)}


_BYTE_LETTERS = _byte_letters()


def _continues(piece: str) -> bool:
    """Return whether a piece of WordPiece continues a word, by whatever character."""
    return len(piece) > len("##") and piece.startswith("##")


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _placeholder(token: int) -> str:
    """Return what stands for a token that has no text."""
    return f"<{token}>"


def _unlike(names: Sequence[str], ids: Sequence[int]) -> tuple[str, ...]:
    """Return the names, with the id after those that read alike; no name has a space itself."""
    read = [_as_read(name) for name in names]
    many = Counter(read)
    return tuple(
        f"{name} #{token}" if many[own] > 1 else name
        for name, own, token in zip(names, read, ids, strict=True)
    )


def _as_read(name: str) -> str:
    """Return what is seen of a name: of equal ones no reader can tell which is which."""
    if name.isascii():
        return name
    composed = _CHOOSES_LOOKS.sub("", unicodedata.normalize("NFC", name))
    return "".join(each for each in composed if unicodedata.category(each) not in ("Cf", "Zs"))


def _whole_characters(data: bytearray, start: int, stop: int) -> tuple[int, int]:
    """Return the least range of whole UTF-8 characters around a range of bytes."""
    if start == stop:
        return start, stop
    return _character(data, start)[0], _character(data, stop - 1)[1]


def _character(data: bytearray, at: int) -> tuple[int, int]:
    """Return where the character that a byte is of begins and ends; the byte if it is of none."""
    for start in range(at, max(-1, at - 4), -1):
        for stop in range(at + 1, min(len(data), start + 4) + 1):
            try:
                letter = data[start:stop].decode("utf-8")
            except UnicodeDecodeError:
                continue
            if len(letter) == 1:
                return start, stop
    return at, at + 1


def _cut(before: str, mark: str, after: str, goes_before: bool, goes_after: bool) -> MarkedText:
    """Return the parts as one text, with "…" where there is more."""
    before = "…" * goes_before + before.lstrip("\ufffd" if goes_before else "")
    after = after.rstrip("\ufffd" if goes_after else "") + "…" * goes_after
    return MarkedText(before + mark + after, len(before), len(before) + len(mark))

"""Text made safe and short: control characters, surrogates, long names, values in errors."""

import math
import reprlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

_FEW = 5
"""Numbers that are named of many."""

_CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
_CONTROL_PICTURES |= {0x7F: "␡", **dict.fromkeys(range(0x80, 0xA0), "\ufffd")}


def printable(text: str, most: int) -> str:
    """Return at most `most` characters of `text`, with no control character or lone surrogate.

    Control characters become their pictures (␀ for NUL), or U+FFFD where they have none: a page
    would drop or obey them. So do lone surrogates: no message could carry them.
    """
    cut = text[: most - 1] + "…" if len(text) > most else text
    return well_formed(cut.translate(_CONTROL_PICTURES))


def well_formed(text: str) -> str:
    """Return `text` with U+FFFD in place of lone surrogates, which no message could carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decoded(value: Any) -> Any:
    r"""Return bytes as the text they are in UTF-8, what is none as ``\x…``; others as they are."""
    if isinstance(value, bytearray | memoryview):
        value = bytes(value)
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def folded(text: str) -> str:
    """Return `text` as it is searched: in small letters, without accents, b₁₂ as b12."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text)
    return "".join(each for each in letters if unicodedata.category(each)[0] != "M").lower()


def first_few(numbers: Sequence[int]) -> str:
    """Return the first few of some numbers, in words: "2, 5, 7, 8, 11, …"."""
    return ", ".join(map(str, numbers[:_FEW])) + (", …" if len(numbers) > _FEW else "")


def shorten_middle(text: str, most: int) -> str:
    """Return `text` in at most `most` characters, white space collapsed and the middle left out.

    What tells names apart stands at their end as often as at their start.
    """
    letters = " ".join(text.split())
    if len(letters) <= most:
        return letters
    head = most // 2
    return f"{letters[:head]}…{letters[len(letters) - (most - 1 - head) :]}"


class _BriefRepr(reprlib.Repr):
    """Representation of any value in some 150 characters at most."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother, self.maxlong = 2, 60, 60, 40

    def repr_int(self, x: int, level: int) -> str:
        """Return the digits of an integer; of one too long for Python to write, its size."""
        if x.bit_length() > 10_000:
            return f"an integer of {x.bit_length():,} bits"
        return super().repr_int(x, level)


brief = _BriefRepr().repr
"""Return the representation of a value for an error message: some 150 characters at most."""


def error_text(error: BaseException) -> str:
    """Return the message of an error, or the name of its class if it has none."""
    return str(error) or type(error).__name__


def signed_text(value: float) -> str:
    """Return a number that may be negative, with its sign: "+0.35", "−0.85"; NaN in words."""
    return "undefined" if math.isnan(value) else f"{value:+.2g}".replace("-", "−")


def span_text(values: np.ndarray, text: Callable[[float], str] | None = None) -> str:
    """Return the least and the greatest of some numbers, "12 … 300"; of none, that in words.

    Parameters
    ----------
    values
        Numbers; NaN are left out.
    text
        Writes one of them; None writes whole ones in full and others in three digits.
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return "undefined" if values.size else "none"
    ends = [(text or _number_text)(float(each)) for each in (known.min(), known.max())]
    return ends[0] if ends[0] == ends[1] else " … ".join(ends)


def _number_text(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.3g}"


def left_out_text(counts: Mapping[str, int]) -> str:
    """Return what was left out, for the end of a list: ", 2 rows of zeros"; "" if nothing was."""
    return "".join(f", {n:,} {what}" for what, n in counts.items() if n)


def seconds_text(seconds: float) -> str:
    """Return a duration in words: "40 seconds", from a minute and a half on "2 minutes"."""
    return f"{seconds / 60:,.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"

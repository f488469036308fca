"""Strings of others as what they are: text, short enough to be shown."""

import reprlib

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
_PICTURES |= {0x7F: "␡", **dict.fromkeys(range(0x80, 0xA0), "\ufffd")}
_MOST_SAID = 300
"""Characters of a refusal that a page shows."""


def printable(text: str, most: int) -> str:
    """At most `most` characters of `text`, none of which is a control or half a pair.

    Control characters become their pictures (␀ for NUL), or U+FFFD where they have none: a page
    would drop or obey them. So do lone surrogates: no message could carry them.
    """
    cut = text[: most - 1] + "…" if len(text) > most else text
    return well_formed(cut.translate(_PICTURES))


def well_formed(text: str) -> str:
    """`text` with U+FFFD in the place of lone surrogates, which no message could carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _BriefRepr(reprlib.Repr):
    """Representation of any value in a few dozen characters."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother, self.maxlong = 2, 60, 60, 40

    def repr_int(self, x: int, level: int) -> str:
        """Digits of an integer, of which Python writes no more than some thousands."""
        if x.bit_length() > 10_000:
            return f"an integer of {x.bit_length():,} bits"
        return super().repr_int(x, level)


brief = _BriefRepr().repr
"""What came, as refusals say it: at most some 150 characters, whatever it is."""


def error_text(error: BaseException) -> str:
    """What an error says; of one that says nothing, its kind."""
    return str(error) or type(error).__name__


def said(text: str) -> str:
    """A refusal as a page shows it: a few lines at most."""
    return printable(text, _MOST_SAID)

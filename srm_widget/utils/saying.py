"""What came, in the words of a refusal: short, whatever it is."""

import reprlib

from srm_widget.utils.text import plain

_MOST_SAID = 300
"""Characters of a refusal that a page shows."""


class _Short(reprlib.Repr):
    """Representation of any value in a few dozen characters."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother, self.maxlong = 2, 60, 60, 40

    def repr_int(self, x: int, level: int) -> str:
        """Digits of an integer, of which Python writes no more than some thousands."""
        if x.bit_length() > 10_000:
            return f"an integer of {x.bit_length():,} bits"
        return super().repr_int(x, level)


short = _Short().repr
"""What came, as refusals say it: at most some 150 characters, whatever it is."""


def reason(error: BaseException) -> str:
    """What an error says; of one that says nothing, its kind."""
    return str(error) or type(error).__name__


def said(text: str) -> str:
    """A refusal as a page shows it: a few lines at most."""
    return plain(text, _MOST_SAID)

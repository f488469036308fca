"""Text with a marked part: what a preview shows of a word, or of a token, in its context."""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from srm_widget.utils.text import printable
from srm_widget.utils.validation import integer, string

_LONGEST_MARK = 120
_WHITE_SPACE = {"\n": "↵", "\t": "⇥", "\r": "␍"}
_TURNING = *range(0x202A, 0x202F), *range(0x2066, 0x206A)
"""Characters that turn the direction of what follows: it would be drawn elsewhere."""

_IN_CONTEXT = str.maketrans(_WHITE_SPACE | dict.fromkeys(map(chr, _TURNING), "\ufffd"))
_IN_MARK = str.maketrans(
    {
        **_WHITE_SPACE,
        " ": "␣",
        "\xa0": "⍽",
        **{chr(code): f"<U+{code:04X}>" for code in _TURNING},
    }
)
_UNSEEN = "Cc", "Cf", "Cn", "Co", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"
"""Categories of characters that show nothing by themselves."""


@dataclass(frozen=True)
class MarkedText:
    """Text of which a part is marked, such as a token in its context.

    A function given as ``samples=`` may return it. White space is made visible where it is shown:
    in the marked part ␣ is a space, ⍽ one that does not break, ⇥ a tab and ↵ a new line, in the
    rest ⇥ and ↵. Characters that turn the direction of a text are shown and not obeyed. Of a long
    text what stands around the marked part is shown.

    Attributes
    ----------
    text
        The text.
    start, stop
        The marked part is ``text[start:stop]``; 0 ≤ start ≤ stop ≤ len(text).

    Raises
    ------
    TypeError, ValueError
        If they are anything else.

    Examples
    --------
    >>> import srm_widget as srm
    >>> text = srm.MarkedText("See the cat", 4, 7)
    >>> text.marked
    'the'
    """

    text: str
    start: int
    stop: int

    def __post_init__(self) -> None:
        string("text", self.text)
        integer("start", self.start, 0, len(self.text))
        integer("stop", self.stop, self.start, len(self.text))

    @property
    def marked(self) -> str:
        """The marked part."""
        return self.text[self.start : self.stop]


class ShownText(NamedTuple):
    """Text as it is shown, and where its marked part begins and ends, in characters."""

    text: str
    mark: tuple[int, int]


def shown_text(whole: MarkedText, most: int) -> ShownText:
    """Return at most `most` characters around the marked part, with white space made visible."""
    mark = visible(whole.marked)
    if len(mark) > min(_LONGEST_MARK, most):
        half = (min(_LONGEST_MARK, most) - 1) // 2
        mark = f"{mark[:half]}…{mark[-half:]}"
    before, after = whole.text[: whole.start], whole.text[whole.stop :]
    room = most - len(mark)
    n_before = min(len(before), max(room // 2, room - len(after)))
    n_after = min(len(after), room - n_before)
    if n_before < len(before):
        before = "…" + before[len(before) - max(0, n_before - 1) :] if n_before else ""
    before = printable(before.translate(_IN_CONTEXT), most)
    after = printable(after.translate(_IN_CONTEXT), n_after) if n_after else ""
    return ShownText(before + mark + after, (len(before), len(before) + len(mark)))


def visible(text: str) -> str:
    """Return `text` with its white space made visible, and what shows nothing else by its code."""
    translated = text.translate(_IN_MARK)
    shown = printable(translated, len(translated))
    if all(unicodedata.category(letter) in _UNSEEN for letter in shown):
        return "".join(f"<U+{ord(letter):04X}>" for letter in shown)
    return shown

"""Strings of others as what they are: text, short enough to be shown."""

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
_PICTURES |= {0x7F: "␡", **dict.fromkeys(range(0x80, 0xA0), "\ufffd")}


def plain(text: str, most: int) -> str:
    """At most `most` characters of `text`, none of which is a control or half a pair.

    Control characters become their pictures (␀ for NUL), or U+FFFD where they have none: a page
    would drop or obey them. So do lone surrogates: no message could carry them.
    """
    cut = text[: most - 1] + "…" if len(text) > most else text
    return well_formed(cut.translate(_PICTURES))


def well_formed(text: str) -> str:
    """`text` with U+FFFD in the place of lone surrogates, which no message could carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

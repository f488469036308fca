"""Colours of pictures made in Python: those of the page on a light ground."""

GROUND = "#ffffff"
INK = "#1c2126"
QUIET = "#5f6469"
GRID = "#e1e2e3"
RIM = "#bbbcbe"
AXIS = "#95989a"

CURVE = "#0072b2"
NEGATIVE = "#b14a87"
BEAM = "#e69f00"
BEAM_LINE = "#a66a00"

CLASSES = (
    "#3fbbeb",
    "#794bad",
    "#e4969f",
    "#8f2157",
    "#7c85eb",
    "#b34717",
    "#27358c",
    "#94b138",
    "#543914",
    "#7c8187",
)
"""Of ten groups; the last, grey, is also that of all classes without a colour of their own."""


def mixed(colour: str, share: float) -> str:
    """`colour` in a share of 0 … 1 over the ground, without transparency."""
    over, ground = (bytes.fromhex(each[1:]) for each in (colour, GROUND))
    parts = (round(share * a + (1 - share) * b) for a, b in zip(over, ground, strict=True))
    return "#" + bytes(parts).hex()

"""Colours of figures drawn in Python: those of the page in its light theme, by the same names."""

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
"""Colours of ten classes; the last, grey, is also that of all classes without their own."""


def blend(colour: str, share: float) -> str:
    """Return `colour` in a share of 0 … 1 over the ground, as an opaque colour."""
    above, ground = (bytes.fromhex(each[1:]) for each in (colour, GROUND))
    parts = (round(share * a + (1 - share) * b) for a, b in zip(above, ground, strict=True))
    return "#" + bytes(parts).hex()

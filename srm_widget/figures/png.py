"""Figures as PNG: whole, or small, to be kept in a notebook beside something live."""

import io
import warnings
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

_PIXELS_PER_INCH = 144
_SHOWN_PER_INCH = 96
_COLOURS = 256


class Png(NamedTuple):
    """PNG of a figure.

    Attributes
    ----------
    data
        The file.
    size
        Width and height that it is shown at, in CSS pixels, as Jupyter's metadata name them.
    """

    data: bytes
    size: dict[str, int]


def png(figure: Figure) -> Png:
    """Return `figure` as a PNG, sharp on screens of up to one and a half pixels a CSS pixel."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=_PIXELS_PER_INCH)
    shown = (inches * _SHOWN_PER_INCH for inches in figure.get_size_inches())
    return Png(data.getvalue(), _shown_size(*shown))


def small_png(figure: Figure) -> Png:
    """Return `figure` as a PNG of at most 256 colours, about a third of the bytes.

    Parameters
    ----------
    figure
        Of lines, text and flat areas; a photograph in it would show the lack of colours.
    """
    data, small = io.BytesIO(), io.BytesIO()
    # A picture that nobody asked for is as large as it says, and warns of no letters.
    with mpl.rc_context({"savefig.bbox": "standard"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        figure.savefig(data, format="png", dpi=_PIXELS_PER_INCH)
    with Image.open(data) as picture:
        reduced = picture.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    reduced.save(small, format="png", optimize=True)
    shown = (pixels * _SHOWN_PER_INCH / _PIXELS_PER_INCH for pixels in reduced.size)
    return Png(small.getvalue(), _shown_size(*shown))


def _shown_size(width: float, height: float) -> dict[str, int]:
    return {"width": round(width), "height": round(height)}

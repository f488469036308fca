"""A figure as a small SVG that may stand in a page of others."""

import io
import re
import warnings
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.figure import Figure

_SVG = "http://www.w3.org/2000/svg"
_PATH_STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
_FONTS = "'DejaVu Sans', Verdana, sans-serif"  # of the same width
_FONT = re.compile(r"font-family: [^;]*; ")
_NUMBER = re.compile(r"\d+\.\d{2,}")


def inline_svg(figure: Figure, title: str) -> str:
    """Draw `figure` as SVG.

    The same figure gives the same text. Text stays text; there are no ids, styles of the whole
    document or references in it, so that nothing is mixed up where several stand in one page.

    Parameters
    ----------
    figure
        Without images, markers and clipped parts, which need references.
    title
        What a reader who does not see the picture is told.
    """
    root = ET.fromstring(_drawn(figure))
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in ("metadata", "defs"):
                parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        _slim(element)
    root.attrib |= {
        "xmlns": _SVG,
        "role": "img",
        "font-family": _FONTS,
        "stroke-linejoin": "round",
        "style": "max-width: 100%; height: auto",
    }
    name = ET.Element("title")
    name.text = title
    root.insert(0, name)
    _unwrap(root)
    return ET.tostring(root, encoding="unicode")


def _drawn(figure: Figure) -> bytes:
    data = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "srm"}), warnings.catch_warnings():
        # Whoever shows the picture draws its letters, in fonts of their own.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        figure.savefig(data, format="svg", metadata={"Date": None})
    return data.getvalue()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _slim(element: ET.Element) -> None:
    """Leave out what only Matplotlib needs to know, and digits that are not to be seen."""
    element.attrib.pop("id", None)
    element.tail = None
    if element.tag == "path":
        element.set("d", _relative(element.get("d", "")))
    if element.tag == "text":
        if element.get("transform", "").startswith(("rotate(-0 ", "rotate(0 ")):
            del element.attrib["transform"]
    else:
        element.text = None
    for name in {"style", "x", "y"}.intersection(element.attrib):
        value = _FONT.sub("", element.get(name, ""))
        element.set(name, _NUMBER.sub(lambda digits: f"{float(digits[0]):.4g}", value))


def _unwrap(parent: ET.Element) -> None:
    """Take what groups without attributes hold out of them."""
    children = []
    for child in parent:
        _unwrap(child)
        children += list(child) if child.tag == "g" and not child.attrib else [child]
    parent[:] = children


def _relative(path: str) -> str:
    """A path to a tenth of a pixel, every point from the one before."""
    parts, before = [], ""
    x = y = 0
    for command, numbers in _PATH_STEP.findall(path):
        values = [round(10 * float(number)) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        # What follows a move or its own kind needs no letter.
        letter = "" if command == {"M": "L"}.get(before, before) else command.lower()
        moves = [_tenths(part) for a, b in points for part in (a - x, b - y)]
        parts.append(letter + "".join(moves).lstrip(" " if letter else ""))
        x, y = points[-1] if points else (x, y)
        before = command
    return "".join(parts)


def _tenths(value: int) -> str:
    text = f"{value / 10:g}".replace("0.", ".", 1) if abs(value) < 10 else f"{value / 10:g}"
    return text if value < 0 else f" {text}"

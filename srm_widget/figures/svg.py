"""Small SVG of a Matplotlib figure, to stand inline in a page with others."""

import io
import re
import warnings
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.figure import Figure

_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_PATH_STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
_FONTS = "'DejaVu Sans', Verdana, sans-serif"  # fonts of the same width
_FONT = re.compile(r"font-family: [^;]*; ")
_NUMBER = re.compile(r"\d+\.\d{2,}")


def inline_svg(figure: Figure, title: str) -> str:
    """Return `figure` as a small SVG, to stand inline in a page.

    The same figure gives the same text. Text stays text; there are no ids, styles of the whole
    document or references in it, so that several may stand in one page.

    Parameters
    ----------
    figure
        Without images, markers and clipped parts, which need references.
    title
        Alternative text.
    """
    root = ET.fromstring(_draw(figure))
    for parent in list(root.iter()):
        for child in list(parent):
            if _local_name(child.tag) in ("metadata", "defs"):
                parent.remove(child)
    for element in root.iter():
        element.tag = _local_name(element.tag)
        _strip(element)
    root.attrib |= {
        "xmlns": _SVG_NAMESPACE,
        "role": "img",
        "font-family": _FONTS,
        "stroke-linejoin": "round",
        "style": "max-width: 100%; height: auto",
    }
    name = ET.Element("title")
    name.text = title
    root.insert(0, name)
    _unwrap_groups(root)
    return ET.tostring(root, encoding="unicode")


def _draw(figure: Figure) -> bytes:
    data = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "srm"}), warnings.catch_warnings():
        # Whoever shows the picture draws its letters, in fonts of their own.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        figure.savefig(data, format="svg", metadata={"Date": None})
    return data.getvalue()


def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _strip(element: ET.Element) -> None:
    """Remove what only Matplotlib needs, and digits too small to see."""
    element.attrib.pop("id", None)
    element.tail = None
    if element.tag == "path":
        element.set("d", _relative_path(element.get("d", "")))
    if element.tag == "text":
        if element.get("transform", "").startswith(("rotate(-0 ", "rotate(0 ")):
            del element.attrib["transform"]
    else:
        element.text = None
    for name in {"style", "x", "y"}.intersection(element.attrib):
        value = _FONT.sub("", element.get(name, ""))
        element.set(name, _NUMBER.sub(lambda digits: f"{float(digits[0]):.4g}", value))


def _unwrap_groups(parent: ET.Element) -> None:
    """Replace groups without attributes by their children."""
    children = []
    for child in parent:
        _unwrap_groups(child)
        children += list(child) if child.tag == "g" and not child.attrib else [child]
    parent[:] = children


def _relative_path(path: str) -> str:
    """Return a path to a tenth of a pixel, every point relative to the one before."""
    parts, before = [], ""
    x = y = 0
    for command, numbers in _PATH_STEP.findall(path):
        values = [round(10 * float(number)) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        # What follows a move or its own kind needs no letter.
        letter = "" if command == {"M": "L"}.get(before, before) else command.lower()
        moves = [_format_tenths(part) for a, b in points for part in (a - x, b - y)]
        parts.append(letter + "".join(moves).lstrip(" " if letter else ""))
        x, y = points[-1] if points else (x, y)
        before = command
    return "".join(parts)


def _format_tenths(value: int) -> str:
    text = f"{value / 10:g}".replace("0.", ".", 1) if abs(value) < 10 else f"{value / 10:g}"
    return text if value < 0 else f" {text}"

"""What cells displayed, as pages without a kernel can show it."""

import copy
import html
from html.parser import HTMLParser
from typing import NamedTuple

from nbformat import NotebookNode

_WIDGET = "application/vnd.jupyter.widget-view+json"
_BEST_FIRST = "text/html", "image/svg+xml", "image/png", "image/jpeg", _WIDGET, "text/plain"
_FRAME = (
    '<figure class="scope"><iframe title="{title}" src="{address}" loading="lazy" '
    'sandbox="allow-scripts allow-downloads"></iframe>'
    '<figcaption><a href="{address}">This scope on a page of its own</a></figcaption></figure>'
)
_NOTE = (
    '<p class="note">This cell shows a widget that needs a running kernel. '
    "Open the notebook to use it.</p>"
)


class Settled(NamedTuple):
    """A notebook whose outputs need nothing that runs.

    Attributes
    ----------
    notebook
        With text, HTML and pictures for outputs, one kind each.
    scopes
        Pages of the scopes in it, by address.
    """

    notebook: NotebookNode
    scopes: dict[str, str]


def settle(notebook: NotebookNode, stem: str) -> Settled:
    """Move scopes to pages of their own, and leave a note where there is only a widget.

    Parameters
    ----------
    notebook
        As it was executed; it stays as it is.
    stem
        What the addresses of its scopes begin with.
    """
    settled: NotebookNode = copy.deepcopy(notebook)
    settled.metadata.pop("widgets", None)
    scopes: dict[str, str] = {}
    for cell in settled.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = _settled(output.data, stem, scopes)
    return Settled(settled, scopes)


def _settled(data: NotebookNode, stem: str, scopes: dict[str, str]) -> NotebookNode:
    kind = next((kind for kind in _BEST_FIRST if kind in data), None)
    if kind is None:
        raise ValueError(
            f"expected an output of one of {', '.join(_BEST_FIRST)}, got {', '.join(data)}"
        )
    if kind == _WIDGET:
        return NotebookNode({"text/html": _NOTE})
    if kind == "image/png" and _WIDGET in data:
        return NotebookNode({"text/html": f"{_picture(data[kind])}{_NOTE}"})
    frame = _Frame.within(data[kind]) if kind == "text/html" else None
    if frame is None:
        return NotebookNode({kind: data[kind]})
    address = f"scopes/{stem}-{len(scopes) + 1}.html"
    scopes[address] = frame["srcdoc"]
    framed = _FRAME.format(address=html.escape(address), title=html.escape(frame.get("title", "")))
    return NotebookNode({"text/html": framed})


def _picture(png: str) -> str:
    address = html.escape(f"data:image/png;base64,{png}")
    return f'<img alt="The scope, as it was first shown" src="{address}">'


class _Frame(HTMLParser):
    """Finds an element that holds a whole page."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str] | None = None

    @classmethod
    def within(cls, text: str) -> dict[str, str] | None:
        """Attributes of the first frame with a page in it, if there is one."""
        parser = cls()
        parser.feed(text)
        parser.close()
        return parser.attributes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "iframe" and "srcdoc" in attributes and self.attributes is None:
            self.attributes = attributes

"""Documents as HTML."""

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

from notebooks.site.document import Document
from notebooks.site.outputs import framed, settle

HERE = Path(__file__).parent
HANDOUT = HERE.parents[1] / "docs" / "handout.html"  # a page already
HERO = "scopes/digits.html"
BLANK = "your-own.html"
_HERO_TITLE = "Bottleneck of a tanh autoencoder, trained on handwritten digits"
_KINDS = "text/html", "image/svg+xml", "image/png", "image/jpeg", "text/plain"
_LAYOUTS = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Page(NamedTuple):
    """A page, and what has to lie beside it.

    Attributes
    ----------
    html
        Of all of it.
    beside
        Pages of its scopes, by address.
    """

    html: str
    beside: dict[str, str]


class Pages:
    """The pages of a site.

    Parameters
    ----------
    documents
        In the order in which they are read.
    versions
        What they were executed with, by name.
    """

    def __init__(self, documents: Sequence[Document], versions: Mapping[str, str]) -> None:
        self._documents = documents
        self._told = {"documents": documents, "versions": versions}
        self._exporter = HTMLExporter(
            config=Config(
                NbConvertBase={"display_data_priority": list(_KINDS)},
                CoalesceStreamsPreprocessor={"enabled": True},
            ),
            template_name="cells",
            extra_template_basedirs=[str(HERE / "templates")],
            anchor_link_text="#",
        )

    def page(self, document: Document) -> Page:
        """Page of a document.

        Parameters
        ----------
        document
            One of the site.

        Raises
        ------
        ValueError
            If it links to a file that is no page of the site, or an output is of a kind that a
            page cannot show.
        """
        place = self._documents.index(document)
        notebook, scopes = settle(document.notebook, document.source.stem)
        body = self._converted(notebook, document.source)
        made = _LAYOUTS.get_template("document.html.j2").render(
            **self._told,
            document=document,
            body=body,
            sections=_sections(body),
            n_scopes=len(scopes),
            before=self._documents[place - 1] if place else None,
            after=self._documents[place + 1] if place + 1 < len(self._documents) else None,
        )
        return Page(made, scopes)

    def front(self) -> Page:
        """The front page. The pages at `HERO` and `BLANK` have to lie beside it."""
        leads = {each.address: self._lead(each) for each in self._documents}
        hero = framed(HERO, _HERO_TITLE)
        made = _LAYOUTS.get_template("front.html.j2").render(
            **self._told, leads=leads, hero=hero, blank=BLANK
        )
        return Page(made, {})

    def _lead(self, document: Document) -> str:
        cell = nbformat.v4.new_markdown_cell(document.lead, id="lead")
        return self._converted(nbformat.v4.new_notebook(cells=[cell]), document.source)

    def _converted(self, notebook: NotebookNode, source: Path) -> str:
        resources = {"metadata": {"path": str(source.parent)}}
        body, _ = self._exporter.from_notebook_node(notebook, resources)
        return re.sub(
            r'href="(?![a-z]+:|#|scopes/)([^"#]+)',
            lambda link: f'href="{html.escape(self._address(html.unescape(link[1]), source))}',
            body,
        )

    def _address(self, target: str, source: Path) -> str:
        """Of the page of a file that another links to."""
        linked = (source.parent / target).resolve()
        if linked == HANDOUT.resolve():
            return HANDOUT.name
        for document in self._documents:
            if document.source.resolve() == linked:
                return document.address
        raise ValueError(f"expected links to pages of the site, {source.name} has one to {target}")


def _sections(body: str) -> list[tuple[str, str]]:
    """Anchors and titles of a page's sections."""
    found = re.findall(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', body)
    return [(html.unescape(anchor), html.unescape(title)) for anchor, title in found]

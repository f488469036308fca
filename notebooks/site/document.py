"""What pages are made of: notebooks, and texts as if they were some."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from notebooks.site.execution import executed

_ROOT = Path(__file__).parents[2]
TEXTS = tuple(_ROOT / "docs" / f"{name}.md" for name in ("reading", "alignment", "teaching"))


class Document(NamedTuple):
    """Something to read that becomes a page.

    Attributes
    ----------
    source
        File that it is from, which others link to.
    address
        Of its page.
    label
        Of a lesson, with its number: "Notebook 1"; else "".
    title
        Its first heading.
    lead
        What it begins with, in Markdown: of a notebook the first paragraph, with the list that it
        announces, if it does; of a text the first sentence.
    notebook
        All but the heading, with the outputs of its cells.
    """

    source: Path
    address: str
    label: str
    title: str
    lead: str
    notebook: NotebookNode


def documents(kept: Path) -> Iterator[Document]:
    """All that the site shows, in the order in which it is read.

    Parameters
    ----------
    kept
        Folder of the executed notebooks; those that are out of date are executed now.
    """
    for path in sorted((_ROOT / "notebooks").glob("*.ipynb")):
        yield of_notebook(path, executed(path, kept))
    yield from map(of_text, TEXTS)


def of_notebook(source: Path, executed: NotebookNode) -> Document:
    """Document of a notebook.

    Parameters
    ----------
    source
        Its file. A lesson's name begins with its number, as in ``01_quickstart.ipynb``.
    executed
        What became of it.

    Raises
    ------
    ValueError
        If it does not begin with a heading and a paragraph.
    """
    number = re.match(r"\d+", source.stem)
    label = f"Notebook {int(number[0])}" if number else ""
    return _document(source, label, executed, _paragraph)


def of_text(source: Path) -> Document:
    """Document of a Markdown file.

    Parameters
    ----------
    source
        Its file.

    Raises
    ------
    ValueError
        If it does not begin with a heading and a paragraph.
    """
    cell = nbformat.v4.new_markdown_cell(source.read_text(encoding="utf-8"), id="text")
    return _document(source, "", nbformat.v4.new_notebook(cells=[cell]), _sentence)


def _document(
    source: Path, label: str, notebook: NotebookNode, lead: Callable[[str], str]
) -> Document:
    first = notebook.cells[0]
    begins = re.match(r"# (?P<title>.+)\n\s*(?P<body>\S[\s\S]*)", first.source)
    if first.cell_type != "markdown" or begins is None:
        raise ValueError(
            f"expected {source.name} to begin with a heading and a paragraph, "
            f"got {first.source[:60]!r}"
        )
    rest = NotebookNode({**first, "source": begins["body"]})
    body = NotebookNode({**notebook, "cells": [rest, *notebook.cells[1:]]})
    address, title = f"{source.stem}.html", begins["title"].strip()
    return Document(source, address, label, title, lead(begins["body"]), body)


def _paragraph(markdown: str) -> str:
    first, *others = re.split(r"\n\s*\n", markdown.strip())
    return "\n\n".join([first, *others[:1]]) if first.endswith(":") else first


def _sentence(markdown: str) -> str:
    return re.split(r"(?<=[.!?])\s", _paragraph(markdown), maxsplit=1)[0]

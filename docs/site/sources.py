"""The folder that Sphinx reads: texts, notebooks and what is generated, gathered in one place."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from notebooks.site.lessons import SOLUTION
from notebooks.site.outputs import settle

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXTRA = "_extra"  # what the site holds as it is

_HERE = Path(__file__).parent
_HANDOUT = "handout.html"
BLANK = "your-own.html"
_PAGES = _HANDOUT, BLANK  # already
_MOVED = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
_FILES = "_files"  # what pages have for download
_BESIDE = "CITATION.cff", "notebooks/marimo_scope.py", "notebooks/images"
_CITATION = "citation.md"  # a section of README
_LINK = re.compile(r"\]\((?![a-z]+:|#)(?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")
_CODE = re.compile(r"^(`{3,})[\s\S]*?^\1[^\S\n]*$", re.MULTILINE)


class Sources:
    """Writes the sources of the site into a folder, and only what has changed.

    Parameters
    ----------
    folder
        Where Sphinx reads them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places = dict(_places())
        self._written: set[Path] = set()

    def gather(self, notebooks: Mapping[Path, NotebookNode]) -> None:
        """Write texts, the notebooks and what they show; remove what no longer belongs there.

        Parameters
        ----------
        notebooks
            The notebooks as they were executed, by source; with none, the site has no page of
            them, and links to them lead to the list of notebooks.
        """
        shown = {f"notebooks/{source.name}" for source in notebooks}
        for origin, place in self._places.items():
            source = ROOT / origin
            if place in {*_PAGES, "index.md"} and origin != "docs/index.md":
                continue
            if source.suffix == ".md":
                text = source.read_text(encoding="utf-8")
                self.write(place, self._linked(text, source, place, shown))
            elif source.suffix != ".ipynb":
                self.write(place, source.read_bytes())
        for source, notebook in notebooks.items():
            self._add_notebook(source, notebook, shown)
        self.write("notebooks/index.md", _listing(notebooks))
        readme = ROOT / "README.md"
        self.write(_CITATION, self._linked(_section(readme, "Cite"), readme, _CITATION, shown))
        self.write(f"{EXTRA}/{_HANDOUT}", (DOCS / _HANDOUT).read_bytes())

    def write(self, place: str, content: str | bytes) -> None:
        """Write a file of the folder, unless it is there already as it is to be."""
        data = content.encode() if isinstance(content, str) else content
        path = self._folder / place
        self._written.add(path)
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def remove_others(self) -> None:
        """Remove what an earlier run has left."""
        for path in self._folder.rglob("*"):
            if path.is_file() and path not in self._written:
                path.unlink()

    def _add_notebook(self, source: Path, notebook: NotebookNode, shown: set[str]) -> None:
        place = f"notebooks/{source.name}"
        settled, scopes = settle(notebook, source.stem)
        settled.metadata.pop("srm_kept_as", None)
        for cell in settled.cells:
            if cell.cell_type == "markdown":
                cell.source = self._linked(cell.source, source, place, shown)
            if number := cell.metadata.get(SOLUTION):
                _fold(cell, number)
        file = f"{_FILES}/{source.name}"
        settled.cells[0].source += f"\n\n{{download}}`Download this notebook </{file}>`"
        self.write(file, source.read_bytes())
        self.write(place, nbformat.writes(settled))
        for address, page in scopes.items():
            self.write(f"{EXTRA}/notebooks/{address}", page)

    def _linked(self, text: str, source: Path, place: str, shown: set[str]) -> str:
        """`text` with its links leading to where their targets lie in the folder."""

        def replaced(link: re.Match[str]) -> str:
            target = Path(os.path.normpath(source.parent / link["target"]))
            name = target.relative_to(ROOT).as_posix() if target.is_relative_to(ROOT) else ""
            if name.endswith(".ipynb") and name not in shown:
                name = "notebooks/index.md"
            at = "notebooks/index.md" if name == "notebooks/index.md" else self._places.get(name)
            if at is None:
                raise ValueError(
                    f"expected links to files of the site, {source.name} has one to {link[0]}"
                )
            address = os.path.relpath(at, Path(place).parent)
            if at == self._places.get(name):
                address += link["anchor"] or ""
            return f"]({address})" + ("{.external}" if at in _PAGES else "")

        kept, pieces = 0, []
        for code in _CODE.finditer(text):
            pieces += [_LINK.sub(replaced, text[kept : code.start()]), code[0]]
            kept = code.end()
        return "".join([*pieces, _LINK.sub(replaced, text[kept:])])


def _places() -> Iterator[tuple[str, str]]:
    """Files of the project that the site has, and where, both relative to their roots."""
    for path in sorted(DOCS.rglob("*")):
        if path.is_file() and _HERE not in path.parents and path.name != _HANDOUT:
            yield path.relative_to(ROOT).as_posix(), path.relative_to(DOCS).as_posix()
    for name in _PAGES:
        yield f"docs/{name}", name
    yield "README.md", "index.md"
    yield from _MOVED.items()
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        yield f"notebooks/{path.name}", f"notebooks/{path.name}"
    for name in _BESIDE:
        for path in [ROOT / name, *sorted((ROOT / name).rglob("*"))]:
            if path.is_file():
                place = path.relative_to(ROOT).as_posix()
                yield place, place


def _fold(cell: NotebookNode, number: int) -> None:
    """Hide a cell of a solution until it is asked for."""
    if cell.cell_type == "markdown":
        cell.source = f"::::{{dropdown}} Solution {number}\n{cell.source}\n::::"
    else:
        cell.metadata["tags"] = ["hide-cell"]


def _section(page: Path, title: str) -> str:
    """A section of a page, as a page of its own."""
    _, *sections = re.split(r"^## +", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (section,) = (each for each in sections if each.startswith(f"{title}\n"))
    return f"# {section}"


def _listing(notebooks: Mapping[Path, NotebookNode]) -> str:
    intro = (DOCS / "site" / "notebooks.md").read_text(encoding="utf-8")
    names = "\n".join(source.stem for source in notebooks)
    return f"{intro}\n```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n" if notebooks else intro

"""README is short, and links of all documents lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import srm_widget as srm
from tests.unit.support import page_code

ROOT = Path(srm.__file__).parents[1]
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS]
GENERATED = {"your-own.html"}  # pages of the site alone
MOST_LINES, MOST_WORDS = 150, 900
MOST_BYTES = 2_000_000  # of a moving picture
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its code."""
    return FENCED.sub("", text(page))


def anchors(page: Path) -> set[str]:
    """What the headings of a page are linked to by."""
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(prose(page)))
    return {title.replace(" ", "-") for title in plain}


def links(page: Path) -> Iterator[str]:
    """Where a page leads to within the project."""
    for found in LINK.finditer(prose(page)):
        target = found[1] or found[2]
        if not re.match(r"[a-z]+:", target):
            yield target


def test_readme_is_short() -> None:
    assert len(text(README).splitlines()) <= MOST_LINES
    assert len(text(README).split()) <= MOST_WORDS


def test_readme_has_ten_lines_of_code() -> None:
    (code,) = page_code.blocks(README).values()
    assert len(code.splitlines()) <= 11


def test_commands_of_readme_are_there() -> None:
    targets = re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE)
    named = set(re.findall(r"\bmake ([a-z-]+)", text(README)))
    assert {"demo", "test"} <= named <= {*targets}


@pytest.mark.parametrize("look", ["light", "dark"])
def test_readme_moves(look: str) -> None:
    (movie,) = {target for target in links(README) if target.endswith(f"{look}.webp")}
    assert (ROOT / movie).stat().st_size <= MOST_BYTES
    with Image.open(ROOT / movie) as picture:
        assert getattr(picture, "n_frames", 1) > 20
        assert picture.width >= 800
        with Image.open((ROOT / movie).with_suffix(".png")) as still:
            assert still.size == picture.size


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings(document: Path) -> None:
    lost = []
    for target in links(document):
        address, _, anchor = target.partition("#")
        file = (document.parent / address).resolve() if address else document
        if file.name in GENERATED and file.parent == ROOT / "docs":
            (sentence,) = re.findall(rf"[^.]*\({re.escape(target)}\).*", prose(document))
            assert "in the built site" in sentence
            continue
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []

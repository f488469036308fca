"""README can be pasted and is short; links of all documents lead somewhere, and their code runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import srm_widget as srm
from tests.unit.support import page_code

ROOT = Path(srm.__file__).parents[1]
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS]
RUN_BY = {
    "books.md": "tests/unit/test_readme.py",
    "guide.md": "tests/unit/test_guide.py",
    "hosts.md": "tests/hosts/test_hosts.py",
    "language-models.md": "tests/unit/test_language_models_page.py",
}
"""Pages with Python code, and the tests that run it."""

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


@pytest.mark.usefixtures("wires")
def test_readme_can_be_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = page_code.blocks(README)
    assert len(blocks) == 1
    (code,) = blocks.values()
    assert len(code.splitlines()) <= 11
    names: dict[str, Any] = {}
    page_code.run(code, names, "README")
    scope = names["scope"]
    assert scope.n_selected > 20
    assert 0 < scope.theta < np.pi / 2, "between two that fire together"
    assert (tmp_path / "scope.html").is_file()


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    lost = []
    for target in links(document):
        address, _, anchor = target.partition("#")
        file = (document.parent / address).resolve() if address else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


def test_every_public_name_is_listed() -> None:
    page = text(ROOT / "docs" / "public-names.md")
    missing = [name for name in srm.__all__ if name[0] != "_" and f"`{name}`" not in page]
    assert missing == []


def test_code_of_every_page_is_run() -> None:
    """A page with Python code stands in RUN_BY, with a test that runs it."""
    coded = {page.name for page in DOCS if page_code.blocks(page)}
    assert coded == {*RUN_BY}
    for page, test in RUN_BY.items():
        assert page in text(ROOT / test)


@pytest.mark.usefixtures("wires")
def test_books_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scope = srm.SRMScope(np.random.default_rng(0).standard_normal((40, 4)))
    for heading, code in page_code.blocks(ROOT / "docs" / "books.md").items():
        page_code.run(code, {"scope": scope}, heading)
    saved = {path.name for path in tmp_path.iterdir()}
    assert saved == {"scope.html", "scope.txt", "srm_scope.mjs", "srm_scope.css"}

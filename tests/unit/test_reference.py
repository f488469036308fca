"""The reference of the documentation has an entry for every public name, and lists them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import srm_widget as srm
from srm_widget.widget.model import ScopeModel
from tests.unit.test_examples import BEHIND, RETURNED, methods

PAGES = sorted((Path(__file__).parents[2] / "docs" / "api").glob("*.md"))
ENTRY = re.compile(
    r"^\.\. auto(?:class|function|module):: srm_widget\.(?P<name>\S+)\n"
    r"(?:   :members: (?P<members>.+)\n)?",
    re.MULTILINE,
)
ENTRIES = {
    found["name"]: (found["members"] or "").split(", ")
    for page in PAGES
    for found in ENTRY.finditer(page.read_text(encoding="utf-8"))
}


PUBLIC = {name for name in srm.__all__ if not name.startswith("__")}
LISTED = re.compile(r"\[`(?P<name>\w+)`\]\((?P<page>\w+\.md)#[\w-]+\)")


def test_as_files_the_pages_say_how_they_are_read() -> None:
    """A forge shows their directives as they are written."""
    for page in PAGES:
        _title, opening, *_ = page.read_text(encoding="utf-8").split("\n\n")
        assert "`make docs` builds" in opening
        assert "`help(srm." in opening
        assert opening.startswith("% ") == (page.stem != "index"), "a comment, which the site hides"


def test_every_public_name_has_an_entry() -> None:
    ends = {name.rpartition(".")[2] for name in ENTRIES}
    assert PUBLIC | {each.__name__ for each in RETURNED} <= ends


def test_every_public_name_is_listed_with_a_line() -> None:
    (index,) = (page for page in PAGES if page.stem == "index")
    listed = [found["name"] for found in LISTED.finditer(index.read_text(encoding="utf-8"))]
    assert sorted(listed) == sorted(PUBLIC)


def test_every_public_method_has_an_entry() -> None:
    told = {name.rpartition(".")[2]: members for name, members in ENTRIES.items()}
    missing = [
        f"{owner}.{name}"
        for owner, name, _ in methods()
        if name not in BEHIND.get(owner.rpartition(".")[2], ())
        and owner.rpartition(".")[2] in told
        and name not in told[owner.rpartition(".")[2]]
    ]
    assert missing == []


@pytest.mark.parametrize("module", ["basis", "datasets", "sharded"])
def test_every_function_of_a_public_module_has_an_entry(module: str) -> None:
    functions = {
        name
        for name, value in vars(getattr(srm, module)).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == f"srm_widget.{module}"
        if callable(value) and not isinstance(value, type)
    }
    assert functions
    assert functions - {"named_activation"} <= set(ENTRIES[module])  # what reads a keyword


def test_entries_that_are_public_are_named_as_users_import_them() -> None:
    for name in ENTRIES:
        assert name.rpartition(".")[2] not in srm.__all__ or "." not in name or "metric" in name


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.stem)
def test_every_page_is_reached(document: Path) -> None:
    index = document.with_name("index.md").read_text(encoding="utf-8")
    assert document.stem == "index" or f"]({document.name})" in index


def test_every_public_trait_of_the_scope_is_told() -> None:
    traits = [name for name in vars(ScopeModel) if name in srm.SRMScope.class_trait_names()]
    public = [name for name in traits if not name.startswith("_")]
    assert len(public) > 20
    assert [n for n in public if not re.search(rf"\b{n}\b", srm.SRMScope.__doc__ or "")] == []

"""Where modules stand, what classes inherit from, and that documents name files that are there."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "srm_widget"
MODULES = sorted(PACKAGE.rglob("*.py"))
PUBLIC = {"__init__.py", "basis.py", "datasets.py", "sharded.py"}
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
DOCUMENTS = ["CONTRIBUTING.md", "docs/architecture.md"]
# Names that readers of the documents find under another folder than the repository's.
BASES = [ROOT, PACKAGE, ROOT / "js", ROOT / "js/src"]
MOST_DEEP = 3
MADE = "artefacts/", "js/node_modules"


def test_only_public_modules_stand_beside_the_rooms() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == PUBLIC


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_loads_nothing(room: str) -> None:
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def classes() -> Iterator[ast.ClassDef]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield node


def test_no_class_name_means_two_things() -> None:
    names = Counter(node.name for node in classes())
    assert [name for name, many in names.items() if many > 1] == []


def bases(node: ast.ClassDef) -> Iterator[str]:
    """Names of what a class inherits from, without modules and parameters."""
    for base in node.bases:
        plain = base.value if isinstance(base, ast.Subscript) else base
        yield plain.attr if isinstance(plain, ast.Attribute) else ast.unparse(plain)


def lines(name: str, inherited: dict[str, list[str]]) -> Iterator[list[str]]:
    """All lines of descent of a class within the project, the class itself first."""
    above = [base for base in inherited[name] if base in inherited]
    for base in above:
        yield from ([name, *line] for line in lines(base, inherited))
    if not above:
        yield [name]


def test_no_class_is_more_than_three_deep() -> None:
    inherited = {node.name: list(bases(node)) for node in classes()}
    assert "EngineParts" in inherited["CurveQueries"]
    deep = [
        " ← ".join(reversed(line))
        for name in sorted(inherited)
        for line in lines(name, inherited)
        if len(line) > MOST_DEEP
    ]
    assert deep == []


def test_no_method_waits_for_a_subclass_to_fill_it_in() -> None:
    """What has to be there is abstract, so that a class that lacks it can not be made."""
    stubs = [
        f"{owner.name}.{node.name}"
        for owner in classes()
        for node in owner.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and "NotImplementedError" in ast.unparse(node.body[-1])
        and len(node.body) <= 1 + (ast.get_docstring(node) is not None)
    ]
    assert stubs == []


def test_the_unit_tests_stand_in_the_rooms_too() -> None:
    folders = {path.parent.name for path in (ROOT / "tests/unit").glob("*/*.py")}
    assert folders - set(ROOMS) == {"page", "support"}


def test_the_documents_name_every_room() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    floors = [floor.split(" | ") for floor in reversed(contract["layers"])]
    assert sorted(room for floor in floors for room in floor) == sorted(
        [*ROOMS, *(name.removesuffix(".py") for name in PUBLIC - {"__init__.py"})]
    )
    for number, floor in enumerate(floors, 1):
        for room in floor:
            assert re.search(rf"^\| {number} \| `{room}(/|\.py)` \|", text, re.MULTILINE), room
    for folder in (ROOT / "js/src").iterdir():
        if folder.is_dir():
            assert re.search(rf"^\| \d \| `{folder.name}/", text, re.MULTILINE), folder.name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_documents_name_files_that_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w/.@])(?:[\w-]+/)+(?:[\w-]+\.(?:py|ts|css|json|md))?", text))
    assert len(named) > 20
    kept = {name for name in named if not name.startswith(MADE)}
    missing = {name for name in kept if not any((base / name).exists() for base in BASES)}
    assert missing == set()

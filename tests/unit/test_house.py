"""Where modules stand, that no class name means two things, and that documents name files there."""

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
MADE = {"artefacts/", "artefacts/failures/", "js/node_modules"}


def test_only_public_modules_stand_beside_the_rooms() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == PUBLIC


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_loads_nothing(room: str) -> None:
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def classes() -> Iterator[str]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield node.name


def test_no_class_name_means_two_things() -> None:
    assert [name for name, many in Counter(classes()).items() if many > 1] == []


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
    named = set(re.findall(r"(?<![\w/.])(?:[\w-]+/)+(?:[\w-]+\.(?:py|ts|css|json|md))?", text))
    assert len(named) > 20
    missing = [
        name for name in sorted(named - MADE) if not any((base / name).exists() for base in BASES)
    ]
    assert missing == []

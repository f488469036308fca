"""What page and kernel share is written for the page from the Python constants themselves."""

from __future__ import annotations

from typing import Any

import pytest

from js.generate import SHARED, limits
from js.typescript import literal
from srm_widget.view import samples_in_plane

ALL = [(module, name) for module, names in SHARED for name in names]


def test_a_change_of_a_constant_is_one_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = limits()
    assert "/**\n * srm_widget.view.samples_in_plane.BINS:\n * Cells" in before
    assert "\n */\nexport const BINS = 128;\n" in before
    monkeypatch.setattr(samples_in_plane, "BINS", 64)
    assert limits() == before.replace("BINS = 128", "BINS = 64")


@pytest.mark.parametrize(("module", "name"), ALL, ids=[name for _, name in ALL])
def test_each_constant_is_read(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    before = limits()
    monkeypatch.setattr(module, name, "set by a test")
    assert f'export const {name} = "set by a test";\n' in limits()
    assert "set by a test" not in before


def test_a_name_has_one_home() -> None:
    names = [name for _, name in ALL]
    assert len(set(names)) == len(names)
    assert all(name.isupper() and not name.startswith("_") for name in names)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, "7"),
        (65_535, "65_535"),
        (6.0, "6"),
        (-0.25, "-0.25"),
        (1e-7, "1e-7"),
        (1.5e-13, "1.5e-13"),
        (1e15, "1_000_000_000_000_000"),
        ('ε "', '"ε \\""'),
        ((1, "a", (2.5,)), '[1, "a", [2.5]]'),
    ],
)
def test_values_are_written_as_typescript(value: object, expected: str) -> None:
    assert literal(value) == expected


@pytest.mark.parametrize("value", [None, True, float("nan"), float("inf"), [1], {"a": 1}, b""])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match="expected a number, a string or a tuple of them, got"):
        literal(value)

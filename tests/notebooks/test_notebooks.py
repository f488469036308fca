"""Every notebook runs, and is committed without what that leaves; lessons have their form."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from notebooks.site import execution, lessons

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

LESSONS = [path for path in NOTEBOOKS if re.match(r"\d\d_", path.stem)]

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    assert LESSONS, f"no *.ipynb in {FOLDER}"


@each_notebook
def test_is_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata, "saved widget state; clear it"
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            assert not cell.outputs, f"cell {number} has outputs; clear them"
            assert cell.execution_count is None, f"cell {number} has an execution count"


@each_lesson
def test_ends_in_exercises_with_hints_and_solutions(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    if "**Exercise 1.**" not in notebook.cells[-1].source:
        pytest.skip("not yet in the form of a lesson")
    assert len(lessons.exercises(notebook, path)) >= 3
    assert f"`%load solutions/{path.stem[:2]}_1.py`" in notebook.cells[-1].source
    assert lessons.with_solutions(notebook, path).cells[-1].id == "exercises-end"


def test_every_solution_is_of_a_lesson() -> None:
    numbers = {path.stem[:2] for path in LESSONS}
    assert {file.stem.partition("_")[0] for file in FOLDER.glob("solutions/*.py")} <= numbers


@each_lesson
def test_says_what_one_can_do_after_it(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    if "**Exercise 1.**" not in notebook.cells[-1].source:
        pytest.skip("not yet in the form of a lesson")
    card = [
        r"\*\*Aims\.\*\* After this you can",
        r"\*\*Time\.\*\* \d+ minutes, exercises \d+\.",
        r"\*\*Before\.\*\* \S",
    ]
    assert re.search(r"[\s\S]+".join(card), notebook.cells[0].source)
    assert any("**Notice:**" in cell.source for cell in notebook.cells)


@each_notebook
def test_links_lead_to_files_of_the_project(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", cell.source):
            if cell.cell_type == "markdown":
                assert (path.parent / target).is_file(), f"{cell.id}: no {target}"


@pytest.mark.timeout(600)
@each_notebook
def test_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    notebook = execution.execute(path)
    errors = [
        output.evalue
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert not errors
    execution.keep(notebook, execution.KEPT)  # the site under test is made of it

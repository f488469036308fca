"""Every teaching notebook runs, is committed without what that leaves, and ends in exercises."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from notebooks.site import execution

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS, f"no *.ipynb in {FOLDER}"


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


@each_notebook
def test_ends_in_exercises(path: Path) -> None:
    last = nbformat.read(path, as_version=4).cells[-1]
    assert last.cell_type == "markdown"
    *_, heading = re.findall(r"^#+ .*", last.source, re.MULTILINE)
    assert heading == "## Exercises"
    exercises = last.source.partition(heading)[2]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. \S", exercises, re.MULTILINE)]
    assert len(numbers) >= 3
    assert numbers == list(range(1, len(numbers) + 1))


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

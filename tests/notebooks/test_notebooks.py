"""Every notebook runs, and is committed with pictures of that alone; lessons have their form."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebooks.site import execution, lessons, pictures

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

MOST_BYTES = 2_000_000  # of all of them
LESSONS = [path for path in NOTEBOOKS if re.match(r"\d\d_", path.stem)]

# What lessons say in whole numbers or in words, and the lines of their outputs that it is read off.
CLAIMS = [
    (
        "01",
        "60 images are lit there, and on +b₀ itself not one",
        ["lit at 114°: 60", "lit at 0°: 0"],
    ),
    ("01", "The beam holds 96 images, all of them zeros", ["lit there: 96 of 1797", "digit 0: 96"]),
    ("01", "137 to 173", ["highest peak 137", "highest peak 173"]),
    ("01", "over the end of B's arc at 119°", ["lit from  61° to 119°"]),
    ("02", "66 of 120 planes", ["66 of 120 planes"]),
    ("02", "107 fives, 100 sevens, 74 zeros", ["digit 5: 107", "digit 7: 100", "digit 0: 74"]),
    ("02", "six neurons are silent", ["neurons that never fire: 6"]),
    ("03", "Four of the 48 are fives", ["digit 5: 4\n", "[14 20 37 40] of 48"]),
]

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    assert LESSONS, f"no *.ipynb in {FOLDER}"


@each_notebook
def test_is_committed_with_pictures_of_its_code(path: Path) -> None:
    """After a change of its code: make notebook-pictures."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata, "saved widget state; make notebook-pictures"
    of = pictures.are_of(notebook)
    assert of == pictures.digest(notebook), "of other code; make notebook-pictures"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count is None, f"{cell.id}; make notebook-pictures"
            assert cell.outputs == [*pictures.stills(cell.outputs)], f"{cell.id}: live or large"
    assert any("image/png" in output.get("data", {}) for output in outputs_of(notebook))


def test_notebooks_are_small() -> None:
    assert sum(path.stat().st_size for path in NOTEBOOKS) < MOST_BYTES


@each_lesson
def test_ends_in_exercises_with_hints_and_solutions(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert len(lessons.exercises(notebook, path)) >= 3
    assert f"`%load solutions/{path.stem[:2]}_1.py`" in notebook.cells[-1].source
    assert lessons.with_solutions(notebook, path).cells[-1].id == "exercises-end"


def test_every_solution_is_of_a_lesson() -> None:
    numbers = {path.stem[:2] for path in LESSONS}
    assert {file.stem.partition("_")[0] for file in FOLDER.glob("solutions/*.py")} <= numbers


@each_lesson
def test_says_what_one_can_do_after_it(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
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


def decimals(text: str) -> set[str]:
    """Numbers with a decimal point, and the minus of those that are negative."""
    return set(re.findall(r"-?\d+\.\d+", text.replace("−", "-")))


def quoted(notebook: NotebookNode) -> set[str]:
    """Decimal numbers in the text of a notebook."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return decimals(re.sub(r"arXiv [\d.]+|`[^`]*`", "", "\n".join(texts)))


def outputs_of(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def printed(notebook: NotebookNode) -> str:
    """What its cells printed, or laid out as a table."""
    texts = []
    for output in outputs_of(notebook):
        data = output.get("data", {})
        page = data.get("text/html", "")
        table = "" if "<iframe" in page else re.sub(r"<style[\s\S]*</style>", "", page)
        texts += [output.get("text", ""), data.get("text/plain", ""), table]
    return "\n".join(texts)


def told(notebook: NotebookNode) -> set[str]:
    """Decimal numbers in its code, and in what that printed."""
    codes = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return decimals("\n".join([*codes, printed(notebook)]))


def test_numbers_that_no_cell_tells_are_found() -> None:
    stream = new_output("stream", text="A₄ -0.17, of 0.56 and 12.50")
    page = new_output("display_data", data={"text/html": "<iframe srcdoc='0.9'></iframe>"})
    words = "`0.1`, arXiv 2505.13471: −0.17 of +0.56 at 0.3; 12.5, 0.17 and 0.9 are not told"
    cells = [new_markdown_cell(words), new_code_cell("ε = 0.3", outputs=[stream, page])]
    notebook = new_notebook(cells=cells)
    assert quoted(notebook) - told(notebook) == {"12.5", "0.17", "0.9"}


@pytest.mark.timeout(600)
@each_notebook
def test_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    notebook = execution.execute(path)
    assert not [out.evalue for out in outputs_of(notebook) if out.output_type == "error"]
    if path in LESSONS:
        assert quoted(notebook) <= told(notebook)
    execution.keep(notebook, execution.KEPT)  # the site under test is made of it


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("number", "words", "lines"), CLAIMS)
def test_claims_are_read_off_outputs(number: str, words: str, lines: list[str]) -> None:
    (path,) = FOLDER.glob(f"{number}_*.ipynb")
    notebook = execution.executed(path, execution.KEPT)  # kept by the test above
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert words in " ".join("\n".join(texts).split())
    for line in lines:
        assert line in printed(notebook)


@pytest.mark.timeout(600)
def test_plan_for_a_class_quotes_its_notebook() -> None:
    plan = (FOLDER.parent / "docs" / "teaching.md").read_text(encoding="utf-8")
    notebook = execution.executed(FOLDER / "01_quickstart.ipynb", execution.KEPT)
    assert decimals(plan) <= told(notebook)
    assert "137 to 173, *higher* than 96" in plan

"""The notebooks in the documentation: what becomes of outputs and links, what is executed when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

import srm_widget as srm
from docs.site.sources import Sources
from notebooks.site import execution, lessons
from notebooks.site.outputs import settle

LESSONS = Path(__file__).parents[2] / "notebooks"
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "Box()"}
PNG = {"image/png": "iVBORw0KGgo="}
FIRST = "# A *title*\n\nThe first paragraph,\nof two lines.\n\nThe second.\n\n## A section"


def shown(*outputs: Mapping[str, object], first: str = FIRST) -> NotebookNode:
    """A notebook whose only code cell displayed these."""
    displayed = [new_output("display_data", data=data) for data in outputs]
    return new_notebook(cells=[new_markdown_cell(first), new_code_cell("x = 1", outputs=displayed)])


def in_site(folder: Path, notebook: NotebookNode) -> NotebookNode:
    """What the documentation has of a notebook that stands in place of the first lesson."""
    others = {path: shown() for path in LESSONS.glob("0[2-7]*.ipynb")}
    Sources(folder).gather({LESSONS / "01_quickstart.ipynb": notebook, **others})
    return nbformat.read(folder / "notebooks" / "01_quickstart.ipynb", as_version=4)


@pytest.fixture
def scope() -> srm.SRMScope:
    rows = np.tanh(np.random.default_rng(0).standard_normal((50, 4)))
    return srm.SRMScope(rows, title='"Four" <neurons>')


def test_scopes_become_pages_of_their_own(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SRM_WIDGET_DISPLAY", "embed")
    bundle = scope._repr_mimebundle_()
    assert bundle is not None
    settled = settle(shown(bundle[0], {"text/html": "<b>no scope</b>"}, bundle[0]), "07_made_up")
    assert list(settled.scopes) == [f"scopes/07_made_up-{k}.html" for k in (1, 2)]
    saved = scope.save_html(tmp_path / "saved.html").read_text(encoding="utf-8")
    assert set(settled.scopes.values()) == {saved}
    first, html, second = (output.data for output in settled.notebook.cells[1].outputs)
    for data, number in ((first, 1), (second, 2)):
        assert list(data) == ["text/html"]
        assert f'src="scopes/07_made_up-{number}.html"' in data["text/html"]
        assert 'title="&quot;Four&quot; &lt;neurons&gt;"' in data["text/html"]
    assert html == {"text/html": "<b>no scope</b>"}


def test_notebook_itself_stays_as_it_was() -> None:
    notebook = shown(WIDGET)
    settle(notebook, "07_made_up")
    assert notebook.cells[1].outputs[0].data == WIDGET


def test_widgets_leave_a_note_and_their_picture() -> None:
    settled = settle(shown(WIDGET, {**WIDGET, **PNG}), "07_made_up")
    note, picture = (output.data["text/html"] for output in settled.notebook.cells[1].outputs)
    assert "needs a running kernel" in note
    assert picture.endswith(note)
    assert picture.count('src="data:image/png;base64,iVBOR') == 1


def test_one_kind_of_an_output_is_shown() -> None:
    table, text = {"text/html": "<table></table>"}, {"text/plain": "<1>"}
    settled = settle(shown({**table, "text/plain": "PLAIN"}, text), "07_made_up")
    assert [output.data for output in settled.notebook.cells[1].outputs] == [table, text]


def test_outputs_of_no_known_kind_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected an output of one of text/html.*got model/stl"):
        settle(shown({"model/stl": "solid"}), "07_made_up")


def test_links_of_all_notebooks_and_texts_lead_to_pages(tmp_path: Path) -> None:
    written = {path: nbformat.read(path, 4) for path in sorted(LESSONS.glob("*.ipynb"))}
    Sources(tmp_path).gather(written)
    assert len(list(tmp_path.glob("notebooks/*.ipynb"))) == len(written) > 7
    for page in LESSONS.parent.glob("docs/*.md"):
        assert (tmp_path / page.name).is_file()


def test_links_lead_to_pages(tmp_path: Path) -> None:
    text = (
        "# T\n\nSee [1](02_one_plane_all_planes.ipynb#A-section), [2](../docs/scale.md), [3](#up),"
        " [4](https://x.org/a.ipynb), [5](../docs/handout.html), [6](building_on_the_scope.ipynb),"
        " [7](../CONTRIBUTING.md)\n\n```\n[8](as.it.is)\n```"
    )
    page = in_site(tmp_path, shown(first=text)).cells[0].source
    assert dict(re.findall(r"\[(\d)\]\(([^)]*)\)", page)) == {
        "1": "02_one_plane_all_planes.ipynb#A-section",
        "2": "../scale.md",
        "3": "#up",
        "4": "https://x.org/a.ipynb",
        "5": "../handout.html",
        "6": "index.md",  # without a page of its own here
        "7": "../contributing.md",
        "8": "as.it.is",
    }


def test_links_to_what_is_no_page_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"01_quickstart\.ipynb has one to \]\(\.\./Makefile\)"):
        in_site(tmp_path, shown(first="# T\n\n[All](../Makefile)"))


def test_executes_once_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    source, kept = tmp_path / "07_made_up.ipynb", tmp_path / "kept"
    code = "import os\nprint(os.environ['SRM_WIDGET_DISPLAY'], os.getcwd())"
    notebook = new_notebook(cells=[new_code_cell(code, id="a")])
    nbformat.write(notebook, source)
    made = execution.executed(source, kept)
    assert made.cells[0].outputs[0].text == f"embed {tmp_path}\n"

    def unexpected(path: Path) -> NotebookNode:
        raise AssertionError(path)

    with monkeypatch.context() as patched:
        patched.setattr(execution, "execute", unexpected)
        assert execution.executed(source, kept).cells == made.cells
        notebook.cells[0].source += "  # changed"
        nbformat.write(notebook, source)
        with pytest.raises(AssertionError):
            execution.executed(source, kept)
    again = execution.executed(source, kept)
    assert again.cells[0].source.endswith("# changed")
    assert [nbformat.read(file, as_version=4).cells for file in kept.iterdir()] == [again.cells]


def test_what_a_notebook_reads_beside_it_counts_as_a_change(tmp_path: Path) -> None:
    source, beside = tmp_path / "07_made_up.ipynb", tmp_path / "dictionary" / "weights"
    nbformat.write(shown(), source)
    names = [execution._name(source)]
    beside.parent.mkdir()
    for content in (b"1", b"2"):
        beside.write_bytes(content)
        names.append(execution._name(source))
    assert len({*names, execution._name(source)}) == 3


EXERCISES = """## Exercises

**Exercise 1.** First?

<details><summary>Hint</summary>

Look *up*.

</details>

**Exercise 2.** Second?

<details><summary>Hint</summary>

Look down.

</details>

The end."""


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lesson with two exercises; the solution of the first changes what the second one reads."""
    for variable in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    cells = [new_markdown_cell(FIRST), new_code_cell("x = 7"), new_markdown_cell(EXERCISES)]
    path = tmp_path / "07_made_up.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    folder = tmp_path / "solutions"
    folder.mkdir()
    (folder / "07_1.py").write_text("# It is\n# *eight*.\n\nx = y = x + 1\nprint(x)\n")
    (folder / "07_2.py").write_text("# Seven.\nprint(x, 'y' in globals())\n")
    return path


def test_solutions_run_after_the_notebook_each_with_its_variables(
    lesson: Path, tmp_path: Path
) -> None:
    executed = execution.execute(lesson)
    cells = executed.cells
    assert [cell.outputs[0].text for cell in cells if cell.get("outputs")] == ["8\n", "7 False\n"]
    page = in_site(tmp_path / "site", NotebookNode({**executed}))
    words = [cell.source for cell in page.cells if cell.cell_type == "markdown"]
    titles = [re.search(r"Exercise \d|Solution \d|The end", each) for each in words[2:]]
    assert [title[0] for title in titles if title] == [
        "Exercise 1", "Solution 1", "Exercise 2", "Solution 2", "The end",
    ]  # fmt: skip
    assert "It is\n*eight*." in words[3]
    hidden = [cell.source for cell in page.cells if cell.metadata.get("tags") == ["hide-cell"]]
    assert hidden == ["x = y = x + 1\nprint(x)", "print(x, 'y' in globals())"]


def test_a_solution_that_changes_is_run_anew(lesson: Path) -> None:
    before = execution._name(lesson)
    (lesson.parent / "solutions" / "07_2.py").write_text("# Other.\npass")
    assert execution._name(lesson) != before


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        (EXERCISES.replace("Hint", "Answer", 1), r"“\*\*Exercise 1\.\*\* …” and a hint"),
        (EXERCISES.replace("Exercise 2", "Exercise 3"), r"“\*\*Exercise 2\.\*\* …”, got"),
        (EXERCISES.replace("</details>\n", "</details>\nMore.\n", 1), "got 'More.'"),
        (EXERCISES.replace("**Exercise 2.**", "Two:"), "but not for 07_2.py"),
        (f"{EXERCISES}\n\n{EXERCISES[14:-9].replace('e 1', 'e 3')}", "got 'The end.'"),
    ],
    ids=["no hint", "out of order", "text between", "a solution too many", "after the end"],
)
def test_exercises_of_another_form_are_refused(lesson: Path, spoilt: str, message: str) -> None:
    notebook = nbformat.read(lesson, as_version=4)
    notebook.cells[-1].source = spoilt
    with pytest.raises(ValueError, match=message):
        lessons.exercises(notebook, lesson)


def test_exercises_without_solutions_are_refused(lesson: Path) -> None:
    notebook = nbformat.read(lesson, as_version=4)
    solution = lesson.parent / "solutions" / "07_2.py"
    solution.write_text("print(7)")
    with pytest.raises(ValueError, match=r"07_2\.py to begin with an answer in comments"):
        lessons.with_solutions(notebook, lesson)
    solution.unlink()
    with pytest.raises(ValueError, match=r"to each exercise, but not for 07_2\.py"):
        lessons.exercises(notebook, lesson)

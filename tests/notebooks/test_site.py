"""The notebooks as a site: what becomes of outputs, links and titles, and what is executed when."""

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
from notebooks.site import execution, lessons
from notebooks.site.document import TEXTS, of_notebook, of_text
from notebooks.site.outputs import settle
from notebooks.site.pages import BLANK, Pages

LESSONS = Path(__file__).parents[2] / "notebooks"
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "Box()"}
PNG = {"image/png": "iVBORw0KGgo="}
FIRST = "# A *title*\n\nThe first paragraph,\nof two lines.\n\nThe second.\n\n## A section"


def shown(*outputs: Mapping[str, object], first: str = FIRST) -> NotebookNode:
    """A notebook whose only code cell displayed these."""
    displayed = [new_output("display_data", data=data) for data in outputs]
    return new_notebook(cells=[new_markdown_cell(first), new_code_cell("x = 1", outputs=displayed)])


def html_of(notebook: NotebookNode, others: dict[str, str] | None = None) -> str:
    document = of_notebook(Path("/site/07_made_up.ipynb"), notebook)
    texts = [
        of_notebook(Path(f"/site/{name}"), shown(first=t)) for name, t in (others or {}).items()
    ]
    return Pages([document, *texts], {"srm_widget": "1"}).page(document).html


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
    page = html_of(shown(WIDGET, {**WIDGET, **PNG}))
    assert page.count("needs a running kernel") == 2
    assert page.count('src="data:image/png;base64,iVBOR') == 1
    assert "Box()" not in page


def test_one_kind_of_an_output_is_shown() -> None:
    page = html_of(
        shown({"text/html": "<table></table>", "text/plain": "PLAIN"}, {"text/plain": "<1>"})
    )
    assert "<table></table>" in page
    assert "PLAIN" not in page
    assert "&lt;1&gt;" in page


def test_outputs_of_no_known_kind_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected an output of one of text/html.*got model/stl"):
        settle(shown({"model/stl": "solid"}), "07_made_up")


def test_title_stands_in_the_head_alone() -> None:
    page = html_of(shown())
    assert page.count("<h1") == 1
    assert "Notebook 7" in page
    document = of_notebook(Path("07_made_up.ipynb"), shown())
    assert document.lead == "The first paragraph,\nof two lines."
    listing = of_notebook(Path("07_made_up.ipynb"), shown(first="# T\n\nTwo:\n\n- a\n- b\n\nRest."))
    assert listing.lead == "Two:\n\n- a\n- b"


def test_text_leads_with_its_first_sentence(tmp_path: Path) -> None:
    file = tmp_path / "text.md"
    file.write_text("# Title\n\nOne,\ntwo. Three.\n\nFour.", encoding="utf-8")
    document = of_text(file)
    assert (document.title, document.lead, document.address) == ("Title", "One,\ntwo.", "text.html")


@pytest.mark.parametrize("first", ["No heading", "# Heading alone", "## Second\n\nText."])
def test_beginnings_that_tell_no_title_are_refused(first: str) -> None:
    with pytest.raises(ValueError, match=r"expected 07_made_up\.ipynb to begin with a heading"):
        of_notebook(Path("07_made_up.ipynb"), shown(first=first))


def test_links_of_all_notebooks_and_texts_lead_to_pages() -> None:
    written = [
        of_notebook(path, nbformat.read(path, 4)) for path in sorted(LESSONS.glob("*.ipynb"))
    ]
    every = [*written, *map(of_text, TEXTS)]
    pages = Pages(every, {"srm_widget": "1"})
    for document in every:
        assert pages.page(document).html


def test_only_lessons_have_numbers() -> None:
    document = of_notebook(Path("made_up.ipynb"), shown())
    assert (document.label, document.address) == ("", "made_up.html")


def test_links_lead_to_pages() -> None:
    text = "# T\n\nSee [08](08_other.ipynb#A-section), [it](https://x.org/a.ipynb), [here](#up)."
    page = html_of(shown(first=text), {"08_other.ipynb": FIRST})
    found = re.findall(r'<a href="([^"]*)">(?:08|it|here)<', page)
    assert found == ["08_other.html#A-section", "https://x.org/a.ipynb", "#up"]


def test_links_to_what_is_no_page_are_refused() -> None:
    with pytest.raises(ValueError, match=r"07_made_up\.ipynb has one to \.\./docs/scale\.md"):
        html_of(shown(first="# T\n\n[Scale](../docs/scale.md)"))


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


def test_lines_printed_one_by_one_stand_together() -> None:
    notebook = shown()
    printed = [new_output("stream", name="stdout", text=f"line {k}\n") for k in range(3)]
    notebook.cells[1].outputs = printed
    assert "line 0\nline 1\nline 2\n</pre>" in html_of(notebook)


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


def test_solutions_run_after_the_notebook_each_with_its_variables(lesson: Path) -> None:
    cells = execution.execute(lesson).cells
    assert [cell.outputs[0].text for cell in cells if cell.get("outputs")] == ["8\n", "7 False\n"]
    page = html_of(NotebookNode({**execution.execute(lesson)}))
    assert re.search(r"Hint</summary>\s*<p>Look <em>up</em>\.</p>\s*</details>", page)
    tasks = [page.index(text) for text in ("First?", "Hint", "Look <em>up", "Solution 1", "eight")]
    assert tasks == sorted(tasks)
    assert "# *eight*" not in page
    assert page.index("Solution 1") < page.index("Second?") < page.index("The end.")
    assert page.count("<details") == page.count("</details>") == 4


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


def test_front_page_leads_to_the_page_for_files_of_ones_own() -> None:
    document = of_notebook(Path("07_made_up.ipynb"), shown())
    front = Pages([document], {"srm_widget": "1"}).front().html
    assert f'<a href="{BLANK}">Your own activations</a>' in front

"""What becomes of outputs in a notebook that is only looked at."""

from __future__ import annotations

import base64
import io

import numpy as np
import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

import srm_widget as srm
from notebooks.site import pictures


def stream(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def shown(**data: str) -> NotebookNode:
    view = "application/vnd.jupyter.widget-view+json"
    kinds = {"png": "image/png", "html": "text/html", "plain": "text/plain", "view": view}
    return new_output("display_data", data={kinds[kind]: text for kind, text in data.items()})


def png(height: int, width: int) -> str:
    """A picture that no format makes small."""
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, format="png")
    return base64.b64encode(file.getvalue()).decode()


def opened(output: NotebookNode) -> tuple[int, Image.Image]:
    data = base64.b64decode(output.data["image/png"])
    return len(data), Image.open(io.BytesIO(data))


def test_a_scope_leaves_its_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRM_WIDGET_DISPLAY", "embed")
    bundle = srm.SRMScope(np.eye(4), title="Four")._repr_mimebundle_()
    assert bundle is not None
    data, metadata = bundle
    (left,) = pictures.stills([new_output("display_data", data=data, metadata=metadata)])
    assert left.data == {kind: data[kind] for kind in ("image/png", "text/plain")}
    assert left.metadata["image/png"]["alt"].startswith("Four")


def test_large_pictures_become_small() -> None:
    (left,) = pictures.stills([shown(png=png(150, 200), plain="<Figure>")])
    size, picture = opened(left)
    assert size <= pictures.MOST_BYTES
    assert picture.width / picture.height == pytest.approx(4 / 3, rel=0.02)
    small = shown(png=png(20, 30))
    (same,) = pictures.stills([small])
    assert same == small


def test_what_was_printed_stays_and_warnings_go() -> None:
    parts = [stream("1\n"), stream("warning", "stderr"), stream("2\n"), shown(plain="3")]
    assert [*pictures.stills([*parts, stream("4")])] == [
        stream("1\n2\n"),
        shown(plain="3"),
        stream("4"),
    ]


def test_tables_lose_looks_and_names_of_objects() -> None:
    table = pd.DataFrame({"a": [1, 2]}).style.hide(axis="index")
    data = {"html": table.to_html(), "plain": repr(table)}
    (left,) = pictures.stills([shown(**data)])
    assert [*left.data] == ["text/html"]
    assert "<td >1</td>" in left.data["text/html"]
    assert "style" not in left.data["text/html"]


@pytest.mark.parametrize("page", ["<iframe srcdoc='<table>'>", "<table><script></script>", "<b>"])
def test_no_other_page_is_kept(page: str) -> None:
    assert [*pictures.stills([shown(html=page)])] == []


def test_of_widgets_their_pictures_are_kept() -> None:
    assert [*pictures.stills([shown(view="1", plain="VBox(children=(…))")])] == []
    (left,) = pictures.stills([shown(view="1", plain="Four", png=png(2, 3))])
    assert [*left.data] == ["image/png", "text/plain"]


def test_a_change_of_code_shows() -> None:
    cells = [new_markdown_cell("# T", id="t"), new_code_cell("x = 1", id="a")]
    notebook = new_notebook(cells=cells)
    ran = new_code_cell("x = 1", id="a", execution_count=1, outputs=[stream("1")])
    run = new_notebook(cells=[*cells[:1], ran, new_code_cell("solution", id="solution-1")])
    made = pictures.pictured(notebook, run)
    assert [cell.id for cell in made.cells] == ["t", "a"]
    assert made.cells[1].outputs == [stream("1")]
    assert made.cells[1].execution_count is None
    assert cells[1].outputs == []
    assert pictures.are_of(notebook) is None
    assert pictures.are_of(made) == pictures.digest(made) == pictures.digest(notebook)
    made.cells[0].source = "# Another title"
    assert pictures.are_of(made) == pictures.digest(made)
    made.cells[1].source = "x = 2"
    assert pictures.are_of(made) != pictures.digest(made)
    assert pictures.are_of(pictures.pictured(made, run)) == pictures.digest(made)

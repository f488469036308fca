"""Notebooks that show scopes, through the exporters of nbconvert that read outputs."""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import nbconvert
import numpy as np
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

import srm_widget as srm
from tests.unit.export.test_html_page import Parsed

pytestmark = pytest.mark.usefixtures("wires")

ROWS = np.random.default_rng(0).standard_normal((60, 4)).astype(np.float32)
TITLE = 'A & <b>"layer"</b> of 50% $x$'
STILL = re.compile(r'<img[^>]*src="data:image/png;base64,iVBOR[^>]*>')
FRAME = re.compile(r'<iframe class="srm-frame"[^>]* srcdoc="([^"]*)"')


@pytest.fixture
def scope() -> Iterator[srm.SRMScope]:
    made = srm.SRMScope(ROWS, title=TITLE, epsilon=0.4)
    yield made
    made.close()


def live(scope: srm.SRMScope) -> Any:
    return scope


def embedded(scope: srm.SRMScope) -> Any:
    return scope.embed()


def converted(kind: str, shown: Any, **options: Any) -> tuple[str, dict[str, bytes]]:
    """Text that an exporter makes of a cell that shows this, and the files beside it.

    No warning is allowed, and no program besides: what an exporter wants converted fails here.
    """
    data, metadata = shown._repr_mimebundle_()
    output = new_output("execute_result", data=data, metadata=metadata, execution_count=1)
    notebook: NotebookNode = new_notebook(
        cells=[new_code_cell("scope", outputs=[output], execution_count=1)],
        metadata={"language_info": {"name": "python", "file_extension": ".py"}},
    )
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setenv("PATH", "")
        warnings.simplefilter("error")
        text, resources = nbconvert.get_exporter(kind)(**options).from_notebook_node(notebook)
    return text, resources.get("outputs") or {}


@pytest.mark.parametrize(
    ("kind", "shown", "expected"),
    [
        ("latex", live, r"\adjustimage{max size={0.9\linewidth}{0.9\paperheight}}{output_0_0.png}"),
        ("latex", embedded, "{output_0_0.png}"),
        ("markdown", live, "![png](output_0_0.png)"),
        ("rst", live, ".. image:: output_0_0.png\n   :width: 432px"),
        ("asciidoc", live, "![png](output_0_0.png)"),
    ],
)
def test_texts_name_a_picture_that_lies_beside_them(
    scope: srm.SRMScope, kind: str, shown: Callable[[srm.SRMScope], Any], expected: str
) -> None:
    text, files = converted(kind, shown(scope))
    assert expected in text
    assert list(files) == ["output_0_0.png"]
    assert files["output_0_0.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("template", ["lab", "classic", "basic", "reveal"])
def test_pages_show_the_picture_of_a_live_scope(scope: srm.SRMScope, template: str) -> None:
    kind = "slides" if template == "reveal" else "html"
    text, _ = converted(kind, scope, template_name=template)
    (still,) = STILL.findall(text)
    assert 'width="432"' in still
    assert "<b>" not in text
    if template == "classic":  # the others pass over what is said of a PNG
        [(_, attributes, _)] = Parsed(still).elements
        assert (attributes["alt"] or "").startswith(f"{TITLE}. Plane b₀ ∧ b₁: ")


@pytest.mark.parametrize("kind", ["html", "slides", "markdown", "rst"])
def test_what_holds_html_holds_the_page(scope: srm.SRMScope, kind: str) -> None:
    text, _ = converted(kind, scope.embed())
    (page,) = FRAME.findall(text)
    assert html.unescape(page).startswith("<!doctype html>")
    assert len(STILL.findall(text)) == 1  # for a reader that shows no frames


@pytest.mark.parametrize("kind", ["notebook", "script"])
def test_others_are_not_troubled(scope: srm.SRMScope, kind: str) -> None:
    text, _ = converted(kind, scope)
    assert "scope" in text

"""Pictures of a scope: in JupyterLab beside the live one, and in an exported page without it."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab

CELLS = [
    """
import numpy as np, srm_widget as srm
activations = np.random.default_rng(0).standard_normal((300, 5))
scope = srm.SRMScope(activations, title="<i>$x$</i> & y")
""",
    "scope",
    "scope.figure(size=4)",
    "import matplotlib.pyplot as plt\nscope.figure(size=3)",
]
PNG = "image/png"
OUTPUTS = """() => jupyterapp.shell.currentWidget.content.model.toJSON().cells
    .map(cell => cell.outputs?.[0]?.data ?? {})"""


def test_the_live_scope_comes_before_its_picture_and_the_picture_without_it(
    lab: Lab, page: Page, tmp_path: Path
) -> None:
    lab.open(CELLS)
    lab.run_all()
    outputs = lab.page.locator(".jp-OutputArea-output")
    expect(lab.page.locator(".srm-scope path.srm-curve")).to_be_visible()
    expect(outputs.nth(0).locator("img, svg:not(.srm-scope svg)")).to_have_count(0)
    _, scope, figure, other = lab.page.evaluate(OUTPUTS)
    assert "application/vnd.jupyter.widget-view+json" in scope
    assert PNG in scope
    for shown, place, size in ((figure, 1, 4), (other, 2, 3)):
        assert "image/png" in shown
        expect(outputs.nth(place).locator("img")).to_be_visible()
        assert outputs.nth(place).locator("img").evaluate("img => img.width") == 96 * size

    # In a page without widgets, the scope's cell shows its picture.
    notebook = nbformat.from_dict(
        lab.page.evaluate("() => jupyterapp.shell.currentWidget.content.model.toJSON()")
    )
    assert "widgets" not in notebook.metadata
    notebook.cells = notebook.cells[:2]
    html, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook)
    (tmp_path / "page.html").write_text(html)
    page.route("http*://**", lambda route: route.abort())
    page.goto((tmp_path / "page.html").as_uri())
    picture = page.locator(f'img[src^="data:{PNG};base64"]')
    expect(picture).to_be_visible()
    assert picture.evaluate("img => [img.naturalWidth, img.width]") == [648, 432]

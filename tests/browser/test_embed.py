"""Pages of scopes in outputs of others: light and dark as these are, trusted and not trusted."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Page, expect

import srm_widget as srm
from tests.browser.drawn import slide
from tests.browser.lab import KERNEL, Lab

HOSTS = [  # element, attribute, its value in a dark host and in a light one
    ("body", "data-jp-theme-light", "false", "true"),
    ("body", "class", "vscode-dark", "vscode-light"),
    ("body", "class", "vscode-high-contrast", "vscode-high-contrast vscode-high-contrast-light"),
    ("html", "data-theme", "dark", "light"),
    ("html", "class", "dark", "light"),
    ("html", "theme", "dark", ""),
    ("body", "class", "quarto-dark", "quarto-light"),
    ("html", "style", "color-scheme: dark", "color-scheme: light"),
]
# What hosts say of pictures: JupyterLab and its like, classic notebooks, and more than any does.
PICTURES = """
.jp-RenderedHTMLCommon > img { display: block; }
.rendered_html img { display: block; }
article .output_area div.rendered_html img { display: inline-block !important; }
"""
# Of a live scope beside it, with a class of the same name, as its plot has.
LIVE = '<div class="srm-scope"><p id="live" class="srm-still">unlit</p></div>'
SET = """([element, name, value]) => {
    for (const node of [document.documentElement, document.body]) {
        for (const each of [...node.attributes]) node.removeAttribute(each.name);
    }
    document.querySelector(element).setAttribute(name, value);
}"""

TRUST = "() => { jupyterapp.shell.currentWidget.content.model.cells.get(0).trusted = true; }"


def test_it_is_light_or_dark_as_its_host_is_also_when_that_changes(page: Page) -> None:
    page.emulate_media(color_scheme="null")  # else the emulated one would rule in frames too
    scope = srm.SRMScope(np.eye(4)[[0, 1, 1]], epsilon=0.5)
    output = '<article><div class="output_area"><div class="jp-RenderedHTMLCommon rendered_html">'
    page.set_content(
        f"<html><body>{output}{scope.embed()._repr_html_()}</div></div></article>"
        f"<style>{PICTURES}</style>{LIVE}</body></html>"
    )
    scope.close()
    shown = page.frame_locator("iframe.srm-frame").locator(".srm-scope")
    expect(shown).to_have_attribute("data-srm-theme", "light")
    expect(page.locator("img")).to_be_hidden()
    expect(page.locator("#live")).to_be_visible()
    slide(shown, "Spotlight angle", 45)
    for element, name, *values in HOSTS:
        for theme, value in zip(("dark", "light"), values, strict=True):
            page.evaluate(SET, [element, name, value])
            expect(shown, f"{name}={value}").to_have_attribute("data-srm-theme", theme)
    # All the time it was the same page.
    slider = shown.get_by_role("slider", name="Spotlight angle", exact=True)
    expect(slider).to_have_value("45")


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_an_exported_notebook_shows_it_once(page: Page, tmp_path: Path, template: str) -> None:
    scope = srm.SRMScope(np.eye(4)[[0, 1, 1]], epsilon=0.5)
    data, metadata = scope.embed()._repr_mimebundle_()
    scope.close()
    cell = new_code_cell(outputs=[new_output("display_data", data=data, metadata=metadata)])
    exporter = HTMLExporter(template_name=template)
    exported, _ = exporter.from_notebook_node(new_notebook(cells=[cell]))
    (tmp_path / "page.html").write_text(exported, encoding="utf-8")
    page.route("http*://**", lambda route: route.abort())
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator("iframe.srm-frame")).to_be_visible()
    expect(page.locator("img")).to_have_count(1)
    expect(page.locator("img")).to_be_hidden()


def test_where_it_is_not_trusted_a_picture_is_left(lab: Lab, tmp_path: Path) -> None:
    scope = srm.SRMScope(np.eye(4), title="<i>A</i> layer")
    data, metadata = scope.embed()._repr_mimebundle_()
    scope.close()
    output = new_output("display_data", data=data, metadata=metadata)
    file = tmp_path / "from_somebody.ipynb"
    cells = [new_code_cell("scope.embed()", outputs=[output])]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), file)
    lab.open(file)
    expect(lab.page.locator("iframe.srm-frame")).to_have_count(0)
    still = lab.page.get_by_role("img", name="<i>A</i> layer. Plane b₀ ∧ b₁")
    expect(still).to_be_visible()
    assert still.evaluate("img => img.width") == 432
    lab.page.evaluate(TRUST)
    expect(lab.page.locator("iframe.srm-frame")).to_be_visible()
    expect(lab.page.locator(".jp-OutputArea img")).to_have_count(1)
    expect(lab.page.locator(".jp-OutputArea img")).to_be_hidden()

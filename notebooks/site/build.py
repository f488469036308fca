"""The site as a folder of files."""

import platform
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pygments.formatters import HtmlFormatter

import srm_widget as srm
from notebooks.site.document import Document
from notebooks.site.pages import BLANK, HANDOUT, HERE, HERO, Page, Pages

_VERSIONS = "srm_widget", "torch", "numpy"


def build(documents: Sequence[Document], target: Path) -> list[Path]:
    """Write the site.

    Parameters
    ----------
    documents
        In the order in which they are read.
    target
        Folder of the site. What it held before is gone.

    Returns
    -------
    files
        All that the site consists of.
    """
    if target.exists():
        shutil.rmtree(target)
    (target / HERO).parent.mkdir(parents=True)
    versions = {name: version(name) for name in _VERSIONS}
    pages = Pages(documents, {**versions, "Python": platform.python_version()})
    for document in documents:
        _write(pages.page(document), target / document.address)
        if document.source.suffix == ".ipynb":
            shutil.copyfile(document.source, target / document.source.name)
    shutil.copyfile(HANDOUT, target / HANDOUT.name)
    shutil.copytree(HERE.parent / "solutions", target / "solutions")
    _write(pages.front(), target / "index.html")
    digits_scope().save_html(target / HERO)
    srm.save_blank_page(target / BLANK)
    (target / "site.css").write_text(_style(), encoding="utf-8")
    shutil.copyfile(HERE / "site.js", target / "site.js")
    return sorted(path for path in target.rglob("*") if path.is_file())


def digits_scope() -> srm.SRMScope:
    """The scope of the front page: digits in a tanh bottleneck, at their highest peak."""
    trained = srm.datasets.digits_autoencoder("tanh", width=16, seed=0)
    scope = srm.SRMScope(
        trained.activations,
        order="peak",
        labels=trained.labels,
        samples=trained.images,
        title="Digits in a bottleneck of 16 neurons",
    )
    scope.position = 0
    scope.theta = scope.resonance.angles[scope.resonance.counts.argmax()]
    return scope


def _write(page: Page, path: Path) -> None:
    path.write_text(page.html, encoding="utf-8")
    for address, made in page.beside.items():
        (path.parent / address).write_text(made, encoding="utf-8")


def _style() -> str:
    """What the site looks like, and its code, in the light and in the dark."""
    own = (HERE / "site.css").read_text(encoding="utf-8")
    light = HtmlFormatter(style="stata-light").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{own}"

"""The guide's code runs: each page by itself, from its first line to its last."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

import srm_widget as srm

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "getting-started.md", DOCS / "gallery.md", *sorted((DOCS / "guide").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = {page: BLOCK.findall(page.read_text(encoding="utf-8")) for page in PAGES}


trained = cache(srm.datasets.digits_autoencoder)  # most pages begin with the same network


@pytest.mark.filterwarnings("ignore:the page keeps .* samples, drawn at random:UserWarning")
@pytest.mark.filterwarnings("ignore:metadata .* was set from the constructor:DeprecationWarning")
@pytest.mark.parametrize("path", [path for path in PAGES if CODE[path]], ids=lambda path: path.stem)
def test_code_of_a_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(srm.datasets, "digits_autoencoder", trained)
    names: dict[str, Any] = {}
    with mpl.rc_context({"backend": "agg"}):
        for number, code in enumerate(CODE[path], 1):
            exec(compile(code, f"{path.name}, block {number}", "exec"), names)


def test_all_tasks_have_code() -> None:
    assert [page.stem for page in PAGES if not CODE[page]] == ["index"]

"""The page without samples as a file: where it goes, and what its policy lets run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

import srm_widget as srm
from srm_widget.widget.blank_page import blank_html
from srm_widget.widget.model import SAVED_TRAITS


def test_is_saved_as_a_scope_is(tmp_path: Path) -> None:
    file = tmp_path / "blank.html"
    file.write_text("what was there")
    assert srm.save_blank_page(str(file)) == file
    assert file.read_text(encoding="utf-8") == blank_html()
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(FileNotFoundError):
        srm.save_blank_page(tmp_path / "no folder" / "blank.html")


def test_runs_and_loads_nothing_but_what_it_holds() -> None:
    page = blank_html()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    (script,) = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digests = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (script, style)
    ]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def test_its_scopes_begin_as_python_s_do() -> None:
    (data,) = re.findall(r'id="srm-blank">(.*?)</script>', blank_html(), re.DOTALL)
    found = json.loads(data)
    assert found["version"] == srm.__version__
    assert set(found["traits"]) == set(SAVED_TRAITS)
    assert found["traits"]["resolution"] == 360

"""What a scope sends to a page when it opens, which a notebook saves with its widgets."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import numpy as np
import pytest
from ipywidgets.embed import dependency_state

import srm_widget as srm
from srm_widget.export import html_page

pytestmark = pytest.mark.usefixtures("wires")

MOST_OF_THE_PAGE = 160_000
"""bytes of script and style, of 250,000 as they are"""


def n_bytes(scope: srm.SRMScope) -> dict[str, int]:
    """Bytes of each trait as a notebook holds it: JSON, binary values as base64."""
    state: dict[str, Any] = dependency_state([scope], drop_defaults=False)[scope.model_id]
    text = {name: len(json.dumps(value)) for name, value in state["state"].items()}
    binary = {buffer["path"][0]: len(buffer["data"]) for buffer in state["buffers"]}
    return {**text, **binary}


def test_the_module_is_packed_and_is_that_of_saved_pages(scope: srm.SRMScope) -> None:
    assert gzip.decompress(base64.b64decode(scope._script)).decode() == html_page.SCRIPT
    assert srm.SRMScope(np.eye(3))._script == scope._script


def test_a_shown_scope_is_little_more_than_its_page() -> None:
    rows = np.random.default_rng(0).standard_normal((20_000, 64)).astype(np.float32)
    scope = srm.SRMScope(rows)
    _ = scope.survey
    found = n_bytes(scope)
    page = sum(found.pop(name) for name in ("_esm", "_script", "_css"))
    assert page < MOST_OF_THE_PAGE
    # Map and counts beside it are 2 × 64 × 64 of two bytes; none of the 5 MB of samples is.
    assert found["_held"] == 0
    assert 2 * 64 * 64 * 2 < sum(found.values()) < 90_000


def test_what_is_frozen_is_the_samples_and_nothing_twice(scope: srm.SRMScope) -> None:
    before = sum(n_bytes(scope).values())
    scope.freeze()
    after = n_bytes(scope)
    assert after["_held"] == len(base64.b64encode(scope._held))
    assert sum(after.values()) - before < after["_held"] + 2_000

"""Notebooks opened again, or exported, with a scope neither frozen nor embedded."""

from __future__ import annotations

import re
from pathlib import Path

import nbconvert
import nbformat
from playwright.sync_api import expect

from tests.browser.drawn import slide, wait_for_curve
from tests.browser.lab import Lab
from tests.browser.page_errors import collect_errors
from tests.browser.test_hosts_kernel import SETUP


def test_a_notebook_opened_again(lab: Lab) -> None:
    lab.open([SETUP, "scope"])
    lab.run_all()
    scope = lab.page.locator(".srm-scope")
    wait_for_curve(scope, lab.kernel)
    lab.kernel.until("scope.survey_state == 'done'")
    lab.save(widgets=True)
    curve = scope.locator("path.srm-curve").get_attribute("d")
    lab.reopen()
    problems: list[str] = []
    collect_errors(lab.page, problems)
    saved = re.compile("^There is no kernel: this is the picture that was saved")
    expect(scope.locator(".srm-kernel")).to_have_text(saved)
    expect(scope.locator("path.srm-curve")).to_have_attribute("d", curve or "")
    slide(scope, "Epsilon", 0.3)
    slide(scope, "Rotation plane", 4)
    expect(scope.get_by_role("slider", name="Rotation plane", exact=True)).to_have_value("0")
    expect(scope.get_by_role("slider", name="Epsilon", exact=True)).to_have_value("0.6")
    expect(scope.locator(".srm-readout")).not_to_have_class(re.compile("srm-pending"))
    assert problems == []
    # Without the state of its widgets a notebook still has the picture, as exports show it.
    notebook = nbformat.read(_saved(lab), as_version=4)
    del notebook.metadata["widgets"]
    exported, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert "data:image/png;base64," in exported


def _saved(lab: Lab) -> Path:
    return lab.server.root / "test.ipynb"

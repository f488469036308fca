"""The harness itself, on ipywidgets' own slider."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab


def test_gesture_reaches_the_kernel_and_back(lab: Lab, shot: Callable[..., Path]) -> None:
    requests: list[str] = []
    lab.page.on("request", lambda request: requests.append(request.url))
    lab.open(["import ipywidgets", "slider = ipywidgets.IntSlider(7); slider"])
    lab.run_all()
    handle = lab.page.get_by_role("slider")
    expect(handle).to_be_visible()
    handle.press("ArrowRight")
    assert lab.kernel.until("slider.value != 7 and slider.value") == 8
    lab.kernel.execute("slider.value = 40")
    expect(lab.page.get_by_text("40", exact=True)).to_be_visible()

    lab.theme("dark")
    lab.viewport(480, 600)
    assert lab.page.evaluate("document.body.dataset.jpThemeLight") == "false"
    assert shot("lab-harness", lab.page).stat().st_size > 0
    # Nothing outside is reached.
    assert requests
    assert not [url for url in requests if not url.startswith((lab.server.url, "data:", "blob:"))]


def test_kernel_passes_values_and_errors(lab: Lab) -> None:
    lab.open(
        ["import numpy as np; x = {'a': (1, 2.5), 'b': np.arange(3)}", "raise ValueError('seen')"]
    )
    with pytest.raises(AssertionError, match="seen"):
        lab.run_all()
    assert lab.kernel.evaluate("x['a'], x['b'].sum()") == ((1, 2.5), 3)
    with pytest.raises(RuntimeError, match="NameError"):
        lab.kernel.evaluate("y")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        lab.kernel.execute("1 / 0")

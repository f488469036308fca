"""What a user is told names the user's own line, in a notebook without the lines between."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from IPython.core.ultratb import FormattedTB

import srm_widget as srm
from srm_widget.utils import users_line

pytestmark = [
    pytest.mark.usefixtures("wires"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of bqplot, when it is imported
]

ROWS = np.random.default_rng(0).standard_normal((40, 4))
MIXED = pd.DataFrame(ROWS).assign(text="x")
LOADER: Any = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.zeros(10, 4)))


def unreadable(_row: int) -> Any:
    raise ValueError("of the user's own")


REFUSED: Mapping[str, Callable[[], object]] = {
    "a table with text": lambda: srm.SRMScope(MIXED),
    "a loader": lambda: srm.SRMScope(LOADER),
    "too few labels": lambda: srm.SRMScope(ROWS, labels=[1, 2]),
    "too few labels assigned": lambda: setattr(srm.SRMScope(ROWS), "labels", [1, 2]),
    "no such plane": lambda: setattr(srm.SRMScope(ROWS), "pair", (1, 9)),
    "no such direction": lambda: srm.SRMScope(ROWS).turn_to("q"),
    "a table for an engine": lambda: srm.ResonanceEngine().append(MIXED),
    "ε of a survey": lambda: srm.ResonanceEngine(ROWS).survey(epsilon=4),
    "in one call": lambda: srm.spotlight_resonance(MIXED),
    "a basis": lambda: srm.basis.of(MIXED),
    "bases of an engine": lambda: srm.ResonanceEngine(ROWS).in_bases(LOADER),
    "ε of a timeline": lambda: srm.Timeline.turning(ROWS, np.eye(4)).ensemble(epsilon="x"),
    "a layer": lambda: srm.capture(torch.nn.Sequential(torch.nn.Tanh()), "0").engine("1"),
    "a table for the explorer": lambda: srm.SRMExplorer(MIXED),
}


@pytest.fixture(autouse=True)
def annotations_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls pass through what enforces annotations, in tests alone."""
    between = users_line._PASSED_THROUGH | {"jaxtyping", "beartype"}
    monkeypatch.setattr(users_line, "_PASSED_THROUGH", between)


@pytest.fixture
def in_ipython(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users_line, "_runs_in_ipython", lambda: True)


def shown(call: Callable[[], object]) -> tuple[str, str]:
    """What a notebook and what Python show of an error."""
    with pytest.raises((TypeError, ValueError, IndexError, KeyError, AttributeError)) as raised:
        call()
    error = raised.value
    of_call = error.__traceback__ and error.__traceback__.tb_next  # without this very line
    in_notebook: str = FormattedTB(mode="Context").text(type(error), error, of_call)
    return in_notebook, "".join(traceback.format_exception(type(error), error, of_call))


@pytest.mark.usefixtures("in_ipython")
@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_in_a_notebook_is_short_and_whole_in_python(call: Callable[[], object]) -> None:
    in_notebook, in_python = shown(call)
    assert "test_users_line.py" in in_notebook
    assert "skipping hidden" in in_notebook
    assert in_notebook.count("\nFile ") + in_notebook.startswith("File ") <= 2, in_notebook
    assert in_python.count("srm_widget/") > 2


def test_elsewhere_than_in_ipython_nothing_is_marked() -> None:
    assert shown(REFUSED["a loader"])[0].count("srm_widget/") > 5


@pytest.mark.usefixtures("in_ipython")
def test_of_what_is_no_refusal_all_lines_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    of_ones_own, _ = shown(lambda: srm.SRMScope(ROWS, samples=unreadable))
    assert "of the user's own" in of_ones_own
    assert "in unreadable(" in of_ones_own

    monkeypatch.setattr("srm_widget.engine.functional.as_differentiable", lambda _: None)
    failed, _ = shown(lambda: srm.alignment(ROWS))
    assert failed.count("srm_widget/") > 1


WARNED: Mapping[str, Callable[[Path], object]] = {
    "degrees": lambda _: srm.SRMScope(ROWS, theta=90),
    "degrees assigned": lambda _: setattr(srm.SRMScope(ROWS), "theta", 90),
    "measured labels": lambda _: srm.SRMScope(ROWS, labels=ROWS[:, 0]),
    "labels of a table": lambda _: srm.ResonanceEngine(ROWS).directions(
        epsilon=0.5, labels=ROWS[:, 0]
    ),
    "channels": lambda _: srm.SRMScope(ROWS, samples=np.zeros((40, 3, 8, 3), np.uint8)),
    "samples left out": lambda folder: srm.SRMScope(
        np.random.default_rng(0).standard_normal((60_000, 8))
    ).save_html(folder / "scope.html", max_bytes=1_600_000),
}


@pytest.mark.parametrize("call", WARNED.values(), ids=WARNED.keys())
def test_a_warning_names_the_users_line(call: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="radians|different numbers|channels|page keeps") as told:
        call(tmp_path)
    own = [each for each in told if each.category is UserWarning]  # others are of old libraries
    assert {Path(each.filename).name for each in own} == {Path(__file__).name}

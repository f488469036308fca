"""Files in which the system tells what a process may use, made up."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from srm_widget.utils import control_groups, memory, processors


def given_files(monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str]) -> None:
    """Have the limits of the process be those in `files`, texts by their paths."""
    for module in (control_groups, memory, processors):
        monkeypatch.setattr(module, "read_text", lambda path: files.get(str(path), ""))

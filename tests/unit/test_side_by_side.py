"""Commands that ``make`` runs side by side."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.side_by_side import side_by_side


def python(code: str, *arguments: Path) -> str:
    return shlex.join([sys.executable, "-c", f"import sys; {code}", *map(str, arguments)])


def test_commands_run_at_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    for pipe in (there, back):
        os.mkfifo(pipe)
    # Neither ends before the other has begun.
    asks = "open(sys.argv[1], 'w').write('x'); print('heard', open(sys.argv[2]).read())"
    answers = "text = open(sys.argv[1]).read(); open(sys.argv[2], 'w').write(text + 'y')"
    commands = [python(asks, there, back), python(answers, there, back)]
    assert side_by_side(commands) is None
    printed = capfd.readouterr().out
    assert all(f"--- {command}\n" in printed for command in commands)
    assert f"--- {commands[0]}\nheard xy\n" in printed


def test_a_failure_is_said_once_all_have_ended(capfd: pytest.CaptureFixture[str]) -> None:
    fails = python("print('so far'); sys.exit('too bad')")
    works = python("print('fine')")
    assert side_by_side([fails, works]) == f"Failed:\n{fails}: exit status 1"
    printed = capfd.readouterr().out
    assert "so far" in printed
    assert "too bad" in printed
    assert "fine" in printed

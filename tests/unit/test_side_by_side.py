"""Commands that ``make`` runs side by side."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import side_by_side as module
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
    assert f"--- {commands[0]}\nheard xy\n" in capfd.readouterr().out


def test_what_the_last_one_writes_is_seen_as_it_comes(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    waits = python("print('begun', flush=True); open(sys.argv[1]).read(); print('ended')", gate)
    asked = [sys.executable, module.__file__, python("print('other')"), waits]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        seen = iter(running.stdout)
        while next(seen) != "begun\n":
            pass
        gate.write_text("go on", encoding="utf-8")
        assert "ended\n" in list(seen)
    assert running.returncode == 0


def test_a_failure_is_said_once_all_have_ended(capfd: pytest.CaptureFixture[str]) -> None:
    fails = python("print('so far'); sys.exit('too bad')")
    works = python("print('fine')")
    assert side_by_side([fails, works]) == f"Failed:\n{fails}: exit status 1"
    printed = capfd.readouterr().out
    assert "so far" in printed
    assert "too bad" in printed
    assert "fine" in printed

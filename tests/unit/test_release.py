"""What a release says of itself, `make help`, and the address that `make demo` prints."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import tomllib
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from urllib.request import Request, urlopen

from tests.waiting import until

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def make(*arguments: str) -> str:
    """What make prints."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_changes_and_citation_are_of_the_version() -> None:
    released = re.findall(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)$", CHANGES, re.MULTILINE)
    version, date = released[0]
    assert version == PROJECT["version"]
    assert f"\nversion: {version}\ndate-released: {date}\n" in CITATION
    assert released == sorted(released, key=lambda it: it[1], reverse=True)


def test_changes_name_documents_that_exist() -> None:
    named = re.findall(r"\]\((docs/[^)#]+)", CHANGES)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_paper_is_cited() -> None:
    assert "arXiv:2505.13471" in CITATION
    assert f"license: {PROJECT['license']}\n" in CITATION


def test_help_has_all_that_can_be_made() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    shown = make("help")
    assert re.findall(r"^  ([a-z-]+)  +\S", shown, re.MULTILINE) == targets
    assert re.findall(r"^\S.*", shown, re.MULTILINE) == [
        "Use it", "Develop", "Test", "Measure", "Release",
    ]  # fmt: skip
    assert max(map(len, shown.splitlines())) <= 140
    phony = makefile.partition(".PHONY:")[2].replace("\\\n", " ").split()
    assert sorted(phony) == sorted(targets)


def test_what_runs_before_a_commit_is_lint() -> None:
    entries = re.findall(
        r"entry: (.*)", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    )
    assert entries == ["make lint"]


def listens(at: SplitResult) -> bool:
    """Whether somebody does: the address is printed before."""
    with suppress(ConnectionRefusedError), socket.create_connection((at.hostname, at.port)):
        return True
    return False


def test_the_demo_says_where_the_notebook_is(tmp_path: Path) -> None:
    """Where no browser is found, the last line is an address that opens the notebook itself."""
    *_, greets, starts = make("-n", "demo", "-o", ".venv/.demo").replace("\\\n", " ").splitlines()
    given = {
        name: value for name, value in os.environ.items() if name not in {"BROWSER", "DISPLAY"}
    }
    given |= {"JUPYTER_RUNTIME_DIR": str(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin"}
    with subprocess.Popen(
        ["sh", "-c", f"exec {starts.strip()} --port 0 --ServerApp.port_retries 0"],
        cwd=ROOT,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        assert greets.startswith("echo")
        assert running.stdout is not None
        try:
            address = next(
                line.strip() for line in running.stdout if line.startswith(" " * 8 + "http://127.")
            )
            at = urlsplit(address)
            assert at.path == "/lab/tree/01_quickstart.ipynb"
            until(partial(listens, at), 60, lambda: f"expected an answer at {at.netloc}")
            token = at.query.removeprefix("token=")
            asked = Request(
                f"http://{at.netloc}/api/contents/01_quickstart.ipynb?content=0",
                headers={"Authorization": f"token {token}"},
            )
            with urlopen(asked) as answer:
                assert json.load(answer)["type"] == "notebook"
            with urlopen(address) as page:
                assert "jupyter-config-data" in page.read().decode()
        finally:
            running.send_signal(signal.SIGTERM)
            after = running.stdout.read()
    assert "http" not in after

"""What is in the wheel and the source archive in dist/, and that a second build is the same."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]
NAME = f"srm_widget-{PROJECT['version']}"
WHEEL = ROOT / f"dist/{NAME}-py3-none-any.whl"
SOURCE = ROOT / f"dist/{NAME}.tar.gz"
MOST_BYTES = 1_500_000


def tracked(*paths: str) -> set[str]:
    """Files of the repository below `paths`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *paths], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(filter(None, listed.stdout.split("\0")))


def test_nothing_else_was_built() -> None:
    assert sorted(path.name for path in WHEEL.parent.iterdir()) == [WHEEL.name, SOURCE.name]


def test_the_wheel_is_the_package_and_its_licence() -> None:
    with ZipFile(WHEEL) as wheel:
        names = wheel.namelist()
    about = {"METADATA", "RECORD", "WHEEL", "licenses/LICENSE"}
    assert len(names) == len(set(names))
    assert set(names) == tracked("srm_widget") | {f"{NAME}.dist-info/{name}" for name in about}
    page = {"LICENSES.txt", "blank.css", "blank.js", "scope.css", "scope.js"}
    assert {f"srm_widget/static/{name}" for name in page} | {"srm_widget/py.typed"} <= set(names)


def test_the_wheel_is_small() -> None:
    assert WHEEL.stat().st_size <= MOST_BYTES


def test_what_the_wheel_says_of_itself() -> None:
    with ZipFile(WHEEL) as wheel:
        about = message_from_bytes(wheel.read(f"{NAME}.dist-info/METADATA"))
    assert (about["Name"], about["Version"]) == (PROJECT["name"], PROJECT["version"])
    assert about["License-Expression"] == PROJECT["license"]
    assert about["Requires-Python"] == PROJECT["requires-python"]
    needed = [line for line in about.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(needed) == sorted(PROJECT["dependencies"])
    assert set(about.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])


def test_the_source_archive_is_what_is_tracked() -> None:
    with tarfile.open(SOURCE) as archive:
        members = archive.getmembers()
    assert all(member.isfile() for member in members)
    included = SETTINGS["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    wanted = tracked(*(path.removeprefix("/") for path in included))
    always = {".gitignore", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    assert {member.name for member in members} == {f"{NAME}/{name}" for name in wanted | always}


def test_a_second_build_gives_the_same_bytes(tmp_path: Path) -> None:
    """From the source archive, elsewhere, with other times, another umask and another time zone."""
    with ZipFile(WHEEL) as wheel:
        stamps = {entry.date_time for entry in wheel.infolist()}
    assert len(stamps) == 1
    with tarfile.open(SOURCE) as archive:
        (epoch,) = {member.mtime for member in archive.getmembers()}
        archive.extractall(tmp_path, filter="data")
    for path in (tmp_path / NAME).rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path / "again"],
        cwd=tmp_path / NAME,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(int(epoch)), "TZ": "Pacific/Apia"},
        umask=0o077,
        check=True,
        capture_output=True,
    )
    for first in (WHEEL, SOURCE):
        assert (tmp_path / "again" / first.name).read_bytes() == first.read_bytes(), first.name


@pytest.mark.parametrize("word", ["artefacts/", "node_modules/", "__pycache__/", ".png", ".venv"])
def test_the_wheel_has_none_of(word: str) -> None:
    with ZipFile(WHEEL) as wheel:
        assert [name for name in wheel.namelist() if word in name] == []

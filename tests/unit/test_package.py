"""The package as a whole."""

import inspect
import subprocess
import sys
from importlib.metadata import version

import pytest

import srm_widget as srm


@pytest.mark.parametrize("name", srm.__all__)
def test_public_names_exist_and_are_documented(name: str) -> None:
    public = getattr(srm, name)
    if not isinstance(public, str):
        assert inspect.getdoc(public)


def public_members() -> list[str]:
    """Public methods and properties of public classes, and functions of public modules."""
    owners = [(name, getattr(srm, name)) for name in srm.__all__]
    return [
        f"{owner}.{name}"
        for owner, held in owners
        if inspect.isclass(held) or inspect.ismodule(held)
        for name, member in vars(held).items()
        if not name.startswith("_")
        and (isinstance(member, property) or (inspect.isroutine(member) and _is_ours(member)))
    ]


def _is_ours(member: object) -> bool:
    return str(getattr(member, "__module__", "")).startswith("srm_widget")


@pytest.mark.parametrize("path", public_members())
def test_public_members_are_documented(path: str) -> None:
    owner, name = path.split(".")
    member = inspect.getattr_static(getattr(srm, owner), name)
    assert inspect.getdoc(member)


def test_all_is_sorted_and_without_repetition() -> None:
    assert list(srm.__all__) == sorted(set(srm.__all__))


def test_version() -> None:
    assert srm.__version__ == version("srm_widget")


IMPORT = """
import socket, sys

def refuse(*args, **keywords):
    raise AssertionError("the network was touched")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.create_connection = socket.getaddrinfo = refuse
import srm_widget
named = {"matplotlib", "pandas", "sklearn", "bqplot", "transformers", "tokenizers"}
heavy = named & set(sys.modules)
assert not heavy, heavy
"""


def test_importing_is_light_and_offline() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

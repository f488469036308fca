"""Files are read in formats that cannot run code, and nothing is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import srm_widget

MODULES = sorted(Path(srm_widget.__file__).parent.rglob("*.py"))
RUN_CODE = {"eval", "exec", "compile", "__import__"}
UNPICKLE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def offences(source: str) -> Iterator[str]:
    """What of a module's code might run what it reads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            named = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            yield from (name for name in named if name.split(".")[0] in UNPICKLE)
        if isinstance(node, ast.Attribute) and node.attr in ("read_pickle", "to_pickle"):
            yield node.attr
        if not isinstance(node, ast.Call):
            continue
        given = {each.arg: ast.unparse(each.value) for each in node.keywords}
        name = ast.unparse(node.func)
        if name in RUN_CODE:
            yield name
        if given.get("allow_pickle", "False") != "False":
            yield f"{name}(allow_pickle)"
        if name.endswith("load") and "torch" in name and given.get("weights_only") != "True":
            yield f"{name} without weights_only"
        if "shell" in given:
            yield f"{name}(shell)"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_nothing_of_the_package_runs_what_it_reads(module: Path) -> None:
    assert list(offences(module.read_text())) == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "np.load(file, allow_pickle=True)",
        "torch.load(file)",
        "torch.load(file, weights_only=False)",
        "eval(text)",
        "pd.read_pickle(file)",
        "subprocess.run(line, shell=True)",
    ],
)
def test_what_would_is_found(code: str) -> None:
    assert list(offences(code))


def test_what_would_not_is_let_through() -> None:
    assert not list(offences("np.load(file, allow_pickle=False); torch.load(f, weights_only=True)"))
    assert not list(offences("re.compile(pattern); np.load(file)"))

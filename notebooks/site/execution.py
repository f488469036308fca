"""Notebooks executed so that their scopes need no kernel, and kept until something changes."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

import srm_widget
from notebooks.site.lessons import SOLUTION, with_solutions

KEPT = Path(__file__).parents[2] / "artefacts" / "executed"

_KEY = "srm_kept_as"
# One thread a kernel: sums, and what is read off them, are those that the tests know.
_KERNELS = {"SRM_WIDGET_DISPLAY": "embed", "OMP_NUM_THREADS": "1"}
_AT_ONCE = 2  # kernels, of up to some 2 GB each
_QUIET = [
    "--log-level=ERROR"
]  # of each kernel's own warning that others on this machine may listen
_PACKAGE = Path(srm_widget.__file__).parent
_IMPORTED = "dictionary", "paper"  # beside the notebooks, what some of them import and read
_SECONDS = 300  # for one cell
_LIBRARIES = "matplotlib", "numpy", "scikit-learn", "torch", "transformers"
# Run before each solution, so that none lives on what another one has left.
_ANEW = """
if "_of_lesson" in globals():
    for _name in [_name for _name in globals() if not _name.startswith("_")]:
        del globals()[_name]
    globals().update(_of_lesson)
else:
    _of_lesson = {_name: globals()[_name] for _name in list(globals()) if not _name.startswith("_")}
"""


def execute(path: Path) -> NotebookNode:
    """Run a notebook in a kernel of its own, in its own folder, and then its solutions.

    Scopes are displayed as pages that count by themselves. Each solution begins with the variables
    that the notebook has left.

    Parameters
    ----------
    path
        Of the notebook, which stays as it is.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If one of its cells raises.
    """
    notebook = _lesson(path)
    notebook.metadata[_KEY] = _name(path)  # before: either may change while it runs
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, kernel_name="python3", timeout=_SECONDS, resources=resources)
    client.extra_arguments = _QUIET

    def begin(cell: NotebookNode, **_: object) -> None:
        if SOLUTION in cell.metadata and cell.cell_type == "code":
            assert client.kc is not None
            client.kc.execute(_ANEW, silent=True)

    client.on_cell_start = begin
    client.execute(env={**os.environ, **_KERNELS})
    return notebook


def executed(path: Path, folder: Path) -> NotebookNode:
    """What `keep` kept of a notebook; executed and kept now if that is out of date.

    Parameters
    ----------
    path
        Of the notebook.
    folder
        Of the executed notebooks.
    """
    kept = folder / _name(path)
    return _read(kept) if kept.is_file() else keep(execute(path), folder)


def all_executed(paths: Sequence[Path], folder: Path) -> dict[Path, NotebookNode]:
    """`executed` for each of several notebooks, some of them at once.

    Parameters
    ----------
    paths
        Of the notebooks.
    folder
        Of the executed notebooks.
    """
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return dict(
            zip(paths, threads.map(lambda path: executed(path, folder), paths), strict=True)
        )


def keep(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Keep an executed notebook until its source, the package or the libraries change.

    Parameters
    ----------
    notebook
        From `execute`.
    folder
        Of the executed notebooks. What it holds of the same notebook is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = notebook.metadata[_KEY]
    written = folder / f"{name}.{os.getpid()}"  # another process may be reading
    nbformat.write(notebook, written)
    stem, _, _ = name.rpartition("@")
    for outdated in folder.glob(f"{stem}@*.ipynb"):
        outdated.unlink(missing_ok=True)
    written.replace(folder / name)
    return notebook


def _name(path: Path) -> str:
    digest = hashlib.sha256()
    for part in _depends_on(path):
        digest.update(len(part).to_bytes(8, "little") + part)
    return f"{path.stem}@{digest.hexdigest()[:16]}.ipynb"


def _depends_on(path: Path) -> Iterator[bytes]:
    """All that decides what the outputs of a notebook are, as far as one can tell."""
    cells = [(cell.id, cell.cell_type, cell.source) for cell in _lesson(path).cells]
    yield json.dumps(cells).encode()
    yield json.dumps([sys.version, *map(version, _LIBRARIES)]).encode()
    for folder in (_PACKAGE, *(path.parent / name for name in _IMPORTED)):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield str(file.relative_to(folder)).encode()
                yield file.read_bytes()


def _lesson(path: Path) -> NotebookNode:
    return with_solutions(_read(path), path)


def _read(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook

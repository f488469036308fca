"""The hosts of docs/hosts.md as servers, each with one of its apps, as the page writes it."""

from __future__ import annotations

import json
import os
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.lab import KERNEL
from tests.browser.server import Server

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "artefacts" / "hosts"
DOCS = ROOT / "docs" / "hosts.md"


def blocks(heading: str) -> list[str]:
    """The blocks of Python code in a section of docs/hosts.md."""
    (section,) = re.findall(
        rf"^## {heading}\n(.*?)(?=^## |\Z)", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return re.findall(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def notebook_of(cells: list[str]) -> str:
    made = new_notebook(
        cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": KERNEL}
    )
    return nbformat.writes(made)


def script_of(cells: list[str]) -> str:
    return "\n".join(cells)


def marimo_of(cells: list[str]) -> str:
    """The first two cells as one: that one only prepares the data."""
    head, *others = ["\n".join(cells[:2]), *cells[2:]]
    functions = [
        f"@app.cell\ndef _():\n{textwrap.indent(cell, '    ')}\n" for cell in (head, *others)
    ]
    return "\n".join(["import marimo\n\napp = marimo.App()\n", *functions])


class Host(NamedTuple):
    """How a host is started.

    Attributes
    ----------
    heading
        The section of docs/hosts.md that has its app.
    file
        What the app is called.
    arguments
        A module and its arguments; {file} and {port} are filled in.
    health
        An address that is answered once the server is up.
    address
        Where the app is.
    """

    heading: str
    file: str
    arguments: str
    health: str = ""
    address: str = ""


_JUPYTER = "--ServerApp.allow_root=True --ServerApp.ip=127.0.0.1 --ServerApp.port={port}"
_NBCLASSIC = f"nbclassic {_JUPYTER} --IdentityProvider.token= --ServerApp.open_browser=False"
_STREAMLIT = "--server.address 127.0.0.1 --server.port {port} --server.headless true"
HOSTS = {
    "marimo": Host(
        "marimo", "app.py", "marimo run {file} --host 127.0.0.1 --port {port} --headless --no-token"
    ),
    "nbclassic": Host("Notebooks and Voilà", "app.ipynb", _NBCLASSIC, "api", "notebooks/app.ipynb"),
    "voila": Host(
        "Notebooks and Voilà",
        "app.ipynb",
        "voila {file} --no-browser --Voila.ip=127.0.0.1 --port={port}",
        "voila/static/voila.js",
    ),
    "solara": Host(
        "Solara",
        "app.py",
        "solara run {file} --host 127.0.0.1 --port {port} --no-open --production",
        "readyz",
    ),
    "shiny": Host("Shiny", "app.py", "shiny run {file} --host 127.0.0.1 --port {port}"),
    "panel": Host(
        "Panel",
        "app.py",
        "panel serve {file} --address 127.0.0.1 --port {port}",
        "static/js/bokeh.min.js",
        "app",
    ),
    "streamlit": Host(
        "Streamlit",
        "app.py",
        f"streamlit run {{file}} {_STREAMLIT} --browser.gatherUsageStats false",
        "_stcore/health",
    ),
}


# Jupyter's server would import the other hosts, which come with extensions of it.
_WITHOUT = "panel.io.jupyter_server_extension", "solara.server.jupyter.server_extension", "voila"
SETTINGS = {"ServerApp": {"jpserver_extensions": dict.fromkeys(_WITHOUT, False)}}


class HostServer(Server):
    """A host with its app, in the virtual environment of the hosts and with no settings."""

    _python = str(TOOLS / "bin" / "python")

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.host = name, HOSTS[name]
        super().__init__(name, folder / "server.log", self.host.health)
        self._folder = folder
        cells = [*blocks("Activations"), *blocks(self.host.heading)]
        form = marimo_of if name == "marimo" else script_of
        text = (notebook_of if self.host.file.endswith(".ipynb") else form)(cells)
        (folder / self.host.file).write_text(text, "utf-8")

    @property
    def address(self) -> str:
        return f"{self.url}/{self.host.address}"

    def _prepare(self) -> tuple[list[str], Path, dict[str, str]]:
        filled = self.host.arguments.format(file=self.host.file, port=self.port)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}
        own = {"HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache"}
        own |= {"JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
        own |= {"JUPYTER_CONFIG_DIR": "jupyter"}
        (self._folder / "jupyter").mkdir()
        (self._folder / "jupyter/jupyter_server_config.json").write_text(json.dumps(SETTINGS))
        places = {name: str(self._folder / part) for name, part in own.items()}
        path = os.pathsep.join([str(TOOLS / "bin"), os.environ["PATH"]])
        return filled.split(), self._folder, {**kept, **places, "PATH": path}

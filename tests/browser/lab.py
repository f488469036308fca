"""A real JupyterLab, offline and apart from its user's settings, and what tests do in it."""

from __future__ import annotations

import ast
import base64
import json
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from tests.browser.server import Server
from tests.waiting import until

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SETTINGS: dict[str, dict[str, Any]] = {
    "IdentityProvider": {"token": ""},
    "ServerApp": {
        "allow_root": True,
        "disable_check_xsrf": True,
        "ip": "127.0.0.1",
        "open_browser": False,
        "port_retries": 0,
    },
}
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
# Seconds: JupyterLab hears of each expression that its kernel evaluates, and shows it at work.
SELDOM = 0.25


class LabServer(Server):
    """JupyterLab with all its state in one folder.

    If it `reuses_kernels`, a notebook gets the kernel of the one before it, emptied: to start one,
    and to import torch in it, takes longer than most tests.
    """

    _name, _module, _settings_file = "JupyterLab", "jupyterlab", "jupyter_lab_config.json"
    _application: ClassVar = {"LabApp": {"expose_app_in_browser": True, "news_url": None}}

    def __init__(self, folder: Path, *, reuses_kernels: bool = False) -> None:
        super().__init__(self._name, folder / "server.log", "api")
        self.reuses_kernels = reuses_kernels
        self.root = folder / "notebooks"
        self.runtime = folder / "runtime"
        self._config = folder / "config"
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))},
            "JUPYTER_CONFIG_DIR": str(self._config),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "IPYTHONDIR": str(folder / "ipython"),
        }

    def _prepare(self) -> tuple[list[str], Path, dict[str, str]]:
        self.root.mkdir(parents=True)
        (self._config / "labconfig").mkdir(parents=True)
        server = {**SETTINGS["ServerApp"], "port": self.port, "root_dir": str(self.root)}
        settings = json.dumps({**SETTINGS, **self._application, "ServerApp": server})
        (self._config / self._settings_file).write_text(settings)
        (self._config / "labconfig/page_config.json").write_text(json.dumps(PAGE_CONFIG))
        return [self._module], self.root, self._environment

    def address(self, name: str, *, simple: bool = True) -> str:
        """Of a notebook; `simple` shows it alone, without sidebars."""
        return f"{self.url}/{'doc' if simple else 'lab'}/tree/{name}?reset"

    def request(self, path: str, method: str = "GET", body: object = None) -> Any:
        """One call of the server's REST API; the decoded answer, None if it is empty."""
        sent = None if body is None else json.dumps(body).encode()
        return json.loads(self.call(path, method, sent) or b"null")

    def hand_kernel_to(self, name: str) -> None:
        """Have a notebook find the kernel that is left, if one is, as its own."""
        for session in self.request("api/sessions"):
            place = {"path": name, "name": name}
            self.request(f"api/sessions/{session['id']}", "PATCH", place)

    def shutdown_kernels(self) -> None:
        for session in self.request("api/sessions"):
            self.request(f"api/sessions/{session['id']}", "DELETE")


class NotebookServer(LabServer):
    """Jupyter Notebook 7 with all its state in one folder."""

    _name, _module = "Jupyter Notebook", "notebook"
    _settings_file = "jupyter_notebook_config.json"
    _application: ClassVar = {"JupyterNotebookApp": {"expose_app_in_browser": True}}

    def address(self, name: str, *, simple: bool = True) -> str:  # noqa: ARG002 - it is always alone
        return f"{self.url}/notebooks/{name}"


class Kernel:
    """A second client of a notebook's kernel, beside the page."""

    def __init__(self, connection_file: Path) -> None:
        self._client = BlockingKernelClient(connection_file=str(connection_file))
        self._client.load_connection_file()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=30)

    def evaluate(self, expression: str, timeout: float = 30) -> Any:
        """The value of a Python expression in the kernel; anything that pickles."""
        packed = (
            f"__import__('base64').b64encode(__import__('pickle').dumps(({expression}))).decode()"
        )
        reply = self._client.execute(
            "",
            silent=True,
            store_history=False,
            user_expressions={"value": packed},
            reply=True,
            timeout=timeout,
        )
        value = self._content(reply)["user_expressions"]["value"]
        if value["status"] != "ok":
            raise RuntimeError(f"{expression}: {value['ename']}: {value['evalue']}")
        return pickle.loads(base64.b64decode(ast.literal_eval(value["data"]["text/plain"])))

    def execute(self, code: str, timeout: float = 60) -> None:
        """Run statements in the kernel; RuntimeError if they raise."""
        self._content(self._client.execute(code, store_history=False, reply=True, timeout=timeout))

    def start(self, code: str) -> None:
        """Have the kernel run statements, without waiting for them."""
        self._client.execute(code, silent=True, store_history=False)

    def until(self, expression: str, timeout: float = 30, pause: float = SELDOM) -> Any:
        """Wait until an expression is true in the kernel; its value."""
        return until(
            lambda: self.evaluate(expression), timeout, lambda: f"never true: {expression}", pause
        )

    def close(self) -> None:
        self._client.stop_channels()

    @staticmethod
    def _content(reply: dict[str, Any]) -> Any:
        content = reply["content"]
        if content["status"] != "ok":
            raise RuntimeError("\n".join(content.get("traceback", [content["status"]])))
        return content


class Lab:
    """JupyterLab in a page: one notebook at a time, and its kernel."""

    def __init__(self, server: LabServer, page: Page) -> None:
        self.server = server
        self.page = page
        self._kernel: Kernel | None = None
        self._is_first_kernel = True
        self._name = ""

    def open(
        self,
        notebook: Path | Sequence[str],
        *,
        theme: Literal["light", "dark"] = "light",
        simple: bool = True,
    ) -> None:
        """Open a copy of a notebook, or a new one with these code cells; wait for its kernel.

        `simple` shows the notebook alone, without sidebars. A JupyterLab that is in the page opens
        it itself: to load another costs ten times as much.
        """
        self.close()
        if isinstance(notebook, Path):
            name = notebook.name
            (self.server.root / name).write_bytes(notebook.read_bytes())
        else:
            name = "test.ipynb"
            cells = [nbformat.v4.new_code_cell(source) for source in notebook]
            new = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
            nbformat.write(new, self.server.root / name)
        self._name = name
        self._is_first_kernel = True
        self.server.hand_kernel_to(name)
        if self._is_loaded(simple=simple):
            self.page.evaluate(_OPEN, name)
        else:
            self.page.goto(self.server.address(name, simple=simple))
        self.wait_idle(60)
        self.theme(theme)

    def run_all(self, timeout: float = 120) -> None:
        """Run all cells and wait for them; AssertionError with the traceback of one that fails."""
        self.page.evaluate(
            """() => {
                window.labRun = false;
                const run = jupyterapp.commands.execute('notebook:run-all-cells');
                run.finally(() => { window.labRun = true; });
            }"""
        )
        self.page.wait_for_function("window.labRun", timeout=timeout * 1000)
        errors = self.page.evaluate(
            """() => jupyterapp.shell.currentWidget.content.model.toJSON().cells
                .flatMap(cell => cell.outputs ?? [])
                .filter(output => output.output_type === 'error')
                .map(output => output.traceback.join('\\n'))"""
        )
        assert not errors, "\n".join(errors)
        self.wait_idle()

    def save(self, *, widgets: bool = False) -> None:
        """Save the notebook, with the state of its widgets if asked to."""
        self.page.evaluate(
            """async widgets => {
                const state = '@jupyter-widgets/jupyterlab-manager:saveWidgetState';
                if (widgets !== jupyterapp.commands.isToggled(state)) {
                    await jupyterapp.commands.execute(state);
                }
                await jupyterapp.commands.execute('docmanager:save');
            }""",
            widgets,
        )

    def reopen(self) -> None:
        """Open the notebook that was saved once more, with a kernel that has run nothing."""
        self._leave()
        self.server.shutdown_kernels()
        self.page.goto(self.server.address(self._name))
        self.wait_idle(60)

    def wait_idle(self, timeout: float = 30) -> None:
        """Wait until the kernel is connected and has nothing to do."""
        self.page.wait_for_function(
            """() => {
                const kernel =
                    window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
                return kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
            }""",
            timeout=timeout * 1000,
        )

    @property
    def kernel(self) -> Kernel:
        """The kernel of the open notebook."""
        if self._kernel is None:
            self._kernel = Kernel(self.server.runtime / f"kernel-{self._identifier}.json")
        return self._kernel

    @property
    def _identifier(self) -> str:
        identifier: str = self.page.evaluate(
            "jupyterapp.shell.currentWidget.sessionContext.session.kernel.id"
        )
        return identifier

    def interrupt(self) -> None:
        """Interrupt the kernel, from outside the page."""
        self.server.request(f"api/kernels/{self._identifier}/interrupt", "POST")

    def restart(self, *, outside: bool = False) -> None:
        """Start the kernel anew, as the page's menu does, or from `outside` the page."""
        if outside:
            self.server.request(f"api/kernels/{self._identifier}/restart", "POST")
        else:
            self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.forget_kernel()

    def forget_kernel(self) -> None:
        """Leave the kernel, which may be another process now."""
        self._is_first_kernel = False
        self._disconnect()

    def _disconnect(self) -> None:
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None

    def theme(self, name: Literal["light", "dark"]) -> None:
        """Change JupyterLab's theme and wait until it is applied."""
        full = f"JupyterLab {name.title()}"
        self.page.evaluate(
            "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", full
        )
        self.page.wait_for_function(
            "theme => document.body.dataset.jpThemeName === theme", arg=full
        )

    def viewport(self, width: int, height: int = 800) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def close(self) -> None:
        """Leave the notebook; end its kernel, or empty it for the next notebook."""
        if self._name and not (self.server.reuses_kernels and self._is_emptied()):
            self._leave()
            self.server.shutdown_kernels()
        self._name = ""

    def _leave(self) -> None:
        self._disconnect()
        if self.page.url.startswith(self.server.url):
            self.page.goto("about:blank")

    def _is_loaded(self, *, simple: bool) -> bool:
        """Whether JupyterLab is in the page, as the next notebook wants it."""
        if not self.page.url.startswith(self.server.url):
            return False
        mode = "single-document" if simple else "multiple-document"
        return bool(self.page.evaluate("jupyterapp.shell.mode") == mode)

    def _is_emptied(self) -> bool:
        """Leave the notebook; whether its kernel is then as good as new."""
        try:
            kernel = self.kernel
            if self._is_first_kernel:
                self.page.evaluate(_CLOSE)
                self.page.wait_for_function(_IS_EMPTY)
            else:  # JupyterLab may have more to say of the one that is gone
                self.page.goto("about:blank")
            kernel.execute(_EMPTY, timeout=10)
        except (RuntimeError, TimeoutError, PlaywrightError):
            return False  # it has died, or does not end what it does
        self._disconnect()
        return True


class LentPages:
    """Pages that are lent to one after another, as long as no test fails meanwhile."""

    def __init__(self, context: BrowserContext, n_failed: Callable[[], int]) -> None:
        self._context, self._n_failed = context, n_failed
        self._idle: list[Page] = []
        self._lent: dict[Page, int] = {}

    def take(self, width: int, height: int) -> Page:
        """A page of this size, its pointer in the corner."""
        page = self._idle.pop() if self._idle else self._context.new_page()
        self._lent[page] = self._n_failed()
        page.set_viewport_size({"width": width, "height": height})
        page.mouse.move(0, 0)
        return page

    def give_back(self, page: Page) -> None:
        if self._lent.pop(page) == self._n_failed():
            self._idle.append(page)
        else:
            page.close()


# JupyterLab asks only now and then which kernels there are, and whose they are.
_OPEN = """async path => {
    await jupyterapp.serviceManager.sessions.refreshRunning();
    const opened = await jupyterapp.commands.execute('docmanager:open', { path });
    await opened.context.ready;
}"""
_CLOSE = """() => {
    for (const widget of [...jupyterapp.shell.widgets('main')]) {
        if (widget.context) widget.context.model.dirty = false;  // or it asks whether to save
        widget.dispose();
    }
}"""
# Where nothing is left JupyterLab shows a launcher, a little later.
_IS_EMPTY = """() => {
    const shown = [...jupyterapp.shell.widgets('main')];
    return shown.length > 0 && shown.every(widget => !widget.context);
}"""
# The package is imported anew: what a test has changed in its modules is gone.
_EMPTY = """
import sys, ipywidgets
ipywidgets.Widget.close_all()
for name in [name for name in sys.modules if name.partition('.')[0] == 'srm_widget']:
    del sys.modules[name]
get_ipython().reset(new_session=False)
"""
_BLOCK = """
import pathlib, time
from srm_widget.concurrency.locks import widget_lock
with widget_lock:  # JupyterLab has messages handled in another thread than cells
    pathlib.Path({path!r} + ' begun').touch()
    while not pathlib.Path({path!r}).exists():
        time.sleep(0.02)
"""


@contextmanager
def busy(lab: Lab, gate: Path) -> Iterator[None]:
    """The kernel and its scopes have something else to do, until there is a file `gate`."""
    lab.kernel.start(_BLOCK.format(path=str(gate)))
    until(gate.with_name(f"{gate.name} begun").exists, 30, lambda: "the kernel is not busy")
    try:
        yield
    finally:
        gate.touch()

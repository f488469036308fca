"""How long a widget lives: while somebody holds it, or a page shows it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakSet, proxy, ref

import comm
import ipywidgets
from ipywidgets.widgets import widget as registry

from srm_widget.utils.callbacks import WeakCallbacks

_LATEST = "_", "__", "___"
"""Names that IPython gives the latest outputs."""

_VIEW = "application/vnd.jupyter.widget-view+json"

_MOST_PAGES = 100
"""Pages that are known to show a scope, at most."""


class Viewers:
    """The pages that show a scope, as they say themselves.

    A page says when its first view opens and, a moment after, when its last one is gone: for good,
    since the cell was run again or its output cleared. A page that is closed or loaded anew says
    nothing, and may come back. So each page that comes makes the kernel ask who else is there.

    Parameters
    ----------
    send
        Sends all pages a message, with binary values.
    on_seen
        Called when a page shows the scope.
    on_unseen
        Called when no page shows the scope any more.
    """

    def __init__(
        self,
        send: Callable[[dict[str, Any], Sequence[bytes]], None],
        on_seen: Callable[[], None],
        on_unseen: Callable[[], None],
    ) -> None:
        self._send, self._on_seen, self._on_unseen = send, on_seen, on_unseen
        self._pages: set[str] = set()

    @property
    def is_seen(self) -> bool:
        """Whether a page shows the scope."""
        return bool(self._pages)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Take in what a page says of its views.

        Raises
        ------
        TypeError
            If it says anything else.
        """
        page, shown = message.get("page"), message.get("shown")
        if not isinstance(page, str) or not isinstance(shown, bool):
            raise TypeError(
                f"expected the page and whether it shows the scope, got {message!r:.99}"
            )
        if shown and page not in self._pages:
            is_answer = message.get("asked") is True
            self._pages = {page, *self._pages} if is_answer else {page}
            while len(self._pages) > _MOST_PAGES:
                self._pages.pop()
            self._on_seen()
            if not is_answer:
                self._send({"type": "who_shows"}, ())
        elif not shown and page in self._pages:
            self._pages.discard(page)
            if not self._pages:
                self._on_unseen()


def lets_go(channel: Any) -> bool:
    """Return whether a widget on `channel` lives by who holds it and by what pages show.

    So it does in a Jupyter kernel, and where there is no page at all; of other hosts it is not
    known whether they hold what they show, so that ipywidgets holds it until a page says that it is
    gone.
    """
    return isinstance(channel, comm.DummyComm) or type(channel).__module__.startswith("ipykernel.")


def keep(widget: ipywidgets.Widget) -> None:
    """Have ipywidgets hold a widget, as it does by itself: it is shown, or about to be."""
    if widget.comm is not None:
        registry._instances[widget.comm.comm_id] = widget  # noqa: SLF001 - there is no other way


def let_go(widget: ipywidgets.Widget) -> None:
    """Have ipywidgets know a widget without holding it, so that it goes with its last user."""
    channel = widget.comm
    if channel is None:
        return
    known = registry._instances  # noqa: SLF001
    if known.get(channel.comm_id) is widget:
        known[channel.comm_id] = proxy(widget)
    reference = ref(widget)
    channel.on_msg(lambda message: _receive(reference, message))


def is_in_output(widget: ipywidgets.Widget) -> bool:
    """Return whether an `ipywidgets.Output` has a widget among its outputs.

    It may be shown again, as in a `Stack`, which takes away the views of what it does not show.
    """
    outputs = [
        output
        for each in list(registry._instances.values())  # noqa: SLF001
        if issubclass(type(each), ipywidgets.Output)  # not by isinstance: some are held weakly
        for output in each.outputs
    ]
    shown = [output.get("data", {}).get(_VIEW, {}) for output in outputs]
    return any(view.get("model_id") == widget.model_id for view in shown)


def _receive(reference: "ref[ipywidgets.Widget]", message: Any) -> None:
    widget = reference()
    if widget is not None:
        widget._handle_msg(message)  # noqa: SLF001


def on_rerun(listener: Callable[[], None]) -> None:
    """Call the bound method `listener` when the cell that runs now is run again, once.

    Its outputs are cleared then, also those that no page had got to show yet, of which none will
    say that they are gone. Nothing is called where the host does not name its cells.
    """
    from IPython import get_ipython  # noqa: PLC0415

    shell = get_ipython()
    if shell is None or not hasattr(shell, "get_parent"):
        return
    cell = (shell.get_parent() or {}).get("metadata", {}).get("cellId")
    if not isinstance(cell, str):
        return
    if shell not in _watched:
        shell.events.register("pre_run_cell", _rerun)
        _watched.add(shell)
    _outputs.setdefault(cell, WeakCallbacks()).add(listener)


_watched: WeakSet[Any] = WeakSet()
"""Shells of IPython that tell when a cell is run."""

_outputs: dict[str, WeakCallbacks] = {}
"""Those to call when a cell is run again, by its name."""


def _rerun(info: Any) -> None:
    cleared = _outputs.pop(getattr(info, "cell_id", None) or "", None)
    if cleared is not None:
        cleared.call()


def forget_output(shown: Any) -> None:
    """Have IPython's history of outputs, ``Out``, ``_`` and ``_7``, forget an object."""
    from IPython import get_ipython  # noqa: PLC0415

    shell = get_ipython()
    if shell is None:
        return
    outputs: dict[int, Any] = shell.user_ns.get("_oh", {})
    numbers = [number for number, output in outputs.items() if output is shown]
    for number in numbers:
        del outputs[number]
    hook, last = shell.displayhook, shell.last_execution_result
    for names in (shell.user_ns, shell.user_ns_hidden):
        for name in [f"_{number}" for number in numbers]:
            if names.get(name) is shown:
                del names[name]
        # A user may have given these names to something else.
        own = [name for name in _LATEST if names.get(name) is shown is getattr(hook, name, None)]
        names.update(dict.fromkeys(own, ""))
    for name in [name for name in _LATEST if getattr(hook, name, None) is shown]:
        setattr(hook, name, "")
    if last is not None and last.result is shown:
        last.result = None


def no_copies(widget: ipywidgets.Widget) -> TypeError:
    """Return the error for who copies or pickles a widget."""
    kind = type(widget).__name__
    return TypeError(
        f"expected an engine, a timeline or counts to copy or pickle, got {kind}, which belongs to "
        "this kernel and its pages; copy or pickle scope.engine or scope.timeline and make another "
        "of it, or keep what it shows by scope.save_html(path)"
    )

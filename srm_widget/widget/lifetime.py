"""How long a widget lives: while somebody holds it, or a page shows it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from weakref import ProxyType, WeakKeyDictionary, WeakSet, proxy, ref

import comm
import ipywidgets
from ipywidgets.widgets import widget as registry

from srm_widget.utils.callbacks import WeakCallbacks
from srm_widget.utils.memory import give_back

_LATEST = "_", "__", "___"
"""Names that IPython gives the latest outputs."""

_CONTROLS = "@jupyter-widgets/controls"
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
    _known.add(widget)


def stay(widget: ipywidgets.Widget) -> None:
    """Have a widget that a page shows stay, and all that it is shown in."""
    keep(widget)
    for holder in _holders(widget):
        stay(holder)


def leave(widget: ipywidgets.Widget) -> None:
    """Have a widget that no page shows go with the last who holds it, and all that it was shown in.

    Whoever holds a box, or an ``Output`` that still has the widget in it, holds the widget.
    """
    for holder in _holders(widget) if lets_go(widget.comm) else ():
        if isinstance(holder, ipywidgets.Output):
            _capture(holder, widget)
        leave(holder)
    forget_output(widget)
    let_go(widget)


_known: WeakSet[ipywidgets.Widget] = WeakSet()
"""Widgets that ipywidgets knows without holding them."""

_captured: WeakKeyDictionary[ipywidgets.Output, list[ipywidgets.Widget]] = WeakKeyDictionary()
"""Widgets that an output has in it, which itself knows but their names."""


def _holders(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield the boxes and outputs that show the widget wherever they are shown."""
    instances = [*registry._instances.values()]  # noqa: SLF001
    for each in [*(each for each in instances if type(each) is not ProxyType), *_known]:
        if each is not widget and each.comm is not None and _shows(each, widget):
            yield each


def _shows(holder: ipywidgets.Widget, widget: ipywidgets.Widget) -> bool:
    if isinstance(holder, ipywidgets.Box):
        # Of other views it is not known whether they show all children: a Stack shows but one.
        shows_all = holder._view_module == _CONTROLS and holder._view_name != "StackView"  # noqa: SLF001
        return shows_all and any(child is widget for child in holder.children)
    outputs = holder.outputs if isinstance(holder, ipywidgets.Output) else ()
    views = [output.get("data", {}).get(_VIEW, {}) for output in outputs]
    return any(view.get("model_id") == widget.model_id for view in views)


def _capture(output: ipywidgets.Output, widget: ipywidgets.Widget) -> None:
    """Have an output hold a widget for as long as it is in it."""
    if output not in _captured:
        output.observe(_release, "outputs")
    held = _captured.setdefault(output, [])
    if not any(each is widget for each in held):
        held.append(widget)


def _release(change: Any) -> None:
    output = change["owner"]
    _captured[output] = [each for each in _captured.get(output, []) if _shows(output, each)]


def _receive(reference: "ref[ipywidgets.Widget]", message: Any) -> None:
    widget = reference()
    if widget is None:
        return
    widget._handle_msg(message)  # noqa: SLF001
    del widget
    if reference() is None:  # that was its last page
        give_back()


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

"""`LiveWidget`: what all widgets of the package are to the kernel that they live in."""

from typing import Any, NoReturn, SupportsIndex

import ipywidgets

from srm_widget.concurrency.locks import close_without_waiting
from srm_widget.widget.lifetime import let_go, lets_go


class LiveWidget(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets has no types
    """Widget of one kernel and its pages: it goes with its last user, and cannot be copied."""

    def notify_change(self, change: Any) -> None:
        """Tell observers of a trait that changed."""
        super().notify_change(change)
        if change["name"] == "comm" and lets_go(self.comm):
            let_go(self)

    def __del__(self) -> None:
        """Close a widget that nobody holds any more."""
        close_without_waiting(self.close)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Raise ``TypeError``: the widget is of one kernel and its pages."""
        raise self._no_copies()

    def __copy__(self) -> NoReturn:
        """Raise ``TypeError``: the widget is of one kernel and its pages."""
        raise self._no_copies()

    def __deepcopy__(self, memo: dict[int, Any]) -> NoReturn:
        """Raise ``TypeError``: the widget is of one kernel and its pages."""
        raise self._no_copies()

    def _no_copies(self) -> TypeError:
        return TypeError(
            f"expected an engine, a timeline or counts to copy or pickle, got "
            f"{type(self).__name__}, which belongs to this kernel and its pages; copy or pickle "
            "scope.engine or scope.timeline and make another of it, or keep what it shows by "
            "scope.save_html(path)"
        )

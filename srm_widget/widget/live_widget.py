"""`LiveWidget`: what all widgets of the package are to the kernel that they live in."""

from typing import Any, NoReturn, SupportsIndex

import ipywidgets
import traitlets

from srm_widget.concurrency.locks import close_without_waiting
from srm_widget.utils.validation import did_you_mean
from srm_widget.widget.lifetime import let_go, lets_go

_PACKAGE = __name__.partition(".")[0]


def _is_own(cls: type) -> bool:
    return cls.__module__.partition(".")[0] == _PACKAGE


def _declares(cls: type, name: str) -> bool:
    return any(name in vars(each).get("__annotations__", ()) for each in cls.__mro__)


def added_traits(cls: type[traitlets.HasTraits], base: type[traitlets.HasTraits]) -> list[str]:
    """Return the names of public traits that a subclass has and its `base` has not."""
    added = cls.class_traits().keys() - base.class_traits().keys()
    return sorted(name for name in added if not name.startswith("_"))


class LiveWidget(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets has no types
    """Widget of one kernel and its pages: it goes with its last user, and cannot be copied."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; raise ``AttributeError`` for a public one that there is none of.

        A misspelt trait would else be kept, and never be looked at. Classes of a user's own take
        any, and so does every widget those that begin with an underscore.
        """
        cls = type(self)
        if _is_own(cls) and not (
            name.startswith("_") or hasattr(cls, name) or _declares(cls, name)
        ):
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}{self._hint(name)}")
        super().__setattr__(name, value)

    def _hint(self, name: str) -> str:
        """Return the end of the refusal of an attribute: which one may be meant."""
        return did_you_mean(name, self._settable)

    @property
    def _settable(self) -> list[str]:
        """Names of the traits that the package gives the widget, and that may be assigned."""
        own = {name for cls in type(self).__mro__ if _is_own(cls) for name in vars(cls)}
        traits = type(self).class_traits()
        names = [name for name in traits if name in own and not traits[name].read_only]
        return sorted(name for name in [*names, "layout"] if not name.startswith("_"))

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

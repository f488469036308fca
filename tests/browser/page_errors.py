"""What scripts of a page throw while a test looks on: a host's own fault is told, ours fails."""

from __future__ import annotations

import re
import warnings

from playwright.sync_api import Error, Page

PLACES = re.compile(r"https?://\S+|blob:\S+|data:\S+|<anonymous>")


def collect_errors(page: Page, problems: list[str]) -> None:
    """Add what is thrown in a page to `problems`, with its stack; warn of what is a host's own."""
    page.on("pageerror", lambda error: _note(error, problems))


def _note(error: Error, problems: list[str]) -> None:
    stack = error.stack or str(error)
    if not (is_notebooks_own(stack) or is_anywidgets_own(stack)):
        problems.append(stack)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"the host threw in its page: {stack}", stacklevel=1)


def is_notebooks_own(stack: str) -> bool:
    """Whether an error came about among Notebook 7's own scripts, no widget's beside them.

    It throws while it loads its settings, and once took a node out of its page that was not there.
    """
    places = PLACES.findall(stack)
    return bool(places) and all("/static/notebook/" in place for place in places)


def is_anywidgets_own(stack: str) -> bool:
    """Whether anywidget says, two seconds late, that a model was closed before it had loaded.

    A model that cannot be loaded at all shows no scope, which fails its test.
    """
    return "[anywidget] Failed to initialize model." in stack and "/anywidget/static/" in stack

"""Page without samples: a file dropped on it becomes a live scope, without Python."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from srm_widget.export.html_page import blank_page
from srm_widget.export.page import write_page
from srm_widget.utils.calls import explained
from srm_widget.widget.model import SAVED_TRAITS, ScopeModel

_TITLE = "Spotlight resonance of your own activations"


@explained
def save_blank_page(path: str | os.PathLike[str]) -> Path:
    """Save an HTML page that shows the activations of a file dropped on it as a live scope.

    One file: it opens without Python and without a network, makes no request and stores nothing.
    It takes ``.npy``, ``.npz`` and ``.csv`` of at most 64 MB and checks them as the engine does:

    - ``.npy``: activations, (N, D) real numbers;
    - ``.npz``: ``activations`` or ``X``, or one array without a name; beside them ``labels``, one
      a row, ``basis``, (M, D), and ``names`` of its M directions;
    - ``.csv``: a sample a line; a header names the directions, and a column "label" has classes.

    Parameters
    ----------
    path
        Path of the file. A file that is there already is replaced.

    Returns
    -------
    path
        Path of the file.

    Examples
    --------
    >>> import srm_widget as srm
    >>> srm.save_blank_page("your-own.html").name
    'your-own.html'
    """
    return write_page(path, blank_html())


def blank_html() -> str:
    """Return the HTML of the page that takes a file."""
    kinds = ScopeModel.class_traits()
    traits: dict[str, Any] = {name: kinds[name].default() for name in SAVED_TRAITS}
    return blank_page(traits, title=_TITLE, version=version("srm_widget"))

"""A scope as the `anywidget` directive of MyST: a text to include, and the files that it names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from srm_widget.export.html_page import SCRIPT, STYLE, fitted, saved_json
from srm_widget.export.payload import Payload

FILES = {"srm_scope.mjs": SCRIPT, "srm_scope.css": STYLE}
"""What the directive names, by file: the module of the page, and its stylesheet."""

# Comment and body are a line each, which can neither end the fence nor be taken for an option.
_DIRECTIVE = """% {title}

```{{anywidget}} {script}
:css: {style}
{saved}
```
"""


def directive(
    traits: dict[str, Any], pack: Callable[[int, int], Payload], *, title: str, max_bytes: int
) -> str:
    """Return the directive of a scope, at most `max_bytes` long in UTF-8.

    Parameters
    ----------
    traits, pack, title, max_bytes
        As for `html_page`. The title is a comment.

    Raises
    ------
    ValueError
        If not even one sample fits.
    """
    script, style = FILES
    comment = " ".join(title.split())

    def fill(payload: Payload) -> str:
        saved = saved_json(traits, payload)
        return _DIRECTIVE.format(title=comment, script=script, style=style, saved=saved)

    return fitted(fill, pack, max_bytes)


def directive_path(path: Path) -> Path:
    """Return the path of a directive's file.

    Raises
    ------
    ValueError
        If it is that of a file which the directive names.
    """
    if path.name in FILES:
        raise ValueError(
            f"expected another file than {path.name}, which goes beside it, got {path}"
        )
    return path

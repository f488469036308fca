"""The live scopes of the gallery, made by the code that its page shows of them."""

import ast
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import srm_widget as srm

PAGE = Path(__file__).parents[1] / "gallery.md"

_LIVE = re.compile(
    r"^(?P<fence>`{3,})\{live\} (?P<name>\w+)\n.*?^(?P=fence)\n+```python\n(?P<code>.*?)^```",
    re.MULTILINE | re.DOTALL,
)


def scopes() -> Iterator[tuple[str, str]]:
    """Names of the scopes, and what their pages hold of them: JSON, as saved pages have it."""
    names: dict[str, Any] = {}
    for found in _LIVE.finditer(PAGE.read_text(encoding="utf-8")):
        yield found["name"], _saved(shown_by(found["code"], names))


def shown_by(code: str, names: dict[str, Any]) -> Any:
    """What a notebook would show of a cell: the value of its last line."""
    *lines, last = ast.parse(code).body
    if not isinstance(last, ast.Expr):
        raise TypeError(f"expected code that ends with what it shows, got {ast.unparse(last)}")
    exec(compile(ast.Module(lines, []), "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def _saved(scope: srm.SRMScope) -> str:
    """JSON of a scope, as it stands in the directive that `save_myst` writes."""
    with tempfile.TemporaryDirectory() as folder:
        text = scope.save_myst(Path(folder) / "scope.txt").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("{")]
    return line

"""The Python code of a page of the documentation, run block by block."""

from __future__ import annotations

import linecache
import re
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> dict[str, str]:
    """The code of each section of a page, by its heading; by "" what stands above all of them."""
    top, *sections = re.split(r"^## +", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {each.partition("\n")[0]: _BLOCK.findall(each) for each in sections}
    found = {"": _BLOCK.findall(top), **found}
    return {heading: "\n".join(code) for heading, code in found.items() if code}


def run(code: str, names: dict[str, Any], heading: str) -> None:
    """Run the code of a section with these names; what it defines is among them afterwards."""
    file = f"<{heading}>"
    # As if it were a file: for tracebacks, and for nnsight, which reads the code of a trace.
    linecache.cache[file] = len(code), None, code.splitlines(keepends=True), file
    exec(compile(code, file, "exec"), names)

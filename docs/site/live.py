"""For Sphinx: the directive ``live``, a frozen scope in the page itself."""

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.nodes import Node
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from srm_widget.export.myst import FILES

SCOPES = "_scopes"  # folder of the sources that holds them, one a file, as JSON
SCRIPT = "srm_scope.js"

_SCRIPT, _STYLE = FILES
_LOADED = "srm_live"  # in the data of an environment: pages that have the script already

# A module could not be loaded from a file: browsers forbid it. A script that holds its text can.
_WRAPPED = """globalThis.srmScope = (() => {{
  const url = URL.createObjectURL(new Blob([{text}], {{ type: "text/javascript" }}));
  return import(url).then((module) => module.default);
}})();
"""


class Live(SphinxDirective):
    """``{live} name``: the scope in the file of this name; what stands in it is its caption."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[Node]:
        """Nodes of a figure, and of the script if the page has none yet."""
        (name,) = self.arguments
        path = Path(self.env.srcdir) / SCOPES / f"{name}.json"
        if not path.is_file():
            raise self.error(f"expected a scope of the gallery, got {name!r}")
        self.env.note_dependency(str(path))
        saved = path.read_text(encoding="utf-8")
        first = not self.env.current_document.get(_LOADED)
        self.env.current_document[_LOADED] = True
        static = "../" * self.env.docname.count("/") + "_static"
        script = f'<script defer src="{static}/{SCRIPT}"></script>' if first else ""
        opened = (
            f'{script}<figure class="srm-live">'
            f'<div data-live="{name}" data-style="{static}/{_STYLE}"></div>'
            f'<script type="application/json">{saved}</script><figcaption>'
        )
        caption = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, caption)
        return [
            nodes.raw("", opened, format="html"),
            *caption.children,
            nodes.raw("", "</figcaption></figure>", format="html"),
        ]


def assets() -> dict[str, str]:
    """What pages with such scopes load, by file: the page's script, and its stylesheet."""
    return {SCRIPT: _WRAPPED.format(text=json.dumps(FILES[_SCRIPT])), _STYLE: FILES[_STYLE]}


def setup(app: Sphinx) -> dict[str, bool | int]:
    """Tell Sphinx of the directive, and that other code of this folder makes other pages."""
    app.add_directive("live", Live)
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    version = int(hashlib.sha256(code).hexdigest()[:8], 16)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": version}

"""For Sphinx: signatures of widgets, and types of arrays, as the reference shows them."""

import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import desc_content
from sphinx.application import Sphinx
from sphinx.util import inspect

# A docstring tells the shape and the numbers, with letters that it explains.
_SHAPED = re.compile(r"jaxtyping\.\w+\[(\w+), '[^']*'\]")


def own_signature(
    _app: Sphinx,
    what: str,
    _name: str,
    documented: Any,
    _options: Any,
    signature: str | None,
    returned: str | None,
) -> tuple[str | None, str | None]:
    """Signature of the constructor that a class has itself, where a base class's hides it.

    None of what users do not make: its docstring tells of attributes, and no example makes one.
    """
    if what != "class":
        return signature, returned
    text = documented.__doc__ or ""
    if "Parameters\n" not in text and f"srm.{documented.__name__}(" not in text:
        return "", None
    if signature != "(*args, **kwargs)" or "__init__" not in vars(documented):
        return signature, returned
    own = inspect.signature(documented.__init__, bound_method=True)
    return inspect.stringify_signature(own, show_annotation=False), returned


def plain_arrays(_app: Sphinx, _domain: str, _kind: str, content: desc_content) -> None:
    """Name arrays as their library does, and not as shapes are checked."""
    for text in [*content.findall(nodes.Text)]:
        plain = _SHAPED.sub(r"\1", text)
        if plain != text:
            text.parent.replace(text, nodes.Text(plain))


def whole_first_line(
    _app: Sphinx, what: str, _name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    """Keep Napoleon from taking what precedes a colon in a property's first line for its type."""
    if what in ("attribute", "data", "property"):
        lines[:0] = ["..", ""]


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of them."""
    app.connect("autodoc-process-signature", own_signature)
    app.connect("autodoc-process-docstring", whole_first_line, priority=400)  # before Napoleon
    app.connect("object-description-transform", plain_arrays, priority=600)  # types are in by then
    return {"parallel_read_safe": True, "parallel_write_safe": True}

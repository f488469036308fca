"""HTML page of a scope: one file that holds all it needs, without network and without kernel."""

import base64
import hashlib
import html
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from srm_widget.export.payload import Payload, as_json

_STATIC = files("srm_widget") / "static"

SCRIPT = (_STATIC / "scope.js").read_text(encoding="utf-8")
STYLE = (_STATIC / "scope.css").read_text(encoding="utf-8")

SCOPE_ID = "srm-scope"
"""Id of the element that the scope is shown in."""

SAVED_ID = "srm-saved"
"""Id of the element that holds the traits and the payload."""

_PAGE_STYLE = f"""
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 12px; background: #fff; color: #1d1f21; }}
#{SCOPE_ID} {{ max-width: 1120px; margin: 0 auto; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #15171a; color: #e4e6e8; }} }}
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="srm_widget {version}">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main id="{scope_id}"></main>
<noscript>This page counts and draws by itself, which takes JavaScript.</noscript>
<script type="application/json" id="{saved_id}">{saved}</script>
<script type="module">{script}</script>
</body>
</html>
"""

_IFRAME = (
    '<iframe title="{title}" srcdoc="{page}" sandbox="allow-scripts allow-downloads" '
    'loading="lazy" style="width: 100%; height: {height}px; border: 0"></iframe>'
)


def html_page(
    traits: dict[str, Any], pack: Callable[[int, int], Payload], *, title: str, max_bytes: int
) -> str:
    """Return the HTML page of a scope, at most `max_bytes` long in UTF-8.

    Parameters
    ----------
    traits
        Traits that the page begins with, by name.
    pack
        Function that packs the activations: called with the most bytes that they may take in the
        page, and with the bytes of the page beside them.
    title
        Title of the page.
    max_bytes
        Most bytes of the whole page.

    Raises
    ------
    ValueError
        If not even one sample fits.
    """
    return fitted(lambda payload: _fill(traits, payload, title), pack, max_bytes)


def fitted(
    fill: Callable[[Payload], str], pack: Callable[[int, int], Payload], max_bytes: int
) -> str:
    """Return a text that holds activations, at most `max_bytes` long in UTF-8.

    Parameters
    ----------
    fill
        Function that makes the text of a payload.
    pack, max_bytes
        As for `html_page`.

    Raises
    ------
    ValueError
        If not even one sample fits.
    """
    empty = fill(Payload({"version": ""}, b""))
    payload_bytes = max_bytes - len(empty.encode())
    if payload_bytes < 1:
        raise ValueError(
            f"expected max_bytes of more than {len(empty.encode()):,}, which the page alone takes, "
            f"got {max_bytes:,}"
        )
    while True:
        payload = pack(payload_bytes, max_bytes - payload_bytes)
        page = fill(payload)
        excess = len(page.encode()) - max_bytes
        if excess <= 0:
            return page
        payload_bytes -= excess


def saved_json(traits: dict[str, Any], payload: Payload) -> str:
    """Return what the page's script reads as JSON: the traits to begin with, and the payload."""
    saved = {"traits": {**traits, "_held_frame": payload.frame}, "held": _base64(payload.data)}
    return as_json(saved)


def iframe(page: str, *, title: str, height: int) -> str:
    """Return an HTML page in an ``iframe``, for an output cell.

    Parameters
    ----------
    page
        HTML of the page.
    title
        Accessible name of the frame.
    height
        In pixels.
    """
    return _IFRAME.format(title=html.escape(title), page=html.escape(page), height=height)


def _fill(traits: dict[str, Any], payload: Payload, title: str) -> str:
    """Return the page with these traits and this payload, however long it is."""
    style = STYLE + _PAGE_STYLE
    policy = (
        f"default-src 'none'; script-src '{_digest(SCRIPT)}'; style-src '{_digest(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        scope_id=SCOPE_ID,
        saved_id=SAVED_ID,
        version=payload.frame["version"],
        title=html.escape(title),
        style=style,
        saved=saved_json(traits, payload),
        script=SCRIPT,
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{_base64(digest)}"

"""One file that holds a scope and all it needs: no network, no kernel."""

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

_LOOKS = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 12px; background: #fff; color: #1d1f21; }
#srm-scope { max-width: 1120px; margin: 0 auto; }
@media (prefers-color-scheme: dark) { body { background: #15171a; color: #e4e6e8; } }
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
<main id="srm-scope"></main>
<noscript>This page counts and draws by itself, which takes JavaScript.</noscript>
<script type="application/json" id="srm-saved">{saved}</script>
<script type="module">{script}</script>
</body>
</html>
"""

_FRAME = (
    '<iframe title="{title}" srcdoc="{page}" sandbox="allow-scripts allow-downloads" '
    'loading="lazy" style="width: 100%; height: {height}px; border: 0"></iframe>'
)


def html_page(
    traits: dict[str, Any], hold: Callable[[int, int], Payload], *, title: str, max_bytes: int
) -> str:
    """Page of a scope, at most `max_bytes` long in UTF-8.

    Parameters
    ----------
    traits
        To begin with.
    hold
        What is held of the activations, in at most so many bytes beside so many others.
    title
        Of the page.
    max_bytes
        Of all of it.

    Raises
    ------
    ValueError
        If not even one sample fits.
    """
    empty = _filled(traits, Payload({"version": ""}, b""), title)
    room = max_bytes - len(empty.encode())
    if room < 1:
        raise ValueError(
            f"expected max_bytes of more than {len(empty.encode()):,}, which the page alone takes, "
            f"got {max_bytes:,}"
        )
    while True:
        held = hold(room, max_bytes - room)
        made = _filled(traits, held, title)
        excess = len(made.encode()) - max_bytes
        if excess <= 0:
            return made
        room -= excess


def iframe(made: str, *, title: str, height: int) -> str:
    """A page in a frame of its own, for an output cell."""
    return _FRAME.format(title=html.escape(title), page=html.escape(made), height=height)


def _filled(traits: dict[str, Any], held: Payload, title: str) -> str:
    saved = {"traits": {**traits, "_held_frame": held.frame}, "held": _base64(held.data)}
    style = STYLE + _LOOKS
    policy = (
        f"default-src 'none'; script-src '{_digest(SCRIPT)}'; style-src '{_digest(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        version=held.frame["version"],
        title=html.escape(title),
        style=style,
        saved=as_json(saved),
        script=SCRIPT,
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{_base64(digest)}"

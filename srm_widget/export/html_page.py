"""HTML page of a scope: one file that holds all it needs, without network and without kernel."""

import base64
import hashlib
import html
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from srm_widget.export.display import Picture
from srm_widget.export.payload import Payload, as_json

_STATIC = files("srm_widget") / "static"

SCRIPT = (_STATIC / "scope.js").read_text(encoding="utf-8")
STYLE = (_STATIC / "scope.css").read_text(encoding="utf-8")

SCOPE_ID = "srm-scope"
"""Id of the element that the scope is shown in."""

BLANK_ID = "srm-blank"
"""Id of the element that holds what a page without samples begins with."""

SAVED_ID = "srm-saved"
"""Id of the element that holds the traits and the payload."""

_PAGE_STYLE = f"""
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 12px; background: #fff; color: #1d1f21; }}
#{SCOPE_ID} {{ max-width: 1120px; margin: 0 auto; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #15171a; color: #e4e6e8; }} }}
"""

HEAD = """<!doctype html>
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
"""
"""Beginning of every page, up to its body."""

_PAGE = (
    HEAD
    + """<body>
<main id="{scope_id}"></main>
<noscript>This page counts and draws by itself, which takes JavaScript.</noscript>
<script type="application/json" id="{data_id}">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""
)

_LIGHT_HOSTS = (
    '[data-jp-theme-light="true"]',  # JupyterLab, Notebook, and what nbconvert makes like them
    ".vscode-light",
    '[data-theme="light"]',  # themes of Sphinx and Jupyter Book 1
    "html.light",  # MyST and Jupyter Book 2
    ".quarto-light",
)
_DARK_HOSTS = (
    '[data-jp-theme-light="false"]',
    ".vscode-dark",
    ".vscode-high-contrast:not(.vscode-high-contrast-light)",
    '[data-theme="dark"]',
    "html.dark",
    ".quarto-dark",
    'html[theme="dark"]',  # Colab
)
# `prefers-color-scheme` in a frame is the `color-scheme` of the frame, also when that changes.
# Other hosts set it themselves, which the frame inherits; where nobody does, it is the system's.
# Of the picture a box is hidden, not the picture: many hosts say how all pictures are displayed.
_FRAME_STYLE = ".srm-frame + .srm-still { display: none !important; } " + " ".join(
    f":is({', '.join(hosts)}) .srm-frame {{ color-scheme: {scheme}; }}"
    for scheme, hosts in (("light", _LIGHT_HOSTS), ("dark", _DARK_HOSTS))
)
_IFRAME = (
    "<style>{style}</style>"
    '<iframe class="srm-frame" title="{title}" srcdoc="{page}" '
    'sandbox="allow-scripts allow-downloads" '
    'loading="lazy" style="width: 100%; height: {height}px; border: 0"></iframe>'
)
# A notebook that is not trusted is shown without frames and styles, and without `hidden`.
_STILL = (
    '<div class="srm-still" hidden><img alt="{alt}" width="{width}" height="{height}" '
    'src="data:image/png;base64,{png}"></div>'
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


def blank_page(traits: dict[str, Any], *, title: str, version: str) -> str:
    """Return the HTML page that holds no samples and takes them from a file dropped on it.

    Parameters
    ----------
    traits
        Traits that its scopes begin with, by name.
    title
        Title of the page.
    version
        Version of srm_widget that made the page.
    """
    # Read when it is needed: a scope needs neither.
    script, style = ((_STATIC / name).read_text("utf-8") for name in ("blank.js", "blank.css"))
    return _fill_page(
        script,
        STYLE + style,
        (BLANK_ID, as_json({"traits": traits, "version": version})),
        title=title,
        version=version,
    )


def saved_json(traits: dict[str, Any], payload: Payload) -> str:
    """Return what the page's script reads as JSON: the traits to begin with, and the payload."""
    saved = {"traits": {**traits, "_held_frame": payload.frame}, "held": _base64(payload.data)}
    return as_json(saved)


def iframe(page: str, *, title: str, height: int, picture: Picture | None) -> str:
    """Return an HTML page in an ``iframe``, for an output cell, light or dark as its host is.

    Parameters
    ----------
    page
        HTML of the page.
    title
        Accessible name of the frame.
    height
        In pixels.
    picture
        What is shown where a host takes frames out of outputs; None for nothing.
    """
    shown = _IFRAME.format(
        style=_FRAME_STYLE, title=html.escape(title), page=html.escape(page), height=height
    )
    if picture is not None:
        alt = html.escape(picture.text)
        shown += _STILL.format(alt=alt, png=picture.base64, **picture.size)
    # IPython keeps the outputs of all cells: one θ, and each letter of a string takes two bytes.
    return shown.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _fill(traits: dict[str, Any], payload: Payload, title: str) -> str:
    """Return the page with these traits and this payload, however long it is."""
    return _fill_page(
        SCRIPT,
        STYLE,
        (SAVED_ID, saved_json(traits, payload)),
        title=title,
        version=payload.frame["version"],
    )


def _fill_page(script: str, style: str, data: tuple[str, str], *, title: str, version: str) -> str:
    """Return a page with a script, a style, and JSON for the script under an id."""
    style += _PAGE_STYLE
    policy = (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        scope_id=SCOPE_ID,
        data_id=data[0],
        version=version,
        title=html.escape(title),
        style=style,
        data=data[1],
        script=script,
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def digest(text: str) -> str:
    """Return the digest of an inline script or style, as a content security policy names it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{_base64(digest)}"

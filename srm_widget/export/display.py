"""How an output cell shows a scope: live, with a picture for readers that show no widgets."""

import logging
import os
from collections.abc import Callable
from typing import Any

_SVG = "image/svg+xml"
_DISPLAYS = "live", "embed"

MimeBundle = tuple[dict[str, Any], dict[str, Any]]
"""Representations by their MIME type, and their metadata."""


def with_picture(bundle: MimeBundle, picture: Callable[[], str], log: logging.Logger) -> MimeBundle:
    """Return the bundle with an SVG beside the widget; without one if it cannot be drawn."""
    data, metadata = bundle
    try:
        return {**data, _SVG: picture()}, metadata
    except Exception:
        log.warning("The scope is shown without a picture of it", exc_info=True)
        return bundle


def as_page(bundle: MimeBundle, html: str) -> MimeBundle:
    """Return the bundle with a page in place of the live widget."""
    data, metadata = bundle
    kept = {kind: data[kind] for kind in ("text/plain", _SVG) if kind in data}
    return {**kept, "text/html": html}, metadata


def embeds(log: logging.Logger) -> bool:
    """Return whether ``SRM_WIDGET_DISPLAY`` asks for pages in place of widgets."""
    display = os.environ.get("SRM_WIDGET_DISPLAY", "live")
    if display not in _DISPLAYS:
        log.warning(
            "Expected SRM_WIDGET_DISPLAY as one of %s, got %r", " or ".join(_DISPLAYS), display
        )
    return display == "embed"

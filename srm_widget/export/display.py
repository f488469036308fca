"""What an output cell is given: something live, and a picture for readers that show only such."""

import base64
import logging
import os
from collections.abc import Callable
from typing import Any, NamedTuple

_PNG = "image/png"
"""Every reader of notebooks shows it; LaTeX would have to convert an SVG, with another program."""

_DISPLAYS = "live", "embed"

MimeBundle = tuple[dict[str, Any], dict[str, Any]]
"""Representations by their MIME type, and their metadata."""


class Picture(NamedTuple):
    """Picture of a scope.

    Attributes
    ----------
    png
        The file.
    size
        Width and height that it is shown at, in CSS pixels.
    text
        What is seen in it, in words.
    """

    png: bytes
    size: dict[str, int]
    text: str

    @property
    def base64(self) -> str:
        """The file, as notebooks hold it."""
        return base64.b64encode(self.png).decode("ascii")


def drawn(draw: Callable[[], Picture], log: logging.Logger) -> Picture | None:
    """Return the picture; None, and a line in the log, if it cannot be drawn."""
    try:
        return draw()
    except Exception:
        log.warning("The scope is shown without a picture of it", exc_info=True)
        return None


def with_picture(bundle: MimeBundle, picture: Picture | None) -> MimeBundle:
    """Return the bundle with a picture, in words too."""
    data, metadata = bundle
    if picture is None:
        return bundle
    described: dict[str, Any] = {**picture.size, "alt": picture.text}
    return (
        {**data, _PNG: picture.base64, "text/plain": picture.text},
        {**metadata, _PNG: described},
    )


def in_place_of(live: dict[str, Any], bundle: MimeBundle) -> MimeBundle:
    """Return the bundle of another live widget, which the picture of `bundle` stands in for."""
    data, metadata = bundle
    return {**live, **{kind: data[kind] for kind in ("text/plain", _PNG) if kind in data}}, metadata


def embeds(log: logging.Logger) -> bool:
    """Return whether ``SRM_WIDGET_DISPLAY`` asks for pages in place of widgets."""
    display = os.environ.get("SRM_WIDGET_DISPLAY", "live")
    if display not in _DISPLAYS:
        log.warning(
            "Expected SRM_WIDGET_DISPLAY as one of %s, got %r", " or ".join(_DISPLAYS), display
        )
    return display == "embed"

"""Page of a scope that works without a kernel: as HTML, in a file, or in an output cell."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol, SupportsIndex, runtime_checkable

from srm_widget.export.display import MimeBundle, Picture, with_picture
from srm_widget.export.html_page import html_page, iframe
from srm_widget.export.payload import Payload, PayloadContent, pack_payload, rows_of_any
from srm_widget.export.snapshot import ScopeSnapshot
from srm_widget.utils.memory import bytes_text
from srm_widget.utils.text import brief, printable
from srm_widget.utils.users_line import warn
from srm_widget.utils.validation import integer
from srm_widget.view.legend import Legend

DEFAULT_BYTES = 5_000_000
"""Most bytes of a page, unless told otherwise."""

_PART_HEIGHTS = {"scope": 890, "map": 220, "classes": 45, "strip": 160, "table": 370, "steps": 240}
"""Pixels that the parts of a page are high, on 700 to 1,200 pixels of width."""


class EmbeddedPage:
    """HTML page of a scope that an output cell shows, with or without a kernel.

    Readers that show no HTML, LaTeX among them, are given a picture.

    Parameters
    ----------
    html
        HTML of an ``iframe`` that holds the page.
    picture
        That picture; None if there is none.

    Examples
    --------
    >>> import srm_widget as srm
    >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
    >>> "<iframe" in scope.embed()._repr_html_()
    True
    """

    def __init__(self, html: str, picture: Picture | None) -> None:
        self._html = html
        self._picture = picture

    def _repr_html_(self) -> str:
        return self._html

    def _repr_mimebundle_(self, **_options: Any) -> MimeBundle:
        return with_picture(
            ({"text/plain": repr(self), "text/html": self._html}, {}), self._picture
        )

    def __repr__(self) -> str:
        return f"EmbeddedPage({len(self._html):,} bytes)"


@runtime_checkable
class PageForm(Protocol):
    """Function that makes the text of a page, as `html_page` does."""

    def __call__(
        self,
        traits: dict[str, Any],
        pack: Callable[[int, int], Payload],
        *,
        title: str,
        max_bytes: int,
    ) -> str:
        """Return it, at most `max_bytes` long."""


class SavedPage(NamedTuple):
    """Page of a scope.

    Attributes
    ----------
    text
        The page, in HTML or another form.
    n_kept, n_rows
        How many of how many rows of activations it holds.
    """

    text: str
    n_kept: int
    n_rows: int

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.text.encode())


def warn_of_missing(n_kept: int, n_rows: int, n_bytes: int, call: str) -> None:
    """Warn the user's code if not all rows were kept.

    Parameters
    ----------
    n_kept, n_rows
        How many of how many were.
    n_bytes
        What they take.
    call
        Method of the scope that keeps more if it may take more.
    """
    if n_kept < n_rows:
        warn(
            f"the page keeps {n_kept:,} of {n_rows:,} samples, drawn at random, in "
            f"{bytes_text(n_bytes)}; {call}(max_bytes=…) of some "
            f"{bytes_text(int(1.05 * n_bytes * n_rows / n_kept))} keeps all"
        )


def n_rows_of(snapshot: ScopeSnapshot) -> int:
    """Return how many rows of activations a page could keep."""
    timeline = snapshot.timeline
    return len(rows_of_any([timeline.step(k).engine for k in range(len(timeline))]))


def page_of(
    snapshot: ScopeSnapshot,
    max_bytes: SupportsIndex,
    seed: SupportsIndex,
    form: PageForm = html_page,
) -> SavedPage:
    """Return the page of a scope, at most `max_bytes` long.

    Parameters
    ----------
    snapshot
        The scope.
    max_bytes
        Most bytes of the page.
    seed
        Seed of the draw of samples, where not all fit.
    form
        Function that makes the page.

    Raises
    ------
    TypeError, ValueError
        If the scope is on counts, which keep no samples, or not even one sample fits.
    """
    most, pack = integer("max_bytes", max_bytes, least=1), packer_of(snapshot, seed)
    packed: list[Payload] = []

    def noted(max_payload: int, page_bytes: int) -> Payload:
        packed[:] = [pack(max_payload, page_bytes)]
        return packed[0]

    text = form(dict(snapshot.saved), noted, title=page_title(snapshot), max_bytes=most)
    return SavedPage(text, packed[0].frame["n_rows"], n_rows_of(snapshot))


def framed(
    page: str, snapshot: ScopeSnapshot, height: SupportsIndex | None, picture: Picture | None
) -> EmbeddedPage:
    """Return a page in a frame for an output cell.

    Parameters
    ----------
    page
        HTML of the page.
    snapshot
        Scope that it is of.
    height
        In pixels, at least 100; None for what the page takes.
    picture
        What readers show that show no frames; None for nothing.
    """
    pixels = page_height(snapshot) if height is None else integer("height", height, least=100)
    html = iframe(page, title=page_title(snapshot), height=pixels, picture=picture)
    return EmbeddedPage(html, picture)


def page_title(snapshot: ScopeSnapshot) -> str:
    """Return the title of the page."""
    title = snapshot.traits["title"]
    return printable(title, len(title)) or "Spotlight resonance"


def page_height(snapshot: ScopeSnapshot) -> int:
    """Return the height of the page in pixels, of the parts that are shown."""
    shown = {
        "scope": True,
        "map": snapshot.traits["navigator"],
        "classes": snapshot.legend is not None,
        "strip": snapshot.samples is not None,
        "table": snapshot.traits["table"],
        "steps": len(snapshot.timeline) > 1,
    }
    return sum(_PART_HEIGHTS[part] for part, is_shown in shown.items() if is_shown)


def packer_of(snapshot: ScopeSnapshot, seed: SupportsIndex) -> Callable[[int, int], Payload]:
    """Return a function that packs a scope's samples, as `html_page` takes it.

    Raises
    ------
    TypeError, ValueError
        If `seed` is no integer ≥ 0, or the scope is on counts, which keep no samples.
    """
    draw_seed = integer("seed", seed, least=0)
    timeline = snapshot.timeline
    engines = [timeline.step(k).engine for k in range(len(timeline))]
    if not all(engine.has_samples for engine in engines):
        raise ValueError("expected a scope on activations, got counts, which keep no samples")
    legend, n_rows = snapshot.legend, max(engine.n_rows for engine in engines)
    if legend is not None and len(legend.labels) < n_rows:
        legend = Legend(legend.labels.grown(n_rows))
    content = PayloadContent(
        engines, timeline.labels, list(snapshot.names), legend, snapshot.samples
    )
    return lambda most, page_bytes: pack_payload(content, most, draw_seed, page_bytes)


def checked_target(path: str | os.PathLike[str]) -> Path:
    """Return the path of a file to write; what takes long before that asks first.

    Raises
    ------
    IsADirectoryError, FileNotFoundError, NotADirectoryError
        If it is a folder's, or there is no folder that it could go into.
    TypeError
        If it is no path.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"expected the path of a file to write, got {brief(path)}")
    target = Path(path)
    if target.is_dir():
        raise IsADirectoryError(f"expected the path of a file to write, got a folder's, {target}")
    folder = target.resolve().parent
    if not folder.is_dir():
        kind = NotADirectoryError if folder.exists() else FileNotFoundError
        raise kind(f"expected a path in a folder that is there, got {target}")
    return target


def write_page(path: str | os.PathLike[str], page: str) -> Path:
    """Write a page in one step: if that fails, a file that is there stays as it was."""
    target = checked_target(path)
    file = target.resolve()
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        part.write_bytes(page.encode())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return target

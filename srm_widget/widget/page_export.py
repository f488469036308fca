"""The scope without a kernel: saved as an HTML page, in an output cell, in a notebook's state."""

import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, SupportsIndex

import traitlets

from srm_widget.concurrency.threads import widget_lock
from srm_widget.engine.counts_source import CountsSource
from srm_widget.export.html_page import html_page, iframe
from srm_widget.export.payload import Payload, PayloadContent, pack_payload
from srm_widget.utils.text import printable
from srm_widget.utils.validation import integer
from srm_widget.view.legend import Legend
from srm_widget.widget.figure_export import FigureExport

_SAVED_TRAITS = frozenset(
    {"step", "compare", "pair", "order", "position", "epsilon", "resolution", "theta", "title"}
    | {"signed", "scale", "navigator", "cloud", "by_class", "hidden_classes", "highlight"}
    | {"table", "table_by", "table_descending", "_names", "_steps"}
)
"""Traits that a saved page begins with."""

_DEFAULT_BYTES = 5_000_000
_PART_HEIGHTS = {"scope": 780, "map": 220, "classes": 30, "strip": 160, "table": 300, "steps": 240}
"""Pixels that the parts of a page are high, on 700 to 1,200 pixels of width."""

_DISPLAYS = "live", "embed"


class EmbeddedPage:
    """HTML page of a scope that an output cell shows, with or without a kernel.

    Parameters
    ----------
    html
        HTML of an ``iframe`` that holds the page.
    """

    def __init__(self, html: str) -> None:
        self._html = html

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return f"EmbeddedPage({len(self._html):,} bytes)"


class PageExport(FigureExport):
    """Scope with `save_html`, `embed` and `freeze`, which make it work without a kernel."""

    _held_frame = traitlets.Dict().tag(sync=True)
    _held = traitlets.Bytes().tag(sync=True)

    def save_html(
        self,
        path: str | os.PathLike[str],
        *,
        max_bytes: SupportsIndex = _DEFAULT_BYTES,
        seed: SupportsIndex = 0,
    ) -> Path:
        """Save the scope as an HTML page that works without a kernel, as it is on show.

        One file: it opens without a kernel and without a network, and counts by itself, for every
        plane, ε, θ and resolution, the same whole numbers as the engine. It says what it holds.

        Parameters
        ----------
        path
            Path of the file. A file that is there already is replaced.
        max_bytes
            Most bytes of the file. If all samples do not fit the page holds a uniform random
            subsample, and says so.
        seed
            Seed of that draw.

        Returns
        -------
        path
            Path of the file.

        Raises
        ------
        TypeError, ValueError
            If the scope is on counts, which keep no samples, or not even one sample fits.
        """
        page = self._page(max_bytes, seed)
        target = Path(path)
        _write_file(target, page.encode())
        return target

    def embed(
        self,
        *,
        height: SupportsIndex | None = None,
        max_bytes: SupportsIndex = _DEFAULT_BYTES,
        seed: SupportsIndex = 0,
    ) -> EmbeddedPage:
        """Return the page of `save_html` for an output cell: the last line of a cell shows it.

        A notebook that is exported, or opened where no kernel runs, keeps it.

        Parameters
        ----------
        height
            In pixels, ≥ 100; None is what the scope takes on a page that is 700 pixels wide or
            more. The width is the cell's.
        max_bytes, seed
            As for `save_html`.
        """
        pixels = self._page_height() if height is None else integer("height", height, least=100)
        page = self._page(max_bytes, seed)
        return EmbeddedPage(iframe(page, title=self._page_title(), height=pixels))

    def freeze(self, *, max_bytes: SupportsIndex = _DEFAULT_BYTES, seed: SupportsIndex = 0) -> None:
        """Store the activations in the widget's state, which notebooks save.

        Opened again without a kernel the scope then counts by itself, as a page of `save_html`
        does. Freeze it again to store samples that came since.

        Parameters
        ----------
        max_bytes, seed
            As for `save_html`, of what the state gains.
        """
        most = integer("max_bytes", max_bytes, least=1)
        with widget_lock:
            packer = self._packer(seed)
        payload = packer(most, 0)
        with self.hold_sync():
            self._held_frame, self._held = payload.frame, payload.data

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the live scope, or its page where ``SRM_WIDGET_DISPLAY=embed``."""
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None or not embeds(self.log) or isinstance(self._engine, CountsSource):
            return bundle
        data, metadata = bundle
        kept: dict[str, Any] = {
            kind: data[kind] for kind in ("text/plain", "image/svg+xml") if kind in data
        }
        return {**kept, "text/html": self.embed()._repr_html_()}, metadata

    def _page(self, max_bytes: SupportsIndex, seed: SupportsIndex) -> str:
        most = integer("max_bytes", max_bytes, least=1)
        with widget_lock:  # traits and samples belong together
            traits = {name: getattr(self, name) for name in sorted(_SAVED_TRAITS)}
            packer, title = self._packer(seed), self._page_title()
        return html_page(traits, packer, title=title, max_bytes=most)

    def _page_height(self) -> int:
        """Return the height of the page in pixels, of the parts that are shown."""
        shown = {
            "scope": True,
            "map": self.navigator,
            "classes": self.labels is not None,
            "strip": self.samples is not None,
            "table": self.table,
            "steps": len(self._timeline) > 1,
        }
        return sum(_PART_HEIGHTS[part] for part, is_shown in shown.items() if is_shown)

    def _page_title(self) -> str:
        return printable(self.title, len(self.title)) or "Spotlight resonance"

    def _packer(self, seed: SupportsIndex) -> Callable[[int, int], Payload]:
        """Return a function that packs the samples of now, as `html_page` takes it, or raise."""
        draw_seed = integer("seed", seed, least=0)
        engines = [step.engine for step in map(self._timeline.step, range(len(self._timeline)))]
        samples = [engine for engine in engines if not isinstance(engine, CountsSource)]
        if len(samples) < len(engines):
            raise ValueError("expected a scope on activations, got counts, which keep no samples")
        legend, n_rows = self.legend, max(engine.n_rows for engine in samples)
        if legend is not None and len(legend.labels) < n_rows:
            legend = Legend(legend.labels.grown(n_rows))
        content = PayloadContent(
            samples, self._timeline.labels, self._direction_names, legend, self.samples
        )
        return lambda most, page_bytes: pack_payload(content, most, draw_seed, page_bytes)


def embeds(log: logging.Logger) -> bool:
    """Return whether ``SRM_WIDGET_DISPLAY`` asks for pages in place of widgets."""
    display = os.environ.get("SRM_WIDGET_DISPLAY", "live")
    if display not in _DISPLAYS:
        log.warning(
            "Expected SRM_WIDGET_DISPLAY as one of %s, got %r", " or ".join(_DISPLAYS), display
        )
    return display == "embed"


def _write_file(target: Path, data: bytes) -> None:
    """Write a file in one step: if that fails, a file that is there stays as it was."""
    file = target.resolve()
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        part.write_bytes(data)
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise

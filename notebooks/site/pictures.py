"""``python -m notebooks.site.pictures``: what a notebook shows to those who only look at its file.

A notebook is committed with still pictures of its scopes and figures, with tables and with what it
printed, but with nothing live. They are of a kept execution.
"""

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image

from notebooks.site.execution import KEPT, all_executed

MOST_BYTES = 40_000
"""Of a picture."""

_KEY = "srm_pictures_of"
_COLOURS = 256, 128, 64
_SMALLER = 0.85
_LIVE = re.compile(r"<(?:iframe|script)", re.IGNORECASE)
_LOOKS = re.compile(r'<style[\s\S]*?</style>\s*| (?:id|class|style|border)="[^"]*"')
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_WIDGET = "application/vnd.jupyter.widget-view+json"


def digest(notebook: NotebookNode) -> str:
    """What tells whether the code of a notebook has changed since its pictures were taken."""
    code = [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()[:16]


def are_of(notebook: NotebookNode) -> str | None:
    """The `digest` of the code that the pictures in a notebook are of."""
    found: str | None = notebook.metadata.get(_KEY)
    return found


def pictured(notebook: NotebookNode, run: NotebookNode) -> NotebookNode:
    """A notebook with still outputs.

    Parameters
    ----------
    notebook
        As it is written; it stays as it is.
    run
        What became of it when it was executed. Cells are found by their ids.
    """
    outputs = {cell.id: cell.get("outputs", []) for cell in run.cells}
    cells = [
        NotebookNode({**cell, "execution_count": None, "outputs": [*stills(outputs[cell.id])]})
        if cell.cell_type == "code"
        else cell
        for cell in notebook.cells
    ]
    metadata = NotebookNode({**notebook.metadata, _KEY: digest(notebook)})
    return NotebookNode({**notebook, "cells": cells, "metadata": metadata})


def stills(outputs: list[NotebookNode]) -> Iterator[NotebookNode]:
    """Outputs without what is live, large, or another time another.

    Parameters
    ----------
    outputs
        Of one cell. What they are reduced to stays as it is if it is given again.
    """
    printed = None
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stdout":
                text = output.text if printed is None else printed.text + output.text
                printed = nbformat.v4.new_output("stream", name="stdout", text=text)
            continue
        data, metadata = _still(output.get("data", {}), output.get("metadata", {}))
        if data:
            if printed is not None:
                yield printed
                printed = None
            yield nbformat.v4.new_output("display_data", data=data, metadata=metadata)
    if printed is not None:
        yield printed


def _still(data: NotebookNode, metadata: NotebookNode) -> tuple[dict[str, str], dict[str, object]]:
    """What is kept of an output: a picture, a table or a text, and words beside either."""
    text = data.get("text/plain", "")
    is_of_code = _ADDRESS.search(text) or (_WIDGET in data and "image/png" not in data)
    words = {"text/plain": text} if text and not is_of_code else {}
    if "image/png" in data:
        small = _small(base64.b64decode(data["image/png"]))
        kept = {"image/png": base64.b64encode(small).decode(), **words}
        return kept, {"image/png": metadata["image/png"]} if "image/png" in metadata else {}
    page = data.get("text/html", "")
    if "<table" in page and not _LIVE.search(page):
        return {"text/html": _LOOKS.sub("", page), **words}, {}
    return words, {}


def _small(png: bytes) -> bytes:
    """The same picture in fewer colours and, if need be, pixels; as it is if it is small."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    colours = iter(_COLOURS)
    while len(png) > MOST_BYTES:
        many = next(colours, None)
        if many is None:
            width, height = (round(_SMALLER * pixels) for pixels in picture.size)
            picture, many = picture.resize((width, height), Image.Resampling.LANCZOS), _COLOURS[-1]
        file = io.BytesIO()
        reduced = picture.quantize(
            many, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        reduced.save(file, format="png", optimize=True)
        png = file.getvalue()
    return png


def main() -> None:
    """Execute what has changed, and write the pictures into the notebooks."""
    paths = sorted(Path(__file__).parents[1].glob("*.ipynb"))
    for path, run in all_executed(paths, KEPT).items():
        nbformat.write(pictured(nbformat.read(path, as_version=4), run), path)
        print(f"{path.stat().st_size / 1000:8,.0f} KB  {path.name}", flush=True)


if __name__ == "__main__":
    main()

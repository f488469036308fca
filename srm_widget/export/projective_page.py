"""HTML page of densities of all planes: rows of models, columns of steps; no script, no network."""

import base64
import html
import io
from importlib.metadata import version

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from srm_widget.export.html_page import HEAD, digest
from srm_widget.figures.density_colours import DARK, LIGHT, Theme
from srm_widget.figures.projective_figure import scale_labels
from srm_widget.results.density import Density
from srm_widget.results.projective_grid import LEVELS, ProjectiveGrid

_STYLE = """
:root {
  color-scheme: light dark; --ground: #fff; --ink: #1c2126; --quiet: #5f6469; --rim: #bbbcbe;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #15171a; --ink: #e4e6e8; --quiet: #a3a8ad; --rim: #4a4f54; }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 16px; max-width: 1280px; background: var(--ground); color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif;
}
h1 { margin: 0 0 4px; font-size: 20px; line-height: 1.3; overflow-wrap: anywhere; }
p { margin: 0 0 12px; max-width: 75ch; color: var(--quiet); text-wrap: pretty; }
.grid { overflow-x: auto; }
.grid:focus-visible, summary:focus-visible { outline: 2px solid #0072b2; outline-offset: 2px; }
.grid table { border-spacing: 8px; margin: 0 -8px; }
.grid th { font-weight: 600; }
.grid thead th { vertical-align: bottom; }
.grid th span { display: block; width: clamp(128px, 13.5vw, 220px); overflow-wrap: anywhere; }
.grid tbody th { position: sticky; left: 0; z-index: 1; padding: 0; background: var(--ground); }
.grid tbody th span { width: clamp(72px, 9vw, 128px); text-align: left; }
figure { margin: 0; text-align: center; }
.panel {
  position: relative; width: clamp(128px, 13.5vw, 220px); aspect-ratio: 1;
  border: 1px solid var(--rim);
}
.panel img { display: block; width: 100%; height: 100%; image-rendering: pixelated; }
.panel::before, .panel::after {
  content: ""; position: absolute; background: var(--rim); opacity: 0.5; pointer-events: none;
}
.panel::before { left: calc(50% - 0.5px); top: 0; width: 1px; height: 100%; }
.panel::after { top: calc(50% - 0.5px); left: 0; width: 100%; height: 1px; }
figcaption { font-size: 12px; color: var(--quiet); font-variant-numeric: tabular-nums; }
figcaption b { display: block; font-size: 14px; color: var(--ink); overflow-wrap: anywhere; }
.scale { display: flex; align-items: center; gap: 8px; margin: 8px 0 12px; max-width: 420px; }
.scale div { flex: 1; min-width: 0; }
.scale img { display: block; width: 100%; height: 12px; }
.scale span { display: flex; justify-content: space-between; gap: 8px; font-size: 12px; }
summary { padding: 8px 0; min-height: 44px; cursor: pointer; }
details > div { overflow-x: auto; }
details table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
details th, details td { padding: 4px 12px 4px 0; text-align: right; white-space: nowrap; }
details th:nth-child(-n + 2), details td:nth-child(-n + 2) { text-align: left; }
details tbody tr { border-top: 1px solid var(--rim); }
"""

_PAGE = (
    HEAD
    + """<body>
<main>
<h1>{title}</h1>
<p>{facts}</p>
{scale}
<div class="grid" role="region" aria-label="Densities, models by steps" tabindex="0">
<table>
{head}<tbody>
{rows}
</tbody>
</table>
</div>
<details>
<summary>The same in numbers</summary>
<div role="region" aria-label="The same in numbers" tabindex="0">
<table>
<thead><tr><th scope="col">model</th><th scope="col">step</th><th scope="col">planes</th>
<th scope="col">samples</th><th scope="col">hits</th><th scope="col">outside</th>
<th scope="col">fullest bin at</th><th scope="col">its share</th></tr></thead>
<tbody>
{numbers}
</tbody>
</table>
</div>
</details>
</main>
</body>
</html>
"""
)


def projective_page(grid: ProjectiveGrid, title: str) -> str:
    """Return a page of a grid of densities: one file, pictures within it, light and dark.

    Parameters
    ----------
    grid
        What is shown.
    title
        Of the page.
    """
    cells = [[_figure(grid, row, column) for column in _columns(grid)] for row in _rows(grid)]
    rows = [
        f'<tr><th scope="row"><span>{_text(name)}</span></th>'
        f"{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
        for name, row in zip(grid.models, cells, strict=True)
    ]
    labels, head = grid.column_labels, ""
    if labels is not None:
        named = "".join(f'<th scope="col"><span>{_text(label)}</span></th>' for label in labels)
        head = f"<thead><tr><td></td>{named}</tr></thead>\n"
    policy = (
        f"default-src 'none'; style-src '{digest(_STYLE)}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        version=version("srm_widget"),
        title=_text(title),
        style=_STYLE,
        facts=_text(grid.facts()),
        scale=_scale(grid),
        head=head,
        rows="\n".join(rows),
        numbers="\n".join(
            _numbers(grid, row, column) for row in _rows(grid) for column in _columns(grid)
        ),
    )


def _rows(grid: ProjectiveGrid) -> range:
    return range(len(grid.models))


def _columns(grid: ProjectiveGrid) -> range:
    return range(len(grid.steps[0]))


def _figure(grid: ProjectiveGrid, row: int, column: int) -> str:
    """Return a panel and what it rests on; its step too where columns have no common label."""
    label = "" if grid.column_labels else f"<b>{_text(grid.steps[row][column])}</b>"
    picture = _picture(grid, grid.picture(row, column), _alt(grid, row, column))
    return (
        f'<figure><div class="panel">{picture}</div>'
        f"<figcaption>{label}{_text(grid.weight(row, column))}</figcaption>"
        "</figure>"
    )


def _alt(grid: ProjectiveGrid, row: int, column: int) -> str:
    density = grid.densities[row][column]
    where = f"{grid.models[row]}, {grid.steps[row][column]}: {grid.weight(row, column)}"
    fullest = _fullest(density)
    if fullest is None:
        return f"{where}."
    (a, c), share = fullest
    return f"{where}; the fullest bin is at ({a:.2g}, {c:.2g}) and holds {share:.2g} %."


def _fullest(density: Density) -> tuple[tuple[float, float], float] | None:
    """Return the middle of the fullest bin and its share of the hits in per cent."""
    if not density.counts.any():
        return None
    k, m = np.unravel_index(int(density.counts.argmax()), density.counts.shape)
    middles = (density.edges[:-1] + density.edges[1:]) / 2
    share = 100 * int(density.counts.max()) / density.n_hits
    return (float(middles[k]), float(middles[m])), share


def _numbers(grid: ProjectiveGrid, row: int, column: int) -> str:
    density, fullest = grid.densities[row][column], _fullest(grid.densities[row][column])
    (a, c), share = ((np.nan, np.nan), 0.0) if fullest is None else fullest
    place = "–" if fullest is None else f"({a:.2g}, {c:.2g})"
    counts = density.n_planes, density.n_samples, density.n_hits, density.n_outside
    cells = [
        grid.models[row],
        grid.steps[row][column],
        *(f"{count:,}" for count in counts),
        place,
        f"{share:.2g} %",
    ]
    return f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in cells)}</tr>"


def _scale(grid: ProjectiveGrid) -> str:
    """Return the colours from the low end of the scale to its high end, with what they are."""
    low, middle, high = map(_text, scale_labels(grid))
    codes = np.arange(2, 2 + LEVELS, dtype=np.uint8)[None, :]
    picture = _picture(grid, codes, f"Colours from {low} to {high}")
    return (
        f'<div class="scale"><div>{picture}<span><span>{low}</span><span>{middle}</span>'
        f"<span>{high}</span></span></div></div>"
    )


def _picture(grid: ProjectiveGrid, codes: UInt8[np.ndarray, "rows columns"], alt: str) -> str:
    dark, light = (_png(grid, codes, theme) for theme in (DARK, LIGHT))
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" alt="{_text(alt)}"></picture>'
    )


def _png(grid: ProjectiveGrid, codes: UInt8[np.ndarray, "rows columns"], theme: Theme) -> str:
    image = Image.fromarray(np.ascontiguousarray(codes), mode="P")
    image.putpalette(theme.table(by_ratio=grid.by_ratio).tobytes())
    data = io.BytesIO()
    image.save(data, format="png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode('ascii')}"


def _text(text: str) -> str:
    return html.escape(text)

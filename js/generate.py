"""Write what page and kernel share, numbers and lists of words: ``src/protocol/limits.ts``.

Each constant is defined in the Python module whose business it is, and listed here. ``make build``
writes the page's file anew; ``make check-page`` fails if it is not what these constants give. With
an argument, the text is written to that file instead.
"""

import ast
import inspect
import json
import math
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from srm_widget.concurrency import background
from srm_widget.engine import timeline_step
from srm_widget.export import figure, html_page, payload
from srm_widget.figures import plot_data, polar_axes
from srm_widget.geometry import angular_grid, arcs, basis, pair_geometry
from srm_widget.results import curves, survey
from srm_widget.samples import coordinates
from srm_widget.view import (
    direction_table,
    legend,
    plane_map,
    sample_previews,
    samples_in_plane,
)
from srm_widget.widget import model, prefetcher, survey_task, validators

FILE = Path(__file__).parent / "src" / "protocol" / "limits.ts"

SHARED: Sequence[tuple[ModuleType, Sequence[str]]] = (
    (angular_grid, ["DEFAULT_RESOLUTION", "SAME_ANGLE"]),
    (arcs, ["NEARLY_FULL", "CLOSING_MARGIN"]),
    (basis, ["MIN_SQUARED_SINE"]),
    (pair_geometry, ["NEAR_COSINE"]),
    (coordinates, ["WELL_CONDITIONED"]),
    (curves, ["QUANTILE", "CURVE_COLUMNS"]),
    (survey, ["MEASURES"]),
    (background, ["STATES"]),
    (plot_data, ["MIN_VISIBLE_RADIUS", "EMPTY_NAME"]),
    (polar_axes, ["MOST_ISOTROPIC", "ROUND_NUMBERS"]),
    (timeline_step, ["PROBES"]),
    (samples_in_plane, ["CLOUD_KINDS", "MOST_POINTS", "BINS", "DENSITY_CODES", "MOST_POWERS"]),
    (sample_previews, ["MOST_PREVIEWS"]),
    (legend, ["MOST_GROUPS"]),
    (plane_map, ["ORDERS", "MOST_CELLS", "SCORE_CODES"]),
    (direction_table, ["TABLE_COLUMNS", "MOST_ROWS"]),
    (payload, ["PREVIEW_FORMATS"]),
    (html_page, ["SCOPE_ID", "SAVED_ID"]),
    (validators, ["RESOLUTIONS", "SCALES"]),
    (survey_task, ["LOW_EPSILON", "QUICK"]),
    (model, ["TABLE_TRAITS", "ASKED"]),
    (prefetcher, ["MOST_AHEAD"]),
    (figure, ["MOST_GAIN"]),
)
"""Module by module the names of constants, which have the same names in the page."""

_HEAD = """\
/**
 * What page and kernel share, each under its name in Python. Written by js/generate.py: change it
 * there, and run `make build`.
 */
"""
_LINE = 100  # letters, as the page's formatter has them


def limits() -> str:
    """The text of the page's file, of the constants as they are now."""
    parts = [_HEAD]
    for module, names in SHARED:
        described = _descriptions(module)
        for name in names:
            comment = _comment(f"{module.__name__}.{name}", described.get(name, ""))
            parts.append(f"\n{comment}{_declaration(name, getattr(module, name))}")
    return "".join(parts)


def _descriptions(module: ModuleType) -> dict[str, str]:
    """What the strings below a module's constants say of them."""
    body = ast.parse(inspect.getsource(module)).body
    return {
        target.id: inspect.cleandoc(text)
        for constant, below in pairwise(body)
        if isinstance(constant, ast.Assign | ast.AnnAssign)
        for target in getattr(constant, "targets", None) or [getattr(constant, "target", None)]
        if isinstance(target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(text := below.value.value, str)
    }


def _comment(origin: str, text: str) -> str:
    """A documentation comment: where a constant comes from, and what it is."""
    if not text:
        return f"/** {origin} */\n"
    text = text.replace("*/", "* /")
    lines = [f" * {line}".rstrip() for line in (f"{origin}:", *text.splitlines())]
    return "\n".join(["/**", *lines, " */\n"])


def _declaration(name: str, value: object) -> str:
    start = f"export const {name} = "
    if not isinstance(value, tuple):
        return f"{start}{literal(value)};\n"
    line = f"{start}{literal(value)} as const;\n"
    if len(line) <= _LINE + 1 and not any(isinstance(each, tuple) for each in value):
        return line
    return f"{start}[\n" + "".join(f"  {literal(each)},\n" for each in value) + "] as const;\n"


def literal(value: object) -> str:
    """A number, a string or a tuple of them as TypeScript, the way the page's formatter has it.

    Raises
    ------
    TypeError
        If it is anything else, or a number that is not finite.
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        if value == int(value):
            return f"{int(value):_}"
        mantissa, _, exponent = repr(value).partition("e")
        return f"{mantissa}e{int(exponent)}" if exponent else mantissa
    raise TypeError(f"expected a number, a string or a tuple of them, got {value!r}")


def main() -> None:
    """Write the file."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    target.write_text(limits(), encoding="utf-8")


if __name__ == "__main__":
    main()

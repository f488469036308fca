"""Write what page and kernel share: numbers and lists of words, frames, messages and traits.

All of it is defined once, in Python; constants are listed here, frames and messages in
``wire_types.py``. ``make build`` writes the page's files anew; ``make check-page`` fails if they
are not what these definitions give.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from js.typescript import LINE, descriptions, literal, module_body
from js.wire_types import defaults, frames, traits
from srm_widget.concurrency import background
from srm_widget.export import figure, html_page, payload
from srm_widget.figures import plot_data, polar_axes
from srm_widget.geometry import angular_grid, arcs, basis, fourfold, pair_geometry
from srm_widget.results import (
    column_histograms,
    count_histogram,
    curves,
    survey,
    wilson_interval,
)
from srm_widget.samples import auto_epsilon, coordinates, labels
from srm_widget.survey import directions, surveyor
from srm_widget.view import (
    direction_table,
    legend,
    plane_map,
    sample_previews,
    samples_in_plane,
)
from srm_widget.widget import model, prefetcher, survey_task, validators

ROOT = Path(__file__).parent

SHARED: Sequence[tuple[ModuleType, Sequence[str]]] = (
    (angular_grid, ["DEFAULT_RESOLUTION"]),
    (arcs, ["NEARLY_FULL", "CLOSING_MARGIN"]),
    (fourfold, ["FOURFOLD_UNIT", "CENTRE"]),
    (basis, ["MIN_SQUARED_SINE"]),
    (pair_geometry, ["NEAR_COSINE"]),
    (coordinates, ["WELL_CONDITIONED"]),
    (
        auto_epsilon,
        ["AUTO_EPSILON_SAMPLES", "MOST_PRODUCTS", "FEWEST_SAMPLES", "LARGEST_EPSILON"],
    ),
    (labels, ["NO_LABEL"]),
    (count_histogram, ["BAND_QUANTILES"]),
    (curves, ["CURVE_COLUMNS"]),
    (wilson_interval, ["QUANTILE"]),
    (survey, ["MEASURES", "LEADING", "PER_DIRECTION", "HUB", "LEAST_OF_HUB", "MOST_HUBS"]),
    (
        column_histograms,
        [
            "BINS_PER_OCTAVE",
            "LOWEST_OCTAVE",
            "LAST_BIN",
            "LEAST_EXPECTED",
            "LEAST_ORTHONORMAL",
            "LEAST_OBLIQUE",
            "PARTS_PER_BIN",
            "PLACES_PER_PART",
            "MOST_POINTS_TRIED",
            "COSINES_PER_UNIT",
            "STEEPEST",
        ],
    ),
    (surveyor, ["LOW_EPSILON"]),
    (directions, ["TOP_CLASSES"]),
    (background, ["STATES"]),
    (plot_data, ["MIN_VISIBLE_RADIUS", "EMPTY_NAME"]),
    (polar_axes, ["MOST_ISOTROPIC", "ROUND_NUMBERS"]),
    (samples_in_plane, ["CLOUD_KINDS", "MOST_POINTS", "BINS", "DENSITY_CODES", "MOST_POWERS"]),
    (sample_previews, ["MOST_PREVIEWS"]),
    (legend, ["MOST_GROUPS", "LONGEST_NAME"]),
    (plane_map, ["ORDERS", "MOST_CELLS", "MOST_LIT", "SCORE_CODES"]),
    (direction_table, ["TABLE_COLUMNS", "LABEL_COLUMNS", "MOST_ROWS"]),
    (payload, ["PREVIEW_FORMATS"]),
    (html_page, ["SCOPE_ID", "SAVED_ID", "BLANK_ID"]),
    (validators, ["RESOLUTIONS", "SCALES"]),
    (survey_task, ["QUICK"]),
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


def limits() -> str:
    """The text of the page's file, of the constants as they are now."""
    parts = [_HEAD]
    for module, names in SHARED:
        described = descriptions(module_body(module))
        for name in names:
            comment = _comment(f"{module.__name__}.{name}", described.get(name, ""))
            parts.append(f"\n{comment}{_declaration(name, getattr(module, name))}")
    return "".join(parts)


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
    if len(line) <= LINE + 1 and not any(isinstance(each, tuple) for each in value):
        return line
    return f"{start}[\n" + "".join(f"  {literal(each)},\n" for each in value) + "] as const;\n"


def stale(root: Path) -> list[str]:
    """Names of the files below `root` that are not what Python's definitions give."""
    return [
        name
        for name, text in FILES.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text()
    ]


def main() -> None:
    """Write the files, or with ``--check`` end with an error if one of them would change."""
    old = stale(ROOT)
    if "--check" not in sys.argv[1:]:
        for name in old:
            (ROOT / name).write_text(FILES[name](), encoding="utf-8")
    elif old:
        names = ", ".join(f"js/{name}" for name in old)
        sys.exit(f"not what js/generate.py writes: {names}; run 'make build' and commit them")


FILES: Mapping[str, Callable[[], str]] = {
    "src/protocol/limits.ts": limits,
    "src/protocol/frames.ts": frames,
    "src/protocol/scope-traits.ts": traits,
    "tests/support/trait-defaults.js": defaults,
}
"""What each of the files is written by."""

if __name__ == "__main__":
    main()

"""Checks of a scope's values, for the constructor, Python code and the page alike.

Each is called with what the value depends on, and the value. It returns the value to keep, or
raises ``TypeError``, ``ValueError`` or ``IndexError``.
"""

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, get_args

import ipywidgets
import numpy as np

from srm_widget.engine.source import ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, wrap_angle
from srm_widget.samples.labels import Labels, as_labels
from srm_widget.utils.text import brief
from srm_widget.utils.users_line import warn
from srm_widget.utils.validation import as_list, choice, integer, number, refuse_unknown
from srm_widget.view.direction_names import DirectionNames
from srm_widget.view.legend import Legend
from srm_widget.view.plane_map import PlaneOrder
from srm_widget.view.sample_previews import SamplePreviews
from srm_widget.view.samples_in_plane import CLOUD_KINDS, MOST_POINTS
from srm_widget.view.wire import CloudOf, NavigatorKind, RadialScale
from srm_widget.widget.survey_demand import is_large_map

RESOLUTIONS = 4, 2880
"""Least and greatest K of a scope."""

SCALES: tuple[RadialScale, ...] = get_args(RadialScale)
CLOUDS_OF: tuple[CloudOf, ...] = get_args(CloudOf)
NAVIGATORS: tuple[NavigatorKind, ...] = get_args(NavigatorKind)
_HUGE = 1 << 63
"""Integers from here on do not fit into an int64."""

_MOST_REQUESTS = (1 << 53) - 1
"""Greatest integer up to which a page counts."""


def pair(source: ResonanceSource, names: DirectionNames, value: Any) -> tuple[int, int]:
    """Return `value`, numbers or names, as a plane (i, j) that two directions span, or raise."""
    try:
        first, second = (
            each if isinstance(each, str) else integer("direction", each) for each in as_list(value)
        )
    except (TypeError, ValueError):
        raise TypeError(
            f"expected a plane as a pair (i, j) of numbers or names, got {brief(value)}"
            f"{_first_plane_hint(value)}"
        ) from None
    i, j = (names.index(each) if isinstance(each, str) else each for each in (first, second))
    if max(abs(i), abs(j)) >= _HUGE:
        raise IndexError(
            f"expected directions in 0 … {source.n_directions - 1}, got {brief((i, j))}"
        )
    return source.basis.plane(i, j).pair


def _first_plane_hint(value: Any) -> str:
    """Return how to take the first plane, where several may have been given."""
    if hasattr(value, "planes"):
        return "; its planes[0] is the first of its planes"
    shape = getattr(value, "shape", ())
    try:
        are_pairs = len(shape) == 2 or all(len(as_list(each)) == 2 for each in as_list(value))
    except TypeError:
        return ""
    return "; planes[0] is the first of several planes" if are_pairs and len(value) else ""


def basis(value: Any) -> Any:
    """Return `value` as it was given for a basis, or raise if it is one of something a row."""
    is_flat = isinstance(value, list | tuple) or len(getattr(value, "shape", ())) == 1
    first = next(iter(value), None) if is_flat else None
    if isinstance(first, str | bytes | Real | np.generic) or getattr(first, "ndim", None) == 0:
        raise TypeError(
            f"expected a basis of directions (M, D), got {len(value):,} values of one axis, "
            f"{brief(value)}; is this labels=?"
        )
    return value


def position(source: ResonanceSource, plane_order: PlaneOrder, value: Any) -> int:
    """Return `value` as the position of a plane on the slider, or raise."""
    position = integer("position", value, 0, source.n_planes - 1)
    source.basis.plane(*plane_order.plane(position))
    return position


def step(timeline: Timeline, value: Any) -> int:
    """Return `value` as the position of a step of `timeline`, or raise."""
    return integer("step", value, 0, len(timeline) - 1)


def compare(timeline: Timeline, value: Any) -> int:
    """Return `value` as the position of a step, None as -1 for none, or raise.

    "auto" is the first step if there is more than one.
    """
    n_steps = len(timeline)
    if isinstance(value, str) and value == "auto":
        return 0 if n_steps > 1 else -1
    return -1 if value is None else integer("compare", value, -1, n_steps - 1)


def resolution(source: ResonanceSource, value: Any) -> int:
    """Return `value` as a number of angles in `RESOLUTIONS`, None as the default, or raise."""
    fixed = source.fixed_resolution
    if fixed is not None:
        return fixed if value is None else integer("resolution", value, fixed, fixed)
    if value is None:
        return DEFAULT_RESOLUTION
    return integer("resolution", value, *RESOLUTIONS)


def theta(value: Any) -> float:
    """Return `value` as an angle in [0, 2π), radians, or raise."""
    try:
        theta = number(value)
    except (TypeError, ValueError):
        raise TypeError(f"expected theta as a number of radians, got {brief(value)}") from None
    if not math.isfinite(theta):
        raise ValueError(f"expected a finite theta in radians, got {theta}")
    if abs(theta) > 2 * math.tau and (2 * theta).is_integer():
        # Sums of steps of radians pass a full turn too; those that pass two are hardly so round.
        warn(
            f"theta is in radians: {theta:g} of them are taken as {wrap_angle(theta):.4g}; "
            f"math.radians({theta:g}) are {theta:g}°"
        )
    return wrap_angle(theta)


def highlight(source: ResonanceSource, value: Any) -> list[int]:
    """Return `value` as rows of the activations, or raise; None, as other widgets send, is none."""
    rows: list[int] = source.checked_rows([] if value is None else value).tolist()
    return rows


def labels(timeline: Timeline, source: ResonanceSource, value: Any) -> Labels | None:
    """Return `value` as the class of every row, None for no classes, or raise."""
    if value is None or (isinstance(value, Labels) and len(value) <= source.n_rows):
        return value
    timeline.check_equal_rows("labels")
    return as_labels(value, source.n_rows, source.n_dims)


def samples(timeline: Timeline, source: ResonanceSource, value: Any) -> SamplePreviews | None:
    """Return `value` as previews of all rows, None for none, or raise."""
    if value is None or isinstance(value, SamplePreviews):
        return value
    timeline.check_samples("samples")
    if not callable(value):
        timeline.check_equal_rows("samples")
    return SamplePreviews(value, source.n_rows, source.n_dims)


def cloud(source: ResonanceSource, value: Any) -> str:
    """Return `value` as one of `CLOUD_KINDS`, "auto" as points if samples are few, or raise."""
    if isinstance(value, str) and value == "auto":
        return "points" if source.n_samples <= MOST_POINTS else "density"
    return choice("cloud", value, CLOUD_KINDS)


def cloud_of(source: ResonanceSource, value: Any) -> str:
    """Return `value` as one of `CLOUDS_OF`, or raise; counts have no samples to draw."""
    of = choice("cloud_of", value, CLOUDS_OF)
    if of == "all" and not source.has_samples:
        raise ValueError(
            "expected cloud_of 'plane' of counts, which keep no samples to draw, got "
            f"{brief(value)}; a ResonanceEngine of the activations has them"
        )
    return of


def navigator_as(source: ResonanceSource, value: Any) -> str:
    """Return `value` as one of `NAVIGATORS`, or raise; counts have no list of pairs.

    "auto" is "pairs" if directions are so many that a map of their planes would be large.
    """
    if isinstance(value, str) and value == "auto":
        return "pairs" if source.has_samples and is_large_map(source.n_directions) else "map"
    kind = choice("navigator_as", value, NAVIGATORS)
    if kind == "pairs" and not source.has_samples:
        raise ValueError(
            "expected navigator_as 'map' of counts, which keep no samples to find pairs in, got "
            f"{brief(value)}; counts.survey(epsilon=…, by='coactivation') ranks them"
        )
    return kind


def hidden_classes(legend: Legend | None, value: Any) -> list[int]:
    """Return `value` as positions in the legend, rising, or raise."""
    try:
        positions = sorted({integer("position", position) for position in as_list(value)})
    except TypeError:
        raise TypeError(
            f"expected hidden_classes as positions in the legend, got {brief(value)}"
        ) from None
    if positions and legend is None:
        raise ValueError(f"expected no hidden_classes without labels, got {brief(positions)}")
    for position in positions:
        integer("hidden_classes", position, 0, len(legend or ()) - 1)
    return positions


def window(source: ResonanceSource, value: Any) -> list[int]:
    """Return `value` as [row, column, side] of a square inside the map, [] for none, or raise."""
    try:
        numbers = [integer("number", number) for number in as_list(value)]
    except TypeError:
        numbers = [-1]
    if not numbers:
        return []
    m = source.n_directions
    is_square = len(numbers) == 3 and min(numbers) >= 0 and numbers[2] > 0
    if not is_square or max(numbers[:2]) + numbers[2] > m:
        raise ValueError(
            f"expected a window [row, column, side] inside 0 … {m}, got {brief(value)}"
        )
    return numbers


def request(value: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return `value` as the number of a page's request and what it asks for, or raise.

    Parameters
    ----------
    value
        "id", an integer that a page counts up, and "asked", values by their names; they are
        checked where they are set.
    names
        Names of what may be asked for.
    """
    if not isinstance(value, dict) or value.keys() != {"id", "asked"}:
        raise TypeError(f"expected a request with id and asked, got {brief(value)}")
    number, asked = integer("id of a request", value["id"], 0, _MOST_REQUESTS), value["asked"]
    if not isinstance(asked, dict):
        raise TypeError(f"expected what is asked for by its names, got {brief(asked)}")
    for name in asked:
        choice("what is asked for", name, names)
    return {"id": number, "asked": asked}


def direction(names: DirectionNames, given: Any, sign: Any) -> tuple[int, bool]:
    """Return the number of a direction, and whether its negative is meant, or raise."""
    number = names.index(given)
    if integer("sign", sign) not in (1, -1):
        raise ValueError(f"expected sign 1 or -1, got {brief(sign)}")
    return number, sign == -1


_LAYOUT_FIELDS = [
    *(name for name in ipywidgets.Layout.class_trait_names(sync=True) if not name.startswith("_")),
    "border",  # all four of its sides
]


def layout(value: Any) -> ipywidgets.Layout | dict[str, Any]:
    """Return an ``ipywidgets.Layout``, or the fields of one as a dict; None has no fields."""
    if isinstance(value, ipywidgets.Layout):
        return value
    if not isinstance(value, Mapping | None):
        raise TypeError(
            "expected layout as an ipywidgets.Layout or a dict of its fields, such as "
            f'{{"width": "600px"}}, got {brief(value)}'
        )
    fields = dict(value or {})
    unknown = (name for name in fields if name not in _LAYOUT_FIELDS)
    refuse_unknown("ipywidgets.Layout", map(str, unknown), _LAYOUT_FIELDS)
    for name, text in fields.items():
        if not isinstance(text, str | None):
            raise TypeError(
                f'expected {name} of layout as CSS says it, such as "600px", got {brief(text)}'
            )
    return fields

"""Checks of a scope's values, one a trait, for the constructor, Python code and the page alike.

Each is called with the scope and a value. It returns the value to keep, or raises ``TypeError``,
``ValueError`` or ``IndexError``.
"""

import math
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from srm_widget.engine.counts_source import CountsSource, ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, wrap_angle
from srm_widget.samples.labels import Labels, as_labels
from srm_widget.utils.text import brief
from srm_widget.utils.validation import as_list, boolean, choice, integer, number, string
from srm_widget.view.direction_table import TABLE_COLUMNS
from srm_widget.view.legend import Legend
from srm_widget.view.plane_map import ORDERS, PlaneOrder
from srm_widget.view.sample_previews import SamplePreviews
from srm_widget.view.samples_in_plane import CLOUD_KINDS, MOST_POINTS

RESOLUTIONS = 4, 2880
"""Least and greatest K of a scope."""

SCALES = "fraction", "gain"
_HUGE = 1 << 63
"""Integers from here on do not fit into an int64."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@runtime_checkable
class HasTimeline(Protocol):
    """What the checks of steps need of a scope, before there is anything else of it."""

    @property
    def timeline(self) -> Timeline:
        """Timeline behind the scope."""


@runtime_checkable
class HasPlanes(HasTimeline, Protocol):
    """What the checks of planes and samples need of a scope."""

    @property
    def engine(self) -> ResonanceSource:
        """Engine of the step on show."""

    @property
    def ranking(self) -> PlaneOrder:
        """Planes in the order of the plane slider."""


@runtime_checkable
class HasLegend(Protocol):
    """What the check of `hidden_classes` needs; by itself, since `legend` reads other traits."""

    @property
    def legend(self) -> Legend | None:
        """Legend of the classes."""


def pair(scope: HasPlanes, value: Any) -> tuple[int, int]:
    """Return `value` as a plane (i, j) that the two directions span, or raise."""
    try:
        i, j = (integer("direction", each) for each in as_list(value))
    except (TypeError, ValueError):
        raise TypeError(f"expected a plane as a pair (i, j), got {brief(value)}") from None
    if max(abs(i), abs(j)) >= _HUGE:
        m = scope.engine.n_directions
        raise IndexError(f"expected directions in 0 … {m - 1}, got {brief((i, j))}")
    return scope.engine.basis.plane(i, j).pair


def position(scope: HasPlanes, value: Any) -> int:
    """Return `value` as the position of a plane on the slider, or raise."""
    position = integer("position", value, 0, scope.engine.n_planes - 1)
    scope.engine.basis.plane(*scope.ranking.plane(position))
    return position


def step(scope: HasTimeline, value: Any) -> int:
    """Return `value` as the position of a step, or raise."""
    return checked_step(scope.timeline, value)


def compare(scope: HasTimeline, value: Any) -> int:
    """Return `value` as the position of a step, None as -1 for none, or raise.

    "auto" is the first step if there is more than one.
    """
    n_steps = len(scope.timeline)
    if isinstance(value, str) and value == "auto":
        return 0 if n_steps > 1 else -1
    return -1 if value is None else integer("compare", value, -1, n_steps - 1)


def order(_scope: HasPlanes, value: Any) -> str:
    """Return `value` as one of `ORDERS`, or raise."""
    return choice("order", value, ORDERS)


def epsilon(scope: HasPlanes, value: Any) -> float:
    """Return `value` as ε, "auto" as the one that the data suggest, or raise."""
    return scope.engine.resolved_epsilon(value)


def resolution(scope: HasPlanes, value: Any) -> int:
    """Return `value` as a number of angles in `RESOLUTIONS`, None as the default, or raise."""
    if isinstance(scope.engine, CountsSource):
        fixed = scope.engine.resolution
        return fixed if value is None else integer("resolution", value, fixed, fixed)
    if value is None:
        return DEFAULT_RESOLUTION
    return integer("resolution", value, *RESOLUTIONS)


def theta(_scope: HasPlanes, value: Any) -> float:
    """Return `value` as an angle in [0, 2π), radians, or raise."""
    try:
        theta = number(value)
    except (TypeError, ValueError):
        raise TypeError(f"expected theta as a number of radians, got {brief(value)}") from None
    if not math.isfinite(theta):
        raise ValueError(f"expected a finite theta in radians, got {theta}")
    return wrap_angle(theta)


def highlight(scope: HasPlanes, value: Any) -> list[int]:
    """Return `value` as rows of the activations, or raise; None, as other widgets send, is none."""
    rows: list[int] = scope.engine.checked_rows([] if value is None else value).tolist()
    return rows


def title(_scope: HasPlanes, value: Any) -> str:
    """Return `value` if it is a string, or raise."""
    return string("title", value)


def signed(_scope: HasPlanes, value: Any) -> bool:
    """Return `value` as a bool, or raise."""
    return boolean("signed", value)


def scale(_scope: HasPlanes, value: Any) -> str:
    """Return `value` as one of `SCALES`, or raise."""
    return choice("scale", value, SCALES)


def labels(scope: HasPlanes, value: Any) -> Labels | None:
    """Return `value` as the class of every row, None for no classes, or raise."""
    if value is None or (isinstance(value, Labels) and len(value) <= scope.engine.n_rows):
        return value
    scope.timeline.check_equal_rows("labels")
    return as_labels(value, scope.engine.n_rows)


def samples(scope: HasPlanes, value: Any) -> SamplePreviews | None:
    """Return `value` as previews of all rows, None for none, or raise."""
    if value is None or isinstance(value, SamplePreviews):
        return value
    scope.timeline.check_samples("samples")
    if not callable(value):
        scope.timeline.check_equal_rows("samples")
    return SamplePreviews(value, scope.engine.n_rows)


def cloud(scope: HasPlanes, value: Any) -> str:
    """Return `value` as one of `CLOUD_KINDS`, "auto" as points if samples are few, or raise."""
    if isinstance(value, str) and value == "auto":
        return "points" if scope.engine.n_samples <= MOST_POINTS else "density"
    return choice("cloud", value, CLOUD_KINDS)


def by_class(_scope: HasPlanes, value: Any) -> bool:
    """Return `value` as a bool, or raise."""
    return boolean("by_class", value)


def hidden_classes(scope: HasLegend, value: Any) -> list[int]:
    """Return `value` as positions in the legend, rising, or raise."""
    try:
        positions = sorted({integer("position", position) for position in as_list(value)})
    except TypeError:
        raise TypeError(
            f"expected hidden_classes as positions in the legend, got {brief(value)}"
        ) from None
    if positions and scope.legend is None:
        raise ValueError(f"expected no hidden_classes without labels, got {brief(positions)}")
    for position in positions:
        integer("hidden_classes", position, 0, len(scope.legend or ()) - 1)
    return positions


def table(_scope: HasPlanes, value: Any) -> bool:
    """Return `value` as a bool, or raise."""
    return boolean("table", value)


def table_by(_scope: HasPlanes, value: Any) -> str:
    """Return `value` as one of `TABLE_COLUMNS`, or raise."""
    return choice("table_by", value, TABLE_COLUMNS)


def table_descending(_scope: HasPlanes, value: Any) -> bool:
    """Return `value` as a bool, or raise."""
    return boolean("table_descending", value)


def navigator(_scope: HasPlanes, value: Any) -> bool:
    """Return `value` as a bool, or raise."""
    return boolean("navigator", value)


def window(scope: HasPlanes, value: Any) -> list[int]:
    """Return `value` as [row, column, side] of a square inside the map, [] for none, or raise."""
    try:
        numbers = [integer("number", number) for number in as_list(value)]
    except TypeError:
        numbers = [-1]
    if not numbers:
        return []
    m = scope.engine.n_directions
    is_square = len(numbers) == 3 and min(numbers) >= 0 and numbers[2] > 0
    if not is_square or max(numbers[:2]) + numbers[2] > m:
        raise ValueError(
            f"expected a window [row, column, side] inside 0 … {m}, got {brief(value)}"
        )
    return numbers


def direction(scope: HasPlanes, index: Any, sign: Any) -> tuple[int, bool]:
    """Return the index of a basis direction, and whether its negative is meant, or raise."""
    i = integer("direction", index)
    if not 0 <= i < scope.engine.n_directions:
        raise IndexError(
            f"expected direction in 0 … {scope.engine.n_directions - 1}, got {brief(i)}"
        )
    if integer("sign", sign) not in (1, -1):
        raise ValueError(f"expected sign 1 or -1, got {brief(sign)}")
    return i, sign == -1


def max_selected(_scope: HasPlanes, value: Any) -> int:
    """Return `value` as a number of samples, or raise."""
    return integer("max_selected", value, 0)


def direction_names(directions: Sequence[str] | None, n_directions: int) -> list[str]:
    """Return the names of all directions: b₀, b₁, … if `directions` is None; or raise."""
    if directions is None:
        return [f"b{str(k).translate(_SUBSCRIPTS)}" for k in range(n_directions)]
    if isinstance(directions, str):
        raise TypeError(f"expected a list of {n_directions} names of directions, got a string")
    names = [string("direction", name) for name in directions]
    if len(names) != n_directions:
        raise ValueError(f"expected {n_directions} names of directions, got {len(names)}")
    return names


def first_plane(engine: ResonanceSource) -> tuple[int, int]:
    """Return the first plane that two directions span; of counts, the first that is counted."""
    if isinstance(engine, CountsSource):
        i, j = engine.counts.planes[0].tolist()
        return i, j
    # Directions that are all parallel to the first are parallel to each other.
    for j in range(1, engine.n_directions):
        if engine.basis.spans(0, j):
            return 0, j
    raise ValueError(
        f"expected a basis whose directions span a plane, got {engine.n_directions} parallel ones"
    )


def checked_step(timeline: Timeline, value: Any) -> int:
    """Return `value` as the position of a step of `timeline`, or raise."""
    return integer("step", value, 0, len(timeline) - 1)

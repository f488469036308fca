"""What a scope accepts: one check a trait, for the constructor, Python code and the page alike."""

import math
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from srm_widget.engine.counts_source import CountsSource, ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, wrap_angle
from srm_widget.samples.labels import Labels, as_labels
from srm_widget.utils.text import brief
from srm_widget.utils.validation import as_list, boolean, choice, integer, number, string
from srm_widget.view.direction_table import COLUMNS
from srm_widget.view.legend import Legend
from srm_widget.view.plane_map import ORDERS, PlaneOrder
from srm_widget.view.sample_previews import SamplePreviews
from srm_widget.view.samples_in_plane import CLOUDS, MOST_POINTS

RESOLUTIONS = 4, 2880
SCALES = "fraction", "gain"
_HUGE = 1 << 63
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@runtime_checkable
class HasTimeline(Protocol):
    """What the checks of steps need to know, before there is anything else of a scope."""

    @property
    def timeline(self) -> Timeline:
        """Its steps."""


@runtime_checkable
class HasPlanes(HasTimeline, Protocol):
    """What the checks need to know of a scope."""

    @property
    def engine(self) -> ResonanceSource:
        """Engine of the step on show."""

    @property
    def ranking(self) -> PlaneOrder:
        """Planes in the order of its slider."""


@runtime_checkable
class HasLegend(Protocol):
    """What the check of `hidden_classes` needs to know; apart, since it asks for other traits."""

    @property
    def legend(self) -> Legend | None:
        """Its classes."""


def pair(scope: HasPlanes, value: Any) -> tuple[int, int]:
    """`value` as a plane (i, j) that the two directions span, or an error."""
    try:
        i, j = (integer("direction", each) for each in as_list(value))
    except (TypeError, ValueError):
        raise TypeError(f"expected a plane as a pair (i, j), got {brief(value)}") from None
    if max(abs(i), abs(j)) >= _HUGE:
        m = scope.engine.n_directions
        raise IndexError(f"expected directions in 0 … {m - 1}, got {brief((i, j))}")
    return scope.engine.basis.plane(i, j).pair


def position(scope: HasPlanes, value: Any) -> int:
    """`value` as the position of a plane, or an error."""
    position = integer("position", value, 0, scope.engine.n_planes - 1)
    scope.engine.basis.plane(*scope.ranking.plane(position))
    return position


def step(scope: HasTimeline, value: Any) -> int:
    """`value` as the position of a step, or an error."""
    return step_of(scope.timeline, value)


def compare(scope: HasTimeline, value: Any) -> int:
    """`value` as the position of a step, None as -1 for none, or an error.

    "auto" is the first step if there is more than one.
    """
    n_steps = len(scope.timeline)
    if isinstance(value, str) and value == "auto":
        return 0 if n_steps > 1 else -1
    return -1 if value is None else integer("compare", value, -1, n_steps - 1)


def order(_scope: HasPlanes, value: Any) -> str:
    """`value` as one of `ORDERS`, or an error."""
    return choice("order", value, ORDERS)


def epsilon(scope: HasPlanes, value: Any) -> float:
    """`value` as ε, "auto" as the one the data suggest, or an error."""
    return scope.engine.resolved_epsilon(value)


def resolution(scope: HasPlanes, value: Any) -> int:
    """`value` as a number of angles in `RESOLUTIONS`, None as the usual one, or an error."""
    if isinstance(scope.engine, CountsSource):
        fixed = scope.engine.resolution
        return fixed if value is None else integer("resolution", value, fixed, fixed)
    if value is None:
        return DEFAULT_RESOLUTION
    return integer("resolution", value, *RESOLUTIONS)


def theta(_scope: HasPlanes, value: Any) -> float:
    """`value` as an angle in [0, 2π), or an error."""
    try:
        theta = number(value)
    except (TypeError, ValueError):
        raise TypeError(f"expected theta as a number of radians, got {brief(value)}") from None
    if not math.isfinite(theta):
        raise ValueError(f"expected a finite theta in radians, got {theta}")
    return wrap_angle(theta)


def highlight(scope: HasPlanes, value: Any) -> list[int]:
    """`value` as rows of the activations, None as other widgets have it as none, or an error."""
    rows: list[int] = scope.engine.checked_rows([] if value is None else value).tolist()
    return rows


def title(_scope: HasPlanes, value: Any) -> str:
    """`value` if it is a string, or an error."""
    return string("title", value)


def signed(_scope: HasPlanes, value: Any) -> bool:
    """`value` as a bool, or an error."""
    return boolean("signed", value)


def scale(_scope: HasPlanes, value: Any) -> str:
    """`value` as one of `SCALES`, or an error."""
    return choice("scale", value, SCALES)


def labels(scope: HasPlanes, value: Any) -> Labels | None:
    """`value` as the class of every row, None for no classes, or an error."""
    if value is None or (isinstance(value, Labels) and len(value) <= scope.engine.n_rows):
        return value
    scope.timeline.check_equal_rows("labels")
    return as_labels(value, scope.engine.n_rows)


def samples(scope: HasPlanes, value: Any) -> SamplePreviews | None:
    """`value` as what every row looks like, None for nothing, or an error."""
    if value is None or isinstance(value, SamplePreviews):
        return value
    scope.timeline.check_samples("samples")
    if not callable(value):
        scope.timeline.check_equal_rows("samples")
    return SamplePreviews(value, scope.engine.n_rows)


def cloud(scope: HasPlanes, value: Any) -> str:
    """`value` as one of `CLOUDS`, "auto" as points if there are few samples, or an error."""
    if isinstance(value, str) and value == "auto":
        return "points" if scope.engine.n_samples <= MOST_POINTS else "density"
    return choice("cloud", value, CLOUDS)


def by_class(_scope: HasPlanes, value: Any) -> bool:
    """`value` as a bool, or an error."""
    return boolean("by_class", value)


def hidden_classes(scope: HasLegend, value: Any) -> list[int]:
    """`value` as positions in the legend, rising, or an error."""
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
    """`value` as a bool, or an error."""
    return boolean("table", value)


def table_by(_scope: HasPlanes, value: Any) -> str:
    """`value` as one of `COLUMNS`, or an error."""
    return choice("table_by", value, COLUMNS)


def table_descending(_scope: HasPlanes, value: Any) -> bool:
    """`value` as a bool, or an error."""
    return boolean("table_descending", value)


def navigator(_scope: HasPlanes, value: Any) -> bool:
    """`value` as a bool, or an error."""
    return boolean("navigator", value)


def window(scope: HasPlanes, value: Any) -> list[int]:
    """`value` as [row, column, side] of a square inside the map, or [] for none, or an error."""
    try:
        numbers = [integer("number", number) for number in as_list(value)]
    except TypeError:
        numbers = [-1]
    if not numbers:
        return []
    m = scope.engine.n_directions
    square = len(numbers) == 3 and min(numbers) >= 0 and numbers[2] > 0
    if not square or max(numbers[:2]) + numbers[2] > m:
        raise ValueError(
            f"expected a window [row, column, side] inside 0 … {m}, got {brief(value)}"
        )
    return numbers


def direction(scope: HasPlanes, index: Any, sign: Any) -> tuple[int, bool]:
    """`index` as that of a basis direction, and whether it is its negative; or an error."""
    i = integer("direction", index)
    if not 0 <= i < scope.engine.n_directions:
        raise IndexError(
            f"expected direction in 0 … {scope.engine.n_directions - 1}, got {brief(i)}"
        )
    if integer("sign", sign) not in (1, -1):
        raise ValueError(f"expected sign 1 or -1, got {brief(sign)}")
    return i, sign == -1


def max_selected(_scope: HasPlanes, value: Any) -> int:
    """`value` as a number of samples, or an error."""
    return integer("max_selected", value, 0)


def direction_names(directions: Sequence[str] | None, n_directions: int) -> list[str]:
    """Names of all directions: b₀, b₁, … if none came."""
    if directions is None:
        return [f"b{str(k).translate(_SUBSCRIPTS)}" for k in range(n_directions)]
    if isinstance(directions, str):
        raise TypeError(f"expected a list of {n_directions} names of directions, got a string")
    names = [string("direction", name) for name in directions]
    if len(names) != n_directions:
        raise ValueError(f"expected {n_directions} names of directions, got {len(names)}")
    return names


def first_plane(engine: ResonanceSource) -> tuple[int, int]:
    """First plane that exists; of counts, that is counted."""
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


def step_of(timeline: Timeline, value: Any) -> int:
    """`value` as the position of a step, or an error."""
    return integer("step", value, 0, len(timeline) - 1)

"""`ViewSpec`, what is to be shown, and `ScopeView`, what the page is then sent of it."""

from collections.abc import Generator
from typing import Any, NamedTuple

from srm_widget.results.curves import Resonance
from srm_widget.samples.labels import Labels
from srm_widget.utils.caches import Made
from srm_widget.view.sample_previews import SamplePreviews
from srm_widget.view.wire import CloudKind, Order

ViewSteps = Generator[Resonance | None, None, Made]
"""Steps in which a view is built; they yield the curve of the samples counted so far, or None."""


class ViewSpec(NamedTuple):
    """What is to be shown: plane (i, j) in some order, cone ε, angles K, spotlight θ, marks, ….

    The attributes are the scope's traits. `step` comes first: what the others may be depends on it.
    """

    step: int
    compare: int
    pair: tuple[int, int]
    order: Order
    epsilon: float
    resolution: int
    theta: float
    highlight: tuple[int, ...]
    max_selected: int
    labels: Labels | None
    samples: SamplePreviews | None
    cloud: CloudKind
    by_class: bool
    hidden_classes: tuple[int, ...]


class PlaneView(NamedTuple):
    """What the page is shown of one plane, without the samples inside the spotlight.

    The attributes are those of `ScopeView`.
    """

    resonance: Resonance
    frames: dict[str, Any]
    arrays: dict[str, bytes]


class ScopeView(NamedTuple):
    """What the page is shown for a `ViewSpec`.

    Attributes
    ----------
    resonance
        Resonance of the plane, P = 1.
    selected
        Samples inside the spotlight by falling cosine, of the classes switched on, at most
        ``max_selected`` of them.
    n_selected
        Number of all of them.
    frames
        Facts about the layer, its classes (legend), the curve and the spotlight (frame), the
        samples in the plane (cloud_frame), those inside the spotlight (strip_frame), and the step
        it is compared to (compared_frame).
    arrays
        Little-endian: counts and signed counts (K int32 each), of the step on show and of that it
        is compared to, counts by class (G · K int32), 95 % band (2K float32: lows, then highs),
        marks in the unit disc (2n float32: a, c, a, c, …), points, their groups and their density
        (`srm_widget.view.samples_in_plane`), images (`srm_widget.view.sample_previews`).
    """

    resonance: Resonance
    selected: list[int]
    n_selected: int
    frames: dict[str, Any]
    arrays: dict[str, bytes]

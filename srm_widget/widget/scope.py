"""`SRMScope`, the live polar scope: the widget between the engine and the page."""

import math
from collections.abc import Sequence
from typing import Any, SupportsIndex

from srm_widget.concurrency.threads import widget_lock
from srm_widget.engine.counts_source import ResonanceSource
from srm_widget.engine.timeline import timeline_of
from srm_widget.export import html_page
from srm_widget.samples.store import NanPolicy
from srm_widget.utils.text import brief, error_text
from srm_widget.utils.validation import refuse_unknown
from srm_widget.widget import validators
from srm_widget.widget.page_export import PageExport


class SRMScope(PageExport):
    """Live polar scope of one plane of a privileged basis.

    The curve is the resonance f(θ) of the plane (i, j): the fraction of samples whose direction
    lies within arccos ε of u(θ). The beam is the spotlight at θ; the samples inside it are
    `selected`.

    Parameters
    ----------
    activations_or_engine
        (N, D) activations; or a `ResonanceEngine`, which the scope follows: samples appended to it
        are shown; or a `Timeline` of several, of which one step is shown: what is recorded
        later is followed too. Or `ResonanceCounts`: without samples, at the ε and angles counted.
    basis
        `srm_widget.basis` or (M, D) directions; None is the standard basis, or the engine's.
    epsilon
        ε in [-1, 1], the cosine of the cone's half-angle; "auto" for the one the data suggest.
    resolution
        K, angles in the full turn, 4 … 2880; None is 360, or those that were counted.
    labels
        Class of every row: integers, strings or a pandas categorical. The curve is then drawn class
        by class.
    samples
        What every row looks like: (N, H, W) or (N, H, W, 3) images, strings, or a function of the
        row that returns one or the other. The first inside the spotlight are shown.
    directions
        M names of the basis directions; None is b₀, b₁, ….
    title
        Shown above the scope.
    order
        What the plane slider runs through: "index", or the best planes first by "alignment", "peak"
        or "gain".
    scale
        What the rings of the picture are labelled with: "fraction" f, or "gain" f / f0.
    step
        Of a timeline, the step to start with; None is the last.
    compare
        Of a timeline, the step whose curve is drawn over that of the step on show; None is none,
        "auto" the first step as soon as there are two.
    navigator
        Whether to survey all planes, for the map of them beside the picture and their mean ± sd in
        it. Where that may take long the map waits for a click.
    cloud
        How samples are drawn under the curve: "points", "density", "ratio" (the density divided by
        what isotropy gives), "off"; "auto" is points up to 2,000 samples, else density.
    by_class
        Whether to start with the classes drawn, if there are labels.
    table
        Whether to start with the table of directions ±b_i.
    pair
        The plane (i, j) to start with.
    theta
        The spotlight's angle to start with, radians; None is the peak of the first curve.
    signed
        Whether to start with the signed resonance s(θ) = f(θ) - f(θ + π).
    highlight
        Sample indices to mark.
    max_selected
        Most indices in `selected`.
    nan_policy
        "raise", or "drop" to leave out rows with NaN or infinity.

    Attributes
    ----------
    pair : tuple of int
        Plane on show; (j, i) is the mirror image of (i, j).
    step, compare : int
        Position of the step on show in the timeline, 0 … S - 1, and of that it is compared to, or
        -1. If the last step is on show, the scope goes on to each step that is recorded.
    position : int
        Where that plane stands in `order`, 0 … M (M - 1) / 2 - 1. Setting it shows i < j.
    order : str
        As above. When ε changes planes are ranked anew: at once, or, in a notebook, when the survey
        that then begins is done.
    epsilon, resolution, theta, signed, scale, navigator, highlight, title
        As above; θ is kept in [0, 2π). Assigning "auto" to ``epsilon`` chooses it anew.
    labels, samples, cloud, by_class, table
        As above; ``labels`` and ``samples`` as the scope keeps them.
    hidden_classes : list of int
        Classes switched off, as positions in `legend`.
    table_by, table_descending : str, bool
        Column that the table is ordered by: "direction", "count", "label", "purity" or "coverage".
    selected : list of int
        Rows of the activations inside the spotlight and of the classes switched on, by falling
        cosine, at most `max_selected`. Read-only.
    n_selected : int
        Number of all samples inside the spotlight. Read-only.
    error : str
        Last error as the page shows it, "" once a later request was served. Read-only.

    Raises
    ------
    TypeError, ValueError, IndexError
        For values of another type or out of range, in the constructor and on assignment; the
        picture stays as it was. Errors on assignment are ``traitlets.TraitError`` too.
    """

    # As text: anywidget would follow a path's changes through a listener that keeps every scope,
    # and with it the activations, alive for good.
    _esm = html_page.SCRIPT
    _css = html_page.STYLE

    _is_following = False  # also of a scope that was refused while it was made

    def __init__(
        self,
        activations_or_engine: Any,
        basis: Any = None,
        *,
        step: SupportsIndex | None = None,
        compare: SupportsIndex | str | None = "auto",
        epsilon: float | str = "auto",
        resolution: SupportsIndex | None = None,
        labels: Any = None,
        samples: Any = None,
        directions: Sequence[str] | None = None,
        title: str = "",
        order: str = "index",
        scale: str = "fraction",
        navigator: bool = True,
        cloud: str = "auto",
        by_class: bool = True,
        table: bool = False,
        pair: tuple[SupportsIndex, SupportsIndex] | None = None,
        theta: float | None = None,
        signed: bool = False,
        highlight: Any = (),
        max_selected: SupportsIndex = 1000,
        nan_policy: NanPolicy = "raise",
        **unknown: Any,
    ) -> None:
        timeline = timeline_of(activations_or_engine, basis, nan_policy=nan_policy)
        traits = {
            "step": len(timeline) - 1 if step is None else step,
            "compare": compare,
            "epsilon": epsilon,
            "resolution": resolution,
            "title": title,
            "order": order,
            "scale": scale,
            "navigator": navigator,
            "labels": labels,
            "samples": samples,
            "cloud": cloud,
            "by_class": by_class,
            "table": table,
            "signed": signed,
            "highlight": highlight,
            "max_selected": max_selected,
        }
        known = ["basis", "directions", "nan_policy", "pair", "theta", *traits]
        refuse_unknown("SRMScope", unknown, known)
        names = validators.direction_names(directions, timeline.n_directions)
        self._starts_at_peak = theta is None
        self._compares_automatically = isinstance(compare, str)
        self._followed_engines: list[ResonanceSource] = []
        first = timeline.step(validators.checked_step(timeline, traits["step"])).engine
        traits["pair"] = validators.first_plane(first) if pair is None else pair
        super().__init__(timeline, names, **traits if theta is None else {**traits, "theta": theta})
        self.set_trait("_names", [] if directions is None else names)
        self._follow_timeline()

    def turn_to(self, direction: SupportsIndex, sign: int = 1) -> None:
        """Turn the spotlight to a basis direction, in a plane that it spans.

        The plane on show if the direction is in it; else one with the first direction of that.

        Parameters
        ----------
        direction
            i.
        sign
            1 for b_i, -1 for -b_i.

        Raises
        ------
        IndexError, TypeError, ValueError
            If there is no such direction, or nothing spans a plane with it.
        """
        with widget_lock, self.hold_trait_notifications():
            i, negative = validators.direction(self, direction, sign)
            basis, shown = self._engine.basis, self.pair
            pair = shown if i in shown else basis.plane_with(i, shown).pair
            alpha = basis.plane(*pair).alpha
            self.pair = pair
            self.theta = (0.0 if pair[0] == i else alpha) + (math.pi if negative else 0.0)

    def close(self) -> None:
        """Remove the scope from all pages and let go of the engines."""
        with widget_lock:
            if self._is_following:
                self._timeline.listeners.remove(self._show_changes)
                for engine in self._followed_engines:
                    engine.listeners.remove(self._show_changes)
                self._followed_engines, self._is_following = [], False
            super().close()

    def open(self) -> None:
        """Announce the scope to the pages, with its first view."""
        self._reconcile()
        if self._starts_at_peak:
            self.theta = self._frame["peak_angle"]
        super().open()

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "direction":
            self._turn_to_requested(content)
        else:
            super()._handle_custom_msg(content, buffers)

    def _turn_to_requested(self, content: dict[str, Any]) -> None:
        """Turn to the direction of a page's message, and answer it."""
        direction: Any = content.get("direction")
        sign: Any = content.get("sign")
        try:
            self.turn_to(direction, sign)
        except Exception as error:
            self.log.warning("The scope refused %s", brief(content), exc_info=True)
            self._answer((), error_text(error))
        else:
            self._answer((), "")

    def _follow_timeline(self) -> None:
        """Listen for samples and steps to come, and send the page the names of the steps."""
        timeline = self._timeline
        if not self._is_following:
            timeline.listeners.add(self._show_changes)
            self._is_following = True
        for k in range(len(self._followed_engines), len(timeline)):
            engine = timeline.step(k).engine
            if not any(engine is followed for followed in self._followed_engines):
                engine.listeners.add(self._show_changes)
            self._followed_engines.append(engine)
        self._steps = timeline.labels if len(timeline) > 1 else []

    def _show_changes(self) -> None:
        """Show the samples that were appended, or the steps that were recorded."""
        with widget_lock, self.hold_sync():
            self._n_changes += 1
            n_before = len(self._followed_engines)
            self._follow_timeline()
            try:
                self._follow_last_step(n_before, len(self._followed_engines))
                self._show_appended()
            except Exception as error:
                self.log.warning("The scope could not show what is new", exc_info=True)
                self._answer((), error_text(error))
            self._request_chart()

    def _follow_last_step(self, n_before: int, n_steps: int) -> None:
        """Go on to the last of `n_steps` if the last one was on show when there were `n_before`."""
        if n_before == n_steps:
            return
        with self.hold_trait_notifications():
            if self.step == n_before - 1:
                self.step = n_steps - 1
            if n_before == 1 and self._compares_automatically:
                self.compare = 0

"""`SRMScope`, the live polar scope: the widget between the engine and the page."""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, SupportsIndex, cast, final
from weakref import proxy

import anywidget
import traitlets

from srm_widget.concurrency.background import State
from srm_widget.concurrency.locks import widget_lock
from srm_widget.engine.timeline import Timeline, timeline_of
from srm_widget.export import display, html_page
from srm_widget.export.figure import figure_of, picture_of, plane_plot
from srm_widget.export.myst import FILES, directive, directive_path
from srm_widget.export.page import (
    DEFAULT_BYTES,
    EmbeddedPage,
    checked_target,
    framed,
    n_rows_of,
    packer_of,
    page_of,
    warn_of_missing,
    write_page,
)
from srm_widget.export.snapshot import ScopeSnapshot
from srm_widget.figures.plot_data import PlanePlot
from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey
from srm_widget.samples.store import NanPolicy
from srm_widget.survey.directions import Directions
from srm_widget.survey.significance import Significance
from srm_widget.utils.callbacks import WeakCall
from srm_widget.utils.calls import explained
from srm_widget.utils.validation import integer, refuse_unknown
from srm_widget.utils.ways_out import wide_hint
from srm_widget.view.builder import ViewBuilder
from srm_widget.view.direction_names import DirectionNames
from srm_widget.view.legend import LegendCache
from srm_widget.widget import validators
from srm_widget.widget.chance_test import ChanceTest
from srm_widget.widget.direction_table import DirectionTable
from srm_widget.widget.ensemble_cloud import EnsembleCloud
from srm_widget.widget.followers import EngineFollower
from srm_widget.widget.lifetime import Viewers, keep, leave, on_rerun, stay
from srm_widget.widget.live_widget import LiveWidget, added_traits
from srm_widget.widget.messages import PageMessages
from srm_widget.widget.model import (
    PAIRS_TRAITS,
    SAVED_TRAITS,
    TABLE_TRAITS,
    VIEW_TRAITS,
    ScopeModel,
)
from srm_widget.widget.page_module import LOADER, packed
from srm_widget.widget.pair_list import PairList, fullest_middle
from srm_widget.widget.prefetcher import Prefetcher
from srm_widget.widget.publisher import Publisher, Wire
from srm_widget.widget.survey_controller import SurveyController
from srm_widget.widget.timeline_chart import TimelineChart
from srm_widget.widget.timeline_null import TimelineNull
from srm_widget.widget.view_controller import ViewController

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Part(Protocol):
    """Part of a scope that is at work until it is closed."""

    def close(self) -> None:
        """End what it does."""


@final
class SRMScope(ScopeModel, LiveWidget, anywidget.AnyWidget):
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
        What every row looks like: pictures (N, H, W), (N, H, W, C) or (N, C, H, W), a list or data
        set of pictures or texts, `tokens` in their context, or a function of the row that returns
        one of them, a `MarkedText` or a pair such as (image, label). The first inside the spotlight
        are shown; a few rows are tried at once. The documentation has a table, under inputs.
    directions
        M names of the basis directions; None is those that a table's columns, or the rows of a
        table given as basis, have, else b₀, b₁, …. Wherever the scope is asked for a
        direction, text is a name and an integer a number.
    title
        Shown above the scope.
    order
        What the plane slider runs through: "index", or the best planes first by "alignment",
        "coactivation" or "peak".
    scale
        What the rings of the picture are labelled with: "fraction" f, or "gain" f / f0.
    step
        Of a timeline, the step to start with; None is the last.
    compare
        Of a timeline, the step whose curve is drawn over that of the step on show; None is none,
        "auto" the first step as soon as there are two.
    navigator
        Whether to survey all planes, for the map of them beside the picture and their curves in
        it. Where that may take long the map waits for a click.
    cloud
        How samples are drawn under the curve: "points", "density", "ratio" (the density divided by
        what isotropy gives), "off"; "auto" is points up to 2,000 samples, else density.
    cloud_of
        Where they are drawn: in the "plane" on show, or in "all" planes laid over one another, each
        sample in those in which it is lit at ε: as a density or, if `cloud` is anything else, as
        the ratio to what isotropy gives.
    by_class
        Whether to start with the classes drawn, if there are labels.
    table
        Whether to start with the table of directions ±b_i.
    pair
        The plane (i, j) to start with, numbers or names of its directions; None is the first one,
        or, where nothing is lit there, one where something is: see `ResonanceEngine.first_plane`.
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
    center
        What to subtract from every row of activations before it is brought to unit length: (D,)
        real numbers, or "mean" for the mean of the rows. The scope says so.
    min_norm
        Rows shorter than this, once centred, count as rows of zeros; the scope says how many.
    groups
        One id a row, of samples that hang together, as for `ResonanceEngine`: the band around the
        curve is then cluster-robust.
    layout
        Width, height, margin and the like in a notebook, as every ipywidget takes them: an
        ``ipywidgets.Layout`` or a dict of its fields. In a height of its own the scope scrolls.
    **more
        Traits of a subclass's own.

    Attributes
    ----------
    pair : tuple of int
        Plane on show; (j, i) is the mirror image of (i, j). Names may be assigned too.
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
    labels, samples, cloud, cloud_of, by_class, table
        As above; ``labels`` and ``samples`` as the scope keeps them.
    hidden_classes : list of int
        Classes switched off, as positions in `legend`.
    navigator_as : str
        What stands beside the picture: "map", of all planes, or "pairs", the list of those that
        fire together, with which very many directions begin. "auto" chooses anew.
    pairs_of : str
        Whose pairs are listed: "all", or partners of the "first" or "second" direction of `pair`.
    table_by, table_descending : str, bool
        Column that the table is ordered by: "direction", "count", "kurtosis", "label", "purity"
        or "coverage". It begins with the purest; without labels with the largest kurtosis.
    table_least : int
        Least number of samples of the rows listed, to begin with 10; where no direction has as
        many, half of what the fullest has.
    table_search : str
        Text that the rows listed have in their name or in one of their first three classes, or the
        number of a direction.
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

    Examples
    --------
    >>> import srm_widget as srm
    >>> activations = [[3, 1, 0], [1, 3, 0], [0, 0, -2]]
    >>> scope = srm.SRMScope(activations, epsilon=0.8, labels=["cat", "dog", "dog"])
    >>> scope.pair, scope.n_selected, scope.engine.n_samples  # in a notebook, scope shows it
    ((0, 1), 2, 3)
    >>> scope.theta = 0.2
    >>> scope.selected, scope.n_selected
    ([0], 1)
    >>> scope.pair = (1, 2)
    >>> scope.resonance.alignment.round(2).tolist(), scope.resonance.n_lit.tolist()
    ([1.0], [2])
    """

    # As text: anywidget would follow a path's changes through a listener that keeps every scope,
    # and with it the activations, alive for good.
    _esm = LOADER
    _script = traitlets.Unicode(packed(html_page.SCRIPT), read_only=True).tag(sync=True)
    _css = html_page.STYLE

    _parts: tuple[_Part, ...] = ()  # also of a scope that was refused while it was made
    _own_layout: Any = None

    @explained
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
        directions: Any = None,
        title: str = "",
        order: str = "index",
        scale: str = "fraction",
        navigator: bool = True,
        cloud: str = "auto",
        cloud_of: str = "plane",
        by_class: bool = True,
        table: bool = False,
        pair: tuple[SupportsIndex | str, SupportsIndex | str] | None = None,
        theta: float | None = None,
        signed: bool = False,
        highlight: Any = (),
        max_selected: SupportsIndex = 1000,
        nan_policy: NanPolicy = "raise",
        center: Any = None,
        min_norm: float = 0.0,
        groups: Any = None,
        layout: Any = None,
        **more: Any,
    ) -> None:
        checked_layout = validators.layout(layout)
        timeline = timeline_of(
            activations_or_engine,
            validators.basis(basis),
            nan_policy=nan_policy,
            center=center,
            min_norm=min_norm,
            groups=groups,
        )
        traits = {
            "step": len(timeline) - 1 if step is None else step,
            "compare": compare,
            "epsilon": epsilon,
            "resolution": resolution,
            "title": title,
            "order": order,
            "scale": scale,
            "navigator": navigator,
            "navigator_as": "auto",
            "labels": labels,
            "samples": samples,
            "cloud": cloud,
            "cloud_of": cloud_of,
            "by_class": by_class,
            "table": table,
            "signed": signed,
            "highlight": highlight,
            "max_selected": max_selected,
        }
        own = ["basis", "directions", "center", "min_norm", "groups", "nan_policy", "pair", "theta"]
        known = [*own, "layout", *(name for name in traits if name != "navigator_as")]
        added = added_traits(type(self), SRMScope)
        traits |= {name: more.pop(name) for name in added if name in more}
        refuse_unknown(type(self).__name__, more, [*known, *added])
        first = timeline.step(validators.step(timeline, traits["step"])).engine
        given_names = first.basis.names if directions is None else directions
        names = DirectionNames(given_names, timeline.n_directions)
        self._starts_at_peak = theta is None
        if pair is None:
            traits["epsilon"] = first.resolved_epsilon(epsilon)
            pair = first.first_plane(epsilon=traits["epsilon"])
        traits["pair"] = pair
        legends = LegendCache()
        self._make_parts(timeline, names, legends, compares_automatically=isinstance(compare, str))
        values = traits if theta is None else {**traits, "theta": theta}
        # Last, since a layout is a widget too, and would be left of a scope that is refused.
        super().__init__(timeline, names, legends, **values, layout=checked_layout)
        if self.layout is not layout:
            self._own_layout = self.layout
        self._publisher.publish(_names=list(names.all) if names.are_given else [])
        self._follower.follow()

    def __repr__(self) -> str:
        if self.comm is None:
            return f"{type(self).__name__}(closed)"
        engine, n_steps = self.engine, len(self.timeline)
        step = f"step {self.timeline.labels[self.step]!r} of {n_steps:,}, " if n_steps > 1 else ""
        return (
            f"{type(self).__name__}({step}{engine.n_samples:,} samples in {engine.n_dims} "
            f"dimensions, {engine.n_directions:,} directions, pair={self.pair}, "
            f"epsilon={self.epsilon:.3g})"
        )

    def _make_parts(
        self,
        timeline: Timeline,
        names: DirectionNames,
        legends: LegendCache,
        *,
        compares_automatically: bool,
    ) -> None:
        """Make the parts, and wire what one is told by another."""
        # None of them holds the scope: it goes with the last who does, and not some time after.
        me: SRMScope = cast(SRMScope, proxy(self))
        wire = Wire(
            WeakCall(self.hold_sync),
            WeakCall(self.send_state),
            WeakCall(self.send),
            self.log,
        )
        self._publisher = Publisher(me, wire)
        self._surveys = SurveyController(
            me,
            self._publisher,
            timeline,
            on_ranked=lambda ranking: me._view.reorder(ranking),  # noqa: PLW0108 - not there yet
            on_changed=lambda: me._chart.request(),  # noqa: PLW0108 - not there yet
        )
        self._table = DirectionTable(me, self._publisher)
        self._chart = TimelineChart(me, self._publisher, self._surveys)
        self._null = TimelineNull(me, self._publisher)
        self._test = ChanceTest(me, self._publisher)
        self._all_planes = EnsembleCloud(me, self._publisher)
        self._pairs = PairList(me, self._publisher, names.all)
        self._view = ViewController(
            me,
            self._publisher,
            ViewBuilder(timeline, names.all, legends),
            order_for=self._surveys.order_for,
            is_for_page=lambda: me._messages.asked_by_page,
            on_shown=WeakCall(self._show_beside_view),
            on_restored=WeakCall(self._follow_restored_step),
        )
        self._prefetcher = Prefetcher(
            me, self._publisher, self._view, ViewBuilder(timeline, names.all, legends)
        )
        self._follower = EngineFollower(
            me,
            self._publisher,
            compares_automatically=compares_automatically,
            on_samples=self._view.show_appended,
            on_changed=WeakCall(self._show_new_steps),
        )
        self._viewers = Viewers(
            self._publisher.send,
            on_seen=WeakCall(self._stay),
            on_unseen=WeakCall(self._leave),
        )
        self._messages = PageMessages(
            me,
            self._publisher,
            is_answered=lambda: me._view.refining,
            handlers={
                "survey": lambda _message: me._surveys.request(costly=True),
                "table": lambda _message: me._table.request(costly=True),
                "test": lambda _message: me._test.request(),
                "null_band": lambda _message: me._null.request(costly=True),
                "stop": lambda _message: me._test.stop(),
                "direction": WeakCall(self._turn_to_requested),
                "pairs": lambda _message: me._pairs.request(costly=True),
                "stop_pairs": lambda _message: me._stop_pairs(),
                "pair": WeakCall(self._show_pair_requested),
                "hold": self._prefetcher.send_samples,
                "hold_steps": self._prefetcher.send_steps,
                "ahead": self._prefetcher.prefetch,
                "views": self._viewers.hear,
            },
        )
        self._parts = (
            self._surveys,
            self._test,
            self._pairs,
            self._all_planes,
            self._table,
            self._chart,
            self._null,
            self._view,
            self._prefetcher,
            self._follower,
        )

    @property
    def resonance(self) -> Resonance:
        """Resonance of what the traits say, P = 1; a view under way is finished first."""
        return self._view.resonance

    @property
    def survey(self) -> Survey:
        """Survey of all planes at the ε on show, with K = 360; computed now if it is not known."""
        return self._surveys.compute()

    @property
    def latest_survey(self) -> Survey | None:
        """`survey` if it is known; while it is computed, one of an earlier ε or step; else None."""
        return self._surveys.latest

    @property
    def survey_state(self) -> State:
        """State of the survey at the ε on show; "off" also if nothing computes it yet."""
        return self._surveys.state

    @property
    def significance(self) -> Significance | None:
        """Planes with p over all planes as the page's test found them, if at the ε on show.

        None if a page did not ask for it, it is not done, or too many planes are lit at this ε:
        ``scope.engine.significance(epsilon=scope.epsilon)`` computes it.
        """
        return self._test.planes

    @property
    def pairs_on_show(self) -> CoactivePlanes | None:
        """Pairs that fire together as the page lists them: of all, or of ``pairs_of``.

        None if they were not looked for yet at the ε on show. `ResonanceEngine.coactive` finds
        more of them.
        """
        return self._pairs.on_show

    @property
    def directions(self) -> Directions:
        """Table of ±b_i at the ε on show, with the scope's labels; computed now."""
        return self._table.compute()

    @explained
    def turn_to(self, direction: SupportsIndex | str, sign: int = 1) -> None:
        """Turn the spotlight to a basis direction, in a plane that it spans.

        The plane on show if the direction is in it; else one with the first direction of that.

        Parameters
        ----------
        direction
            Its number i or its name. Text is always a name, also "7".
        sign
            1 for b_i, -1 for -b_i.

        Raises
        ------
        IndexError, TypeError, ValueError
            If there is no such direction, several have the name, or nothing spans a plane with it.

        Examples
        --------
        >>> import srm_widget as srm
        >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> scope.turn_to(2, sign=-1)
        >>> scope.pair, round(scope.theta, 3), scope.selected
        ((2, 0), 3.142, [2])
        """
        with widget_lock, self.hold_trait_notifications():
            i, negative = validators.direction(self.names, direction, sign)
            basis, shown = self.engine.basis, self.pair
            pair = shown if i in shown else basis.plane_with(i, shown).pair
            alpha = basis.plane(*pair).alpha
            self.pair = pair
            self.theta = (0.0 if pair[0] == i else alpha) + (math.pi if negative else 0.0)

    @explained
    def turn_to_peak(self) -> None:
        """Turn the spotlight to where f is largest in the plane on show, the first of equals.

        Raises
        ------
        ValueError
            If nothing is lit in this plane at any angle.

        Examples
        --------
        >>> import srm_widget as srm
        >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> scope.turn_to_peak()
        >>> round(scope.theta, 3), scope.n_selected
        (0.611, 2)
        """
        with widget_lock:
            counts = self.resonance.counts[0]
            if not counts.any():
                raise ValueError(
                    f"expected a plane in which something is lit, but nothing is in {self.pair} "
                    f"at ε = {self.epsilon:.3g}: choose another, or a smaller epsilon"
                    f"{wide_hint(self.engine.n_samples, self.engine.n_dims)}"
                )
            self.theta = float(self.resonance.angles[counts.argmax()])

    def open(self) -> None:
        """Announce the scope to the pages, with its first view."""
        self._view.reconcile()
        if self._starts_at_peak:
            self.theta = self._frame["peak_angle"]
        super().open()

    def close(self) -> None:
        """Remove the scope from all pages, end what is computed, and let go of the engines.

        Examples
        --------
        >>> import srm_widget as srm
        >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> scope.close()
        >>> scope.comm is None
        True
        """
        with widget_lock:
            for part in reversed(self._parts):
                part.close()
            if self._own_layout is not None:
                self._own_layout.close()  # which ipywidgets would keep for good
            super().close()

    @explained
    def figure(self, *, size: float = 5.0) -> "Figure":
        """Return a Matplotlib polar figure of what is on show, for print.

        Parameters
        ----------
        size
            Width in inches, at least 2; the height follows.

        Returns
        -------
        matplotlib.figure.Figure
            With one polar ``Axes``, whose angle is θ and whose radius is f or s. It belongs to no
            pyplot; a notebook shows it, ``figure.savefig("plane.pdf")`` writes it.

        Raises
        ------
        TypeError, ValueError
            If `size` is no such number.

        Examples
        --------
        >>> import srm_widget as srm
        >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> figure = scope.figure(size=4)
        >>> figure.axes[0].name, float(figure.get_figwidth())
        ('polar', 4.0)
        """
        return figure_of(self._plot(), size)

    @explained
    def save_html(
        self,
        path: str | os.PathLike[str],
        *,
        max_bytes: SupportsIndex = DEFAULT_BYTES,
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
            subsample, and says so; a warning says how many of how many.
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

        Examples
        --------
        >>> import srm_widget as srm
        >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> path = scope.save_html("scope.html")
        >>> path.name, path.stat().st_size < 5_000_000
        ('scope.html', True)
        """
        page = page_of(self._page_snapshot(), max_bytes, seed)
        written = write_page(path, page.text)
        warn_of_missing(page.n_kept, page.n_rows, page.size, "save_html")
        return written

    @explained
    def save_myst(
        self,
        path: str | os.PathLike[str],
        *,
        max_bytes: SupportsIndex = DEFAULT_BYTES,
        seed: SupportsIndex = 0,
    ) -> Path:
        """Save the scope as a text that a page of MyST or Jupyter Book 2 includes, live there.

        The text is MyST's ``anywidget`` directive. What it names, ``srm_scope.mjs`` and
        ``srm_scope.css``, is written beside it, once for all scopes of a folder; put the page that
        includes it there too.

        Parameters
        ----------
        path
            Path of the file to include. A file that is there already is replaced.
        max_bytes, seed
            As for `save_html`, of the file to include.

        Returns
        -------
        path
            Path of that file.

        Raises
        ------
        TypeError, ValueError
            If the scope is on counts, which keep no samples, or not even one sample fits, or the
            path is of one of those other two files.

        Examples
        --------
        >>> import srm_widget as srm
        >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> path = scope.save_myst("scope.txt")
        >>> sorted(each.name for each in path.parent.glob("srm_scope.*"))
        ['srm_scope.css', 'srm_scope.mjs']
        """
        target = directive_path(checked_target(path))
        page = page_of(self._page_snapshot(), max_bytes, seed, directive)
        for name, text in FILES.items():
            write_page(target.with_name(name), text)
        written = write_page(target, page.text)
        warn_of_missing(page.n_kept, page.n_rows, page.size, "save_myst")
        return written

    @explained
    def embed(
        self,
        *,
        height: SupportsIndex | None = None,
        max_bytes: SupportsIndex = DEFAULT_BYTES,
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

        Returns
        -------
        EmbeddedPage
            Shown by the notebook: an ``iframe``, or a picture where there is no HTML.

        Raises
        ------
        TypeError, ValueError
            As for `save_html`; if `height` is no integer or below 100.

        Examples
        --------
        >>> import srm_widget as srm
        >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> page = scope.embed(height=700)
        >>> "<iframe" in page._repr_html_()  # what a notebook shows of it
        True
        """
        snapshot = self._page_snapshot()
        page = page_of(snapshot, max_bytes, seed)
        warn_of_missing(page.n_kept, page.n_rows, page.size, "embed")
        return framed(page.text, snapshot, height, self._picture())

    @explained
    def freeze(self, *, max_bytes: SupportsIndex = DEFAULT_BYTES, seed: SupportsIndex = 0) -> None:
        """Store the activations in the widget's state, which notebooks save.

        Opened again without a kernel the scope then counts by itself, as a page of `save_html`
        does. Freeze it again to store samples that came since.

        Parameters
        ----------
        max_bytes, seed
            As for `save_html`, of what the state gains.

        Raises
        ------
        TypeError, ValueError
            As for `save_html`.

        Examples
        --------
        >>> import srm_widget as srm
        >>> scope = srm.SRMScope([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> scope.freeze()  # and save the notebook with its widgets
        """
        most = integer("max_bytes", max_bytes, least=1)
        snapshot = self._page_snapshot()
        payload = packer_of(snapshot, seed)(most, 0)
        self._publisher.publish(_held_frame=payload.frame, _held=payload.data)
        n_kept, n_rows = payload.frame["n_rows"], n_rows_of(snapshot)
        warn_of_missing(n_kept, n_rows, payload.size, "freeze")

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Set traits from the page, or refuse the values and show why."""
        self._messages.set_state(sync_data, super().set_state)

    def notify_change(self, change: Any) -> None:
        """Build the view, then call observers; no observer itself, which users could remove."""
        with widget_lock:
            self._follow_change(change["name"])
            notify = super().notify_change
            self._messages.tell(lambda: notify(change))

    def _follow_change(self, name: str) -> None:
        """Bring what depends on a changed trait up to date."""
        if name in VIEW_TRAITS:
            self._view.reconcile()
        elif name == "_window":
            self._surveys.show_tile()
        elif self._view.spec is None:
            return
        elif name == "navigator":
            self._surveys.request()
            self._pairs.request()
        elif name in TABLE_TRAITS:
            self._table.request()
            self._table.show()
        elif name in PAIRS_TRAITS:
            self._pairs.request()
        elif name == "cloud_of":
            self._all_planes.request()

    def _stay(self) -> None:
        """Have the scope stay while a page shows it."""
        stay(self)

    def _leave_unseen(self) -> None:
        """Have the scope go with the last who holds it, unless a page shows it."""
        with widget_lock:
            if not self._viewers.is_seen:
                self._leave()

    def _leave(self) -> None:
        """Have the scope go with the last who holds it: no page shows it any more."""
        leave(self)

    def _show_beside_view(self) -> None:
        """Bring map, chart, table and test up to date with a view that was published."""
        self._test.forget_others()
        self._test.show()
        self._surveys.request()
        self._surveys.show()
        self._show_new_steps()
        self._table.request()
        self._pairs.request()
        self._all_planes.request()

    def _show_new_steps(self) -> None:
        """Bring what is shown of all steps up to date with samples or steps that came."""
        self._chart.request()
        self._null.request()

    def _follow_restored_step(self) -> None:
        """Survey the step that was gone back to."""
        if self._surveys.step != self.step:
            self._surveys.request()

    def _turn_to_requested(self, message: Mapping[str, Any]) -> None:
        """Turn to the direction of a page's message, and answer it."""
        direction: Any = message.get("direction")
        sign: Any = message.get("sign")
        self.turn_to(direction, sign)
        self._publisher.answer((), "")

    def _stop_pairs(self) -> None:
        self._pairs.stop()
        self._pairs.show()

    def _show_pair_requested(self, message: Mapping[str, Any]) -> None:
        """Show the plane of a page's message, turned between its directions, and answer it."""
        pair = validators.pair(self.engine, self.names, message.get("pair"))
        middle = fullest_middle(self.engine, pair, self.epsilon)
        with self.hold_trait_notifications():
            self.pair, self.theta = pair, middle
        self._publisher.answer((), "")

    def _handle_msg(self, msg: Any) -> None:
        with widget_lock:
            if self.comm is not None:  # else it is closed: nobody hears an answer
                self._messages.receive(msg, super()._handle_msg)

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        if not self._messages.handle(content):
            super()._handle_custom_msg(content, buffers)

    def _repr_mimebundle_(self, **options: Any) -> display.MimeBundle | None:
        """Return the live scope, or its page where ``SRM_WIDGET_DISPLAY=embed``, with a picture."""
        bundle: display.MimeBundle | None = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        picture = self._picture()
        if not display.embeds(self.log) or not self.engine.has_samples:
            keep(self)
            on_rerun(self._leave_unseen)
            return display.with_picture(bundle, picture)
        snapshot = self._page_snapshot()
        page = page_of(snapshot, DEFAULT_BYTES, 0)  # which says by itself what it lacks
        return framed(page.text, snapshot, None, picture)._repr_mimebundle_()

    def _picture(self) -> display.Picture | None:
        """Return a picture of what is on show; None if it cannot be drawn."""
        return display.drawn(lambda: picture_of(self._plot()), self.log)

    def _plot(self) -> PlanePlot:
        """Return the data of a picture of what is on show."""
        with widget_lock:  # curve and traits belong together
            resonance, snapshot = self.resonance, self._snapshot()
        return plane_plot(snapshot, resonance)

    def _page_snapshot(self) -> ScopeSnapshot:
        """Return what the scope shows now, with what a page cannot compute by itself."""
        with widget_lock:
            self._null.complete()
            return self._snapshot()

    def _snapshot(self) -> ScopeSnapshot:
        """Return what the scope shows now."""
        with widget_lock:
            return ScopeSnapshot(
                timeline=self.timeline,
                names=self.names.all,
                legend=self.legend,
                samples=self.samples,
                traits=self.trait_values(sync=True),
                saved={name: getattr(self, name) for name in SAVED_TRAITS},
            )

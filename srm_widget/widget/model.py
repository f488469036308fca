"""`ScopeModel`: all traits of a scope, each with its kind and with what depends on it."""

from typing import Any, get_args

import numpy as np
import traitlets
from jaxtyping import Float32, Int32, UInt8, UInt16

from srm_widget.engine.source import ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.export.payload import PayloadFrame
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.view import wire
from srm_widget.view.direction_names import DirectionNames
from srm_widget.view.direction_table import LEAST_COUNT, TABLE_COLUMNS
from srm_widget.view.legend import Legend, LegendCache
from srm_widget.view.plane_map import ORDERS, PlaneOrder
from srm_widget.widget import validators
from srm_widget.widget.traits import Checked, Choice, Count, Flag, Text


class ScopeModel(traitlets.HasTraits):
    """Traits of a scope, and the timeline that they speak of.

    Sets of traits are found by their metadata, `trait_names(view=True)`:

    - ``sync``: shared with the page.
    - ``page="reads"``: set by the kernel alone.
    - ``view``: the view of the plane depends on it.
    - ``awaited``: a page awaits an answer when it sets it, also where nothing changes.
    - ``table``: the table of directions alone depends on it.
    - ``pairs``: the list of pairs alone depends on it.
    - ``saved``: a saved page begins with it.
    - ``wire``: what it holds, for the page's types, where its kind and default do not say it.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Names of the directions.
    legends
        Legends of the classes.
    **traits
        Values of the traits.

    Attributes
    ----------
    names
        As above.
    ranking
        Planes in the order that `position` counts through.
    """

    names: DirectionNames
    ranking: PlaneOrder

    step = Checked(lambda model, value: validators.step(model.timeline, value), 0).tag(
        sync=True, view=True, awaited=True, saved=True
    )
    compare = Checked(lambda model, value: validators.compare(model.timeline, value), -1).tag(
        sync=True, view=True, saved=True
    )
    """position of the step to compare with, or -1"""

    pair = Checked(
        lambda model, value: validators.pair(model.engine, model.names, value), (0, 1)
    ).tag(sync=True, view=True, awaited=True, saved=True, wire=wire.Pair)
    order = Choice(ORDERS, "index").tag(sync=True, view=True, awaited=True, saved=True)
    position = Checked(
        lambda model, value: validators.position(model.engine, model.ranking, value), 0
    ).tag(sync=True, view=True, awaited=True, saved=True)
    epsilon = Checked(lambda model, value: model.engine.resolved_epsilon(value), 0.5).tag(
        sync=True, view=True, awaited=True, saved=True
    )
    resolution = Checked(
        lambda model, value: validators.resolution(model.engine, value), DEFAULT_RESOLUTION
    ).tag(sync=True, view=True, awaited=True, saved=True)
    theta = Checked(lambda _model, value: validators.theta(value), 0.0).tag(
        sync=True, view=True, awaited=True, saved=True
    )
    highlight = Checked(lambda model, value: validators.highlight(model.engine, value), []).tag(
        sync=True, view=True, saved=True, wire=list[int]
    )
    max_selected = Count(1000).tag(view=True)
    labels = Checked(
        lambda model, value: validators.labels(model.timeline, model.engine, value), None
    ).tag(view=True)
    samples = Checked(
        lambda model, value: validators.samples(model.timeline, model.engine, value), None
    ).tag(view=True)
    cloud = Checked(lambda model, value: validators.cloud(model.engine, value), "points").tag(
        sync=True, view=True, saved=True, wire=wire.CloudKind
    )
    cloud_of = Checked(lambda model, value: validators.cloud_of(model.engine, value), "plane").tag(
        sync=True, saved=True, wire=wire.CloudOf
    )
    by_class = Flag(True).tag(sync=True, view=True, saved=True)
    hidden_classes = Checked(
        lambda model, value: validators.hidden_classes(model.legend, value), []
    ).tag(sync=True, view=True, saved=True, wire=list[int])

    title = Text().tag(sync=True, saved=True)
    signed = Flag(False).tag(sync=True, saved=True)
    scale = Choice(validators.SCALES, "fraction").tag(sync=True, saved=True)
    navigator = Flag(True).tag(sync=True, saved=True)
    navigator_as = Checked(
        lambda model, value: validators.navigator_as(model.engine, value), "map"
    ).tag(sync=True, pairs=True, saved=True, wire=wire.NavigatorKind)
    pairs_of = Choice(get_args(wire.PairsOf), "all").tag(sync=True, pairs=True, saved=True)
    table = Flag(False).tag(sync=True, table=True, saved=True)
    table_by = Choice(TABLE_COLUMNS, "purity").tag(sync=True, table=True, saved=True)
    table_descending = Flag(True).tag(sync=True, table=True, saved=True)
    table_least = Count(LEAST_COUNT).tag(sync=True, table=True, saved=True)
    table_search = Text().tag(sync=True, table=True, saved=True)
    _request = Checked(
        lambda _model, value: validators.request(value, ASKED), {"id": 0, "asked": {}}
    ).tag(sync=True, wire=wire.PageRequest)
    _window = Checked(lambda model, value: validators.window(model.engine, value), []).tag(
        sync=True, wire=wire.MapWindow | tuple[()]
    )
    """the square of the map that the page looks at closely"""

    # No list of integers: to check each of a thousand would cost more than the curve.
    selected = traitlets.Any(default_value=[], read_only=True).tag(
        sync=True, page="reads", wire=list[int]
    )
    n_selected = traitlets.Int(read_only=True).tag(sync=True, page="reads")
    error = traitlets.Unicode(read_only=True).tag(sync=True, page="reads")

    _names = traitlets.List(traitlets.Unicode()).tag(sync=True, page="reads", saved=True)
    _steps = traitlets.List(traitlets.Unicode()).tag(sync=True, page="reads", saved=True)
    """labels of the steps; empty where there is only one"""

    _layer = traitlets.Dict().tag(sync=True, page="reads", wire=wire.LayerFrame | wire.EmptyFrame)
    _legend = traitlets.Dict().tag(sync=True, page="reads", wire=wire.LegendFrame | wire.EmptyFrame)
    _frame = traitlets.Dict().tag(sync=True, page="reads", wire=wire.CurveFrame | wire.EmptyFrame)
    _counts = traitlets.Bytes().tag(sync=True, page="reads", wire=Int32[np.ndarray, " K"])
    _signed_counts = traitlets.Bytes().tag(sync=True, page="reads", wire=Int32[np.ndarray, " K"])
    _class_counts = traitlets.Bytes().tag(
        sync=True, page="reads", wire=Int32[np.ndarray, "groups K"]
    )
    """counts of each class group"""

    _band = traitlets.Bytes().tag(sync=True, page="reads", wire=Float32[np.ndarray, "2 K"])
    """lower ends of the 95 % band at each angle, then upper ones"""

    _marks = traitlets.Bytes().tag(sync=True, page="reads", wire=Float32[np.ndarray, "marks 2"])
    """(a, c) of the highlighted samples in the plane"""

    _cloud_frame = traitlets.Dict().tag(
        sync=True, page="reads", wire=wire.CloudFrame | wire.EmptyFrame
    )
    _points = traitlets.Bytes().tag(sync=True, page="reads", wire=Float32[np.ndarray, "points 2"])
    """(a, c) of each of the samples that are drawn"""

    _point_groups = traitlets.Bytes().tag(
        sync=True, page="reads", wire=UInt8[np.ndarray, " points"]
    )
    _density = traitlets.Bytes().tag(sync=True, page="reads", wire=UInt8[np.ndarray, "bins bins"])
    """codes of the cells, from the least c and a on"""

    _ensemble_cloud_frame = traitlets.Dict().tag(
        sync=True,
        page="reads",
        wire=wire.EnsembleCloudFrame | wire.EnsembleCloudProgress | wire.EmptyFrame,
    )
    _ensemble_cloud = traitlets.Bytes().tag(
        sync=True, page="reads", wire=UInt8[np.ndarray, "bins bins"]
    )
    """codes of the cells of all planes, as `_density`"""

    _strip_frame = traitlets.Dict().tag(
        sync=True, page="reads", wire=wire.StripFrame | wire.EmptyFrame
    )
    _strip = traitlets.Bytes().tag(sync=True, page="reads")
    """pictures of the items, one after another"""

    _compared_frame = traitlets.Dict().tag(
        sync=True, page="reads", wire=wire.ComparedFrame | wire.EmptyFrame
    )
    _compared = traitlets.Bytes().tag(sync=True, page="reads", wire=Int32[np.ndarray, " K"])
    _signed_compared = traitlets.Bytes().tag(sync=True, page="reads", wire=Int32[np.ndarray, " K"])

    _map_frame = traitlets.Dict().tag(
        sync=True, page="reads", wire=wire.MapFrame | wire.SurveyFrame | wire.EmptyFrame
    )
    _map = traitlets.Bytes().tag(sync=True, page="reads", wire=UInt16[np.ndarray, "size size"])
    """codes of the scores, row by row"""

    _map_best = traitlets.Bytes().tag(sync=True, page="reads", wire=UInt16[np.ndarray, "size size"])
    """plane of a cell that its score is of; empty where a cell is one plane"""

    _map_lit = traitlets.Bytes().tag(sync=True, page="reads", wire=UInt16[np.ndarray, "size size"])
    """samples lit in the plane that a cell's score is of, at most 65,535"""

    _tile_frame = traitlets.Dict().tag(
        sync=True, page="reads", wire=wire.TileFrame | wire.EmptyFrame
    )
    _tile = traitlets.Bytes().tag(sync=True, page="reads", wire=UInt16[np.ndarray, "size size"])
    _tile_best = traitlets.Bytes().tag(
        sync=True, page="reads", wire=UInt16[np.ndarray, "size size"]
    )
    _tile_lit = traitlets.Bytes().tag(sync=True, page="reads", wire=UInt16[np.ndarray, "size size"])
    _ensemble = traitlets.Bytes().tag(
        sync=True, page="reads", wire=Float32[np.ndarray, "5 resolution"]
    )
    """quantiles `BAND_QUANTILES` of f over the lit planes at each angle; empty if none is lit"""

    _test_frame = traitlets.Dict().tag(
        sync=True, page="reads", wire=wire.TestFrame | wire.TestProgress | wire.EmptyFrame
    )

    _table_frame = traitlets.Dict().tag(
        sync=True, page="reads", wire=wire.TableFrame | wire.TableProgress | wire.EmptyFrame
    )

    _pairs_frame = traitlets.Dict().tag(
        sync=True,
        page="reads",
        saved=True,
        wire=wire.PairsFrame | wire.PairsProgress | wire.EmptyFrame,
    )

    _course_frame = traitlets.Dict().tag(
        sync=True, page="reads", wire=wire.TimelineFrame | wire.TimelineProblem | wire.EmptyFrame
    )
    _course = traitlets.Bytes().tag(sync=True, page="reads", wire=Float32[np.ndarray, " steps"])
    """alignment of the plane in each step; NaN where there is none"""

    _course_error = traitlets.Bytes().tag(
        sync=True, page="reads", wire=Float32[np.ndarray, " steps"]
    )
    """standard error of the plane's alignment in each step; infinite or NaN where there is none"""

    _course_ensemble = traitlets.Bytes().tag(
        sync=True, page="reads", wire=Float32[np.ndarray, " steps"]
    )
    """alignment of the layer in each step, as far as it is known"""

    _null_frame = traitlets.Dict().tag(
        sync=True, page="reads", saved=True, wire=wire.NullBandFrame | wire.EmptyFrame
    )

    _held_frame = traitlets.Dict().tag(sync=True, page="reads", wire=PayloadFrame | wire.EmptyFrame)
    _held = traitlets.Bytes().tag(sync=True, page="reads")
    """arrays of the samples that the page holds, to answer where no kernel does"""

    def __init__(
        self, timeline: Timeline, names: DirectionNames, legends: LegendCache, **traits: Any
    ) -> None:
        self._timeline, self._legends = timeline, legends
        self.names = names
        self.ranking = PlaneOrder(timeline.n_directions, "index")
        super().__init__(**traits)

    @property
    def timeline(self) -> Timeline:
        """Timeline behind the scope; of a single step if the scope is on one engine."""
        return self._timeline

    @property
    def engine(self) -> ResonanceSource:
        """Engine behind the scope; that of the step on show, if there are several."""
        return self._timeline.step(self.step).engine

    @property
    def compared_engine(self) -> ResonanceSource | None:
        """Engine of the compared step; None without one, or if it is the step on show."""
        if self.compare in (-1, self.step):
            return None
        return self._timeline.step(self.compare).engine

    @property
    def window(self) -> list[int]:
        """Square [row, column, side] of the map that the page looks at closely, or []."""
        window: list[int] = self._window
        return window

    @property
    def legend(self) -> Legend | None:
        """Classes as they are drawn and switched on and off; None without labels."""
        labels = self.labels
        return None if labels is None else self._legends.of(labels, self.engine.n_rows)


def declared(**metadata: Any) -> tuple[str, ...]:
    """Return the names of a scope's traits with this metadata, in the order of declaration."""
    names = ScopeModel.class_trait_names(**metadata)
    return tuple(name for name in vars(ScopeModel) if name in names)


VIEW_TRAITS = frozenset(declared(view=True))
"""Traits on which the view depends."""

READ_ONLY = frozenset(declared(page="reads"))
"""Traits that the kernel alone sets."""

SAVED_TRAITS = declared(saved=True)
"""Traits that a saved page begins with."""

ASKED: tuple[str, ...] = declared(awaited=True)
"""Traits of which a page awaits an answer, also where nothing changes."""

TABLE_TRAITS = declared(table=True)
"""Traits on which the table alone depends."""

PAIRS_TRAITS = declared(pairs=True)
"""Traits on which the list of pairs alone depends."""


def is_synced(model: traitlets.HasTraits, name: str) -> bool:
    """Return whether a page shares the trait `name`; without looking at all the others."""
    return model.has_trait(name) and bool(model.trait_metadata(name, "sync"))

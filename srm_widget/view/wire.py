"""What travels between kernel and page: frames and messages, field by field.

The page's types are written from these definitions by ``js/generate.py``. What is a tuple here is
an array for the page, and None is null; the comment of a field is the string below it.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

from srm_widget.concurrency.background import State
from srm_widget.results.survey import Measure
from srm_widget.survey.random_rotations import Null

Pair = tuple[int, int]
"""A plane: the indices of its two directions."""

Order = Literal["index", "alignment", "coactivation", "peak"]
"""The order of the planes on the slider."""

RadialScale = Literal["fraction", "gain"]
"""The labels of the rings: fractions of the samples, or multiples of what isotropy would light."""

CloudKind = Literal["off", "points", "density", "ratio"]
"""How the samples are drawn; "ratio" is their density relative to isotropy."""

CloudOf = Literal["plane", "all"]
"""Whether the samples are drawn in the plane on show, or in all planes laid over one another."""

PreviewKind = Literal["problem", "text", "marked", "image"]
"""Whether a sample is seen as a picture, as text, as text with a marked part, or not at all."""

TableColumn = Literal["direction", "count", "kurtosis", "label", "purity", "coverage"]
"""A column of the table of directions."""

NavigatorKind = Literal["map", "pairs"]
"""What shows all planes: a map of their scores, or a list of pairs that fire together."""

PairsOf = Literal["all", "first", "second"]
"""Which pairs are listed: the best of all, or those of a direction of the plane on show."""

Sign = Literal[1, -1]
"""Of a direction: b_i itself, or its negative."""

MapWindow = tuple[
    Annotated[int, "row"],
    Annotated[int, "column"],
    Annotated[int, "side"],
]
"""A square of the map: first row, first column and side, in directions."""

ClassShare = tuple[
    Annotated[str, "label"],
    Annotated[int, "group"],
    Annotated[float, "share"],
]
"""A class among the samples along a direction: its name, its group, and its share of them."""

TableRow = tuple[
    Annotated[int, "direction"],
    Annotated[Sign, "sign"],
    Annotated[str, "name"],
    Annotated[int, "count"],
    Annotated[float | None, "kurtosis"],
    Annotated[str | None, "label"],
    Annotated[int | None, "group"],
    Annotated[float | None, "purity"],
    Annotated[float | None, "coverage"],
    Annotated[list[ClassShare], "others"],
]
"""A row of the table of directions; label, group, purity and coverage are null where there is no
class, the kurtosis if no sample has a direction. The others are the next two classes."""

PairRow = tuple[
    Annotated[int, "first"],
    Annotated[int, "second"],
    Annotated[tuple[str, str], "names"],
    Annotated[float, "score"],
    Annotated[int, "between"],
    Annotated[float, "expected"],
    Annotated[float | None, "p"],
]
"""A row of the list of pairs: two directions, their coactivation, the samples between them, how
many would be if the two had nothing to do with each other, and p over all planes that were asked
about; null where samples hang together in groups."""

PlaneAhead = tuple[Annotated[int, "position"], Annotated[float, "epsilon"]]
"""A plane that may be asked for next."""

AheadArray = Literal[
    "_counts",
    "_signed_counts",
    "_class_counts",
    "_band",
    "_compared",
    "_signed_compared",
    "_marks",
    "_points",
    "_density",
]
"""A trait whose bytes are sent ahead."""


class EmptyFrame(TypedDict):
    """A frame where there is nothing to describe."""


class LayerFrame(TypedDict):
    """`_layer`: the samples and directions of the step on show."""

    n_samples: int
    n_dims: int
    n_directions: int
    n_planes: int
    n_zero: int
    n_dead: int
    """directions that are rows of zeros, which span no plane"""
    n_clusters: int | None
    """groups of samples that hang together; null if each stands for itself"""
    basis: str
    preparation: str
    """what was done to the activations before they were brought to unit length, "" for nothing"""
    levels: Sequence[float]
    """the values of ε, where only some are counted, rising; else empty"""
    isotropic_series: Sequence[float]
    """series of the isotropic fraction, for pages that count themselves"""


class SpotlightFacts(TypedDict):
    """The plane, and the spotlight in it."""

    pair: Pair
    theta: float
    epsilon: float


class CurveFacts(TypedDict):
    """What a curve shows."""

    names: tuple[str, str]
    alpha: float
    n_samples: int
    """samples that the curve counts"""
    n_total: int
    """all samples; more than `n_samples` while they are still counted"""
    isotropic: float
    n_in_plane: int
    """samples lit at some angle: those that the alignment is the mean of"""
    arc: float | None
    """mean half-width of their arcs, radians: what the cone resolves; null where there are none"""
    alignment: float | None
    """mean of cos 4φ over these; null where there are none"""
    alignment_error: float | None
    """its standard error; null where there is none, or nothing is known of it"""
    peak: int
    peak_angle: float


class BeamFacts(TypedDict):
    """What the spotlight shows."""

    n_lit: int
    lit_angle: float | None
    """the angle that `n_lit` is counted at, where it may be another than θ"""
    class_lit: list[int]
    """of each class group, how many samples are lit at θ; empty without labels"""


class AheadFrame(SpotlightFacts, CurveFacts, BeamFacts):
    """`_frame` as it is sent ahead: what a curve belongs to."""

    step: int
    """position in the timeline"""
    order: Order
    position: int
    """of the plane in that order"""
    resolution: int
    elapsed_ms: float
    is_partial: bool
    """whether this is only the curve of the samples counted so far, without the spotlight"""
    reach: float | None
    """largest in-plane radius of a sample, given where nothing is lit in the plane"""


class CurveFrame(AheadFrame):
    """`_frame`: what the curve on show belongs to."""

    request: int
    """number of the latest request that it answers"""
    era: int
    """grows when all planes change, in what they look like or in their order"""


class PageRequest(TypedDict):
    """`_request`: what a page asks for, and its number."""

    id: int
    asked: Mapping[str, object]
    """values by the traits' names; they count, whatever a host sends beside them"""


class ComparedFrame(TypedDict):
    """`_compared_frame`: the curve of the step that is compared with."""

    step: int
    n_samples: int
    isotropic: float
    peak: int


class CloudFrame(TypedDict):
    """`_cloud_frame`: what the points or the density on show belong to."""

    pair: Pair
    kind: CloudKind
    bins: int
    """cells along a side of the square around the disc"""
    n_points: int
    low: NotRequired[float]
    """log10 of what the code 1 stands for, of a density or a ratio"""
    high: NotRequired[float]
    """log10 of what the code 255 stands for"""


class EnsembleCloudProgress(TypedDict):
    """`_ensemble_cloud_frame` before all planes are counted: how far they are."""

    state: Literal["running", "done", "failed"]
    progress: float
    hint: str


class EnsembleCloudFrame(EnsembleCloudProgress):
    """`_ensemble_cloud_frame`: the density of all planes laid over one another."""

    kind: Literal["density", "ratio"]
    bins: int
    step: int
    """position in the timeline"""
    epsilon: float
    n_samples: int
    n_planes: int
    n_lit: int
    """pairs of a plane and a sample that is lit in it"""
    isotropic: float
    """how many these would be of isotropic data"""
    low: NotRequired[float]
    """as in `CloudFrame`; left out where nothing is lit"""
    high: NotRequired[float]


class LegendFrame(TypedDict):
    """`_legend`: the class groups of the samples."""

    names: list[str]
    """of the groups"""
    sizes: list[int]
    """number of samples in each"""
    other: int | None
    """the group of all classes without a colour of their own, if there is one"""
    n_classes: int


class MapTileFacts(TypedDict):
    """The cells of a square of the map."""

    step: int
    """directions along the side of a cell"""
    size: int
    """cells along the side of the square"""
    low: float | None
    high: float | None


class ScoreGridFrame(MapTileFacts):
    """What a square of the map belongs to."""

    by: Measure
    surveyed: int
    """step of the timeline that was surveyed"""
    epsilon: float


class SurveyFrame(TypedDict):
    """`_map_frame` before the first survey is done: how far it is."""

    state: State
    progress: float
    n_directions: int
    hint: str
    too_large: bool
    """whether the survey that waits would take more memory than there is"""
    testable: bool
    """whether the layer can be tested against turned bases, for the planes that these would have"""


class MapFrame(SurveyFrame, ScoreGridFrame):
    """`_map_frame`: the survey of all planes."""

    n_planes: int
    n_lit: int
    n_skipped: int
    """pairs of directions that span no plane: parallel ones, and those of a row of zeros"""
    n_dead: int
    """directions that are rows of zeros"""
    isotropic: float
    resolution: int
    alignment: float | None
    """A₄ of all samples, which depends on no ε; null if the basis is not orthonormal, or no sample
    has a component along its directions"""
    orthonormal: bool
    """whether the basis is"""
    participation: float | None
    """on how many directions a sample stands, which A₄ needs to be read"""
    hubs: list[tuple[int, float]]
    """directions that are in far more lit planes than others, and in which share of them"""
    elapsed_ms: float


class TileFrame(ScoreGridFrame):
    """`_tile_frame`: a square of the map at full detail."""

    window: MapWindow


class TestProgress(TypedDict):
    """`_test_frame` while the rotation test runs, or after it failed."""

    state: Literal["running", "done", "failed"]
    progress: float
    step: int
    """position in the timeline"""
    hint: str


class PlanesTest(TypedDict):
    """What the test says of planes, at the ε that was on show when it was asked for."""

    epsilon: float
    pair: Pair
    """the plane on show"""
    p: float | None
    """of its alignment over all planes; null if it is not tested or not lit"""
    n_planes: int
    n_samples: int
    """samples tested"""
    hint: str
    """what p says less, or why there is none"""


class TestFrame(TestProgress):
    """`_test_frame` once the alignment of all samples is tested; planes are next."""

    p: float
    effect: float | None
    """how many standard deviations the alignment is from the mean of the turned bases"""
    epsilon: float | None
    """ε of the alignment; null for A₄"""
    kept: Null
    rotations: int
    """number of turned bases"""
    n_samples: int
    """samples tested"""
    planes: PlanesTest | None


class StripItem(TypedDict):
    """A sample inside the spotlight."""

    index: int
    """row of the activations"""
    label: str | None
    group: int | None
    """class group, an index into the legend"""
    cosine: float
    at: tuple[Annotated[float, "a"], Annotated[float, "c"]]
    """coordinates of the sample in the plane"""
    kind: PreviewKind
    text: str
    """the text, or what went wrong"""
    mark: tuple[Annotated[int, "start"], Annotated[int, "stop"]]
    """where the marked part of the text begins and ends, in characters (code points)"""
    mime: str
    bytes: int
    """length of its picture in `_strip`"""
    width: int
    height: int


class StripFrame(SpotlightFacts):
    """`_strip_frame`: the samples inside the spotlight."""

    n_lit: int
    """samples inside, of the classes that are switched on"""
    items: list[StripItem]
    """by falling cosine"""


class TableProgress(TypedDict):
    """`_table_frame` before the directions are counted: how far they are."""

    state: Literal["waiting", "running", "done", "failed"]
    n_rows: int
    """of all rows, not only of those sent"""
    by: TableColumn
    """column asked for; without labels, where labels are needed, it is the kurtosis"""
    descending: bool
    least: int
    """least number of samples asked for"""
    search: str
    """text that names, numbers and labels are searched for, "" for none"""
    hint: str


class TableFrame(TableProgress):
    """`_table_frame`: the table of directions."""

    epsilon: float
    has_labels: bool
    fewest: int
    """least number of samples of the rows listed: less than asked for where no row has as many"""
    n_few: int
    """rows that were found and have fewer"""
    n_listed: int
    """rows that were found and have as many; the first of them are sent"""
    rows: list[TableRow]


class PairsProgress(TypedDict):
    """`_pairs_frame` before pairs are found: how far that is."""

    state: Literal["waiting", "running", "done", "failed"]
    progress: float
    hint: str


class PairsFrame(PairsProgress):
    """`_pairs_frame`: pairs of directions that fire together, most so first."""

    of: int | None
    """the direction that all of them are of; null if they are the best of all"""
    step: int
    """position in the timeline"""
    epsilon: float
    n_samples: int
    n_planes: int
    """that were asked about, and p is over"""
    n_found: int
    """pairs that a sample is between in at all"""
    per_direction: int | None
    """most pairs that one direction is in; null where there is no such bound"""
    rows: list[PairRow]


class TimelineFrame(TypedDict):
    """`_course_frame`: what the alignment over steps belongs to."""

    pair: Pair
    epsilon: float
    layer_epsilon: float | None
    """ε that the alignment of the layer is taken at; null for A₄, which needs none"""
    problem: str


class NullBandFrame(TypedDict):
    """`_null_frame`: where A₄ lies in turned bases, step by step, as far as it is known."""

    state: Literal["waiting", "running", "done", "failed"]
    """"waiting" until somebody asks for it, as it takes long"""
    low: list[float | None]
    high: list[float | None]
    kept: Null
    rotations: int
    """number of turned bases of each step"""
    share: float
    """of these that lie in the band"""
    n_samples: int
    """samples that each step was tested on, at least"""
    hint: str


class TimelineProblem(TypedDict):
    """`_course_frame` where the alignment over steps failed before there was any."""

    problem: str


class ViewFrames(TypedDict):
    """The frames of a view; those that are not there stay as they are."""

    frame: AheadFrame
    compared_frame: ComparedFrame | EmptyFrame
    cloud_frame: NotRequired[CloudFrame]
    layer: NotRequired[LayerFrame]
    legend: NotRequired[LegendFrame | EmptyFrame]
    strip_frame: NotRequired[StripFrame | EmptyFrame]


class AheadFrames(TypedDict):
    """The frames of a plane that is sent ahead, by their traits."""

    _frame: AheadFrame
    _compared_frame: ComparedFrame | EmptyFrame
    _cloud_frame: CloudFrame


class AheadMessage(TypedDict):
    """The kernel's answer for a plane that may be asked for next; the arrays are its buffers."""

    type: Literal["ahead"]
    era: int
    frames: AheadFrames
    arrays: list[AheadArray]
    """traits that the buffers are for, in their order"""


class PlaneSamplesFacts(TypedDict):
    """What the samples of a plane belong to."""

    pair: Pair
    n_samples: int
    alpha: float
    floor: float
    """largest in-plane radius of the samples left out, or -1 if none is"""
    n_groups: int
    n_compared: int
    """samples of the step that is compared with"""
    n_clusters: int | None
    """as in `LayerFrame`"""


class PlaneMessage(PlaneSamplesFacts):
    """The samples of the plane on show; buffers are those of `page_samples`."""

    type: Literal["held"]
    step: int
    compare: int
    """the step that is compared with, or -1"""


class HoldRequest(TypedDict):
    """Send the samples of the plane on show, so that the page can count; answered by "held"."""

    type: Literal["hold"]


class HoldStepsRequest(TypedDict):
    """Send the samples that all steps share, so that the page can turn the basis; by "steps"."""

    type: Literal["hold_steps"]


class AheadRequest(TypedDict):
    """Send planes that may be asked for next; answered by an "ahead" for each."""

    type: Literal["ahead"]
    era: int
    planes: Sequence[PlaneAhead]


class SurveyRequest(TypedDict):
    """Survey all planes, however long it takes."""

    type: Literal["survey"]


class TestRequest(TypedDict):
    """Test the alignment of all samples, and of planes, against turned bases."""

    type: Literal["test"]


class NullBandRequest(TypedDict):
    """Compare A₄ of every step with turned bases, however long it takes."""

    type: Literal["null_band"]


class TableRequest(TypedDict):
    """Count the table of directions, however long it takes."""

    type: Literal["table"]


class StopRequest(TypedDict):
    """End the test against turned bases."""

    type: Literal["stop"]


class DirectionRequest(TypedDict):
    """Show a plane through a direction, and turn the spotlight to it."""

    type: Literal["direction"]
    direction: int
    sign: Sign


class PairsRequest(TypedDict):
    """Find the pairs that fire together, however long it takes."""

    type: Literal["pairs"]


class StopPairsRequest(TypedDict):
    """End the search for pairs."""

    type: Literal["stop_pairs"]


class PairRequest(TypedDict):
    """Show a plane, and turn the spotlight to the middle between its directions."""

    type: Literal["pair"]
    pair: Pair


class ViewsRequest(TypedDict):
    """Know whether a page shows the scope: it lives as long as one does, or somebody holds it."""

    type: Literal["views"]
    page: Annotated[str, "tells pages apart"]
    shown: bool
    asked: Annotated[bool, "the answer to `WhoShowsMessage`"]


class WhoShowsMessage(TypedDict):
    """The kernel asks which pages show the scope."""

    type: Literal["who_shows"]


PageMessage = (
    HoldRequest
    | HoldStepsRequest
    | AheadRequest
    | SurveyRequest
    | TableRequest
    | TestRequest
    | NullBandRequest
    | StopRequest
    | DirectionRequest
    | PairsRequest
    | StopPairsRequest
    | PairRequest
    | ViewsRequest
)
"""A message from the page to the kernel."""

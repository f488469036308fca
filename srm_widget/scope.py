"""The live polar scope: traits between the engine and the page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, SupportsIndex

import traitlets

from srm_widget import checked
from srm_widget.checked import Checked
from srm_widget.navigator import CHARTED, Navigator
from srm_widget.picture import Asked, Picture, draw
from srm_widget.ranking import Ranking
from srm_widget.resonance import Resonance
from srm_widget.samples import NanPolicy

_STATIC = Path(__file__).parent / "static"
_ANSWERED = frozenset({"pair", "order", "position", "epsilon", "resolution", "theta"})
_COMPUTED = _ANSWERED | {"highlight", "max_selected"}
_ARRAYS = "counts", "signed_counts", "band", "points", "marks"
_KERNEL_SETS = frozenset(
    {"selected", "n_selected", "error", "_layer", "_frame", "_names", *CHARTED}
    | {f"_{name}" for name in _ARRAYS}
)


class SRMScope(Navigator):
    """Live polar scope of one plane of a privileged basis.

    The curve is the resonance f(θ) of the plane (i, j): the fraction of samples whose direction
    lies within arccos ε of u(θ). The beam is the spotlight at θ; the samples inside it are
    `selected`.

    Parameters
    ----------
    activations_or_engine
        (N, D) activations, or a `ResonanceEngine`, which the scope follows: samples appended to it
        are shown.
    basis
        `srm_widget.basis` or (M, D) directions; None is the standard basis, or the engine's.
    epsilon
        ε in [-1, 1], the cosine of the cone's half-angle; "auto" for the one the data suggest.
    resolution
        K, angles in the full turn, 4 … 2880.
    directions
        M names of the basis directions; None is b₀, b₁, ….
    title
        Shown above the scope.
    order
        What the plane slider runs through: "index", or the best planes first by "alignment", "peak"
        or "gain".
    scale
        What the rings of the picture are labelled with: "fraction" f, or "gain" f / f0.
    navigator
        Whether to survey all planes, for the map of them beside the picture and their mean ± sd in
        it. Where that may take long the map waits for a click.
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
    position : int
        Where that plane stands in `order`, 0 … M (M - 1) / 2 - 1. Setting it shows i < j.
    order : str
        As above. When ε changes planes are ranked anew: at once, or, in a notebook, when the survey
        that then begins is done.
    epsilon, resolution, theta, signed, scale, navigator, highlight, title
        As above; θ is kept in [0, 2π). Assigning "auto" to ``epsilon`` chooses it anew.
    selected : list of int
        Rows of the activations inside the spotlight, by falling cosine, at most `max_selected`.
        Read-only.
    n_selected : int
        How many are inside. Read-only.
    error : str
        What the page was last refused, "" once a later request was served. Read-only.

    Raises
    ------
    TypeError, ValueError, IndexError
        For values of another kind, in the constructor and on assignment; the picture stays as it
        was. Errors on assignment are ``traitlets.TraitError`` too.
    """

    # As text: anywidget would follow a path's changes through a listener that keeps every scope,
    # and with it the activations, alive for good.
    _esm = (_STATIC / "scope.js").read_text(encoding="utf-8")
    _css = (_STATIC / "scope.css").read_text(encoding="utf-8")

    title = Checked(checked.title, "").tag(sync=True)
    pair = Checked(checked.pair, (0, 1)).tag(sync=True)
    position = Checked(checked.position, 0).tag(sync=True)
    resolution = Checked(checked.resolution, 360).tag(sync=True)
    theta = Checked(checked.theta, 0.0).tag(sync=True)
    signed = Checked(checked.signed, False).tag(sync=True)
    scale = Checked(checked.scale, "fraction").tag(sync=True)
    highlight = Checked(checked.highlight, []).tag(sync=True)
    max_selected = Checked(checked.max_selected, 1000)
    # Of no element trait: the check of each of a thousand integers would cost more than the curve.
    selected = traitlets.Any(default_value=[], read_only=True).tag(sync=True)
    n_selected = traitlets.Int(read_only=True).tag(sync=True)
    error = traitlets.Unicode(read_only=True).tag(sync=True)

    _names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _layer = traitlets.Dict().tag(sync=True)
    _frame = traitlets.Dict().tag(sync=True)
    _counts = traitlets.Bytes().tag(sync=True)
    _signed_counts = traitlets.Bytes().tag(sync=True)
    _band = traitlets.Bytes().tag(sync=True)
    _points = traitlets.Bytes().tag(sync=True)
    _marks = traitlets.Bytes().tag(sync=True)

    _follows = False  # also of a scope that was refused while it was made

    def __init__(
        self,
        activations_or_engine: Any,
        basis: Any = None,
        *,
        epsilon: float | str = "auto",
        resolution: SupportsIndex = 360,
        directions: Sequence[str] | None = None,
        title: str = "",
        order: str = "index",
        scale: str = "fraction",
        navigator: bool = True,
        pair: tuple[SupportsIndex, SupportsIndex] | None = None,
        theta: float | None = None,
        signed: bool = False,
        highlight: Any = (),
        max_selected: SupportsIndex = 1000,
        nan_policy: NanPolicy = "raise",
        **unknown: Any,
    ) -> None:
        given = {
            "epsilon": epsilon,
            "resolution": resolution,
            "title": title,
            "order": order,
            "scale": scale,
            "navigator": navigator,
            "signed": signed,
            "highlight": highlight,
            "max_selected": max_selected,
        }
        known = ["basis", "directions", "nan_policy", "pair", "theta", *given]
        checked.refuse_unknown(unknown, known)
        engine = checked.engine_of(activations_or_engine, basis, nan_policy)
        self._all_names = checked.direction_names(directions, engine.n_directions)
        self._picture: Picture | None = None
        self._shown: Asked | None = None
        self._serial = 0
        self._settling = False
        self._aims_at_peak = theta is None
        given["pair"] = checked.first_plane(engine) if pair is None else pair
        super().__init__(engine, **given if theta is None else {**given, "theta": theta})
        self.set_trait("_names", [] if directions is None else self._all_names)
        self._engine.listeners.add(self._refresh)
        self._follows = True

    @property
    def resonance(self) -> Resonance:
        """The resonance on show, P = 1."""
        if self._picture is None:
            raise RuntimeError("expected a scope that has been set up")
        return self._picture.resonance

    def close(self) -> None:
        """Remove the scope from all pages and let go of the engine."""
        if self._follows:
            self._engine.listeners.remove(self._refresh)
            self._follows = False
        super().close()

    def open(self) -> None:
        """Announce the scope to the pages, with its first picture."""
        self._settle()
        if self._aims_at_peak:
            self.theta = self._frame["peak_angle"]
        super().open()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take values from the page: serve them, or refuse them and say why."""
        before = self._serial
        try:
            for name in sorted(_KERNEL_SETS.intersection(sync_data)):
                raise checked.RefusedValueError(f"{name} is read-only for the page")
            with self.hold_sync():
                super().set_state(sync_data)
                self.set_trait("error", "")
        except Exception as error:
            self.log.warning("The scope refused %s", sync_data, exc_info=True)
            self._answer(sync_data, str(error) or type(error).__name__)
        else:
            if self._serial == before and _ANSWERED.intersection(sync_data):
                self._answer(sync_data, "")

    def notify_change(self, change: Any) -> None:
        """Compute before observers hear; itself no observer, which ``unobserve_all`` would end."""
        if change["name"] in _COMPUTED:
            self._settle()
        elif change["name"] == "navigator" and self._shown:
            self._aim()
        elif change["name"] == "_window":
            self._show_tile()
        super().notify_change(change)

    def _settle(self, anew: bool = False) -> None:
        """Show what the traits ask for; on an error they are as they were."""
        if self._settling:
            return
        self._settling = True
        try:
            # Observers of what is shown may ask for something else in turn.
            while True:
                ranking = self._ranked(self.order, self.epsilon, anew=anew)
                asked = self._asked(ranking)
                if asked == self._shown and not anew:
                    break
                self._show(asked, ranking)
                anew = False
        except BaseException:
            self._take_back()
            raise
        finally:
            self._settling = False

    def _asked(self, ranking: Ranking) -> Asked:
        """What the traits ask for; of plane and position the one that was set."""
        pair, shown = self.pair, self._shown
        if shown and pair == shown.pair and self.position != self._frame["position"]:
            pair = ranking.plane(self.position)
        return Asked(
            pair,
            self.order,
            self.epsilon,
            self.resolution,
            self.theta,
            tuple(self.highlight),
            self.max_selected,
        )

    def _show(self, asked: Asked, ranking: Ranking) -> None:
        picture = draw(self._engine, asked, self._all_names, ranking.position(*asked.pair))
        self._picture, self._shown, self._ranking = picture, asked, ranking
        self._serial += 1
        with self.hold_sync():
            self._layer = picture.layer
            self._frame = {"serial": self._serial, **picture.frame}
            for name in _ARRAYS:
                self.set_trait(f"_{name}", picture.arrays[name])
            self.pair, self.position = asked.pair, picture.frame["position"]
            self.set_trait("error", "")
            self.set_trait("n_selected", picture.n_selected)
            self.set_trait("selected", picture.selected)
            self._aim()
            self._show_chart()

    def _reordered(self, ranking: Ranking) -> None:
        """Number the plane on show anew."""
        if self._shown is None or self._shown.order != ranking.order:
            return
        self._ranking = ranking
        position = ranking.position(*self._shown.pair)
        if position != self._frame["position"]:
            self._serial += 1
            self._frame = {**self._frame, "serial": self._serial, "position": position}
            self.position = position

    def _take_back(self) -> None:
        """Set the traits to what is shown."""
        if self._shown is None:
            return
        with self.hold_sync():
            self.position = self._frame["position"]
            for name, value in self._shown._asdict().items():
                self.set_trait(name, list(value) if name == "highlight" else value)

    def _answer(self, asked: Any, error: str) -> None:
        """Send back what holds instead of what the page `asked` for, and why."""
        self.send_state([name for name in asked if name in self.keys])
        self._serial += 1
        with self.hold_sync():
            self.set_trait("error", error)
            self._frame = {**self._frame, "serial": self._serial}

    def _refresh(self) -> None:
        """Show the samples that were appended."""
        try:
            self._settle(anew=True)
        except Exception as error:
            self.log.warning("The scope could not show the new samples", exc_info=True)
            self._answer((), str(error) or type(error).__name__)

"""`SRMExplorer`: a scope, and beside it Cartesian figures, linked both ways."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from typing import Any, cast
from weakref import proxy

import ipywidgets

from srm_widget.export.display import embeds, in_place_of
from srm_widget.utils.validation import did_you_mean, refuse_unknown
from srm_widget.widget import validators
from srm_widget.widget.lifetime import keep
from srm_widget.widget.live_widget import LiveWidget, added_traits
from srm_widget.widget.scope import SRMScope

_SCOPE_KEYWORDS = [
    name
    for name, parameter in signature(SRMScope.__init__).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
]
_OBSERVED = "_frame", "_map_frame", "_test_frame", "signed"
_STATE_TEXTS = {
    "off": "not surveyed",
    "waiting": "not surveyed yet: the scope's map starts it",
    "running": "surveying…",
    "failed": "the survey failed: see the scope's map",
}


class SRMExplorer(LiveWidget, ipywidgets.Box):  # type: ignore[misc]  # ipywidgets has no types
    """Live polar scope with the curve over θ, the best planes and the in-plane radii beside it.

    A press or a drag in the curve turns the spotlight, one in the radii sets ε, a click on a bar
    shows that plane; all of them follow the scope. What they ask for is refused as from the scope's
    page: its error line says why.

    Parameters
    ----------
    activations_or_engine, basis
        As for `SRMScope`.
    layout
        Of the whole, as for `SRMScope`.
    **options
        As for `SRMScope`.

    Raises
    ------
    TypeError, ValueError, IndexError
        As for `SRMScope`.

    Examples
    --------
    >>> import srm_widget as srm
    >>> explorer = srm.SRMExplorer([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
    >>> explorer.scope.theta = 0.2
    >>> explorer.scope.selected
    [0]
    >>> explorer.curve.axes[0].label, explorer.radii.axes[0].label
    ('θ in degrees', 'in-plane radius r')
    """

    _linked = False  # also of an explorer that was refused while it was made
    _given_layout: Any = None

    def __init__(
        self, activations_or_engine: Any, basis: Any = None, *, layout: Any = None, **options: Any
    ) -> None:
        # bqplot takes long to import, and only the explorer needs it.
        from srm_widget.explorer import charts  # noqa: PLC0415
        from srm_widget.explorer.chart_parts import EXPLORER_CLASS, STYLE  # noqa: PLC0415

        given = validators.layout(layout)
        self._given_layout = layout
        added = added_traits(type(self), SRMExplorer)
        own = {name: options.pop(name) for name in added if name in options}
        unknown = [name for name in options if name not in _SCOPE_KEYWORDS]
        refuse_unknown(type(self).__name__, unknown, [*_SCOPE_KEYWORDS, *added])
        scope = SRMScope(activations_or_engine, basis, **options)
        if not scope.engine.has_samples:
            scope.close()
            raise TypeError("expected samples for the explorer, got counts, which keep none")
        self._scope = scope
        self._names = scope.names.all
        # They ask the scope, which they do not hold either: all go with the explorer.
        ask, me = partial(_ask, cast(SRMScope, proxy(scope))), proxy(self)
        self._curve = charts.CurveChart(lambda degrees: ask("theta", math.radians(degrees)))
        self._planes = charts.PlanesChart(self._names, lambda pair: ask("pair", pair))
        self._radii = charts.RadiiChart(lambda epsilon: ask("epsilon", epsilon))
        self._follow: Callable[[Any], None] = lambda _change: me._draw()  # noqa: SLF001
        self._drawn: dict[str, Any] = {}
        scope.layout.flex, scope.layout.min_width = "1 1 520px", "0"
        boxes = [chart.box for chart in (self._curve, self._planes, self._radii)]
        wrap = {"display": "flex", "flex_flow": "row wrap", "min_width": "0"}
        figures = ipywidgets.Box(boxes, layout=ipywidgets.Layout(flex="1 1 340px", **wrap))
        style = ipywidgets.HTML(STYLE, layout=ipywidgets.Layout(display="none"))
        super().__init__(
            [scope, figures, style], layout=given, _dom_classes=[EXPLORER_CLASS], **own
        )
        scope.observe(self._follow, _OBSERVED)
        self._linked = True
        self._draw()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._scope!r})"

    @property
    def scope(self) -> SRMScope:
        """The scope."""
        return self._scope

    @property
    def curve(self) -> Any:
        """``bqplot.Figure`` of f over θ in degrees, with those of all planes behind it."""
        self._survey_if_needed()
        return self._curve.figure

    @property
    def planes(self) -> Any:
        """``bqplot.Figure`` of the best planes by the scope's order; by alignment for "index"."""
        self._survey_if_needed()
        return self._planes.figure

    @property
    def radii(self) -> Any:
        """``bqplot.Figure`` of the histogram of in-plane radii, with ε."""
        return self._radii.figure

    def _hint(self, name: str) -> str:
        """Return the end of the refusal of an attribute: it may be one of the scope."""
        settable = self._scope._settable  # noqa: SLF001
        if name in settable:
            return f"; explorer.scope.{name} is one"
        return f", and its scope none{did_you_mean(name, settable)}"

    def close(self) -> None:
        """Remove scope and figures from all pages and let go of the engine.

        Examples
        --------
        >>> import srm_widget as srm
        >>> explorer = srm.SRMExplorer([[3, 1, 0], [1, 3, 0], [0, 0, -2]], epsilon=0.8)
        >>> explorer.close()
        >>> explorer.scope.comm is None
        True
        """
        if self._linked:
            self._linked = False
            self._scope.unobserve(self._follow, _OBSERVED)
            for widget in list(_inner_widgets(self, set())):
                if widget is not self._given_layout:
                    widget.close()
        super().close()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the explorer, or its scope's page where ``SRM_WIDGET_DISPLAY=embed``."""
        live = super()._repr_mimebundle_(**options)
        if not self._linked or live is None:
            return live
        bundle = self._scope._repr_mimebundle_(**options)
        if embeds(self.log) or bundle is None:
            return bundle
        keep(self)
        return in_place_of(live, bundle)

    def _survey_if_needed(self) -> None:
        """Survey all planes now if no event loop is there to do so in the background."""
        scope = self._scope
        if self._linked and scope.navigator and scope.survey_state == "off":
            _ = scope.survey

    def _draw(self) -> None:
        """Bring the figures up to date with the scope; those that are so are left alone."""
        scope, resonance = self._scope, self._scope.resonance
        i, j = pair = tuple(resonance.planes[0].tolist())
        epsilon, names, signed = resonance.epsilon, (self._names[i], self._names[j]), scope.signed
        survey, state = scope.latest_survey, scope.survey_state
        by = "alignment" if scope.order == "index" else scope.order
        ensemble = survey if state in ("running", "done") else None
        samples = scope.step, scope.engine.n_samples, pair
        curve = *samples, resonance.n_samples, epsilon, len(resonance.angles), signed, ensemble
        self._redraw(
            "curve", curve, lambda: self._curve.show(resonance, names, ensemble, signed=signed)
        )
        self._redraw("theta", scope.theta, lambda: self._curve.turn(scope.theta))
        tested = scope.significance if state == "done" else None
        shown = survey, by, tested
        grouped = scope.engine.groups is not None
        self._redraw(
            "planes", shown, lambda: self._planes.show(survey, by, tested, grouped=grouped)
        )
        self._redraw("pair", (*shown, pair), lambda: self._planes.mark(pair))
        state_text = _STATE_TEXTS.get(state, "")
        self._redraw(
            "state", (by, state, tested), lambda: self._planes.set_caption(by, state_text, tested)
        )
        self._redraw("radii", samples, lambda: self._radii.show(scope.engine.radii(i, j)))
        self._redraw("epsilon", (samples, epsilon), lambda: self._radii.move(epsilon))

    def _redraw(self, part: str, key: Any, draw: Callable[[], None]) -> None:
        """Draw a part of a figure if `key`, what it depends on, is not as it was last drawn."""
        if part not in self._drawn or self._drawn[part] != key:
            draw()
            self._drawn[part] = key


def _ask(scope: SRMScope, trait: str, value: Any) -> None:
    """Set a trait of the scope as its page would: errors are shown in the scope."""
    scope.set_state({trait: value})


def _inner_widgets(widget: ipywidgets.Widget, seen: set[int]) -> Iterator[ipywidgets.Widget]:
    """Yield all widgets in a widget's traits, at any depth, itself not among them."""
    values = [getattr(widget, name) for name in widget.keys]
    while values:
        value = values.pop()
        if isinstance(value, list | tuple):
            values += value
        elif isinstance(value, dict):
            values += value.values()
        elif isinstance(value, ipywidgets.Widget) and id(value) not in seen:
            seen.add(id(value))
            yield value
            yield from _inner_widgets(value, seen)

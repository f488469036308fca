"""Pictures of planes that a slider is heading for, sent before they are spec for."""

from collections.abc import Generator
from typing import Any

from srm_widget.concurrency.background import LatestTask
from srm_widget.engine.counts_source import ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.utils.text import brief, error_text
from srm_widget.utils.validation import integer
from srm_widget.view.builder import LARGE, ViewBuilder
from srm_widget.view.samples_in_plane import page_samples
from srm_widget.view.spec import ViewSpec
from srm_widget.widget.progressive_view import ProgressiveView

MOST_AHEAD = 64
"""Planes that a page may ask for at once: some 1.5 MB."""

_MOST_READ = 1 << 26
"""Bytes of a plane's coordinates beyond which it is computed only when it is spec for."""


class Prefetcher(ProgressiveView):
    """A drawing that hands its page what it may soon need.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Of the M directions.
    **traits
        For the widget.
    """

    def __init__(self, timeline: Timeline, names: list[str], **traits: Any) -> None:
        # Of its own: what is drawn ahead must not take the place of what is on show.
        self._scout = ViewBuilder(timeline, names)
        self._scouting: LatestTask[None] = LatestTask(self._note_trouble, pause=0.0)
        self._scouted = 0
        super().__init__(timeline, names, **traits)

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_scouting" in self.__dict__:  # else it was refused while it was made
            self._scouting.close()
        super().close()

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind not in ("hold", "ahead"):
            super()._handle_custom_msg(content, buffers)
            return
        try:
            if kind == "hold":
                self._send_plane()
            else:
                self._look_ahead(content)
        except Exception as error:
            self.log.warning("The scope refused %s", brief(content), exc_info=True)
            self._answer((), error_text(error))

    def _look_ahead(self, content: dict[str, Any]) -> None:
        """Send the page the planes it expects to need; the latest wish wins."""
        wanted = _checked_wish(content.get("planes"))
        # What is of another era the page asks for anew when it hears of it.
        if content.get("era") == self._era and self._is_quick() and not self._refining:
            self._scouted += 1
            era = self._era
            self._scouting.request(self._scouted, lambda: self._scout_steps(wanted, era))

    def _is_quick(self) -> bool:
        """Whether planes are computed fast enough to be computed on speculation."""
        shown = (self._engine, self._beside)
        engines = [engine for engine in shown if engine is not None]
        few = sum(engine.n_samples for engine in engines) <= LARGE
        return few and sum(map(_n_read, engines)) <= _MOST_READ

    @property
    def _beside(self) -> ResonanceSource | None:
        """The engine of the step compared with, if there is one beside that on show."""
        if self.compare in (-1, self.step):
            return None
        return self._timeline.step(self.compare).engine

    def _scout_steps(
        self, wanted: list[tuple[int, float]], era: int
    ) -> Generator[float, None, None]:
        for done, (position, epsilon) in enumerate(wanted):
            if era != self._era or self._shown is None:
                return
            if 0 <= position < self._engine.n_planes:
                pair = self._ranking.plane(position)
                if self._engine.basis.spans(*pair):
                    self._send_ahead(self._shown._replace(pair=pair, epsilon=epsilon), position)
            yield (done + 1) / len(wanted)

    def _send_ahead(self, spec: ViewSpec, position: int) -> None:
        picture = self._scout.build_plane(spec, position)
        frames = {f"_{name}": frame for name, frame in picture.frames.items()}
        arrays = {name: array for name, array in picture.arrays.items() if name != "point_groups"}
        names = [f"_{name}" for name in arrays]
        message = {"type": "ahead", "era": self._era, "frames": frames, "arrays": names}
        self.send(message, list(arrays.values()))

    def _note_trouble(self) -> None:
        """Only say so in the log: spec for, the plane will show the same trouble in the page."""
        if self._scouting.state == "failed":
            self.log.warning("Planes could not be drawn ahead: %s", self._scouting.problem)

    def _send_plane(self) -> None:
        """Send the page the samples of the plane on show, so that it can count for a while."""
        engine, legend, compare, other = self._engine, self.legend, self.compare, self._beside
        if other is not None and not other.basis.spans(*self.pair):
            other = None
        n_samples = engine.n_samples + (0 if other is None else other.n_samples)
        if self._refining or n_samples > LARGE:
            return  # to find those farthest out would keep others waiting
        labels = None if legend is None else legend.groups
        facts, buffers = page_samples(engine, self.pair, labels, other)
        compared = -1 if compare == self.step else compare
        self.send({"type": "held", "step": self.step, "compare": compared, **facts}, buffers)


def _n_read(engine: ResonanceSource) -> int:
    """Bytes that are read for the coordinates of a plane."""
    width = 2 if engine.basis.is_standard else engine.n_dims
    return 4 * engine.n_samples * width


def _checked_wish(planes: Any) -> list[tuple[int, float]]:
    """`planes` as positions in the order on show and their ε, or an error."""
    expected = f"expected at most {MOST_AHEAD} planes as [position, epsilon], got"
    if not isinstance(planes, list) or len(planes) > MOST_AHEAD:
        raise ValueError(f"{expected} {type(planes).__name__}")
    wanted = []
    for plane in planes:
        try:
            position, epsilon = plane
            wanted.append((integer("position", position), checked_epsilon(epsilon)))
        except (TypeError, ValueError):
            raise TypeError(f"{expected} {brief(plane)}") from None
    return wanted

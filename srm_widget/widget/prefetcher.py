"""Prefetcher: sends the page planes that a slider is heading for before it asks for them."""

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
"""Bytes read for a plane beyond which it is computed only when it is asked for."""


class Prefetcher(ProgressiveView):
    """Scope that sends its page planes, and the samples of the plane on show, ahead of need.

    Parameters
    ----------
    timeline
        Engines of the activations, at least one.
    names
        Names of the M directions.
    **traits
        Traits of the widget.
    """

    def __init__(self, timeline: Timeline, names: list[str], **traits: Any) -> None:
        # A builder of its own: what is sent ahead must not drive what is on show from the cache.
        self._prefetch_builder = ViewBuilder(timeline, names)
        self._prefetch_task: LatestTask[None] = LatestTask(self._log_prefetch_problem, pause=0.0)
        self._n_prefetches = 0
        super().__init__(timeline, names, **traits)

    def close(self) -> None:
        """Remove the scope from all pages and end what is computed for it."""
        if "_prefetch_task" in self.__dict__:  # else it was refused while it was made
            self._prefetch_task.close()
        super().close()

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind not in ("hold", "ahead"):
            super()._handle_custom_msg(content, buffers)
            return
        try:
            if kind == "hold":
                self._send_samples()
            else:
                self._prefetch(content)
        except Exception as error:
            self.log.warning("The scope refused %s", brief(content), exc_info=True)
            self._answer((), error_text(error))

    def _prefetch(self, content: dict[str, Any]) -> None:
        """Send the page the planes that it expects to need; the latest request wins."""
        planes = _checked_planes(content.get("planes"))
        # A page that is still in an earlier era asks again when it hears of this one.
        if content.get("era") == self._era and self._is_quick() and not self._refining:
            self._n_prefetches += 1
            era = self._era
            self._prefetch_task.request(
                self._n_prefetches, lambda: self._prefetch_steps(planes, era)
            )

    def _is_quick(self) -> bool:
        """Return whether planes are computed fast enough to be computed before they are needed."""
        used = (self._engine, self._compared_engine)
        engines = [engine for engine in used if engine is not None]
        few = sum(engine.n_samples for engine in engines) <= LARGE
        return few and sum(map(_n_bytes_read, engines)) <= _MOST_READ

    @property
    def _compared_engine(self) -> ResonanceSource | None:
        """Engine of the compared step; None without one, or if it is the step on show."""
        if self.compare in (-1, self.step):
            return None
        return self._timeline.step(self.compare).engine

    def _prefetch_steps(
        self, planes: list[tuple[int, float]], era: int
    ) -> Generator[float, None, None]:
        """Send planes (position, ε) one by one, as long as the era lasts; yield the share done."""
        for done, (position, epsilon) in enumerate(planes):
            if era != self._era or self._shown_spec is None:
                return
            if 0 <= position < self._engine.n_planes:
                pair = self._plane_order.plane(position)
                if self._engine.basis.spans(*pair):
                    self._send_ahead(
                        self._shown_spec._replace(pair=pair, epsilon=epsilon), position
                    )
            yield (done + 1) / len(planes)

    def _send_ahead(self, spec: ViewSpec, position: int) -> None:
        """Send the page the plane of `spec`, which it keeps until it needs it."""
        view = self._prefetch_builder.build_plane(spec, position)
        frames = {f"_{name}": frame for name, frame in view.frames.items()}
        arrays = {name: array for name, array in view.arrays.items() if name != "point_groups"}
        names = [f"_{name}" for name in arrays]
        message = {"type": "ahead", "era": self._era, "frames": frames, "arrays": names}
        self.send(message, list(arrays.values()))

    def _log_prefetch_problem(self) -> None:
        """Log why planes could not be sent ahead; once asked for, a plane shows it in the page."""
        if self._prefetch_task.state == "failed":
            self.log.warning("Planes could not be drawn ahead: %s", self._prefetch_task.problem)

    def _send_samples(self) -> None:
        """Send the page the samples of the plane on show, from which it counts by itself."""
        engine, compared_engine, legend = self._engine, self._compared_engine, self.legend
        if compared_engine is not None and not compared_engine.basis.spans(*self.pair):
            compared_engine = None
        n_samples = engine.n_samples
        if compared_engine is not None:
            n_samples += compared_engine.n_samples
        if self._refining or n_samples > LARGE:
            return  # to find the samples farthest out would keep others waiting
        labels = None if legend is None else legend.groups
        facts, buffers = page_samples(engine, self.pair, labels, compared_engine)
        compare = -1 if self.compare == self.step else self.compare
        self.send({"type": "held", "step": self.step, "compare": compare, **facts}, buffers)


def _n_bytes_read(engine: ResonanceSource) -> int:
    """Return how many bytes are read for the coordinates of a plane."""
    width = 2 if engine.basis.is_standard else engine.n_dims
    return 4 * engine.n_samples * width


def _checked_planes(planes: Any) -> list[tuple[int, float]]:
    """Return a page's `planes` as positions in the order on show and their ε, or raise."""
    expected = f"expected at most {MOST_AHEAD} planes as [position, epsilon], got"
    if not isinstance(planes, list) or len(planes) > MOST_AHEAD:
        raise ValueError(f"{expected} {type(planes).__name__}")
    checked = []
    for plane in planes:
        try:
            position, epsilon = plane
            checked.append((integer("position", position), checked_epsilon(epsilon)))
        except (TypeError, ValueError):
            raise TypeError(f"{expected} {brief(plane)}") from None
    return checked

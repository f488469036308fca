"""`Prefetcher`: sends the page planes that a slider is heading for before it asks for them."""

from collections.abc import Generator, Mapping
from typing import Any

from srm_widget.concurrency.background import LatestTask
from srm_widget.engine.source import ResonanceSource
from srm_widget.export.payload import PayloadContent, pack_payload
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.utils.text import brief
from srm_widget.utils.validation import integer
from srm_widget.view.builder import LARGE, ViewBuilder
from srm_widget.view.samples_in_plane import page_samples
from srm_widget.view.spec import ViewSpec
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.publisher import Publisher
from srm_widget.widget.view_controller import ViewController

MOST_AHEAD = 64
"""Planes that a page may ask for at once: some 1.5 MB."""

_MOST_NUMBERS = 1 << 21
"""Numbers of samples and bases beyond which steps are sent one by one: some 10 MB."""

_MOST_READ = 1 << 26
"""Bytes read for a plane beyond which it is computed only when it is asked for."""


class Prefetcher:
    """Sender of planes, and of the samples of the plane on show, ahead of need.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    view
        View on show.
    builder
        Builder of its own: what is sent ahead must not drive what is on show from the cache.
    """

    def __init__(
        self,
        model: ScopeModel,
        publisher: Publisher,
        view: ViewController,
        builder: ViewBuilder,
    ) -> None:
        self._model, self._publisher = model, publisher
        self._view, self._builder = view, builder
        self._task: LatestTask[None] = LatestTask(self._log_problem, pause=0.0)
        self._n_requests = 0

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def prefetch(self, message: Mapping[str, Any]) -> None:
        """Send the page the ``planes`` that it expects to need; the latest request wins."""
        planes = _checked_planes(message.get("planes"))
        # A page that is still in an earlier era asks again when it hears of this one.
        if message.get("era") == self._view.era and self._is_quick() and not self._view.refining:
            self._n_requests += 1
            era = self._view.era
            self._task.request(self._n_requests, lambda: self._steps(planes, era))

    def send_samples(self, _message: Mapping[str, Any]) -> None:
        """Send the page the samples of the plane on show, from which it counts by itself."""
        model = self._model
        engine, compared_engine, legend = model.engine, model.compared_engine, model.legend
        if compared_engine is not None and not compared_engine.basis.spans(*model.pair):
            compared_engine = None
        n_samples = engine.n_samples
        if compared_engine is not None:
            n_samples += compared_engine.n_samples
        if self._view.refining or n_samples > LARGE:
            return  # to find the samples farthest out would keep others waiting
        labels = None if legend is None else legend.groups
        facts, buffers = page_samples(engine, model.pair, labels, compared_engine)
        compare = -1 if model.compare == model.step else model.compare
        message = {"type": "held", "step": model.step, "compare": compare, **facts}
        self._publisher.send(message, buffers)

    def send_steps(self, _message: Mapping[str, Any]) -> None:
        """Send the page the samples that all steps share, so that it turns the basis by itself.

        Nothing is sent where steps have samples of their own, or too many to be sent unasked.
        """
        model, timeline = self._model, self._model.timeline
        engines = [timeline.step(k).engine for k in range(len(timeline))]
        first = engines[0]
        numbers = first.n_samples * first.n_dims + len(engines) * first.n_directions * first.n_dims
        shared = all(first.shares_samples(each) for each in engines) and first.has_samples
        if len(engines) < 2 or not shared or numbers > _MOST_NUMBERS or self._view.refining:
            return
        content = PayloadContent(engines, timeline.labels, list(model.names.all), model.legend)
        payload = pack_payload(content, 1 << 30, seed=0)
        self._publisher.send({"type": "steps", "frame": payload.frame}, [payload.data])

    def _is_quick(self) -> bool:
        """Return whether planes are computed fast enough to be computed before they are needed."""
        used = self._model.engine, self._model.compared_engine
        engines = [engine for engine in used if engine is not None]
        few = sum(engine.n_samples for engine in engines) <= LARGE
        return few and sum(map(_n_bytes_read, engines)) <= _MOST_READ

    def _steps(self, planes: list[tuple[int, float]], era: int) -> Generator[float, None, None]:
        """Send planes (position, ε) one by one, as long as the era lasts; yield the share done."""
        for done, (position, epsilon) in enumerate(planes):
            spec, engine = self._view.spec, self._model.engine
            if era != self._view.era or spec is None:
                return
            if 0 <= position < engine.n_planes:
                pair = self._model.ranking.plane(position)
                if engine.basis.spans(*pair):
                    self._send(spec._replace(pair=pair, epsilon=epsilon), position)
            yield (done + 1) / len(planes)

    def _send(self, spec: ViewSpec, position: int) -> None:
        """Send the page the plane of `spec`, which it keeps until it needs it."""
        view = self._builder.build_plane(spec, position)
        frames = {f"_{name}": frame for name, frame in view.frames.items()}
        arrays = {name: array for name, array in view.arrays.items() if name != "point_groups"}
        names = [f"_{name}" for name in arrays]
        message = {"type": "ahead", "era": self._view.era, "frames": frames, "arrays": names}
        self._publisher.send(message, list(arrays.values()))

    def _log_problem(self) -> None:
        """Log why planes could not be sent ahead; once asked for, a plane shows it in the page."""
        if self._task.state == "failed":
            self._publisher.log.warning("Planes could not be drawn ahead: %s", self._task.problem)


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

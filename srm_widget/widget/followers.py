"""`EngineFollower`: hears of samples that are appended to engines, and of steps recorded."""

from collections.abc import Callable

from srm_widget.concurrency.locks import widget_lock
from srm_widget.engine.source import ResonanceSource
from srm_widget.engine.timeline import Timeline
from srm_widget.utils.text import error_text
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.publisher import Publisher


class EngineFollower:
    """Follower of a timeline and of the engines in it.

    If the last step is on show the traits go on to each step that is recorded. It must be kept:
    engines only know those that hear of samples as long as somebody else does.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    compares_automatically
        Whether to compare to the first step as soon as there are two.
    on_samples
        Called to show what is new; what it raises the page is told.
    on_changed
        Called after that.
    """

    def __init__(
        self,
        model: ScopeModel,
        publisher: Publisher,
        *,
        compares_automatically: bool,
        on_samples: Callable[[], None],
        on_changed: Callable[[], None],
    ) -> None:
        self._model, self._publisher = model, publisher
        self._compares_automatically = compares_automatically
        self._on_samples, self._on_changed = on_samples, on_changed
        self._engines: list[ResonanceSource] = []
        self._timeline: Timeline | None = None  # of its own: the model may be gone at the end

    def follow(self) -> None:
        """Listen for samples and steps to come, and send the page the names of the steps."""
        timeline = self._model.timeline
        if self._timeline is None:
            timeline.listeners.add(self._show_changes)
            self._timeline = timeline
        for k in range(len(self._engines), len(timeline)):
            engine = timeline.step(k).engine
            # Engines of the same samples have the same listeners.
            if not any(engine.listeners is followed.listeners for followed in self._engines):
                engine.listeners.add(self._show_changes)
            self._engines.append(engine)
        self._publisher.publish(_steps=timeline.labels if len(timeline) > 1 else [])

    def close(self) -> None:
        """Follow nothing any more, and let go of the engines."""
        if self._timeline is not None:
            self._timeline.listeners.remove(self._show_changes)
            for engine in self._engines:
                engine.listeners.remove(self._show_changes)
            self._engines, self._timeline = [], None

    def _show_changes(self) -> None:
        """Show the samples that were appended, or the steps that were recorded."""
        with widget_lock, self._publisher.hold():
            n_before = len(self._engines)
            self.follow()
            try:
                self._follow_last_step(n_before, len(self._engines))
                self._on_samples()
            except Exception as error:
                self._publisher.log.warning("The scope could not show what is new", exc_info=True)
                self._publisher.answer((), error_text(error))
            self._on_changed()

    def _follow_last_step(self, n_before: int, n_steps: int) -> None:
        """Go on to the last of `n_steps` if the last one was on show when there were `n_before`."""
        if n_before == n_steps:
            return
        model = self._model
        with model.hold_trait_notifications():
            if model.step == n_before - 1:
                model.step = n_steps - 1
            if n_before == 1 and self._compares_automatically:
                model.compare = 0

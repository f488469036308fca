"""Parts of a scope by themselves: traits without a widget, and a wire without a comm."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

import srm_widget as srm
from srm_widget.engine.timeline import timeline_of
from srm_widget.view.builder import ViewBuilder
from srm_widget.view.direction_names import DirectionNames
from srm_widget.view.legend import LegendCache
from srm_widget.view.plane_map import PlaneOrder
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.publisher import Publisher, Wire
from srm_widget.widget.view_controller import ViewController

ROWS = np.random.default_rng(7).standard_normal((150, 5)).astype(np.float32) ** 3


class Heard:
    """What a page would hear: states and messages, and how often changes were held together."""

    def __init__(self) -> None:
        self.states: list[list[str]] = []
        self.messages: list[dict[str, Any]] = []
        self.arrays: list[Sequence[bytes]] = []
        self.depth = self.holds = 0

    @property
    def wire(self) -> Wire:
        return Wire(self.hold, self.states.append, self.send, logging.getLogger("parts"))

    @contextmanager
    def hold(self) -> Iterator[None]:
        self.holds += not self.depth
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    def send(self, message: dict[str, Any], arrays: Sequence[bytes]) -> None:
        self.messages.append(message)
        self.arrays.append(arrays)


class Parts:
    """Traits of a scope on some activations, a publisher, and a view that follows them if asked."""

    def __init__(self, activations: Any = ROWS, **traits: Any) -> None:
        self.timeline: srm.Timeline = timeline_of(activations, None, nan_policy="raise")
        self.names = DirectionNames(None, self.timeline.n_directions)
        self.legends = LegendCache()
        self.model = ScopeModel(
            self.timeline, self.names, self.legends, **{"epsilon": 0.5, **traits}
        )
        self.heard = Heard()
        self.publisher = Publisher(self.model, self.heard.wire)
        self.for_page = False
        self.shown = self.restored = 0

    def builder(self) -> ViewBuilder:
        return ViewBuilder(self.timeline, self.names.all, self.legends)

    def view(self) -> ViewController:
        return ViewController(
            self.model,
            self.publisher,
            self.builder(),
            order_for=self.order_for,
            is_for_page=lambda: self.for_page,
            on_shown=self.count_shown,
            on_restored=self.count_restored,
        )

    def order_for(self, order: str, epsilon: float, *, samples_appended: bool) -> PlaneOrder:
        del samples_appended
        survey = None if order == "index" else self.model.engine.survey(epsilon=epsilon)
        return PlaneOrder(self.timeline.n_directions, order, survey)

    def count_shown(self) -> None:
        self.shown += 1

    def count_restored(self) -> None:
        self.restored += 1

"""`PairList`: the pairs of directions that fire together, found in the background."""

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

import numpy as np

from srm_widget.concurrency.background import LatestTask
from srm_widget.concurrency.generators import reported, run
from srm_widget.engine.source import ResonanceSource
from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.results.survey import PER_DIRECTION
from srm_widget.view.builder import LARGE
from srm_widget.view.pair_list import MOST_PAIRS, pair_rows
from srm_widget.view.wire import PairsFrame, PairsProgress
from srm_widget.widget.model import ScopeModel
from srm_widget.widget.pace import Pace
from srm_widget.widget.publisher import Publisher

_QUICK = 1.0
"""Seconds up to which pairs are looked for unasked."""

_PRODUCTS_OF_SECOND = 1e10
"""Products of numbers that are summed to projections and cosines in about a second."""

_TESTS_OF_SECOND = 5e7
"""Pairs times samples that are tested in about a second."""

_ASKED = 0.001
"""Share done that a search begins with if a user asked for it: the page says at once that it runs.
Others, which are quick, it does not mention before they take a while."""


class _Sought(NamedTuple):
    """What pairs are looked for: of a step, its samples, ε, and one direction or all."""

    step: int
    n_samples: int
    epsilon: float
    of: int | None


class PairList:
    """List of the pairs that fire together most, of all directions or of one of those on show.

    A list that was found is kept until the next one is: the page says what it is of.

    Parameters
    ----------
    model
        The traits.
    publisher
        Way to the page.
    names
        Names of the M directions.
    """

    def __init__(self, model: ScopeModel, publisher: Publisher, names: Sequence[str]) -> None:
        self._model, self._publisher, self._names = model, publisher, names
        self._task: LatestTask[CoactivePlanes] = LatestTask(self._take)
        self._under_way: _Sought | None = None
        self._found: tuple[_Sought, CoactivePlanes] | None = None
        self._progress, self._pace = 0.0, Pace()

    @property
    def on_show(self) -> CoactivePlanes | None:
        """The pairs that were found, if they are of what is on show."""
        return self._found[1] if self._found and self._found[0] == self._wanted else None

    def close(self) -> None:
        """End what is computed."""
        self._task.close()

    def request(self, *, costly: bool = False) -> None:
        """Have the pairs found of what is on show, in the background, if they are shown.

        Parameters
        ----------
        costly
            Whether to begin even where that may take long.
        """
        wanted, state = self._wanted, self._task.state
        is_under_way = wanted == self._under_way and state == "running"
        has_failed = wanted == self._under_way and state == "failed"
        if not self._is_shown or self.on_show is not None:
            self.stop()
        elif is_under_way or (has_failed and not costly):
            return
        elif costly or _seconds(self._model.engine, wanted.of) <= _QUICK:
            self._begin(wanted, _ASKED if costly else 0.0)
        else:
            self.stop()
        self.show()

    def stop(self) -> None:
        """End a search that is under way; what was found before stays."""
        self._under_way = None
        if self._task.state in ("running", "failed"):
            self._task.clear()

    def show(self) -> None:
        """Send the page the state of the search, and the pairs that were found last."""
        if not self._model.engine.has_samples or not (self._is_shown or self._found):
            self._publisher.publish(_pairs_frame={})
            return
        task = self._task
        is_due = self._is_shown and self.on_show is None
        state: Any = task.state if self._under_way else "waiting" if is_due else "done"
        progress: PairsProgress = {
            "state": state,
            "progress": round(self._progress, 3) if state == "running" else 0.0,
            "hint": task.problem if state == "failed" else self._hint() if is_due else "",
        }
        self._publisher.publish(_pairs_frame={**progress, **self._list()})

    @property
    def _is_shown(self) -> bool:
        model = self._model
        return model.navigator and model.navigator_as == "pairs" and model.engine.has_samples

    @property
    def _wanted(self) -> _Sought:
        model = self._model
        place = {"all": None, "first": 0, "second": 1}[model.pairs_of]
        of = None if place is None else model.pair[place]
        return _Sought(model.step, model.engine.n_samples, model.epsilon, of)

    def _begin(self, wanted: _Sought, progress: float) -> None:
        self._under_way, self._progress = wanted, progress
        self._pace.start()
        engine = self._model.engine
        self._task.request(wanted, lambda: self._steps(engine, wanted))

    def _steps(
        self, engine: ResonanceSource, wanted: _Sought
    ) -> Generator[float, None, CoactivePlanes]:
        per_direction = PER_DIRECTION if wanted.of is None else None
        steps = engine.coactive_steps(
            epsilon=wanted.epsilon,
            top=MOST_PAIRS,
            per_direction=per_direction,
            partners_of=wanted.of,
        )
        return (yield from reported(steps, self._hear, "pairs"))

    def _hear(self, share: float) -> None:
        self._progress = share
        if self._pace.is_due():
            self.show()

    def _take(self) -> None:
        """Keep what was found, and show how the search stands."""
        if self._task.state == "done" and self._under_way and self._task.result is not None:
            self._found, self._under_way = (self._under_way, self._task.result), None
        self.show()

    def _hint(self) -> str:
        engine = self._model.engine
        return (
            f"{engine.n_directions:,} directions, {engine.n_samples:,} samples: "
            "to find the pairs may take a while."
        )

    def _list(self) -> PairsFrame | dict[str, Any]:
        if self._found is None:
            return {}
        sought, found = self._found
        return {
            "of": sought.of,
            "step": sought.step,
            "epsilon": sought.epsilon,
            "n_samples": sought.n_samples,
            "n_planes": found.n_planes,
            "n_found": found.n_found,
            "per_direction": PER_DIRECTION if sought.of is None else None,
            "rows": pair_rows(found, sought.of, self._names),
        }


def fullest_middle(engine: ResonanceSource, pair: tuple[int, int], epsilon: float) -> float:
    """Return the angle halfway between two directions or their negatives that lights most.

    That between the two themselves if none lights more; also where data are so large that
    counting would keep others waiting.
    """
    alpha = engine.basis.plane(*pair).alpha
    middles = np.array([alpha / 2, (alpha + np.pi) / 2])
    angles = np.concatenate([middles, middles + np.pi])
    if not engine.has_samples or engine.n_to_read(*pair, epsilon=epsilon) > LARGE:
        return float(angles[0])
    counts = run(engine.curve_steps(*pair, epsilon=epsilon, angles=angles)).counts[0]
    return float(angles[counts.argmax()])


def _seconds(engine: ResonanceSource, of: int | None) -> float:
    """Return about how long pairs are looked for, at most; those of one direction if it is given.

    How many pairs a sample is near to depends on ε; here it is near to all.
    """
    n, m = engine.n_samples, engine.n_directions
    width = 1 if engine.basis.is_standard else engine.n_dims
    products = n * m * width + (m * m * width if of is None else 0)
    tests = n * m if of is not None else n * m * m / 2
    return products / _PRODUCTS_OF_SECOND + tests / _TESTS_OF_SECOND

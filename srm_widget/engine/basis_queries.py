"""Questions about single directions of the basis: the samples along each."""

from collections.abc import Generator
from typing import Any

from srm_widget.concurrency.generators import run
from srm_widget.concurrency.threads import locked_steps
from srm_widget.engine.coordinate_queries import CoordinateQueries
from srm_widget.survey.directions import Directions, directions_steps


class BasisQueries(CoordinateQueries):
    """The engine's questions about single directions of the basis."""

    def directions(self, *, epsilon: float | str, labels: Any = None) -> Directions:
        """Count the samples along each basis direction ±b_i, and their purity with labels.

        A direction whose samples are nearly all of one class is a candidate for a grandmother
        neuron (arXiv 2505.13471).

        Parameters
        ----------
        epsilon
            ε in [-1, 1], or "auto".
        labels
            Classes, as for `class_curves`.
        """
        return run(self.directions_steps(epsilon=epsilon, labels=labels))

    @locked_steps
    def directions_steps(
        self, *, epsilon: float | str, labels: Any = None
    ) -> Generator[float, None, Directions]:
        """Compute `directions` in short steps, so that other work can be done in between.

        Yields the share done, rising to 1; returns the table. Close it to cancel.
        """
        fixed = self.resolved_epsilon(epsilon)
        class_codes = None if labels is None else self._encode_labels(labels)
        return directions_steps(self._store, self.basis, fixed, class_codes)

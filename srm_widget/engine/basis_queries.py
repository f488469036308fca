"""What lies along each direction of the basis, beside the planes they span."""

from collections.abc import Generator
from typing import Any

from srm_widget.concurrency.generators import run
from srm_widget.concurrency.threads import locked_steps
from srm_widget.engine.coordinate_queries import CoordinateQueries
from srm_widget.survey.directions import Directions, directions_steps


class BasisQueries(CoordinateQueries):
    """The questions that are asked of single directions."""

    def directions(self, *, epsilon: float | str, labels: Any = None) -> Directions:
        """Samples along each basis direction ±b_i, and how pure they are.

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
        """`directions` in short steps, for those who have something else to do in between.

        Yields the share done, rising to 1; returns the table. Close it to cancel.
        """
        fixed = self.resolved_epsilon(epsilon)
        coded = None if labels is None else self._coded(labels)
        return directions_steps(self._samples, self.basis, fixed, coded)

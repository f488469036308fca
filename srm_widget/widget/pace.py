"""`Pace`: how often a page hears of what goes on in the background."""

import time

SHOWN_EVERY = 0.2
"""Seconds between two reports to the page."""


class Pace:
    """Tells when a report is due: not more often than every few tenths of a second."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Count from now on."""
        self._last = time.perf_counter()

    def is_due(self) -> bool:
        """Whether a report is due; if so, the next one is due so much later."""
        due = time.perf_counter() - self._last > SHOWN_EVERY
        if due:
            self.start()
        return due

"""What a page and a kernel hold: resident memory, JavaScript heap, nodes, listeners."""

from __future__ import annotations

from typing import NamedTuple

import psutil
from playwright.sync_api import CDPSession

from tests.browser.lab import Lab


class Footprint(NamedTuple):
    """What is left after everything that is garbage was collected.

    Parameters
    ----------
    kernel
        Resident bytes of the kernel's process.
    heap
        Bytes of the page's JavaScript objects, and of the buffers they hold.
    nodes, listeners, documents
        How many the browser keeps alive, detached ones counted in.
    """

    kernel: int
    heap: int
    nodes: int
    listeners: int
    documents: int


class Scales:
    """Weighs a notebook's kernel and its page.

    Parameters
    ----------
    lab
        With a notebook open.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._process = psutil.Process(lab.kernel.evaluate("__import__('os').getpid()"))
        self._devtools: CDPSession = lab.page.context.new_cdp_session(lab.page)
        self._devtools.send("HeapProfiler.enable")
        self._devtools.send("Performance.enable")

    def weigh(self) -> Footprint:
        """Collect garbage on both sides, and see what is left."""
        self._lab.wait_idle()
        self._lab.kernel.execute("__import__('gc').collect()")
        # What the first round lets go of may have held something from outside the heap.
        for _ in range(3):
            self._devtools.send("HeapProfiler.collectGarbage")
        usage = self._devtools.send("Runtime.getHeapUsage")
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        counts = {metric["name"]: int(metric["value"]) for metric in metrics}
        return Footprint(
            kernel=self._process.memory_info().rss,
            heap=int(usage["usedSize"] + usage.get("backingStorageSize", 0)),
            nodes=counts["Nodes"],
            listeners=counts["JSEventListeners"],
            documents=counts["Documents"],
        )

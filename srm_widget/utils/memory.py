"""Memory that is left: of the machine, the container, and what the process itself may take."""

import ctypes
import re
import sys
from contextlib import suppress
from pathlib import Path

from srm_widget.utils.control_groups import control_groups, read_text

_FILES = {
    1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    2: ("memory.max", "memory.current", "inactive_file"),
}
"""Limit and usage of a control group by its version, and what of its caches it would give up."""


def available_bytes() -> int | None:
    """Return how many bytes can still be taken, None where nothing tells.

    What the machine has left, caches that it would give up included; in a container no more than
    its limit leaves, nor than those of the process itself, ``ulimit -v``, which batch systems set.
    """
    known = [room for room in (_machine(), *_groups(), *_own_limits()) if room is not None]
    return max(0, min(known)) if known else None


def bytes_text(n_bytes: int) -> str:
    """Return a number of bytes in words, with one or two digits: "15 GB"."""
    for size, unit in ((10**9, "GB"), (10**6, "MB")):
        if n_bytes >= size:
            value = n_bytes / size
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"
    return f"{n_bytes:,} bytes"


def give_back() -> None:
    """Give the system back what was freed and is kept for what may come; nothing if not by glibc.

    It keeps room between what is still in use, in each thread's own share of the memory: a cell run
    over and over would seem to take more and more.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # of another C library
            ctypes.CDLL(None).malloc_trim(0)


def _machine() -> int | None:
    import psutil  # loads slowly, and importing the package asks for nothing  # noqa: PLC0415

    try:
        return int(psutil.virtual_memory().available)
    except OSError:  # a system that does not tell
        return None


def _own_limits() -> list[int]:
    """Return what the limits of the process itself leave."""
    limits, status = read_text(Path("/proc/self/limits")), read_text(Path("/proc/self/status"))
    rooms = []
    for limit, usage in (("Max address space", "VmSize"), ("Max data size", "VmData")):
        most = re.search(rf"^{limit} +(\d+)", limits, re.MULTILINE)  # or "unlimited"
        used = re.search(rf"^{usage}:\s+(\d+) kB", status, re.MULTILINE)
        if most and used:
            rooms.append(int(most[1]) - 1024 * int(used[1]))
    return rooms


def _groups() -> list[int]:
    """Return what the limits of the process's control groups leave."""
    rooms = []
    for group, version in control_groups("memory"):
        rooms += _room(group, *_FILES[version])
    return rooms


def _room(group: Path, limit: str, usage: str, cached: str) -> list[int]:
    most, used = read_text(group / limit).strip(), read_text(group / usage).strip()
    if not (most.isdigit() and used.isdigit()):
        return []  # "max", or no such group
    reclaimable = re.search(rf"^{cached} (\d+)", read_text(group / "memory.stat"), re.MULTILINE)
    return [int(most) - int(used) + (int(reclaimable[1]) if reclaimable else 0)]

"""Memory that is left: of the machine, the container, and what the process itself may take."""

import os
import re
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")


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


def _machine() -> int | None:
    found = re.search(r"^MemAvailable:\s+(\d+) kB", _read(Path("/proc/meminfo")), re.MULTILINE)
    if found:
        return 1024 * int(found[1])
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # none of these on Windows
        return None


def _own_limits() -> list[int]:
    """Return what the limits of the process itself leave."""
    limits, status = _read(Path("/proc/self/limits")), _read(Path("/proc/self/status"))
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
    for line in _read(Path("/proc/self/cgroup")).splitlines():
        _, controllers, own = line.split(":", 2)
        if controllers == "":
            root, names = _GROUPS, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            root = _GROUPS / "memory"
        else:
            continue
        path = root / own.lstrip("/")
        # A container may see its own group as the root.
        for group in (path, *path.parents):
            rooms += _room(group, *names)
            if group == root:
                break
    return rooms


def _room(group: Path, limit: str, usage: str, cached: str) -> list[int]:
    most, used = _read(group / limit).strip(), _read(group / usage).strip()
    if not (most.isdigit() and used.isdigit()):
        return []  # "max", or no such group
    reclaimable = re.search(rf"^{cached} (\d+)", _read(group / "memory.stat"), re.MULTILINE)
    return [int(most) - int(used) + (int(reclaimable[1]) if reclaimable else 0)]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""

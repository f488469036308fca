"""How much memory there is left to work in."""

from pathlib import Path

import psutil

_CONTAINER = Path("/sys/fs/cgroup")
"""Where Linux tells a container its share of the memory, and what of it is in use."""


def available_bytes() -> int:
    """Return the bytes that can be had without swapping, of the machine or of the container."""
    left: int = psutil.virtual_memory().available
    try:
        most, used = (_number(name) for name in ("memory.max", "memory.current"))
        cached = _field("memory.stat", "inactive_file")
    except (OSError, ValueError):  # no container, or one without a bound: "max" is no number
        return left
    return max(0, min(left, most - used + cached))


def bytes_text(n_bytes: int) -> str:
    """Return a number of bytes in words, with one or two digits: "15 GB"."""
    for size, unit in ((10**9, "GB"), (10**6, "MB")):
        if n_bytes >= size:
            value = n_bytes / size
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"
    return f"{n_bytes:,} bytes"


def _number(name: str) -> int:
    return int((_CONTAINER / name).read_text())


def _field(name: str, field: str) -> int:
    for line in (_CONTAINER / name).read_text().splitlines():
        key, value = line.split()
        if key == field:
            return int(value)
    return 0

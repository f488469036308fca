"""Processor cores that are free: of those the process may use, those that others leave."""

import math
import os
import time
from pathlib import Path
from typing import NamedTuple

from srm_widget.utils.control_groups import control_groups, read_text


class Usage(NamedTuple):
    """What was used of the cores until a moment.

    Attributes
    ----------
    at
        The moment, in seconds of `time.perf_counter`.
    cores
        Cores that the process may run on.
    busy
        Seconds they have been busy, added up, with whatever process.
    groups
        Of each control group that has a quota: cores that it may use, seconds it has used.
    own
        Seconds of processor time that the process itself has used.
    """

    at: float
    cores: int
    busy: float
    groups: tuple[tuple[float, float], ...]
    own: float


def usage() -> Usage:
    """Return what has been used of the cores until now; it takes some 0.1 ms."""
    import psutil  # loads slowly, and importing the package asks for nothing  # noqa: PLC0415

    allowed = _allowed()
    try:
        times = psutil.cpu_times(percpu=True)
    except OSError:  # a system that does not tell; then all cores are taken for free
        times = []
    counted = [times[core] for core in allowed if core < len(times)]
    # Guests are in user and nice, and what a hypervisor has stolen is not there for anybody.
    idle = sum(each.idle + getattr(each, "iowait", 0.0) for each in counted)
    guests = sum(getattr(each, "guest", 0.0) + getattr(each, "guest_nice", 0.0) for each in counted)
    busy = sum(sum(each) for each in counted) - idle - guests
    return Usage(time.perf_counter(), len(allowed), busy, _quotas(), time.process_time())


def usable_cores() -> int:
    """Return how many cores the process may use: by its affinity, and by quotas of containers."""
    quotas = (math.ceil(cores) for cores, _ in _quotas())
    return max(1, min(len(_allowed()), *quotas, os.cpu_count() or 1))


def free_cores(before: Usage, now: Usage, own: float) -> float:
    """Return how many cores others have left free between two moments, at most those usable.

    Parameters
    ----------
    before, now
        The two moments.
    own
        Seconds of processor time between them that are not others'.
    """
    seconds = max(now.at - before.at, 1e-9)
    rooms = [now.cores - max(0.0, now.busy - before.busy - own) / seconds]
    if len(now.groups) == len(before.groups):
        rooms += [
            cores - max(0.0, used - earlier - own) / seconds
            for (cores, used), (_, earlier) in zip(now.groups, before.groups, strict=True)
        ]
    return max(0.0, min(rooms))


def _allowed() -> list[int]:
    """Return the cores that the process may run on, numbered by the system."""
    if hasattr(os, "sched_getaffinity"):  # neither on macOS nor on Windows
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _quotas() -> tuple[tuple[float, float], ...]:
    """Return cores and seconds used of each control group that may not use all cores."""
    found = []
    for group, version in control_groups("cpu"):
        quota = _quota_v2(group) if version == 2 else _quota_v1(group)
        if quota is not None:
            found.append(quota)
    return tuple(found)


def _quota_v2(group: Path) -> tuple[float, float] | None:
    quota, _, period = read_text(group / "cpu.max").strip().partition(" ")
    if not (quota.isdigit() and period.isdigit()):
        return None  # "max", or no such group
    used = dict(line.split() for line in read_text(group / "cpu.stat").splitlines())
    return int(quota) / int(period), int(used.get("usage_usec", 0)) / 1e6


def _quota_v1(group: Path) -> tuple[float, float] | None:
    quota, period = (
        read_text(group / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period")
    )
    if not (quota.isdigit() and period.isdigit()):
        return None  # -1: none
    used = read_text(group / "cpuacct.usage").strip()  # the two are mounted as one, as a rule
    return int(quota) / int(period), int(used or 0) / 1e9

"""How many cores are free, by whatever tells."""

from __future__ import annotations

import os

import pytest

from srm_widget.utils import processors
from srm_widget.utils.processors import Usage, free_cores, usable_cores, usage
from tests.unit.support.system_files import given_files


def test_what_was_used_only_grows() -> None:
    before, now = usage(), usage()
    assert 1 <= usable_cores() <= before.cores == now.cores <= (os.cpu_count() or 1)
    assert now.at > before.at
    assert now.busy >= before.busy > 0
    assert now.own >= before.own > 0
    assert 0 <= free_cores(before, now, now.own - before.own) <= now.cores


def test_where_the_system_does_not_tell_all_cores_are_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hidden(**_: object) -> None:
        raise PermissionError("/proc/stat")

    monkeypatch.setattr("psutil.cpu_times", hidden)
    monkeypatch.setattr(processors, "_quotas", tuple)
    before, now = usage(), usage()
    assert free_cores(before, now, own=0.0) == before.cores


def test_what_others_leave_is_free() -> None:
    before = Usage(at=10, cores=8, busy=100, groups=(), own=0.0)
    quiet = Usage(at=12, cores=8, busy=104, groups=(), own=4.0)
    assert free_cores(before, quiet, own=4.0) == 8
    assert free_cores(before, quiet, own=1.0) == 6.5
    full = quiet._replace(busy=116)
    assert free_cores(before, full, own=0.0) == 0
    assert free_cores(before, full, own=4.0) == 2
    assert free_cores(before, full, own=99.0) == 8


def test_a_container_leaves_no_more_than_its_quota() -> None:
    before = Usage(at=10, cores=64, busy=100, groups=((2, 50), (16, 60)), own=0.0)
    alone = Usage(at=12, cores=64, busy=104, groups=((2, 54), (16, 64)), own=4.0)
    assert free_cores(before, alone, own=4.0) == 2
    beside = alone._replace(groups=((2, 54), (16, 80)))
    assert free_cores(before, beside, own=3.0) == 1.5
    moved = alone._replace(groups=())
    assert free_cores(before, moved, own=4.0) == 64


@pytest.mark.parametrize(
    ("files", "quotas"),
    [
        ({}, ()),
        (
            {
                "/proc/self/cgroup": "0::/a/b\n",
                "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
                "/sys/fs/cgroup/a/cpu.max": "150000 100000\n",
                "/sys/fs/cgroup/a/cpu.stat": "usage_usec 2500000\nnr_throttled 3\n",
            },
            ((1.5, 2.5),),
        ),
        (
            {
                "/proc/self/cgroup": "5:memory:/x\n3:cpu,cpuacct:/v1\n",
                "/sys/fs/cgroup/cpu/v1/cpu.cfs_quota_us": "-1\n",
                "/sys/fs/cgroup/cpu/v1/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
                "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
                "/sys/fs/cgroup/cpu/cpuacct.usage": "7000000000\n",
            },
            ((0.5, 7.0),),
        ),
    ],
)
def test_quotas_of_containers_are_known(
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    quotas: tuple[tuple[float, float], ...],
) -> None:
    given_files(monkeypatch, files)
    assert usage().groups == quotas
    allowed = list(range(64))
    monkeypatch.setattr(processors, "_allowed", lambda: allowed)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert usable_cores() == {(): 64, ((1.5, 2.5),): 2, ((0.5, 7.0),): 1}[quotas]
    allowed[3:] = []
    assert usable_cores() <= 3

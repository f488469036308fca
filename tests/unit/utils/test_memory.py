"""How much memory is left, by whatever tells."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest

from srm_widget.utils import memory
from tests.unit.support.system_files import given_files


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the machine have 4,096,000 bytes left."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=4_096_000))


def test_what_the_machine_has_left_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    total = psutil.virtual_memory().total
    assert 0 < (memory.available_bytes() or 0) < total
    given_files(monkeypatch, {})  # neither groups nor limits, as on macOS and Windows
    assert 0 < (memory.available_bytes() or 0) < total


def test_where_nothing_tells_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden() -> None:
        raise PermissionError

    given_files(monkeypatch, {})
    monkeypatch.setattr(psutil, "virtual_memory", hidden)
    assert memory.available_bytes() is None


@pytest.mark.usefixtures("machine")
def test_the_limits_of_groups_of_processes_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "/proc/self/cgroup": "0::/a/b\n5:cpu:/x\n3:memory,hugetlb:/v1\n",
        "/sys/fs/cgroup/a/memory.max": "1000000",
        "/sys/fs/cgroup/a/memory.current": "400000",
        "/sys/fs/cgroup/a/memory.stat": "anon 1\ninactive_file 50000\n",
        "/sys/fs/cgroup/a/b/memory.max": "max",
        "/sys/fs/cgroup/a/b/memory.current": "1",
        "/sys/fs/cgroup/memory/v1/memory.limit_in_bytes": "900000",
        "/sys/fs/cgroup/memory/v1/memory.usage_in_bytes": "100000",
    }
    given_files(monkeypatch, files)
    assert memory.available_bytes() == 650_000
    del files["/sys/fs/cgroup/a/memory.max"]
    assert memory.available_bytes() == 800_000
    files["/proc/self/cgroup"] = ""
    assert memory.available_bytes() == 4_096_000


@pytest.mark.usefixtures("machine")
def test_the_limits_of_the_process_itself_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "/proc/self/limits": (
            "Limit                     Soft Limit           Hard Limit           Units     \n"
            "Max data size             unlimited            unlimited            bytes     \n"
            "Max address space         3072000              unlimited            bytes     \n"
        ),
        "/proc/self/status": "Name:\tpython\nVmSize:\t    1000 kB\nVmData:\t     500 kB\n",
    }
    given_files(monkeypatch, files)
    assert memory.available_bytes() == 2_048_000
    limits = files["/proc/self/limits"]
    files["/proc/self/limits"] = limits.replace(
        "data size             unlimited", "data size 1024000"
    )
    assert memory.available_bytes() == 512_000
    files["/proc/self/limits"] = limits.replace("3072000", "1000")
    assert memory.available_bytes() == 0
    files["/proc/self/limits"] = limits.replace("3072000", "unlimited")
    assert memory.available_bytes() == 4_096_000

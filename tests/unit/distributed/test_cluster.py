"""A real cluster: data larger than its memory, and workers that are killed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import numpy as np
import psutil
import pytest
import torch
from distributed import Client, LocalCluster

import srm_widget as srm
from tests.unit.support.alike import assert_same_survey

pytestmark = [
    pytest.mark.timeout(600),
    # What distributed says when a worker is killed, and as it closes.
    pytest.mark.filterwarnings("default"),
]

MEMORY = (640 if torch.version.cuda is None else 850) << 20  # torch itself takes more with CUDA
SHARDS, ROWS, WIDTH = 12, 250_000, 64
ASK: dict[str, Any] = {"epsilon": 0.62, "resolution": 24}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two workers, processes of their own, each with no more than `MEMORY` bytes."""
    settings = {
        "distributed.comm.timeouts.connect": "60s",
        "distributed.scheduler.allowed-failures": 3,
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            memory_limit=MEMORY,
            dashboard_address=None,
            host="127.0.0.1",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _own_memory() -> int:
    """Bytes that a worker takes before it holds any data: most of it for torch."""
    return psutil.Process().memory_info().rss


@pytest.fixture
def shards(client: Client, tmp_path: Path) -> Iterator[Path]:
    """Files of 732 MiB, more than both workers have room for; removed again at once."""
    rng = np.random.default_rng(0)
    some = rng.standard_normal((ROWS, WIDTH), dtype=np.float32)
    for k in range(SHARDS):
        np.save(tmp_path / f"shard-{k:02}.npy", np.roll(some, k, axis=1))
    room = sum(MEMORY - taken for taken in client.run(_own_memory).values())
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > room
    yield tmp_path
    for path in tmp_path.iterdir():
        path.unlink()


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("basis", [None, srm.basis.thomson(9, 6, 0)], ids=["axes", "thomson"])
def test_blocks_of_a_dask_array_are_counted_where_they_are(basis: Any) -> None:
    array = da.random.default_rng(2).standard_normal((3000, 6), chunks=(500, 4))
    found = srm.sharded.survey(array, basis, epsilon="auto", resolution=24, blocks=3)
    held = srm.ResonanceEngine(array.compute(), basis)
    assert_same_survey(found, held.survey(epsilon="auto", resolution=24))


def test_data_larger_than_memory_and_a_worker_killed(client: Client, shards: Path) -> None:
    """The survey of all files, one worker of two killed as soon as it has counted some."""
    killed: list[int] = []
    address = client.scheduler_info()["address"]
    stop = threading.Event()
    watch = threading.Thread(target=_kill_one, args=(address, killed, stop))
    watch.start()
    try:
        found = srm.sharded.survey(shards, rows=125_000, **ASK)
    finally:
        stop.set()
        watch.join()
    assert killed, "no worker was killed while the survey went on"
    counts = srm.ResonanceCounts(**ASK)
    for path in sorted(shards.iterdir()):
        counts.append(np.load(path))
    assert found.n_lit > found.n_planes // 2
    assert_same_survey(found, counts.survey())


def _kill_one(address: str, killed: list[int], stop: threading.Event) -> None:
    """Kill the first worker that holds counts of two shards."""
    with Client(address, set_as_default=False) as watcher:
        pids = watcher.run(os.getpid)
        while not stop.wait(0.1) and not killed:  # each look costs the scheduler what it has to do
            for worker, keys in watcher.has_what().items():
                if sum(str(key).startswith("getitem") for key in keys) >= 2:
                    os.kill(pids[worker], signal.SIGKILL)
                    killed.append(pids[worker])
                    break

"""What all tests share."""

from __future__ import annotations

import os

import hypothesis
import pytest

# Before torch is imported: threads that wait for each other on the same cores as a browser, or
# as the other half of the tests, would make small sums many times slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A busy machine is no failure, and a run in CI can be repeated.
hypothesis.settings.register_profile(
    "srm_widget", deadline=None, derandomize=bool(os.environ.get("CI"))
)
hypothesis.settings.load_profile("srm_widget")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("cuda")]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="no CUDA device"))

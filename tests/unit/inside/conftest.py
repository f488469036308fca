"""What the tests of single planes share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jaxtyping
import pytest

from srm_widget.concurrency.threads import limit_threads
from srm_widget.plane import plane_counts
from srm_widget.samples import coordinates, store
from srm_widget.survey import directions

_LAYOUTS: dict[str, tuple[tuple[Any, str, Any], ...]] = {
    "one block": (),
    "many blocks": (
        (jaxtyping.config, "jaxtyping_disable", True),
        (store, "BLOCK", 5),
        (coordinates, "BLOCK", 5),
        (plane_counts, "_MERGE_BELOW", 3),
        (directions, "_AT_ONCE", 11),
    ),
    "pieces": (
        (jaxtyping.config, "jaxtyping_disable", True),
        (coordinates, "_TOO_SMALL_TO_SHARE", 3),
        (plane_counts, "_MERGE_BELOW", 3),
        (directions, "_AT_ONCE", 1),
    ),
}


@pytest.fixture(scope="module", params=list(_LAYOUTS))
def layout(request: pytest.FixtureRequest) -> Iterator[None]:
    """How the samples lie and are gone through: at one go, in many blocks, in pieces of one."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, value in _LAYOUTS[request.param]:
            patch.setattr(owner, name, value)
        yield


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    """Problems this small are slower on several threads, and much slower on busy cores."""
    with limit_threads(1):
        yield

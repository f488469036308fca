"""What the tests of surveys share."""

from collections.abc import Iterator

import pytest

from srm_widget.concurrency.threads import limit_threads


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    """Problems this small are slower on several threads, and much slower on busy cores."""
    with limit_threads(1):
        yield

"""What the unit tests share."""

from __future__ import annotations

import functools
import gc
import itertools
import logging
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import jaxtyping
import numpy as np
import pytest

# The package is imported where it is needed: pytest-xdist's own process reads this file too, before
# the workers begin, and has no need of torch.
if TYPE_CHECKING:
    import srm_widget as srm

# Annotations are enforced in the first round; the others are for the numbers and do without.
_LAYOUTS: dict[str, dict[str, Any]] = {
    "one block": {},
    "many blocks": {
        "jaxtyping.config.jaxtyping_disable": True,
        "srm_widget.samples.store.BLOCK": 5,
        "srm_widget.samples.coordinates.BLOCK": 5,
        "srm_widget.samples.activations._ENTRIES_AT_ONCE": 12,
        "srm_widget.plane.plane_counts._MERGE_BELOW": 3,
        "srm_widget.survey.directions._AT_ONCE": 11,
    },
    "pieces": {
        "jaxtyping.config.jaxtyping_disable": True,
        "srm_widget.samples.coordinates._TOO_SMALL_TO_SHARE": 3,
        "srm_widget.plane.plane_counts._MERGE_BELOW": 3,
        "srm_widget.survey.directions._AT_ONCE": 1,
    },
}

_CHECKED = 5
"""Examples or cases of a test with annotations enforced: that takes longer than the test."""

_begun: defaultdict[tuple[str, str], Iterator[int]] = defaultdict(itertools.count)
"""Counts the cases of each test."""


@pytest.fixture(scope="module", params=["one block", "many blocks"])
def sample_blocks(request: pytest.FixtureRequest) -> str:
    """Blocks of the usual size, and so small that a few samples fill several."""
    return str(request.param)


@pytest.fixture(scope="module", params=list(_LAYOUTS))
def sample_layout(request: pytest.FixtureRequest) -> str:
    """How the samples lie and are gone through: at one go, in many blocks, in pieces of one."""
    return str(request.param)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported stays: collectors need not look through all of torch time and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Lay the samples as a test asks for: for that test, and not for those of its file after it."""
    asked = item.callspec.params if hasattr(item, "callspec") else {}
    given = getattr(getattr(item, "obj", None), "hypothesis", None)
    with pytest.MonkeyPatch.context() as patch:
        # Blocks of another size are not to be shared with.
        patch.setattr("srm_widget.engine.sample_set._stores", WeakSet())
        if given is not None:
            patch.setattr(given, "inner_test", checked_at_first(given.inner_test))
        if next(_begun[item.location[0], getattr(item, "originalname", item.name)]) >= _CHECKED:
            patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
        for name in asked.keys() & {"sample_blocks", "sample_layout"}:
            for constant, value in _LAYOUTS[asked[name]].items():
                patch.setattr(constant, value)
        return (yield)


def checked_at_first(test: Callable[..., None]) -> Callable[..., None]:
    """Enforce annotations in the first examples; in all that follow one that does not keep them."""
    begun = itertools.count()
    broken = False

    @functools.wraps(test)
    def one(*args: Any, **drawn: Any) -> None:
        nonlocal broken
        with pytest.MonkeyPatch.context() as patch:
            if next(begun) >= _CHECKED and not broken:
                patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
            try:
                test(*args, **drawn)
            except jaxtyping.TypeCheckError:
                broken = True  # it is to be found again, in less
                raise

    return one


@pytest.fixture
def as_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """No annotations enforced: arguments of a wrong type come through, as they do for users."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture
def gaussian() -> np.ndarray:
    """Isotropic samples, (60, 5) float64."""
    return np.random.default_rng(7).standard_normal((60, 5))


@pytest.fixture
def engine(gaussian: np.ndarray) -> srm.ResonanceEngine:
    import srm_widget as srm

    return srm.ResonanceEngine(gaussian)


@pytest.fixture(scope="session")
def trained() -> srm.datasets.TrainedAutoencoder:
    """A briefly trained autoencoder."""
    import srm_widget as srm

    return srm.datasets.digits_autoencoder("tanh", width=8, epochs=12, seed=3)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[Any, ...]]]:
    """Record the arguments of every call of an attribute, which goes on working."""

    def watch(owner: Any, name: str) -> list[tuple[Any, ...]]:
        calls: list[tuple[Any, ...]] = []
        original = getattr(owner, name)

        def recorded(*args: Any, **keywords: Any) -> Any:
            calls.append(args)
            return original(*args, **keywords)

        monkeypatch.setattr(owner, name, recorded)
        return calls

    return watch


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch, as_users: None) -> Iterator[None]:
    """Scopes that talk to a `Wire`, as pages and users without a type checker do."""
    import comm

    import srm_widget as srm
    from tests.unit.support.wire import Wire

    monkeypatch.setattr(comm, "create_comm", Wire)
    yield
    srm.SRMScope.close_all()


@pytest.fixture
def activations() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((300, 5)).astype(np.float32)


@pytest.fixture
def scope(activations: np.ndarray) -> srm.SRMScope:
    import srm_widget as srm

    scope = srm.SRMScope(activations, epsilon=0.5, theta=0.0)
    scope.comm.sent.clear()
    return scope


@pytest.fixture
def many_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A survey takes as long as it takes, and not less than these steps."""
    from srm_widget.concurrency.torch_threads import limit_threads
    from srm_widget.survey import search
    from srm_widget.widget import survey_task

    monkeypatch.setattr(search, "_TESTS", 400)
    monkeypatch.setattr(survey_task, "QUICK", 1e9)
    with limit_threads(1):
        yield


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """The ε of all surveys that were begun, and of those that came to their end."""
    from srm_widget.engine.engine import ResonanceEngine

    found: dict[str, list[float]] = {"begun": [], "ended": []}
    original = ResonanceEngine.survey_steps

    def recorded(engine: ResonanceEngine, **asked: Any) -> Generator[float, None, srm.Survey]:
        found["begun"].append(asked["epsilon"])
        result = yield from original(engine, **asked)
        found["ended"].append(asked["epsilon"])
        return result

    monkeypatch.setattr(ResonanceEngine, "survey_steps", recorded)
    return found


@pytest.fixture
def quiet() -> Iterator[None]:
    """Nothing logged: what pytest keeps of a traceback would keep what is in it alive."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
